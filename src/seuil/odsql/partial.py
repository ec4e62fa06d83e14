"""What an answer says of hidden values: for a measure its status, for an aggregate what it leaves out.

| status | of a measure, or what is computed of measures in a row | of an aggregate |
|---|---|---|
| null | shown | no hidden value among its rows |
| `NS` | one of them is hidden | all are hidden |
| `ND` | one of them isn't there, none is hidden | |
| `partiel` | | some are hidden: it is taken of those that are shown |
"""

from collections.abc import Sequence
from dataclasses import dataclass

from seuil.odsql.meaning import (
    Aggregate,
    Column,
    HiddenRows,
    Limit,
    Output,
    OverRows,
    Value,
    columns_of,
    is_aggregate,
)

PARTIAL = "partiel"
"""The status of an aggregate over rows of which some are hidden."""

_MONOTONE = frozenset({"sum", "avg", "min", "max", "median", "percentile"})
"""Aggregates that never fall where a value that they are taken of rises."""


@dataclass(frozen=True)
class HiddenPart:
    """What is told of one output. output: its position. statuses: fields that say what is hidden. blanks: those that do
    so by having no value.

    rows: for an aggregate, how many rows it leaves out. limits: the lowest and highest that it can be.
    grouped: whether a value that is no aggregate belongs to a group of rows.
    """

    output: int
    statuses: tuple[str, ...]
    rows: HiddenRows | None = None
    limits: tuple[Limit, Limit] | None = None
    grouped: bool = False
    blanks: tuple[Column, ...] = ()

    @property
    def over_rows(self) -> tuple[OverRows, ...]:
        """What has to be computed over all rows."""
        return tuple(part for part in (self.rows, *(self.limits or ())) if part is not None)

    @property
    def width(self) -> int:
        """How many columns it has."""
        return 1 if self.rows is None else 2 + len(self.limits or ())


def hidden_parts(outputs: Sequence[Output], *, grouped: bool, blanks_too: bool = False) -> tuple[HiddenPart, ...]:
    """What has to be told of hidden values, for each output that depends on measures.

    blanks_too: whether that is told as well of a measure that is blank where it is hidden.
    """
    parts = []
    for place, output in enumerate(outputs):
        found = (column.field.hidden_by for column in columns_of(output.value))
        statuses = tuple(dict.fromkeys(status for status in found if status is not None))
        blanks = tuple(dict.fromkeys(column for column in columns_of(output.value) if column.field.blank_hides))
        if is_aggregate(output.value) and (statuses or blanks):
            parts.append(HiddenPart(place, statuses, HiddenRows(statuses, blanks), _limits(output.value)))
        elif statuses or (blanks and (blanks_too or not isinstance(output.value, Column))):
            # By itself such a column is as blank as in its file; what is computed of it is told.
            parts.append(HiddenPart(place, statuses, grouped=grouped, blanks=blanks))
    return tuple(parts)


def _limits(value: Value) -> tuple[Limit, Limit] | None:
    match value:
        case Aggregate(function, Column(field)) if function in _MONOTONE and field.bounded:
            return Limit(value, False), Limit(value, True)
    return None
