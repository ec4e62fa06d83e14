"""From leaves to cells: sparse matrices of whole numbers whose rows are sums of variables.

Rows, in this order: every cell of the layout; every overlap in every leaf; the differences that are to be proved. Cells
that nothing is asked of have an empty row: of linked tables, whose dimensions are never published all together, these
are most cells, and they add up most leaves.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from seuil.disclosure.verify.cells import CellLayout
from seuil.disclosure.verify.inputs import Bools, Ints


@dataclass(frozen=True)
class System:
    """rows: (rows, variables). leaf_rows: (variables,) the row of every leaf's own cell. differences: see `row_of`."""

    rows: sparse.csr_array
    leaf_rows: Ints
    cells: int
    overlaps: int
    differences: Ints

    def row_of(self, index: Ints) -> Ints:
        """The rows of cells numbered as in a proof; beyond the layout's cells only `differences` have one."""
        place = np.searchsorted(self.differences, index)
        return np.where(index < self.cells, index, self.cells + self.overlaps + place)

    @property
    def is_leaf(self) -> Bools:
        """(rows,) whether the row is a leaf itself."""
        leaf = np.zeros(self.rows.shape[0], dtype=np.bool_)
        leaf[self.leaf_rows] = True
        return leaf


def system(layout: CellLayout, differences: Ints, asked: Bools) -> System:
    """The rows of a layout, and of the `differences` (sorted, numbered as in a proof).

    asked: (cells) of which anything is asked; leaves are in any case.
    """
    slices, positions = layout.shape[0], layout.published.size // layout.shape[0]
    here = np.array(asked.reshape(slices, positions).any(axis=0))
    here[(differences - slices * positions) % positions] = True
    one = _within_slice(layout, here)
    leaves = one.shape[1]
    signs = _signs(layout)
    blocks = [sparse.kron(_identity(slices), one, format="csr")]
    if layout.overlaps:
        blocks.append(sparse.kron(signs, _identity(leaves), format="csr"))
    size = slices * positions
    for number, place in _by_overlap(differences - size, positions):
        blocks.append(sparse.kron(signs[[number]], one[place], format="csr"))
    leaf_positions = np.ravel_multi_index(np.ix_(*(axis.leaves for axis in layout.axes)), layout.shape[1:]).reshape(-1)
    leaf_rows = (np.arange(slices)[:, None] * positions + leaf_positions[None, :]).reshape(-1)
    rows = sparse.csr_array(sparse.vstack(blocks, format="csr", dtype=np.int64))
    return System(rows, leaf_rows, size, len(layout.overlaps) * leaves, differences)


def _within_slice(layout: CellLayout, asked: Bools) -> sparse.csr_array:
    """(cells, leaves) of one slice: which leaves a cell is the sum of. asked: (cells,) those whose rows are filled."""
    shape, leaves = layout.shape[1:], [axis.leaves for axis in layout.axes]
    filled = asked.copy()
    filled[np.ravel_multi_index(np.ix_(*leaves), shape).reshape(-1)] = True
    cells = np.flatnonzero(filled)
    entry, leaf = np.arange(len(cells)), np.zeros(len(cells), dtype=np.int64)
    for axis, node in zip(layout.axes, np.unravel_index(cells, shape), strict=True):
        column = {leaf: k for k, leaf in enumerate(axis.leaves)}
        size = np.array([len(under) for under in axis.leaves_under])
        under = np.array([column[leaf] for under in axis.leaves_under for leaf in under], dtype=np.int64)
        # Every entry becomes one for each leaf of this axis under the node of its cell.
        count = size[node[entry]]
        first = (np.cumsum(size) - size)[node[entry]] - (np.cumsum(count) - count)
        leaf = np.repeat(leaf * len(column), count) + under[np.repeat(first, count) + np.arange(count.sum())]
        entry = np.repeat(entry, count)
    start = np.zeros(len(asked) + 1, dtype=np.int64)
    start[cells + 1] = np.bincount(entry, minlength=len(cells))
    width = int(np.prod([len(of) for of in leaves]))
    return sparse.csr_array((np.ones(len(leaf), dtype=np.int64), leaf, np.cumsum(start)), (len(asked), width))


def _signs(layout: CellLayout) -> sparse.csr_array:
    """(overlaps, slices) coefficients."""
    entries = [(k, s, sign) for k, overlap in enumerate(layout.overlaps) for s, sign in overlap.terms]
    row, column, sign = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    return sparse.csr_array((sign, (row, column)), (len(layout.overlaps), layout.shape[0]))


def _identity(size: int) -> sparse.csr_array:
    return sparse.csr_array(sparse.eye_array(size, dtype=np.int64))


def _by_overlap(index: Ints, positions: int) -> list[tuple[int, Ints]]:
    numbers = index // positions
    return [(int(k), index[numbers == k] % positions) for k in np.unique(numbers)]
