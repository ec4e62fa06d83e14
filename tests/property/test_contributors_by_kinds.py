"""What contributors with amounts of several kinds can work out of a sum that is split by these, judged one by one.

As in `test_contributors`: everyone knows all that is published, that each cell is at least what he has there, of all of
its kinds together, and exactly how much is where nobody else has anything. In every hidden cell there can be
`p_percent` more and less than there is. Excepted is who is alone in a part of the cell, and who has more than what the
cell is to come down to.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import product
from random import Random

import numpy as np
import pytest
from tests.helpers.contributors import Cell, judged, nobody_finds_out_more, optimum
from tests.helpers.kinds import Person, leaves_of, random_collection, random_people
from tests.helpers.strategies import PERIOD

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.cube import Cube, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.protect import Protected, protect
from seuil.disclosure.suppress import true_table
from seuil.disclosure.suppress.contributors import _Trial

SEEDS, MORE = range(40), [range(first, first + 200) for first in range(40, 1040, 200)]
GIVEN = (10, 20, 20, 30, 40, 50, 50, 400)


class Judge:
    """The tables of amounts that someone can believe in. Variables are the leaves of all dimensions."""

    def __init__(self, cube: Cube, result: Protected, people: list[Person]) -> None:
        self.grid, self.people = cube.grid.grids["m"], people
        self.leaves = list(product(*(axis.leaves for axis in self.grid.axes)))
        self.cells = list(np.ndindex(self.grid.shape))
        self.rows = {c: np.array([float(self.within(c, leaf)) for leaf in self.leaves]) for c in self.cells}
        column, counts = result.figures.sums["m"], result.figures.count
        shown = self.grid.published & ~column.hidden
        self.equal = [(self.rows[c], float(column.values[c])) for c in self.cells if shown[c]]
        nobody = cube.grid.published & ~counts.hidden & (counts.values == 0) & self.grid.zeros_shown
        self.equal += [(self.rows[c], 0.0) for c in self.cells if self.grid.empty[c] or nobody[c[:-1]]]

    def within(self, cell: Cell, leaf: Cell) -> bool:
        return all(n in axis.leaves_under[k] for axis, k, n in zip(self.grid.axes, cell[1:], leaf, strict=True))

    def has(self, person: Person, cell: Cell) -> int:
        return sum(amount for kind, amount in person.amounts.items() if self.within(cell, (*person.leaf, kind)))

    def gives(self, cell: Cell, person: Person) -> bool:
        return self.has(person, cell) > 0

    def givers(self, cell: Cell) -> int:
        return sum(self.has(person, cell) > 0 for person in self.people)

    def extreme(self, cell: Cell, sign: int, person: Person | None) -> float:
        """The least (sign 1) or most (-1) that the cell can hold for an outsider (None) or a contributor."""
        equal, least = list(self.equal), [(self.rows[self.cells[0]], 0.0)]
        for c in self.cells if person else ():
            if mine := self.has(person, c):
                least.append((self.rows[c], float(mine)))
                if self.givers(c) == 1:
                    equal.append((self.rows[c], float(mine)))
        return optimum(self.rows[cell], sign, equal, least)

    def excepted(self, cell: Cell, person: Person, lower: int) -> bool:
        """Alone in a part of the cell, or having more than what it is to come down to."""
        parts = [(0, *person.leaf, kind) for kind, amount in person.amounts.items() if amount]
        alone = any(self.within(cell, part[1:]) and self.givers(part) == 1 for part in parts)
        return alone or self.has(person, cell) > lower


def check(seed: int, *, own_total: bool = True) -> Counter[str]:
    """Protect a random cube of amounts; how much was asked of it, and what was found wrong."""
    draw = Random(seed)
    grid = grid_of(random_collection(draw, own_total=own_total, threshold=draw.choice((2, 3))), PERIOD)
    people = random_people(draw, grid, (0, 1, 1, 2, 3, 4, 5, 6, 7), GIVEN)
    cube = cube_of(grid, leaves_of(grid, people))
    result = protect(cube, b"not so secret")
    if not result.safe:
        return Counter({"not released": 1})
    asked = {(person.leaf, *sorted(person.amounts.items())): person for person in people if person.amounts}
    return judged(Judge(cube, result, people), cube, result, asked.values())


def all_checked(seeds: Iterable[int]) -> Counter[str]:
    return sum((check(seed) for seed in seeds), Counter())


def test_no_contributor_of_several_kinds_finds_out_more():
    came = all_checked(SEEDS)
    nobody_finds_out_more(came, len(SEEDS))


def test_so_it_is_where_what_all_kinds_add_up_to_is_no_figure():
    came = sum((check(seed, own_total=False) for seed in SEEDS), Counter())
    nobody_finds_out_more(came, len(SEEDS))


def test_bounds_of_one_cell_are_those_of_all_that_its_contributors_know(monkeypatch):
    """The search is told of what changes for a cell; worked out from all cells anew it has to be the same."""
    quickly, asked = _Trial.bounds, Counter()

    def compared(trial: _Trial, cell: int, people: Ints) -> tuple[Ints, Ints]:
        found = quickly(trial, cell, people)
        system, size = trial.search.system, len(trial.knowledge.total)
        low, high = np.zeros(size, np.int64), np.zeros(size, np.int64)
        low[trial.cells], high[trial.cells] = trial.low, trial.high
        expected = system.bounds(*trial.knowledge.within(low, high, people, cell))
        assert all((a == b).all() for a, b in zip(found, expected, strict=True))
        everyone = system.bounds(*trial.knowledge.within(low, high, people))
        asked["all"] += 1
        asked["of variables that are several cells"] += len(trial.cells) > system.variables
        asked["where some are excepted"] += any((a != b).any() for a, b in zip(found, everyone, strict=True))
        return found

    monkeypatch.setattr(_Trial, "bounds", compared)
    all_checked(range(12))
    assert min(asked.values()) > 10 and len(asked) == 3, asked


@pytest.mark.soak
@pytest.mark.parametrize("seeds", MORE, ids=str)
def test_no_contributor_of_several_kinds_finds_out_more_in_full(seeds):
    came = all_checked(seeds)
    assert came["wrong"] == 0, came


def test_contributors_find_out_more_where_only_outsiders_are_thought_of(monkeypatch):
    monkeypatch.setattr(true_table, "knowledge_by_kinds", lambda *_: None)
    assert all_checked(range(15))["wrong"] > 5
