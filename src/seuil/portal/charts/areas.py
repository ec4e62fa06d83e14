"""The areas of departments, and of what is made of them, whose inner borders go away.

In TopoJSON a border between two departments is one arc that both name, each in its own direction. In an area that holds
both it is no border: what is left of all arcs is the outline of the area.
"""

from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache

from seuil.portal.charts.outlines import Ring, arcs, borders

Area = tuple[tuple[Ring, ...], ...]
"""Polygons without anything in common: each an outer line, and those of its holes."""

DIGITS = 4  # of degrees: ten metres
BETWEEN = "+"
"""Between the codes of the departments that an area is made of."""


@lru_cache(maxsize=256)
def area_of(name: str) -> Area:
    """The area that is made of some departments. name: their codes, `BETWEEN` in between."""
    numbers = [number for code in name.split(BETWEEN) for ring in borders()[code] for number in ring]
    seen = Counter(max(number, ~number) for number in numbers)
    return _polygons(_rings([number for number in numbers if seen[max(number, ~number)] == 1]))


@lru_cache(maxsize=256)
def geometry_of(name: str) -> dict[str, object]:
    """The same as a geometry of GeoJSON."""
    polygons = [[_closed(ring) for ring in polygon] for polygon in area_of(name)]
    if len(polygons) == 1:
        return {"type": "Polygon", "coordinates": polygons[0]}
    return {"type": "MultiPolygon", "coordinates": polygons}


def holds(rings: Iterable[Ring], lon: float, lat: float) -> bool:
    """Whether a point is in an area: a ray from it crosses the rings an odd number of times."""
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
            if (y1 > lat) != (y2 > lat) and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1):
                inside = not inside
    return inside


def _closed(ring: Ring) -> list[tuple[float, float]]:
    return [(round(lon, DIGITS), round(lat, DIGITS)) for lon, lat in (*ring, ring[0])]


def _rings(numbers: list[int]) -> list[Ring]:
    """Arcs joined end to end, each into the next, until a line closes. A negative number: the arc the other way."""
    lines = [_line(number) for number in numbers]
    begins: dict[tuple[float, float], list[int]] = {}
    for at, line in enumerate(lines):
        begins.setdefault(line[0], []).append(at)
    left = set(range(len(lines)))
    found = []
    for at in range(len(lines)):
        if at not in left:
            continue
        left.remove(at)
        ring = list(lines[at][:-1])
        end = lines[at][-1]
        while end != ring[0]:
            following = next(k for k in begins[end] if k in left)
            left.remove(following)
            ring.extend(lines[following][:-1])
            end = lines[following][-1]
        found.append(tuple(ring))
    return found


@cache
def _line(number: int) -> Ring:
    return arcs()[number] if number >= 0 else arcs()[~number][::-1]


def _polygons(rings: list[Ring]) -> Area:
    """Outer lines turn one way, holes the other; a hole belongs to the smallest outer line around it."""
    turned = [(ring, _twice_area(ring)) for ring in rings]
    largest = max(turned, key=lambda one: abs(one[1]))[1]
    outer = sorted((one for one in turned if one[1] * largest > 0), key=lambda one: abs(one[1]))
    holes: dict[int, list[Ring]] = {}
    for ring, size in turned:
        if size * largest < 0:
            around = (k for k, one in enumerate(outer) if abs(one[1]) > abs(size) and holds([one[0]], *ring[0]))
            holes.setdefault(next(around, len(outer) - 1), []).append(ring)
    return tuple((ring, *holes.get(k, [])) for k, (ring, _) in enumerate(outer))


def _twice_area(ring: Ring) -> float:
    """By the shoelace formula: positive where the ring turns left."""
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True))
