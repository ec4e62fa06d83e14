"""The table of a dataset page. A hidden value reads `NS`, a missing one `ND`, an empty one is a dash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seuil.catalogue.entry import Measure
from seuil.portal.charts.points import Status
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.view import View

HIDDEN = "NS"
MISSING = "ND"
DASH = "–"


@dataclass(frozen=True)
class Cell:
    """What stands in a place of the table."""

    text: str
    status: Status = Status.SHOWN
    numeric: bool = True


@dataclass(frozen=True)
class Column:
    """A heading, and the unit of what stands below it."""

    label: str
    unit: str = ""
    numeric: bool = True


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


def figure(row: Mapping[str, object], measure: Measure) -> tuple[float | None, Status]:
    """A measure's figure in a row and, where there is none, why."""
    status = row.get(measure.status_column)
    if status == HIDDEN:
        return None, Status.HIDDEN
    if status == MISSING:
        return None, Status.MISSING
    value = row.get(measure.name)
    return (float(value), Status.SHOWN) if isinstance(value, (int, float)) else (None, Status.EMPTY)


def read_table(source: DataSource, view: View, locale: Locale, page_rows: int) -> Table:
    """The page of the table that the view asks for; the last one where there are fewer."""
    page = source.rows(
        view.entry.id, equal=view.equal, columns=columns_of(view), limit=page_rows, offset=(view.page - 1) * page_rows
    )
    pages = max(1, -(-page.total // page_rows))
    number = min(view.page, pages)
    if number != view.page:
        page = source.rows(
            view.entry.id, equal=view.equal, columns=columns_of(view), limit=page_rows, offset=(number - 1) * page_rows
        )
    return Table(
        fixed=_fixed(view, locale),
        columns=_columns(view, locale),
        rows=_cells(view, locale, page.rows),
        total=page.total,
        first=(number - 1) * page_rows + 1,
        page=number,
        pages=pages,
    )


def first_view(source: DataSource, view: View) -> View:
    """The view itself with nodes that have rows: those of the first row at its levels. For incomplete tables."""
    equal = {c.dimension.level_column: c.level for c in view.choices if c.level}
    columns = [c.dimension.column for c in view.choices]
    found = source.rows(view.entry.id, equal=equal | _period_of(view), columns=columns, limit=1).rows
    return view.like(found[0]) if found else view


def _period_of(view: View) -> dict[str, str | int]:
    return {} if view.period is None else {view.entry.period: view.period}


def columns_of(view: View) -> tuple[str, ...]:
    """Columns of the released table that the page shows."""
    entry = view.entry
    measures = (name for m in entry.measures for name in (m.name, m.status_column))
    return (entry.period, *(d.column for d in entry.dimensions), *measures)


def _fixed(view: View, locale: Locale) -> tuple[tuple[str, str], ...]:
    entry = view.entry
    period = [] if view.period is None else [(locale.text(entry.period_label), str(view.period))]
    chosen = [(locale.text(c.dimension.label), locale.text(c.node.label)) for c in view.choices if c.code]
    return (*period, *chosen)


def _columns(view: View, locale: Locale) -> tuple[Column, ...]:
    entry = view.entry
    period = [Column(locale.text(entry.period_label), numeric=False)] if view.period is None else []
    labels = [Column(locale.text(c.dimension.label), numeric=False) for c in view.choices if not c.code]
    figures = [Column(locale.text(m.label), locale.text(m.unit_label)) for m in entry.measures]
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
        cells += [_cell(row, measure, locale) for measure in entry.measures]
        found.append(tuple(cells))
    return tuple(found)


def _cell(row: Mapping[str, object], measure: Measure, locale: Locale) -> Cell:
    value, status = figure(row, measure)
    if value is not None:
        return Cell(locale.number(value, measure.decimals))
    return Cell({Status.HIDDEN: HIDDEN, Status.MISSING: MISSING}.get(status, DASH), status)
