"""Candidate secondaries: which shown cells had best be hidden so that unproved ones can move (confidential).

One unproved cell after the other is pushed to its protection levels from the true table while shown cells may leave
their figures at a price (`priced_repair`); those that do in the cheapest way are hidden, and the search goes on with
them hidden. So this is a sequential heuristic of complementary suppression, as in Cox (1995, Journal of the American
Statistical Association 90); the cutting planes that went before leave it few cells.

Cost: one search laid out, then some priced repairs for each unproved cell.
"""

from dataclasses import dataclass

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.goals import INFINITE, Targets
from seuil.disclosure.constraints.problem import AuditProblem
from seuil.disclosure.constraints.system import by_leaves, by_lines
from seuil.disclosure.suppress.candidate_repairs import Asked, PricedRepairs
from seuil.disclosure.suppress.instance import BoundsOf, Instance
from seuil.disclosure.tuning import PriceLevel
from seuil.disclosure.witness.search import Prices, WitnessSearch


@dataclass(frozen=True)
class CandidateSearch:
    """Looks for candidates of one instance, whatever its pattern."""

    instance: Instance

    def secondaries(self, hidden: Bools, unproved: Ints, level: PriceLevel, seed: int, bounds_of: BoundsOf) -> Bools:
        """(cells,) what had best be hidden beside a pattern so that unproved cells can move.

        unproved: numbered as in `Proof.cells`. bounds_of: bounds of all cells in the tables of each cell, under the
        pattern.
        """
        instance, problem = self.instance, self.instance.audit_problem(hidden)
        search, prices = self._priced_search(problem, hidden, level, seed)
        found = np.zeros(len(hidden), np.bool_)
        cells = search.targets.cells
        position = np.full(len(found), -1, np.int64)
        position[cells] = np.arange(len(cells))
        sole = instance.justification.sole_small(problem)
        asked: list[Asked] = []
        # In random order: in that of the grid the first cells of a table would always choose what the last ones get.
        for cell in instance.random.permutation(problem.nodes_of(unproved)):
            at, companions, alone = int(position[cell]), np.zeros(0, np.int64), bool(problem.justified and sole[cell])
            if at < 0:
                continue
            if alone:
                # Raised, the cell would leave its group without a small one; so another has to be small meanwhile, and
                # what was seen of the cell without that does not count.
                companions = position[self._companions(int(cell), hidden)]
            asked.append(Asked(at, companions[companions >= 0], whatever_seen=alone))
        contributors = instance.truth.contributors
        repairs = PricedRepairs(search, prices, instance, level.effort)
        if contributors is not None:
            for one in asked:
                if repairs.moves_already(one):
                    continue
                with search.within(one.at, *search.system.bounds(*bounds_of(int(cells[one.at])))):
                    found[cells[repairs.hide_for([one])]] = True
        elif instance.linked:
            found[cells[repairs.hide_for_in_waves(asked)]] = True
        else:
            found[cells[repairs.hide_for(asked)]] = True
        return found

    def _priced_search(
        self, problem: AuditProblem, hidden: Bools, level: PriceLevel, seed: int
    ) -> tuple[WitnessSearch, Prices]:
        """A search from the true table in which shown cells may leave their figures at a price."""
        instance, truth = self.instance, self.instance.truth
        suppression = instance.suppression
        low, high = suppression.bounds(hidden)
        if problem.rounded:
            system = by_leaves(truth.grid, problem.implied.overlaps, low, high)
        else:
            number = np.full(len(problem.rows), -1, np.int64)
            variable = suppression.eligible | hidden
            system = by_lines(problem.implied.atoms, problem.searched_rows, low, high, number, variable)
        cells = np.unique(np.concatenate([system.cell, system.row_cell[system.row_cell >= 0]]))
        mine = ~hidden[cells] & suppression.eligible[cells] & (instance.height[cells] <= level.highest)
        price = np.where(mine, level.price * instance.cost[cells], 0.0)
        hidden_low, hidden_high = suppression.hidden_low, suppression.hidden_high
        if truth.contributors is not None:
            everyone = truth.contributors.everyone
            hidden_low, hidden_high = truth.contributors.within(hidden_low, hidden_high, everyone)
        prices = Prices(price, hidden_low[cells], hidden_high[cells])
        sliding = np.where(hidden[cells] & instance.to_protect[cells], problem.sliding, 0)
        # Justification is kept by companions here: with one group for all cells the search asks for nothing more.
        group = np.zeros(len(cells), np.int64)
        upper, lower = truth.upper[cells], truth.lower[cells]
        upper, lower = np.where(sliding > 0, upper, -INFINITE), np.where(sliding > 0, lower, INFINITE)
        targets = Targets(
            cells=cells,
            sliding=sliding,
            upper=upper,
            lower=lower,
            group=group,
            free=np.zeros(1, np.bool_),
            floor=0,
            threshold=truth.grid.threshold,
            justified=False,
        )
        search = WitnessSearch(system, targets, seed, prices=prices)
        search.start_from(truth.values[system.cell])
        return search, prices

    def _companions(self, cell: int, hidden: Bools) -> Ints:
        """Cells of which one is to be small while the cell is raised: line-mates in random order, hidden ones first."""
        found = self.instance.neighbours.of(cell)
        return found[np.argsort(~hidden[found], kind="stable")][: tuning.TUNING.suppress.companions]
