"""Chances by frailty: they keep the rates, and make conditions of a family go together."""

import numpy as np
import pytest

from seuil.synthetic import reference, risk


def position(code: str) -> int:
    return [c.code for c in risk.conditions()].index(code)


def test_bins_are_equally_likely_and_grow_with_both_factors():
    assert (np.bincount(risk.bins().ravel()) == risk.BINS).all()
    assert (np.diff(risk.bins().astype(int), axis=0) >= 0).all()
    assert (np.diff(risk.bins().astype(int), axis=1) >= 0).all()


@pytest.mark.parametrize("year", [2010, 2020, 2025])
def test_rates_are_kept_also_where_diseases_rule_a_treatment_out(year: int):
    chances = risk.chances_of_bands(year)
    for k, condition in enumerate(risk.conditions()):
        free = risk.free_of(risk.ruled_out(condition), list(chances))
        rate = reference.rates()[condition.code] * risk.trend(condition.family, year)
        assert (free * risk.by_frailty(chances[k])).mean(axis=-1) == pytest.approx(rate, rel=0.02, abs=1e-6)


def test_chances_given_the_factor_are_those_of_the_copula():
    # Two conditions of rate 1/2 and correlation r: both with chance 1/4 + asin(r) / (2 pi) (Sheppard 1899).
    given = risk.given_factor(np.array(0.5), 0.6)
    assert (given**2).mean() == pytest.approx(0.25 + np.arcsin(0.6) / (2 * np.pi), abs=0.005)
    assert (np.diff(given) > 0).all()


def test_a_union_lies_between_the_largest_and_the_sum():
    some = [risk.given_factor(np.array(rate), 0.5) for rate in (0.1, 0.2)]
    assert 0.2 < risk.union(some) < 0.3 - 0.1 * 0.2


def test_chances_run_straight_between_the_middles_of_bands():
    by_age, bands = risk.chances(2020), risk.chances_of_bands(2020)
    assert by_age.shape == (len(risk.conditions()), 2, risk.OLDEST + 1, risk.BINS)
    assert by_age[:, :, 42] == pytest.approx(bands[:, :, 8])
    assert by_age[:, :, 45] == pytest.approx(0.4 * bands[:, :, 8] + 0.6 * bands[:, :, 9])
    assert by_age[:, :, 110] == pytest.approx(bands[:, :, 19])


def test_trends_are_smooth_but_for_the_epidemic():
    years = reference.YEARS
    for family in risk.families():
        factors = np.array([risk.trend(family, year) for year in years])
        if family == "INF_COV_HOS":
            assert (factors[: years.index(2020)] == 0).all()
            assert (factors[years.index(2020) :] > 0).all()
        else:
            assert np.abs(np.diff(np.log(factors))).max() < 0.05
            assert risk.trend(family, 2020) == 1


def test_what_rules_a_condition_out_is_drawn_before_it():
    for k, condition in enumerate(risk.conditions()):
        assert all(other < k for other in risk.ruled_out(condition)), condition.code
    everything = risk.ruled_out(risk.conditions()[-1])
    assert len(everything) == len(risk.conditions()) - 1
    assert position("PSY_ADD_CAT") in risk.ruled_out(risk.conditions()[position("TPS_ANX_EXC")])
