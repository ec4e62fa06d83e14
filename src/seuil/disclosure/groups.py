"""Groups of hidden cells: those that share a line or an overlap (2e). Shown cells don't connect them."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from seuil.disclosure.frame import Bools, Ints
from seuil.disclosure.lattice import Rows


def groups_of(rows: Rows, hidden: Bools, left_over: Bools, first_left_over: int) -> Ints:
    """Group number of every cell: of hidden cells, then of open left-over rows; -1 for others.

    hidden: (cells,) hidden or open implied. left_over: (overlap rows,) open ones; they are the rows of `rows` from
    `first_left_over` on, in that order.
    """
    line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    entry = hidden[rows.cell]
    cells, count = len(hidden), len(rows)
    extra = np.flatnonzero(left_over)
    of_row = np.concatenate([line[entry], first_left_over + extra])
    of_cell = np.concatenate([rows.cell[entry], cells + extra])
    total = cells + len(left_over)
    graph = coo_array((np.ones(len(of_row), np.int8), (of_row, count + of_cell)), shape=(count + total, count + total))
    label = connected_components(graph, directed=False)[1][count:]
    wanted = np.concatenate([hidden, left_over])
    out = np.full(total, -1, np.int64)
    _, out[wanted] = np.unique(label[wanted], return_inverse=True)
    return out
