"""Whole-number search: repair a table that breaks rows, and push cells up or down to find other tables.

Repair takes a broken row (half the time the shortest of a sample, else any), and of its variables the step that closes
the row's whole violation at the least growth of the weighted violation of all rows it touches. A row whose best step
doesn't help gains weight until the push ends; a step may not be taken back at once (tabu). A push sets one bound beyond
what was seen of a cell, repairs, keeps what every watched cell reached, stores the change as a move and takes it back.

A bound may be given a price instead of being hard: then it can be left at that price. That is how `suppress` looks for
the shown cells that had best be hidden.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from seuil.disclosure.frame import Ints
from seuil.disclosure.system import Sparse

Floats = NDArray[np.float64]

SAMPLE = 24  # broken rows looked at for the shortest
FEW = 64  # variables of a row tried; of longer rows a sample
TABU = 2  # steps before one may be taken back

PLENTY = 3  # a group with more small cells than this keeps one without being asked

NEVER = 1 << 60

BROKEN, CLOCK, MOVES, ENTRIES, STAMP = range(5)


class Problem(NamedTuple):
    """What stays as it is during a search. price, row_price: 0 for a hard bound; scale: what they are multiplied by.

    wide_*: bounds that hold even where the priced ones are left. cell, row_cell: number of the watched cell, -1 for
    none. where_variable, where_row: (watched cells,) where a cell is found. need: how far apart its lowest and highest
    value must be; reach, fall: values that its highest and lowest must at least come to. group: of every watched cell;
    small_in_base: how many cells of a group are small in the base table. A cell is small from `floor` up to below
    `threshold`; justified: whether every group must hold one.
    """

    entries: Sparse
    price: Floats
    row_price: Floats
    scale: Floats
    wide_low: Ints
    wide_high: Ints
    cell: Ints
    row_cell: Ints
    where_variable: Ints
    where_row: Ints
    need: Ints
    reach: Ints
    fall: Ints
    group: Ints
    group_start: Ints
    group_member: Ints
    small_in_base: Ints
    floor: int
    threshold: int
    justified: bool


class State(NamedTuple):
    """What changes: the table, its rows, which are broken, and what has been found."""

    x: Ints
    low: Ints
    high: Ints
    row: Ints
    row_low: Ints
    row_high: Ints
    weight: Floats
    broken: Ints
    place: Ints
    tabu: Ints
    trail: Ints
    weighted: Ints
    base: Ints
    base_row: Ints
    group_change: Ints
    seen_variable: Ints
    seen_cell: Ints
    touched: Ints
    number: Ints


class Found(NamedTuple):
    """What a search has seen: per watched cell its lowest and highest value and the tables they come from."""

    lowest: Ints
    highest: Ints
    low_table: Ints
    high_table: Ints
    move_start: Ints
    move_variable: Ints
    move_change: Ints


class Effort(NamedTuple):
    """How hard a round tries: steps a repair, steps without fewer broken rows, tries a cell, single units after T."""

    steps: int
    stall: int
    tries: int
    units: int


@njit(cache=True)
def seed(number: int) -> None:
    """Seed the generator that compiled code uses."""
    np.random.seed(number)


@njit(cache=True)
def _beyond(value: int, low: int, high: int) -> int:
    if value < low:
        return value - low
    return value - high if value > high else 0


@njit(cache=True)
def set_row(p: Problem, s: State, row: int, value: int) -> None:
    """Give a row its value and keep the list of broken rows right."""
    is_broken = p.row_price[row] == 0 and (value < s.row_low[row] or value > s.row_high[row])
    at = s.place[row]
    n = s.number[BROKEN]
    if is_broken and at < 0:
        s.broken[n] = row
        s.place[row] = n
        s.number[BROKEN] = n + 1
    elif not is_broken and at >= 0:
        last = s.broken[n - 1]
        s.broken[at] = last
        s.place[last] = at
        s.place[row] = -1
        s.number[BROKEN] = n - 1
    s.row[row] = value


@njit(cache=True)
def step(p: Problem, s: State, variable: int, change: int) -> None:
    """Change one variable and all rows that it is in."""
    s.x[variable] += change
    e = p.entries
    for k in range(e.start[variable], e.start[variable + 1]):
        set_row(p, s, e.row[k], s.row[e.row[k]] + e.coefficient[k] * change)


@njit(cache=True)
def _growth(p: Problem, s: State, variable: int, change: int) -> float:
    """By how much a step lets the weighted violation (and what is paid for priced bounds) grow."""
    total = 0.0
    if p.price[variable] > 0:
        old, new = s.x[variable], s.x[variable] + change
        left = old < s.low[variable] or old > s.high[variable]
        leaves = new < s.low[variable] or new > s.high[variable]
        total += p.scale[0] * p.price[variable] * (int(leaves) - int(left))
    e = p.entries
    for k in range(e.start[variable], e.start[variable + 1]):
        row = e.row[k]
        low, high = s.row_low[row], s.row_high[row]
        old = s.row[row]
        new = old + e.coefficient[k] * change
        inside = low <= old <= high
        if inside and low <= new <= high:
            continue
        if p.row_price[row] > 0:
            total += p.scale[0] * p.row_price[row] * (int(new < low or new > high) - int(not inside))
        else:
            total += s.weight[row] * (abs(_beyond(new, low, high)) - abs(_beyond(old, low, high)))
    return total


@njit(cache=True)
def _choose_row(p: Problem, s: State) -> int:
    n = s.number[BROKEN]
    row = s.broken[np.random.randint(n)]
    if np.random.random() < 0.5:
        return row
    start = p.entries.row_start
    best = np.int64(1) << 60
    for q in range(min(n, SAMPLE)):
        other = s.broken[q] if n <= SAMPLE else s.broken[np.random.randint(n)]
        length = (start[other + 1] - start[other]) * 64 + np.random.randint(64)
        if length < best:
            best, row = length, other
    return row


@njit(cache=True)
def _best_step(p: Problem, s: State, row: int) -> tuple[int, int, float]:
    """The step of one of the row's variables that closes its violation at the least growth; variable -1 for none."""
    e = p.entries
    first, size = e.row_start[row], e.row_start[row + 1] - e.row_start[row]
    tried = min(size, FEW)
    wanted = -_beyond(s.row[row], s.row_low[row], s.row_high[row])
    variable, change, growth, ties = -1, 0, 1e18, 0
    for q in range(tried):
        k = first + (q if size <= FEW else np.random.randint(size))
        v = e.row_variable[k]
        g = wanted * e.row_coefficient[k]
        sign = g
        g = max(min(g, p.wide_high[v] - s.x[v]), p.wide_low[v] - s.x[v])
        if p.price[v] == 0:  # else the bounds may be left, at the price
            g = max(min(g, s.high[v] - s.x[v]), s.low[v] - s.x[v])
        if g == 0 or (g > 0) != (sign > 0):
            continue
        if s.tabu[v] * g < 0 and abs(s.tabu[v]) > s.number[CLOCK] - TABU:
            continue
        grown = _growth(p, s, v, g)
        if grown < growth - 1e-9:
            variable, change, growth, ties = v, g, grown, 1
        elif grown < growth + 1e-9:
            ties += 1
            if np.random.randint(ties) == 0:
                variable, change = v, g
    return variable, change, growth


@njit(cache=True)
def repair(p: Problem, s: State, steps: int, stall: int) -> int:
    """Mend all broken rows, or give up. Returns how many entries of `trail` name variables that were changed."""
    changed, idle, weighted, taken = 0, 0, 0, 0
    fewest = s.number[BROKEN] + 1
    while s.number[BROKEN] > 0 and taken < steps and changed < len(s.trail) - 1:
        row = _choose_row(p, s)
        variable, change, growth = _best_step(p, s, row)
        s.number[CLOCK] += 1
        taken += 1
        if growth > -1e-9:
            if s.weight[row] == 1.0:
                s.weighted[weighted] = row
                weighted += 1
            s.weight[row] += 1.0
        if variable >= 0:
            step(p, s, variable, change)
            s.tabu[variable] = s.number[CLOCK] if change > 0 else -s.number[CLOCK]
            s.trail[changed] = variable
            changed += 1
        if s.number[BROKEN] < fewest:
            fewest = s.number[BROKEN]
            idle = 0
        else:
            idle += 1
            if idle > stall:
                break
    for k in range(weighted):
        s.weight[s.weighted[k]] = 1.0
    return changed


@njit(cache=True)
def value(p: Problem, s: State, cell: int) -> int:
    """Value of a watched cell in the table of the state."""
    v = p.where_variable[cell]
    return s.x[v] if v >= 0 else s.row[p.where_row[cell]]


@njit(cache=True)
def base_value(p: Problem, s: State, cell: int) -> int:
    """Value of a watched cell in the base table."""
    v = p.where_variable[cell]
    return s.base[v] if v >= 0 else s.base_row[p.where_row[cell]]


@njit(cache=True)
def _collect(p: Problem, s: State, changed: int) -> tuple[int, int]:
    """Shorten `trail` to each variable that differs from the base, once; list the watched cells that differ."""
    e = p.entries
    s.number[STAMP] += 1
    stamp = s.number[STAMP]
    variables, cells = 0, 0
    for z in range(changed):
        v = s.trail[z]
        if s.x[v] == s.base[v] or s.seen_variable[v] == stamp:
            continue
        s.seen_variable[v] = stamp
        s.trail[variables] = v
        variables += 1
        if p.cell[v] >= 0:
            s.touched[cells] = p.cell[v]
            cells += 1
        for k in range(e.start[v], e.start[v + 1]):
            cell = p.row_cell[e.row[k]]
            if cell >= 0 and s.seen_cell[cell] != stamp and s.row[e.row[k]] != s.base_row[e.row[k]]:
                s.seen_cell[cell] = stamp
                s.touched[cells] = cell
                cells += 1
    return variables, cells


@njit(cache=True)
def is_small(p: Problem, value: int) -> bool:
    """Whether a value is below the threshold (and, where zeros are shown, not 0)."""
    return p.floor <= value < p.threshold


@njit(cache=True)
def _justified(p: Problem, s: State, cells: int) -> bool:
    """Whether every group that the push touched still holds a small cell (2e)."""
    if not p.justified:
        return True
    good = True
    for q in range(cells):
        cell = s.touched[q]
        was, now = is_small(p, base_value(p, s, cell)), is_small(p, value(p, s, cell))
        s.group_change[p.group[cell]] += int(now) - int(was)
    for q in range(cells):
        group = p.group[s.touched[q]]
        good &= p.small_in_base[group] + s.group_change[group] > 0
    for q in range(cells):
        s.group_change[p.group[s.touched[q]]] = 0
    return good


@njit(cache=True)
def undo(p: Problem, s: State, changed: int) -> None:
    """Back to the base table."""
    for z in range(changed):
        v = s.trail[z]
        if s.x[v] != s.base[v]:
            step(p, s, v, s.base[v] - s.x[v])


@njit(cache=True)
def set_bounds(p: Problem, s: State, cell: int, low: int, high: int) -> None:
    """Bound a watched cell."""
    v, row = p.where_variable[cell], p.where_row[cell]
    if v >= 0:
        s.low[v], s.high[v] = low, high
    else:
        s.row_low[row], s.row_high[row] = low, high
        set_row(p, s, row, s.row[row])


@njit(cache=True)
def bounds_of(p: Problem, s: State, cell: int) -> tuple[int, int]:
    """Bounds of a watched cell as they stand."""
    v, row = p.where_variable[cell], p.where_row[cell]
    return (s.low[v], s.high[v]) if v >= 0 else (s.row_low[row], s.row_high[row])


@njit(cache=True)
def _companion(p: Problem, s: State, cell: int) -> int:
    """A member of the cell's group that is to stay small while the cell is pushed; -1 where none need be asked."""
    group = p.group[cell]
    if not p.justified or p.small_in_base[group] > PLENTY:
        return -1
    first, size = p.group_start[group], p.group_start[group + 1] - p.group_start[group]
    chosen, seen = -1, 0
    for _ in range(2 * size if size < FEW else FEW):
        member = p.group_member[first + np.random.randint(size)]
        low, _high = bounds_of(p, s, member)
        if member == cell or low >= p.threshold:
            continue
        chosen = member
        seen += 1
        if is_small(p, base_value(p, s, member)) or seen > FEW // 4:
            break
    return chosen


@njit(cache=True)
def ask_small(p: Problem, s: State, cell: int) -> None:
    """Bound a watched cell below the threshold, and bring it there if it is a variable."""
    low, high = bounds_of(p, s, cell)
    set_bounds(p, s, cell, low, min(high, p.threshold - 1))
    v = p.where_variable[cell]
    if v >= 0 and s.x[v] > s.high[v]:
        step(p, s, v, s.high[v] - s.x[v])


@njit(cache=True)
def push(
    p: Problem, s: State, cell: int, goal: int, up: bool, companion: int, steps: int, stall: int
) -> tuple[int, int, bool]:
    """Bring a cell to a goal, a companion (-1: none) below the threshold, and repair.

    Returns (variables, watched cells) changed, and whether a table was found. The table is left in the state: keep what
    is wanted of it, then `undo`.
    """
    low, high = bounds_of(p, s, cell)
    variable = p.where_variable[cell]
    if variable >= 0:
        step(p, s, variable, goal - s.x[variable])
    set_bounds(p, s, cell, goal if up else low, high if up else goal)
    clow, chigh = 0, 0
    if companion >= 0:
        clow, chigh = bounds_of(p, s, companion)
        ask_small(p, s, companion)
    changed = repair(p, s, steps, stall)
    if variable >= 0:
        s.trail[changed] = variable
        changed += 1
    if companion >= 0:
        set_bounds(p, s, companion, clow, chigh)
        if p.where_variable[companion] >= 0:
            s.trail[changed] = p.where_variable[companion]
            changed += 1
    whole = s.number[BROKEN] == 0
    set_bounds(p, s, cell, low, high)
    if not whole:
        undo(p, s, changed)
        return 0, 0, False
    variables, cells = _collect(p, s, changed)
    if not _justified(p, s, cells):
        undo(p, s, variables)
        return 0, 0, False
    return variables, cells, True


@njit(cache=True)
def done(p: Problem, f: Found, cell: int) -> bool:
    """Whether a cell's range is wide enough."""
    low, high = f.lowest[cell], f.highest[cell]
    return high - low >= p.need[cell] and high >= p.reach[cell] and low <= p.fall[cell]


@njit(cache=True)
def all_done(p: Problem, f: Found) -> NDArray[np.bool_]:
    """`done` of every watched cell."""
    out = np.empty(len(p.need), np.bool_)
    for cell in range(len(p.need)):
        out[cell] = done(p, f, cell)
    return out


@njit(cache=True)
def _keep(p: Problem, s: State, f: Found, variables: int, cells: int) -> bool:
    """Keep a table as a move if it widens a range that is not yet wide enough; False where there is no room."""
    table = s.number[MOVES] + 1
    useful = False
    for q in range(cells):
        cell = s.touched[q]
        if done(p, f, cell):
            continue
        reached = value(p, s, cell)
        if reached > f.highest[cell]:
            f.highest[cell], f.high_table[cell] = reached, table
            useful = True
        if reached < f.lowest[cell]:
            f.lowest[cell], f.low_table[cell] = reached, table
            useful = True
    if useful:
        at = s.number[ENTRIES]
        for z in range(variables):
            v = s.trail[z]
            f.move_variable[at], f.move_change[at] = v, s.x[v] - s.base[v]
            at += 1
        f.move_start[table] = at
        s.number[MOVES], s.number[ENTRIES] = table, at
    return useful


@njit(cache=True)
def goal_of(p: Problem, f: Found, cell: int, up: bool, unit: bool, low: int, high: int) -> int:
    """Where to push next, within the bounds: what is needed beyond the other end of what was seen, or one unit on."""
    if unit:
        return f.highest[cell] + 1 if up else f.lowest[cell] - 1
    if up:
        return min(max(f.lowest[cell] + p.need[cell], p.reach[cell]), high)
    return max(min(f.highest[cell] - p.need[cell], p.fall[cell]), low)


@njit(cache=True)
def widen(p: Problem, s: State, f: Found, cells: Ints, effort: Effort, first: int) -> int:
    """Push the cells from position `first` on until their ranges are wide enough.

    Returns the position reached: less than all where there is no more room to keep moves.
    """
    for q in range(first, len(cells)):
        cell = cells[q]
        for attempt in range(2 * effort.tries):
            up = attempt % 2 == 0
            for u in range(1 + effort.units):
                if done(p, f, cell):
                    break
                if s.number[ENTRIES] + len(s.x) > len(f.move_variable) or s.number[MOVES] + 2 > len(f.move_start):
                    return q
                low, high = bounds_of(p, s, cell)
                goal = goal_of(p, f, cell, up, u > 0, low, high)
                if goal < low or goal > high:
                    break
                if (up and goal <= f.highest[cell]) or (not up and goal >= f.lowest[cell]):
                    if u == 0:
                        continue
                    break
                variables, touched, whole = push(
                    p, s, cell, goal, up, _companion(p, s, cell), effort.steps, effort.stall
                )
                if whole:
                    _keep(p, s, f, variables, touched)
                    undo(p, s, variables)
                elif u > 0:
                    break
    return len(cells)
