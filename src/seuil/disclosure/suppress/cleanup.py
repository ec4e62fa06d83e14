"""Show hidden cells again that turn out to be needless (confidential: the base table is the truth).

A cell is needless if every cell whose witness moves it can be given another witness that leaves it as it is shown.
"""

from collections.abc import Callable

import numpy as np
from numba import njit
from scipy.sparse import csc_array, csr_array

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.tuning import Effort
from seuil.disclosure.witness import push
from seuil.disclosure.witness.push import Found
from seuil.disclosure.witness.search import WitnessSearch
from seuil.disclosure.witness.state import Problem, State

EFFORT = Effort(steps=300, stall=60, tries=2, units=0)


@njit(cache=True)
def _do_without(p: Problem, s: State, f: Found, cell: int, low: int, high: int, users: Ints, effort: Effort) -> bool:
    """Bound a cell as if it were shown and look for other tables for its users; put all back where one has none."""
    old_low, old_high = push.bounds_of(p, s, cell)
    push.set_bounds(p, s, cell, low, high)
    lowest, highest = f.lowest[users], f.highest[users]
    low_table, high_table = f.low_table[users], f.high_table[users]
    for u in users:
        f.lowest[u] = f.highest[u] = push.base_value(p, s, u)
        f.low_table[u] = f.high_table[u] = 0
    for k in range(len(users)):
        one = users[k : k + 1]
        reached = push.widen(p, s, f, one, effort, 0)
        if reached < 1 or not push.done(p, f, users[k]):
            for q in range(len(users)):
                f.lowest[users[q]], f.highest[users[q]] = lowest[q], highest[q]
                f.low_table[users[q]], f.high_table[users[q]] = low_table[q], high_table[q]
            push.set_bounds(p, s, cell, old_low, old_high)
            return False
    return True


class _Uses:
    """Which watched cells every table moves; tables are numbered as in `Found`."""

    def __init__(self, search: WitnessSearch) -> None:
        self.search = search
        self.seen = 0
        self.tables: dict[int, list[int]] = {}
        self.add_new()

    def add_new(self) -> None:
        """Take in the tables kept since the last call."""
        f, last = self.search.found, int(self.search.state.counters.moves[0])
        if last == self.seen:
            return
        moves = last - self.seen
        entry = slice(int(f.move_start[self.seen]), int(f.move_start[last]))
        start = f.move_start[self.seen : last + 1] - f.move_start[self.seen]
        variables = self.search.system.variables
        change = csr_array((f.move_change[entry], f.move_variable[entry], start), shape=(moves, variables))
        p, e = self.search.problem, self.search.system.entries
        rows = csr_array((e.row_coefficient, e.row_variable, e.row_start), shape=(len(p.row_cell), variables))
        for matrix, cell in ((change, p.cell), (change @ rows.T, p.row_cell)):
            self._note(csc_array(matrix), cell)
        self.seen = last

    def _note(self, moved: csc_array, cell: Ints) -> None:
        moved.eliminate_zeros()
        for column in np.flatnonzero((np.diff(moved.indptr) > 0) & (cell >= 0)):
            tables = moved.indices[moved.indptr[column] : moved.indptr[column + 1]] + self.seen + 1
            self.tables.setdefault(int(cell[column]), []).extend(int(t) for t in tables)

    def users_of(self, cell: int) -> Ints:
        """Watched cells one of whose two tables moves the cell."""
        f = self.search.found
        moving = np.zeros(int(self.search.state.counters.moves[0]) + 1, np.bool_)
        moving[self.tables.get(cell, [])] = True
        return np.flatnonzero(moving[f.low_table] | moving[f.high_table])


def close(
    search: WitnessSearch,
    candidates: Ints,
    low: Ints,
    high: Ints,
    may_show: Callable[[int], bool],
    keep_hidden: Callable[[int], None],
) -> Bools:
    """Show candidates again where that is found possible. The search has proved all its cells.

    candidates: positions in `targets.cells`, in the order in which they are tried. low, high: (candidates,) bounds of
    each when shown. may_show: a first, quick look; keep_hidden: told when that was wrong. Returns which are shown.
    """
    p, s, uses = search.problem, search.state, _Uses(search)
    shown = np.zeros(len(candidates), np.bool_)
    for k, cell in enumerate(candidates):
        if not may_show(int(cell)):
            continue
        users = uses.users_of(int(cell))
        users = users[users != cell]
        search.make_room()
        p.sliding[cell], old = 0, p.sliding[cell]
        upper, lower = p.upper[cell], p.lower[cell]
        p.upper[cell], p.lower[cell] = -INFINITE, INFINITE
        if _do_without(p, s, search.found, int(cell), int(low[k]), int(high[k]), users, EFFORT):
            shown[k] = True
            uses.add_new()
        else:
            p.sliding[cell], p.upper[cell], p.lower[cell] = old, upper, lower
            keep_hidden(int(cell))
    return shown
