"""Repair in pieces: what rows have gained in weight lasts from one piece to the next, and no longer than it should."""

import numpy as np
import pytest
from tests.helpers.tiny_systems import cube_lines, system_of
from tests.helpers.tuning import tune

from seuil.disclosure.constraints.goals import INFINITE, Targets
from seuil.disclosure.constraints.system import System
from seuil.disclosure.witness import repair
from seuil.disclosure.witness.search import WitnessSearch

ORDER = 6


def latin(right: int) -> System:
    """Cells of a cube all of whose lines add up to 1, but for the first line, which adds up to `right`."""
    matrix = cube_lines(ORDER)
    value = np.ones(len(matrix), np.int64)
    value[0] = right
    return system_of(matrix, value, ORDER)


def search_of(system: System) -> WitnessSearch:
    n = system.variables
    sliding, group, never = np.full(n, 2), np.zeros(n, np.int64), np.full(n, INFINITE)
    targets = Targets(np.arange(n), sliding, -never, never, group, np.ones(1, np.bool_), 0, 2, justified=False)
    return WitnessSearch(system, targets, seed=1)


@pytest.fixture
def small_pieces(monkeypatch):
    tune(monkeypatch, "witness", repair_steps=5, steps_first=5_000)


def test_weights_last_until_they_are_forgotten():
    search = search_of(latin(2))  # the lines of one direction add up to more than those of another
    problem, state = search.problem, search.state
    search.base_repair.load(state.x)
    heaviest = []
    for _ in range(4):
        repair.repair(problem, state, 300, 300)
        heaviest.append(state.weight.max())
    assert 1 < heaviest[0] < heaviest[1] < heaviest[2] < heaviest[3]
    repair.forget(state)
    assert (state.weight == 1).all()


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("right", [1, 2])
def test_a_table_is_found_in_pieces_where_there_is_one_and_leaves_no_weights(right):
    search = search_of(latin(right))
    found = search.find_base(search.state.x, inside=False)
    assert found == (right == 1)
    assert (search.state.weight == 1).all()
    if found:
        assert (search.system.row_values(search.state.base) == 1).all()
