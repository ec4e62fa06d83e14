"""Read a released table back into figures: all that the public sees, and nothing else.

Rules, in the order in which they are checked, for every period and row:
 1. the columns and their types are those of the definition;
 2. the rows are those that the definition lays out, in its order, with the levels and labels of the code lists;
 3. a measure has a value exactly where it has no status, and its status is one that it can have;
 4. a count is a whole number from 0, a multiple of the base that counts are rounded to;
 5. a figure that stands in several rows, such as a population, is the same in all;
 6. a derived measure is what its formula makes of the values shown, and hidden exactly where a part of it is.
Whether what is shown is safe is for `disclosure.audit` to say.
"""

from collections.abc import Mapping
from math import prod
from pathlib import Path

import numpy as np
import pyarrow as pa

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.figures.columns import key_columns, schema_of
from seuil.figures.layout import Block, blocks, cells_at, hierarchies_of
from seuil.figures.rows import Rows, open_rows
from seuil.figures.table import in_order
from seuil.figures.values import ND, SHOWN, Values
from seuil.model.dataset import Dataset


def read_figures(dataset: Dataset, path: Path) -> dict[int, Figures]:
    """The figures of every period of a dataset from records, from its released table alone.

    Raises DataError with row (1 is the first) and column if the file is not such a table.
    """
    with open_rows(path, schema_of(dataset)) as rows:
        figures = {
            period: _Reader(grid_of(dataset, period), rows).figures()
            for period in sorted(dataset.definition.period.values)
        }
        rows.end()
    return figures


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

    def __init__(self, grid: Grid, rows: Rows) -> None:
        self._grid, self._rows, self._dataset = grid, rows, grid.dataset
        self._count = _Base(grid.shape)
        self._sums = {name: _Base(grid.shape) for name in self._dataset.sums}

    def figures(self) -> Figures:
        for block in blocks(self._grid):
            self._rows.take(len(block))
            self._keys(block)
            found = {name: self._rows.values(name) for name in self._dataset.definition.measures}
            self._bases(block, found)
            self._derived(found)
        return Figures(self._grid, self._count.column(), {name: base.column() for name, base in self._sums.items()})

    def _keys(self, block: Block) -> None:
        period = self._dataset.definition.period.name
        self._rows.expect(period, pa.array(np.full(len(block), self._grid.period, dtype=np.int32)))
        for name, column in key_columns(hierarchies_of(self._grid), block.nodes).items():
            self._rows.expect(name, column)

    def _bases(self, block: Block, found: Mapping[str, Values]) -> None:
        base = self._grid.rounding or 1
        for name in [*self._dataset.counts, *self._dataset.sums]:
            values, at = found[name], None
            self._rows.refuse(values.status == ND, name, "has no figure; a measure from records is shown or hidden")
            if name in self._dataset.counts:
                self._rows.refuse(values.numbers < 0, name, "is negative; a count is 0 or more")
                self._rows.refuse(values.numbers % base != 0, name, f"is not rounded; counts are multiples of {base}")
                at = self._grid.slice_of(name)
            known = self._sums.get(name, self._count)
            differs = known.learn(cells_at(self._grid, block.cells, at), values)
            self._rows.refuse(differs, name, "is not what another row or column says of the same units; all must agree")

    def _derived(self, found: Mapping[str, Values]) -> None:
        made = in_order(self._dataset, found)
        for name in self._dataset.derived:
            differs = found[name].status != made[name].status
            self._rows.refuse(differs, name, "is not hidden, shown or missing as its parts make it")
            differs = found[name].numbers != made[name].numbers
            self._rows.refuse(differs, name, "is not what its formula makes of the values shown")
