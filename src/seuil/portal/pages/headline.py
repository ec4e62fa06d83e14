"""The figures of a view that is of one cell, each with what rounding makes of it."""

from dataclasses import dataclass

from seuil.portal.pages.figure_address import figure_address
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import Row, figure, meant
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.table import Cell, cell_of, columns_of
from seuil.portal.pages.view import View

_MATTERS = 1000


@dataclass(frozen=True)
class Figure:
    """A figure, and the address of its page.

    meant: what a rounded count may have been, where that is more than a thousandth of it.
    """

    label: str
    unit: str
    cell: Cell
    meant: tuple[int, int] | None
    address: str


def read_headline(source: DataSource, view: View, locale: Locale) -> tuple[Figure, ...]:
    """The figures of the one cell that the view is of; none where it is of several, or has no row."""
    if view.period is None or not all(choice.code for choice in view.choices):
        return ()
    rows = source.rows(view.entry.id, equal=view.equal, columns=columns_of(view), limit=1).rows
    return figures_of(view, rows[0], locale) if rows else ()


def figures_of(view: View, row: Row, locale: Locale) -> tuple[Figure, ...]:
    """The figures of a row: the measure of the view, then counts, then others."""
    found = []
    for measure in sorted(view.entry.measures, key=lambda m: (m != view.measure, m.kind != "count")):
        value, _ = figure(row, measure)
        may_be = None if value is None else meant(view.entry, measure, value)
        if may_be is not None and value is not None and (may_be[1] - may_be[0]) * _MATTERS < value:
            may_be = None
        cell = cell_of(row, measure, locale)
        address = figure_address(view.entry, row, measure, locale)
        found.append(Figure(locale.text(measure.label), locale.text(measure.unit_label), cell, may_be, address))
    return tuple(found)
