"""GeoJSON (RFC 7946): a feature a row. Its geometry is the row's area or else its place, null where the row has none.

epsg: 4326 is degrees, as the RFC has it; 3857 is the metres of web maps.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

import orjson
import pyarrow as pa

from seuil.portal.exports.json_array import rows_of
from seuil.portal.exports.keys import Key

Epsg = Literal[4326, 3857]
_EQUATOR = 6_378_137.0  # metres: the radius of WGS 84
_HIGHEST = 85.06  # degrees of latitude: web maps are squares


def geojson_chunks(batches: Iterator[pa.RecordBatch], keys: Sequence[Key], epsg: Epsg) -> Iterator[bytes]:
    """The file, a piece a batch. The first key that is an area, or else a place, is the geometry, and no property."""
    placed_by = [key.name for kind in ("geo_shape", "geo_point_2d") for key in keys if key.type == kind]
    place = next(iter(placed_by), None)
    placed = _IN[epsg]
    crs = (
        b"" if epsg == 4326 else orjson.dumps({"type": "name", "properties": {"name": f"urn:ogc:def:crs:EPSG::{epsg}"}})
    )
    before = b'{"type":"FeatureCollection",' + (b'"crs":' + crs + b"," if crs else b"") + b'"features":['
    separator = b""
    for batch in batches:
        features = [_feature(row, place, placed) for row in rows_of(batch, keys)]
        if features:
            yield before + separator + orjson.dumps(features)[1:-1]
            before, separator = b"", b","
    yield before + b"]}"


def _feature(
    row: dict[str, object], place: str | None, placed: Callable[[float, float], tuple[float, float]]
) -> dict[str, object]:
    found = row.pop(place) if place is not None else None
    geometry = None
    if isinstance(found, dict) and "geometry" in found:
        geometry = {**found["geometry"], "coordinates": _moved(found["geometry"]["coordinates"], placed)}
    elif isinstance(found, dict):
        geometry = {"type": "Point", "coordinates": placed(float(found["lon"]), float(found["lat"]))}
    return {"type": "Feature", "geometry": geometry, "properties": row}


def _moved(coordinates: Sequence[Any], placed: Callable[[float, float], tuple[float, float]]) -> Sequence[object]:
    """Coordinates of an area, however deep its kind nests them, in another reference system."""
    if placed is degrees:
        return coordinates
    if isinstance(coordinates[0], float):
        return placed(*coordinates)
    return [_moved(inner, placed) for inner in coordinates]


def degrees(lon: float, lat: float) -> tuple[float, float]:
    """EPSG 4326, as places are stored."""
    return lon, lat


def web_mercator(lon: float, lat: float) -> tuple[float, float]:
    """EPSG 3857: metres east and north of the point where the equator meets Greenwich's meridian."""
    bounded = max(-_HIGHEST, min(_HIGHEST, lat))
    return _EQUATOR * math.radians(lon), _EQUATOR * math.log(math.tan(math.pi / 4 + math.radians(bounded) / 2))


_IN: dict[Epsg, Callable[[float, float], tuple[float, float]]] = {4326: degrees, 3857: web_mercator}
