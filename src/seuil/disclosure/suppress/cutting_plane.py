"""Cutting planes: hide the cheapest cells such that no bounds hold a hidden cell in too narrow a range (confidential).

The family is that of Fischetti and Salazar-Gonzalez (2001, Management Science 47, 1008-1027): a master program chooses
which cells are hidden, a separation step looks at the choice and returns the inequalities that it breaks, until there
are none. Here separation is bound propagation (`cuts`), cuts also come from outside (`certificates`, `justification`),
and the master is a set-covering program (`master`) that is rounded, not solved to the integer optimum; its linear
relaxation bounds the cost of every pattern from below.

Costs come from public weights and the secret seed, never from a count; only which cells are held looks at figures.

Cost: some tens of rounds, each of one linear program (warm) and one propagation over all rows.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.disclosure.constraints.rows import UNBOUNDED, Rows, spans
from seuil.disclosure.progress import Progress
from seuil.disclosure.suppress.cuts import ALL_CELLS, Cuts, ProtectionLevels, exposures
from seuil.disclosure.suppress.equal_cells import EqualCells
from seuil.disclosure.suppress.master import Master

ALWAYS, NEVER = -1, -2  # instead of the cell because of which a row's sum has to be open: in any case, in none


@dataclass(frozen=True)
class SuppressionProblem:
    """Where cells may be hidden, and what is asked of hidden ones.

    low, high: (cells,) bounds while shown; hidden_low, hidden_high: once hidden. eligible: (cells,) may be hidden.
    levels: of every cell once it is hidden. rest: (rows,) the range asked of a row's sum where one of its members is
    hidden, 0 for nothing; always_open: (rows,) where it is asked in any case. justification: cuts that a pattern lacks
    which hides cells for no reason; asked for where no bounds hold a cell any more, None where nothing is to be
    justified. same: (cells,) the first of the cells that have the same figure (`equal_cells`); None: each its own.
    """

    rows: Rows
    low: Ints
    high: Ints
    hidden_low: Ints
    hidden_high: Ints
    eligible: Bools
    levels: ProtectionLevels
    rest: Ints
    always_open: Bools
    justification: Callable[[Bools], Cuts] | None
    same: Ints | None = None

    def bounds(self, hidden: Bools) -> tuple[Ints, Ints]:
        """Bounds of every cell under a pattern."""
        return np.where(hidden, self.hidden_low, self.low), np.where(hidden, self.hidden_high, self.high)


class CuttingPlane:
    """The pattern as it stands: `hidden`, which grows from `base` and may change as cuts come in."""

    def __init__(
        self,
        problem: SuppressionProblem,
        hidden: Bools,
        cost: Floats,
        *,
        choices: int | None = None,
        greedy: bool = False,
        progress: Progress | None = None,
    ) -> None:
        """hidden: (cells,) what has to be hidden. cost: (cells,) of hiding each. choices: at most, of one `settle`.

        greedy: after a few programs the master is solved no more.
        """
        self.progress = progress
        self.tuning = tuning.TUNING.suppress
        self.problem = problem
        self.equal = EqualCells(problem.same)
        self.hidden = hidden = self.equal.with_equals(hidden)
        self.choices = self.tuning.choices if choices is None else choices
        self.greedy = greedy
        large = hidden.sum() > self.tuning.large_pattern
        self.master = Master(
            self.equal.costs(cost), hidden, self.tuning.discount_of_large if large else self.tuning.discount
        )
        self.valid = True  # cuts found from now on hold for every pattern
        self.least_cost = 0.0  # of every pattern, by the cuts that `solve` found

    @property
    def base(self) -> Bools:
        """Cells that are hidden whatever is chosen."""
        return self.master.hidden

    def solve(self) -> None:
        """Hide cells at least cost until bounds hold none, as far as the lower bound grows; then `settle`."""
        best, still = 0.0, 0
        new = self._separate()
        rounds = self.tuning.cut_rounds_greedy if self.greedy else self.tuning.cut_rounds
        for number in range(rounds):
            self._tell(number, rounds)
            share, bound = self.master.bound()
            still = 0 if bound > best * (1 + self.tuning.bound_growth) else still + 1
            best = max(best, bound)
            if self.valid:
                self.least_cost = best
            # While the bound grows, each choice is made afresh from the relaxation, whatever it does to the last one:
            # that finds cuts all over the table, and these are what the bound is made of.
            if not new or still == self.tuning.still_rounds:
                break
            new = self._choose(share, raising=share)
        if self.greedy:
            self.master.exhaust()
        self.settle()

    def settle(self, *, growing: bool = False) -> None:
        """Choose anew, near the last choice, until bounds hold no hidden cell and every group is justified.

        growing: what is hidden once stays so. It costs more cells, but can't go round and round between equals.
        """
        new = 1
        for number in range(self.choices):
            self._tell(number, self.choices)
            # Justification is asked about last: it needs groups of hidden cells, which every other cut changes.
            if not new and not self._ask_for_justification():
                break
            # Many new cuts in a round say that the choice jumps between equals: then it has to grow to come to rest.
            if (
                growing
                or self.master.exhausted
                or new > max(self.tuning.restless_share * self.hidden.sum(), self.tuning.restless_cuts)
            ):
                self.keep()
            self.master.stay_with(self._chosen())
            new = self._choose(self.master.dive())

    def pattern_of(self, chosen: Ints) -> Bools:
        """(cells,) what is hidden if the master chooses some cells: their equals and the base too."""
        pattern = self.base.copy()
        pattern[chosen] = True
        return self.equal.with_equals(pattern)

    def take(self, hidden: Bools) -> int:
        """Make a pattern the one that stands; returns how many new cuts it breaks (of justification if of no other)."""
        self.hidden = hidden
        return self._separate() or self._ask_for_justification()

    def add(self, cuts: Cuts, *, valid: bool) -> int:
        """Take in cuts for the pattern as it stands; returns how many are new.

        valid: every pattern obeys them, so that they count for the lower bound.
        """
        return self._take_in(cuts, self._why_rows_are_open(), valid=valid and self.valid)

    def keep(self) -> None:
        """Don't show again what is hidden now."""
        self.master.keep(self._chosen())

    def _chosen(self) -> Ints:
        """What the master chose: of cells that are equal the first."""
        return np.flatnonzero(self.hidden & ~self.base & self.equal.first)

    def hide(self, cells: Bools) -> None:
        """Hide cells for good. What is held because of them bounds no other pattern."""
        cells = self.equal.with_equals(cells)
        self.valid = self.valid and not (cells & ~self.base).any()
        self.master.hide(cells)
        self.hidden = self.hidden | cells

    def _tell(self, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress("rounds of choosing what to hide", done, total)

    def _choose(self, share: Floats, *, raising: Floats | None = None) -> int:
        """Round the master's solution to a pattern, and look for cuts; returns how many are new.

        raising: as `share` of `Master.add`.
        """
        lone = self._lone_suppressions(share)
        self.hidden = self.pattern_of(self.master.choose(share))
        return self._separate(raising) + self._add(lone, valid=self.valid, raising=raising)

    def _add(self, cuts: Cuts, *, valid: bool, raising: Floats | None = None) -> int:
        return self.master.add(self.equal.cuts(cuts), valid=valid, share=raising)

    def _separate(self, raising: Floats | None = None) -> int:
        """Take in the cuts that the pattern breaks; returns how many are new."""
        problem = self.problem
        low, high = problem.bounds(self.hidden)
        levels = problem.levels._replace(sliding=np.where(self.hidden, problem.levels.sliding, 0))
        why = self._why_rows_are_open()
        rest = np.where(why == NEVER, 0, problem.rest)
        # Where choices are greedy, what a few figures hold is seen to first: with it most of what rests on many goes.
        for longest in (self.tuning.short_cut, ALL_CELLS) if self.greedy and self.master.exhausted else (ALL_CELLS,):
            cuts = exposures(problem.rows, low, high, problem.eligible & ~self.hidden, levels, rest, longest=longest)
            new = self._take_in(cuts, why, valid=self.valid, raising=raising)
            if new:
                break
        return new

    def _take_in(self, cuts: Cuts, why: Ints, *, valid: bool, raising: Floats | None = None) -> int:
        """why: as of `_why_rows_are_open`; a cut of a row then holds where that cell is hidden."""
        held, cells = cuts.held.copy(), len(self.hidden)
        of_row = held >= cells
        held[of_row] = why[held[of_row] - cells]
        return self._add(cuts._replace(held=held), valid=valid, raising=raising)

    def _ask_for_justification(self) -> int:
        """Take in what unjustified groups lack. They can be justified in other ways: no lower bound comes of it."""
        ask = self.problem.justification
        return self._add(ask(self.hidden), valid=False) if ask is not None else 0

    def _why_rows_are_open(self) -> Ints:
        """(rows,) the chosen cell because of which a row's sum has to be open; ALWAYS if whatever is chosen."""
        problem = self.problem
        why = np.where(problem.always_open, ALWAYS, NEVER).astype(np.int64)
        row = np.repeat(np.arange(len(why)), np.diff(problem.rows.start))
        # The base comes last: a row that it opens is open in every pattern, and its cut needs no condition.
        for members, because in ((self.hidden, problem.rows.cell), (self.base, np.full(len(row), ALWAYS))):
            entry = members[problem.rows.cell] & (problem.rest[row] > 0) & (why[row] != ALWAYS)
            why[row[entry]] = because[entry]
        return why

    def _lone_suppressions(self, share: Floats) -> Cuts:
        """Cuts against cells that the relaxation hides more than all others of a line together.

        Hidden alone in an equation, a cell is told by it. Propagation would find out after rounding, one cell a round;
        from the fractions it is seen before, for all cells at once (decision 9: 21 rounds on L instead of no rest).
        """
        rows, levels = self.problem.rows, self.problem.levels
        part = np.zeros(len(self.hidden))
        part[self.master.cells] = share
        part = self.equal.of_first(part)
        line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
        width = self.problem.high - self.problem.low
        open_ = np.bincount(line, self.base[rows.cell] | (width[rows.cell] >= UNBOUNDED), len(rows)) > 0
        around = np.bincount(line, width[rows.cell], len(rows)).astype(np.int64)[line] - width[rows.cell]
        total = np.bincount(line, part[rows.cell], len(rows))[line]
        # With rounded figures the others may leave the cell enough room, though all of them are shown.
        told = (rows.low == rows.high)[line] & ~open_[line] & (around < levels.sliding[rows.cell])
        entry = np.flatnonzero(told & (2 * part[rows.cell] > total + self.tuning.broken_at_choice))
        member, of = spans(rows.start[line[entry]], rows.start[line[entry] + 1])
        other = rows.cell[member]
        kept = (other != rows.cell[entry][of]) & self.problem.eligible[other]
        start = np.concatenate([[0], np.cumsum(np.bincount(of[kept], minlength=len(entry)))]).astype(np.int64)
        return Cuts(rows.cell[entry], start, other[kept])
