"""Prove cells to people who know something themselves: by one table to all of them, else by several (confidential)."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.disclosure.suppress.contributors import Insiders
from seuil.disclosure.tuning import Effort
from seuil.disclosure.witness import push
from seuil.disclosure.witness.search import WitnessSearch

SPLITS = 4  # times that people are parted for whom no one table was found


@dataclass(frozen=True)
class Convincer:
    """low, high: (cells,) bounds by the figures alone."""

    insiders: Insiders
    low: Ints
    high: Ints

    def bounds(self, cell: int, people: Ints) -> tuple[Ints, Ints]:
        """Bounds of all cells in the tables that prove one to some people."""
        return self.insiders.within(self.low, self.high, people, cell)

    def left(self, search: WitnessSearch, places: Iterable[int], effort: Effort) -> dict[int, Ints]:
        """Try watched cells one by one; of each that is not proved, some people for whom no table was found."""
        found = {}
        for place in places:
            left = self._left(
                search, place, self.insiders.to_convince(int(search.targets.cells[place])), effort, SPLITS
            )
            if left is not None:
                found[place] = left
        return found

    def _left(self, search: WitnessSearch, place: int, people: Ints, effort: Effort, splits: int) -> Ints | None:
        with search.within(place, *self.bounds(int(search.targets.cells[place]), people)):
            search.widen_alone(effort, np.array([place]))
            if push.done(search.problem, search.found, place):
                return None
        if not splits or len(people) < 2:
            return people
        for some in (people[0::2], people[1::2]):  # those with the largest contributions are at odds
            left = self._left(search, place, some, effort, splits - 1)
            if left is not None:
                return left
        return None
