"""Repair a table of whole numbers that breaks rows: weighted local search.

The family is min-conflicts with the *breakout* method (P. Morris, The breakout method for escaping from local minima,
AAAI 1993): what is made small is the sum over all rows of weight x violation, and where no step makes it smaller the
weight of the row in hand grows, until it does. A *tabu* list (F. Glover, Tabu search, ORSA Journal on Computing 1989)
of a few steps keeps a variable from going back at once. For rows of whole numbers it resembles what MIP solvers call
feasibility jump (B. Luteberget and G. Sartor, Mathematical Programming Computation 2023).

One step: take a broken row (half the time the shortest of a sample, else any); of its variables take the step that
closes the row's whole violation and lets the weighted violation of all rows grow least. With three cells in a line,

    x + y + z = 10 and the table 2, 3, 4,    the violation is -1: one of x, y, z goes up by 1,

that one whose other lines suffer least. Cost of a step: the variables looked at x the rows of each, whatever the size
of the table. There is no promise that it ends: callers give a number of steps.

A bound may be given a price instead of being hard: then it can be left at that price. That is how `suppress` looks for
the shown cells that had best be hidden.
"""

import numpy as np

from seuil.disclosure.compiled import compiled
from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.tuning import TUNING
from seuil.disclosure.witness.state import Problem, State

# Compiled code takes module-level numbers as constants.
_ROWS_SAMPLED = TUNING.repair.broken_rows_sampled
_LOOKED_AT = TUNING.repair.variables_looked_at
_COMPARED = TUNING.repair.steps_compared
_RUN = TUNING.repair.sample_run
_TABU = TUNING.repair.tabu_steps
_PRICED_ATTEMPTS = TUNING.repair.priced_attempts
_EPSILON = 1e-9  # of a sum of weights and prices: smaller differences come from rounding


@compiled
def seed(number: int) -> None:
    """Seed the generator that compiled code uses."""
    np.random.seed(number)


@compiled
def _beyond(value: int, low: int, high: int) -> int:
    """By how much a value violates bounds: below 0 where it is too low."""
    if value < low:
        return value - low
    return value - high if value > high else 0


@compiled
def set_row(p: Problem, s: State, row: int, value: int) -> None:
    """Give a row its value and keep the list of broken rows right, and the number of those that have no price."""
    is_broken = value < s.row_low[row] or value > s.row_high[row]
    at = s.place[row]
    n = s.counters.broken[0]
    if is_broken and at < 0:
        s.broken[n] = row
        s.place[row] = n
        s.counters.broken[0] = n + 1
        s.counters.broken_hard[0] += p.row_price[row] == 0
    elif not is_broken and at >= 0:
        last = s.broken[n - 1]  # takes the place of the one that leaves, so that the list has no gap
        s.broken[at] = last
        s.place[last] = at
        s.place[row] = -1
        s.counters.broken[0] = n - 1
        s.counters.broken_hard[0] -= p.row_price[row] == 0
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
            continue  # by far the most frequent case
        if p.row_price[row] > 0:
            # To hide a cell costs the same however far its value then is from its figure.
            total += p.scale[0] * p.row_price[row] * (int(new < low or new > high) - int(not inside))
        else:
            total += s.weight[row] * (abs(_beyond(new, low, high)) - abs(_beyond(old, low, high)))
    return total


@compiled
def _choose_row(p: Problem, s: State) -> int:
    """A broken row: short rows are preferred, for they have the fewest ways to be closed; any row has its turn."""
    n = s.counters.broken[0]
    row = s.broken[np.random.randint(n)]
    if np.random.random() < 0.5:
        return row
    start = p.entries.row_start
    best = np.int64(1) << 60
    for q in range(min(n, _ROWS_SAMPLED)):
        other = s.broken[q] if n <= _ROWS_SAMPLED else s.broken[np.random.randint(n)]
        length = (start[other + 1] - start[other]) * 64 + np.random.randint(64)  # the rest breaks ties
        if length < best:
            best, row = length, other
    return row


@compiled
def _best_step(p: Problem, s: State, row: int) -> tuple[int, int, float]:
    """The step of one of the row's variables that closes its violation at the least growth; variable -1 for none."""
    e = p.entries
    first, size = e.row_start[row], e.row_start[row + 1] - e.row_start[row]
    tried = min(size, _LOOKED_AT)
    lacking = -_beyond(s.row[row], s.row_low[row], s.row_high[row])
    longest = max(1, abs(lacking) // size) if s.counters.spread[0] else INFINITE
    variable, change, growth, ties, compared = -1, 0, 1e18, 0, 0
    best_possible = -s.weight[row] * abs(lacking)  # the row is closed and no other one suffers
    # All of a short row is looked at, from anywhere on; of a long one runs from here and there.
    at = np.random.randint(size) if size > 0 else 0
    for q in range(tried):
        if size > _LOOKED_AT and q % _RUN == 0:
            at = np.random.randint(size)
        k = first + at
        at = at + 1 if at + 1 < size else 0
        v = e.row_variable[k]
        c = e.row_coefficient[k]
        # Contracted systems may have coefficients beyond 1 and -1: then by as much as fits, but by one at least.
        g = lacking * c if abs(c) == 1 else (1 if (lacking > 0) == (c > 0) else -1) * max(1, abs(lacking) // abs(c))
        sign = g
        g = max(min(g, longest), -longest)
        g = max(min(g, p.wide_high[v] - s.x[v]), p.wide_low[v] - s.x[v])
        if p.price[v] == 0:  # else the bounds may be left, at the price
            g = max(min(g, s.high[v] - s.x[v]), s.low[v] - s.x[v])
        if g == 0 or (g > 0) != (sign > 0):
            continue  # its bounds leave it no step in this direction
        if s.tabu[v] * g < 0 and abs(s.tabu[v]) > s.counters.clock[0] - _TABU:
            continue  # it has just come the other way
        grown = _growth(p, s, v, g)
        compared += 1
        if grown < growth - _EPSILON:
            variable, change, growth, ties = v, g, grown, 1
        elif grown < growth + _EPSILON:
            # The k-th of equal steps is taken with probability 1 / k: in the end each is as likely.
            ties += 1
            if np.random.randint(ties) == 0:
                variable, change = v, g
        # While changes are spread, the row is compared to its end, so that equal steps are drawn from all of it.
        if compared == _COMPARED or (growth <= best_possible + _EPSILON and not s.counters.spread[0]):
            break
    return variable, change, growth


@compiled
def repair(p: Problem, s: State, steps: int, stall: int) -> int:
    """Close all broken rows, or give up. Returns how many entries of `trail` name variables that were changed.

    Rows with a price are closed where that lowers what is paid; the table holds when no other row is broken. Weights
    of rows stay for the next call.
    """
    changed, idle, vain, taken = 0, 0, 0, 0
    fewest = s.counters.broken[0] + 1
    while s.counters.broken[0] > 0 and taken < steps and changed < len(s.trail) - 1:
        if s.counters.broken_hard[0] == 0 and vain > _PRICED_ATTEMPTS * s.counters.broken[0]:
            break  # a table already; what is still broken is dearer to close than to pay for
        row = _choose_row(p, s)
        variable, change, growth = _best_step(p, s, row)
        s.counters.clock[0] += 1
        taken += 1
        if p.row_price[row] > 0:
            vain += 1
            if growth > -_EPSILON:
                continue
            vain = 0
        elif growth > -_EPSILON:
            # A local minimum: the row weighs more from now on, until some step is worth its while. The step is taken
            # all the same, or nothing would change.
            if s.weight[row] == 1.0:
                s.weighted[s.counters.weighted[0]] = row
                s.counters.weighted[0] += 1
            s.weight[row] += 1.0
        if variable >= 0:
            step(p, s, variable, change)
            s.tabu[variable] = s.counters.clock[0] if change > 0 else -s.counters.clock[0]
            s.trail[changed] = variable
            changed += 1
        if s.counters.broken[0] < fewest:
            fewest = s.counters.broken[0]
            idle = 0
        else:
            # Cut off by steps without success, not by violation: this goes up and down as weights grow.
            idle += 1
            if idle > stall:
                break
    return changed


@compiled
def forget(s: State) -> None:
    """Give every row its first weight again."""
    for row in s.weighted[: s.counters.weighted[0]]:
        s.weight[row] = 1.0
    s.counters.weighted[0] = 0
