"""A contracted system has the same tables: checked by listing them all."""

from itertools import product
from random import Random

import numpy as np
import pytest
from scipy.sparse import csr_array

from seuil.disclosure.constraints.aggregation import contract
from seuil.disclosure.constraints.system import Members, Sparse, System

TOP = 3


def random_system(draw: Random) -> System:
    """Six cells up to 3, and rows of two or three of them that some table obeys."""
    n, rows = 6, draw.randrange(2, 6)
    truth = np.array([draw.randrange(TOP + 1) for _ in range(n)], np.int64)
    matrix = np.zeros((rows, n), np.int64)
    for row in matrix:
        for k in draw.sample(range(n), draw.choice((2, 2, 3))):
            row[k] = draw.choice((-1, 1))
    value = matrix @ truth
    loose = np.array([draw.random() < 0.2 for _ in range(rows)])
    fixed = np.array([draw.randrange(-2, 3) for _ in range(rows)], np.int64)
    cells = np.arange(n, dtype=np.int64)
    alone = Members(np.arange(n + 1, dtype=np.int64), cells, cells, np.ones(n, np.int64), np.zeros(n, np.int64))
    return System(
        np.zeros(n, np.int64),
        np.full(n, TOP, np.int64),
        value + fixed - loose,
        value + fixed + loose,
        fixed,
        Sparse.of(csr_array(matrix)),
        cells,
        np.where([draw.random() < 0.2 for _ in range(rows)], n + np.arange(rows), -1).astype(np.int64),
        alone,
    )


def tables(system: System) -> set[tuple[int, ...]]:
    """The values of all cells in every table that the system has."""
    members = system.members
    ranges = [range(low, high + 1) for low, high in zip(system.low, system.high, strict=True)]
    out = set()
    for x in product(*ranges):
        value = system.row_values(np.array(x, np.int64))
        if ((value >= system.row_low) & (value <= system.row_high)).all():
            cell = np.zeros(len(members.cell), np.int64)
            cell[members.cell] = members.sign * np.array(x)[members.variable] + members.offset
            out.add(tuple(int(v) for v in cell))
    return out


@pytest.mark.parametrize("seed", range(200))
def test_no_table_is_lost_or_won(seed):
    system = random_system(Random(seed))
    rank = np.array(Random(seed).sample(range(6), 6), np.int64)
    smaller = contract(system, rank, np.zeros(6, np.bool_))
    assert tables(smaller) == tables(system) != set()
    assert set(smaller.row_cell[smaller.row_cell >= 0]) == set(system.row_cell[system.row_cell >= 0])


def test_a_cell_that_stays_apart_stands_for_itself():
    system = random_system(Random(1))
    smaller = contract(system, np.arange(6), np.ones(6, np.bool_))
    assert smaller.variables == 6


def test_the_member_of_least_rank_stands_for_its_class():
    cells = np.arange(2, dtype=np.int64)
    alone = Members(np.arange(3, dtype=np.int64), cells, cells, np.ones(2, np.int64), np.zeros(2, np.int64))
    tied = Sparse.of(csr_array(np.array([[1, 1]], np.int64)))
    low, high, total = np.array([0, 4]), np.array([3, 9]), np.array([10])
    system = System(low, high, total, total, np.array([0]), tied, cells, np.array([-1]), alone)
    smaller = contract(system, np.array([2, 1]), np.zeros(2, np.bool_))
    assert smaller.cell.tolist() == [1]
    assert (smaller.low.tolist(), smaller.high.tolist()) == (
        [7],
        [9],
    )  # at most 3 on the one side, at most 9 on the other
