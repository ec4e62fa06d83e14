"""The chart that a reader builds: a measure, by a dimension or the periods, split by another, for chosen nodes.

What stands along a chart and what splits it are nodes of one level, the parts of one node, or nodes that the reader
named. Every figure is a published one: nothing is added up or stacked.

Parameters: `_par` and `_selon`, a dimension with how its nodes are chosen (`territoire:*departement`, `age:+` for the
parts of the chosen one, `territoire:=` for those named), or `_periodes`; `_forme`; the rest is a view's (`pages.view`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from starlette.datastructures import QueryParams

from seuil.catalogue.entry import Dimension, Entry, Node
from seuil.model.hierarchy import UNKNOWN
from seuil.portal.charts.points import Point
from seuil.portal.pages.drawn import Drawn, drawn
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.pictures import Kind, Picture, map_level, measure_text, point_of
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.table import columns_of
from seuil.portal.pages.view import EVERY, Choice, View, read_view, spread_levels
from seuil.portal.pages.words import level_name

BY, SPLIT, SHAPE = "_par", "_selon", "_forme"
PERIODS = "_periodes"
MOST_SPLIT = 8
_MOST_ROWS = 5000
_PARTS, _NAMED = "+", "="
Shape = Literal["barres", "courbe", "carte"]


@dataclass(frozen=True)
class Axis:
    """What a chart can stand along, or be split by. dimension: None for the periods."""

    key: str
    text: str
    dimension: Dimension | None
    choice: Choice | None
    nodes: tuple[Node, ...]


@dataclass(frozen=True)
class Panel:
    """One picture of a chart: the whole, or a node that it is split by."""

    name: str
    picture: Picture
    drawn: Drawn


@dataclass(frozen=True)
class Chart:
    """What was asked, what else can be, and the pictures.

    chosen: the nodes of every dimension. view: the rows of the chart, as a table has them.
    """

    chosen: View
    view: View
    by: Axis
    split: Axis | None
    shape: Shape
    can_be_by: tuple[Axis, ...]
    can_split: tuple[Axis, ...]
    shapes: tuple[Shape, ...]
    panels: tuple[Panel, ...]
    title: str

    @property
    def subtitle(self) -> str:
        """What it stands along, and what it is split by."""
        return " · ".join(axis.text for axis in (self.by, self.split) if axis is not None)

    def query(self, **more: str | int) -> str:
        """What asks for this very chart in an address."""
        asked = {BY: self.by.key, SHAPE: self.shape} | ({SPLIT: self.split.key} if self.split else {})
        return self.chosen.query(**asked, **more)


def read_chart(source: DataSource, entry: Entry, asked: QueryParams, locale: Locale) -> Chart:
    """The chart that an address asks for; what names nothing is left as it is by default."""
    chosen = read_view(entry, asked)
    axes = tuple(_axes(chosen, locale))
    by = next((a for a in axes if a.key == asked.get(BY)), axes[0])
    can_split = tuple(a for a in axes if a.dimension is not None and a.dimension != by.dimension and _few(a))
    split = next((a for a in can_split if a.key == asked.get(SPLIT)), None)
    shapes = _shapes(entry, by)
    shape = next((s for s in shapes if s == asked.get(SHAPE)), shapes[0])
    view = _seen(chosen, by, split)
    title = " · ".join([measure_text(view, locale), *_fixed(view, locale)])
    panels = tuple(_panels(source, view, by, split, shape, locale))
    return Chart(chosen, view, by, split, shape, axes, can_split, shapes, panels, title)


def _axes(view: View, locale: Locale) -> Iterator[Axis]:
    entry = view.entry
    if len(entry.periods) > 1:
        yield Axis(PERIODS, locale.text(entry.period_label), None, None, ())
    for choice in view.choices:
        dimension, name = choice.dimension, locale.text(choice.dimension.label)
        if not dimension.facet:
            continue
        if choice.several:
            nodes = tuple(n for n in dimension.nodes if n.code in choice.several)
            text = locale.gettext("%(dimension)s: those ticked", dimension=name)
            yield Axis(f"{dimension.name}:{_NAMED}", text, dimension, choice, nodes)
        parts = tuple(n for n in dimension.nodes if choice.code and n.parent == choice.code and n.level != UNKNOWN)
        # The parts of the total are mostly a level of their own, which is offered below.
        apart = choice.code != dimension.total or len({n.level for n in parts}) > 1
        if apart and len(parts) > 1:
            told = locale.text(choice.node.label)
            text = locale.gettext("%(dimension)s: parts of “%(node)s”", dimension=name, node=told)
            several = Choice(dimension, several=tuple(n.code for n in parts))
            yield Axis(f"{dimension.name}:{_PARTS}", text, dimension, several, parts)
        for level in spread_levels(dimension):
            nodes = tuple(n for n in dimension.nodes if n.level == level)
            text = locale.gettext("%(dimension)s: %(level)s", dimension=name, level=level_name(level, locale))
            yield Axis(f"{dimension.name}:{EVERY}{level}", text, dimension, Choice(dimension, level=level), nodes)


def _few(axis: Axis) -> bool:
    return 1 < len(axis.nodes) <= MOST_SPLIT


def _shapes(entry: Entry, by: Axis) -> tuple[Shape, ...]:
    if by.dimension is None:
        return ("courbe", "barres")
    found = map_level(entry)
    mapped = found is not None and by.choice is not None and (by.dimension, by.choice.level) == found
    return ("carte", "barres") if mapped else ("barres",)


def _seen(view: View, by: Axis, split: Axis | None) -> View:
    """The rows of the chart: every dimension that it doesn't spread out stands at one node."""
    spread = {a.dimension.name: a.choice for a in (by, split) if a is not None and a.dimension is not None and a.choice}
    choices = (spread.get(c.dimension.name) or Choice(c.dimension, code=c.node.code) for c in view.choices)
    period = None if by.dimension is None else view.picture_period
    return replace(view, choices=tuple(choices), period=period, columns=(view.measure,))


def _fixed(view: View, locale: Locale) -> list[str]:
    period = [] if view.period is None else [str(view.period)]
    return [locale.text(c.node.label) for c in view.choices if c.code and c.dimension.facet] + period


def _panels(
    source: DataSource, view: View, by: Axis, split: Axis | None, shape: Shape, locale: Locale
) -> Iterator[Panel]:
    entry = view.entry
    found = source.rows(entry.id, equal=view.equal, columns=columns_of(view), limit=_MOST_ROWS).rows
    along = entry.period if by.dimension is None else by.dimension.column
    names = (
        {str(p): str(p) for p in entry.periods}
        if by.dimension is None
        else {n.code: locale.text(n.label) for n in by.nodes}
    )
    kinds: dict[Shape, Kind] = {"carte": "map", "courbe": "periods", "barres": "ages"}
    pictures = []
    for node in split.nodes if split is not None else (None,):
        rows = {str(row[along]): row for row in found if _of(row, split, node)}
        points = tuple(point_of(code, name, rows.get(code), view, locale) for code, name in names.items())
        name = "" if node is None else locale.text(node.label)
        told = " · ".join(filter(None, [name, *_fixed(view, locale)]))
        seen = view if split is None or node is None else _at(view, split, node)
        picture = Picture(
            kinds[shape], name or by.text, told, by.text, measure_text(view, locale), points, by.dimension is None
        )
        pictures.append((name, picture, seen))
    reach = tuple(p.value for _, picture, _ in pictures for p in picture.points if p.value is not None)
    for name, picture, seen in pictures:
        yield Panel(name, picture, drawn(picture, seen, locale, reach=reach))


def _at(view: View, split: Axis, node: Node) -> View:
    """The view of one node of those that it is split by."""
    choices = (Choice(c.dimension, code=node.code) if c.dimension == split.dimension else c for c in view.choices)
    return replace(view, choices=tuple(choices))


def _of(row: Mapping[str, object], split: Axis | None, node: Node | None) -> bool:
    return split is None or split.dimension is None or node is None or row[split.dimension.column] == node.code


def points_of(panel: Panel) -> dict[str, Point]:
    """The points of a panel by their codes, for the table of all panels."""
    return {point.code: point for point in panel.picture.points}
