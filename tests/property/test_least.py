"""The bound on the loss, and proofs that cells are held, on tiny cubes where everything can be enumerated."""

from collections import Counter
from itertools import combinations
from random import Random

import numpy as np
from tests.helpers.brute_force import Oracle, TooLargeError, cells_of
from tests.helpers.strategies import PERIOD, figures_of, random_case, random_dataset, random_leaves

from seuil.disclosure.constraints.goals import INFINITE
from seuil.disclosure.constraints.problem import count_problem
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.cube.cube import Leaves, cube_of
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.disclosure.lp.farkas import Refuter
from seuil.disclosure.suppress import suppress
from seuil.disclosure.suppress.true_table import count_truth

FEWEST, MOST = 20, 400  # patterns looked at


def safe(grid: Grid, leaves: np.ndarray, hidden: np.ndarray) -> bool:
    """Whether a pattern gives nobody away, by enumeration."""
    oracle = Oracle(figures_of(grid, cells_of(grid, leaves), hidden))
    return bool(oracle.admissible(leaves.reshape(1, -1))[0]) and oracle.exposed == []


def check_bound(seed: int) -> str:
    """No pattern that hides fewer cells than the bound is safe."""
    draw = Random(seed)
    grid = grid_of(random_dataset(draw), PERIOD)
    leaves = random_leaves(draw, grid)
    shape = (grid.shape[0], *(len(axis.leaves) for axis in grid.axes))
    truth = count_truth(cube_of(grid, Leaves(leaves.reshape(shape), {})))
    found = suppress(truth, b"any")
    small = truth.small & grid.published.ravel()
    chosen = found.price.number
    assert found.price.least_number <= chosen or len(found.unproved), seed
    start = small | (grid.asked("hidden").ravel() & ~((truth.values == 0) & grid.zeros_shown))
    others = np.flatnonzero(grid.published.ravel() & ~start & ~grid.empty.ravel())
    patterns = [more for n in range(found.price.least_number) for more in combinations(others.tolist(), n)]
    if len(patterns) > MOST:
        return "too many"
    try:
        for more in patterns:
            hidden = start.copy()
            hidden[list(more)] = True
            assert not safe(grid, leaves, hidden.reshape(grid.shape)), f"seed {seed}: {more} are enough"
    except TooLargeError:
        return "too large"
    return "bound" if patterns else "nothing to hide"


def check_held(seed: int) -> Counter[str]:
    """What is refuted under a random pattern is exposed."""
    case = random_case(Random(seed))
    problem, grid = count_problem(case.figures), case.figures.grid
    values = cells_of(grid, case.leaves).ravel()
    told = problem.implied.nodes & ~problem.hidden
    refuter = Refuter(problem.rows, values, np.where(told, values, problem.low), np.where(told, values, problem.high))
    came: Counter[str] = Counter()
    for what in case.oracle.to_prove:
        rest = (
            len(problem.implied.lines) if what >= len(values) else 0
        )  # rests are numbered by overlap, rows by line first
        cells = refuter.held(what + rest, problem.sliding, -INFINITE, INFINITE)
        if cells is None:
            came["exposed" if what in case.oracle.exposed else "safe"] += 1
            continue
        assert what in case.oracle.exposed, f"seed {seed}: {what} is safe"
        assert ((problem.high[cells] < UNBOUNDED) | (problem.low[cells] > 0) | told[cells]).any(), seed
        came["held"] += 1
    return came


def test_no_pattern_with_fewer_cells_than_the_bound_is_safe():
    came = Counter(check_bound(seed) for seed in range(120))
    assert came["bound"] > FEWEST, came


def test_what_is_refuted_is_exposed():
    came = sum((check_held(seed) for seed in range(150)), Counter())
    assert came["held"] > 4 * came["exposed"], came  # nearly all; 2e and whole numbers alone can expose too
    assert came["safe"] > FEWEST
