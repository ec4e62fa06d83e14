"""Look at a pattern from the true table: of which hidden cells is no other table found? (confidential)

The engine is that of the audit (`witness.search`), but it begins at the true table, which an audit cannot have. That
makes it quick, and says nothing about safety: the audit proves from public figures alone. A cell for which nothing is
found from here is either held (`certificates` finds out by which figures) or hard to move (`candidates`).

Counts of linked tables are looked at once from the true table, then from the middle of all tables, as an audit does,
and from there on from where the last look ended (docs/decisions/0025-start-in-the-middle.md).

Cost: that of the rounds of the search over cells that were not settled before.
"""

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.problem import prepare
from seuil.disclosure.lp.middle import middle_of
from seuil.disclosure.progress import Progress
from seuil.disclosure.suppress import many_unproved
from seuil.disclosure.suppress.contributors import ContributorWitnesses
from seuil.disclosure.suppress.instance import BoundsOf, Instance
from seuil.disclosure.tuning import Effort
from seuil.disclosure.witness.search import WitnessSearch


class PatternProver:
    """Looks at the patterns of one instance, one after the other, and remembers what it was asked to prove last."""

    def __init__(self, instance: Instance, progress: Progress | None) -> None:
        self.instance, self.progress, self.tuning = instance, progress, tuning.TUNING.suppress
        self.cells = np.zeros(0, np.int64)  # to be proved of the last pattern, numbered as in `Proof.cells`
        self.looks = 0
        cells = int(instance.truth.grid.published.sum())
        self.certificate_work = max(self.tuning.certificate_work * cells, self.tuning.certificate_work_least)  # left
        self.many = instance.linked  # cells are unproved (decision 13)
        self.hard = False  # programs took all that they may: few unproved cells are many
        self._last = instance.truth.values.copy()  # of linked tables: where the next look begins
        self._unconvinced: dict[int, Ints] = {}  # by unproved cell: contributors for whom no table was found

    @property
    def large(self) -> bool:
        """Whether there are so many cells to be proved that not all can be looked at again and again."""
        return self.many or len(self.cells) > self.tuning.large_pattern

    def are_many(self, unproved: int, share: float) -> bool:
        """Whether many cells are unproved, and more than a share of those that were to be proved."""
        counts = self.instance.problem.counts
        return counts and many_unproved.are_many(unproved, len(self.cells), share, few=self.hard)

    def unproved(self, hidden: Bools, before: Ints | None = None, efforts: Sequence[Effort] | None = None) -> Ints:
        """Hidden cells for which the search from the true table finds nothing, numbered as in `Proof.cells`.

        before: those that were unproved of a pattern that this one contains. Whatever could move then still can, so
        only these and newly hidden cells are looked at again; all of them where `before` is None.
        """
        search, cells = self.search(hidden)
        settled = np.zeros(0, np.int64) if before is None else np.setdiff1d(self.cells, before)
        self.cells = cells
        aggregated = search.aggregated
        todo = np.zeros(len(search.targets.cells), np.bool_)
        todo[aggregated.of[~np.isin(aggregated.cells, settled)]] = True
        # With many unproved cells hiding more helps most of them for less than a second effort takes.
        last, always = math.inf, 1 if self.many else 2
        for number, effort in enumerate(self._efforts() if efforts is None else efforts):
            still = search.open[todo[search.open]]
            if number >= always:
                if many_unproved.stop(len(still), last, few=self.hard):
                    break
                if before is None and self.are_many(len(search.left), self.tuning.many_share_early):
                    break
            last = len(still)
            search.widen(effort, still, progress=self.progress)
            # Other tables are found by repairs of the whole system, which pays for many cells only (decision 14). A
            # table would have to hold for all contributors at once.
            many = self.many or (number > 0 and len(search.open_of(still)) > self.tuning.many_unproved)
            many = many and (self.instance.linked or search.leaves_most(still))
            if many and self.instance.truth.contributors is None:
                worth = self.tuning.share_worth_it if self.instance.linked else None
                search.walk(self.tuning.quick[0], still, self.progress, worth=worth)
            self._convince(search, hidden, search.open[todo[search.open]], effort)
        self._remember(search)
        held = np.setdiff1d(cells, aggregated.cells)  # bounds alone hold these: the search was not asked
        return np.setdiff1d(np.concatenate([held, search.left]), settled)

    def _efforts(self) -> Sequence[Effort]:
        """Of a large pattern of exact figures greater ones, since a certificate for each cell takes longer still."""
        if not self.large:
            return (*self.tuning.quick, self.tuning.slow)
        if self.instance.linked:
            return self.tuning.quick
        return self.tuning.quick if self.instance.problem.rounded else self.tuning.long

    def search(self, hidden: Bools) -> tuple[WitnessSearch, Ints]:
        """A search from the true table under a pattern, and all the cells that should be proved."""
        truth, contributors = self.instance.truth, self.instance.truth.contributors
        apart = None if contributors is None else contributors.apart
        prepared = prepare(self.instance.audit_problem(hidden), apart)
        upper, lower = truth.levels_of(prepared.targets, prepared.aggregated)
        targets = replace(prepared.targets, upper=upper, lower=lower)
        self.looks += 1  # every look draws anew: a cell that one order of pushes leaves may move in another
        seed = self.instance.seed + self.looks
        search = WitnessSearch(prepared.system, targets, seed, aggregated=prepared.aggregated)
        self._start(search)
        if contributors is not None:
            # First one table for everyone; `_convince` parts them where there is none.
            known = contributors.within(prepared.low, prepared.high, contributors.everyone)
            search.bound(*search.system.bounds(*known))
        return search, prepared.cells

    def _start(self, search: WitnessSearch) -> None:
        """Begin at the last table, if it still holds; else at the true one."""
        if self.instance.linked:
            if self.looks == self.tuning.look_from_middle and self._find_middle(search):
                return
            last = self._last[search.system.cell]
            if search.holds(last):
                search.start_from(last)
                return
        search.start_from(self.instance.truth.values[search.system.cell])

    def _find_middle(self, search: WitnessSearch) -> bool:
        """Begin in the middle of all tables. False where that is found none, or takes too much memory.

        Most hidden figures of linked tables are small: in the true table they have no room to fall.
        """
        few = search.system.variables <= tuning.TUNING.audit.middle_variables
        middle = middle_of(search.system) if few else None
        return middle is not None and search.find_base(middle, inside=False)

    def _remember(self, search: WitnessSearch) -> None:
        """Keep the table that a search ended at: where more is hidden it still holds."""
        if self.instance.linked:
            members, table = search.system.members, search.state.base
            self._last[members.cell] = members.sign * table[members.variable] + members.offset

    def _convince(self, search: WitnessSearch, hidden: Bools, places: Ints, effort: Effort) -> None:
        """Prove targets for some contributors after others, where no table was found that proves them for all."""
        contributors = self.instance.truth.contributors
        if contributors is not None:
            witnesses = ContributorWitnesses(contributors, *self._by_figures(hidden))
            left = witnesses.not_convinced(search, places, effort)
            of = search.aggregated.of
            self._unconvinced = {
                int(c): left[k] for c, k in zip(search.aggregated.cells, of.tolist(), strict=True) if k in left
            }

    def bounds_of(self, hidden: Bools) -> BoundsOf:
        """Bounds of all cells in the tables of each, under a pattern."""
        contributors = self.instance.truth.contributors
        if contributors is None:
            bounds = self.instance.suppression.bounds(hidden)
            return lambda _: bounds
        low, high = self._by_figures(hidden)

        def bounds_for(cell: int) -> tuple[Ints, Ints]:
            people = self._unconvinced.get(cell)
            return contributors.within(
                low, high, contributors.whom_to_convince(cell) if people is None else people, cell
            )

        return bounds_for

    def _by_figures(self, hidden: Bools) -> tuple[Ints, Ints]:
        """Bounds of all cells by a pattern's figures alone; implied cells that they leave open count as hidden."""
        return self.instance.suppression.bounds(hidden | self.instance.audit_problem(hidden).hidden)
