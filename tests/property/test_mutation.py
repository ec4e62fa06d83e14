"""A valid pattern, made worse by one cell: what the auditor then says is what enumeration says."""

from collections import Counter
from random import Random

from tests.helpers.brute_force import Oracle, TooLargeError
from tests.helpers.strategies import PERIOD, figures_of, random_dataset, random_leaves
from tests.property.test_guarantee import compare_audit

from seuil.disclosure.cube.cube import Leaves, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.protect import protect
from seuil.disclosure.suppress.true_table import count_truth
from seuil.model.errors import DisclosureError

CUBES = 40


def check(seed: int) -> Counter[str]:
    """Show every cell in turn that is hidden to protect others; what came of it."""
    draw = Random(seed)
    grid = grid_of(random_dataset(draw), PERIOD)
    leaves = random_leaves(draw, grid)
    shape = (grid.shape[0], *(len(axis.leaves) for axis in grid.axes))
    cube = cube_of(grid, Leaves(leaves.reshape(shape), {}))
    came: Counter[str] = Counter()
    try:
        figures = protect(cube, b"any").figures
        hidden = figures.count.hidden
        small = count_truth(cube).small.reshape(grid.shape)
        for at in zip(*(hidden & ~small & ~grid.asked("hidden")).nonzero(), strict=True):
            shown = hidden.copy()
            shown[at] = False
            worse = figures_of(grid, cube.count, shown)
            oracle = Oracle(worse)
            # Without a reason, or with an implied cell told that is small, the truth itself is not admissible any more.
            if oracle.admissible(leaves.reshape(1, -1))[0]:
                came[compare_audit(seed, worse, oracle)] += 1
            else:
                came["not even the truth is admissible"] += 1
    except (DisclosureError, TooLargeError):
        pass
    return came


def test_a_pattern_without_one_of_its_cells_is_judged_as_by_enumeration():
    came = sum((check(seed) for seed in range(CUBES)), Counter())
    assert came["exposed"] > CUBES // 2, came
    assert came["safe, but undecided"] <= sum(came.values()) // 20, came
