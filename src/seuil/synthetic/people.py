"""Who lives where in which year, without keeping anybody in memory.

A cohort is everyone of a department and sex who is of one age at one time. Its people stand in a queue: newcomers
join at its end, those who die or move away leave from its front, and whoever stands between is there. So a person is
a place in a queue, and a year's people are two numbers a cohort: any department of any year can be made by itself,
and the same people come back in the next. Cohorts follow the population by department, sex and age band; within a
band single years of age follow a monotone cubic through the cumulated bands (PCHIP: Fritsch and Carlson 1980).
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from seuil.synthetic import reference
from seuil.synthetic.draw import Floats, Ids, uniform
from seuil.synthetic.reference import AGES, SEXES, YEARS

OLDEST = 110
TURNOVER = 0.015  # of a cohort's people, those who leave in a year for others to come; made up
OLD_AGE_DECAY = 0.7  # of those of one age above 95, as many times are a year older
LAST_BAND = 5 * (len(AGES) - 1)


@dataclass(frozen=True)
class People:
    """Arrays of one length: number, position of the sex, age in years."""

    ids: Ids
    sex: NDArray[np.uint8]
    age: NDArray[np.uint8]

    def part(self, chosen: slice) -> "People":
        """Some of them."""
        return People(self.ids[chosen], self.sex[chosen], self.age[chosen])


@dataclass(frozen=True)
class Cohorts:
    """(departments, SEXES, years of birth, YEARS): how many are there, and how many have left before. first: (…, 1)."""

    there: Ids
    gone: Ids
    first: Ids

    def people(self, department: int, year: int) -> People:
        """Everybody of a department, by its position, in a year."""
        at = YEARS.index(year)
        born = slice(at, at + OLDEST + 1)  # the oldest first
        counts = self.there[department, :, born, at].ravel()
        starts = (self.first[department, :, born, 0] + self.gone[department, :, born, at]).ravel()
        ids = np.repeat(starts - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        sex, older = np.unravel_index(np.repeat(np.arange(len(counts)), counts), (len(SEXES), OLDEST + 1))
        return People(ids, sex.astype(np.uint8), (OLDEST - older).astype(np.uint8))


@lru_cache(maxsize=1)
def cohorts(scale: float, seed: int) -> Cohorts:
    """Those of `scale` of the country's people."""
    by_age = single_ages()
    ages, years = np.arange(OLDEST + 1), len(YEARS)
    expected = np.zeros((*by_age.shape[:2], OLDEST + years, years))
    for at in range(years):
        expected[:, :, at : at + len(ages), at] = scale * by_age[:, :, ::-1, at]
    number = np.arange(expected[..., 0].size, dtype=np.int64).reshape(expected.shape[:-1])
    # Rounded alike in all years: a cohort that doesn't change in the table doesn't change here.
    there = np.floor(expected + uniform(number, seed, "cohort")[..., None]).astype(np.int64)
    there[expected == 0] = 0
    moving = uniform(number[..., None] * years + np.arange(years - 1), seed, "turnover")
    gone = leaving(there, np.array(TURNOVER), moving)
    return Cohorts(there, gone, first_numbers(there, gone))


def leaving(there: Ids, turnover: Floats, chance: Floats) -> Ids:
    """How many have left a queue before each year: those too many, and a share of those who could stay.

    there: (…, YEARS). turnover: (…) share a year. chance: (…, YEARS - 1) rounds the share up or down.
    """
    before, after = there[..., :-1], there[..., 1:]
    left = np.floor(turnover[..., None] * np.minimum(before, after) + chance) + np.maximum(before - after, 0)
    gone = np.zeros_like(there)
    gone[..., 1:] = np.cumsum(np.minimum(left.astype(np.int64), before), axis=-1)
    return gone


def first_numbers(there: Ids, gone: Ids) -> Ids:
    """Number of the first person of each queue, from 1: (…, 1). Queues have as many numbers as people in all years."""
    ever = (gone + there).max(axis=-1)
    return (1 + np.cumsum(ever).reshape(ever.shape) - ever)[..., None]


def single_ages() -> Floats:
    """People on 1 January by single years of age: (departments, SEXES, ages 0 to OLDEST, YEARS)."""
    bands = reference.populations().astype(np.float64)
    edges = np.arange(0, LAST_BAND + 1, 5)
    below = np.concatenate([np.zeros_like(bands[:, :, :1]), bands[:, :, :-1].cumsum(axis=2)], axis=2)
    young = np.diff(PchipInterpolator(edges, below, axis=2)(np.arange(LAST_BAND + 1)), axis=2)
    decay = OLD_AGE_DECAY ** np.arange(OLDEST - LAST_BAND + 1)
    old = bands[:, :, -1:] * (decay / decay.sum())[:, None]
    ages: Floats = np.concatenate([np.maximum(young, 0), old], axis=2)
    return ages
