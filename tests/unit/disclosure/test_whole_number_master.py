"""The cheapest pattern of all that obey the cuts: by enumeration of small ones, and of tables by their bound."""

from itertools import product

import numpy as np
import pytest
from tests.helpers.tiny_systems import rows_of

from seuil.disclosure.arrays import Bools
from seuil.disclosure.suppress.cuts import Cuts, ProtectionLevels
from seuil.disclosure.suppress.cutting_plane import CuttingPlane, SuppressionProblem
from seuil.disclosure.suppress.whole_number_master import Look, WholeNumberMaster, bound, improve

CELLS = 9
PATTERNS = np.array(list(product([False, True], repeat=CELLS)))
ALL = np.ones(CELLS, np.bool_)


def plane_of(cost: np.ndarray, same: np.ndarray | None = None) -> CuttingPlane:
    """Cells of a system that says nothing, so that all cuts come from the test. same: as of `SuppressionProblem`."""
    nothing, none = np.zeros(CELLS, np.int64), np.zeros(CELLS, np.bool_)
    problem = SuppressionProblem(
        rows=rows_of([({0: 1, 1: -1}, -99, 99)]),
        low=nothing,
        high=nothing,
        hidden_low=nothing,
        hidden_high=nothing + 9,
        eligible=~none,
        levels=ProtectionLevels(nothing, nothing, nothing),
        rest=np.zeros(1, np.int64),
        always_open=np.zeros(1, np.bool_),
        justification=None,
        same=same,
    )
    return CuttingPlane(problem, none, cost)


def random_cuts(random: np.random.Generator, number: int) -> list[tuple[int, set[int]]]:
    """Cells of cuts, and the cell that asks for each (-1: in any case); dominated ones and equal ones among them."""
    found: list[tuple[int, set[int]]] = []
    for _ in range(number):
        cells = set(random.choice(CELLS, random.integers(1, 4), replace=False).tolist())
        others = sorted(set(range(CELLS)) - cells)
        found.append((-1 if random.random() < 0.4 else int(random.choice(others)), cells))
    return found


def as_cuts(cuts: list[tuple[int, set[int]]]) -> Cuts:
    start = np.cumsum([0] + [len(cells) for _, cells in cuts])
    return Cuts(np.array([held for held, _ in cuts]), start, np.array([c for _, cells in cuts for c in sorted(cells)]))


def obeying(cuts: list[tuple[int, set[int]]]) -> Bools:
    """(patterns,) those that obey all."""
    return np.array(
        [all((held >= 0 and not p[held]) or p[sorted(cells)].any() for held, cells in cuts) for p in PATTERNS]
    )


@pytest.mark.parametrize("seed", range(25))
def test_the_cheapest_pattern_and_the_bound_are_those_of_enumeration(seed: int):
    random = np.random.default_rng(seed)
    cost = 1 + random.integers(0, 4, CELLS) / 5
    plane, valid, others = plane_of(cost), random_cuts(random, 8), random_cuts(random, 3)
    plane.add(as_cuts(valid), valid=True)
    plane.add(as_cuts(others), valid=False)
    found = WholeNumberMaster(plane, 10_000).cheapest(ALL, dive=True)
    least = (PATTERNS @ cost)[obeying([*valid, *others])].min()
    assert found is not None and obeying([*valid, *others])[(found == PATTERNS).all(axis=1)].all()
    assert cost[found].sum() <= least + plane.tuning.whole_number_gap
    # What not every pattern obeys doesn't count for the bound.
    assert bound(plane, cost, 0.0, 1000) == pytest.approx((PATTERNS @ cost)[obeying(valid)].min())


def test_nothing_is_found_that_is_not_cheaper_or_without_iterations():
    plane = plane_of(np.ones(CELLS))
    plane.add(as_cuts([(-1, {0, 1}), (-1, {1, 2})]), valid=True)
    only = np.arange(CELLS) == 1
    assert WholeNumberMaster(plane, 10_000).cheapest(only) is None
    assert WholeNumberMaster(plane, 0).cheapest(ALL) is None


def test_equal_cells_are_chosen_together_and_paid_for_together():
    same = np.array([0, 0, 0, *range(3, CELLS)])
    plane = plane_of(np.ones(CELLS), same)
    plane.add(as_cuts([(-1, {1, 3}), (3, {4})]), valid=True)  # 3 and 4 cost 2, what is equal to 1 costs 3
    found = WholeNumberMaster(plane, 10_000).cheapest(ALL)
    assert found is not None and np.flatnonzero(found).tolist() == [3, 4]
    assert bound(plane, plane.equal.costs(np.ones(CELLS)), 0.0, 1000) == pytest.approx(2)
    plane.add(as_cuts([(-1, {2})]), valid=True)
    assert improve(WholeNumberMaster(plane, 10_000), ALL, lambda _: "proved").nonzero()[0].tolist() == [0, 1, 2]


def test_a_choice_is_mended_by_cuts_until_it_is_proved():
    """Whoever looks knows of one cut more each time; none but what they ask for is hidden."""
    plane, asked = plane_of(np.ones(CELLS)), [(-1, {2, 3}), (2, {4}), (3, {5})]
    plane.add(as_cuts([(-1, {0})]), valid=True)

    def look(pattern: Bools) -> Look:
        broken = [cut for cut in asked if not obeying([cut])[(pattern == PATTERNS).all(axis=1)].all()]
        return "cut" if broken and plane.add(as_cuts(broken[:1]), valid=True) else "proved"

    found = improve(WholeNumberMaster(plane, 10_000), ALL, look)
    assert found.sum() == 3 and obeying([(-1, {0}), *asked])[(found == PATTERNS).all(axis=1)].all()


def test_what_is_not_proved_is_not_taken():
    plane = plane_of(np.ones(CELLS))
    plane.add(as_cuts([(-1, {0})]), valid=True)
    assert improve(WholeNumberMaster(plane, 10_000), ALL, lambda _: "unproved") is ALL
