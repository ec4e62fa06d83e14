"""Geometry literals: `geom'POINT(2.35 48.85)'` (WKT) and `geom'{"type": "Polygon", ...}'` (GeoJSON).

Places are longitude and latitude in degrees, in this order in both notations. Of points, an area holds those an odd
number of its rings go around (holes are rings too), a point itself, and a line none that could be met exactly.
"""

import json
import math
import re
from dataclasses import dataclass
from typing import cast

Place = tuple[float, float]
Ring = tuple[Place, ...]

_WKT = re.compile(
    r"\s*(?:SRID=4326;)?\s*(POINT|MULTIPOINT|LINESTRING|POLYGON|MULTIPOLYGON)\s*(\([-+0-9.eE,()\s]*\))\s*",
    re.IGNORECASE,
)
_RING = re.compile(r"\(([^()]*)\)")
_DEPTH = {"Point": 0, "MultiPoint": 1, "LineString": 1, "Polygon": 2, "MultiPolygon": 3}


@dataclass(frozen=True)
class Geometry:
    """Points, the rings of areas, and lines."""

    points: tuple[Place, ...] = ()
    rings: tuple[Ring, ...] = ()
    lines: tuple[Ring, ...] = ()


def box(south: float, west: float, north: float, east: float) -> Geometry:
    """The area between two latitudes and two longitudes; from west to east around the globe where west is east."""
    sides = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    return Geometry(rings=tuple(((w, south), (e, south), (e, north), (w, north)) for w, e in sides))


def read_geometry(text: str) -> Geometry:
    """The geometry that a literal's text names. Raises ValueError if it names none."""
    return _geojson(text) if text.lstrip().startswith("{") else _wkt(text)


def _wkt(text: str) -> Geometry:
    match = _WKT.fullmatch(text)
    if match is None:
        raise ValueError("no geometry")
    kind, body = match[1].upper(), match[2]
    if kind in ("POLYGON", "MULTIPOLYGON"):
        return _area(tuple(_places(ring) for ring in _RING.findall(body)))
    places = _places(body.replace("(", "").replace(")", ""))
    if kind == "POINT" and len(places) != 1:
        raise ValueError("a point is one place")
    return Geometry(lines=(places,)) if kind == "LINESTRING" else Geometry(points=places)


def _places(text: str) -> Ring:
    return tuple(_place(pair.split()) for pair in text.split(","))


def _geojson(text: str) -> Geometry:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("no JSON") from None
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found.get("geometry")
    if not isinstance(found, dict) or found.get("type") not in _DEPTH:
        raise ValueError("no geometry")
    kind = str(found["type"])
    lines = _lines(found.get("coordinates"), _DEPTH[kind])
    if kind in ("Polygon", "MultiPolygon"):
        return _area(lines)
    if kind == "LineString":
        return Geometry(lines=lines)
    return Geometry(points=tuple(place for line in lines for place in line))


def _lines(coordinates: object, depth: int) -> tuple[Ring, ...]:
    """The coordinates of a geometry as lists of places, however deep its kind nests them."""
    if depth == 0:
        return ((_place(coordinates),),)
    if not isinstance(coordinates, list) or not coordinates:
        raise ValueError("no coordinates")
    if depth == 1:
        return (tuple(_place(place) for place in coordinates),)
    return tuple(line for part in coordinates for line in _lines(part, depth - 1))


def _place(found: object) -> Place:
    if not isinstance(found, list) or len(found) not in (2, 3) or any(isinstance(x, bool | list | dict) for x in found):
        raise ValueError("a place is two numbers")
    lon, lat = (float(cast(str, x)) for x in found[:2])
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lat) <= 90 and abs(lon) <= 540):
        raise ValueError("no place on the globe")
    return lon, lat


def _area(rings: tuple[Ring, ...]) -> Geometry:
    if not rings or any(len(ring) < 3 for ring in rings):
        raise ValueError("an area needs rings of three places at least")
    return Geometry(rings=rings)
