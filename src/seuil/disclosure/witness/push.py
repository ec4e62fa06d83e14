"""Push cells up or down to find other tables: one bound is moved, and the table repaired around it.

A neighbourhood search by *ejection chains* (F. Glover 1996) with `repair` to close them: a push sets one bound beyond
what was seen of a cell, repairs, keeps what every watched cell reached, stores the change as a move and takes it back.
From the base below, with all nine cells hidden and T = 5, pushing the first cell up to 6 breaks a row and a column;
repair takes 5 from a cell of each, and gives them to the cell where those two lines cross:

    1  7  3 | 11         6  2  3 | 11
    8  2  5 | 15         3  7  5 | 15       one table, and four cells have their range of 5
    4  6  9 | 19         4  6  9 | 19

Cost: that of the repair, and of what it changed; the size of the table plays no part. In two dimensions flows would do
the same exactly (L. H. Cox, Network models for complementary cell suppression, JASA 1995); three are no network.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from seuil.disclosure.arrays import Ints
from seuil.disclosure.compiled import compiled
from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.tuning import TUNING, Effort
from seuil.disclosure.witness.repair import forget, repair, set_row, step
from seuil.disclosure.witness.state import Problem, State

_COMPANIONS_TRIED = TUNING.repair.companions_tried
_PLENTY_SMALL = TUNING.repair.plenty_small


class Found(NamedTuple):
    """What a search has seen.

    lowest, highest: (watched cells,) values, and low_table, high_table the numbers of the tables that they come from: 0
    is the base. Table k + 1 is another table with the changes of variables added that stand in move_variable and
    move_change from move_start[k] on, to before move_start[k + 1]. Of the move arrays only the first part is in use.
    """

    lowest: Ints
    highest: Ints
    low_table: Ints
    high_table: Ints
    move_start: Ints
    move_variable: Ints
    move_change: Ints


def nothing_found(cells: int, variables: int) -> Found:
    """Ranges of no value at all, and room for the first moves."""
    room = 2 * variables + 1
    return Found(
        lowest=np.full(cells, INFINITE),
        highest=np.full(cells, -INFINITE),
        low_table=np.zeros(cells, np.int64),
        high_table=np.zeros(cells, np.int64),
        move_start=np.zeros(cells + 2, np.int64),
        move_variable=np.zeros(room, np.int64),
        move_change=np.zeros(room, np.int64),
    )


@compiled
def value(p: Problem, s: State, cell: int) -> int:
    """Value of a watched cell in the table of the state."""
    v = p.where_variable[cell]
    return s.x[v] if v >= 0 else s.row[p.where_row[cell]]


@compiled
def base_value(p: Problem, s: State, cell: int) -> int:
    """Value of a watched cell in the base table."""
    v = p.where_variable[cell]
    return s.base[v] if v >= 0 else s.base_row[p.where_row[cell]]


@compiled
def _collect(p: Problem, s: State, changed: int) -> tuple[int, int]:
    """Shorten `trail` to each variable that differs from the base, once; list the watched cells that differ."""
    e = p.entries
    # A new stamp makes all marks of earlier calls old, without a look at them.
    s.counters.stamp[0] += 1
    stamp = s.counters.stamp[0]
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


@compiled
def is_small(p: Problem, value: int) -> bool:
    """Whether a value is below the threshold (and, where zeros are shown, not 0)."""
    return p.floor <= value < p.threshold


@compiled
def _justified(p: Problem, s: State, cells: int) -> bool:
    """Whether every group that the push touched still holds a small cell (2e)."""
    if not p.justified:
        return True
    good = True
    # Groups are counted through the cells that changed, and set back the same way: there can be many groups.
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


@compiled
def undo(p: Problem, s: State, changed: int) -> None:
    """Back to the base table, through what was changed: far cheaper than to copy it."""
    for z in range(changed):
        v = s.trail[z]
        if s.x[v] != s.base[v]:
            step(p, s, v, s.base[v] - s.x[v])


@compiled
def set_bounds(p: Problem, s: State, cell: int, low: int, high: int) -> None:
    """Bound a watched cell."""
    v, row = p.where_variable[cell], p.where_row[cell]
    if v >= 0:
        s.low[v], s.high[v] = low, high
    else:
        s.row_low[row], s.row_high[row] = low, high
        set_row(p, s, row, s.row[row])  # its value stays, but it may be broken now, or no longer


@compiled
def bounds_of(p: Problem, s: State, cell: int) -> tuple[int, int]:
    """Bounds of a watched cell as they stand."""
    v, row = p.where_variable[cell], p.where_row[cell]
    return (s.low[v], s.high[v]) if v >= 0 else (s.row_low[row], s.row_high[row])


@compiled
def _companion(p: Problem, s: State, cell: int) -> int:
    """A member of the cell's group that is to stay small while the cell is pushed; -1 where none need be asked."""
    group = p.group[cell]
    if not p.justified or p.small_in_base[group] > _PLENTY_SMALL:
        return -1
    first, size = p.group_start[group], p.group_start[group + 1] - p.group_start[group]
    chosen, seen = -1, 0
    for _ in range(min(2 * size, _COMPANIONS_TRIED)):
        member = p.group_member[first + np.random.randint(size)]
        low, _high = bounds_of(p, s, member)
        if member == cell or low >= p.threshold:
            continue
        chosen = member
        seen += 1
        # One that is small already costs nothing; where there is none at hand, one that can be.
        if is_small(p, base_value(p, s, member)) or seen > _COMPANIONS_TRIED // 4:
            break
    return chosen


@compiled
def ask_small(p: Problem, s: State, cell: int) -> None:
    """Bound a watched cell below the threshold, and bring it there if it is a variable."""
    low, high = bounds_of(p, s, cell)
    set_bounds(p, s, cell, low, min(high, p.threshold - 1))
    v = p.where_variable[cell]
    if v >= 0 and s.x[v] > s.high[v]:
        step(p, s, v, s.high[v] - s.x[v])


@njit(cache=True)
def hold(p: Problem, s: State, f: Found, cells: Ints) -> None:
    """Bound watched cells where they would be proved, each up if its bounds allow it, else down; variables go there."""
    for cell in cells:
        low, high = bounds_of(p, s, cell)
        up, down = goal_of(p, f, cell, True, False, low, high), goal_of(p, f, cell, False, False, low, high)
        if up > f.highest[cell]:
            low, goal = up, up
        elif down < f.lowest[cell]:
            high, goal = down, down
        else:
            continue  # it has been there, or its bounds don't let it go anywhere new
        set_bounds(p, s, cell, low, high)
        v = p.where_variable[cell]
        if v >= 0 and not low <= s.x[v] <= high:
            step(p, s, v, goal - s.x[v])


@compiled
def push(
    p: Problem, s: State, cell: int, goal: int, up: bool, companion: int, steps: int, stall: int
) -> tuple[int, int, bool]:
    """Bring a cell to a goal, a companion (-1: none) below the threshold, and repair.

    Returns (variables, watched cells) changed, and whether a table was found. The table is left in the state: keep what
    is wanted of it, then `undo`.
    """
    low, high = bounds_of(p, s, cell)
    variable = p.where_variable[cell]
    # A variable goes there at once, and its rows break; a row is itself what breaks when its bound is moved.
    if variable >= 0:
        step(p, s, variable, goal - s.x[variable])
    set_bounds(p, s, cell, goal if up else low, high if up else goal)
    clow, chigh = 0, 0
    if companion >= 0:
        clow, chigh = bounds_of(p, s, companion)
        ask_small(p, s, companion)
    changed = repair(p, s, steps, stall)
    forget(s)  # weights belong to one goal: for the next they would be prejudice
    # What was set by hand above is part of the change too: `repair` knows of its own steps only.
    if variable >= 0:
        s.trail[changed] = variable
        changed += 1
    if companion >= 0:
        set_bounds(p, s, companion, clow, chigh)
        if p.where_variable[companion] >= 0:
            s.trail[changed] = p.where_variable[companion]
            changed += 1
    # Judged under the bounds of the push; they are given back whatever came of it.
    whole = s.counters.broken_hard[0] == 0
    set_bounds(p, s, cell, low, high)
    if not whole:
        undo(p, s, changed)
        return 0, 0, False
    variables, cells = _collect(p, s, changed)
    if not _justified(p, s, cells):
        undo(p, s, variables)
        return 0, 0, False
    return variables, cells, True


@compiled
def done(p: Problem, f: Found, cell: int) -> bool:
    """Whether a cell's range is wide enough."""
    low, high = f.lowest[cell], f.highest[cell]
    return high - low >= p.sliding[cell] and high >= p.upper[cell] and low <= p.lower[cell]


@njit(cache=True)
def all_done(p: Problem, f: Found) -> NDArray[np.bool_]:
    """`done` of every watched cell."""
    out = np.empty(len(p.sliding), np.bool_)
    for cell in range(len(p.sliding)):
        out[cell] = done(p, f, cell)
    return out


@compiled
def _keep(p: Problem, s: State, f: Found, variables: int, cells: int) -> bool:
    """Keep a table as a move if it widens a range that is not yet wide enough; False where there is no room."""
    table = s.counters.moves[0] + 1
    useful = False
    for q in range(cells):
        cell = s.touched[q]
        if done(p, f, cell):
            continue  # its two tables stand; another one would only make the proof longer
        reached = value(p, s, cell)
        if reached > f.highest[cell]:
            f.highest[cell], f.high_table[cell] = reached, table
            useful = True
        if reached < f.lowest[cell]:
            f.lowest[cell], f.low_table[cell] = reached, table
            useful = True
    if useful:
        at = s.counters.move_entries[0]
        for z in range(variables):
            v = s.trail[z]
            f.move_variable[at], f.move_change[at] = v, s.x[v] - s.base[v]
            at += 1
        f.move_start[table] = at
        s.counters.moves[0], s.counters.move_entries[0] = table, at
    return useful


@compiled
def goal_of(p: Problem, f: Found, cell: int, up: bool, unit: bool, low: int, high: int) -> int:
    """Where to push next, within the bounds: what is needed beyond the other end of what was seen, or one unit on."""
    if unit:
        return f.highest[cell] + 1 if up else f.lowest[cell] - 1
    if up:
        return min(max(f.lowest[cell] + p.sliding[cell], p.upper[cell]), high)
    return max(min(f.highest[cell] - p.sliding[cell], p.lower[cell]), low)


@compiled
def widen(p: Problem, s: State, f: Found, cells: Ints, effort: Effort, first: int) -> int:
    """Push the cells from position `first` on until their ranges are wide enough.

    Returns the position reached: less than all where there is no more room to keep moves.
    """
    for q in range(first, len(cells)):
        cell = cells[q]
        for attempt in range(2 * effort.tries):
            up = attempt % 2 == 0
            # The first goal is all that is lacking. Where that fails, or bounds don't allow it, single units may still
            # bring the range there, each from a table of its own.
            for u in range(1 + effort.units):
                if done(p, f, cell):
                    break
                # Compiled code makes no arrays (see `compiled`): the caller makes room and comes back.
                if s.counters.move_entries[0] + len(s.x) > len(f.move_variable) or s.counters.moves[0] + 2 > len(
                    f.move_start
                ):
                    return q
                low, high = bounds_of(p, s, cell)
                goal = goal_of(p, f, cell, up, u > 0, low, high)
                if goal < low or goal > high:
                    break
                if (up and goal <= f.highest[cell]) or (not up and goal >= f.lowest[cell]):
                    if u == 0:
                        continue  # seen already, by a push of another cell
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
