"""Classes of the map."""

from hypothesis import given
from hypothesis import strategies as st

from seuil.portal.charts.classes import CLASSES, bounds, class_of


@given(st.lists(st.integers(0, 10**7), max_size=120), st.integers(0, 3))
def test_every_class_holds_a_value(values: list[int], decimals: int) -> None:
    lower = bounds(values, decimals)
    assert list(lower) == sorted(set(lower))
    assert len(lower) < CLASSES
    if values:
        assert {class_of(value, lower) for value in values} == set(range(len(lower) + 1))


def test_bounds_are_easy_to_read() -> None:
    assert bounds([float(v) for v in range(1013, 2013)], 0) == (1200.0, 1400.0, 1600.0, 1800.0)


def test_equal_values_make_one_class() -> None:
    assert bounds([4.2] * 50, 1) == ()
    assert bounds([], 0) == ()
