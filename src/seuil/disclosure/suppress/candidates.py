"""Which shown cells had best be hidden so that hidden ones can move (confidential: from the true table)."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.disclosure.constraints.goals import INFINITE, Targets
from seuil.disclosure.constraints.groups import Neighbours
from seuil.disclosure.constraints.problem import AuditProblem
from seuil.disclosure.constraints.system import by_leaves, by_lines
from seuil.disclosure.suppress import priced_repair
from seuil.disclosure.suppress.cutting_plane import Places
from seuil.disclosure.suppress.justification import Reasons
from seuil.disclosure.suppress.priced_repair import Level, Way
from seuil.disclosure.suppress.true_table import Truth
from seuil.disclosure.tuning import Effort
from seuil.disclosure.witness import push
from seuil.disclosure.witness.search import Prices, WitnessSearch

COMPANIONS = 8


@dataclass(frozen=True)
class Loosening:
    """What does not change with the pattern.

    asked: (cells,) of which something is to be proved once they are hidden. cost, height: (cells,) of each.
    """

    truth: Truth
    places: Places
    asked: Bools
    cost: Floats
    height: Ints
    neighbours: Neighbours
    reasons: Reasons
    random: np.random.Generator

    def cells(
        self,
        problem: AuditProblem,
        hidden: Bools,
        stuck: Ints,
        level: Level,
        seed: int,
        bounds_of: Callable[[int], tuple[Ints, Ints]],
    ) -> Bools:
        """(cells,) what had best be hidden beside a pattern so that stuck cells (as in `Proof.cells`) can move.

        bounds_of: bounds of all cells in the tables of each cell, under the pattern.
        """
        search, prices = self._priced(problem, hidden, level, seed)
        opened = np.zeros(len(hidden), np.bool_)
        cells = search.targets.cells
        position = np.full(len(opened), -1, np.int64)
        position[cells] = np.arange(len(cells))
        way = priced_repair.no_way(len(cells))
        lonely = self.reasons.lonely(problem)
        for cell in self.random.permutation(problem.nodes_of(stuck)):
            at = int(position[cell])
            companions = np.zeros(0, np.int64)
            if problem.justified and lonely[cell]:
                companions = position[self._companions(int(cell), hidden)]
                companions = companions[companions >= 0]
            elif at < 0 or push.done(search.problem, search.found, at):
                continue
            apart = search.within(at, *bounds_of(int(cell))) if self.truth.insiders is not None else nullcontext()
            with apart:
                opened[cells[self._for_one(search, prices, at, companions, level[2], way)]] = True
        return opened

    def _priced(self, problem: AuditProblem, hidden: Bools, level: Level, seed: int) -> tuple[WitnessSearch, Prices]:
        """A search from the true table in which shown cells may leave their figures at a price."""
        price, highest, _ = level
        truth, places = self.truth, self.places
        low, high = places.bounds(hidden)
        if problem.rounded:
            system = by_leaves(truth.grid, problem.implied.overlaps, low, high)
        else:
            number = np.full(len(problem.rows), -1, np.int64)
            system = by_lines(problem.implied.atoms, problem.rows, low, high, number, places.openable | hidden)
        cells = np.unique(np.concatenate([system.cell, system.row_cell[system.row_cell >= 0]]))
        mine = ~hidden[cells] & places.openable[cells] & (self.height[cells] <= highest)
        price_of = np.where(mine, price * self.cost[cells], 0.0)
        hidden_low, hidden_high = places.hidden_low, places.hidden_high
        if truth.insiders is not None:
            hidden_low, hidden_high = truth.insiders.within(hidden_low, hidden_high, truth.insiders.everyone)
        prices = Prices(price_of, hidden_low[cells], hidden_high[cells])
        sliding = np.where(hidden[cells] & self.asked[cells], problem.sliding, 0)
        group = np.zeros(len(cells), np.int64)
        upper, lower = truth.upper[cells], truth.lower[cells]
        upper, lower = np.where(sliding > 0, upper, -INFINITE), np.where(sliding > 0, lower, INFINITE)
        targets = Targets(cells, sliding, upper, lower, group, np.zeros(1, np.bool_), 0, truth.grid.threshold, False)
        search = WitnessSearch(system, targets, seed, prices=prices)
        search.start_from(truth.values[system.cell])
        return search, prices

    def _for_one(
        self, search: WitnessSearch, prices: Prices, at: int, companions: Ints, effort: Effort, way: Way
    ) -> Ints:
        """Hide, for a watched cell, what is cheapest; returns which ones."""
        p, s, cells = search.problem, search.state, search.targets.cells
        found = [np.zeros(0, np.int64)]
        for _ in range(2):  # once up and once down, where both are asked for
            if not priced_repair.cheapest_way(p, s, search.found, at, companions, self.cost[cells], effort, way):
                break
            priced_repair.take(p, s, search.found, way, prices.low, prices.high)
            new = way.opened[: way.size[0]].copy()
            p.sliding[new] = self.places.asked.sliding[cells[new]]
            p.upper[new], p.lower[new] = self.truth.upper[cells[new]], self.truth.lower[cells[new]]
            found.append(new)
            if push.done(p, search.found, at):
                break
        return np.concatenate(found)

    def _companions(self, cell: int, hidden: Bools) -> Ints:
        """Cells of which one is to be small while the cell is raised: line-mates in random order, hidden ones first."""
        found = self.neighbours.of(cell)
        return found[np.argsort(~hidden[found], kind="stable")][:COMPANIONS]
