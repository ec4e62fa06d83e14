"""The pictures of a dataset's page as the server draws them, from the same points as the tables beside them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from seuil.portal.charts.classes import bounds, class_of
from seuil.portal.charts.points import Point, Status, statuses
from seuil.portal.drawings.bars import bar_chart
from seuil.portal.drawings.departments import Area, department_map
from seuil.portal.drawings.fills import NO_FIGURE, shade
from seuil.portal.drawings.line import Line, Mark, line_chart
from seuil.portal.pages.breaks import breaks_of, broken, notes
from seuil.portal.pages.image_address import NAMES, embed_address, image_address, spec_address
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import decimals_of, meant
from seuil.portal.pages.pictures import Picture, class_labels, kinds_for, read_picture
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.view import PAGE, View, node_of

_NUMBERS = ("count", "sum", "total", "external")
"""Kinds of measures that tell how many or how much: a fill would say what is not so of large departments."""


@dataclass(frozen=True)
class Drawn:
    """A picture, its legend (the class of each fill and what it means), and notes of breaks of the series."""

    markup: Markup
    keys: tuple[tuple[str, str], ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shown:
    """A picture on a page, and the addresses of what can be taken of it. spec: in Vega-Lite."""

    picture: Picture
    drawn: Drawn
    name: str
    svg: str
    png: str
    spec: str
    embed: str


def pictures_of(source: DataSource, view: View, locale: Locale, origin: str) -> list[Shown]:
    """The pictures of a dataset's page. A press on a department leads to the view of it."""
    territory = next((c.dimension for c in view.choices if c.dimension.role == "territory" and c.dimension.facet), None)
    page = locale.path(f"/jeux/{view.entry.id}")

    def link(code: str) -> str:
        if territory is None or node_of(territory, code) is None:
            return ""
        chosen: dict[str, str | int] = {territory.name: code, PAGE: 1}
        return f"{page}?{view.query(**chosen)}#pictures"

    found = []
    for kind in kinds_for(view):
        picture = read_picture(source, view, kind, locale)
        found.append(
            Shown(
                picture,
                drawn(picture, view, locale, link),
                NAMES[kind],
                image_address(view, kind, "svg", locale),
                image_address(view, kind, "png", locale),
                spec_address(view, kind, locale),
                origin + embed_address(view, kind, locale),
            )
        )
    return found


def drawn(
    picture: Picture,
    view: View,
    locale: Locale,
    link: Callable[[str], str] | None = None,
    reach: Sequence[float] = (),
) -> Drawn:
    """The picture. link: where a press on a department leads, by its code. reach: what its scale has to hold too."""
    title = f"{picture.title}, {picture.measure}, {picture.subtitle}"
    if picture.kind == "map":
        return _map(picture, view, locale, link, reach)
    breaks = (
        breaks_of(view.entry, {c.dimension.name: c.node.code for c in view.choices}) if picture.over_periods else ()
    )
    told = notes(breaks, locale)
    if picture.kind == "ages":
        return Drawn(bar_chart(picture.points, title, reach), _hidden(picture, locale), told)
    marks = tuple(_mark(point, view) for point in picture.points)
    place = next((c.node for c in view.choices if c.dimension.role == "territory"), None)
    periods = [int(point.code) for point in picture.points]
    line = Line("" if place is None else locale.text(place.label), marks, broken=broken(breaks, periods))
    return Drawn(line_chart([line], periods, title, locale.compact, reach=reach), _hidden(picture, locale), told)


def _map(
    picture: Picture, view: View, locale: Locale, link: Callable[[str], str] | None, reach: Sequence[float]
) -> Drawn:
    values = list(reach) or [p.value for p in picture.points if p.value is not None]
    discs, largest = view.measure.kind in _NUMBERS, max(values, default=0.0) or 1.0
    lower = bounds(values, max((decimals_of(value, view.measure) for value in values), default=0))
    labels = class_labels(lower, view.measure.decimals, locale) if values and not discs else ()

    def fill(point: Point) -> str:
        if point.value is None:
            return NO_FIGURE[point.status]
        return "land" if discs else shade(class_of(point.value, lower), len(labels))

    areas = {
        p.code: Area(
            fill(p),
            f"{p.label} : {p.text}",
            link(p.code) if link and p.status is not Status.OUTSIDE else "",
            p.value / largest if discs and p.value is not None else None,
        )
        for p in picture.points
    }
    chosen = [code for c in view.choices if c.dimension.role == "territory" for code in c.codes if code in areas]
    label = next((p.label for p in picture.points if [p.code] == chosen), "")
    keys = [(shade(k, len(labels)), text) for k, text in enumerate(labels)]
    shown = [p for p in picture.points if p.value is not None]
    if discs and shown:
        most = max(shown, key=lambda p: p.value or 0.0)
        told = locale.gettext(
            "the area of a disc is the figure; largest: %(name)s, %(text)s", name=most.label, text=most.text
        )
        keys.append(("disc", told))
    return Drawn(department_map(areas, chosen, label), (*keys, *_statuses(picture, locale)))


def _mark(point: Point, view: View) -> Mark:
    low, high = (meant(view.entry, view.measure, point.value) if point.value is not None else None) or (None, None)
    return Mark(point.value, point.status, f"{point.label} : {point.text}", low, high)


def _hidden(picture: Picture, locale: Locale) -> tuple[tuple[str, str], ...]:
    return tuple(key for key in _statuses(picture, locale) if key[0] == "hatched")


def _statuses(picture: Picture, locale: Locale) -> tuple[tuple[str, str], ...]:
    said = {
        Status.HIDDEN: locale.gettext("Not significant"),
        Status.MISSING: locale.gettext("Not available"),
        Status.EMPTY: locale.gettext("Empty"),
        Status.OUTSIDE: locale.gettext("Outside this extract"),
    }
    return tuple((NO_FIGURE[status], said[status]) for status in statuses(picture.points))
