"""One figure of a dataset: what it counts, of whom, what its rounding leaves open, and why it is hidden."""

from collections.abc import Mapping
from dataclasses import dataclass

from seuil.catalogue.certificate import Certificate, VintageEntry
from seuil.catalogue.entry import Dimension, Entry, Measure, Node
from seuil.portal.charts.points import Status
from seuil.portal.pages.figure_address import figure_address
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import Row, figure, meant
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.table import Cell, cell_of, columns_of
from seuil.portal.pages.view import MEASURE, View, default_measure, has_total, node_of, read_view


@dataclass(frozen=True)
class Asked:
    """The figure that an address names. view: the same choice, as the page of the dataset shows it."""

    entry: Entry
    period: int
    nodes: tuple[tuple[Dimension, Node], ...]
    measure: Measure
    view: View

    @property
    def codes(self) -> dict[str, str]:
        """The code of every dimension."""
        return {dimension.name: node.code for dimension, node in self.nodes}

    @property
    def equal(self) -> dict[str, str | int]:
        """The filters of its row, column to value."""
        return {self.entry.period: self.period} | {dimension.column: node.code for dimension, node in self.nodes}


@dataclass(frozen=True)
class Beside:
    """Another figure of the same cell, and the address of its page."""

    measure: Measure
    cell: Cell
    address: str


@dataclass(frozen=True)
class FigureShown:
    """What the release says. meant: what a rounded count may have been. vintage: when its year was published again."""

    asked: Asked
    row: Row
    cell: Cell
    meant: tuple[int, int] | None
    beside: tuple[Beside, ...]
    vintage: VintageEntry | None

    @property
    def hidden(self) -> bool:
        """Whether it reads `NS`."""
        return self.cell.status is Status.HIDDEN


def read_asked(entry: Entry, asked: Mapping[str, str]) -> Asked | None:
    """The figure that the parameters name: totals and the last period where they leave out; None if there is none."""
    periods = {str(period): period for period in entry.periods}
    period = periods.get(asked.get(entry.period, str(entry.periods[-1])))
    measures = {measure.name: measure for measure in entry.measures}
    measure = measures.get(asked[MEASURE]) if MEASURE in asked else default_measure(entry)
    nodes = []
    for dimension in entry.dimensions:
        code = asked.get(dimension.name, dimension.total if has_total(dimension) else "")
        node = node_of(dimension, code)
        if node is None:
            return None
        nodes.append((dimension, node))
    if period is None or measure is None:
        return None
    chosen = {entry.period: str(period), MEASURE: measure.name} | {d.name: node.code for d, node in nodes}
    return Asked(entry, period, tuple(nodes), measure, read_view(entry, chosen))


def read_figure(source: DataSource, asked: Asked, locale: Locale) -> FigureShown | None:
    """What the release says of it; None where it has no such row."""
    entry = asked.entry
    rows = source.rows(entry.id, equal=asked.equal, columns=columns_of(asked.view), limit=1).rows
    if not rows:
        return None
    row = rows[0]
    value, _ = figure(row, asked.measure)
    return FigureShown(
        asked,
        row,
        cell_of(row, asked.measure, locale),
        None if value is None else meant(entry, asked.measure, value),
        tuple(
            Beside(measure, cell_of(row, measure, locale), figure_address(entry, row, measure, locale))
            for measure in entry.measures
            if measure != asked.measure
        ),
        _vintage(source.certificate, asked),
    )


def _vintage(certificate: Certificate | None, asked: Asked) -> VintageEntry | None:
    """The last time that the figure's year was published again."""
    found = [
        vintage
        for one in (certificate.datasets if certificate else ())
        if one.id == asked.entry.collection
        for vintage in one.vintages
        if vintage.period == asked.period
    ]
    return max(found, key=lambda vintage: vintage.release, default=None)
