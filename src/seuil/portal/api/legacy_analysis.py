"""`records/1.0/analyze`: aggregates over groups of rows, as a list of `{"x": group, "<serie>": value}`.

    /api/records/1.0/analyze/?dataset=effectifs&x=annee&y.total.func=SUM&y.total.expr=ntop&refine.dept=999

`x` is a field, or several. A date is told in parts, `{"year": 2024}`, down to `precision`, of a field of years its year
alone; `periodic` tells one part, `{"month": 1}`. Rows come by ascending `x` unless `sort` says otherwise: `sort=total`
from the greatest value on, `sort=-total` from the least.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from starlette.datastructures import QueryParams

from seuil.model.columns import status_column
from seuil.odsql import Compiled, InvalidParameterError, Schema, compile_export
from seuil.odsql.limits import MOST_GROUPS
from seuil.portal.api.asked import Asked, Json, Prepared, Reply
from seuil.portal.api.hidden import hidden_header
from seuil.portal.api.legacy_filters import filtered
from seuil.portal.api.legacy_series import Series, add_up, check_columns, read_series, select_of
from seuil.portal.api.parameters import read_whole
from seuil.portal.exports.keys import json_value, keys_of
from seuil.portal.store.errors import QueryTooCostlyError
from seuil.portal.store.queries import Row

_PRECISIONS = ("year", "month", "day", "hour", "minute")
_PERIODIC = {"year": "year", "month": "month", "weekday": "dayofweek", "day": "day", "hour": "hour", "minute": "minute"}
_X = "x"


@dataclass(frozen=True)
class _Axis:
    """A field of `x`. parts: of a date, each with the function that gives it; none of another field."""

    field: str
    parts: tuple[tuple[str, str], ...] = ()

    @property
    def groups(self) -> list[str]:
        """What to group by."""
        return [f"{function}(`{self.field}`)" for _, function in self.parts] or [f"`{self.field}`"]

    def told(self, values: Sequence[object]) -> object:
        """Its value in a row, given those of its groups."""
        if not self.parts:
            return values[0]
        named = {name: value for (name, _), value in zip(self.parts, values, strict=True)}
        return None if None in named.values() else named


def analysis(asked: Asked, dataset_id: str) -> Prepared:
    """The answer. Raises UnknownDatasetError, RefusedQueryError; when it is made QueryTooCostlyError too."""
    query, schema = asked.query, asked.served.schema(dataset_id)
    axes, series = _axes(query, schema), read_series(query)
    if not series:
        raise InvalidParameterError("y", "no series", "y.<name>.func, such as y.total.func=COUNT")
    groups = [group for axis in axes for group in axis.groups]
    most = read_whole(query, "maxpoints") or 0
    if not 0 <= most <= MOST_GROUPS:
        raise InvalidParameterError("maxpoints", most, f"0 <= maxpoints <= {MOST_GROUPS}")
    request = replace(
        filtered(query, schema),
        select=select_of(series),
        group_by=", ".join(f"{group} as `group {place}`" for place, group in enumerate(groups)),
        order_by=_order(query.get("sort", "").strip(), len(groups), axes, series),
        limit=most or MOST_GROUPS,
    )
    compiled = compile_export(request, schema, asked.served.relation(dataset_id))
    check_columns(compiled, len(groups), series)

    def answer() -> Reply:
        rows = asked.served.fetch(compiled)
        if not most and len(rows) == MOST_GROUPS:
            raise QueryTooCostlyError(f"The analysis has {MOST_GROUPS} rows or more; ask for some by maxpoints.")
        return Reply(_told(rows, compiled, axes, series), hidden_header(compiled, rows))

    return answer


def _told(rows: Sequence[Row], compiled: Compiled, axes: Sequence[_Axis], series: Sequence[Series]) -> list[Json]:
    keys = keys_of(compiled)
    told: list[Json] = []
    for row in rows:
        values: Json = {}
        statuses: Json = {}
        place = 0
        for axis in axes:
            many = len(axis.groups)
            values[axis.field] = axis.told([json_value(key, row[key.position]) for key in keys[place : place + many]])
            status = compiled.columns[place].status
            if status is not None and row[status] is not None:
                statuses[status_column(axis.field if len(axes) > 1 else _X)] = row[status]
            place += many
        found = {_X: values if len(axes) > 1 else next(iter(values.values()))} | statuses
        for at, one in enumerate(series, start=place):
            found |= one.of(row, compiled, at)
        told.append(found)
    add_up(told, series)
    return told


def _axes(query: QueryParams, schema: Schema) -> list[_Axis]:
    names = list(dict.fromkeys(name.strip() for text in query.getlist(_X) for name in text.split(",") if name.strip()))
    if not names:
        raise InvalidParameterError(_X, "nothing", "a field")
    return [_axis(name, query, schema) for name in names]


def _axis(name: str, query: QueryParams, schema: Schema) -> _Axis:
    field = schema.field(name, clause=_X)
    if field.type not in ("date", "datetime"):
        return _Axis(field.name)
    periodic, precision = (query.get(key, "").strip().lower() for key in ("periodic", "precision"))
    if periodic:
        if periodic not in _PERIODIC:
            raise InvalidParameterError("periodic", periodic, f"one of {', '.join(_PERIODIC)}")
        return _Axis(field.name, ((periodic, _PERIODIC[periodic]),))
    if precision and precision not in _PRECISIONS:
        raise InvalidParameterError("precision", precision, f"one of {', '.join(_PRECISIONS)}")
    finest = _PRECISIONS.index(precision or "day")
    parts = _PRECISIONS[: 1 if field.type == "date" else finest + 1]  # a year has no finer parts
    return _Axis(field.name, tuple((part, part) for part in parts))


def _order(sort: str, groups: int, axes: Sequence[_Axis], series: Sequence[Series]) -> str | None:
    if not sort:
        return None
    name, direction = (sort[1:], "asc") if sort.startswith("-") else (sort, "desc")
    places = [place for place, one in enumerate(series) if one.name == name]
    if places:
        return f"`serie {places[0]}` {direction}"
    if name in (_X, *(axis.field for axis in axes)):
        return ", ".join(f"`group {place}` {direction}" for place in range(groups))
    raise InvalidParameterError("sort", sort, f"{_X} or one of {', '.join(one.name for one in series)}")
