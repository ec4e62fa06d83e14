"""Bring in a table that was published elsewhere: its figures as they stand there, in the layout of a released table.

Rules, in the order in which they are checked:
 1. every row has the columns that the definition names, a period of its list, and codes of the period's code lists;
 2. it is a cell of one of the definition's tables, and no other row is of the same cell; cells may be without a row;
 3. a figure is a number with comma or point, a mark of what is hidden (`NS`), or one of what is missing (`ND`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.figures.layout import Block, blocks, hierarchies_of, numbers_of
from seuil.figures.numerals import Marks
from seuil.figures.table import Reader, Written, write_rows
from seuil.figures.values import NS, Values
from seuil.model.dataset import Dataset
from seuil.model.definition import Given, Published
from seuil.model.delimited import Line, form_of, read_lines
from seuil.model.errors import UsageError
from seuil.model.views import View


def bring_in(dataset: Dataset, path: Path) -> Written:
    """Write the released table of a dataset whose source is `published`, from the file that it names, to `path`.

    Numbers become the nearest doubles. Raises DataError with file, line and column for what doesn't fit the definition,
    UsageError if the dataset is made from records.
    """
    published = dataset.definition.published
    if published is None:
        raise UsageError(f"{dataset.id} is made from records; only a dataset with `source: published` is brought in")
    measures = {n: m for n, m in dataset.definition.measures.items() if isinstance(m, Given)}
    periods = _read(dataset, published, measures).values()
    return write_given(dataset, dataset.whole, [(period.grid, period.by_cell()) for period in periods], path)


def _read(dataset: Dataset, published: Published, measures: Mapping[str, Given]) -> dict[int, "_Period"]:
    periods = {p: _Period(grid_of(dataset, p), measures) for p in sorted(dataset.definition.period.values)}
    named = {str(p): period for p, period in periods.items()}
    marks = Marks(published.hidden, published.missing)
    keys = {name: value.column for name, value in published.columns.items()}
    wanted = [published.period, *keys.values(), *(m.column for m in measures.values())]
    source = dataset.path.parent / published.file
    form = form_of(
        source,
        wanted,
        encoding=published.encoding,
        delimiter=published.delimiter,
        role="the published table that the definition names",
    )
    for line in read_lines(form):
        period = named.get(line[published.period])
        if period is None:
            raise line.error(published.period, f"no period of the definition; expected {', '.join(named)}")
        cell = 0
        for name, value in published.columns.items():
            text = line[value.column]
            offset = period.offsets[name].get(value.values.get(text, text))
            if offset is None:
                right = f"a code of {dataset.definition.dimensions[name].codes} in {period.grid.period}"
                raise line.error(value.column, f"no node of {name}; expected {right}")
            cell += offset
        period.add(line, cell, ", ".join(keys.values()))
        for name, measure in measures.items():
            figure = marks.read(line[measure.column])
            if figure is None:
                raise line.error(measure.column, f"no figure; expected a number, {marks}")
            period.numbers[name].append(figure[0])
            period.statuses[name].append(figure[1])
    return periods


class _Period:
    """The rows of one period as they come in."""

    def __init__(self, grid: Grid, measures: Mapping[str, Given]) -> None:
        self.grid = grid
        self.offsets = _offsets(grid)
        self.numbers: dict[str, list[float]] = {name: [] for name in measures}
        self.statuses: dict[str, list[int]] = {name: [] for name in measures}
        self._laid_out = set[int]().union(*(numbers_of(grid, block.nodes).tolist() for block in blocks(grid)))
        self._lines: dict[int, int] = {}

    def add(self, line: Line, cell: int, columns: str) -> None:
        """Note the cell of the next row."""
        if cell not in self._laid_out:
            raise line.error(columns, "a cell of none of the definition's tables; expected levels that they name")
        first = self._lines.setdefault(cell, line.number)
        if first != line.number:
            raise line.error(columns, f"the cell of line {first} again; expected one row a cell")

    def by_cell(self) -> "ByCell":
        """The rows in the order of their cells."""
        cells = np.fromiter(self._lines, dtype=np.int64, count=len(self._lines))
        order = np.argsort(cells)
        values = {
            name: Values(
                np.array(numbers, dtype=np.float64)[order], np.array(self.statuses[name], dtype=np.int8)[order]
            )
            for name, numbers in self.numbers.items()
        }
        return ByCell(cells[order], values)


@dataclass(frozen=True)
class ByCell:
    """Ascending cells by the numbers of their rows, and the values of every measure in them."""

    cells: Ints
    values: dict[str, Values]

    def among(self, cells: Ints) -> tuple[Bools, dict[str, Values]]:
        """Which of those cells have a row, and the values of every measure in these."""
        here = np.isin(cells, self.cells)
        rows = np.searchsorted(self.cells, cells[here])
        return here, {name: values.at(rows) for name, values in self.values.items()}


def write_given(dataset: Dataset, view: View, periods: Sequence[tuple[Grid, ByCell]], path: Path) -> Written:
    """Write the rows of a dataset of what was published elsewhere, as it was brought in."""
    hidden = 0

    def reader(grid: Grid, given: ByCell) -> Reader:
        def read(block: Block) -> tuple[Bools, dict[str, Values]]:
            nonlocal hidden
            here, values = given.among(numbers_of(grid, block.nodes))
            hidden += sum(int((values[name].status == NS).sum()) for name in view.measures)
            return here, values

        return read

    rows = write_rows(dataset, view, [(grid, reader(grid, given)) for grid, given in periods], path)
    return Written(rows, rows * len(view.measures), hidden)


def _offsets(grid: Grid) -> dict[str, dict[str, int]]:
    """By dimension and code, what a node adds to the number of its row (`numbers_of`)."""
    offsets: dict[str, dict[str, int]] = {}
    step = 1
    for name, hierarchy in reversed(hierarchies_of(grid).items()):
        offsets[name] = {code: k * step for code, k in hierarchy.index.items()}
        step *= len(hierarchy.nodes)
    return offsets
