"""Which values of a text column a search finds: looked for among its different values, not in every row.

A column of codes or labels has a few hundred of them. They are read from the table when a search first needs them. A
column of more than `_MOST` isn't kept: it is searched row by row.
"""

import unicodedata
from collections.abc import Callable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from seuil.odsql.words import SEPARATORS, Word
from seuil.portal.store.connection import identifier, literal

_MOST = 2_000
Fetch = Callable[[str], Sequence[Sequence[object]]]


class Reading:
    """How values are read, once there is a connection."""

    fetch: Fetch | None = None


class ColumnTexts:
    """The different values of a column of a table. May be used from any thread."""

    def __init__(self, reading: Reading, relation: str, column: str) -> None:
        self._reading, self._relation, self._column = reading, relation, column

    def having(self, word: Word) -> tuple[str, ...] | None:
        """The values that have a word; None where there are too many values."""
        if self._values is None:
            return None
        sought = folded(word.text)
        if word.typos:
            near = {value for other in self._near(sought, word.typos) for value in self._of_word[other]}
            return tuple(self._values[k][0] for k in sorted(near))
        sought = f" {sought}" if word.prefix else f" {sought} "
        return tuple(value for value, spaced in self._values if sought in spaced)

    @cached_property
    def _values(self) -> tuple[tuple[str, str], ...] | None:
        """Each value, and its words with a space before and after each."""
        assert self._reading.fetch is not None  # nobody searches before there is a connection
        name = identifier(self._column)
        words = f"regexp_replace(strip_accents(lower(' ' || {name} || ' ')), {literal(SEPARATORS)}, ' ', 'g')"
        source = f"FROM {identifier(self._relation)} WHERE {name} IS NOT NULL"
        found = self._reading.fetch(f"SELECT DISTINCT CAST({name} AS VARCHAR), {words} {source} LIMIT {_MOST + 1}")
        return None if len(found) > _MOST else tuple(sorted((str(value), str(spaced)) for value, spaced in found))

    @cached_property
    def _of_word(self) -> dict[str, list[int]]:
        """The places of the values that have each word."""
        found: dict[str, list[int]] = {}
        for place, (_, spaced) in enumerate(self._values or ()):
            for word in set(spaced.split()):
                found.setdefault(word, []).append(place)
        return found

    @cached_property
    def _by_length(self) -> dict[int, tuple[list[str], NDArray[np.uint32]]]:
        """Words of each length, also as (words, letters) code points."""
        lengths: dict[int, list[str]] = {}
        for word in self._of_word:
            lengths.setdefault(len(word), []).append(word)
        return {
            length: (some, np.array([[ord(letter) for letter in word] for word in some], dtype=np.uint32))
            for length, some in lengths.items()
        }

    def _near(self, sought: str, typos: int) -> list[str]:
        found: list[str] = []
        for length in range(len(sought) - typos, len(sought) + typos + 1):
            some, letters = self._by_length.get(length, ([], None))
            if letters is not None:
                near = np.flatnonzero(differences(letters, sought) <= typos)
                found.extend(some[k] for k in near.tolist())
        return found


def folded(text: str) -> str:
    """A text without capitals and accents."""
    plain = unicodedata.normalize("NFD", text.lower())
    return unicodedata.normalize("NFC", "".join(x for x in plain if unicodedata.category(x) != "Mn"))


def differences(letters: NDArray[np.uint32], sought: str) -> NDArray[np.int64]:
    """(words,) by how many wrong, missing, added or swapped letters each word differs (Damerau, Levenshtein).

    letters: (words, letters) code points of words that are equally long. The usual table of prefixes, for all words at
    once: `rows[j]` is how far the first letters of each are from the first j letters of `sought`.
    """
    count, length = letters.shape
    target = [ord(letter) for letter in sought]
    before: list[NDArray[np.int64]] = []
    rows = [np.full(count, j, dtype=np.int64) for j in range(len(target) + 1)]
    for i in range(1, length + 1):
        own = letters[:, i - 1]
        new = [np.full(count, i, dtype=np.int64)]
        for j in range(1, len(target) + 1):
            changed = rows[j - 1] + (own != target[j - 1])
            least = np.minimum(np.minimum(rows[j] + 1, new[j - 1] + 1), changed)
            if i > 1 and j > 1:
                swapped = (own == target[j - 2]) & (letters[:, i - 2] == target[j - 1])
                least = np.where(swapped, np.minimum(least, before[j - 2] + 1), least)
            new.append(least)
        before, rows = rows, new
    return rows[-1]
