"""From leaves to cells: sparse matrices of whole numbers whose rows are sums of variables.

Rows, in this order: every cell of the grid; every overlap in every leaf; the differences that are to be proved.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.grid import Grid


@dataclass(frozen=True)
class System:
    """rows: (rows, variables). leaf_rows: (variables,) the row of every leaf's own cell. differences: see `row_of`."""

    rows: sparse.csr_array
    leaf_rows: Ints
    cells: int
    overlaps: int
    differences: Ints

    def row_of(self, index: Ints) -> Ints:
        """The rows of cells numbered as in a proof; beyond the grid's cells only `differences` have one."""
        place = np.searchsorted(self.differences, index)
        return np.where(index < self.cells, index, self.cells + self.overlaps + place)

    @property
    def is_leaf(self) -> Bools:
        """(rows,) whether the row is a leaf itself."""
        leaf = np.zeros(self.rows.shape[0], dtype=np.bool_)
        leaf[self.leaf_rows] = True
        return leaf


def system(grid: Grid, differences: Ints) -> System:
    """The rows of a grid, and of the `differences` (sorted, numbered as in a proof)."""
    slices, positions = grid.shape[0], grid.published.size // grid.shape[0]
    one = _within_slice(grid)
    leaves = one.shape[1]
    signs = _signs(grid)
    blocks = [sparse.kron(_identity(slices), one, format="csr")]
    if grid.relations:
        blocks.append(sparse.kron(signs, _identity(leaves), format="csr"))
    size = slices * positions
    for number, place in _by_relation(differences - size, positions):
        blocks.append(sparse.kron(signs[[number]], one[place], format="csr"))
    leaf_positions = np.ravel_multi_index(np.ix_(*(axis.leaves for axis in grid.axes)), grid.shape[1:]).reshape(-1)
    leaf_rows = (np.arange(slices)[:, None] * positions + leaf_positions[None, :]).reshape(-1)
    rows = sparse.csr_array(sparse.vstack(blocks, format="csr", dtype=np.int64))
    return System(rows, leaf_rows, size, len(grid.relations) * leaves, differences)


def _within_slice(grid: Grid) -> sparse.csr_array:
    """(cells, leaves) of one slice: which leaves a cell is the sum of."""
    found = _identity(1)
    for axis in grid.axes:
        column = {leaf: k for k, leaf in enumerate(axis.leaves)}
        pairs = [(node, column[leaf]) for node, under in enumerate(axis.leaves_under) for leaf in under]
        at = np.array(pairs, dtype=np.int64).T
        ones = np.ones(len(pairs), dtype=np.int64)
        found = sparse.kron(found, sparse.csr_array((ones, at), (len(axis.nodes), len(column))), format="csr")
    return found


def _signs(grid: Grid) -> sparse.csr_array:
    """(relations, slices) coefficients."""
    entries = [(k, s, sign) for k, relation in enumerate(grid.relations) for s, sign in relation.terms]
    row, column, sign = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    return sparse.csr_array((sign, (row, column)), (len(grid.relations), grid.shape[0]))


def _identity(size: int) -> sparse.csr_array:
    return sparse.csr_array(sparse.eye_array(size, dtype=np.int64))


def _by_relation(index: Ints, positions: int) -> list[tuple[int, Ints]]:
    numbers = index // positions
    return [(int(k), index[numbers == k] % positions) for k in np.unique(numbers)]
