"""The published cells of a cube as a Parquet file: one row a cell, a code and a level for every dimension, `n`."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from seuil.disclosure.cube.figures import Figures
from seuil.model.hierarchy import Hierarchy


def write_cells(
    path: Path, figures: Figures, columns: Sequence[str], codes: Mapping[str, Sequence[str]] | None = None
) -> int:
    """Write the cells that are published, `n` null where hidden. Gives how many there are.

    columns: names of dimensions, or `<dimension>_level`. codes: what to write instead of a dimension's own codes.
    """
    grid, dataset = figures.grid, figures.grid.dataset
    names = ([dataset.overlapping] if dataset.overlapping else []) + list(dataset.additive)
    trees = ([grid.overlapping] if grid.overlapping else []) + list(grid.axes)
    places = np.nonzero(grid.published)[len(grid.shape) - len(names) :]
    arrays: dict[str, pa.Array] = {}
    for column in columns:
        name = column.removesuffix("_level")
        tree, place = trees[names.index(name)], places[names.index(name)]
        own = (codes or {}).get(name) or [node.code for node in tree.nodes]
        texts = _levels(tree) if column != name else own
        arrays[column] = pa.DictionaryArray.from_arrays(pa.array(place, pa.int32()), pa.array(texts, pa.string()))
    arrays["n"] = pa.array(figures.count.values[grid.published], mask=figures.count.hidden[grid.published])
    table = pa.table(arrays)
    pq.write_table(table, path, compression="zstd")
    return int(table.num_rows)


def _levels(tree: Hierarchy) -> list[str]:
    return [node.level for node in tree.nodes]
