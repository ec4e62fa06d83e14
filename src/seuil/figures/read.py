"""Read a released table back into figures: all that the public sees, and nothing else.

Rules, in the order in which they are checked, for every period and row:
 1. the columns and their types are those of the definition;
 2. the rows are those that the definition lays out, in its order, with the levels and labels of the code lists;
 3. a measure has a value exactly where it has no status, and its status is one that it can have;
 4. a count is a whole number from 0, a multiple of the base that counts are rounded to;
 5. a figure that stands in several rows, such as a population, is the same in all;
 6. a figure from elsewhere is that of the definition's file, and missing where that has none;
 7. a derived measure is what its formula makes of the values shown, and hidden exactly where a part of it is.
Whether what is shown is safe is for `disclosure.audit` to say.

What a step of a build left is read without its texts, its derived measures and the figures from elsewhere, which may
have been others then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from pathlib import Path

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.figures.columns import Columns, schema_of
from seuil.figures.external import external_values
from seuil.figures.layout import Block, blocks, cells_of, count_cells, hierarchies_of
from seuil.figures.rows import Rows, open_rows
from seuil.figures.table import measures_of
from seuil.figures.values import ND, SHOWN, Values
from seuil.model.dataset import Dataset
from seuil.model.layout import MeasureColumn, NodeColumn
from seuil.model.views import View


def read_figures(
    dataset: Dataset, path: Path, *, texts: bool = True, groups: Sequence[int] | None = None
) -> dict[int, Figures]:
    """The figures of every period of a dataset from records, from its released table alone.

    texts: whether labels, derived measures and figures from elsewhere are read and checked. groups: the row groups of
    these periods, where the table has others too. Raises DataError with row (1 is the first that is read) and column if
    it is not such a table.
    """
    view = dataset.whole if texts else _without_texts(dataset)
    with open_rows(path, schema_of(dataset, view), others=not texts, groups=groups) as rows:
        figures = {
            period: _Reader(grid_of(dataset, period), view, rows).figures()
            for period in sorted(dataset.definition.period.values)
        }
        rows.end()
    return figures


def _without_texts(dataset: Dataset) -> View:
    """The whole without labels, and of the measures only counts and sums."""
    kept = dataset.counts.keys() | dataset.sums.keys()
    return replace(
        dataset.whole,
        measures=tuple(name for name in dataset.whole.measures if name in kept),
        columns=tuple(
            column
            for column in dataset.whole.columns
            if not (isinstance(column, NodeColumn) and column.show == "label")
            and not (isinstance(column, MeasureColumn) and column.measure not in kept)
        ),
    )


class _Base:
    """The figures of one base as they come to be known."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._shape = shape
        self._values: Ints = np.zeros(prod(shape), dtype=np.int64)
        self._hidden: Bools = np.zeros(prod(shape), dtype=np.bool_)
        self._known: Bools = np.zeros(prod(shape), dtype=np.bool_)

    def learn(self, cells: Ints, values: Values) -> Bools:
        """Take in the values of those cells. Returns (rows,) where they differ from what an earlier row said."""
        hidden = values.status != SHOWN
        new = np.flatnonzero(~self._known[cells])[::-1]  # the last assignment stays: that of a cell's first row
        self._values[cells[new]] = values.numbers[new]
        self._hidden[cells[new]] = hidden[new]
        self._known[cells] = True
        return np.asarray((self._values[cells] != values.numbers) | (self._hidden[cells] != hidden))

    def column(self) -> Column:
        return Column(self._values.reshape(self._shape), self._hidden.reshape(self._shape))


class _Reader:
    """Reads the rows of one period."""

    def __init__(self, grid: Grid, view: View, rows: Rows) -> None:
        self._grid, self._view, self._rows, self._dataset = grid, view, rows, grid.dataset
        self._count = _Base(grid.shape)
        self._sums = {name: _Base(grid.grids[name].shape) for name in self._dataset.sums}
        self._columns = Columns(self._dataset, view, grid.period, hierarchies_of(grid))

    def figures(self) -> Figures:
        derived: list[tuple[Block, int, dict[str, Values]]] = []
        for block in blocks(self._grid):
            self._rows.take(len(block))
            self._keys(block)
            found = {name: self._rows.values(name) for name in self._view.measures}
            self._bases(block, found)
            self._externals(block, found)
            derived.append((block, self._rows.before, {n: v for n, v in found.items() if n in self._dataset.derived}))
        figures = Figures(self._grid, self._count.column(), {name: base.column() for name, base in self._sums.items()})
        # Once all of them are known, since a ratio may be made of the figures of other rows.
        for block, before, values in derived if self._dataset.derived else ():
            self._derived(figures, block, before, values)
        return figures

    def _keys(self, block: Block) -> None:
        for name, column in self._columns.keys(block.nodes).items():
            self._rows.expect(name, column)

    def _bases(self, block: Block, found: Mapping[str, Values]) -> None:
        base = self._grid.rounding or 1
        for name in [*self._dataset.counts, *self._dataset.sums]:
            values = found[name]
            if name in self._dataset.counts:
                self._rows.refuse(values.numbers < 0, name, "is negative; a count is 0 or more")
                self._rows.refuse(values.numbers % base != 0, name, f"is not rounded; counts are multiples of {base}")
                cells, there = count_cells(self._grid, name, block)
            else:
                cells, there = cells_of(self._grid.grids[name], block.nodes)
            self._rows.refuse(
                there & (values.status == ND), name, "has no figure; what a table holds is shown or hidden"
            )
            self._rows.refuse(
                ~there & (values.status != ND), name, "has a figure or is hidden; no table holds it there"
            )
            known = self._sums.get(name, self._count)
            differs = np.zeros(len(block), np.bool_)
            differs[there] = known.learn(cells[there], values.at(np.flatnonzero(there)))
            self._rows.refuse(differs, name, "is not what another row or column says of the same units; all must agree")

    def _externals(self, block: Block, found: Mapping[str, Values]) -> None:
        names = [name for name in self._dataset.externals if name in found]
        for name, expected in external_values(self._grid, block, names).items():
            differs = (found[name].status != expected.status) | (found[name].numbers != expected.numbers)
            file = self._dataset.externals[name].file
            self._rows.refuse(differs, name, f"is not the figure of {file}, which the definition names")

    def _derived(self, figures: Figures, block: Block, before: int, found: Mapping[str, Values]) -> None:
        made = measures_of(figures, block)
        for name in self._dataset.derived.keys() & found.keys():
            differs = found[name].status != made[name].status
            self._rows.refuse(differs, name, "is not hidden, shown or missing as its parts make it", before)
            differs = found[name].numbers != made[name].numbers
            self._rows.refuse(differs, name, "is not what its formula makes of the values shown", before)
