"""What contributors to a sum can work out, judged by linear programmes over people who are made up one by one.

Every contributor knows all that is published, that each cell he is in is at least what he gives, and exactly how much
is in a cell where nobody else gives anything. What is asked of a released sum then: in every hidden cell there can be
`p_percent` more and less than there is. Excepted is who is alone in a part of the cell, and who gives more than what
the cell is to come down to.
"""

from collections import Counter
from collections.abc import Iterable
from itertools import product
from random import Random
from typing import NamedTuple

import numpy as np
import pytest
from tests.helpers import contributors
from tests.helpers.contributors import Cell, judged, nobody_finds_out_more, optimum
from tests.helpers.strategies import PERIOD, random_dataset

from seuil.disclosure.cube.cube import Amounts, Leaves, cube_of
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.disclosure.protect import Protected, protect
from seuil.disclosure.suppress import true_table
from seuil.model.errors import DisclosureError

SEEDS, MORE = range(40), [range(first, first + 200) for first in range(40, 1040, 200)]


class Person(NamedTuple):
    """The slices and the leaf that somebody is in, and what he gives."""

    slices: tuple[int, ...]
    leaf: tuple[int, ...]
    amount: int


def people_of(draw: Random, grid: Grid) -> list[Person]:
    """A few people in every leaf; some leaves have one or nobody, some people give much or nothing."""
    people = []
    for leaf in product(*(axis.leaves for axis in grid.axes)):
        subsets = [s for s in product((0, 1), repeat=grid.shape[0]) if any(s)]
        may = [s for s in subsets if all(sum(c * s[k] for k, c in x.terms) >= 0 for x in grid.relations)]
        for _ in range(draw.choice([0, 1, 1, 2, 3, 4, 5, 6, 7])):
            slices = tuple(k for k, there in enumerate(draw.choice(may)) if there)
            if not any(grid.empty[(k, *leaf)] for k in slices):
                people.append(Person(slices, leaf, draw.choice([0, 10, 20, 20, 30, 40, 50, 50, 400])))
    return people


def leaves_of(grid: Grid, people: list[Person]) -> Leaves:
    shape = (grid.shape[0], *(len(axis.leaves) for axis in grid.axes))
    count, total, contributors, largest, second = (np.zeros(shape, np.int64) for _ in range(5))
    for person in people:
        place = tuple(axis.leaves.index(n) for axis, n in zip(grid.axes, person.leaf, strict=True))
        for k in person.slices:
            at = (k, *place)
            count[at] += 1
            total[at] += person.amount
            contributors[at] += person.amount > 0
            second[at] = max(second[at], min(largest[at], person.amount))
            largest[at] = max(largest[at], person.amount)
    return Leaves(count, {"m": Amounts(total, contributors, largest, second)})


class Judge:
    """The tables of amounts that someone can believe in. Variables are the leaves of every slice."""

    def __init__(self, grid: Grid, result: Protected, people: list[Person]) -> None:
        self.grid, self.people, self.figures = grid, people, result.figures
        self.variables = list(product(range(grid.shape[0]), *(axis.leaves for axis in grid.axes)))
        self.cells = list(product(*(range(n) for n in grid.shape)))
        self.rows = {c: np.array([float(self.holds(c, v[:1], v[1:])) for v in self.variables]) for c in self.cells}
        column, counts = self.figures.sums["m"], self.figures.count
        shown = [c for c in self.cells if grid.published[c] and not column.hidden[c]]
        self.equal = [(self.rows[c], float(column.values[c])) for c in shown]
        nobody = grid.published & ~counts.hidden & (counts.values == 0) & grid.zeros_shown
        self.equal += [(self.rows[c], 0.0) for c in self.cells if grid.empty[c] or nobody[c]]
        self.least = [
            (sum(sign * self.rows[(k, *leaf)] for k, sign in relation.terms), 0.0)
            for relation in grid.relations
            for leaf in product(*(axis.leaves for axis in grid.axes))
        ]

    def holds(self, cell: tuple[int, ...], slices: tuple[int, ...], leaf: tuple[int, ...]) -> bool:
        under = (n in axis.leaves_under[k] for axis, k, n in zip(self.grid.axes, cell[1:], leaf, strict=True))
        return cell[0] in slices and all(under)

    def gives(self, cell: Cell, person: Person) -> bool:
        return self.holds(cell, person.slices, person.leaf)

    def givers(self, cell: Cell) -> list[Person]:
        return [x for x in self.people if x.amount and self.holds(cell, x.slices, x.leaf)]

    def extreme(self, cell: tuple[int, ...], sign: int, person: Person | None) -> float:
        """The least (sign 1) or most (-1) that the cell can hold for an outsider (None) or a contributor."""
        equal, least = list(self.equal), list(self.least)
        for c in self.cells if person else ():
            if self.holds(c, person.slices, person.leaf):
                least.append((self.rows[c], float(person.amount)))
                if len(self.givers(c)) == 1:
                    equal.append((self.rows[c], float(person.amount)))
        return optimum(self.rows[cell], sign, equal, least)

    def excepted(self, cell: tuple[int, ...], person: Person, lower: int) -> bool:
        """Alone in a part of the cell, or giving more than what it is to come down to."""
        if not self.holds(cell, person.slices, person.leaf):
            return False
        return len(self.givers((cell[0], *person.leaf))) == 1 or person.amount > lower


def check(seed: int, **amount: object) -> Counter[str]:
    """Protect a random cube of amounts; how much was asked of it, and what was found wrong."""
    draw = Random(seed)
    grid = grid_of(random_dataset(draw, **amount), PERIOD)
    people = people_of(draw, grid)
    cube = cube_of(grid, leaves_of(grid, people))
    try:
        result = protect(cube, b"not so secret")
    except DisclosureError:
        return Counter(refused=1)
    if not result.safe:
        return Counter({"not released": 1})
    return judged(Judge(grid, result, people), cube, result, {person for person in people if person.amount})


def all_checked(seeds: Iterable[int], **amount: object) -> Counter[str]:
    return sum((check(seed, **amount) for seed in seeds), Counter())


def test_no_contributor_finds_out_more():
    came = all_checked(SEEDS)
    nobody_finds_out_more(came, len(SEEDS))


def test_no_contributor_finds_out_more_where_less_is_asked_of_large_totals():
    came = all_checked(SEEDS, p_percent_up_to=150)
    nobody_finds_out_more(came, len(SEEDS))
    assert came["above"] > 20, came


def test_large_totals_are_told_more_closely_where_less_is_asked_of_them(monkeypatch):
    """Else the test above would say nothing of them."""
    monkeypatch.setattr(contributors, "up_to", lambda _, total: total)
    assert all_checked(SEEDS, p_percent=60, p_percent_up_to=100)["wrong"] > 0


@pytest.mark.soak
@pytest.mark.parametrize("up_to", [None, 100])
@pytest.mark.parametrize("seeds", MORE, ids=str)
def test_no_contributor_finds_out_more_in_full(seeds, up_to):
    came = all_checked(seeds, p_percent_up_to=up_to)
    assert came["wrong"] == 0, came


def test_contributors_find_out_more_where_only_outsiders_are_thought_of(monkeypatch):
    monkeypatch.setattr(true_table, "knowledge_of_contributors", lambda *_: None)
    assert all_checked(range(12))["wrong"] > 5
