"""Sums that are split by kinds of amounts, of which a person may have several: what is released is safe.

Judged by listing all tables of counts, and all tables of amounts by place and kind, that a reader can believe in: a
hidden kind can't be worked out from the others and their total, in any place.
"""

from collections import Counter
from random import Random

import numpy as np
import pytest
from tests.helpers.brute_force import Oracle, TooLargeError
from tests.helpers.kinds import Person, leaves_of, random_collection, random_people
from tests.helpers.strategies import PERIOD

from seuil.disclosure.cube.cube import Cube, cube_of
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.disclosure.cube.primary import PrimaryRules
from seuil.disclosure.protect import protect
from seuil.disclosure.verify import verify


def given_by(grid: Grid, people: list[Person], cell: tuple[int, ...]) -> list[int]:
    """What each of those gives to a cell of the sum who give anything, the largest first."""
    axes = grid.grids["m"].axes
    found = [
        sum(person.amounts.get(kind, 0) for kind in axes[-1].leaves_under[cell[-1]])
        for person in people
        if all(n in axis.leaves_under[k] for axis, n, k in zip(axes, person.leaf, cell[1:], strict=False))
    ]
    return sorted((x for x in found if x), reverse=True)


def check_cube(cube: Cube, people: list[Person]) -> None:
    """The cells of the cube, and those that the rules hide, against the people one by one."""
    grid, amounts = cube.grid.grids["m"], cube.sums["m"]
    small = PrimaryRules(cube).sum("m")
    for cell in np.ndindex(grid.shape):
        given = given_by(cube.grid, people, cell)
        two = [*given, 0, 0][:2]
        assert amounts.total[cell] == sum(given)
        assert [amounts.largest[cell], amounts.second[cell]] == two
        assert amounts.contributors[cell] == len(given)
        few = len(given) < grid.threshold or 100 * two[0] > 85 * sum(given)
        close = 100 * (sum(given) - sum(two)) < 10 * two[0]
        nobody = grid.zeros_shown and cube.count[cell[:-1]] == 0
        assert small[cell] == ((few or close) and not grid.empty[cell] and not nobody), cell


def judged(seed: int, *, own_total: bool = True) -> str:
    draw = Random(seed)
    rules = {"threshold": draw.choice((2, 3)), "level": draw.choice(("justified", "plausible"))}
    made = random_collection(draw, own_total=own_total, **rules)
    grid = grid_of(made, PERIOD)
    people = random_people(draw, grid, (0, 1, 2, 3, 4), (1, 1, 2, 4))
    cube = cube_of(grid, leaves_of(grid, people))
    check_cube(cube, people)
    result = protect(cube, b"not so secret")
    if not result.safe:
        return "refused"
    assert verify(result.figures, result.audit.proofs) == (), seed
    try:
        oracles = {name: Oracle(result.figures, name) for name in ("count", "m")}
        assert oracles["m"].admissible(leaves_of(grid, people).sums["m"].total.reshape(1, -1))[0], seed
        assert all(oracle.exposed == [] for oracle in oracles.values()), seed
    except TooLargeError:
        return "too large"
    own, column = grid.grids["m"], result.figures.sums["m"]
    if not own_total:
        return "safe, something hidden" if column.hidden.any() else "safe"
    # A whole is shown and a kind of it hidden: what this is about.
    told = [c for c in np.ndindex(own.shape) if c[-1] == 0 and not column.hidden[c] and column.hidden[c[:-1]].any()]
    return "safe, a kind of a shown whole is hidden" if told else "safe"


def test_a_hidden_kind_does_not_follow_from_the_others() -> None:
    came = Counter(judged(seed) for seed in range(80))
    assert came["safe, a kind of a shown whole is hidden"] > 5, came
    assert came["refused"] < 20, came


def test_so_it_is_where_what_all_kinds_add_up_to_is_no_figure() -> None:
    came = Counter(judged(seed, own_total=False) for seed in range(60))
    assert came["safe, something hidden"] > 10, came
    assert came["refused"] < 15, came


@pytest.mark.soak
@pytest.mark.parametrize("start", range(1000, 4000, 500))
def test_a_hidden_kind_does_not_follow_from_the_others_in_full(start: int) -> None:
    came = Counter(judged(seed) for seed in range(start, start + 500))
    assert came["safe, a kind of a shown whole is hidden"] > 30, came
