"""When cells are many, and how candidates are hidden for samples of them."""

import numpy as np
import pytest
from tests.helpers.tuning import tune

from seuil.disclosure.arrays import Ints
from seuil.disclosure.suppress import many_unproved
from seuil.disclosure.tuning import TUNING, PriceLevel


@pytest.fixture
def of_ten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten cells are many, a hundred very many; samples are of a tenth and of a fifth, at least one."""
    tune(monkeypatch, "suppress", many_unproved=10, very_many=100, sample_least=1)


@pytest.mark.usefixtures("of_ten")
@pytest.mark.parametrize(("unproved", "cells", "many"), [(10, 20, False), (11, 20, True), (11, 100, False)])
def test_cells_are_many_beyond_a_number_and_a_share(unproved: int, cells: int, many: bool):
    assert many_unproved.are_many(unproved, cells, 0.2) is many


@pytest.mark.usefixtures("of_ten")
@pytest.mark.parametrize(
    ("unproved", "before", "stops"),
    [(50, 60, False), (58, 60, True), (9, 9, False), (101, np.inf, True), (99, np.inf, False)],
)
def test_greater_efforts_stop_where_they_free_few_or_take_too_long(unproved: int, before: float, stops: bool):
    assert many_unproved.stop(unproved, before) is stops


def test_few_cells_are_many_where_programs_took_all_that_they_may(monkeypatch: pytest.MonkeyPatch):
    tune(monkeypatch, "suppress", many_unproved=10, very_many=100, sample_least=2)
    assert not many_unproved.are_many(5, 10, 0.2)
    assert many_unproved.are_many(5, 10, 0.2, few=True)
    assert not many_unproved.stop(5, 5)
    assert many_unproved.stop(5, 5, few=True)


@pytest.mark.usefixtures("of_ten")
def test_samples_go_on_at_a_price_as_long_as_they_free_others():
    asked: list[tuple[int, int]] = []  # number of the level, cells in the sample

    def hide_for(sample: Ints, level: PriceLevel, number: int) -> None:
        assert level == TUNING.suppress.price_levels_of_many[number]
        asked.append((number, len(sample)))

    def look(before: Ints) -> Ints:
        """The first price frees 60 at once, then nobody; the second one three cells at a time."""
        gone = 60 if len(asked) == 1 else 0 if asked[-1][0] == 0 else 3
        return before[gone:]

    left = many_unproved.hide_for_samples(np.arange(110), np.random.default_rng(1), hide_for, look)
    assert asked[:2] == [(0, 22), (0, 5)]  # a fifth of 110, a tenth of 50
    assert {number for number, _ in asked[2:]} == {1}
    assert len(left) <= 1
