"""The keys of an answer's rows, where each stands in the SQL's rows, and how JSON writes what stands there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from seuil.model.columns import status_column
from seuil.odsql import Compiled, FieldType
from seuil.portal.charts.areas import geometry_of

Hidden = Literal["ns", "empty", "columns"]
"""How a file tells of hidden values: in the cell itself, not at all, or in columns of their own beside it."""


_PLAIN: tuple[FieldType, ...] = ("text", "int", "double", "boolean", "geo_point_2d")
"""Types that JSON writes as SQL gives them."""


@dataclass(frozen=True)
class Key:
    """A key of the rows.

    position: of its value in the SQL's rows. status: of what says that the value is hidden. zone: of datetimes.
    """

    name: str
    position: int
    type: FieldType
    multivalued: bool = False
    status: int | None = None
    zone: str = "UTC"


def keys_of(compiled: Compiled, hidden: Hidden = "ns") -> tuple[Key, ...]:
    """The keys of a query: those that it selects, and no others unless columns are asked for."""
    taken = {column.name for column in compiled.columns}
    keys = []
    for position, column in enumerate(compiled.columns):
        status = column.status if hidden == "ns" else None
        keys.append(Key(column.name, position, column.type, column.multivalued, status, compiled.zone))
        if hidden != "columns" or column.status is None:
            continue
        beside: list[tuple[str, int, FieldType]] = [(status_column(column.name), column.status, "text")]
        if column.partial is not None and column.partial.lowest is not None and column.partial.highest is not None:
            beside.append((f"{column.name}_min", column.partial.lowest, "double"))
            beside.append((f"{column.name}_max", column.partial.highest, "double"))
        for name, place, kind in beside:
            if name not in taken:
                keys.append(Key(name, place, kind))
                taken.add(name)
    return tuple(keys)


def json_rows(keys: Sequence[Key], rows: Iterable[Sequence[object]]) -> list[dict[str, object]]:
    """Rows of SQL as JSON has them."""
    columns = list(zip(*rows, strict=True))
    if not columns:
        return []
    names = [key.name for key in keys]
    told = [json_values(key, columns[key.position]) for key in keys]
    return [dict(zip(names, row, strict=True)) for row in zip(*told, strict=True)]


def json_values(key: Key, values: Sequence[object]) -> Sequence[object]:
    """The values of a column as JSON has them."""
    return values if key.type in _PLAIN else [json_value(key, value) for value in values]


def json_value(key: Key, value: object) -> object:
    """A value as JSON has it: a year is a text of four digits, a time has its offset, a place its two degrees."""
    if value is None:
        return None
    match key.type:
        case "date":
            return f"{value:04}"
        case "datetime" if isinstance(value, datetime):
            return in_zone(value, key.zone).isoformat()
        case "geo_cluster":
            return {"cluster_centroid": value}
        case "geo_shape" if isinstance(value, list):
            return envelope(value)
        case "geo_shape" if isinstance(value, str):
            return {"type": "Feature", "geometry": geometry_of(value), "properties": {}}
    return value


def in_zone(moment: datetime, zone: str) -> datetime:
    """A time that is stored as UTC, on the clocks of a zone."""
    return moment.replace(tzinfo=UTC).astimezone(UTC if zone == "UTC" else ZoneInfo(zone))


def envelope(sides: Sequence[float | None]) -> dict[str, object] | None:
    """The box around places, given west, south, east, north, as a GeoJSON feature; None around no place."""
    west, south, east, north = sides
    if west is None:
        return None
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}
