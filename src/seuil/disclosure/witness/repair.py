"""Repair a table of whole numbers that breaks rows.

Repair takes a broken row (half the time the shortest of a sample, else any), and of its variables the step that closes
the row's whole violation at the least growth of the weighted violation of all rows it touches. A row whose best step
doesn't help gains weight until the caller says `forget`; a step may not be taken back at once (tabu).

A bound may be given a price instead of being hard: then it can be left at that price. That is how `suppress` looks for
the shown cells that had best be hidden.
"""

import numpy as np

from seuil.disclosure.compiled import compiled
from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.witness.state import BROKEN, CLOCK, HARD, SPREAD, WEIGHTED, Problem, State

SAMPLE = 24  # broken rows looked at for the shortest
FEW = 1024  # variables of a row looked at; of longer rows a sample
ENOUGH = 256  # of them, those that can be changed, are compared
RUN = 8  # of a sample, how many stand next to each other
TABU = 2  # steps before one may be taken back

ASKED = 3  # times that every row with a price is taken up in vain before it stays broken


@compiled
def seed(number: int) -> None:
    """Seed the generator that compiled code uses."""
    np.random.seed(number)


@compiled
def _beyond(value: int, low: int, high: int) -> int:
    if value < low:
        return value - low
    return value - high if value > high else 0


@compiled
def set_row(p: Problem, s: State, row: int, value: int) -> None:
    """Give a row its value and keep the list of broken rows right, and the number of those that have no price."""
    is_broken = value < s.row_low[row] or value > s.row_high[row]
    at = s.place[row]
    n = s.number[BROKEN]
    if is_broken and at < 0:
        s.broken[n] = row
        s.place[row] = n
        s.number[BROKEN] = n + 1
        s.number[HARD] += p.row_price[row] == 0
    elif not is_broken and at >= 0:
        last = s.broken[n - 1]
        s.broken[at] = last
        s.place[last] = at
        s.place[row] = -1
        s.number[BROKEN] = n - 1
        s.number[HARD] -= p.row_price[row] == 0
    s.row[row] = value


@compiled
def step(p: Problem, s: State, variable: int, change: int) -> None:
    """Change one variable and all rows that it is in."""
    s.x[variable] += change
    e = p.entries
    for k in range(e.start[variable], e.start[variable + 1]):
        set_row(p, s, e.row[k], s.row[e.row[k]] + e.coefficient[k] * change)


@compiled
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


@compiled
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


@compiled
def _best_step(p: Problem, s: State, row: int) -> tuple[int, int, float]:
    """The step of one of the row's variables that closes its violation at the least growth; variable -1 for none."""
    e = p.entries
    first, size = e.row_start[row], e.row_start[row + 1] - e.row_start[row]
    tried = min(size, FEW)
    wanted = -_beyond(s.row[row], s.row_low[row], s.row_high[row])
    longest = max(1, abs(wanted) // size) if s.number[SPREAD] else INFINITE
    variable, change, growth, ties, compared = -1, 0, 1e18, 0, 0
    enough = -s.weight[row] * abs(wanted)  # the row is mended and no other one suffers
    at = np.random.randint(size) if size > 0 else 0
    for q in range(tried):
        if size > FEW and q % RUN == 0:
            at = np.random.randint(size)
        k = first + at
        at = at + 1 if at + 1 < size else 0
        v = e.row_variable[k]
        c = e.row_coefficient[k]
        g = wanted * c if abs(c) == 1 else (1 if (wanted > 0) == (c > 0) else -1) * max(1, abs(wanted) // abs(c))
        sign = g
        g = max(min(g, longest), -longest)
        g = max(min(g, p.wide_high[v] - s.x[v]), p.wide_low[v] - s.x[v])
        if p.price[v] == 0:  # else the bounds may be left, at the price
            g = max(min(g, s.high[v] - s.x[v]), s.low[v] - s.x[v])
        if g == 0 or (g > 0) != (sign > 0):
            continue
        if s.tabu[v] * g < 0 and abs(s.tabu[v]) > s.number[CLOCK] - TABU:
            continue
        grown = _growth(p, s, v, g)
        compared += 1
        if grown < growth - 1e-9:
            variable, change, growth, ties = v, g, grown, 1
        elif grown < growth + 1e-9:
            ties += 1
            if np.random.randint(ties) == 0:
                variable, change = v, g
        if compared == ENOUGH or (growth <= enough + 1e-9 and not s.number[SPREAD]):
            break
    return variable, change, growth


@compiled
def repair(p: Problem, s: State, steps: int, stall: int) -> int:
    """Mend all broken rows, or give up. Returns how many entries of `trail` name variables that were changed.

    Rows with a price are mended where that lowers what is paid; the table holds when no other row is broken. Weights
    of rows stay for the next call.
    """
    changed, idle, vain, taken = 0, 0, 0, 0
    fewest = s.number[BROKEN] + 1
    while s.number[BROKEN] > 0 and taken < steps and changed < len(s.trail) - 1:
        if s.number[HARD] == 0 and vain > ASKED * s.number[BROKEN]:
            break
        row = _choose_row(p, s)
        variable, change, growth = _best_step(p, s, row)
        s.number[CLOCK] += 1
        taken += 1
        if p.row_price[row] > 0:
            vain += 1
            if growth > -1e-9:
                continue
            vain = 0
        elif growth > -1e-9:
            if s.weight[row] == 1.0:
                s.weighted[s.number[WEIGHTED]] = row
                s.number[WEIGHTED] += 1
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
    return changed


@compiled
def forget(s: State) -> None:
    """Give every row its first weight again."""
    for row in s.weighted[: s.number[WEIGHTED]]:
        s.weight[row] = 1.0
    s.number[WEIGHTED] = 0
