"""What a reader wants to know of a view, by the words of a search: where it is high, how it changed, what it counts."""

from collections.abc import Mapping
from itertools import zip_longest

from seuil.portal.pages.terms import terms

ANSWER = "reponse"
_WANTED: Mapping[str, str] = {
    "classement": (
        "classement departement departments region plus moins top highest lowest most fewest fewer least ranking rank "
        "where ou desert premier dernier trois cinq dix three five ten"
    ),
    "evolution": (
        "evolution evolue augmente augmentation hausse baisse diminue depuis tendance change changed changes change "
        "trend rising falling rise fall since increase decrease growth progression historique"
    ),
    "carte": "carte cartographie map",
    "ages": "pyramide ages tranche",
    "definition": "definition signifie recouvre compte counts counted",
    "comparaison": "comparer comparaison compare versus vs difference entre between",
}

_SINCE = frozenset(("depuis", "since", "from"))
_BEFORE_A_NUMBER = frozenset(("top", "first", "premiers", "premières"))
_AFTER_A_NUMBER = frozenset(
    ("premiers", "premières", "départements", "departements", "departments", "régions", "regions", "highest", "lowest")
)
_MOST_RANKED = 50


def read_intent(asked: str) -> tuple[str, str]:
    """The part of a page that a search wants, the answer itself by default; and the words that are left to look for."""
    found, before, kept = "", "", []
    every = asked.split()
    for word, after in zip_longest(every, every[1:], fillvalue=""):
        wanted = next((part for part, words in _words().items() if set(terms(word)) & words), "")
        if wanted:
            found = found or wanted
        elif not _only_a_number(word, before, after.casefold()):
            kept.append(word)
        before = word.casefold()
    return (found or ANSWER, " ".join(kept)) if kept else (ANSWER, asked)


def _only_a_number(word: str, before: str, after: str) -> bool:
    """Whether a word is the year from which on, or how many are wanted (`top 10`): neither is the one to look for."""
    if not (word.isascii() and word.isdigit()):
        return False
    wanted = int(word) <= _MOST_RANKED and (before in _BEFORE_A_NUMBER or after in _AFTER_A_NUMBER)
    return wanted or before in _SINCE


def _words() -> dict[str, frozenset[str]]:
    return {part: frozenset(terms(words)) for part, words in _WANTED.items()}
