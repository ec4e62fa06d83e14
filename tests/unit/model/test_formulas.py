"""The arithmetic of what is published, against definitions that are written otherwise."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seuil.model.formulas import interval, quotient, round_half_up, whole_number

COUNTS = st.integers(0, 10**9)


@given(st.integers(0, 10**18 - 1))
def test_whole_numbers_are_read(number: int) -> None:
    assert whole_number(str(number)) == whole_number(f"{number:018}") == number


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1_0", "1 0", " 1", "1.0", "1e3", "٣", "²", "9" * 19, "9" * 5000, "nan"]
)
def test_what_is_no_plain_whole_number(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.parametrize(
    ("value", "base", "rounded"),
    [(14, 10, 10), (15, 10, 20), (24, 10, 20), (25, 10, 30), (4, 10, 0), (5, 10, 10), (7, 5, 5), (8, 5, 10), (3, 2, 4)],
)
def test_halves_are_rounded_up(value: int, base: int, rounded: int) -> None:
    assert round_half_up(value, base) == rounded


@given(COUNTS)
def test_without_a_base_a_count_is_exact(value: int) -> None:
    assert round_half_up(value, None) == value
    assert interval(value, None) == (value, value)


@given(COUNTS, st.integers(2, 100))
def test_the_interval_is_all_that_gives_the_published_figure(value: int, base: int) -> None:
    published = round_half_up(value, base)
    low, high = interval(published, base)
    assert low <= value <= high
    assert published % base == 0
    assert high - low == base - 1
    assert round_half_up(low, base) == round_half_up(high, base) == published
    assert round_half_up(low - 1, base) < published < round_half_up(high + 1, base)


def test_twenty_means_15_to_24() -> None:
    assert interval(20, 10) == (15, 24)


@pytest.mark.parametrize(
    ("numerator", "denominator", "decimals", "times", "expected"),
    [
        (1, 8, 2, 1, 0.13),
        (1, 3, 1, 100, 33.3),
        (2, 3, 1, 100, 66.7),
        (20, 6250, 3, 100, 0.32),
        (0, 10, 3, 100, 0.0),
        (5, 2, 0, 1, 3.0),
        (-5, 2, 0, 1, -3.0),
        (10**18, 1, 9, 10**6, 1e24),
    ],
)
def test_quotients(numerator: int, denominator: int, decimals: int, times: int, expected: float) -> None:
    assert quotient(numerator, denominator, decimals, times) == expected


def test_nothing_is_divided_by_zero() -> None:
    assert quotient(0, 0, 1) is None
    assert quotient(5, 0, 1) is None


@given(st.integers(0, 10**19), st.integers(1, 10**19), st.integers(0, 9), st.sampled_from([1, 100, 10**5]))
def test_a_quotient_is_the_closest_decimal_the_upper_of_two(n: int, d: int, decimals: int, times: int) -> None:
    found = quotient(n, d, decimals, times)
    exact, unit = Fraction(n * times, d), Fraction(1, 10**decimals)
    below = exact // unit * unit
    closest = below + unit if 2 * (exact - below) >= unit else below
    assert found == float(closest)
    assert exact - unit / 2 < closest <= exact + unit / 2


@given(st.integers(0, 10**9), st.integers(1, 10**7), st.integers(0, 4))
def test_a_quotient_reads_as_that_decimal(n: int, d: int, decimals: int) -> None:
    found = Decimal(repr(quotient(n, d, decimals)))
    assert found == found.quantize(Decimal(1).scaleb(-decimals))


@pytest.mark.parametrize(
    ("numerator", "denominator", "significant", "expected"),
    [
        (20, 67_000_000, 2, 0.00003),
        (20, 67_000_000, 0, 0.0),
        (110, 30_000_000, 2, 0.00037),
        (10, 99_000, 2, 0.01),
        (3, 7, 2, 42.857),
        (0, 7, 2, 0.0),
        (1, 10**15, 3, 0.0),
        (-20, 67_000_000, 1, -0.00003),
    ],
)
def test_a_small_quotient_keeps_its_significant_digits(
    numerator: int, denominator: int, significant: int, expected: float
) -> None:
    assert quotient(numerator, denominator, 3, 100, significant) == expected
