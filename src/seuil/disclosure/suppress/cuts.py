"""Cuts from bound propagation: hidden cells that public bounds hold in too narrow a range, and which figures do it.

The protection levels of a hidden cell (Hundepool et al. 2012, Statistical Disclosure Control, chapter 4) ask that
what can be worked out of it reaches an upper and a lower level, or is wide enough (sliding). Bounds are propagated over
rows one change after the other, as feasibility-based bound tightening of integer programming does, and every change
remembers the row that it came from, like the implication graph of a SAT solver. So a range can be traced back to the
figures that it rests on. Unless one of those is hidden, the cell stays held: a cut that every pattern has to obey which
hides the cell (the capacity constraints of Fischetti and Salazar-Gonzalez 2001, Management Science 47, found here
without a linear program). Confidential: which cells are held depends on true figures.

    3 x 3 with totals, T = 5; a alone is hidden:       a  7  8 | 18       the row says a = 18 - 7 - 8
                                                       6  9  5 | 20
    cut of the row: a <= cell 7 + cell 8 + total 18    4  8  6 | 18       and so does the column
    (1 where a cell is hidden, 0 where it is shown)   13 24 19 | 56

Cost: every change costs the length of a row, and there are at most `changes_traced` for each cell; tracing visits each
change once for each cell that is held.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numba import njit

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.compiled import compiled
from seuil.disclosure.constraints.propagation import left_by_others, row_sums
from seuil.disclosure.constraints.rows import Incidence, Rows

LOW, HIGH = 0, 1
ALL_CELLS = 1 << 60


class ProtectionLevels(NamedTuple):
    """What is asked of every cell once it is hidden, (cells,) each: a range at least `sliding` wide (0: nothing is
    asked) that reaches up to `upper` and down to `lower`.
    """

    sliding: Ints
    upper: Ints
    lower: Ints


class Cuts(NamedTuple):
    """Cut k: if cell `held[k]` is hidden (or the sum of row `held[k] - cells` has to be), so is one of the cells at
    start[k]:start[k + 1].
    """

    held: Ints
    start: Ints
    cell: Ints


class _Trail(NamedTuple):
    """Changes of bounds in their order: whose, by which row, and the change of the same bound before it (-1: none)."""

    row: Ints
    before: Ints
    latest: Ints


def exposures(
    rows: Rows,
    low: Ints,
    high: Ints,
    shown: Bools,
    levels: ProtectionLevels,
    rest_sliding: Ints,
    *,
    longest: int = ALL_CELLS,
) -> Cuts:
    """Every cell that is held in too narrow a range by the bounds low to high, and every row whose sum is.

    shown: (cells,) whose bounds rest on a figure. rest_sliding: (rows,) range asked of the sum of a row, 0 for nothing.
    longest: figures of a cut; those that rest on more are left out.
    """
    # Of linked tables most cells of the grid stand in no row: only the others are numbered here.
    cells = len(low)
    stands = np.zeros(cells, np.bool_)
    stands[rows.cell] = True
    here, number = np.flatnonzero(stands), np.cumsum(stands) - 1
    net = replace(rows, cell=number[rows.cell]).incidence(len(here))
    low, high = low[here], high[here]
    raw = low.copy(), high.copy()
    size = tuning.TUNING.suppress.changes_traced * len(here) + 1000  # what is beyond is left to the search
    trail = _Trail(np.zeros(size, np.int64), np.zeros(size, np.int64), np.full((2, len(here)), -1))
    _propagate(net, low, high, trail, np.arange(len(rows)), np.ones(len(rows), np.bool_))
    levels = ProtectionLevels(*(level[here] for level in levels))
    held, start, cell = _trace(net, low, high, raw[0], raw[1], shown[here], levels, rest_sliding, trail, longest)
    of_row = held >= len(here)
    number = np.where(of_row, held + (cells - len(here)), here[np.where(of_row, 0, held)] if len(here) else held)
    return Cuts(number, start, here[cell])


@compiled
def _propagate(net: Incidence, low: Ints, high: Ints, trail: _Trail, queue: Ints, waiting: Bools) -> None:
    """Tighten bounds row by row, in the order in which rows are touched. queue, waiting: (rows,) all of them."""
    rows = len(net.low)
    first, count, changes = 0, rows, 0
    while count > 0:
        row = queue[first]
        first = (first + 1) % rows
        count -= 1
        waiting[row] = False
        a, b = net.start[row], net.start[row + 1]
        sums = row_sums(a, b, net.cell, net.coefficient, low, high)
        if sums[2] > 1 and sums[3] > 1:  # two members without a bound on either side: the row says nothing of any
            continue
        for k in range(a, b):
            c = net.cell[k]
            if low[c] == high[c]:
                continue
            # The sums are of the bounds as they were when the row was taken up.
            lower, upper = left_by_others(sums, net.coefficient[k] > 0, low[c], high[c], net.low[row], net.high[row])
            for side in range(2):
                better = lower > low[c] if side == LOW else upper < high[c]
                if not better:
                    continue
                if changes == len(trail.row):
                    return
                trail.row[changes], trail.before[changes] = row, trail.latest[side, c]
                trail.latest[side, c] = changes
                changes += 1
            if lower > low[c] or upper < high[c]:
                low[c], high[c] = lower, upper
                # The row itself does not wait again: what it gains from its own changes is not worth another visit.
                for q in range(net.cell_start[c], net.cell_start[c + 1]):
                    other = net.cell_row[q]
                    if not waiting[other] and other != row:
                        queue[(first + count) % rows] = other
                        count += 1
                        waiting[other] = True


class _Walk(NamedTuple):
    """What is still to be traced: (cell, side, change or -1 for the first bound), and what has been on the stack.

    Every change comes on it once at most, and so does every cell's first bound. So it has room for all of them.
    """

    stack: Ints
    seen_change: Ints
    seen_cell: Ints


@compiled
def _push(walk: _Walk, n: int, stamp: int, cell: int, side: int, change: int) -> int:
    """Put a bound on the stack, unless it was there before; returns how many are there."""
    if change < 0:
        if walk.seen_cell[cell] == stamp:
            return n
        walk.seen_cell[cell] = stamp
    else:
        if walk.seen_change[change] == stamp:
            return n
        walk.seen_change[change] = stamp
    walk.stack[n, 0], walk.stack[n, 1], walk.stack[n, 2] = cell, side, change
    return n + 1


@compiled
def _sides(low: int, high: int, raw_low: int, raw_high: int, sliding: int, upper: int, lower: int) -> tuple[bool, bool]:
    """Whether a cell is held by its lower bound, and by its upper one; where one of them does it, only that."""
    from_low, from_high = low > lower, high < upper
    if from_low or from_high or high - low >= sliding:
        return from_low, from_high
    # One bound may hold the cell with what is known of it anyway; a cut of that side alone has fewer figures.
    if high - raw_low < sliding:
        return False, True
    if raw_high - low < sliding:
        return True, False
    return True, True


@compiled
def _rest_is_held(net: Incidence, row: int, low: Ints, high: Ints, sliding: int) -> bool:
    least, most = 0, 0
    for k in range(net.start[row], net.start[row + 1]):
        c, plus = net.cell[k], net.coefficient[k] > 0
        least += low[c] if plus else -high[c]
        most += high[c] if plus else -low[c]
    return most - max(least, net.low[row]) < sliding


@compiled
def _follow(net: Incidence, trail: _Trail, walk: _Walk, n: int, stamp: int, cell: int, side: int, change: int) -> int:
    """Put what a change rests on on the stack; returns how many are there."""
    row = trail.row[change]
    mine = 0
    for k in range(net.start[row], net.start[row + 1]):
        if net.cell[k] == cell:
            mine = net.coefficient[k]
    for k in range(net.start[row], net.start[row + 1]):
        c = net.cell[k]
        if c == cell:
            continue
        # An upper bound rests on the lower bounds of members with its sign, on the upper ones of the others.
        other = 1 - side if net.coefficient[k] == mine else side
        # Only what was known before the change can be its reason; that also keeps the graph without cycles.
        rests_on = trail.latest[other, c]
        while rests_on >= change:
            rests_on = trail.before[rests_on]
        n = _push(walk, n, stamp, c, other, rests_on)
    return n


@njit(cache=True)
def _trace(
    net: Incidence,
    low: Ints,
    high: Ints,
    raw_low: Ints,
    raw_high: Ints,
    shown: Bools,
    levels: ProtectionLevels,
    rest_sliding: Ints,
    trail: _Trail,
    longest: int,
) -> tuple[Ints, Ints, Ints]:
    """The cuts of all held cells and rows."""
    cells = len(low)
    held, start, members = [0], [0], [0]  # so that their type is known
    held.clear()
    members.clear()
    room = len(trail.row) + cells
    walk = _Walk(np.zeros((room, 3), np.int64), np.zeros(len(trail.row), np.int64), np.zeros(cells, np.int64))
    for what in range(cells + len(net.low)):
        n, stamp = 0, what + 1
        if what < cells:
            if levels.sliding[what] == 0:
                continue
            sides = _sides(
                low[what],
                high[what],
                raw_low[what],
                raw_high[what],
                levels.sliding[what],
                levels.upper[what],
                levels.lower[what],
            )
            if not (sides[LOW] or sides[HIGH]):
                continue
            for side in range(2):
                if sides[side]:
                    n = _push(walk, n, stamp, what, side, trail.latest[side, what])
        else:
            row = what - cells
            if rest_sliding[row] == 0 or not _rest_is_held(net, row, low, high, rest_sliding[row]):
                continue
            # The sum of a row is held by the bounds of all its members, on both sides.
            for k in range(net.start[row], net.start[row + 1]):
                for side in range(2):
                    n = _push(walk, n, stamp, net.cell[k], side, trail.latest[side, net.cell[k]])
        first = start[-1]
        while n > 0 and len(members) - first <= longest:
            n -= 1
            c, side, change = walk.stack[n]
            if change >= 0:
                n = _follow(net, trail, walk, n, stamp, c, side, change)
            elif shown[c] and c != what:  # the bound that the cell began with: a figure, if the cell is shown
                members.append(c)
        if len(members) - first > longest:
            while len(members) > first:
                members.pop()
            continue
        held.append(what)
        start.append(len(members))
    return np.array(held, np.int64), np.array(start, np.int64), np.array(members, np.int64)
