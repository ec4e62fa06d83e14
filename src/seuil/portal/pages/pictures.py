"""Which pictures a dataset has, the figures that they show, and their specifications. Imports Altair only to draw."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from seuil.catalogue.entry import Dimension, Entry, Node
from seuil.portal.charts.classes import bounds
from seuil.portal.charts.outlines import names
from seuil.portal.charts.points import Point, Status, Words
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import decimals_of, figure, figure_text, impossible, two_digits
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.view import View, has_total, levels_of

Kind = Literal["map", "ages", "periods"]
_FETCH = 500
_WIDEST_MAP = 760
_FEWEST_AREAS = 10
"""A level is drawn as a map when at least so many of its codes are departments."""


@dataclass(frozen=True)
class Picture:
    """A picture and the table beside it. `points` have the order of the picture.

    over_periods: whether they are a series, whose breaks are to be told.
    """

    kind: Kind
    title: str
    subtitle: str
    category: str
    measure: str
    points: tuple[Point, ...]
    over_periods: bool = False

    @property
    def drawable(self) -> bool:
        """Whether there is anything to see: a figure or a hidden one."""
        return any(p.status in (Status.SHOWN, Status.HIDDEN) for p in self.points)


def kinds_of(entry: Entry) -> tuple[Kind, ...]:
    """The pictures that a dataset has."""
    found: list[Kind] = ["map"] if map_level(entry) else []
    if age_level(entry):
        found.append("ages")
    if len(entry.periods) > 1:
        found.append("periods")
    return tuple(found)


def kinds_for(view: View) -> tuple[Kind, ...]:
    """The pictures of a view: none that would be of some node that nobody chose, where no total is published."""
    return tuple(
        kind
        for kind in kinds_of(view.entry)
        if all(c.code or c.dimension == _drawn(view.entry, kind) or has_total(c.dimension) for c in view.choices)
    )


def _drawn(entry: Entry, kind: Kind) -> Dimension | None:
    """The dimension that a picture spreads out."""
    level = {"map": map_level(entry), "ages": age_level(entry)}.get(kind)
    return None if level is None else level[0]


def map_level(entry: Entry) -> tuple[Dimension, str] | None:
    """The territorial dimension and the level whose codes are departments, if there are such."""
    for dimension in entry.dimensions:
        if dimension.role == "territory":
            for level in reversed(levels_of(dimension)):
                if len({n.code for n in _nodes(dimension, level)} & names().keys()) >= _FEWEST_AREAS:
                    return dimension, level
    return None


def age_level(entry: Entry) -> tuple[Dimension, str] | None:
    """The dimension of ages and its finest level, if there are several bands."""
    for dimension in entry.dimensions:
        if dimension.role == "age":
            level = levels_of(dimension)[-1]
            if len(_nodes(dimension, level)) > 1:
                return dimension, level
    return None


def read_picture(source: DataSource, view: View, kind: Kind, locale: Locale) -> Picture:
    """The figures of a picture, for the nodes and the period of the view. Raises KeyError if it has none such."""
    if kind == "periods":
        return _over_periods(source, view, locale)
    found = map_level(view.entry) if kind == "map" else age_level(view.entry)
    if found is None:
        raise KeyError(kind)
    dimension, level = found
    equal = _others(view, dimension)
    equal |= {view.entry.period: view.picture_period, dimension.level_column: level}
    by_code = {str(row[dimension.column]): row for row in _all_rows(source, view, equal, dimension.column)}
    labels = {n.code: locale.text(n.label) for n in _nodes(dimension, level)}
    if kind == "map":
        labels = {code: labels.get(code, name) for code, name in names().items()}
    return Picture(
        kind=kind,
        title=locale.gettext("Map of departments") if kind == "map" else locale.gettext("By age"),
        subtitle=_subtitle(view, locale, dimension),
        category=locale.text(dimension.label),
        measure=measure_text(view, locale),
        points=tuple(point_of(code, label, by_code.get(code), view, locale) for code, label in labels.items()),
    )


def specification(picture: Picture, view: View, locale: Locale, outlines: str, width: int) -> dict[str, Any]:
    """The picture in Vega-Lite, `width` pixels wide. outlines: address of the departments' TopoJSON."""
    words = Words(
        title=picture.category,
        measure=picture.measure,
        hidden=locale.gettext("Not significant"),
        missing=locale.gettext("Not available"),
        empty=locale.gettext("Empty"),
        outside=locale.gettext("Outside this extract"),
        decimal=locale.decimal,
        thousands=locale.thousands,
    )
    if picture.kind != "map":
        from seuil.portal.charts.bars import bars, columns_fit

        upright = picture.kind == "periods" and columns_fit(picture.points, width)
        return bars(picture.points, words, direction="columns" if upright else "bars", width=width)
    from seuil.portal.charts.map import department_map

    values = [p.value for p in picture.points if p.value is not None]
    lower = bounds(values, max((decimals_of(value, view.measure) for value in values), default=0))
    return department_map(
        picture.points,
        words,
        lower=lower,
        labels=class_labels(lower, view.measure.decimals, locale),
        outlines=outlines,
        width=min(width, _WIDEST_MAP),
    )


def class_labels(lower: Sequence[float], decimals: int, locale: Locale) -> tuple[str, ...]:
    """Legend entries of the classes that have these lower bounds."""
    said = [locale.number(bound, two_digits(bound, decimals)) for bound in lower]
    if not said:
        return (locale.gettext("All values"),)
    between = [locale.gettext("%(low)s to less than %(high)s", low=a, high=b) for a, b in pairwise(said)]
    return (
        locale.gettext("less than %(high)s", high=said[0]),
        *between,
        locale.gettext("%(low)s and more", low=said[-1]),
    )


def _over_periods(source: DataSource, view: View, locale: Locale) -> Picture:
    entry = view.entry
    by_period = {row[entry.period]: row for row in _all_rows(source, view, _others(view, None), entry.period)}
    return Picture(
        kind="periods",
        title=locale.gettext("By %(period)s", period=locale.text(entry.period_label).lower()),
        subtitle=_subtitle(view, locale, None),
        category=locale.text(entry.period_label),
        measure=measure_text(view, locale),
        points=tuple(point_of(str(p), str(p), by_period.get(p), view, locale) for p in entry.periods),
        over_periods=True,
    )


def _others(view: View, drawn: Dimension | None) -> dict[str, str | int]:
    """Filters that fix every dimension but the one that is drawn."""
    return {c.dimension.column: c.node.code for c in view.choices if c.dimension != drawn}


def _all_rows(
    source: DataSource, view: View, equal: Mapping[str, str | int], key: str
) -> Iterator[Mapping[str, object]]:
    above = (m.name for m in view.entry.measures if m.name == view.measure.of)
    columns = (key, view.measure.name, view.measure.status_column, *above)
    offset = 0
    while True:
        page = source.rows(view.entry.id, equal=equal, columns=columns, limit=_FETCH, offset=offset)
        yield from page.rows
        offset += len(page.rows)
        if not page.rows or offset >= page.total:
            return


def point_of(code: str, label: str, row: Mapping[str, object] | None, view: View, locale: Locale) -> Point:
    """The figure of the view's measure in a row, or why there is none; None is a row outside the table."""
    value, status = (None, Status.OUTSIDE) if row is None else figure(row, view.measure)
    if row is not None and value is not None and impossible(view.entry, row, view.measure):
        return Point(code, label, None, Status.EMPTY, locale.gettext("nobody, by definition"))
    if row is not None and value is not None:
        return Point(code, label, value, status, figure_text(row, view.measure, locale))
    said = {
        Status.HIDDEN: locale.gettext("Not significant"),
        Status.MISSING: locale.gettext("Not available"),
        Status.OUTSIDE: locale.gettext("Outside this extract"),
    }
    return Point(code, label, None, status, said.get(status, locale.gettext("Empty")))


def _subtitle(view: View, locale: Locale, drawn: Dimension | None) -> str:
    parts = [locale.text(c.node.label) for c in view.choices if c.dimension != drawn]
    return " · ".join(parts if drawn is None else [*parts, str(view.picture_period)])


def measure_text(view: View, locale: Locale) -> str:
    """The name of the view's measure, with its unit."""
    label, unit = locale.text(view.measure.label), locale.text(view.measure.unit_label)
    return f"{label} ({unit})" if unit and unit.lower() != label.lower() else label


def _nodes(dimension: Dimension, level: str) -> tuple[Node, ...]:
    return tuple(n for n in dimension.nodes if n.level == level)
