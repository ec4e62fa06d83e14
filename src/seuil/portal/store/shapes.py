"""Which areas of territories fit a geometry: the field `geo_shape`, whose column names the departments of an area.

Only departments are looked at, all at once: an area meets what one of its departments meets, and lies within what holds
them all.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from seuil.odsql.geometry import Geometry
from seuil.portal.charts.areas import BETWEEN, area_of
from seuil.portal.charts.outlines import Ring, names

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_METRES_A_DEGREE = 111_195.0  # of latitude, on the mean Earth


@dataclass(frozen=True)
class Areas:
    """The areas that a dataset has. keys: what stands in the column, each the codes of departments."""

    keys: tuple[str, ...]

    def meeting(self, geometry: Geometry) -> tuple[str, ...]:
        """Those that have a point in common with a geometry."""
        return self._any(outlines().meeting(geometry))

    def inside(self, geometry: Geometry) -> tuple[str, ...]:
        """Those that lie within a geometry."""
        there = outlines().named(outlines().inside(geometry))
        return tuple(key for key in self.keys if there.issuperset(key.split(BETWEEN)))

    def near(self, lon: float, lat: float, metres: float) -> tuple[str, ...]:
        """Those of which a point is at most so far away."""
        return self._any(outlines().metres_from(lon, lat) <= metres)

    def _any(self, fits: Flags) -> tuple[str, ...]:
        there = outlines().named(fits)
        return tuple(key for key in self.keys if there.intersection(key.split(BETWEEN)))


@dataclass(frozen=True)
class Outlines:
    """The departments: edges (edges, 4) are longitude and latitude of both ends, owner the department of each.

    starts: (rings, 2) a point of each ring, start_owner its department.
    """

    codes: tuple[str, ...]
    edges: Floats
    owner: NDArray[np.int64]
    starts: Floats
    start_owner: NDArray[np.int64]

    def named(self, which: Flags) -> frozenset[str]:
        """The codes of the departments that are marked."""
        return frozenset(self.codes[k] for k in np.flatnonzero(which))

    def meeting(self, geometry: Geometry) -> Flags:
        """Whether a department has a point in common with a geometry: a point in it, borders that cross, or all."""
        ends = (*geometry.points, *(line[0] for line in (*geometry.rings, *geometry.lines)))
        found = np.zeros(len(self.codes), dtype=np.bool_)
        for lon, lat in ends:
            crossed = self.owner[_left_of(self.edges, lon, lat)]
            found |= np.bincount(crossed, minlength=len(found)) % 2 == 1
        found |= self._crossed(_edges(geometry.rings, geometry.lines))
        found[self.start_owner[self._starts_in(geometry)]] = True
        return found

    def inside(self, geometry: Geometry) -> Flags:
        """Whether all of a department lies within a geometry: its rings do, no borders cross, no hole is in it."""
        found = np.zeros(len(self.codes), dtype=np.bool_)
        found[self.start_owner] = True
        found[self.start_owner[~self._starts_in(geometry)]] = False
        holes = self.meeting(Geometry(points=tuple(ring[0] for ring in geometry.rings)))
        return found & ~holes & ~self._crossed(_edges(geometry.rings))

    def metres_from(self, lon: float, lat: float) -> Floats:
        """How far a point is from each department, on a plane that touches the Earth there; 0 inside."""
        narrowed = math.cos(math.radians(lat))
        x1, y1, x2, y2 = ((self.edges - (lon, lat, lon, lat)) * (narrowed, 1, narrowed, 1)).T
        along_x, along_y = x2 - x1, y2 - y1
        length = np.maximum(along_x**2 + along_y**2, 1e-18)
        at = np.clip(-(x1 * along_x + y1 * along_y) / length, 0, 1)
        found = np.full(len(self.codes), np.inf)
        np.minimum.at(found, self.owner, np.hypot(x1 + at * along_x, y1 + at * along_y) * _METRES_A_DEGREE)
        found[self.meeting(Geometry(points=((lon, lat),)))] = 0
        return found

    def _starts_in(self, geometry: Geometry) -> Flags:
        """(rings,) whether the point of each ring is within the rings of a geometry."""
        edges = _edges(geometry.rings)
        inside = (np.count_nonzero(_left_of(edges, lon, lat)) % 2 == 1 for lon, lat in self.starts)
        return np.fromiter(inside, dtype=np.bool_, count=len(self.starts))

    def _crossed(self, others: Floats) -> Flags:
        """Whether an edge of a department crosses or touches one of others: each has its ends on both its sides."""
        found = np.zeros(len(self.codes), dtype=np.bool_)
        ax, ay, bx, by = self.edges.T
        for x1, y1, x2, y2 in others:
            first = (x2 - x1) * (ay - y1) - (y2 - y1) * (ax - x1)
            second = (x2 - x1) * (by - y1) - (y2 - y1) * (bx - x1)
            near = np.flatnonzero(first * second <= 0)
            cx, cy, dx, dy = self.edges[near].T
            third = (dx - cx) * (y1 - cy) - (dy - cy) * (x1 - cx)
            fourth = (dx - cx) * (y2 - cy) - (dy - cy) * (x2 - cx)
            found[self.owner[near[third * fourth <= 0]]] = True
        return found


@cache
def outlines() -> Outlines:
    """Every department, holes too."""
    codes = tuple(names())
    rings = [(k, ring) for k, code in enumerate(codes) for polygon in area_of(code) for ring in polygon]
    edges = [_edges([ring]) for _, ring in rings]
    owner = np.repeat([k for k, _ in rings], [len(some) for some in edges]).astype(np.int64)
    starts = np.array([ring[0] for _, ring in rings], dtype=np.float64)
    return Outlines(codes, np.concatenate(edges), owner, starts, np.array([k for k, _ in rings], dtype=np.int64))


def _edges(rings: Iterable[Ring], lines: Iterable[Ring] = ()) -> Floats:
    closed = [(*ring, ring[0]) for ring in rings]
    every = [[*start, *end] for line in (*closed, *lines) for start, end in pairwise(line)]
    return np.array(every, dtype=np.float64).reshape(-1, 4)


def _left_of(edges: Floats, lon: float, lat: float) -> Flags:
    """Which edges a ray from a point to the east crosses: of a ring around the point an odd number."""
    x1, y1, x2, y2 = edges.T
    over = (y1 > lat) != (y2 > lat)
    height = np.where(over, y2 - y1, 1.0)
    return np.asarray(over & (lon < x1 + (lat - y1) * (x2 - x1) / height), dtype=np.bool_)
