"""Cohorts: people live on, each year follows the population, any department is made by itself."""

import numpy as np

from seuil.synthetic import reference
from seuil.synthetic.people import OLDEST, cohorts, leaving, single_ages

SCALE, SEED = 0.01, 7
PLACE = reference.departments().index("59")


def test_single_ages_add_up_to_the_bands():
    ages, bands = single_ages(), reference.populations()
    summed = np.add.reduceat(ages, np.arange(0, 100, 5), axis=2)
    assert np.allclose(summed, bands)
    assert ages.min() >= 0
    country = ages.sum(axis=(0, 1))[:, -1]
    assert np.abs(np.diff(country[:95], 2)).max() < 0.1 * country.max()  # no jump from band to band


def test_each_year_follows_the_population():
    for year in (2010, 2014, 2025):
        people = [len(cohorts(SCALE, SEED).people(place, year).ids) for place in range(len(reference.departments()))]
        expected = SCALE * reference.population(year).sum(axis=(1, 2))
        assert abs(sum(people) - expected.sum()) < 0.001 * expected.sum()
        assert np.abs(people - expected).max() < 40


def test_people_are_a_year_older_and_most_of_them_are_there_again():
    before, after = (cohorts(SCALE, SEED).people(PLACE, year) for year in (2018, 2019))
    assert len(np.unique(before.ids)) == len(before.ids)
    both, first, second = np.intersect1d(before.ids, after.ids, return_indices=True)
    assert 0.93 < len(both) / len(before.ids) < 0.99
    assert (after.age[second] == before.age[first] + 1).all()
    assert (after.sex[second] == before.sex[first]).all()


def test_nobody_comes_back_and_nobody_is_in_two_departments():
    years = [set(cohorts(SCALE, SEED).people(PLACE, year).ids.tolist()) for year in reference.YEARS]
    for k in range(1, len(years) - 1):
        assert not (years[k - 1] - years[k]) & set().union(*years[k + 1 :])
    elsewhere = cohorts(SCALE, SEED).people(PLACE + 1, 2020).ids
    assert not set(elsewhere.tolist()) & set().union(*years)


def test_numbers_fit_nine_digits_for_the_whole_country():
    whole = cohorts(1.0, SEED)
    assert 0 < (whole.first[..., 0] + (whole.gone + whole.there).max(axis=-1)).max() < 10**9


def test_ages_have_an_end():
    people = cohorts(1.0, SEED).people(PLACE, 2020)
    assert people.age.max() <= OLDEST
    assert (people.age >= 100).any()


def test_those_who_are_too_many_leave_and_a_share_of_the_others():
    there = np.array([[10, 8, 8, 12], [0, 0, 3, 0]])
    gone = leaving(there, np.array([0.25, 0.25]), np.zeros((2, 3)))
    assert gone.tolist() == [[0, 4, 6, 8], [0, 0, 0, 3]]
