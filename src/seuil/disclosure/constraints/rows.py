"""The equations between cells: every line (parent = sum of children) and every overlap, as one sparse system.

Cells are positions in the flattened `Grid.shape`. Row k says row_low[k] <= sum of coefficient x cell <= row_high[k].
In a table of two by two with its totals there are six: two rows, two columns, and the line of totals in each direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.grid import NO_LIMIT, Grid

UNBOUNDED = np.int64(NO_LIMIT)  # as a bound: none


class Incidence(NamedTuple):
    """A system of rows, by row and by cell, as compiled code takes it."""

    start: Ints
    cell: Ints
    coefficient: Ints
    low: Ints
    high: Ints
    cell_start: Ints
    cell_row: Ints


@dataclass(frozen=True)
class Rows:
    """A sparse system of rows with coefficients +1 and -1; entries of row k stand at start[k]:start[k + 1]."""

    start: Ints
    cell: Ints
    coefficient: Ints
    low: Ints
    high: Ints

    def __len__(self) -> int:
        return len(self.low)

    def of_cells(self, cells: int) -> tuple[Ints, Ints, Ints]:
        """The same entries by cell: start, row, coefficient."""
        matrix = csr_array((self.coefficient, self.cell, self.start), shape=(len(self), cells)).tocsc()
        return (matrix.indptr.astype(np.int64), matrix.indices.astype(np.int64), matrix.data.astype(np.int64))

    def incidence(self, cells: int) -> Incidence:
        """Both views of the system."""
        start, row, _ = self.of_cells(cells)
        return Incidence(self.start, self.cell, self.coefficient, self.low, self.high, start, row)

    def take(self, chosen: Bools) -> "Rows":
        """The chosen rows only."""
        size = np.diff(self.start)
        entry = np.repeat(chosen, size)
        start = np.concatenate([[0], np.cumsum(size[chosen])]).astype(np.int64)
        return Rows(start, self.cell[entry], self.coefficient[entry], self.low[chosen], self.high[chosen])

    def emptied(self, chosen: Bools) -> "Rows":
        """The same rows, of which the chosen ones say nothing any more: they keep their numbers and have no entry."""
        size = np.diff(self.start)
        start = np.concatenate([[0], np.cumsum(np.where(chosen, 0, size))]).astype(np.int64)
        entry = np.repeat(~chosen, size)
        return Rows(start, self.cell[entry], self.coefficient[entry], self.low, self.high)


def stack(parts: list[Rows]) -> Rows:
    """Several systems under each other."""
    offsets = np.cumsum([0] + [len(p.cell) for p in parts])
    start = np.concatenate([[0]] + [p.start[1:] + o for p, o in zip(parts, offsets[:-1], strict=True)])
    return Rows(
        start.astype(np.int64),
        *(np.concatenate([getattr(p, name) for p in parts]) for name in ("cell", "coefficient", "low", "high")),
    )


def lines(grid: Grid, boxes: Sequence[frozenset[int]] = ()) -> Rows:
    """Every additive line: a parent minus its children is 0, at every combination of the other dimensions.

    boxes: sets of axes; then only lines among cells that are at the total of all axes but those of one set.
    """
    cells = np.arange(grid.published.size, dtype=np.int64).reshape(grid.shape)
    here = np.zeros(grid.shape, np.bool_)
    parts = []
    # A line among cells that two boxes share is written once: `here` are the cells of the boxes before.
    for box in boxes or [frozenset(range(len(grid.axes)))]:
        inside = cell_box(grid, box)
        parts += [_lines_along(grid, k, cells[inside], here[inside]) for k in sorted(box)]
        here[inside] = True
    return stack(parts)


def cell_box(grid: Grid, box: frozenset[int]) -> tuple[Ints, ...]:
    """Index of the cells that are at the total of all axes but some."""
    nodes = [np.arange(len(axis.nodes)) if k in box else np.zeros(1, np.int64) for k, axis in enumerate(grid.axes)]
    return np.ix_(np.arange(grid.shape[0]), *nodes)


def _lines_along(grid: Grid, axis: int, cells: Ints, known: Bools) -> Rows:
    """Lines of one axis among some cells, but for those of `known` cells only."""
    hierarchy = grid.axes[axis]
    view = np.moveaxis(cells, axis + 1, -1).reshape(-1, len(hierarchy.nodes))
    old = np.moveaxis(known, axis + 1, -1).reshape(view.shape)
    blocks, sizes, signs = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for line in map(list, hierarchy.lines):
        members = view[:, line][~old[:, line].all(axis=1)]
        blocks.append(members.ravel())
        signs.append(np.tile(np.array([1] + [-1] * (len(line) - 1), np.int64), len(members)))
        sizes.append(np.full(len(members), len(line), np.int64))
    size = np.concatenate(sizes)
    start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
    return Rows(start, np.concatenate(blocks), np.concatenate(signs), np.zeros_like(size), np.zeros_like(size))


def overlaps(grid: Grid) -> Rows:
    """Every relation between slices in every cell: sum of coefficient x slice >= 0. Row r x (cells of a slice) + p."""
    per_slice = int(np.prod(grid.shape[1:]))
    here = np.arange(per_slice, dtype=np.int64)
    parts = [Rows(*(np.zeros(n, np.int64) for n in (1, 0, 0, 0, 0)))]
    for relation in grid.relations:
        members = np.stack([here + slice_ * per_slice for slice_, _ in relation.terms], axis=1)
        width = members.shape[1]
        parts.append(
            Rows(
                np.arange(per_slice + 1, dtype=np.int64) * width,
                members.ravel(),
                np.tile(np.array([c for _, c in relation.terms], np.int64), per_slice),
                np.zeros(per_slice, np.int64),
                np.full(per_slice, UNBOUNDED),
            )
        )
    return stack(parts)


def is_leaf(grid: Grid) -> Bools:
    """Cells that are a leaf on every axis."""
    leaf = np.ones(grid.shape, np.bool_)
    for k, axis in enumerate(grid.axes, start=1):
        flags = np.array([not c for c in axis.children])
        leaf &= flags.reshape([-1 if i == k else 1 for i in range(len(grid.shape))])
    return leaf


def spans(first: Ints, last: Ints) -> tuple[Ints, Ints]:
    """All positions from first to before last, span after span, and which span each is in."""
    size = last - first
    which = np.repeat(np.arange(len(size)), size)
    begin = np.cumsum(size) - size
    return np.arange(len(which)) - begin[which] + first[which], which
