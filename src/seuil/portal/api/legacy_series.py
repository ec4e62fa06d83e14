"""The series of the first API: `y.<name>.func=SUM&y.<name>.expr=ntop`, aggregates beside groups of rows.

What they leave out because it is hidden stands beside each: `<name>_statut`, and `<name>_min` and `<name>_max` where
the limits of the true value are known. These keys are there in the rows that leave something out, and in no others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.datastructures import QueryParams

from seuil.model.columns import status_column
from seuil.odsql import Compiled, InvalidParameterError
from seuil.portal.api.asked import Json
from seuil.portal.api.hidden import limit_of
from seuil.portal.api.parameters import read_truth
from seuil.portal.store.queries import Row

_FUNCTIONS = {
    "COUNT": "count({})",
    "SUM": "sum({})",
    "AVG": "avg({})",
    "MIN": "min({})",
    "MAX": "max({})",
    "STDDEV": "stddev({})",
    "SUMSQUARES": "sum(({0}) * ({0}))",
}
_ADDED = ("COUNT", "SUM", "SUMSQUARES")
_MOST = 20


@dataclass(frozen=True)
class Series:
    """An aggregate by its name. text: as ODSQL writes it. cumulative: of this row and all before it."""

    name: str
    text: str
    cumulative: bool

    def of(self, row: Row, compiled: Compiled, place: int) -> Json:
        """Its value in a row of SQL, and what stands beside it. place: of the value."""
        column = compiled.columns[place]
        found: Json = {self.name: row[place]}
        status = None if column.status is None else row[column.status]
        if status is not None:
            found[status_column(self.name)] = status
        elif not self.cumulative:
            return found
        if column.partial is not None and column.partial.lowest is not None and column.partial.highest is not None:
            found[f"{self.name}_min"] = limit_of(column, row, column.partial.lowest)
            found[f"{self.name}_max"] = limit_of(column, row, column.partial.highest)
        return found


def read_series(query: QueryParams) -> tuple[Series, ...]:
    """The series that a URL names. Raises InvalidParameterError."""
    names = dict.fromkeys(
        name.removeprefix("y.").rpartition(".")[0] for name in query if name.startswith("y.") and name.count(".") > 1
    )
    if len(names) > _MOST:
        raise InvalidParameterError("y", f"{len(names)} series", f"at most {_MOST}")
    return tuple(_read(name, query) for name in names)


def _read(name: str, query: QueryParams) -> Series:
    if name == "x":
        raise InvalidParameterError("y", "a series called x", "another name: x is the group")
    said = query.get(f"y.{name}.func", "").strip().upper()
    if said not in _FUNCTIONS:
        raise InvalidParameterError(f"y.{name}.func", said or "nothing", f"one of {', '.join(_FUNCTIONS)}")
    expression = query.get(f"y.{name}.expr", "").strip()
    if not expression and said != "COUNT":
        raise InvalidParameterError(f"y.{name}.expr", "nothing", "a field or an expression")
    cumulative = read_truth(query, f"y.{name}.cumulative", False)
    if cumulative and said not in _ADDED:
        raise InvalidParameterError(f"y.{name}.cumulative", "true", f"false, or one of {', '.join(_ADDED)}")
    return Series(name, _FUNCTIONS[said].format(expression or "*"), cumulative)


def select_of(series: Sequence[Series]) -> str:
    """The series as a select, under names of our own: those of a URL stay outside."""
    return ", ".join(f"{one.text} as `serie {place}`" for place, one in enumerate(series))


def check_columns(compiled: Compiled, groups: int, series: Sequence[Series]) -> None:
    """Raises InvalidParameterError where an expression says more than one value, and so moves the others."""
    found = [column.name for column in compiled.columns[groups:]]
    if found != [f"serie {place}" for place in range(len(series))]:
        raise InvalidParameterError("y.<serie>.expr", "several values", "one expression a series")


def add_up(rows: Sequence[Json], series: Sequence[Series]) -> None:
    """Let the cumulative series of rows, in their order, add up. What one row leaves out all that follow leave out.

    Each row has the limits of its value where they can be known, of a shown value too: it may have been rounded.
    """
    for one in (one for one in series if one.cumulative):
        status, low, high = status_column(one.name), f"{one.name}_min", f"{one.name}_max"
        total = least = most = None
        hidden = unbounded = False
        for row in rows:
            hidden, bounded = hidden or status in row, low in row
            total = row[one.name] = _plus(total, row[one.name])
            below, above = row.pop(low, None), row.pop(high, None)
            if below is not None:  # else the row has no figure to add
                unbounded = unbounded or above is None
                least, most = _plus(least, below), _plus(most, above)
            if hidden:
                row[status] = "NS" if total is None else "partiel"
            if hidden and bounded:
                row |= {low: least, high: None if unbounded else most}


def _plus(one: object, other: object) -> float | None:
    """The sum of those of both that are there."""
    numbers = [value for value in (one, other) if isinstance(value, int | float)]
    return sum(numbers) if numbers else None
