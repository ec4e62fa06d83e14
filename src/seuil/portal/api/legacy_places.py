"""Places in the first API: `records/1.0/geocluster`, `boundingbox` and `geopreview`, which maps are drawn from.

| address | answers |
|---|---|
| `geocluster` | `clusters` of places that lie together, each with its middle, number of rows, box and series |
| `boundingbox` | `count` of rows that have a place, and the `bbox` around them: west, south, east, north |
| `geopreview` | the different areas of rows, each with how many have it, at most `rows` |

A cluster is a square of the globe about `clusterdistance` pixels wide on a map of zoom `clusterprecision`; its box is
told to `shapeprecision` levels more, not at all in `clustermode=heatmap`. Areas are generalised already, so that
`geopreview` has none that would be finer or coarser for its `clusterprecision`.
"""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace

from starlette.datastructures import QueryParams

from seuil.odsql import Compiled, InvalidParameterError, compile_export
from seuil.odsql.limits import MOST_GROUPS
from seuil.portal.api.asked import Asked, Json, Prepared, Reply
from seuil.portal.api.hidden import hidden_header
from seuil.portal.api.legacy_filters import filtered, needs_places
from seuil.portal.api.legacy_series import Series, check_columns, read_series, select_of
from seuil.portal.api.parameters import read_whole
from seuil.portal.charts.areas import geometry_of
from seuil.portal.store.places import PLACE, SHAPE
from seuil.portal.store.queries import Row

_TILE = 256  # pixels of a map's tile, of which there is one at zoom 0
_FINEST, _MOST_LEVELS = 25, 29
_MODES = ("polygon", "heatmap")
_PREVIEWED = 1_000


def bounding_box(asked: Asked, dataset_id: str) -> Prepared:
    """How many rows have a place, and the box around them. Raises UnknownDatasetError, RefusedQueryError."""
    compiled = _compiled(asked, dataset_id, f"count({PLACE}), envelope({PLACE})", limit=1)

    def answer() -> Reply:
        rows = asked.served.fetch(compiled)
        count, sides = rows[0][:2] if rows else (0, None)
        box = list(sides) if isinstance(sides, list) and None not in sides else []
        return Reply({"count": count, "bbox": box, "geometries": {"Point": count} if count else {}})

    return answer


def preview(asked: Asked, dataset_id: str) -> Prepared:
    """The areas of rows, those of the most rows first. Raises UnknownDatasetError, RefusedQueryError."""
    most = read_whole(asked.query, "rows")
    most = _PREVIEWED if most is None else most
    if not 0 <= most <= MOST_GROUPS:
        raise InvalidParameterError("rows", most, f"0 <= rows <= {MOST_GROUPS}")
    _level(asked.query, "clusterprecision", 0)
    compiled = _compiled(asked, dataset_id, "count(*) as n", groups=SHAPE, order="n desc", limit=most)

    def answer() -> Reply:
        found = ((str(name), count) for name, count in (row[:2] for row in asked.served.fetch(compiled)) if name)
        return Reply(
            [
                {
                    "geometry": geometry_of(name),
                    "geo_digest": hashlib.sha256(name.encode()).hexdigest()[:16],
                    "count": count,
                }
                for name, count in found
            ]
        )

    return answer


def clusters(asked: Asked, dataset_id: str) -> Prepared:
    """Places that lie together. Raises UnknownDatasetError, RefusedQueryError."""
    query, series = asked.query, read_series(asked.query)
    for one in series:
        if one.cumulative:
            raise InvalidParameterError(f"y.{one.name}.cumulative", "true", "false: clusters have no order")
    zoom, finer = _level(query, "clusterprecision", None), _level(query, "shapeprecision", 0)
    if zoom + finer > _MOST_LEVELS:
        raise InvalidParameterError("sum of clusterprecision + shapeprecision", zoom + finer, f"<= {_MOST_LEVELS}")
    mode = query.get("clustermode", "").strip().lower() or _MODES[0]
    if mode not in _MODES:
        raise InvalidParameterError("clustermode", mode, f"one of {', '.join(_MODES)}")
    cells = f"geo_cluster({PLACE}, {_cells(zoom, _distance(query))})"
    select = f"count(*), envelope({PLACE})" + (f", {select_of(series)}" if series else "")
    compiled = _compiled(asked, dataset_id, select, groups=cells, limit=MOST_GROUPS)
    check_columns(compiled, 3, series)
    step = None if mode == "heatmap" else 360 / 2 ** (zoom + finer)

    def answer() -> Reply:
        rows = [row for row in asked.served.fetch(compiled) if row[0] is not None]
        told = [_cluster(row, compiled, series, step) for row in rows]
        counts = [row[1] for row in rows]
        content = {
            "clusters": told,
            "count": _ends(counts),
            "series": {one.name: _ends([row[at] for row in rows]) for at, one in enumerate(series, start=3)},
            "clusterprecision": zoom,
        }
        return Reply(content, hidden_header(compiled, rows))

    return answer


def _compiled(
    asked: Asked, dataset_id: str, select: str, *, limit: int, groups: str | None = None, order: str | None = None
) -> Compiled:
    schema = asked.served.schema(dataset_id)
    needs_places(schema)
    request = replace(filtered(asked.query, schema), select=select, group_by=groups, order_by=order, limit=limit)
    return compile_export(request, schema, asked.served.relation(dataset_id))


def _cluster(row: Row, compiled: Compiled, series: Sequence[Series], step: float | None) -> Json:
    sides = row[2]
    assert isinstance(sides, list)  # of the places of a cluster, of which there is one at least
    west, south, east, north = (float(side) for side in sides)
    told: Json = {"cluster_center": [(south + north) / 2, (west + east) / 2], "count": row[1]}
    values: Json = {}
    for at, one in enumerate(series, start=3):
        values |= one.of(row, compiled, at)
    if series:
        told["series"] = values
    if step is not None:
        told["cluster"] = _box(west, south, east, north, step)
    return told


def _box(west: float, south: float, east: float, north: float, step: float) -> Json:
    """The box, outwards to multiples of a step; one place is a point."""
    if (west, south) == (east, north):
        return {"type": "Point", "coordinates": [west, south]}
    west, south = (math.floor(side / step) * step for side in (west, south))
    east, north = (math.ceil(side / step) * step for side in (east, north))
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _ends(values: Sequence[object]) -> Json:
    numbers = [value for value in values if isinstance(value, int | float)]
    return {"max": max(numbers, default=None), "min": min(numbers, default=None)}


def _level(query: QueryParams, name: str, default: int | None) -> int:
    found = read_whole(query, name)
    found = default if found is None else found
    if found is None or not 0 <= found <= _MOST_LEVELS:
        raise InvalidParameterError(name, "nothing" if found is None else found, f"0 to {_MOST_LEVELS}")
    return found


def _distance(query: QueryParams) -> int:
    found = read_whole(query, "clusterdistance")
    if found is None or found < 1:
        raise InvalidParameterError("clusterdistance", "nothing" if found is None else found, "1 or more")
    return found


def _cells(zoom: int, distance: int) -> int:
    """The precision of squares that are about so many pixels wide."""
    return max(1, min(_FINEST, zoom + round(math.log2(_TILE / distance))))
