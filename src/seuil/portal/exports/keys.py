"""The keys of an answer's rows, and where each stands in the SQL's rows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from seuil.model.columns import status_column
from seuil.odsql import Compiled


@dataclass(frozen=True)
class Key:
    """A key of the rows, the position of its value, and whether that is a year, which JSON shows as a text."""

    name: str
    position: int
    year: bool = False


def keys_of(compiled: Compiled) -> tuple[Key, ...]:
    """The keys of a query. A measure whose status wasn't selected gets it beside: null alone doesn't say why."""
    taken = {column.name for column in compiled.columns}
    keys = []
    for position, column in enumerate(compiled.columns):
        keys.append(Key(column.name, position, column.type == "date"))
        status = status_column(column.name)
        if column.status is not None and column.status >= len(compiled.columns) and status not in taken:
            keys.append(Key(status, column.status))
            taken.add(status)
    return tuple(keys)


def json_rows(keys: Sequence[Key], rows: Iterable[Sequence[object]]) -> list[dict[str, object]]:
    """Rows of SQL as JSON has them."""
    return [{key.name: _json(row[key.position], key.year) for key in keys} for row in rows]


def _json(value: object, year: bool) -> object:
    return f"{value:04}" if year and value is not None else value
