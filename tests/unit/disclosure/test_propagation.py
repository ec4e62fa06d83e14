"""Bounds over rows: sound, as tight as single rows make them, and at odds where a row can't hold."""

from random import Random

import numpy as np
import pytest
from tests.helpers.tiny_systems import points, random_system, rows_of, single_row_bounds

from seuil.disclosure.constraints.propagation import tighten
from seuil.disclosure.constraints.rows import UNBOUNDED

OPEN = int(UNBOUNDED)


def tightened(rows, low, high) -> tuple[list[int], list[int]]:
    found = tighten(rows_of(rows), np.array(low, np.int64), np.array(high, np.int64))
    return found[0].tolist(), found[1].tolist()


@pytest.mark.parametrize("unbounded", [0.0, 0.4])
@pytest.mark.parametrize("seed", range(60))
def test_bounds_of_a_random_system_keep_every_whole_number_point(seed: int, unbounded: float):
    system = random_system(Random(seed), unbounded=unbounded)
    low, high = tighten(system.rows, system.low, system.high)
    found = points(system.row_terms, system.low.tolist(), system.high.tolist())
    assert (found == system.point).all(axis=1).any()
    assert (found >= low).all()
    assert (found <= high).all()
    assert (low >= system.low).all()
    assert (high <= system.high).all()


def test_bounds_of_bounded_systems_are_those_that_single_rows_leave():
    changed = 0
    for seed in range(150):
        system = random_system(Random(seed))
        low, high = tighten(system.rows, system.low, system.high)
        expected = single_row_bounds(system.row_terms, system.low, system.high)
        assert expected is not None
        assert (low.tolist(), high.tolist()) == (expected[0].tolist(), expected[1].tolist()), seed
        changed += (low > system.low).any() or (high < system.high).any()
    assert changed > 100  # not vacuous


@pytest.mark.parametrize("seed", range(40))
def test_tightened_bounds_are_a_fixpoint(seed: int):
    system = random_system(Random(seed), unbounded=0.3)
    once = tighten(system.rows, system.low, system.high)
    twice = tighten(system.rows, *once)
    assert all((a == b).all() for a, b in zip(once, twice, strict=True))


@pytest.mark.parametrize("seed", range(30))
def test_bounds_after_few_sweeps_are_valid_and_no_tighter(seed: int):
    system = random_system(Random(seed))
    few, all_ = tighten(system.rows, system.low, system.high, 1), tighten(system.rows, system.low, system.high)
    assert (few[0] <= all_[0]).all()
    assert (few[1] >= all_[1]).all()


@pytest.mark.parametrize(
    ("high", "told"),
    [
        ([OPEN, 3, 4], ([0, 0, 0], [7, 3, 4])),  # the total of bounded parts is bounded
        ([9, OPEN, OPEN], ([0, 0, 0], [9, 9, 9])),  # the parts of a bounded total are bounded
        ([OPEN, OPEN, 4], ([0, 0, 0], [OPEN, OPEN, 4])),  # two open members tell nothing of each other
    ],
)
def test_an_unbounded_member_tells_nothing_of_others(high, told):
    assert tightened([({0: 1, 1: -1, 2: -1}, 0, 0)], [0, 0, 0], high) == told


def test_an_overlap_bounds_the_child_from_above_and_the_parent_from_below():
    child_of_parent = [({0: 1, 1: -1}, 0, OPEN)]
    assert tightened(child_of_parent, [0, 5], [8, OPEN]) == ([5, 5], [8, 8])


def test_a_chain_of_rows_is_followed_to_its_end():
    chain = [({k: 1, k + 1: -1}, 0, 0) for k in reversed(range(6))]
    assert tightened(chain, [4, *[0] * 6], [4, *[OPEN] * 6]) == ([4] * 7, [4] * 7)


def test_a_system_without_any_point_by_a_single_row_gets_bounds_that_contradict():
    """Bounds are moved until a row can't hold. Rows whose members are all fixed are not looked at: they bound none."""
    met = 0
    for seed in range(300):
        draw = Random(seed)
        system = random_system(draw)
        low, high = system.low.copy(), system.high.copy()
        cell = draw.randrange(len(low))
        low[cell] = high[cell] = draw.choice([0, 12])
        low_found, high_found = tighten(system.rows, low, high)
        if (low_found > high_found).any():
            assert single_row_bounds(system.row_terms, low, high) is None, seed
            met += 1
        elif single_row_bounds(system.row_terms, low, high) is None:
            fixed = low_found == high_found
            assert any(
                all(fixed[c] for c in terms) and not least <= sum(k * low_found[c] for c, k in terms.items()) <= most
                for terms, least, most in system.row_terms
            ), seed
    assert met > 50  # not vacuous


@pytest.mark.parametrize(("values", "fits"), [([5, 4, 1], True), ([5, 1, 1], False)])
def test_a_row_of_figures_that_can_not_add_up_is_at_odds(values: list[int], fits: bool):
    """No bound of it can be tightened, so that no sweep sees it."""
    low, high = tightened([({0: 1, 1: -1, 2: -1}, 0, 0)], values, values)
    assert all(a <= b for a, b in zip(low, high, strict=True)) == fits
