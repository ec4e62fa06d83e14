"""Repair whole tables, so that a search has one to start from: every row holds, and every group has a small cell."""

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.constraints.system import System
from seuil.disclosure.witness import push, repair
from seuil.disclosure.witness.push import Found
from seuil.disclosure.witness.state import BROKEN, HARD, SPREAD, Problem, State, copy_of

TRAIL = 50_000  # steps of one repair
INSIDE = 2  # a variable with more values than this is kept off its bounds
SOME, CHEAPLY, WHOLE = 4, 16, 64  # steps a variable, for repairs that need not mend all, and for one that has to
LEAST = 4_000_000  # steps, for the first table
GROUPS = 20  # times that groups without a small cell are asked for one


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
        s.number[BROKEN] = len(broken)
        s.number[HARD] = (self.problem.row_price[broken] == 0).sum()

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
        system, s = self.system, self.state
        self.load(np.clip(start, system.low, system.high))
        if inside:
            room = system.high - system.low > INSIDE
            s.low[:], s.high[:] = system.low + room, system.high - (room & (system.high < UNBOUNDED))
            self.load(np.clip(s.x, s.low, s.high))
            self._repair(CHEAPLY * system.variables, spread=True)
        return self._settle(system.low, system.high, max(LEAST, WHOLE * system.variables), spread=True)

    def find_near(self, found: Found, held: Ints) -> bool:
        """Repair with some cells held where they would be proved, as far as that goes. False where that fails."""
        s = self.state
        bounds, variables = (s.low.copy(), s.high.copy()), self.system.variables
        push.hold(self.problem, s, found, held)
        self._repair(SOME * variables, spread=False)
        return self._settle(*bounds, WHOLE * variables, spread=False)

    def _settle(self, low: Ints, high: Ints, steps: int, *, spread: bool) -> bool:
        """Repair under the bounds of the figures, with every group's small cell. low, high: (variables,)."""
        self._bound(low, high)
        settled = False
        for _ in range(GROUPS):
            if not self._repair(steps, spread=spread):
                break
            lacking = np.flatnonzero((self.small() == 0) & ~self.free_group) if self.problem.justified else ()
            settled = not len(lacking)
            if settled:
                break
            for group in lacking:
                self._force_small(int(group))
        self._bound(low, high)
        return settled

    def _bound(self, low: Ints, high: Ints) -> None:
        s = self.state
        s.low[:], s.high[:] = low, high
        s.row_low[:], s.row_high[:] = self.system.row_low, self.system.row_high
        self.load(s.x)

    def _repair(self, steps: int, *, spread: bool) -> bool:
        """spread: change many variables by a little rather than few by much; that leaves all of them more room.

        Rows keep their weights to the end: without, some hundreds of many thousand rows go on breaking each other.
        """
        s, spent = self.state, 0
        s.number[SPREAD] = spread
        while s.number[BROKEN] and spent < steps:
            repair.repair(self.problem, s, min(TRAIL, steps - spent), TRAIL)
            spent += TRAIL
        repair.forget(s)
        s.number[SPREAD] = 0
        return not s.number[BROKEN]

    def _force_small(self, group: int) -> None:
        """Ask one member, at random among those whose bounds allow it, to be small."""
        p, s = self.problem, self.state
        members = p.group_member[p.group_start[group] : p.group_start[group + 1]]
        able = [m for m in members if push.bounds_of(p, s, m)[0] < p.threshold]
        if able:
            push.ask_small(p, s, able[int(self.random.integers(len(able)))])
