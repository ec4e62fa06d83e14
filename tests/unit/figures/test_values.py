"""The vectorised quotient is the scalar one, and what hides a derived measure."""

import time

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from seuil.figures.values import ND, NS, SHOWN, Values, derive, quotients, total_of, values_of
from seuil.model.definition import Mean, Ratio
from seuil.model.formulas import quotient
from seuil.model.text import Text

WHOLE = st.one_of(st.integers(-200, 200), st.integers(-(2**63), 2**63 - 1), st.integers(0, 10**12))
PAIRS = st.lists(st.tuples(WHOLE, WHOLE), min_size=1, max_size=20)


def same(numerators: list[int], denominators: list[int], decimals: int, times: int) -> bool:
    found = quotients(np.array(numerators, np.int64), np.array(denominators, np.int64), decimals, times)
    pairs = zip(numerators, denominators, strict=True)
    exact = [quotient(n, d, decimals, times) for n, d in pairs]
    expected = np.array([np.nan if x is None else x for x in exact], dtype=np.float64)
    return bool((found.view(np.int64) == expected.view(np.int64)).all())


@given(PAIRS, st.integers(0, 9), st.sampled_from([1, 100, 1000, 100_000, 10**11, 10**30]))
@example([(-(2**63), 1), (1, -(2**63)), (2**63 - 1, 2**63 - 1), (0, 0), (0, -1), (5, 0)], 3, 100)
@example([(2**53 + 1, 1), (2**53, 1), (2**54 + 2, 2)], 0, 1)
@example([(1, 2**63 - 1), (2**62, 2**63 - 1), (2**62 - 1, 2**63 - 1)], 0, 1)
def test_the_vectorised_quotient_is_the_scalar_one_bit_by_bit(
    pairs: list[tuple[int, int]], decimals: int, times: int
) -> None:
    assert same([n for n, _ in pairs], [d for _, d in pairs], decimals, times)


def test_every_small_pair() -> None:
    numerators, denominators = np.meshgrid(np.arange(0, 300, 10), np.arange(10, 300, 10))
    for decimals in range(4):
        assert same(numerators.ravel().tolist(), denominators.ravel().tolist(), decimals, 100)


def test_halves_go_up() -> None:
    found = quotients(np.array([1, 3, 5, -1]), np.array([2, 2, 2, 2]), 0)
    assert found.tolist() == [1.0, 2.0, 3.0, -1.0]
    assert quotients(np.array([1]), np.array([8]), 2).tolist() == [0.13]


def test_many_rows_are_fast() -> None:
    random = np.random.default_rng(1)
    numerators, denominators = random.integers(0, 10**9, 300_000), random.integers(1, 10**7, 300_000)
    start = time.perf_counter()
    quotients(numerators, denominators, 3, 100_000)
    assert time.perf_counter() - start < 1


def values(*figures: int | str) -> Values:
    hidden = np.array([x == "NS" for x in figures])
    there = np.array([x != "ND" for x in figures])
    return values_of(np.array([x if isinstance(x, int) else 99 for x in figures], np.int64), hidden, there)


def test_a_hidden_part_hides_and_a_zero_below_leaves_nothing() -> None:
    mean = Mean(kind="mean", label=Text(fr="m"), of="a", by="b")
    found = derive(mean, values(10, "NS", 10, "NS", 0, 0, "NS"), values(4, 4, "NS", "NS", 4, 0, 0))
    assert found.status.tolist() == [SHOWN, NS, NS, NS, SHOWN, ND, NS]
    assert found.numbers.tolist() == [2.5, 0, 0, 0, 0, 0, 0]


def test_what_has_a_missing_part_is_missing() -> None:
    ratio = Ratio(kind="ratio", label=Text(fr="r"), of="a", to="b")
    assert derive(ratio, values(10, "ND", "NS", "ND"), values("ND", 10, "ND", "NS")).status.tolist() == [ND] * 4
    assert total_of([values(1, "ND", "NS"), values("ND", "NS", 2)]).status.tolist() == [ND, ND, NS]


def test_a_total_is_hidden_where_a_part_is() -> None:
    found = total_of([values(10, "NS", 10, 0), values(4, 4, "NS", 0), values(1, 1, 1, 2**40)])
    assert found.status.tolist() == [SHOWN, NS, NS, SHOWN]
    assert found.numbers.tolist() == [15, 0, 0, 2**40]
    assert found.numbers.dtype == np.int64


def test_a_ratio_is_times_its_factor() -> None:
    ratio = Ratio(kind="ratio", label=Text(fr="r"), of="a", to="b", times=100_000, decimals=2)
    assert derive(ratio, values(10), values(30)).numbers.tolist() == [33333.33]


def test_values_drop_what_is_hidden() -> None:
    found = values(3, "NS")
    assert found.numbers.tolist() == [3, 0]
    assert found.status.tolist() == [SHOWN, NS]


@given(st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 10**9)), min_size=1, max_size=30), st.integers(0, 4))
def test_significant_digits_are_those_of_the_formula_bit_by_bit(pairs: list[tuple[int, int]], significant: int) -> None:
    ratio = Ratio(kind="ratio", label=Text(fr="r"), of="a", to="b", times=100, decimals=3, significant=significant)
    above, below = values(*(n for n, _ in pairs)), values(*(d for _, d in pairs))
    expected = [quotient(n, d, 3, 100, significant) for n, d in pairs]
    assert derive(ratio, above, below).numbers.tolist() == expected
