"""Write released tables: what a protected cube shows, row by row (docs/reference/released-table.md)."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid
from seuil.figures.columns import Columns, schema_of, table_at
from seuil.figures.external import external_values
from seuil.figures.layout import Block, at_nodes, blocks, cells_of, count_cells, hierarchies_of
from seuil.figures.values import Values, derive, total_of, values_of
from seuil.model.dataset import Dataset
from seuil.model.definition import FigureAt
from seuil.model.errors import DataError
from seuil.model.views import View

Reader = Callable[[Block], tuple[Bools, dict[str, Values]]]
"""Gives for some rows which of them there are, and the values of every measure in these."""


@dataclass(frozen=True)
class Written:
    """What a table tells of itself in the catalogue.

    cells, hidden: published figures of all periods and bases, and how many of them are hidden; a figure that stands in
    several rows, such as a population, counts once, and derived measures don't count. Where a table has no other, those
    count that they are made of: who shows a mean tells of its sum and count.
    """

    rows: int
    cells: int
    hidden: int


def write_table(dataset: Dataset, figures: Mapping[int, Figures], path: Path, view: View | None = None) -> Written:
    """Write all periods of a dataset from records. figures: by period, as published (rounded), hidden ones marked.

    view: which dataset of the collection; the whole by default. Raises DataError if a period of the definition has no
    figures. Memory: the figures and one block of rows.
    """
    view, periods = view or dataset.whole, sorted(dataset.definition.period.values)
    for period in periods:
        if period not in figures:
            raise DataError(f"{dataset.id}: no figures for {period}; build every period of the definition first")
    told = [_Told(figures[period], view) for period in periods]
    rows = write_rows(dataset, view, [(one.figures.grid, one.read) for one in told], path)
    return Written(rows, sum(one.cells for one in told), sum(one.hidden for one in told))


def write_rows(dataset: Dataset, view: View, periods: Iterable[tuple[Grid, Reader]], path: Path) -> int:
    """Write the rows of a dataset that each period has, in the layout of the dataset. Gives how many there are."""
    rows = 0
    with table_at(path, schema_of(dataset, view)) as table:
        for grid, read in periods:
            columns = Columns(dataset, view, grid.period, hierarchies_of(grid))
            for block in blocks(grid, view):
                here, values = read(block)
                if here.any():
                    nodes = {name: positions[here] for name, positions in block.nodes.items()}
                    table.write(columns.of(nodes, values))
                    rows += int(here.sum())
    return rows


class _Told:
    """The figures of one period, and which cells of them a table has told."""

    def __init__(self, figures: Figures, view: View) -> None:
        self.figures = figures
        dataset = figures.grid.dataset
        bases = dataset.counts.keys() | dataset.sums.keys()
        told = bases & set(view.measures) or _behind(dataset, view.measures)
        self._counts = [name for name in dataset.counts if name in told]
        self._sums = [name for name in dataset.sums if name in told]
        sizes = {"": figures.grid.published.size} | {n: figures.sums[n].values.size for n in self._sums}
        self._told = {name: np.zeros(size, np.bool_) for name, size in sizes.items()}

    def read(self, block: Block) -> tuple[Bools, dict[str, Values]]:
        """A `Reader`: every row is there."""
        grid = self.figures.grid
        for name in self._counts:
            cells, there = count_cells(grid, name, block)
            self._told[""][cells[there]] = True
        for name in self._sums:
            cells, there = cells_of(grid.grids[name], block.nodes)
            self._told[name][cells[there]] = True
        return np.ones(len(block), np.bool_), measures_of(self.figures, block)

    @property
    def cells(self) -> int:
        """How many figures of bases."""
        return sum(int(told.sum()) for told in self._told.values())

    @property
    def hidden(self) -> int:
        """How many of them are hidden."""
        columns = {"": self.figures.count, **self.figures.sums}
        return sum(int((columns[name].hidden.ravel() & told).sum()) for name, told in self._told.items())


def _behind(dataset: Dataset, measures: Collection[str]) -> set[str]:
    """Measures with all those that they are made of, in the same row."""
    found = set(measures)
    for name in reversed(dataset.derived):  # totals are made of sums, all others of these
        derived = dataset.derived[name]
        if name in found:
            parts = derived.of if derived.kind == "total" else derived.parts.values()
            found.update(part.measure for part in parts if not part.at)
    return found


def measures_of(figures: Figures, block: Block) -> dict[str, Values]:
    """The values of every measure in those rows, derived ones from the published values of their parts."""
    dataset, known = figures.grid.dataset, _added_up(figures, block)
    for name, derived in dataset.derived.items():
        if derived.kind != "total":
            top, bottom = (_part(figures, block, part, known) for part in derived.parts.values())
            known[name] = derive(derived, top, bottom)
    return {name: known[name] for name in dataset.definition.measures}


def _added_up(figures: Figures, block: Block, names: Collection[str] | None = None) -> dict[str, Values]:
    """Counts, sums, totals and external figures in those rows. names: those that are wanted, all by default."""
    dataset, grid = figures.grid.dataset, figures.grid
    totals = {name: m.of for name, m in dataset.derived.items() if m.kind == "total"}
    parts = {part.measure for name, of in totals.items() if not names or name in names for part in of if not part.at}
    totals = {name: of for name, of in totals.items() if not names or name in names or name in parts}
    wanted = {n for n in (*dataset.counts, *dataset.sums) if not names or n in names or n in parts}
    known = {name: _at(figures.count, *count_cells(grid, name, block)) for name in dataset.counts if name in wanted}
    known |= {
        name: _at(figures.sums[name], *cells_of(grid.grids[name], block.nodes))
        for name in dataset.sums
        if name in wanted
    }
    known |= external_values(grid, block, [name for name in dataset.externals if not names or name in names])
    for name, of in totals.items():  # those of one figure come first
        known[name] = total_of([_part(figures, block, part, known) for part in of])
    return known


def _part(figures: Figures, block: Block, part: FigureAt, known: Mapping[str, Values]) -> Values:
    """What a derived measure is made of in those rows. known: figures of the rows themselves."""
    if not part.at:
        return known[part.measure]
    return _added_up(figures, at_nodes(figures.grid, block, part.at), (part.measure,))[part.measure]


def _at(column: Column, cells: Ints, there: Bools) -> Values:
    return values_of(column.values.ravel()[cells], column.hidden.ravel()[cells], there)
