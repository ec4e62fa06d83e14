"""A protected table as rows: one a cell, as a frame or as CSV."""

import csv
import io
from collections.abc import Iterator
from typing import Any

import narwhals as nw
import numpy as np
import pyarrow as pa
from narwhals.typing import IntoDataFrame

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.figures import Figures
from seuil.model.columns import HIDDEN
from seuil.tables.layout import Layout
from seuil.tables.spec import COUNT_COLUMN

STATUS = "status"
PUBLISHED, PRIMARY, SECONDARY = "published", "primary", "secondary"


def node_level_column(dimension: str) -> str:
    """The column that names the level of a dimension's node."""
    return f"{dimension}_level"


def statuses(hidden: Bools, small: Bools) -> list[str]:
    """(rows,) why each cell is as it is: confidential."""
    return [SECONDARY if h and not s else PRIMARY if h else PUBLISHED for h, s in zip(hidden, small, strict=True)]


def table_of(layout: Layout, figures: Figures, small: Bools | None = None) -> pa.Table:
    """All published cells: a column a dimension and its level, `n` (null where hidden).

    small: (cells, flat) adds the column `status`, which is confidential.
    """
    cells = layout.in_order(figures.grid.published)
    columns: dict[str, pa.Array] = {}
    for name, nodes in layout.where(cells).items():
        tree = layout.trees[name]
        columns[name] = _texts(tree.codes, nodes)
        columns[node_level_column(name)] = _texts(tree.levels, nodes)
    hidden = figures.count.hidden.ravel()[cells]
    columns[COUNT_COLUMN] = pa.array(figures.count.values.ravel()[cells], pa.int64(), mask=hidden)
    if small is not None:
        columns[STATUS] = pa.array(statuses(hidden, small[cells]), pa.string())
    return pa.table(columns)


def csv_of(table: pa.Table) -> bytes:
    """A table as CSV (UTF-8, comma, a header): what is null is `NS`. The same table gives the same bytes."""
    return "".join(_lines(table)).encode()


def _lines(table: pa.Table) -> Iterator[str]:
    yield _line(table.column_names)
    for batch in table.to_batches(max_chunksize=50_000):
        columns = [column.to_pylist() for column in batch.columns]
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows([HIDDEN if v is None else v for v in row] for row in zip(*columns, strict=True))
        yield out.getvalue()


def _line(values: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(values)
    return out.getvalue()


def native(table: pa.Table, like: nw.DataFrame[Any] | None) -> IntoDataFrame:
    """A table as a frame of the library that `like` is of; whole numbers stay whole where some are missing."""
    if like is None or like.implementation.is_pyarrow():
        arrow: IntoDataFrame = table
        return arrow
    if like.implementation.is_pandas():
        pd = nw.get_native_namespace(like)
        frame: IntoDataFrame = table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
        return frame
    other: IntoDataFrame = nw.from_arrow(table, backend=like.implementation).to_native()
    return other


def _texts(words: tuple[str, ...], positions: Ints) -> pa.Array:
    return pa.array(list(words), pa.string()).take(pa.array(np.asarray(positions)))
