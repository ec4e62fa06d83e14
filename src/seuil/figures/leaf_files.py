"""Files of leaves (confidential) into the arrays that disclosure adds up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pcsv
import pyarrow.parquet as pq

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.cube import Amounts, Leading, Leaves, SecondUnit, in_units
from seuil.disclosure.cube.grid import NO_LIMIT, Grid
from seuil.model.errors import DataError
from seuil.model.leaf_names import amounts_file
from seuil.model.limits import ABOVE_LIMIT, PARTS


def read_leaves(path: Path, grid: Grid) -> Leaves:
    """Read the leaves of one period from Parquet or CSV, into arrays over (slices, leaves of every axis) of each grid.

    Columns: the code of a leaf for every dimension (of any node for an overlapping one, where the root has everybody),
    `n` units, and for every sum those of `Dataset.leaf_columns`, amounts in parts of a unit. Their exact totals are
    rounded here, once, in the finest cells of the sum's own tables, so that what is published adds up. Combinations
    that are left out have nobody.

    A sum that is split by kinds has a file of its own beside it (`amounts_file`), of the dimensions of its own tables:
    its columns, and every node of its kinds with what is there all in all, the root first of all.
    Raises DataError that names file and column, never a value.
    """
    dataset = grid.dataset
    whole = [name for name, measure in dataset.sums.items() if not measure.kinds]
    units = [name for name in dataset.hierarchies if name not in dataset.of_amounts]
    numbers = ["n", *(column for name in whole for column in dataset.leaf_columns(name))]
    rows = _rows(path, grid, units, numbers, ["n", *whole])
    sums = {}
    for name in dataset.sums:
        columns, own = dataset.leaf_columns(name), grid.grids[name]
        if name in whole:
            sums[name] = rows.amounts(own, columns)
        else:
            split = _rows(amounts_file(path, name), grid, own.base.dimensions, columns, [name])
            sums[name] = split.amounts_by_kinds(own, columns)
    return Leaves(rows.count(grid), sums)


def _rows(path: Path, grid: Grid, dimensions: Sequence[str], numbers: Sequence[str], totals: Sequence[str]) -> "_Rows":
    """The rows of a file, checked. totals: of these columns the total may not be above what a figure may be."""
    dataset, table = grid.dataset, _read(path, dimensions, numbers)
    columns = {name: table[name].to_numpy() for name in numbers}
    for column, values in columns.items():
        if (values < 0).any():
            raise DataError(f"{path}: column {column}: a negative number; leaves hold 0 or more")
    hierarchies = {name: dataset.hierarchies[name].in_period(grid.period) for name in dimensions}
    every = {dataset.overlapping, *dataset.of_amounts}
    places = {
        name: _positions(
            path, table, name, [n.code for k, n in enumerate(h.nodes) if name in every or not h.children[k]]
        )
        for name, h in hierarchies.items()
    }
    sizes = [int(p.max(initial=0)) + 1 for p in places.values()]
    if len(np.unique(np.ravel_multi_index(tuple(places.values()), sizes))) != table.num_rows:
        raise DataError(f"{path}: a combination stands in two rows; expected one row each")
    nodes = [p for name, p in places.items() if name in every] or [np.zeros(table.num_rows, np.int64)]
    for column in totals:
        # Added as floats, which can't overflow: they are near enough to a limit that no figure comes near.
        found = np.bincount(nodes[0], columns[column].astype(np.float64))
        if found.max(initial=0) >= (NO_LIMIT if column == "n" else NO_LIMIT * PARTS):
            raise DataError(f"{path}: column {column}: {ABOVE_LIMIT}")
    return _Rows(columns, places)


@dataclass(frozen=True)
class _Rows:
    """The rows of a file. columns: of numbers. places: by dimension the number of each one's leaf or slice."""

    columns: Mapping[str, Ints]
    places: Mapping[str, Ints]

    def count(self, grid: Grid) -> Ints:
        """Units over the leaves of a grid."""
        rows, at, shape = self._at(grid)
        return _added(self.columns["n"][rows], at, shape)

    def amounts(self, grid: Grid, names: Sequence[str]) -> Amounts:
        """A sum over the leaves of its grid. names: of its columns."""
        rows, at, shape = self._at(grid)
        total, contributors, largest, second, *other = (self.columns[name][rows] for name in names)
        first, then = _two_largest(largest, second, at, shape)
        second_unit = None
        if other:
            most, _ = _two_largest(other[1], np.zeros_like(other[1]), at, shape)
            second_unit = SecondUnit(_added(other[0], at, shape), most)
        exact = _added(total, at, shape)
        counted = _added(contributors, at, shape)
        return Amounts(in_units(exact, PARTS), counted, first, then, second_unit, PARTS, exact)

    def amounts_by_kinds(self, grid: Grid, names: Sequence[str]) -> Amounts:
        """A sum that is split by kinds: over leaves of its grid, and nodes of its kinds. names: of its columns."""
        axes = dict(zip(grid.base.additive, grid.axes, strict=True))
        kinds = axes[grid.base.kinds or ""]
        shape = (1, *(len(a.nodes) if name == grid.base.kinds else len(a.leaves) for name, a in axes.items()))
        at = np.ravel_multi_index(tuple(self.places[name] for name in axes), shape[1:]).astype(np.int64)
        exact, contributors, largest, second, by, *other = (_added(self.columns[name], at, shape) for name in names)
        second_unit = SecondUnit(*other) if other else None
        leaves = np.take(exact, kinds.leaves, axis=1 + list(axes).index(grid.base.kinds or ""))
        leading = Leading(by, largest, second, second_unit)
        total = in_units(leaves, PARTS)
        return Amounts(total, contributors, largest, second, second_unit, PARTS, exact, leading)

    def _at(self, grid: Grid) -> tuple[Ints, Ints, tuple[int, ...]]:
        """Rows that count in a grid, their places in its flattened leaves, and the shape of these."""
        shape = (grid.shape[0], *(len(axis.leaves) for axis in grid.axes))
        sliced = {name for name, h in grid.dataset.hierarchies.items() if h.kind == "overlapping"}
        rows = np.ones(len(self.columns["n"]), np.bool_)
        for name in sliced - {grid.base.overlapping}:
            rows &= self.places[name] == 0  # everybody is there
        own = [self.places[name][rows] for name in grid.base.dimensions]
        first = [] if grid.overlapping else [np.zeros(int(rows.sum()), np.int64)]
        at = np.ravel_multi_index((*first, *own), shape).astype(np.int64)
        return np.flatnonzero(rows), at, shape


def _added(values: Ints, at: Ints, shape: tuple[int, ...]) -> Ints:
    found = np.zeros(int(np.prod(shape)), np.int64)
    np.add.at(found, at, values)
    return found.reshape(shape)


def _two_largest(largest: Ints, second: Ints, at: Ints, shape: tuple[int, ...]) -> tuple[Ints, Ints]:
    """The two largest of all values at each place."""
    values, places = np.concatenate([largest, second]), np.concatenate([at, at])
    order = np.lexsort((values, places))
    values, places = values[order], places[order]
    last = np.flatnonzero(np.diff(places, append=-1))
    first, then = np.zeros((2, int(np.prod(shape))), np.int64)
    first[places[last]] = values[last]
    # Each row has two values, so that the one before the last is of the same place.
    then[places[last]] = values[last - 1]
    return first.reshape(shape), then.reshape(shape)


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
