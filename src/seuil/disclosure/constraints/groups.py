"""Groups of hidden cells: those that share a line or an overlap (2e). Shown cells don't connect them.

*Connected components* of the graph of hidden cells and rows, in time linear in the entries. Of 3 x 3 hidden cells

    NS NS 12      the first four are one group, the last one is another: no line has hidden cells of both. Each must
    NS NS 15      hold a small cell of its own, or there would have been nothing to hide there. (Here the last one is
    20 30 NS      alone, so that readers know that it is small: no pattern may do that.)
"""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.rows import Rows


def groups_of(rows: Rows, hidden: Bools, left_over: Bools, first_left_over: int) -> Ints:
    """Group number of every cell: of hidden cells, then of open left-over rows; -1 for others.

    hidden: (cells,) hidden or open implied. left_over: (overlap rows,) open ones; they are the rows of `rows` from
    `first_left_over` on, in that order.
    """
    line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    entry = hidden[rows.cell]
    cells, count = len(hidden), len(rows)
    # A graph of two kinds of nodes, rows and cells: cells of one row are connected through it, not each with each. A
    # left-over row is a hidden figure of its own, so it is a node of either kind.
    extra = np.flatnonzero(left_over)
    of_row = np.concatenate([line[entry], first_left_over + extra])
    of_cell = np.concatenate([rows.cell[entry], cells + extra])
    total = cells + len(left_over)
    graph = coo_array((np.ones(len(of_row), np.int8), (of_row, count + of_cell)), shape=(count + total, count + total))
    label = connected_components(graph, directed=False)[1][count:]
    grouped = np.concatenate([hidden, left_over])
    out = np.full(total, -1, np.int64)
    _, out[grouped] = np.unique(label[grouped], return_inverse=True)
    return out


class Neighbours:
    """Looks up line-mates. able: (cells,) that may be hidden. random: decides their order."""

    def __init__(self, rows: Rows, able: Bools, random: np.random.Generator) -> None:
        self.rows, self.able, self.random = rows, able, random
        self.start, self.row, _ = rows.of_cells(len(able))

    def of(self, cell: int) -> Ints:
        """Cells that share a row with a cell and may be hidden, in random order."""
        return self.random.permutation(self.of_all(np.array([cell])))

    def of_all(self, cells: Ints) -> Ints:
        """Cells, sorted, that share a row with any of some cells, may be hidden, and are none of them."""
        start, row = self.rows.start, self.row
        touched = np.unique(np.concatenate([row[:0], *(row[self.start[c] : self.start[c + 1]] for c in cells)]))
        mates = [self.rows.cell[start[r] : start[r + 1]] for r in touched]
        found = np.unique(np.concatenate([row[:0], *mates]))
        return np.setdiff1d(found[self.able[found]], cells)
