"""The system that is searched: whole-number variables with bounds, rows with intervals, and the cells to be watched.

Two forms of the same tables. Exact figures: the variables are the cells that are not fixed, the rows are the lines.
Rounded figures: the variables are the leaves, and every published aggregate is a row with its interval. In both, an
overlap is one more one-sided row. Which form is the better was measured (docs/decisions/0004-search.md).

The reduction:

- *accepts* rows over cells and tightened bounds of every cell;
- *applies* by numbering the free cells. By lines, a cell whose bounds meet is no variable: its value stands in
  `row_fixed`, and a row without a variable goes. By leaves, all leaves are variables and bounded aggregates are rows;
- *inverts* by `System.members`: the cells of every variable, with sign and offset (`aggregation` gives it several).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, kron

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.rows import UNBOUNDED, Rows, is_leaf
from seuil.disclosure.cube.grid import Grid


class Sparse(NamedTuple):
    """Free entries of a system, by row and by variable; coefficients are +1 and -1, until variables are aggregated."""

    row_start: Ints
    row_variable: Ints
    row_coefficient: Ints
    start: Ints
    row: Ints
    coefficient: Ints

    @classmethod
    def of(cls, matrix: csr_array) -> "Sparse":
        """Both views of a matrix (rows, variables)."""
        columns = matrix.tocsc()
        parts = (matrix.indptr, matrix.indices, matrix.data, columns.indptr, columns.indices, columns.data)
        return cls(*(part.astype(np.int64) for part in parts))


@dataclass(frozen=True)
class Members:
    """The cells that every variable z stands for: those of variable k are at start[k]:start[k + 1].

    A cell's value is sign * z + offset. cell: its position in the grid (flat); atom: its number among the leaves (of
    linked tables: the leaves of each, see `linking`), -1 for others.
    """

    start: Ints
    cell: Ints
    atom: Ints
    sign: Ints
    offset: Ints

    @property
    def variable(self) -> Ints:
        """(members,) the variable of each."""
        return np.repeat(np.arange(len(self.start) - 1), np.diff(self.start))


@dataclass(frozen=True)
class System:
    """Whole-number variables between low and high, rows between row_low and row_high.

    entries: all of a row's free variables; what fixed ones add is in row_fixed (rows). cell, row_cell: the cell that a
    variable or a row is (positions as in `Proof.cells`), -1 for none. members: all cells that a variable stands for.
    """

    low: Ints
    high: Ints
    row_low: Ints
    row_high: Ints
    row_fixed: Ints
    entries: Sparse
    cell: Ints
    row_cell: Ints
    members: Members

    @property
    def variables(self) -> int:
        """How many there are."""
        return len(self.low)

    def bounds(self, low: Ints, high: Ints) -> tuple[Ints, Ints]:
        """Bounds of every variable by those of all cells (flat)."""
        m = self.members
        return common_bounds(low[m.cell], high[m.cell], m.variable, m.sign, m.offset, self.variables)

    def row_values(self, x: Ints) -> Ints:
        """Value of every row in a table x (variables,)."""
        e = self.entries
        matrix = csr_array((e.row_coefficient, e.row_variable, e.row_start), shape=(len(self.row_low), len(x)))
        return np.asarray(matrix @ x + self.row_fixed, dtype=np.int64)


def common_bounds(low: Ints, high: Ints, of: Ints, sign: Ints, offset: Ints, roots: int) -> tuple[Ints, Ints]:
    """The bounds (roots,) that all values sign * root + offset between low and high leave their root."""
    # value = sign * root + offset, so root = sign * (value - offset): with sign -1 the bounds change sides.
    least, most = np.full(roots, -UNBOUNDED), np.full(roots, UNBOUNDED)
    one, other = sign * (low - offset), sign * (high - offset)
    other = np.where(high >= UNBOUNDED, sign * UNBOUNDED, other)
    np.maximum.at(least, of, np.minimum(one, other))
    np.minimum.at(most, of, np.maximum(one, other))
    return least, most


def by_lines(atoms: Ints, rows: Rows, low: Ints, high: Ints, row_cell: Ints, free: Bools) -> System:
    """The form for exact figures: a variable for every `free` cell (flat); the others stay at `low`.

    atoms: cells that all others add up, in the order in which `Members` numbers them.
    """
    touched = np.bincount(np.repeat(np.arange(len(rows)), np.diff(rows.start)), free[rows.cell], len(rows)) > 0
    kept = rows.take(touched)
    variable = np.flatnonzero(free)
    number = np.full(len(free), -1, np.int64)
    number[atoms] = np.arange(len(atoms))
    return _system(kept, low, high, variable, row_cell[touched], number[variable])


def by_leaves(grid: Grid, relations: Rows, low: Ints, high: Ints) -> System:
    """The form for rounded figures. low, high: bounds of every cell (flat); the rows are the bounded aggregates."""
    leaf = is_leaf(grid).ravel()
    variable = np.flatnonzero(leaf)
    bounded = grid.published | grid.elsewhere.bounded if grid.known else grid.published
    aggregate = np.flatnonzero(~leaf & bounded.ravel())
    sums = leaf_sums(grid)[aggregate]
    # An overlap holds in every cell once it holds in the leaves, which add up to it.
    here = leaf[relations.cell[relations.start[:-1]]] if len(relations) else np.zeros(0, np.bool_)
    over = relations.take(here & _binding(relations, low, high))
    rows = Rows(
        np.concatenate([sums.indptr, sums.indptr[-1] + over.start[1:]]).astype(np.int64),
        np.concatenate([variable[sums.indices], over.cell]).astype(np.int64),
        np.concatenate([np.ones(sums.nnz, np.int64), over.coefficient]),
        np.concatenate([low[aggregate], over.low]),
        np.concatenate([high[aggregate], over.high]),
    )
    row_cell = np.concatenate([aggregate, np.full(len(over), -1)])
    return _system(rows, low, high, variable, row_cell, np.arange(len(variable)))


def leaf_sums(grid: Grid) -> csr_array:
    """(cells, leaves) incidence: which leaves of its slice a cell adds up."""
    total = csr_array(np.eye(grid.shape[0], dtype=np.int64))
    for axis in grid.axes:
        position = {leaf: i for i, leaf in enumerate(axis.leaves)}
        under = [(k, position[leaf]) for k, leaves in enumerate(axis.leaves_under) for leaf in leaves]
        node, leaf = np.array(under).T
        one = csr_array((np.ones(len(node), np.int64), (node, leaf)), shape=(len(axis.nodes), len(axis.leaves)))
        total = _kron(total, one)
    return total


def _kron(a: csr_array, b: csr_array) -> csr_array:
    return csr_array(kron(a, b, format="csr"))


def _binding(rows: Rows, low: Ints, high: Ints) -> Bools:
    """Rows that the bounds of their members don't keep already."""
    least = np.where(rows.coefficient > 0, low[rows.cell], -high[rows.cell])
    line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    return np.asarray(np.bincount(line, least, len(rows)) < rows.low, dtype=np.bool_)


def _system(rows: Rows, low: Ints, high: Ints, variable: Ints, row_cell: Ints, atom: Ints) -> System:
    """Number the variables; members of rows that are none stay at their lower bound."""
    number = np.full(len(low), -1, np.int64)
    number[variable] = np.arange(len(variable))
    fixed = number[rows.cell] < 0
    line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    row_fixed = np.zeros(len(rows), np.int64)
    np.add.at(row_fixed, line[fixed], (rows.coefficient * low[rows.cell])[fixed])
    size = np.bincount(line[~fixed], minlength=len(rows))
    start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    free = (rows.coefficient[~fixed], number[rows.cell[~fixed]], start)
    alone = np.arange(len(variable) + 1, dtype=np.int64)
    same = np.ones(len(variable), np.int64), np.zeros(len(variable), np.int64)
    return System(
        low=low[variable],
        high=high[variable],
        row_low=rows.low,
        row_high=rows.high,
        row_fixed=row_fixed,
        entries=Sparse.of(csr_array(free, shape=(len(rows), len(variable)))),
        cell=variable,
        row_cell=row_cell,
        members=Members(alone, variable, atom.astype(np.int64), *same),
    )
