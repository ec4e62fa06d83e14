"""Ranges of many targets of one table by linear programming: one program, solved again for each from where it stood.

What HiGHS says of a range is its multipliers of lines; `Bound.of` works the bound out from these, exactly.
"""

from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from seuil.disclosure.arrays import Ints
from seuil.disclosure.lp.highs import LinearProgram, Solver
from seuil.explain.bounds import Bound
from seuil.explain.facts import Facts, unbounded

TINY = 1e-9


class Ranges:
    """The tables that fit the facts, with fractions allowed: cells that aren't fixed, and their lines."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts

    @cached_property
    def cells(self) -> Ints:
        """Cells that aren't fixed."""
        return np.flatnonzero(~self.facts.fixed)

    @cached_property
    def rows(self) -> Ints:
        """Lines that they are in."""
        rows = self.facts.problem.rows
        line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
        return np.unique(line[~self.facts.fixed[rows.cell]])

    @cached_property
    def _solver(self) -> Solver:
        facts, rows = self.facts, self.facts.problem.rows
        whole = csr_array((rows.coefficient, rows.cell, rows.start), shape=(len(rows), facts.size))[self.rows]
        fixed = whole @ np.where(facts.fixed, facts.low, 0)
        matrix = csr_array(whole[:, self.cells])
        equation = self.rows < len(facts.problem.implied.lines)
        high = np.array([np.inf if unbounded(int(h)) else float(h) for h in facts.high[self.cells]])
        program = LinearProgram(
            np.zeros(len(self.cells)),
            matrix,
            -fixed.astype(float),
            np.where(equation, -fixed, np.inf),
            facts.low[self.cells].astype(float),
            high,
        )
        return Solver(program)

    def bounds(self, target: int) -> tuple[Bound | None, Bound | None]:
        """The lowest and the highest value of a target; None where nothing limits it."""
        return self._end(target, upper=False), self._end(target, upper=True)

    def _end(self, target: int, *, upper: bool) -> Bound | None:
        sign = -1.0 if upper else 1.0
        place = {c: int(np.searchsorted(self.cells, c)) for c in self.facts.expression(target)}
        expression = {
            k: v for c, v in self.facts.expression(target).items() if not self.facts.fixed[c] for k in [place[c]]
        }
        columns, costs = np.array(list(expression), np.int64), sign * np.array(list(expression.values()), np.float64)
        self._solver.set_costs(columns, costs)
        duals = self._solver.row_duals if self._solver.run() == "optimal" else None
        self._solver.set_costs(columns, np.zeros(len(columns)))  # the next target finds none of this one's
        if duals is None:
            return Bound.of(self.facts, target, [], [], upper=upper)
        used = np.flatnonzero(np.abs(duals) > TINY)
        found = Bound.of(self.facts, target, self.rows[used].tolist(), (sign * duals[used]).tolist(), upper=upper)
        return found or Bound.of(self.facts, target, [], [], upper=upper)
