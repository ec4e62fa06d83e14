"""The map of the departments as links: mainland France, and six boxes for Paris and what lies overseas.

Mainland: Lambert's conformal conic projection with standard parallels 44 and 49 degrees north, as official maps have it
(Snyder, Map Projections: A Working Manual, 1987, section 15, on a sphere). Boxes: plate carree at their own latitude.
Neighbours share their points, since every point is rounded by itself.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup, escape

from seuil.portal.charts.outlines import Ring, names, rings

WIDTH, HEIGHT = 600, 690
_PRECISION = 1
"""Places of a point within one unit of the picture."""

_MAINLAND_HEIGHT = 575
_BOX, _GAP, _BOX_TOP = 86, 14, 584
_OVERSEAS = ("971", "972", "973", "974", "976")
BOXES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Paris", ("75", "92", "93", "94")),
    *((names()[code], (code,)) for code in _OVERSEAS),
)
_DISC = 26
"""Radius of the largest disc."""

_PARALLELS, _MIDDLE = (math.radians(44), math.radians(49)), (math.radians(3), math.radians(46.5))
Point = tuple[float, float]


@dataclass(frozen=True)
class Area:
    """What the map shows of a department.

    kind: class of its fill. link: where a press leads, empty for nowhere. share: of the largest figure; a disc of that
    area stands for it. Numbers of people must not be told by a fill: a large department would look like a full one.
    """

    kind: str
    title: str
    link: str = ""
    share: float | None = None


def department_map(areas: Mapping[str, Area], chosen: Iterable[str], label: str) -> Markup:
    """The map. chosen: codes of the outlined departments. label: what is written beside them, if anything."""
    outlined = set(chosen) & names().keys()
    parts = [*_land(areas), *_boxes(areas), *_discs(areas)]
    parts += [
        Markup('<path class="outlined" d="{d}"/>').format(d=_paths(box)[code])
        for box in (None, *range(len(BOXES)))
        for code in sorted(outlined & _paths(box).keys())
    ]
    if label and outlined:
        parts.append(_label(outlined, label))
    # For who can't see it the table beside it has the same figures and links.
    return Markup(
        '<svg class="drawing map" viewBox="0 0 {width} {height}" aria-hidden="true" focusable="false">{parts}</svg>'
    ).format(width=WIDTH, height=HEIGHT, parts=Markup("").join(parts))


def _land(areas: Mapping[str, Area]) -> Iterator[Markup]:
    return (_area(d, areas.get(code)) for code, d in _paths(None).items())


def _boxes(areas: Mapping[str, Area]) -> Iterator[Markup]:
    for k, (name, _) in enumerate(BOXES):
        left = _left(k)
        yield Markup(
            '<rect class="box" x="{x}" y="{y}" width="{size}" height="{size}" rx="4"/>'
            '<text class="tick" x="{middle}" y="{below}" text-anchor="middle">{name}</text>'
        ).format(x=left, y=_BOX_TOP, size=_BOX, middle=left + _BOX / 2, below=_BOX_TOP + _BOX + 15, name=name)
        yield from (_area(d, areas.get(code)) for code, d in _paths(k).items())


def _discs(areas: Mapping[str, Area]) -> Iterator[Markup]:
    """The largest first, so that none lies hidden below another."""
    for box in (None, *range(len(BOXES))):
        found = [(areas[code].share or 0.0, code) for code in _paths(box) if code in areas]
        for share, code in sorted(found, reverse=True):
            if share > 0:
                x, y = _centre(max(_placed(box)[code], key=len))
                radius = max(_DISC * math.sqrt(share), 1.0)
                yield Markup('<circle class="disc" cx="{x:.0f}" cy="{y:.0f}" r="{r:.1f}"/>').format(x=x, y=y, r=radius)


def _centre(ring: tuple[Point, ...]) -> Point:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def _area(d: str, area: Area | None) -> Markup:
    # Pasted together, each part escaped: there are hundreds a page, and Markup.format takes ten times as long.
    if area is None:
        return Markup(f'<path class="area outside" d="{escape(d)}"/>')
    shape = f'<path class="area {escape(area.kind)}" d="{escape(d)}"><title>{escape(area.title)}</title></path>'
    return Markup(f'<a href="{escape(area.link)}" tabindex="-1">{shape}</a>' if area.link else shape)


def _label(codes: set[str], label: str) -> Markup:
    box = next((k for k in (None, *range(len(BOXES))) if codes & _paths(k).keys()), None)
    points = [p for code in sorted(codes) for ring in _placed(box).get(code, ()) for p in ring]
    x = sum(p[0] for p in points) / len(points)
    y = min(p[1] for p in points) - 8
    anchor = "start" if x < 120 else "end" if x > WIDTH - 120 else "middle"
    return Markup('<text class="place" x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{label}</text>').format(
        x=x, y=max(y, 20), anchor=anchor, label=label
    )


def _left(k: int) -> float:
    return k * (_BOX + _GAP) + _GAP / 2


@cache
def _paths(box: int | None) -> dict[str, str]:
    """The outlines of the mainland, or of a box, by department, as SVG writes them."""
    found = {code: "".join(map(_path, placed)) for code, placed in _placed(box).items()}
    return {code: d for code, d in found.items() if d}


@cache
def _placed(box: int | None) -> dict[str, tuple[tuple[Point, ...], ...]]:
    """The same as points of the picture."""
    if box is None:
        codes = [code for code in names() if code not in _OVERSEAS]
        flat = {code: tuple(tuple(map(_conic, ring)) for ring in rings()[code]) for code in codes}
        return _fitted(flat, 0, 0, WIDTH, _MAINLAND_HEIGHT)
    codes = list(BOXES[box][1])
    middle = _middle(ring for code in codes for ring in rings()[code])
    flat = {
        code: tuple(tuple((lon * math.cos(math.radians(middle)), -lat) for lon, lat in ring) for ring in rings()[code])
        for code in codes
    }
    return _fitted(flat, _left(box) + 4, _BOX_TOP + 4, _BOX - 8, _BOX - 8)


def _middle(found: Iterable[Ring]) -> float:
    latitudes = [lat for ring in found for _, lat in ring]
    return (min(latitudes) + max(latitudes)) / 2


def _conic(place: Point) -> Point:
    one, two = _PARALLELS
    n = math.log(math.cos(one) / math.cos(two)) / math.log(_tangent(two) / _tangent(one))
    f = math.cos(one) * _tangent(one) ** n / n
    lon, lat = math.radians(place[0]), math.radians(place[1])
    rho, rho0 = f / _tangent(lat) ** n, f / _tangent(_MIDDLE[1]) ** n
    angle = n * (lon - _MIDDLE[0])
    return rho * math.sin(angle), rho * math.cos(angle) - rho0


def _tangent(latitude: float) -> float:
    return math.tan(math.pi / 4 + latitude / 2)


def _fitted(
    flat: Mapping[str, tuple[tuple[Point, ...], ...]], left: float, top: float, width: float, height: float
) -> dict[str, tuple[tuple[Point, ...], ...]]:
    """The shapes as large as the room allows, in its middle."""
    points = [point for found in flat.values() for ring in found for point in ring]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    size = min(width / (max(xs) - min(xs)), height / (max(ys) - min(ys)))
    dx = left + (width - size * (max(xs) + min(xs))) / 2
    dy = top + (height - size * (max(ys) + min(ys))) / 2
    return {
        code: tuple(tuple((x * size + dx, y * size + dy) for x, y in ring) for ring in found)
        for code, found in flat.items()
    }


def _path(ring: tuple[Point, ...]) -> str:
    """A ring in steps of the picture's precision; nothing where it has no area left."""
    places = [(round(x * _PRECISION), round(y * _PRECISION)) for x, y in ring]
    kept = [place for k, place in enumerate(places) if k == 0 or place != places[k - 1]]
    if len(kept) < 4:
        return ""
    steps = [(x - kept[k][0], y - kept[k][1]) for k, (x, y) in enumerate(kept[1:-1])]
    told = "l" + " ".join(f"{_short(dx)} {_short(dy)}" for dx, dy in steps).replace(" -", "-")
    return f"M{_short(kept[0][0])} {_short(kept[0][1])}{told}z"


def _short(steps: int) -> str:
    """A whole number of steps in units of the picture, as short as it can be written."""
    return f"{steps / _PRECISION:g}".replace("0.", ".", 1) if abs(steps) < _PRECISION else f"{steps / _PRECISION:g}"
