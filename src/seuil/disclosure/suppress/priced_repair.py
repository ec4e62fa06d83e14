"""Priced repair: which shown cells had best be hidden so that a cell can move (confidential: from the true table).

The repair of the search (`witness.repair`) with elastic constraints: every eligible shown cell may leave its figure at
a price, which counts as violation does. The cell to be protected is pushed to its protection level, the table repaired
in several ways, and the way whose cells cost least is taken; it is itself the witness that hiding them is enough. This
is what network heuristics of complementary suppression do by shortest paths, one cell at a time (Cox 1995, Journal of
the American Statistical Association 90; Castro 2007, INFORMS Journal on Computing 19), for systems that are no network.

    a = 3 of (a 7 8 | 18), T = 5, raised to 8: 7 can fall to 2 at the price of one cell, or the total rise to 23 at that
    of another; in the column of the cell that moved the same is asked again

Cost: `tries` repairs for each direction, and as many again as there are cells to do without.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from seuil.disclosure.arrays import Floats, Ints
from seuil.disclosure.compiled import compiled
from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.tuning import TUNING, Effort
from seuil.disclosure.witness import push
from seuil.disclosure.witness.push import Found
from seuil.disclosure.witness.state import Problem, State

_HIDDEN_PRICE = TUNING.suppress.hidden_price  # compiled code holds it from its import on


@compiled
def _outside(p: Problem, s: State, cell: int) -> bool:
    """Whether a priced cell has left its bounds."""
    v, row = p.where_variable[cell], p.where_row[cell]
    if v >= 0:
        return p.price[v] > 0 and not s.low[v] <= s.x[v] <= s.high[v]
    return p.row_price[row] > 0 and not s.row_low[row] <= s.row[row] <= s.row_high[row]


class PricedRepair(NamedTuple):
    """The cheapest repair found, filled in place by compiled code.

    hidden: the shown cells that left their figures. moved, values: all cells that it moves, and where to. size: how
    many there are of both. price: what hiding costs.
    """

    hidden: Ints
    moved: Ints
    values: Ints
    size: Ints
    price: Floats


def no_repair(cells: int) -> PricedRepair:
    """Room for a repair over so many cells."""
    hidden, moved, values = (np.zeros(cells, np.int64) for _ in range(3))
    return PricedRepair(hidden, moved, values, np.zeros(2, np.int64), np.full(1, 1e18))


@compiled
def _attempt(
    p: Problem,
    s: State,
    cell: int,
    goal: int,
    up: bool,
    companion: int,
    cost: Floats,
    effort: Effort,
    best: PricedRepair,
) -> bool:
    """Push once; keep the repair if it is cheaper than the best so far."""
    variables, cells, whole = push.push(p, s, cell, goal, up, companion, effort.steps, effort.stall)
    if not whole:
        return False
    price, hidden = 0.0, 0
    for q in range(cells):
        if _outside(p, s, s.touched[q]):
            price += cost[s.touched[q]]
    cheaper = price < best.price[0] - 1e-9
    if cheaper:
        best.price[0] = price
        for q in range(cells):
            c = s.touched[q]
            best.moved[q], best.values[q] = c, push.value(p, s, c)
            if _outside(p, s, c):
                best.hidden[hidden] = c
                hidden += 1
        best.size[0], best.size[1] = hidden, cells
    push.undo(p, s, variables)
    return cheaper


@compiled
def _price(p: Problem, cell: int) -> float:
    v = p.where_variable[cell]
    return p.price[v] if v >= 0 else p.row_price[p.where_row[cell]]


@compiled
def _set_price(p: Problem, cell: int, price: float) -> None:
    v = p.where_variable[cell]
    if v >= 0:
        p.price[v] = price
    else:
        p.row_price[p.where_row[cell]] = price


@njit(cache=True, nogil=True)
def _do_without(
    p: Problem,
    s: State,
    cell: int,
    goal: int,
    up: bool,
    companion: int,
    cost: Floats,
    effort: Effort,
    best: PricedRepair,
) -> None:
    """Do without one of the hidden cells after the other, where a cheaper repair is found."""
    k = 0
    while k < best.size[0]:
        n = best.size[0]
        hidden = best.hidden[:n].copy()
        price = np.empty(n)
        for q in range(n):
            price[q] = _price(p, hidden[q])
            # No price means that the cell has to stay at its figure. The others are nearly free, so that the repair
            # leans on what is paid for already instead of on new cells.
            _set_price(p, hidden[q], 0.0 if q == k else _HIDDEN_PRICE * price[q])
        cheaper = _attempt(p, s, cell, goal, up, companion, cost, effort, best)
        for q in range(n):
            _set_price(p, hidden[q], price[q])
        k = 0 if cheaper else k + 1


@njit(cache=True, nogil=True)
def cheapest_repair(
    p: Problem, s: State, f: Found, cell: int, companions: Ints, cost: Floats, effort: Effort, best: PricedRepair
) -> bool:
    """Push a cell in `effort.tries` ways, up and down, with each companion in turn; keep the cheapest in `best`, and do
    without what of it is needless. Returns whether one was found.
    """
    best.price[0], best.size[0], best.size[1] = 1e18, 0, 0
    low, high = push.bounds_of(p, s, cell)
    best_goal, best_up, best_companion = 0, True, -1
    for attempt in range(effort.tries):
        # Up twice as often: most cells that are unproved are small ones, which have little room below.
        up = attempt % 3 != 2
        goal = push.goal_of(p, f, cell, up, False, low, high)
        if (up and goal <= f.highest[cell]) or (not up and goal >= f.lowest[cell]):
            continue
        # A price stands for so many units of violation; with amounts these are far larger than with counts.
        p.scale[0] = max(1.0, abs(goal - push.value(p, s, cell)) / max(p.threshold, 1))
        companion = companions[attempt % len(companions)] if len(companions) else -1
        if _attempt(p, s, cell, goal, up, companion, cost, effort, best):
            best_goal, best_up, best_companion = goal, up, companion
        if best.price[0] == 0.0:  # it can move without anything else being hidden
            break
    if best.size[0] > 1:
        _do_without(p, s, cell, best_goal, best_up, best_companion, cost, effort, best)
    return best.size[1] > 0


@compiled
def hide(p: Problem, s: State, cells: Ints, hidden_low: Ints, hidden_high: Ints) -> None:
    """Let some shown cells leave their figures at no price."""
    for c in cells:
        v, row = p.where_variable[c], p.where_row[c]
        if v >= 0:
            p.price[v] = 0
            s.low[v], s.high[v] = hidden_low[c], p.wide_high[v]
        else:
            p.row_price[row] = 0
            s.row_low[row], s.row_high[row] = hidden_low[c], hidden_high[c] if hidden_high[c] < UNBOUNDED else INFINITE


@compiled
def take(p: Problem, s: State, f: Found, best: PricedRepair, hidden_low: Ints, hidden_high: Ints) -> None:
    """Hide the cells of a repair for good, and keep what it showed of every cell that it moved."""
    hide(p, s, best.hidden[: best.size[0]], hidden_low, hidden_high)
    for q in range(best.size[1]):
        c = best.moved[q]
        f.lowest[c] = min(f.lowest[c], best.values[q])
        f.highest[c] = max(f.highest[c], best.values[q])
