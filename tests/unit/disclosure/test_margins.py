"""The table that leaves make, axis by axis, is the one that the sum over each cell's leaves gives."""

import numpy as np
from tests.helpers.fixed_tables import exact_with_a_sum, rounded_by_condition

from seuil.disclosure.audit import table_of
from seuil.disclosure.constraints.system import leaf_sums
from seuil.disclosure.cube.cube import Cube


def check(cube: Cube) -> None:
    sums = leaf_sums(cube.grid)
    leaves = np.random.default_rng(1).integers(0, 50, sums.shape[1])
    assert table_of(cube.grid, leaves).tolist() == (sums @ leaves).tolist()


def test_of_counts_with_one_slice() -> None:
    check(exact_with_a_sum())


def test_of_a_slice_for_each_condition() -> None:
    check(rounded_by_condition())
