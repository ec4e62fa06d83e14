"""Places in other reference systems than degrees, by PROJ.

Every horizontal system that the EPSG numbers can be asked for: east or longitude first, in the system's own unit. PROJ
fetches nothing unless its own settings say so: of several ways from one system to another it takes the best that needs
no grids. A place that a system can't show has no geometry there.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from seuil.odsql import InvalidParameterError
from seuil.portal.charts.areas import DIGITS, area_of

DEGREES = 4326
"""WGS 84, as places are stored."""
_EXPECTED = "the number of a horizontal reference system, such as 4326 (degrees), 3857 or 2154"
_LARGEST = 1_000_000

Floats = NDArray[np.float64]
Place = tuple[float, float]
_Part = TypeVar("_Part")


def read_epsg(said: str) -> int:
    """The number of a system that places can be shown in. Raises InvalidParameterError."""
    number = said.strip()
    if number == str(DEGREES):
        return DEGREES
    if find_spec("pyproj") is None:
        raise InvalidParameterError(
            "epsg", said, f"{DEGREES}, as this portal has no PROJ (pip install 'seuil[portal]')"
        )
    if not (number.isascii() and number.isdecimal() and int(number[:9]) < _LARGEST and _is_horizontal(int(number))):
        raise InvalidParameterError("epsg", said, _EXPECTED)
    return int(number)


def projected(lon: Floats, lat: Floats, epsg: int) -> tuple[Floats, Floats]:
    """East and north of places, not a number where the system has none of them."""
    if epsg == DEGREES:
        return lon, lat
    from pyproj.transformer import Transformer

    # There are a hundred places or so, however many rows.
    pairs, back = np.unique(np.stack([lon, lat], axis=1), axis=0, return_inverse=True)
    east, north = Transformer.from_crs(DEGREES, epsg, always_xy=True).transform(pairs[:, 0], pairs[:, 1])
    found = np.stack([east, north], axis=1)
    found[~np.isfinite(found).all(axis=1)] = np.nan
    return found[back.ravel(), 0], found[back.ravel(), 1]


@lru_cache(maxsize=4096)
def point(lon: float, lat: float, epsg: int) -> Place | None:
    """One place, None where the system doesn't have it."""
    east, north = projected(np.array([lon]), np.array([lat]), epsg)
    return None if np.isnan(east[0]) else (float(east[0]), float(north[0]))


@lru_cache(maxsize=512)
def area(name: str, epsg: int) -> tuple[tuple[tuple[Place, ...], ...], ...] | None:
    """An area of `charts.areas` as polygons of closed lines, None where the system doesn't have all of it."""
    return _all(tuple(_all(tuple(_line(ring, epsg) for ring in polygon)) for polygon in area_of(name)))


def _line(ring: Sequence[Place], epsg: int) -> tuple[Place, ...] | None:
    lon, lat = np.round(np.array([*ring, ring[0]], dtype=np.float64), DIGITS).T
    east, north = projected(lon, lat, epsg)
    return None if np.isnan(east).any() else tuple(zip(east.tolist(), north.tolist(), strict=True))


def _all(parts: tuple[_Part | None, ...]) -> tuple[_Part, ...] | None:
    found = tuple(part for part in parts if part is not None)
    return found if len(found) == len(parts) else None


@lru_cache(maxsize=256)
def _is_horizontal(epsg: int) -> bool:
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        found = CRS.from_epsg(epsg)
    except CRSError:
        return False
    return len(found.axis_info) == 2 and (found.is_projected or found.is_geographic)
