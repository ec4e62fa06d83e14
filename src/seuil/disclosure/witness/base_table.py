"""The base table: repair a whole table, until every row holds and every group has a small cell.

Weighted local search (`repair`) from any start, with two additions. *Off the bounds first*: from a table in the corner
of what is allowed no cell can be pushed any further, so all variables are first repaired one unit inside their bounds,
as far as that goes, and the bounds are given back afterwards. *Small cells*: level `justified` asks for one in every
group (2e). That is no row, so it is asked for afterwards: a member at random is bounded below the threshold, and the
table repaired again.

Cost: some steps a variable, each in the time of a step of `repair`; no promise that a table is found.
"""

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.constraints.system import System
from seuil.disclosure.witness import push, repair
from seuil.disclosure.witness.push import Found
from seuil.disclosure.witness.state import Problem, State, copy_of


class BaseTableRepair:
    """Works on the table of a state. free_group: (groups,) those that need no small cell."""

    def __init__(
        self, system: System, problem: Problem, state: State, free_group: Bools, random: np.random.Generator
    ) -> None:
        self.system, self.problem, self.state = system, problem, state
        self.free_group, self.random = free_group, random

    def copy(self, seed: int) -> "BaseTableRepair":
        """Another one that works on a copy of the state."""
        random = np.random.default_rng(seed)
        return BaseTableRepair(self.system, self.problem, copy_of(self.state), self.free_group, random)

    def load(self, x: Ints) -> None:
        """Put a table into the state."""
        s = self.state
        s.x[:] = x
        s.row[:] = self.system.row_values(x)
        s.place[:] = -1
        outside = (s.row < s.row_low) | (s.row > s.row_high)
        broken = np.flatnonzero(outside)
        s.broken[: len(broken)] = broken
        s.place[broken] = np.arange(len(broken))
        s.counters.broken[0] = len(broken)
        s.counters.broken_hard[0] = (self.problem.row_price[broken] == 0).sum()

    def holds(self, x: Ints) -> bool:
        """Whether a table is admissible; it is in the state afterwards."""
        self.load(x)
        s = self.state
        inside = bool(((s.x >= s.low) & (s.x <= s.high)).all()) and not s.counters.broken[0]
        return inside and (not self.problem.justified or bool(((self.small() > 0) | self.free_group).all()))

    def values(self) -> Ints:
        """Value of every watched cell in the table of the state."""
        p, s = self.problem, self.state
        out = np.zeros(len(p.sliding), np.int64)
        as_variable, as_row = p.where_variable >= 0, p.where_row >= 0
        out[as_variable] = s.x[p.where_variable[as_variable]]
        out[as_row] = s.row[p.where_row[as_row]]
        return out

    def small(self) -> Ints:
        """(groups,) how many of each group's cells are small."""
        p, values = self.problem, self.values()
        is_small = (values >= p.floor) & (values < p.threshold)
        return np.bincount(p.group, is_small, len(p.small_in_base)).astype(np.int64)

    def find(self, start: Ints, *, inside: bool) -> bool:
        """Repair `start`. False where that fails.

        inside: keep variables off their bounds as far as that can be had cheaply.
        """
        system, s, tuned = self.system, self.state, tuning.TUNING.witness
        self.load(np.clip(start, system.low, system.high))
        if inside:
            room = system.high - system.low > tuned.inside_width
            s.low[:], s.high[:] = system.low + room, system.high - (room & (system.high < UNBOUNDED))
            self.load(np.clip(s.x, s.low, s.high))
            self._repair(tuned.steps_inside * system.variables, spread=True)  # whether or not that succeeds
        steps = max(tuned.steps_first, tuned.steps_whole * system.variables)
        return self._settle(system.low, system.high, steps, spread=True)

    def find_near(self, found: Found, held: Ints) -> bool:
        """Repair with some cells held where they would be proved, as far as that goes. False where that fails."""
        s, tuned = self.state, tuning.TUNING.witness
        bounds, variables = (s.low.copy(), s.high.copy()), self.system.variables
        push.hold(self.problem, s, found, held)
        # Few steps: the held cells can't all be had together, and repairing for longer only moves the others about.
        self._repair(tuned.steps_held * variables, spread=False)
        return self._settle(*bounds, tuned.steps_whole * variables, spread=False)

    def _settle(self, low: Ints, high: Ints, steps: int, *, spread: bool) -> bool:
        """Repair under the bounds of the figures, with every group's small cell. low, high: (variables,)."""
        self._bound(low, high)
        settled = False
        for _ in range(tuning.TUNING.witness.group_attempts):
            if not self._repair(steps, spread=spread):
                break
            lacking = np.flatnonzero((self.small() == 0) & ~self.free_group) if self.problem.justified else ()
            settled = not len(lacking)
            if settled:
                break
            # Bounds of members that were asked before stay, so that groups don't take turns in losing theirs.
            for group in lacking:
                self._force_small(int(group))
        self._bound(low, high)
        return settled

    def _bound(self, low: Ints, high: Ints) -> None:
        """Put bounds into the state, and the table again: which rows are broken depends on them."""
        s = self.state
        s.low[:], s.high[:] = low, high
        s.row_low[:], s.row_high[:] = self.system.row_low, self.system.row_high
        self.load(s.x)

    def _repair(self, steps: int, *, spread: bool) -> bool:
        """spread: change many variables by a little rather than few by much; that leaves all of them more room.

        Rows keep their weights to the end: without, some hundreds of many thousand rows go on breaking each other.
        """
        s, spent, piece = self.state, 0, tuning.TUNING.witness.repair_steps
        s.counters.spread[0] = spread
        while s.counters.broken[0] and spent < steps:
            repair.repair(self.problem, s, min(piece, steps - spent), piece)
            spent += piece
        repair.forget(s)
        s.counters.spread[0] = 0
        return not s.counters.broken[0]

    def _force_small(self, group: int) -> None:
        """Ask one member, at random among those whose bounds allow it, to be small."""
        p, s = self.problem, self.state
        members = p.group_member[p.group_start[group] : p.group_start[group + 1]]
        able = [m for m in members if push.bounds_of(p, s, m)[0] < p.threshold]
        if able:
            push.ask_small(p, s, able[int(self.random.integers(len(able)))])
