"""Which rows of a table as arrays meet a condition. Gives what the SQL of `odsql.sql_conditions` gives."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from seuil.odsql.meaning import (
    Among,
    Column,
    Compare,
    Complement,
    Condition,
    Constant,
    Every,
    Missing,
    Some,
)
from seuil.odsql.schema import ROW_POSITION
from seuil.portal.store.vectors import Array, Flags, Vector, Vectors

_FLIPPED = {"=": "=", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "!=": np.not_equal,
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


class NotPlainError(Exception):
    """Only the engine can answer this. For `plain` only."""


_FEW = 8
"""Of so many rows one: to take their values out of a column is quicker then than to compare all of it."""

Found = dict[tuple[Condition, ...], Array]
"""The rows that some conditions have found, for other questions that have the same."""


@dataclass(frozen=True)
class Matching:
    """check: is called before each step; what it raises ends the work. found: of the same table; is added to.

    among: positions of the rows that are looked at, None for all.
    """

    vectors: Vectors
    check: Callable[[], None]
    found: Found = field(default_factory=dict)
    among: Array | None = None

    def vector(self, column: Column) -> Vector:
        """A column. Raises NotPlainError where it is no array."""
        name = column.field.name
        if name == ROW_POSITION:
            return Vector(np.arange(self.vectors.rows))
        if column.field.multivalued or name not in self.vectors.columns:
            raise NotPlainError
        return self.vectors.columns[name]

    def rows(self, conditions: tuple[Condition, ...]) -> Array:
        """Positions of the rows that meet all conditions, ascending. Raises NotPlainError, and what `check` raises."""
        telling = tuple(one for one in _parts(conditions) if not self._always(one))
        if telling not in self.found:
            self.found[telling] = self._narrowed(telling) if telling else np.arange(self.vectors.rows)
        return self.found[telling]

    def _narrowed(self, conditions: tuple[Condition, ...]) -> Array:
        """The rows that meet all of some conditions: once they are few, the others are asked of these alone."""
        first, *others = sorted(conditions, key=self._is_slow)
        flags = self.flags(first)
        for place, one in enumerate(others):
            if np.count_nonzero(flags) * _FEW < self.vectors.rows:
                found = np.flatnonzero(flags)
                for another in others[place:]:
                    found = found[replace(self, among=found).flags(another)]
                return found
            flags &= self.flags(one)
        return np.flatnonzero(flags)

    def _is_slow(self, condition: Condition) -> bool:
        """Whether something else is compared than small numbers that stand for texts."""
        match condition:
            case Compare(_, Column() as column, Constant()) | Among(column, _) | Missing(column):
                return self.vector(column).values is None
        return True

    def _always(self, condition: Condition) -> bool:
        """Whether every row meets a condition: that there is a value in a column where one is everywhere."""
        match condition:
            case Complement(Missing(column)):
                return self.vector(column).complete
        return False

    def _looked_at(self, column: Column) -> Vector:
        vector = self.vector(column)
        return vector if self.among is None else vector.taken(self.among)

    def _none(self) -> Flags:
        return np.zeros(self.vectors.rows if self.among is None else len(self.among), dtype=np.bool_)

    def flags(self, condition: Condition) -> Flags:
        """Whether each row that is looked at meets a condition, for the caller to change."""
        self.check()
        match condition:
            case Compare(operator, Column() as column, Constant(constant)):
                return _compared(operator, self._looked_at(column), constant)
            case Compare("=", Column() as column, itself) if column == itself:
                return np.logical_not(_missing(self._looked_at(column)))  # any value at all
            case Compare(operator, Constant(constant), Column() as column):
                return _compared(_FLIPPED[operator], self._looked_at(column), constant)
            case Among(column, constants):
                vector = self._looked_at(column)
                found = self._none()
                for one in constants:
                    self.check()
                    found |= _compared("=", vector, one.value)
                return found
            case Missing(column):
                return _missing(self._looked_at(column))
            case Every(parts):
                found = np.logical_not(self._none())
                for part in parts:
                    found &= self.flags(part)
                return found
            case Some(parts):
                found = self._none()
                for part in parts:
                    found |= self.flags(part)
                return found
            case Complement(part):
                return np.logical_not(self.flags(part))
        raise NotPlainError


def _parts(conditions: Iterable[Condition]) -> Iterator[Condition]:
    """The conditions that have to be met, each by itself."""
    for one in conditions:
        match one:
            case Every(parts):
                yield from _parts(parts)
            case _:
                yield one


def _missing(vector: Vector) -> Flags:
    if vector.values is not None:
        return np.asarray(vector.data == len(vector.values))
    return np.zeros(len(vector.data), dtype=np.bool_) if vector.there is None else np.logical_not(vector.there)


def _compared(operator: str, vector: Vector, constant: object) -> Flags:
    """A missing value compares with nothing."""
    if vector.values is not None:
        if not isinstance(constant, str):
            raise NotPlainError
        return _compared_texts(operator, vector.data, vector.values, constant)
    truths = vector.data.dtype.kind == "b"
    if not isinstance(constant, bool if truths else int | float) or isinstance(constant, bool) is not truths:
        raise NotPlainError
    found: Flags = _COMPARISONS[operator](vector.data, constant)
    return found if vector.there is None else found & vector.there


def _compared_texts(operator: str, codes: Array, values: tuple[str, ...], text: str) -> Flags:
    """The values ascend, so those below a text are the first ones."""
    first, after, none = bisect_left(values, text), bisect_right(values, text), len(values)
    match operator:
        case "=":
            return np.asarray(codes == first) if first < after else np.zeros(len(codes), dtype=np.bool_)
        case "!=":
            return np.asarray((codes != first if first < after else True) & (codes != none))
        case "<":
            return np.asarray(codes < first)
        case "<=":
            return np.asarray(codes < after)
        case ">":
            return np.asarray((codes >= after) & (codes != none))
    return np.asarray((codes >= first) & (codes != none))
