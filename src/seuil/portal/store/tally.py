"""Numbers, sums and the like of the rows of a table as arrays, by groups. Gives what the SQL of `odsql.sql` gives.

Sums are made of whole numbers only, so that they are the same in whatever order they are added.
"""

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
from seuil.portal.store.vectors import Array, Vector

_MOST_CELLS = 1 << 20
"""Combinations of values that are counted."""
_MOST_GROUPS = 20_000
_EXACT = float(1 << 53)
"""Below it sums of whole numbers are exact in floating point, and within 64 bits."""
_REDUCED = {"sum": np.add, "avg": np.add, "min": np.minimum, "max": np.maximum}

Values = Sequence[Any]


class Tally:
    """The groups of the rows that meet some conditions, by ascending keys, what is missing last.

    size: how many groups there are. All lists have one value a group.
    """

    def __init__(self, matching: Matching, keys: tuple[Column, ...], conditions: tuple[Condition, ...]) -> None:
        """Group. Raises NotPlainError where only the engine can, and what `matching` raises."""
        self._matching = matching
        self._keys = keys
        found = matching.rows(conditions)
        cell, cells = self._cells(keys, found)
        matching.check()
        counts = np.bincount(cell, minlength=cells)
        there = np.flatnonzero(counts)
        if len(there) > _MOST_GROUPS:
            raise NotPlainError
        self.size = len(there)
        self._counts = counts[there]
        self._rows = found
        self._group = (np.cumsum(counts > 0) - 1)[cell]

    def _cells(self, columns: tuple[Column, ...], rows: Array) -> tuple[npt.NDArray[np.int64], int]:
        """A number for each row that tells the values of the columns apart, ascending with them; how many there are."""
        cell, cells = np.zeros(len(rows), dtype=np.int64), 1
        for column in columns:
            codes, size = _codes(self._matching.vector(column), rows)
            cell, cells = cell * size + codes, cells * size
            if cells > _MOST_CELLS:
                raise NotPlainError
        return cell, cells

    @cached_property
    def _sorted(self) -> tuple[Array, Array]:
        """The rows by groups, and where each group begins."""
        order = np.argsort(self._group, kind="stable")
        return self._rows[order], np.cumsum(self._counts) - self._counts

    def value(self, value: Value) -> Values:
        """What SQL gives of a key or an aggregate. Raises NotPlainError."""
        self._matching.check()
        match value:
            case Column() if value in self._keys:
                return self._matching.vector(value).told(self._firsts)
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
        """All different values of columns in each group. Raises NotPlainError."""
        self._matching.check()
        cell, cells = self._cells(asked.columns, self._rows)
        if self.size * cells > _MOST_CELLS:
            raise NotPlainError
        at = self._group * cells + cell
        an_example = np.zeros(self.size * cells, dtype=np.int64)
        an_example[at] = self._rows
        found = np.flatnonzero(np.bincount(at, minlength=self.size * cells))
        told = [self._matching.vector(column).told(an_example[found]) for column in asked.columns]
        values = told[0] if len(told) == 1 else [list(some) for some in zip(*told, strict=True)]
        ends = np.cumsum(np.bincount(found // cells, minlength=self.size)).tolist()
        return [values[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    @cached_property
    def _firsts(self) -> Array:
        rows, starts = self._sorted
        return rows[starts]

    def _known(self, column: Column) -> npt.NDArray[np.int64]:
        """How many values a column has."""
        vector = self._matching.vector(column)
        if vector.values is not None:
            there = vector.data[self._rows] != len(vector.values)
        elif vector.there is not None:
            there = vector.there[self._rows]
        else:
            return self._counts
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
        rows, starts = self._sorted
        numbers, known = vector.data[rows], self._known(column)
        adds = function in ("sum", "avg")
        if adds and not _exact(numbers):
            raise NotPlainError
        if vector.there is not None:
            numbers[np.logical_not(vector.there[rows])] = 0 if adds else _neutral(function, numbers.dtype)
        told = _REDUCED[function].reduceat(numbers, starts) if self.size else numbers[:0]
        if function == "avg":
            told = told / np.maximum(known, 1)
        elif whole != (told.dtype.kind == "i"):
            raise NotPlainError
        return [value if count else None for value, count in zip(told.tolist(), known.tolist(), strict=True)]

    def _limit(self, aggregate: Aggregate, field: Field, highest: bool) -> Values:
        lower, upper = (Column(Field(name, "double")) for name in (field.lower_bound, field.upper_bound))
        if aggregate.distinct or aggregate.function not in _REDUCED:
            raise NotPlainError
        told = self._reduced(aggregate.function, upper if highest else lower, whole=False)
        if not highest:
            return told
        # One value without a highest leaves the aggregate without one.
        all_known = (self._known(lower) == self._known(upper)).tolist()
        return [value if known else None for value, known in zip(told, all_known, strict=True)]


def _codes(vector: Vector, rows: Array) -> tuple[Array, int]:
    """The values of some rows as small numbers that ascend with them, and how many there can be."""
    found = vector.data[rows]
    if vector.values is not None:
        return found, len(vector.values) + 1
    if found.dtype.kind != "i":
        raise NotPlainError
    different, codes = np.unique(found, return_inverse=True)
    if vector.there is not None:
        codes = np.where(vector.there[rows], codes, len(different))
    return codes, len(different) + 1


def _exact(numbers: Array) -> bool:
    absolute = np.abs(numbers.astype(np.float64))
    return bool(absolute.sum() < _EXACT) and (numbers.dtype.kind == "i" or bool((numbers == np.rint(numbers)).all()))


def _neutral(function: str, kind: np.dtype[Any]) -> float:
    largest = np.iinfo(kind).max if kind.kind == "i" else np.inf
    return largest if function == "min" else -largest
