"""Measures in some tables of a collection only: what all of them show together is safe.

Two or three tables hold counts, others a sum, which may have fewer dimensions. What is released is judged by listing
all tables of counts, and all of amounts in all dimensions: people whom nobody is shown of pay nothing.
"""

from collections import Counter
from random import Random

import numpy as np
import pytest
from tests.helpers.brute_force import Oracle, TooLargeError, among_counts
from tests.helpers.strategies import (
    OVERLAPPING,
    PERIOD,
    dataset,
    random_amounts,
    random_leaves,
    to_own_grids,
    tree,
)

from seuil.disclosure.cube.cube import cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.protect import protect
from seuil.disclosure.verify import verify
from seuil.model.dataset import Dataset

TWO = "T all,{0} T leaf,{1} T leaf"
THREE = "T all,R T region,{0} R leaf,{1} R leaf"
Levels = tuple[str, ...]
COUNTED: tuple[tuple[Levels, ...], ...] = (
    (("x", "y"),),
    (("x", "y"), ("x", "z")),
    (("x", "y"), ("y", "z"), ("x", "z")),
)
SUMMED: tuple[Levels, ...] = (("x",), ("y",), ("x", "y"))


def random_collection(draw: Random) -> Dataset:
    counted, summed = draw.choice(COUNTED), draw.choice(SUMMED)
    names = sorted({name for table in counted for name in table})
    trees = {"x": tree(draw.choice((TWO, THREE)).format("a", "b")), "y": tree(TWO.format("f", "m"))}
    trees |= {"z": tree(TWO.format("p", "q"))} if "z" in names else {}
    if len(counted) == 1 and draw.random() < 0.4:
        trees = {"o": tree(draw.choice(OVERLAPPING), "overlapping"), "x": tree(TWO.format("a", "b")), "y": trees["y"]}
        counted = (("o", "x", "y"),)
        summed = draw.choice((*SUMMED, ("o", "x")))
    tables = [{"levels": dict.fromkeys(table, "all"), "measures": ["n"]} for table in counted]
    tables.insert(draw.randrange(len(tables) + 1), {"levels": dict.fromkeys(summed, "all"), "measures": ["m"]})
    empty = []
    if draw.random() < 0.3:
        where = {name: [draw.choice(trees[name].nodes[1:]).code] for name in draw.sample(sorted(trees), 2)}
        empty = [{"where": where, "reason": "nobody can be there"}]
    sums = {"kind": "sum", "label": "m", "width": draw.choice([1, 1, 2])}
    return dataset(
        trees,
        threshold=draw.choice((2, 3)),
        level=draw.choice(("justified", "plausible")),
        zeros=draw.choice(("hidden", "shown")),
        rounding=draw.choice((None, None, None, 3)) if "o" not in trees else None,
        tables=tables,
        empty=empty,
        measures={"n": {"kind": "count", "label": "n"}, "m": sums},
    )


def judged(seed: int) -> str:
    draw = Random(seed)
    made = random_collection(draw)
    if made.definition.rounding is not None and made.definition.zeros == "shown":
        return "no such rules"
    grid = grid_of(made, PERIOD)
    counts = random_leaves(draw, grid)
    leaves = random_amounts(draw, grid, counts)
    result = protect(cube_of(grid, to_own_grids(grid, leaves)), b"not so secret")
    if not result.safe:
        return "refused"
    assert verify(result.figures, result.audit.proofs) == (), seed
    try:
        oracles = {name: Oracle(result.figures, name) for name in ("count", "m")}
        assert oracles["count"].admissible(counts.reshape(1, -1))[0], seed
        assert oracles["m"].admissible(leaves.sums["m"].total.reshape(1, -1))[0], seed
        assert all(oracle.exposed == [] for oracle in oracles.values()), seed
    except TooLargeError:
        return "too large"
    # What links the bases: readers know that T people or more stand behind a shown amount.
    _, column = among_counts(result.figures, "m")
    shown = among_counts(result.figures, "m")[0].published & ~column.hidden & (column.values > 0)
    assert (grid.published & ~result.figures.count.hidden)[shown].all(), seed
    assert (result.figures.count.values[shown] + (grid.rounding or 0) // 2 >= grid.threshold).all(), seed
    fewer = "fewer" if made.bases["m"].dimensions != made.bases["count"].dimensions else "the same"
    hidden = "hidden" if all(oracle.to_prove for oracle in oracles.values()) else "little hidden"
    return f"safe, {fewer} dimensions, {hidden}"


def test_what_the_tables_of_measures_show_together_is_safe() -> None:
    came = Counter(judged(seed) for seed in range(80))
    assert came["safe, fewer dimensions, hidden"] > 10, came
    assert came["refused"] < 10, came


@pytest.mark.soak
@pytest.mark.parametrize("start", range(1000, 4000, 500))
def test_what_the_tables_of_measures_show_together_is_safe_in_full(start: int) -> None:
    came = Counter(judged(seed) for seed in range(start, start + 500))
    assert came["safe, fewer dimensions, hidden"] > 60, came


def test_a_sum_of_fewer_dimensions_has_no_cells_in_others() -> None:
    trees = {"x": tree(TWO.format("a", "b")), "y": tree(TWO.format("f", "m"))}
    tables = [
        {"levels": {"x": "all", "y": "all"}, "measures": ["n"]},
        {"levels": {"x": "all"}, "measures": ["n", "m"]},
    ]
    measures = {"n": {"kind": "count", "label": "n"}, "m": {"kind": "sum", "label": "m"}}
    grid = grid_of(dataset(trees, tables=tables, measures=measures), PERIOD)
    assert grid.shape == (1, 3, 3) and grid.grids["m"].shape == (1, 3)
    assert grid.published.all() and grid.grids["m"].published.all()
    assert np.array_equal(grid.onto(grid.grids["m"], np.arange(9).reshape(1, 3, 3)), [[0, 3, 6]])
