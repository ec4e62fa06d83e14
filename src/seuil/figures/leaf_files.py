"""Files of leaves (confidential) into the arrays that disclosure adds up."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.cube import Amounts, Leaves, SecondUnit
from seuil.disclosure.cube.grid import Grid
from seuil.model.errors import DataError


def read_leaves(path: Path, grid: Grid) -> Leaves:
    """Read the leaves of one period from Parquet or CSV, into arrays over (slices, leaves of every axis).

    Columns: the code of a leaf for every dimension (of any node for an overlapping one, where the root has everybody),
    `n` units, and for every sum those of `Dataset.leaf_columns`. Combinations that are left out have nobody. Raises
    DataError that names file and column, never a value.
    """
    dataset = grid.dataset
    numbers = ["n", *(column for name in dataset.sums for column in dataset.leaf_columns(name))]
    table = _read(path, list(dataset.hierarchies), numbers)
    shape = (len(grid.slices), *(len(axis.leaves) for axis in grid.axes))
    places = [np.zeros(table.num_rows, np.int64)]
    if dataset.overlapping is not None:
        places = [_positions(path, table, dataset.overlapping, grid.slices)]
    for name, axis in zip(dataset.additive, grid.axes, strict=True):
        places.append(_positions(path, table, name, [axis.nodes[k].code for k in axis.leaves]))
    at = np.ravel_multi_index(tuple(places), shape) if table.num_rows else np.zeros(0, np.int64)
    if len(np.unique(at)) != len(at):
        raise DataError(f"{path}: a combination stands in two rows; expected one row each")

    def spread(column: str) -> Ints:
        array = np.zeros(int(np.prod(shape)), np.int64)
        array[at] = table[column].to_numpy()
        if (array < 0).any():
            raise DataError(f"{path}: column {column}: a negative number; leaves hold 0 or more")
        return array.reshape(shape)

    def amounts(name: str) -> Amounts:
        total, contributors, largest, second, *other = (spread(column) for column in dataset.leaf_columns(name))
        return Amounts(total, contributors, largest, second, SecondUnit(*other) if other else None)

    return Leaves(spread("n"), {name: amounts(name) for name in dataset.sums})


def _read(path: Path, texts: Sequence[str], numbers: Sequence[str]) -> pa.Table:
    wanted = pa.schema([(name, pa.string()) for name in texts] + [(name, pa.int64()) for name in numbers])
    try:
        if path.suffix.lower() == ".csv":
            options = pcsv.ConvertOptions(column_types=wanted, include_columns=wanted.names, strings_can_be_null=False)
            table = pcsv.read_csv(path, convert_options=options)
        else:
            table = pq.read_table(path, columns=wanted.names)
        table = table.select(wanted.names).cast(wanted)
    except (OSError, KeyError, pa.ArrowException):
        # Arrow's own words may quote a value
        raise DataError(f"{path}: can't be read as leaves; expected the columns {', '.join(wanted.names)}") from None
    for name in wanted.names:
        if table[name].null_count:
            raise DataError(f"{path}: column {name}: a row without a value; expected one in every row")
    return table


def _positions(path: Path, table: pa.Table, column: str, codes: Sequence[str]) -> Ints:
    found = pc.index_in(table[column], value_set=pa.array(codes, pa.string()))
    if found.null_count:
        raise DataError(f"{path}: column {column}: a code that is no leaf of the period's code list")
    return np.asarray(found.to_numpy(), dtype=np.int64)
