"""Choose shown cells to hide so that no single line or overlap gives a hidden cell away.

A row gives a cell away if its members' own bounds hold the cell in a range narrower than needed: a lone hidden cell
among shown ones, or hidden parts whose total is told to be too little. To mend a row one of its shown members is
hidden. The one is taken that costs least, less what it mends elsewhere, plus what it newly breaks. Costs and ties come
from public weights and the secret seed, never from a count; only whether a row is broken looks at figures.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from seuil.disclosure.frame import Bools, Ints
from seuil.disclosure.lattice import UNBOUNDED, Rows
from seuil.disclosure.search import Floats

MENDED = 0.6  # what a row mended (or broken) elsewhere is worth, in hidden cells


class Cells(NamedTuple):
    """Bounds of every cell while shown and once hidden, what it needs once hidden, and whether it may be hidden.

    need: 0 for a cell that nothing has to be proved of. hidden is changed in place.
    """

    low: Ints
    high: Ints
    hidden_low: Ints
    need: Ints
    openable: Bools
    cost: Floats
    hidden: Bools


class Incidence(NamedTuple):
    """A system of rows, by row and by cell. secret: rows whose rest may not be told, so one member has to be hidden."""

    start: Ints
    cell: Ints
    coefficient: Ints
    low: Ints
    high: Ints
    cell_start: Ints
    cell_row: Ints
    secret: Bools


def incidence_of(rows: Rows, cells: int, secret: Bools) -> Incidence:
    """Both views of a system."""
    start, row, _ = rows.of_cells(cells)
    return Incidence(rows.start, rows.cell, rows.coefficient, rows.low, rows.high, start, row, secret)


@njit(cache=True)
def gives_away(rows: Incidence, cells: Cells, row: int) -> bool:
    """Whether the bounds of a row's members hold a hidden member in a range narrower than it needs."""
    least, most, open_least, open_most, hidden = 0, 0, 0, 0, 0
    for k in range(rows.start[row], rows.start[row + 1]):
        c = rows.cell[k]
        concealed = cells.hidden[c]
        hidden += concealed
        low = cells.hidden_low[c] if concealed else cells.low[c]
        unbounded = concealed or cells.high[c] >= UNBOUNDED
        if rows.coefficient[k] > 0:
            least += low
            most += 0 if unbounded else cells.high[c]
            open_most += unbounded
        else:
            least -= 0 if unbounded else cells.high[c]
            most -= low
            open_least += unbounded
    if hidden == 0:
        return rows.secret[row]
    for k in range(rows.start[row], rows.start[row + 1]):
        c = rows.cell[k]
        if not cells.hidden[c] or cells.need[c] == 0:
            continue
        low = cells.hidden_low[c]
        if rows.coefficient[k] > 0:
            if open_least > 0 or rows.high[row] >= UNBOUNDED:
                continue
            upper = rows.high[row] - (least - low)
            lower = rows.low[row] - most if open_most == 1 else low
        else:
            if open_most > 0:
                continue
            upper = most + low - rows.low[row]
            lower = least - rows.high[row] if open_least == 1 and rows.high[row] < UNBOUNDED else low
        if upper - max(low, lower) < cells.need[c]:
            return True
    return False


@njit(cache=True)
def _gain(rows: Incidence, cells: Cells, cell: int) -> float:
    """Rows that hiding the cell mends, less those that it breaks."""
    gain = 0.0
    for k in range(rows.cell_start[cell], rows.cell_start[cell + 1]):
        row = rows.cell_row[k]
        before = gives_away(rows, cells, row)
        cells.hidden[cell] = True
        after = gives_away(rows, cells, row)
        cells.hidden[cell] = False
        gain += int(before) - int(after)
    return gain


@njit(cache=True)
def _mend(rows: Incidence, cells: Cells, row: int) -> int:
    """Hide the best member of a broken row. Returns it, -1 where none may be hidden."""
    best, price, ties = -1, 1e18, 0
    for k in range(rows.start[row], rows.start[row + 1]):
        c = rows.cell[k]
        if cells.hidden[c] or not cells.openable[c]:
            continue
        mine = cells.cost[c] - MENDED * _gain(rows, cells, c)
        if mine < price - 1e-9:
            best, price, ties = c, mine, 1
        elif mine < price + 1e-9:
            ties += 1
            if np.random.randint(ties) == 0:
                best = c
    if best >= 0:
        cells.hidden[best] = True
    return best


@njit(cache=True)
def cover(rows: Incidence, cells: Cells, order: Ints) -> int:
    """Mend all rows, in the order given and then as they break. Returns how many could not be mended."""
    queue = np.empty(len(order) + 64 * len(cells.low), np.int64)
    queue[: len(order)] = order
    first, last, stuck = 0, len(order), 0
    while first < last:
        row = queue[first]
        first += 1
        while gives_away(rows, cells, row):
            chosen = _mend(rows, cells, row)
            if chosen < 0:
                stuck += 1
                break
            for k in range(rows.cell_start[chosen], rows.cell_start[chosen + 1]):
                if last < len(queue):
                    queue[last] = rows.cell_row[k]
                    last += 1
    return stuck


@njit(cache=True)
def show_needless(rows: Incidence, cells: Cells, candidates: Ints) -> int:
    """Show candidates again, in the order given, where no row gives a cell away without them. Returns how many."""
    shown = 0
    for c in candidates:
        cells.hidden[c] = False
        for k in range(rows.cell_start[c], rows.cell_start[c + 1]):
            if gives_away(rows, cells, rows.cell_row[k]):
                cells.hidden[c] = True
                break
        shown += not cells.hidden[c]
    return shown
