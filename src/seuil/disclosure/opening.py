"""Find the shown cells that had best be hidden so that a cell can move (confidential: the base table is the truth).

Every shown cell may leave its figure at a price. A push of the cell to be protected is repaired in several ways; the
way whose opened cells cost least is taken, and is itself the witness that they suffice.
"""

from numba import njit

from seuil.disclosure import search
from seuil.disclosure.frame import Ints
from seuil.disclosure.search import Effort, Floats, Found, Problem, State


@njit(cache=True)
def _outside(p: Problem, s: State, cell: int) -> bool:
    """Whether a priced cell has left its bounds."""
    v, row = p.where_variable[cell], p.where_row[cell]
    if v >= 0:
        return p.price[v] > 0 and not s.low[v] <= s.x[v] <= s.high[v]
    return p.row_price[row] > 0 and not s.row_low[row] <= s.row[row] <= s.row_high[row]


@njit(cache=True)
def cheapest_way(
    p: Problem,
    s: State,
    f: Found,
    cell: int,
    companions: Ints,
    cost: Floats,
    effort: Effort,
    opened: Ints,
    moved: Ints,
    values: Ints,
) -> tuple[int, int]:
    """Push a cell in `effort.tries` ways, up and down, with each companion in turn; keep the cheapest.

    Fills opened, and moved with their values. Returns how many there are of each; -1 and 0 where no way was found.
    """
    best, best_opened, best_moved = 1e18, -1, 0
    low, high = search.bounds_of(p, s, cell)
    for attempt in range(effort.tries):
        up = attempt % 3 != 2
        goal = search.goal_of(p, f, cell, up, False, low, high)
        if (up and goal <= f.highest[cell]) or (not up and goal >= f.lowest[cell]):
            continue
        # A price stands for so many units of violation; with amounts these are far larger than with counts.
        p.scale[0] = max(1.0, abs(goal - search.value(p, s, cell)) / max(p.threshold, 1))
        companion = companions[attempt % len(companions)] if len(companions) else -1
        variables, cells, whole = search.push(p, s, cell, goal, up, companion, effort.steps, effort.stall)
        if not whole:
            continue
        price = 0.0
        for q in range(cells):
            if _outside(p, s, s.touched[q]):
                price += cost[s.touched[q]]
        if price < best:
            best, best_opened, best_moved = price, 0, cells
            for q in range(cells):
                c = s.touched[q]
                moved[q], values[q] = c, search.value(p, s, c)
                if _outside(p, s, c):
                    opened[best_opened] = c
                    best_opened += 1
        search.undo(p, s, variables)
        if best == 0.0:
            break
    return best_opened, best_moved


@njit(cache=True)
def take(p: Problem, s: State, f: Found, opened: Ints, moved: Ints, values: Ints, hidden_low: Ints) -> None:
    """Hide the opened cells for good, and keep what the way showed of every cell that it moved."""
    for c in opened:
        v, row = p.where_variable[c], p.where_row[c]
        if v >= 0:
            p.price[v] = 0
            s.low[v], s.high[v] = hidden_low[c], p.wide_high[v]
        else:
            p.row_price[row] = 0
            s.row_low[row], s.row_high[row] = hidden_low[c], search.NEVER
    for q in range(len(moved)):
        c = moved[q]
        f.lowest[c] = min(f.lowest[c], values[q])
        f.highest[c] = max(f.highest[c], values[q])
