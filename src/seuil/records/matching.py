"""From what stands in a column to a leaf of the hierarchy: by its code, by the definition's mapping, or by a band.

Only the distinct values of a column are looked at, here and not in the engine: so every engine tells values alike, and
no cast of the engine's can fail on one and quote it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from seuil.model.hierarchy import Hierarchy
from seuil.model.record_files import Value

NO_VALUE, NO_CODE = -1, -2
"""In the place of a position, where there is no unknown leaf: nothing stands there, or what fits no leaf."""


@dataclass(frozen=True)
class Matcher:
    """How one dimension's values are told. `hierarchy`: as it stands in the period."""

    value: Value
    hierarchy: Hierarchy

    @cached_property
    def texts(self) -> dict[str, int]:
        """Text to position: every leaf's code (every node's of an overlapping hierarchy), then the mapping."""
        leaves = {self.hierarchy.nodes[k].code: k for k in self.hierarchy.leaves}
        mapped = {text.strip(): leaves[code] for text, code in self.value.values.items() if code in leaves}
        return {code: k for code, k in leaves.items() if code not in self.value.values} | mapped

    @cached_property
    def bands(self) -> tuple[tuple[float, float, int], ...]:
        """(lowest, highest whole number, position) of every leaf that is a band."""
        found = []
        for k in self.hierarchy.leaves:
            low, high = self.hierarchy.nodes[k].low, self.hierarchy.nodes[k].high
            if low is not None or high is not None:
                found.append((-math.inf if low is None else low, math.inf if high is None else high, k))
        return tuple(found)

    def position(self, value: object) -> int:
        """Where a value belongs: the unknown leaf where it fits nothing; NO_VALUE or NO_CODE without such a leaf."""
        text = plain(value)
        found = self.texts.get(text)
        if found is None and (found := self._band(text)) is None:
            found = self.hierarchy.unknown
        return found if found is not None else NO_CODE if text else NO_VALUE

    def positions(self, values: Iterable[object]) -> list[int]:
        """Where each of the values belongs."""
        return [self.position(value) for value in values]

    def _band(self, text: str) -> int | None:
        """The band of the whole part of a number."""
        if not self.bands or "_" in text:  # which Python, and only Python, reads as a number
            return None
        try:
            number = float(text)
        except ValueError:
            return None
        if not math.isfinite(number):
            return None
        whole = math.floor(number)
        return next((k for low, high, k in self.bands if low <= whole <= high), None)


def plain(value: object) -> str:
    """Text without outer blanks; a whole number in a column of floats has no decimals, as in CSV; nothing is empty."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
