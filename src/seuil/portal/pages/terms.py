"""Texts as words that can be compared: without case, accents, plural endings and the little words of a language."""

import csv
import re
import unicodedata
from functools import cache
from importlib.resources import files

_WORD = re.compile(r"[a-z0-9]+")
_LITTLE = frozenset(
    _WORD.findall(
        "a ai ait and au aux avec are at by c ce ces chez combien d dans de des do does du each elle en est et for "
        "from ha habitant have how il in inhabitant is j la le les leur l m many n nombre number of on ont ou par "
        "people per person personne pour qu que quel quelle qui s se son sont sur taux t the to un une y"
    )
)
_SHORTEST_PLURAL = 4


def plain(text: str) -> str:
    """The text without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def terms(text: str) -> tuple[str, ...]:
    """The words that tell one text from another, in their order, each without a plural's last letter."""
    found = (_singular(word) for word in _WORD.findall(plain(text)) if word not in _LITTLE)
    return tuple(word for word in dict.fromkeys(found) if word not in _LITTLE)


@cache
def synonyms() -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """What people say, and the words of the code lists that mean the same (`synonyms.csv`)."""
    text = files("seuil.portal.pages").joinpath("synonyms.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple((frozenset(terms(row["said"])), frozenset(terms(row["means"]))) for row in rows)


def _singular(word: str) -> str:
    return word[:-1] if len(word) >= _SHORTEST_PLURAL and word[-1] in "sx" else word
