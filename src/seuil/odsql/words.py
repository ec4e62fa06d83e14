"""The words of a search text. Case and accents don't count, nor does what stands between words."""

import re
import unicodedata
from dataclasses import dataclass

SEPARATORS = r"[^\p{L}\p{N}]+"
"""What stands between the words of a stored text, as a regular expression of DuckDB (RE2)."""

_WORD = re.compile(r"([^\W_]+)(\*?)")


@dataclass(frozen=True)
class Word:
    """One word to be found; as a `prefix` it is found at the beginning of longer words too."""

    text: str
    prefix: bool = False


def search_words(text: str) -> tuple[Word, ...]:
    """The words of `text`, without accents; `diab*` is a prefix."""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter)[0] != "M")
    return tuple(Word(word, bool(star)) for word, star in _WORD.findall(unicodedata.normalize("NFC", plain)))
