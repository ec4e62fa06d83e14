"""From leaves to cells: a sparse matrix of whole numbers that says in which sums a variable is.

The sums, numbered in this order: every cell of the layout; every overlap in every leaf; the differences that are to be
proved. Of cells that nothing is asked of there is none: of linked tables, whose dimensions are never published all
together, these are most cells, and they would add up most leaves.

Memory: 12 bytes for each sum that a variable is in. The matrix is made variable by variable, some at a time, and is
the only copy: of all linked professions of a year it has tens of millions of entries.
"""

from dataclasses import dataclass
from math import prod

import numpy as np
from scipy import sparse

from seuil.disclosure.verify.cells import CellLayout
from seuil.disclosure.verify.inputs import Bools, Ints
from seuil.model.hierarchy import Hierarchy

CHUNK = 4_000_000  # cells above leaves that are looked at together


@dataclass(frozen=True)
class System:
    """to_cells: (variables, sums). leaf_rows: (variables,) the sum that is a leaf's own cell. differences: see
    `row_of`.
    """

    to_cells: sparse.csr_array
    leaf_rows: Ints
    cells: int
    overlaps: int
    differences: Ints

    @property
    def rows(self) -> int:
        """How many sums there are."""
        return int(self.to_cells.shape[1])

    def values(self, table: Ints) -> Ints:
        """(sums,) of a table (variables,)."""
        return np.asarray(self.to_cells.T @ table, dtype=np.int64)  # the transpose is a view

    def row_of(self, index: Ints) -> Ints:
        """The numbers of cells numbered as in a proof; beyond the layout's cells only `differences` have one."""
        place = np.searchsorted(self.differences, index)
        return np.where(index < self.cells, index, self.cells + self.overlaps + place)

    @property
    def is_leaf(self) -> Bools:
        """(sums,) whether it is a leaf itself."""
        leaf = np.zeros(self.rows, dtype=np.bool_)
        leaf[self.leaf_rows] = True
        return leaf


def system(layout: CellLayout, differences: Ints, asked: Bools) -> System:
    """The sums of a layout, and the `differences` (sorted, numbered as in a proof).

    asked: (cells) of which anything is asked; leaves are in any case.
    """
    slices, positions = layout.shape[0], layout.published.size // layout.shape[0]
    size = slices * positions
    here = np.array(asked.reshape(slices, positions).any(axis=0))
    here[(differences - size) % positions] = True
    leaf_positions = np.ravel_multi_index(np.ix_(*(axis.leaves for axis in layout.axes)), layout.shape[1:]).reshape(-1)
    here[leaf_positions] = True
    one = _within_slice(layout, here)
    leaf_rows = (np.arange(slices)[:, None] * positions + leaf_positions[None, :]).reshape(-1)
    to_cells = one
    if slices > 1:
        signs, leaves = _signs(layout), one.shape[0]
        blocks = [sparse.kron(_identity(slices), one, format="csr")]
        if layout.overlaps:
            blocks.append(sparse.kron(signs, _identity(leaves), format="csr"))
        by_cell = one.T.tocsr() if len(differences) else one
        for number, place in _by_overlap(differences - size, positions):
            blocks.append(sparse.kron(signs[:, [number]], by_cell[place].T, format="csr"))
        to_cells = sparse.csr_array(sparse.hstack(blocks, format="csr", dtype=np.int64))
    return System(to_cells, leaf_rows, size, len(layout.overlaps) * one.shape[0], differences)


def _within_slice(layout: CellLayout, asked: Bools) -> sparse.csr_array:
    """(leaves, cells) of one slice: of which cells a leaf is a part. asked: (cells,) the others are left out."""
    shape, sizes = layout.shape[1:], [len(axis.leaves) for axis in layout.axes]
    above = [_above(axis) for axis in layout.axes]
    # Whether anything is asked of any cell that begins with these nodes of the first axes.
    begins = [np.asarray(asked.reshape(prod(shape[:k]), -1).any(axis=1)) for k in range(1, len(shape) + 1)]
    step = max(1, CHUNK // prod(int(size.max()) for size, _ in above))
    cells, counts = [np.zeros(0, np.int32)], [np.zeros(1, np.int64)]
    for first in range(0, prod(sizes), step):
        leaf = np.arange(first, min(first + step, prod(sizes)))
        places: list[Ints] = [np.asarray(place, np.int64) for place in np.unravel_index(leaf, sizes)]
        entry, cell = np.arange(len(leaf)), np.zeros(len(leaf), dtype=np.int64)
        for (size, nodes), width, place, kept in zip(above, shape, places, begins, strict=True):
            # Every entry becomes one for each node of this axis above its leaf.
            count = size[place[entry]]
            start = (np.cumsum(size) - size)[place[entry]] - (np.cumsum(count) - count)
            cell = np.repeat(cell * width, count) + nodes[np.repeat(start, count) + np.arange(count.sum())]
            there = kept[cell]
            entry, cell = np.repeat(entry, count)[there], cell[there]
        cells.append(cell.astype(np.int32 if asked.size < 1 << 31 else np.int64))
        counts.append(np.bincount(entry, minlength=len(leaf)))
    start = np.cumsum(np.concatenate(counts))
    cell = np.concatenate(cells)
    return sparse.csr_array((np.ones(len(cell), dtype=np.int64), cell, start), (prod(sizes), asked.size))


def _above(axis: Hierarchy) -> tuple[Ints, Ints]:
    """How many nodes are above every leaf, itself included, and which: those of the first leaf, of the second, ..."""
    column = {leaf: k for k, leaf in enumerate(axis.leaves)}
    pairs = np.array([(column[leaf], node) for node, leaves in enumerate(axis.leaves_under) for leaf in leaves])
    return np.bincount(pairs[:, 0]), pairs[np.argsort(pairs[:, 0], kind="stable"), 1]


def _signs(layout: CellLayout) -> sparse.csr_array:
    """(slices, overlaps) coefficients."""
    entries = [(k, s, sign) for k, overlap in enumerate(layout.overlaps) for s, sign in overlap.terms]
    row, column, sign = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    return sparse.csr_array((sign, (column, row)), (layout.shape[0], len(layout.overlaps)))


def _identity(size: int) -> sparse.csr_array:
    return sparse.csr_array(sparse.eye_array(size, dtype=np.int64))


def _by_overlap(index: Ints, positions: int) -> list[tuple[int, Ints]]:
    numbers = index // positions
    return [(int(k), index[numbers == k] % positions) for k in np.unique(numbers)]
