"""Find the shown cells that had best be hidden so that a cell can move (confidential: the base table is the truth).

Every shown cell may leave its figure at a price. A push of the cell to be protected is repaired in several ways; the
way whose opened cells cost least is taken, and is itself the witness that they suffice.
"""

from typing import NamedTuple

import numpy as np
from numba import njit

from seuil.disclosure.arrays import Floats, Ints
from seuil.disclosure.compiled import compiled
from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.tuning import Effort
from seuil.disclosure.witness import push
from seuil.disclosure.witness.push import Found
from seuil.disclosure.witness.state import Problem, State

Level = tuple[
    float, int, Effort
]  # price; levels above the leaves, dimensions added up, up to which cells may be opened

ANY_HEIGHT = 1_000
COUNTS: tuple[Level, ...] = (
    (40.0, 3, Effort(steps=400, stall=100, tries=8, units=0)),
    (40.0, 1, Effort(steps=2_000, stall=500, tries=8, units=0)),
    (40.0, 2, Effort(steps=2_000, stall=500, tries=8, units=0)),
    (40.0, ANY_HEIGHT, Effort(steps=2_000, stall=500, tries=8, units=0)),
    (40.0, ANY_HEIGHT, Effort(steps=10_000, stall=2_500, tries=8, units=0)),
    (25.0, ANY_HEIGHT, Effort(steps=4_000, stall=1_000, tries=8, units=0)),
    (15.0, ANY_HEIGHT, Effort(steps=4_000, stall=1_000, tries=8, units=0)),
    (8.0, ANY_HEIGHT, Effort(steps=4_000, stall=800, tries=8, units=0)),
    (4.0, ANY_HEIGHT, Effort(steps=4_000, stall=800, tries=8, units=0)),
    (2.0, ANY_HEIGHT, Effort(steps=4_000, stall=800, tries=10, units=0)),
    (0.5, ANY_HEIGHT, Effort(steps=8_000, stall=2_000, tries=12, units=0)),
)
SUMS: tuple[Level, ...] = (
    (40.0, 0, Effort(steps=400, stall=100, tries=8, units=0)),
    (40.0, 1, Effort(steps=2_000, stall=500, tries=8, units=0)),
    (8.0, 1, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
    (40.0, 2, Effort(steps=2_000, stall=500, tries=8, units=0)),
    (8.0, 2, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
    (2.0, 2, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
    (40.0, 3, Effort(steps=2_000, stall=500, tries=8, units=0)),
    (8.0, 3, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
    (2.0, 3, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
    (8.0, ANY_HEIGHT, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
    (0.5, ANY_HEIGHT, Effort(steps=6_000, stall=1_500, tries=10, units=0)),
    (0.1, ANY_HEIGHT, Effort(steps=40_000, stall=10_000, tries=16, units=0)),
)
CROWDS: tuple[Level, ...] = (
    (8.0, ANY_HEIGHT, Effort(steps=2_000, stall=500, tries=4, units=0)),
    (4.0, ANY_HEIGHT, Effort(steps=2_000, stall=500, tries=4, units=0)),
    (2.0, ANY_HEIGHT, Effort(steps=2_000, stall=500, tries=4, units=0)),
    (0.5, ANY_HEIGHT, Effort(steps=8_000, stall=2_000, tries=12, units=0)),
)
NEARLY_FREE = 0.01  # share of its price that a cell costs that is opened already


@compiled
def _outside(p: Problem, s: State, cell: int) -> bool:
    """Whether a priced cell has left its bounds."""
    v, row = p.where_variable[cell], p.where_row[cell]
    if v >= 0:
        return p.price[v] > 0 and not s.low[v] <= s.x[v] <= s.high[v]
    return p.row_price[row] > 0 and not s.row_low[row] <= s.row[row] <= s.row_high[row]


class Way(NamedTuple):
    """The cheapest way found: the cells opened, all cells moved and their values, how many there are of each, price."""

    opened: Ints
    moved: Ints
    values: Ints
    size: Ints
    price: Floats


def no_way(cells: int) -> Way:
    """Room for a way over so many cells."""
    opened, moved, values = (np.zeros(cells, np.int64) for _ in range(3))
    return Way(opened, moved, values, np.zeros(2, np.int64), np.full(1, 1e18))


@compiled
def _try(
    p: Problem, s: State, cell: int, goal: int, up: bool, companion: int, cost: Floats, effort: Effort, way: Way
) -> bool:
    """Push once; keep the way if it is cheaper than the one there is."""
    variables, cells, whole = push.push(p, s, cell, goal, up, companion, effort.steps, effort.stall)
    if not whole:
        return False
    price, opened = 0.0, 0
    for q in range(cells):
        if _outside(p, s, s.touched[q]):
            price += cost[s.touched[q]]
    cheaper = price < way.price[0] - 1e-9
    if cheaper:
        way.price[0] = price
        for q in range(cells):
            c = s.touched[q]
            way.moved[q], way.values[q] = c, push.value(p, s, c)
            if _outside(p, s, c):
                way.opened[opened] = c
                opened += 1
        way.size[0], way.size[1] = opened, cells
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


@njit(cache=True)
def _thin(
    p: Problem, s: State, cell: int, goal: int, up: bool, companion: int, cost: Floats, effort: Effort, way: Way
) -> None:
    """Do without one of the opened cells after the other, where a cheaper way is found; the others are nearly free."""
    k = 0
    while k < way.size[0]:
        n = way.size[0]
        opened = way.opened[:n].copy()
        price = np.empty(n)
        for q in range(n):
            price[q] = _price(p, opened[q])
            _set_price(p, opened[q], 0.0 if q == k else NEARLY_FREE * price[q])
        cheaper = _try(p, s, cell, goal, up, companion, cost, effort, way)
        for q in range(n):
            _set_price(p, opened[q], price[q])
        k = 0 if cheaper else k + 1


@njit(cache=True)
def cheapest_way(
    p: Problem, s: State, f: Found, cell: int, companions: Ints, cost: Floats, effort: Effort, way: Way
) -> bool:
    """Push a cell in `effort.tries` ways, up and down, with each companion in turn; keep the cheapest, and thin it.

    Returns whether a way was found.
    """
    way.price[0], way.size[0], way.size[1] = 1e18, 0, 0
    low, high = push.bounds_of(p, s, cell)
    best_goal, best_up, best_companion = 0, True, -1
    for attempt in range(effort.tries):
        up = attempt % 3 != 2
        goal = push.goal_of(p, f, cell, up, False, low, high)
        if (up and goal <= f.highest[cell]) or (not up and goal >= f.lowest[cell]):
            continue
        # A price stands for so many units of violation; with amounts these are far larger than with counts.
        p.scale[0] = max(1.0, abs(goal - push.value(p, s, cell)) / max(p.threshold, 1))
        companion = companions[attempt % len(companions)] if len(companions) else -1
        if _try(p, s, cell, goal, up, companion, cost, effort, way):
            best_goal, best_up, best_companion = goal, up, companion
        if way.price[0] == 0.0:
            break
    if way.size[0] > 1:
        _thin(p, s, cell, best_goal, best_up, best_companion, cost, effort, way)
    return way.size[1] > 0


@compiled
def take(p: Problem, s: State, f: Found, way: Way, hidden_low: Ints, hidden_high: Ints) -> None:
    """Hide the opened cells for good, and keep what the way showed of every cell that it moved."""
    for c in way.opened[: way.size[0]]:
        v, row = p.where_variable[c], p.where_row[c]
        if v >= 0:
            p.price[v] = 0
            s.low[v], s.high[v] = hidden_low[c], p.wide_high[v]
        else:
            p.row_price[row] = 0
            s.row_low[row], s.row_high[row] = hidden_low[c], hidden_high[c] if hidden_high[c] < UNBOUNDED else INFINITE
    for q in range(way.size[1]):
        c = way.moved[q]
        f.lowest[c] = min(f.lowest[c], way.values[q])
        f.highest[c] = max(f.highest[c], way.values[q])
