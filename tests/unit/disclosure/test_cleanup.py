"""Showing needless cells again: enumeration says of the pattern that is left that every hidden cell of it is safe."""

from collections.abc import Collection
from random import Random
from typing import NamedTuple

import numpy as np
from tests.helpers.brute_force import Oracle, TooLargeError
from tests.helpers.strategies import PERIOD, dataset, figures_of, tree

from seuil.disclosure.constraints.problem import prepare
from seuil.disclosure.cube.cube import Cube, Leaves, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.suppress.cleanup import show_redundant
from seuil.disclosure.suppress.true_table import count_truth
from seuil.disclosure.witness.push import Effort
from seuil.disclosure.witness.search import WitnessSearch

EFFORT = Effort(steps=2_000, stall=400, tries=3, units=12)
LINE, GRID = (
    ("T all,a T leaf,b T leaf,c T leaf,d T leaf,e T leaf",),
    ("T all,a T leaf,b T leaf,c T leaf", "S all,f S sex,m S sex"),
)


class Closed(NamedTuple):
    """What came of it: cells (flat) that were candidates, and those of them that are shown again."""

    candidates: list[int]
    shown: list[int]
    kept: list[int]


def cube_of_leaves(trees: tuple[str, ...], counts: list[int], rounding: int | None = None) -> Cube:
    hierarchies = {f"x{k}": tree(spec) for k, spec in enumerate(trees)}
    # Groups are another's business: at this level none needs a small cell.
    grid = grid_of(dataset(hierarchies, threshold=3, rounding=rounding, level="plausible"), PERIOD)
    shape = (1, *(len(axis.leaves) for axis in grid.axes))
    return cube_of(grid, Leaves(np.array(counts, np.int64).reshape(shape), {}))


def small(cube: Cube) -> np.ndarray:
    return cube.grid.published & (cube.count < cube.grid.threshold)


def closed(cube: Cube, hidden: np.ndarray, *, refused: Collection[int] = ()) -> Closed | None:
    """Show again whatever hidden cell is not small, in their order; None where not all of them are proved at first.

    refused: cells that the quick look refuses.
    """
    truth = count_truth(cube)
    prepared = prepare(truth.problem(hidden.ravel()))
    search = WitnessSearch(prepared.system, prepared.targets, 1, aggregated=prepared.aggregated)
    search.start_from(truth.values[prepared.system.cell])
    search.widen(EFFORT)
    if len(search.left) or len(prepared.aggregated.cells) < len(prepared.cells):
        return None
    cells = search.targets.cells
    node = cells < hidden.size
    node &= (
        np.bincount(search.aggregated.of, minlength=len(cells)) == 1
    )  # others are proved with a cell that is none of its class
    able = np.flatnonzero(node & ~small(cube).ravel()[np.minimum(cells, hidden.size - 1)])
    nothing = truth.problem(np.zeros(hidden.size, np.bool_))
    low, high, kept = nothing.low[cells[able]], nothing.high[cells[able]], []

    def may_show(position: int) -> bool:
        return int(cells[position]) not in refused

    def keep_hidden(position: int) -> None:
        kept.append(int(cells[position]))

    shown = show_redundant(search, able, low, high, may_show, keep_hidden)
    return Closed(cells[able].tolist(), cells[able[shown]].tolist(), kept)


def exposed(cube: Cube, hidden: np.ndarray) -> list[int]:
    return Oracle(figures_of(cube.grid, cube.count, hidden)).exposed


def without(hidden: np.ndarray, cells: Collection[int]) -> np.ndarray:
    left = hidden.copy()
    left.flat[list(cells)] = False
    return left


def random_case(seed: int) -> tuple[Cube, np.ndarray]:
    """Small cells and many others hidden."""
    draw = Random(seed)
    trees = draw.choice([LINE, GRID])
    counts = [draw.choice([0, 1, 2, 3, 4, 5, 7]) for _ in range(5 if trees is LINE else 6)]
    cube = cube_of_leaves(trees, counts, draw.choice([None, None, 4]))
    more = np.array([draw.random() < 0.6 for _ in range(cube.count.size)]).reshape(cube.grid.shape)
    return cube, small(cube) | more


def test_what_is_left_hidden_is_safe():
    shown, kept = 0, 0
    for seed in range(80):
        cube, hidden = random_case(seed)
        found = closed(cube, hidden)
        if found is None:
            continue
        try:
            assert exposed(cube, hidden) == [], "what was proved is safe"
            assert exposed(cube, without(hidden, found.shown)) == [], f"seed {seed}"
        except TooLargeError:
            continue
        assert sorted(found.shown + found.kept) == sorted(found.candidates), "each is shown or told of"
        shown, kept = shown + len(found.shown), kept + len(found.kept)
    assert min(shown, kept) > 20  # not vacuous


T, A, B, C, D, E = range(6)


def line(*hidden: int) -> tuple[Cube, np.ndarray]:
    """A total of 22 with parts 1, 4, 5, 6 and 6; the first is small."""
    return cube_of_leaves(LINE, [1, 4, 5, 6, 6]), np.isin(np.arange(6), hidden).reshape(1, 6)


def test_one_of_two_mates_of_a_small_cell_is_needless():
    found = closed(*line(A, B, C))
    assert found == Closed([B, C], [B], [C])


def test_the_only_mate_of_a_small_cell_is_kept():
    assert closed(*line(A, B)) == Closed([B], [], [B])


def test_a_cell_that_the_quick_look_refuses_is_left_alone():
    found = closed(*line(A, B, C), refused=[B])
    assert found == Closed([B, C], [C], [])
