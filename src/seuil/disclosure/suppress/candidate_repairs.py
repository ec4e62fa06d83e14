"""Hide candidates for many cells, one after the other, or in waves of blocks side by side (confidential).

In waves as the search works (`witness.threads`): the blocks of a wave begin with what was hidden before it and know
nothing of each other. What they hide is put together in their order, so that threads decide nothing. Two blocks may
each hide something where one of the two would do: waves are small.

Cost: one priced repair for each cell that nothing hidden before it lets go; of each block a copy of the search.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Ints
from seuil.disclosure.suppress import priced_repair
from seuil.disclosure.suppress.instance import Instance
from seuil.disclosure.tuning import Effort
from seuil.disclosure.witness import push, repair
from seuil.disclosure.witness.push import Found
from seuil.disclosure.witness.search import Prices, WitnessSearch
from seuil.disclosure.witness.state import Problem, State, copy_of


class Asked(NamedTuple):
    """A cell that is to move, by its position among those watched.

    companions: one of them is to be small while the cell is raised. whatever_seen: what was seen of the cell before
    does not count.
    """

    at: int
    companions: Ints
    whatever_seen: bool


class _Block(NamedTuple):
    """What a block hid, and the range it has seen of every cell."""

    hidden: Ints
    lowest: Ints
    highest: Ints


class _Work(NamedTuple):
    """All that priced repairs change."""

    problem: Problem
    state: State
    found: Found

    def copy(self) -> "_Work":
        """The same with arrays of its own."""
        p, f = self.problem, self.found
        own = ("price", "row_price", "scale", "sliding", "upper", "lower")
        return _Work(
            p._replace(**{name: getattr(p, name).copy() for name in own}),
            copy_of(self.state),
            f._replace(lowest=f.lowest.copy(), highest=f.highest.copy()),
        )


@dataclass(frozen=True)
class PricedRepairs:
    """Priced repairs in one search: what they hide stays hidden for those that come after."""

    search: WitnessSearch
    prices: Prices
    instance: Instance
    effort: Effort

    def moves_already(self, one: Asked) -> bool:
        """Whether what was hidden for others lets a cell go."""
        return not one.whatever_seen and push.done(self.search.problem, self.search.found, one.at)

    def hide_for(self, asked: Sequence[Asked]) -> Ints:
        """Hide, for one cell after the other, what is cheapest; returns which ones, by their positions."""
        return self._hide_for(_Work(self.search.problem, self.search.state, self.search.found), asked)

    def hide_for_in_waves(self, asked: Sequence[Asked]) -> Ints:
        """The same for blocks of cells side by side."""
        t = tuning.TUNING.suppress
        work = _Work(self.search.problem, self.search.state, self.search.found)
        blocks = [asked[k : k + t.block_of_candidates] for k in range(0, len(asked), t.block_of_candidates)]
        seeds = self.search.random.integers(1 << 31, size=len(blocks))

        def run(number: int) -> _Block:
            own = work.copy()
            repair.seed(int(seeds[number]))  # the generator of compiled code, of which each thread has its own
            hidden = self._hide_for(own, blocks[number])
            return _Block(hidden, own.found.lowest, own.found.highest)

        hidden = [np.zeros(0, np.int64)]
        with ThreadPoolExecutor(min(len(os.sched_getaffinity(0)), t.blocks_in_a_wave)) as executor:
            for first in range(0, len(blocks), t.blocks_in_a_wave):
                wave = range(first, min(first + t.blocks_in_a_wave, len(blocks)))
                for block in list(executor.map(run, wave)):
                    self._take_in(work, block)
                    hidden.append(block.hidden)
        return np.unique(np.concatenate(hidden))

    def _take_in(self, work: _Work, block: _Block) -> None:
        priced_repair.hide(work.problem, work.state, block.hidden, self.prices.low, self.prices.high)
        self._protect(work.problem, block.hidden)
        np.minimum(work.found.lowest, block.lowest, out=work.found.lowest)
        np.maximum(work.found.highest, block.highest, out=work.found.highest)

    def _hide_for(self, work: _Work, asked: Sequence[Asked]) -> Ints:
        p, s, f = work
        cost = self.instance.cost[self.search.targets.cells]
        best = priced_repair.no_repair(len(cost))
        hidden = [np.zeros(0, np.int64)]
        for at, companions, whatever_seen in asked:
            for _ in range(2):  # once up and once down, where both are asked for
                if not whatever_seen and push.done(p, f, at):
                    break  # what was hidden for others lets this one go
                if not priced_repair.cheapest_repair(p, s, f, at, companions, cost, self.effort, best):
                    break
                priced_repair.take(p, s, f, best, self.prices.low, self.prices.high)
                new = best.hidden[: best.size[0]].copy()
                self._protect(p, new)
                hidden.append(new)
                if push.done(p, f, at):
                    break
        return np.concatenate(hidden)

    def _protect(self, problem: Problem, new: Ints) -> None:
        """What is hidden now has protection levels of its own, which later cells of this round help to reach."""
        cells, truth = self.search.targets.cells[new], self.instance.truth
        problem.sliding[new] = self.instance.suppression.levels.sliding[cells]
        problem.upper[new], problem.lower[new] = truth.upper[cells], truth.lower[cells]
