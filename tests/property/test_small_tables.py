"""How far small tables are from the best pattern: of the random ones of the benchmarks a sample, and all as soak."""

import numpy as np
import pytest
from benchmarks.generate.make_small import SmallTable, small_table
from tests.helpers.strategies import PERIOD, dataset, tree
from tests.helpers.tuning import tune

from seuil.disclosure.cube.cube import Cube, Leaves, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.protect import protect
from seuil.disclosure.suppress import Price
from seuil.disclosure.tuning import TUNING
from seuil.disclosure.verify import verify

NEAR = TUNING.suppress.whole_number_gap  # costs that are no further apart differ by ties alone
SAMPLE = [0, 1, 3, 5, 6, 7, 8, 10, 12, 13, 99]


def cube_of_small(table: SmallTable, name: str) -> Cube:
    trees = {}
    for dimension, levels in table.levels.items():
        nodes, parents = {"TOTAL total": None}, ["TOTAL"] * len(table.counts)
        for level in levels:
            codes = [f"{dimension}_{code}" for code in table.columns[level].tolist()]
            nodes |= {f"{code} {parent} {level}": None for code, parent in zip(codes, parents, strict=True)}
            parents = codes
        trees[dimension] = tree(",".join(nodes))
    grid = grid_of(dataset(trees, id=name, threshold=11), PERIOD)
    counts = np.zeros((1, *(len(axis.leaves) for axis in grid.axes)), np.int64)
    places = [{axis.nodes[leaf].code: k for k, leaf in enumerate(axis.leaves)} for axis in grid.axes]
    columns = [[f"{d}_{code}" for code in table.columns[levels[-1]].tolist()] for d, levels in table.levels.items()]
    for row, count in zip(zip(*columns, strict=True), table.counts.tolist(), strict=True):
        counts[0, *(at[code] for at, code in zip(places, row, strict=True))] += count
    return cube_of(grid, Leaves(counts, {}))


def price_of_seed(seed: int) -> Price:
    found = protect(cube_of_small(small_table(seed), f"small{seed}"), b"secret")
    assert found.safe and verify(found.figures, found.audit.proofs) == ()
    return found.prices["count"]


@pytest.mark.parametrize("seed", SAMPLE)
def test_small_tables_are_at_the_proved_optimum(seed: int):
    price = price_of_seed(seed)
    assert price.least_number <= price.number and -NEAR <= price.cost - price.least_cost <= NEAR


@pytest.mark.parametrize("seed", [4, 12])
def test_a_master_without_work_left_is_greedy_and_its_bound_still_one(monkeypatch: pytest.MonkeyPatch, seed: int):
    best = price_of_seed(seed)
    tune(monkeypatch, "suppress", master_work=0, master_work_least=1, whole_number_cells=0, bounded_cells=0)
    price = price_of_seed(seed)
    assert price.least_number <= best.number <= price.number and price.least_cost <= best.cost < price.cost


@pytest.mark.soak
def test_nearly_all_of_100_small_tables_are_at_the_proved_optimum():
    prices = [price_of_seed(seed) for seed in range(100)]
    above = [price.number - price.least_number for price in prices]
    assert sum(price.cost <= price.least_cost + NEAR for price in prices) >= 90
    assert sum(more <= 1 for more in above) >= 96 and max(above) <= 3
