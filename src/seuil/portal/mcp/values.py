"""Values as a model is told them: a hidden one is a value of a type of its own, never nothing.

A figure that is shown is a number. Everything else says in `kind` what it is.
"""

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from seuil.model.columns import HIDDEN
from seuil.odsql import Compiled, OutputColumn
from seuil.odsql.partial import PARTIAL
from seuil.portal.exports.keys import Key, json_value
from seuil.portal.store.queries import Row


class Hidden(BaseModel):
    """NS: hidden so that nobody can be recognised. It isn't zero, and it isn't necessarily small."""

    kind: Literal["hidden"] = "hidden"
    code: Literal["NS"] = "NS"
    lowest: float | None = Field(default=None, description="The least that it can be, for anybody; null: not computed.")
    highest: float | None = Field(default=None, description="The most that it can be; null: no limit is known.")


class Missing(BaseModel):
    """ND: there is no such figure."""

    kind: Literal["missing"] = "missing"
    code: Literal["ND"] = "ND"


class Partial(BaseModel):
    """An aggregate over rows of which some are hidden: `value` leaves those out, so it is no total."""

    kind: Literal["partial"] = "partial"
    value: float | str
    hidden_rows: int
    lowest: float | None = Field(description="The least that the aggregate of all rows can be; null: not computed.")
    highest: float | None = Field(description="The most; null: no limit is known.")


Plain = int | float | str | bool | None | list[str] | dict[str, float]
Value = Hidden | Missing | Partial | int | float | str | bool | None | list[str] | dict[str, object]


def typed_rows(compiled: Compiled, rows: Sequence[Row]) -> list[dict[str, Value]]:
    """The rows of an answer."""
    keys = [Key(c.name, at, c.type, c.multivalued, None, compiled.zone) for at, c in enumerate(compiled.columns)]
    return [
        {key.name: _typed(column, key, row) for key, column in zip(keys, compiled.columns, strict=True)} for row in rows
    ]


def _typed(column: OutputColumn, key: Key, row: Row) -> Value:
    status = row[column.status] if column.status is not None else None
    if status is None and row[key.position] is None and column.blank_hides:
        status = HIDDEN
    lowest = highest = None
    if column.partial is not None and column.partial.lowest is not None and column.partial.highest is not None:
        lowest, highest = _number(row[column.partial.lowest]), _number(row[column.partial.highest])
    if status == HIDDEN:
        return Hidden(lowest=lowest, highest=highest)
    if status == PARTIAL and column.partial is not None:
        hidden = row[column.partial.hidden]
        value = json_value(key, row[key.position])
        told = value if isinstance(value, int | float) else str(value)
        return Partial(value=told, hidden_rows=int(str(hidden)), lowest=lowest, highest=highest)
    if status is not None:
        return Missing()
    found = json_value(key, row[key.position])
    return found if isinstance(found, int | float | str | bool | list | dict) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
