"""GeoJSON (RFC 7946): a feature a row. Its geometry is the row's area or else its place, null where the row has none.

epsg: 4326 is degrees, as the RFC has it; another system is named in the file, as GeoJSON had it before the RFC.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import orjson
import pyarrow as pa

from seuil.portal.exports.json_array import rows_of
from seuil.portal.exports.keys import Key
from seuil.portal.exports.projection import DEGREES, area, point


def geojson_chunks(batches: Iterator[pa.RecordBatch], keys: Sequence[Key], epsg: int) -> Iterator[bytes]:
    """The file, a piece a batch. The first key that is an area, or else a place, is the geometry, and no property."""
    placed_by = (key for kind in ("geo_shape", "geo_point_2d") for key in keys if key.type == kind)
    place = next(placed_by, None)
    told = [key for key in keys if key is not place]
    system = f"urn:ogc:def:crs:EPSG::{epsg}"
    crs = b"" if epsg == DEGREES else orjson.dumps({"type": "name", "properties": {"name": system}})
    before = b'{"type":"FeatureCollection",' + (b'"crs":' + crs + b"," if crs else b"") + b'"features":['
    separator = b""
    for batch in batches:
        places = [None] * batch.num_rows if place is None else batch.column(place.position).to_pylist()
        rows = rows_of(batch, told) if told else [{} for _ in places]
        features = [
            {"type": "Feature", "geometry": _geometry(found, epsg), "properties": row}
            for found, row in zip(places, rows, strict=True)
        ]
        if features:
            yield before + separator + orjson.dumps(features)[1:-1]
            before, separator = b"", b","
    yield before + b"]}"


def _geometry(found: object, epsg: int) -> dict[str, object] | None:
    match found:
        case {"lon": float(lon), "lat": float(lat)}:
            placed = point(lon, lat, epsg)
            return None if placed is None else {"type": "Point", "coordinates": placed}
        case str(name):
            return _polygons(name, epsg)
        case [float(west), float(south), float(east), float(north)]:
            corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
            line = [point(lon, lat, epsg) for lon, lat in corners]
            return None if None in line else {"type": "Polygon", "coordinates": [line]}
    return None


@lru_cache(maxsize=512)
def _polygons(name: str, epsg: int) -> dict[str, object] | None:
    found = area(name, epsg)
    if found is None:
        return None
    if len(found) == 1:
        return {"type": "Polygon", "coordinates": found[0]}
    return {"type": "MultiPolygon", "coordinates": found}
