"""Render a dataset of a collection from the table that has all its figures: in its own rows, columns and codes.

What is proved stands in that one table (`Dataset.whole`), so a dataset can show nothing else; whoever has the release
renders it again, and compares the bytes.
"""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.figures.columns import schema_of
from seuil.figures.elsewhere import ByCell, write_given
from seuil.figures.layout import hierarchies_of, numbers_of
from seuil.figures.read import read_figures
from seuil.figures.rows import open_rows
from seuil.figures.table import Written, write_table
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError
from seuil.model.views import View


class Rendering:
    """The datasets of a collection, rendered one after another from figures that are read once."""

    def __init__(self, dataset: Dataset, whole: Path) -> None:
        """whole: the table of all figures. Raises DataError if it isn't one."""
        self._dataset = dataset
        self._figures, self._given = dict[int, Figures](), list[tuple[Grid, ByCell]]()
        if dataset.definition.source == "records":
            self._figures = read_figures(dataset, whole)
        else:
            periods = (grid_of(dataset, period) for period in sorted(dataset.definition.period.values))
            self._given = [(grid, _read_given(whole, grid)) for grid in periods]

    def write(self, view: View, path: Path) -> Written:
        """Write the table of a dataset to `path`. Raises DataError where the figures are none of its rows."""
        if self._dataset.definition.source == "records":
            return write_table(self._dataset, self._figures, path, view)
        return write_given(self._dataset, view, self._given, path)


def same_table(one: Path, other: Path) -> bool:
    """Whether two tables have the same bytes; or the same values in the same columns, if other programs wrote them.

    The bytes depend on the version of the library that writes them, which stands in the file.
    """
    if one.read_bytes() == other.read_bytes():
        return True
    try:
        mine, its = pq.ParquetFile(one), pq.ParquetFile(other)
        if mine.metadata.created_by == its.metadata.created_by:
            return False
        return bool(mine.schema_arrow.equals(its.schema_arrow, check_metadata=True) and mine.read().equals(its.read()))
    except (OSError, pa.ArrowException):
        return False


def _read_given(path: Path, grid: Grid) -> ByCell:
    """The rows of a period of a table that was brought in."""
    dataset = grid.dataset
    period = dataset.definition.period.name
    with open_rows(path, schema_of(dataset, dataset.whole)) as rows:
        rows.take_all()
        rows.keep(pc.equal(rows.column(period), grid.period))
        cells = numbers_of(
            grid, {n: _positions(path, rows.column(n), h.index) for n, h in hierarchies_of(grid).items()}
        )
        values = {name: rows.values(name) for name in dataset.definition.measures}
    order = np.argsort(cells)
    return ByCell(cells[order], {name: v.at(order) for name, v in values.items()})


def _positions(path: Path, codes: pa.ChunkedArray, index: dict[str, int]) -> Ints:
    known = pa.array(list(index), pa.string())
    found = pc.index_in(codes.cast(pa.string()), value_set=known)
    if found.null_count:
        raise DataError(f"{path}: has a code that the code list does not have; expected the table of this definition")
    return np.asarray(found.to_numpy(), dtype=np.int64)
