"""Why cells are hidden (guarantee 2e, confidential): every group of hidden cells needs a small one.

A reader who knows how patterns are chosen can argue backwards: "were this cell not small, nothing here would have been
hidden". This is the minimality attack (Wong, Fu, Wang and Pei 2007, VLDB; there against k-anonymity). At the level
`justified` it finds nothing, if in each group of hidden cells (joined by equations, caps and overlaps that they share)
more than one cell can be the small one. So a pattern needs two things more than wide ranges: no group without a small
cell, and no group whose only possible small cell is a single one.

    NS 40 | NS, T = 11: a witness with 11 in the first cell has 51 in the total; then nothing would have been hidden.
    So the first cell must be small. With a second small cell in the group, that one may be the reason instead.

Both become cuts of the master: hide one of the group's line-mates too. They bound no other pattern, since a group can
be justified in other ways.

Cost: connected components of the hidden cells, and for each lacking group a look along its lines.
"""

from dataclasses import dataclass

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.external import refusal
from seuil.disclosure.constraints.groups import Neighbours, groups_of
from seuil.disclosure.constraints.problem import AuditProblem
from seuil.disclosure.suppress.cuts import Cuts
from seuil.disclosure.tuning import TUNING

FREE = 1 << 20  # small cells that a group counts as if it had which needs none


@dataclass(frozen=True)
class Justification:
    """Small cells by the true table. problem: of any pattern; low, high: bounds of shown cells, hidden_low, hidden_high
    of hidden ones.

    Patterns are given as the audit problems that they leave.
    """

    problem: AuditProblem
    values: Ints
    low: Ints
    high: Ints
    hidden_low: Ints
    hidden_high: Ints
    neighbours: Neighbours

    def small_left_over(self) -> Bools:
        """Overlap rows whose rest is told of too few units."""
        rows, grid = self.problem.implied.overlaps, self.problem.grid
        line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
        rest = np.bincount(line, rows.coefficient * self.values[rows.cell], len(rows))
        empty = np.bincount(line, ~grid.empty.ravel()[rows.cell], len(rows)) == 0
        small = (rest < grid.threshold) & ~empty & ~((rest == 0) & grid.zeros_shown)
        return np.asarray(small & self.problem.implied.left_over)

    def small(self, problem: AuditProblem) -> Bools:
        """Hidden cells that are small."""
        floor = 1 if problem.grid.zeros_shown else 0
        return np.asarray(problem.hidden & (self.values < problem.grid.threshold) & (self.values >= floor))

    def groups(self, problem: AuditProblem) -> tuple[Ints, Ints]:
        """Group of every hidden cell, then of every open rest (-1: none), and how many small ones every group holds.

        Groups that need none count as if they had many.
        """
        group = groups_of(problem.rows, problem.hidden, problem.left_over, len(problem.implied.lines))
        members = np.concatenate([problem.hidden, problem.left_over])
        small = np.concatenate([self.small(problem), problem.left_over & self.small_left_over()])
        count = np.bincount(group[members], small[members], group.max() + 1).astype(np.int64)
        # A published wish or a known small count is a reason by itself: such groups may lose all their small cells.
        count[problem.free_groups(group, problem.low, problem.high)] += FREE
        return group, count

    def unjustified(self, problem: AuditProblem) -> Bools:
        """(cells,) hidden cells in whose group none is small."""
        if not problem.justified or not problem.hidden.any():
            return np.zeros(len(self.values), np.bool_)
        group, small = self.groups(problem)
        return np.asarray(problem.hidden & (small[group[: len(problem.hidden)]] == 0))

    def has_plenty(self, problem: AuditProblem) -> bool:
        """Whether every group has so many small cells that moves leave it one, or none is asked for."""
        if not problem.justified or not problem.hidden.any():
            return True
        group, small = self.groups(problem)
        return bool(small[group[: len(problem.hidden)][problem.hidden]].min() > TUNING.repair.plenty_small)

    def sole_small(self, problem: AuditProblem) -> Bools:
        """Hidden cells in whose group no other cell is small: raised, they would leave the group without one."""
        group, small = self.groups(problem)
        company = np.append(small, 0)[group[: len(problem.hidden)]]  # of cells without a group none
        return np.asarray(company - self.small(problem) <= 0, dtype=np.bool_)

    def cuts(self, problem: AuditProblem) -> Cuts:
        """What a pattern lacks. A group without a small cell has to reach further if it stays; the only cell of a group
        that can be small, by what is known of it, needs company.
        """
        if not problem.justified or not problem.hidden.any():
            return Cuts(*(np.zeros(n, np.int64) for n in (0, 1, 0)))
        group, small = self.groups(problem)
        of, known = group[: len(problem.hidden)], problem.implied.known
        may = np.concatenate([problem.hidden & (known.low < problem.grid.threshold), problem.left_over])
        size = np.bincount(group[may], minlength=len(small))
        held, parts = [], []
        for cell in np.flatnonzero(problem.hidden & ~known.exact & (small[of] == 0)):
            held.append(int(cell))
            parts.append(self.neighbours.of_all(np.flatnonzero(of == of[cell])))
        for cell in np.flatnonzero(self.small(problem) & ~problem.excused & (size[of] == 1) & (small[of] == 1)):
            near = self.neighbours.of_all(np.flatnonzero(of == of[cell]))
            # The new cell must be able to be small itself; where none can, joining another group has to do.
            mates = self.neighbours.random.permutation(near)
            able = mates[[self._can_be_small(int(m), problem.hidden) for m in mates]]
            held.append(-1)
            parts.append(able if len(able) else mates)
        start = np.cumsum([0] + [len(mates) for mates in parts])
        return Cuts(np.array(held, np.int64), start, np.concatenate([np.zeros(0, np.int64), *parts]))

    def check(self, problem: AuditProblem, small: Bools) -> None:
        """Raise DisclosureError where wishes and what is known from elsewhere leave no pattern that keeps the rules.

        small: (cells,) what the rule hides.
        """
        grid, rows = problem.grid, problem.implied.overlaps
        kept = self.unjustified(problem) & grid.elsewhere.hidden.ravel()
        told = problem.implied.nodes & ~problem.hidden & small & problem.counts
        if problem.counts:
            told[rows.cell[np.repeat(self.small_left_over() & ~problem.left_over, np.diff(rows.start))]] = True
        for cells, found, expected in (
            (kept, "hidden in an earlier release, but nothing hides them now", "a wish to hide them"),
            (told, "figures that can't be hidden tell too small counts here", "tables or wishes that show fewer"),
        ):
            if cells.any():
                raise refusal(grid, cells, found, expected)

    def _can_be_small(self, cell: int, hidden: Bools) -> bool:
        """Whether no single row keeps a cell from being small, were it hidden too."""
        rows, near = self.problem.rows, self.neighbours
        if self.hidden_low[cell] >= self.problem.grid.threshold:
            return False
        for r in near.row[near.start[cell] : near.start[cell + 1]]:
            member = slice(rows.start[r], rows.start[r + 1])
            c, sign = rows.cell[member], rows.coefficient[member]
            least = np.where(hidden[c], self.hidden_low[c], self.low[c])
            most = np.where(hidden[c], self.hidden_high[c], self.high[c])
            other = c != cell
            mine = sign[~other][0]
            limit = rows.low[r] if mine > 0 else -rows.high[r]
            others = mine * sign[other]
            if limit - np.where(others > 0, most[other], -least[other]).sum() >= self.problem.grid.threshold:
                return False
        return True
