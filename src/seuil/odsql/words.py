"""The words of a search text. Case and accents don't count, nor does what stands between words."""

import re
import unicodedata
from dataclasses import dataclass

SEPARATORS = r"[^\p{L}\p{N}]+"
"""What stands between the words of a stored text, as a regular expression of DuckDB (RE2)."""

_WORD = re.compile(r"([^\W_]+)(\*?)")
_LONG, _LONGER, _LONGEST = 4, 8, 40


@dataclass(frozen=True)
class Word:
    """One word to be found. prefix: at the beginning of longer words too. typos: letters that may be wrong."""

    text: str
    prefix: bool = False
    typos: int = 0


def search_words(text: str, *, prefixes: bool = False, typos: bool = False) -> tuple[Word, ...]:
    """The words of `text`, without accents; `diab*` is a prefix.

    prefixes: all words are. typos: forgive a wrong, missing, added or swapped letter in words of four letters and more
    (not in numbers, which are codes and years), two of them in words of eight and more, none in words of more than 40:
    there are no such words, and to compare one takes as many steps as both have letters multiplied.
    """
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter)[0] != "M")
    return tuple(
        Word(word, prefixes or bool(star), _forgiven(word) if typos and not star else 0)
        for word, star in _WORD.findall(unicodedata.normalize("NFC", plain))
    )


def _forgiven(word: str) -> int:
    if not word.isalpha() or len(word) > _LONGEST:
        return 0
    return (len(word) >= _LONG) + (len(word) >= _LONGER)
