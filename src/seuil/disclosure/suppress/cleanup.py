"""Cleanup: show redundant suppressions again (confidential: the base table is the truth).

The last step of most heuristics of cell suppression (it is the clean-up phase of Kelly, Golden and Assad 1992,
Networks 22): one secondary after the other is shown again if all cells stay protected without it. A secondary is
redundant if every cell whose witness moves it can be given another witness that leaves it as it is shown.

Cost: for each candidate a quick look at its lines (`line_check`), then a short search for each cell that uses it.
"""

from collections.abc import Callable

import numpy as np
from numba import njit
from scipy.sparse import csc_array, csr_array

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.suppress.line_check import Cells, show_needless
from seuil.disclosure.suppress.proving import PatternProver
from seuil.disclosure.tuning import Effort
from seuil.disclosure.witness import push
from seuil.disclosure.witness.push import Found
from seuil.disclosure.witness.search import WitnessSearch
from seuil.disclosure.witness.state import Problem, State


@njit(cache=True)
def _do_without(p: Problem, s: State, f: Found, cell: int, low: int, high: int, users: Ints, effort: Effort) -> bool:
    """Bound a cell as if it were shown and look for other tables for its users; put all back where one has none."""
    old_low, old_high = push.bounds_of(p, s, cell)
    push.set_bounds(p, s, cell, low, high)
    lowest, highest = f.lowest[users], f.highest[users]
    low_table, high_table = f.low_table[users], f.high_table[users]
    # What was seen of the users before rests on tables that move the cell; they begin again at the base.
    for u in users:
        f.lowest[u] = f.highest[u] = push.base_value(p, s, u)
        f.low_table[u] = f.high_table[u] = 0
    for k in range(len(users)):
        reached = push.widen(p, s, f, users[: k + 1], effort, k)
        if reached <= k or not push.done(p, f, users[k]):
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


def show_redundant(
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
    p, s, uses, effort = search.problem, search.state, _Uses(search), tuning.TUNING.suppress.cleanup
    shown = np.zeros(len(candidates), np.bool_)
    for k, cell in enumerate(candidates):
        if not may_show(int(cell)):
            continue
        users = uses.users_of(int(cell))
        users = users[users != cell]
        search.make_room()
        # A shown cell asks for nothing; its levels come back if it has to stay hidden.
        levels = p.sliding[cell], p.upper[cell], p.lower[cell]
        p.sliding[cell], p.upper[cell], p.lower[cell] = 0, -INFINITE, INFINITE
        if _do_without(p, s, search.found, int(cell), int(low[k]), int(high[k]), users, effort):
            shown[k] = True
            uses.add_new()
        else:
            p.sliding[cell], p.upper[cell], p.lower[cell] = levels
            keep_hidden(int(cell))
    return shown


def without_redundant(prover: PatternProver, hidden: Bools, needed: Bools, published: Bools) -> Bools:
    """(cells,) a pattern without its redundant suppressions, single ones at least.

    needed: cells that some cut can't do without. published: cells that stand in a table.
    """
    instance = prover.instance
    search, _ = prover.search(hidden)
    for effort in (*tuning.TUNING.suppress.quick, tuning.TUNING.suppress.slow):
        search.widen(effort, progress=prover.progress)
    cells = search.targets.cells
    node = cells < len(hidden)
    secondary = np.zeros(len(cells), np.bool_)
    # A cell that stands for others would tell of them if it were shown.
    node &= np.bincount(search.aggregated.of, minlength=len(cells)) == 1
    able = instance.eligible & ~instance.start & published
    secondary[node] = (able & ~needed)[cells[node]]
    candidates = np.flatnonzero(secondary)
    candidates = candidates[np.argsort(-instance.cost[cells[candidates]])]  # the dearest are shown first
    s = instance.suppression
    rows = instance.problem.rows.incidence(len(hidden))
    state = Cells(s.low, s.high, s.hidden_low, s.hidden_high, s.levels.sliding, hidden.copy(), s.always_open)

    def may_show(position: int) -> bool:
        return bool(show_needless(rows, state, cells[position : position + 1]))

    def keep_hidden(position: int) -> None:
        state.hidden[cells[position]] = True

    low, high = instance.problem.low[cells[candidates]], instance.problem.high[cells[candidates]]
    shown = show_redundant(search, candidates, low, high, may_show, keep_hidden)
    left = hidden.copy()
    left[cells[candidates[shown]]] = False
    return left
