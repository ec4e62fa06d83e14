"""The table of a dataset page. A hidden value reads `NS`, a missing one `ND`, an empty one is a dash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from seuil.catalogue.entry import Measure
from seuil.portal.charts.points import Status
from seuil.portal.pages.figure_address import figure_address
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import HIDDEN, MISSING, figure, figure_text
from seuil.portal.pages.source import DataSource, Equal, RowPage
from seuil.portal.pages.view import View

DASH = "–"


@dataclass(frozen=True)
class Cell:
    """What stands in a place of the table. address: of the page of a figure."""

    text: str
    status: Status = Status.SHOWN
    numeric: bool = True
    address: str = ""


@dataclass(frozen=True)
class Column:
    """A heading, and the unit of what stands below it. `measure` names what is told there, if it is a figure."""

    label: str
    unit: str = ""
    measure: str = ""


@dataclass(frozen=True)
class Table:
    """A page of the table. `fixed` says what all rows have in common."""

    fixed: tuple[tuple[str, str], ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    first: int
    page: int
    pages: int


def read_table(source: DataSource, view: View, locale: Locale, page_rows: int) -> Table:
    """The page of the table that the view asks for; the last one where there are fewer."""
    page = _rows(source, view, view.page, page_rows)
    pages = max(1, -(-page.total // page_rows))
    number = min(view.page, pages)
    if number != view.page:
        page = _rows(source, view, number, page_rows)
    return Table(
        fixed=_fixed(view, locale),
        columns=_columns(view, locale),
        rows=_cells(view, locale, page.rows),
        total=page.total,
        first=(number - 1) * page_rows + 1,
        page=number,
        pages=pages,
    )


def _rows(source: DataSource, view: View, number: int, page_rows: int) -> RowPage:
    return source.rows(
        view.entry.id,
        equal=view.equal,
        columns=columns_of(view),
        order_by=(view.sort,) if view.sort else (),
        limit=page_rows,
        offset=(number - 1) * page_rows,
    )


def first_view(source: DataSource, view: View) -> View:
    """The view itself with nodes that have rows: those of the first row at its levels. For incomplete tables."""
    equal: dict[str, Equal] = {c.dimension.level_column: c.level for c in view.choices if c.level}
    columns = [c.dimension.column for c in view.choices]
    found = source.rows(view.entry.id, equal=equal | _period_of(view), columns=columns, limit=1).rows
    return view.like(found[0]) if found else view


def _period_of(view: View) -> dict[str, Equal]:
    return {} if view.period is None else {view.entry.period: view.period}


def columns_of(view: View) -> tuple[str, ...]:
    """Columns of the released table that the page shows."""
    entry = view.entry
    above = {m.of for m in view.columns}  # a rate of 0,0 is nothing only where what it is of is nothing
    shown = (m for m in entry.measures if m in view.columns or m.name in above)
    measures = (name for m in shown for name in (m.name, m.status_column))
    return (entry.period, *(d.column for d in entry.dimensions), *measures)


def _fixed(view: View, locale: Locale) -> tuple[tuple[str, str], ...]:
    entry = view.entry
    period = [] if view.period is None else [(locale.text(entry.period_label), str(view.period))]
    chosen = [(locale.text(c.dimension.label), locale.text(c.node.label)) for c in view.choices if c.code]
    return (*period, *chosen)


def _columns(view: View, locale: Locale) -> tuple[Column, ...]:
    entry = view.entry
    period = [Column(locale.text(entry.period_label))] if view.period is None else []
    labels = [Column(locale.text(c.dimension.label)) for c in view.choices if not c.code]
    figures = [Column(locale.text(m.label), locale.text(m.unit_label), m.name) for m in view.columns]
    return (*period, *labels, *figures)


def _cells(view: View, locale: Locale, rows: Sequence[Mapping[str, object]]) -> tuple[tuple[Cell, ...], ...]:
    entry = view.entry
    spread = [c.dimension for c in view.choices if not c.code]
    names = {d.name: {n.code: locale.text(n.label) for n in d.nodes} for d in spread}
    found = []
    for row in rows:
        cells = [Cell(str(row[entry.period]), numeric=False)] if view.period is None else []
        for dimension in spread:
            code = str(row[dimension.column])
            cells.append(Cell(names[dimension.name].get(code, code), numeric=False))
        cells += [
            replace(cell_of(row, measure, locale), address=figure_address(entry, row, measure, locale))
            for measure in view.columns
        ]
        found.append(tuple(cells))
    return tuple(found)


def cell_of(row: Mapping[str, object], measure: Measure, locale: Locale) -> Cell:
    """What stands in the table for a measure of a row."""
    value, status = figure(row, measure)
    if value is not None:
        return Cell(figure_text(row, measure, locale))
    return Cell({Status.HIDDEN: HIDDEN, Status.MISSING: MISSING}.get(status, DASH), status)
