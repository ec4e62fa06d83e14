"""Numbers, sums and the like of the rows of a table as arrays, by groups. Gives what the SQL of `odsql.sql` gives.

Sums are made of whole numbers only, so that they are the same in whatever order they are added.
"""

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from seuil.model.columns import HIDDEN
from seuil.odsql.meaning import Aggregate, Column, Condition, HiddenRows, Limit, Present, Value
from seuil.odsql.partial import PARTIAL, HiddenPart
from seuil.odsql.schema import Field
from seuil.portal.store.matching import Matching, NotPlainError
from seuil.portal.store.vectors import Array, Coded, Vector, is_exact

_MOST_CELLS = 1 << 20
"""Combinations of values that are counted."""
_MOST_GROUPS = 20_000
_EXTREME = {"min": np.minimum, "max": np.maximum}

Values = Sequence[Any]


class Tally:
    """The groups of the rows that meet some conditions, by ascending keys, what is missing last.

    size: how many groups there are. All lists have one value a group.
    """

    def __init__(self, matching: Matching, keys: tuple[Column, ...], conditions: tuple[Condition, ...]) -> None:
        """Group. Raises NotPlainError where only the engine can, and what `matching` raises."""
        self._matching = matching
        self._keys = keys
        self._rows = matching.rows(conditions)
        matching.check()
        self._coded = self._codes(keys)
        self._cell, cells = _cells(self._coded, len(self._rows))
        counts = np.bincount(self._cell, minlength=cells)
        self._there = np.flatnonzero(counts)
        self.size = len(self._there)
        if self.size > _MOST_GROUPS:
            raise NotPlainError
        self._counts = counts[self._there]
        self._cells = cells

    def _codes(self, columns: tuple[Column, ...]) -> list[Coded]:
        found = [self._matching.vector(column).coded(self._rows) for column in columns]
        if None in found:
            raise NotPlainError
        return [one for one in found if one is not None]

    @cached_property
    def _group(self) -> npt.NDArray[np.int64]:
        """The group of each row."""
        of_cell = np.zeros(self._cells, dtype=np.int64)
        of_cell[self._there] = np.arange(self.size)
        found: npt.NDArray[np.int64] = of_cell[self._cell]
        return found

    @cached_property
    def _sorted(self) -> tuple[Array, Array]:
        """The rows by groups, and where each group begins."""
        # Numbers of two bytes are sorted by their digits, in a tenth of the time.
        order = np.argsort(self._group.astype(np.uint16), kind="stable")
        return self._rows[order], np.cumsum(self._counts) - self._counts

    def value(self, value: Value) -> Values:
        """What SQL gives of a key or an aggregate. Raises NotPlainError."""
        self._matching.check()
        match value:
            case Column() if value in self._keys:
                return self._key(self._keys.index(value))
            case Aggregate("count", None):
                return list(self._counts.tolist())
            case Aggregate("count", Column() as column, distinct=False):
                return list(self._known(column).tolist())
            case Aggregate("sum" | "avg" | "min" | "max" as function, Column() as column):
                return self._reduced(function, column, value.type == "int")
            case HiddenRows((status,), ()):
                return list(self._where(status, HIDDEN).tolist())
            case Limit(Aggregate(argument=Column(field)) as aggregate, highest):
                return self._limit(aggregate, field, highest)
        raise NotPlainError

    def _key(self, place: int) -> Values:
        below = math.prod(len(one.names) for one in self._coded[place + 1 :])
        names = self._coded[place].names
        return [names[code] for code in (self._there // below % len(names)).tolist()]

    def hidden(self, part: HiddenPart, values: Values) -> list[Values]:
        """The columns of a hidden part of an output with these values. Raises NotPlainError."""
        if part.rows is None:
            raise NotPlainError
        rows = self.value(part.rows)
        statuses = [
            None if not hidden else HIDDEN if value is None else PARTIAL
            for hidden, value in zip(rows, values, strict=True)
        ]
        return [statuses, rows, *(self.value(limit) for limit in part.limits or ())]

    def present(self, asked: Present) -> Values:
        """All different values of columns in each group; groups may share a list of them. Raises NotPlainError."""
        self._matching.check()
        if asked.single:
            return [[value] for value in self._told(asked.columns, self._examples)]
        coded = self._codes(asked.columns)
        cell, cells = _cells(coded, len(self._rows))
        if self.size * cells > _MOST_CELLS:
            raise NotPlainError
        there = np.zeros((self.size, cells), dtype=np.bool_)
        there[self._group, cell] = True
        an_example = np.zeros(cells, dtype=np.int64)
        an_example[cell] = self._rows
        used = np.flatnonzero(there.any(axis=0))
        told = dict(zip(used.tolist(), self._told(asked.columns, an_example[used]), strict=True))
        packed = np.packbits(there, axis=1)
        width, every = packed.shape[1], packed.tobytes()
        known: dict[bytes, list[object]] = {}
        found = []
        for group in range(self.size):
            key = every[group * width : (group + 1) * width]
            if key not in known:
                known[key] = [told[one] for one in np.flatnonzero(there[group]).tolist()]
            found.append(known[key])
        return found

    def _told(self, columns: tuple[Column, ...], rows: Array) -> list[object]:
        """What stands in some rows: a value, or of several columns a list of them."""
        told = [self._matching.vector(column).told(rows) for column in columns]
        return told[0] if len(told) == 1 else [list(some) for some in zip(*told, strict=True)]

    @cached_property
    def _examples(self) -> Array:
        """A row of each group."""
        found = np.zeros(self.size, dtype=np.int64)
        found[self._group] = self._rows
        return found

    def _known(self, column: Column) -> npt.NDArray[np.int64]:
        """How many values a column has."""
        vector = self._matching.vector(column)
        if vector.complete:
            return self._counts
        if vector.values is not None:
            there = vector.data[self._rows] != len(vector.values)
        elif vector.there is not None:
            there = vector.there[self._rows]
        return np.bincount(self._group[there], minlength=self.size)

    def _where(self, status: str, value: str) -> npt.NDArray[np.int64]:
        vector = self._matching.vectors.columns.get(status)
        if vector is None or vector.values is None:
            raise NotPlainError
        code = vector.values.index(value) if value in vector.values else -1
        return np.bincount(self._group[vector.data[self._rows] == code], minlength=self.size)

    def _reduced(self, function: str, column: Column, whole: bool) -> Values:
        vector = self._matching.vector(column)
        if vector.values is not None or vector.data.dtype.kind not in "if":
            raise NotPlainError
        known = self._known(column)
        told = self._summed(vector) if function in ("sum", "avg") else self._extreme(function, vector)
        if function == "avg":
            told = told / np.maximum(known, 1)
        elif whole != (told.dtype.kind == "i"):
            raise NotPlainError
        return [value if count else None for value, count in zip(told.tolist(), known.tolist(), strict=True)]

    def _summed(self, vector: Vector) -> Array:
        """Sums; a missing number is stored as 0. Raises NotPlainError where they depend on the order."""
        numbers = vector.data[self._rows]
        if not vector.exact and not is_exact(numbers):
            raise NotPlainError
        found = np.bincount(self._group, numbers, self.size)
        return found.astype(numbers.dtype)

    def _extreme(self, function: str, vector: Vector) -> Array:
        rows, starts = self._sorted
        numbers = vector.data[rows]
        if vector.there is not None:
            numbers[np.logical_not(vector.there[rows])] = _neutral(function, numbers.dtype)
        return _EXTREME[function].reduceat(numbers, starts) if self.size else numbers[:0]

    def _limit(self, aggregate: Aggregate, field: Field, highest: bool) -> Values:
        lower, upper = (Column(Field(name, "double")) for name in (field.lower_bound, field.upper_bound))
        if aggregate.distinct or aggregate.function not in ("sum", "avg", *_EXTREME):
            raise NotPlainError
        told = self._reduced(aggregate.function, upper if highest else lower, whole=False)
        if not highest:
            return told
        # One value without a highest leaves the aggregate without one.
        all_known = (self._known(lower) == self._known(upper)).tolist()
        return [value if known else None for value, known in zip(told, all_known, strict=True)]


def _cells(coded: Sequence[Coded], rows: int) -> tuple[Array, int]:
    """A number for each row that tells its values apart, ascending with them; how many there are."""
    if not coded:
        return np.zeros(rows, dtype=np.int64), 1
    cell, cells = coded[0].codes, len(coded[0].names)
    for one in coded[1:]:
        cells *= len(one.names)
        if cells > _MOST_CELLS:
            break
        cell = cell.astype(np.int64, copy=False) * len(one.names) + one.codes
    if cells > _MOST_CELLS:
        raise NotPlainError
    return cell, cells


def _neutral(function: str, kind: np.dtype[Any]) -> float:
    largest = np.iinfo(kind).max if kind.kind == "i" else np.inf
    return largest if function == "min" else -largest
