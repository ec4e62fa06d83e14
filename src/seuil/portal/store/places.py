"""Where territories lie: the fields `geo_point_2d`, the middle of each department or of the departments it is made of,
and `geo_shape`, their area.

Departments are told by their codes, from the outlines of the portal's maps. What is made of departments, such as a
region, lies in the middle of them by area; those overseas don't count for a territory that has others too.
"""

import math
from collections.abc import Mapping, Sequence
from functools import cache

from seuil.catalogue.entry import Dimension, Entry
from seuil.portal.charts.areas import BETWEEN
from seuil.portal.charts.outlines import Ring, rings
from seuil.portal.store.connection import identifier, literal
from seuil.portal.store.nodes import Telling, Told, tellings

PLACE = "geo_point_2d"
SHAPE = "geo_shape"
"""The fields' names. No column of the released table has them; `*` leaves them out."""

_BETWEEN = "|"
"""Between the columns that tell a territory; which of them is empty doesn't matter to its place."""
_OVERSEAS = "97"
_DIGITS = 4  # of degrees: ten metres
Middle = tuple[float, float, float]
"""Longitude, latitude, and area in square degrees of the equator."""


def places_of(entry: Entry) -> dict[str, tuple[float, float]]:
    """Longitude and latitude of the territories of a dataset, by code; none where no column of it has their codes."""
    return {code: _middle_of(departments) for code, departments in _departments_of(entry).items()}


def shapes_of(entry: Entry) -> dict[str, str]:
    """The areas of a dataset's territories by code: the codes of their departments, as `charts.areas` has them."""
    return {code: BETWEEN.join(sorted(departments)) for code, departments in _departments_of(entry).items()}


def _departments_of(entry: Entry) -> dict[str, list[str]]:
    territory = _territory(entry)
    if territory is None or any(field.name in (PLACE, SHAPE) for field in entry.fields):
        return {}
    return _departments(territory.dimension)


def places_column(entry: Entry) -> str:
    """What SQL computes beside the columns of the table: place and area by the code, nothing where none is known."""
    places, areas, territory = places_of(entry), shapes_of(entry), _territory(entry)
    if not places or territory is None:
        return ""
    known = {_key(told): code for told, code in territory.codes.items() if code in places}
    key = f" || {literal(_BETWEEN)} || ".join(f"coalesce({identifier(name)}, '')" for name in territory.fields)
    points = {told: f"{{'lon': {places[code][0]}, 'lat': {places[code][1]}}}" for told, code in known.items()}
    shapes = {told: literal(areas[code]) for told, code in known.items()}
    point, shape = _looked_up(points, "STRUCT(lon DOUBLE, lat DOUBLE)", key), _looked_up(shapes, "VARCHAR", key)
    return f", {point} AS {PLACE}, {shape} AS {SHAPE}"


def _looked_up(values: Mapping[str, str], kind: str, key: str) -> str:
    pairs = ", ".join(f"{literal(told)}: {value}" for told, value in values.items())
    return f"CAST(MAP {{{pairs}}} AS MAP(VARCHAR, {kind}))[{key}]"


def _key(told: Told) -> str:
    return _BETWEEN.join(value or "" for value in told)


def _territory(entry: Entry) -> Telling | None:
    return next((one for one in tellings(entry) if one.dimension.role == "territory"), None)


def _departments(dimension: Dimension) -> dict[str, list[str]]:
    """The departments that each territory is made of, by its code; those overseas only where there is no other."""
    below: dict[str, list[str]] = {}
    parents = {node.code: node.parent for node in dimension.nodes}
    for department in parents:
        code, seen = department, set[str]()
        while department in middles() and code in parents and code not in seen:
            seen.add(code)
            below.setdefault(code, []).append(department)
            code = parents[code]
    return {code: [d for d in found if not d.startswith(_OVERSEAS)] or found for code, found in below.items()}


def _middle_of(departments: Sequence[str]) -> tuple[float, float]:
    found = [middles()[one] for one in departments]
    area = sum(size for _, _, size in found)
    lon, lat = (sum(place[axis] * place[2] for place in found) / area for axis in (0, 1))
    return round(lon, _DIGITS), round(lat, _DIGITS)


@cache
def middles() -> dict[str, Middle]:
    """The middle of every department by its code: the centroid of its largest part."""
    return {code: max(map(_middle, found), key=lambda middle: middle[2]) for code, found in rings().items()}


def _middle(ring: Ring) -> Middle:
    """The centroid of a polygon, by the shoelace formula; east-west degrees shrink with the latitude."""
    narrowed = math.cos(math.radians(sum(lat for _, lat in ring) / len(ring)))
    twice = lon = lat = 0.0
    for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = x1 * y2 - x2 * y1
        twice, lon, lat = twice + cross, lon + (x1 + x2) * cross, lat + (y1 + y2) * cross
    return lon / (3 * twice), lat / (3 * twice), abs(twice) / 2 * narrowed
