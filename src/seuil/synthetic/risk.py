"""Who is at risk of what: chances of each condition by sex, age, year and frailty.

A person's liability to a condition is normal: sqrt(r) F + sqrt(1 - r) e, with the factor F of the condition's family
and an own e; the person has the condition where it exceeds what the rate of sex, age and year asks for. F is shared:
of its variance COMMON is the person's frailty, the same in all families. So conditions of one family go together,
those of different families a little, and the rates stay those of the table (a one-factor Gaussian copula: Vasicek
2002; the tetrachoric correlation of two conditions of a family is r).

F is cut into BINS equally likely bins. Given the bin, conditions are independent of each other, but for those that a
definition keeps apart: a treatment "hors pathologies" is nobody's who has the disease that it treats. Its chance
among all others is raised so that the rate in the whole population is that of the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from seuil.synthetic import reference
from seuil.synthetic.reference import AGES, Floats

BINS = 16
COMMON = 0.15  # made up, as the correlation of each family is
OLDEST = 110
EVERYTHING = "*"  # in `not_with`: every other condition
CERTAIN = 0.999  # no chance is higher
ROUNDS = 40  # after which what the cut takes away moves no rate by more than 2 % (measured: tests)
BAND_CENTRES = np.arange(len(AGES)) * 5 + 2.0


@dataclass(frozen=True)
class Condition:
    """A leaf of the code list.

    group, family: the lines above it; group is empty where it stands directly below its family.
    years: how long it lasts once it is there, None for good. not_with: codes that rule it out.
    """

    code: str
    group: str
    family: str
    years: int | None
    not_with: tuple[str, ...]


@cache
def conditions() -> tuple[Condition, ...]:
    """What is drawn, in an order in which what rules a condition out comes before it."""
    return tuple(
        Condition(
            row["code"],
            row["group"],
            row["family"],
            int(row["years"]) if row["years"] else None,
            tuple(row["not_with"].split()),
        )
        for row in reference.rows("conditions.csv")
    )


@cache
def families() -> tuple[str, ...]:
    """Families of conditions, in order."""
    return tuple(dict.fromkeys(condition.family for condition in conditions()))


@cache
def _family_rows() -> dict[str, dict[str, str]]:
    return {row["family"]: row for row in reference.rows("families.csv")}


def correlation(family: str) -> float:
    """Tetrachoric correlation of two conditions of a family."""
    return float(_family_rows()[family]["correlation"])


def trend(family: str, year: int) -> float:
    """How many times the rates of 2020 those of a year are."""
    return float(_family_rows()[family][str(year)])


def ruled_out(condition: Condition) -> tuple[int, ...]:
    """Positions of the conditions that rule this one out."""
    names = set(condition.not_with)
    return tuple(
        k
        for k, other in enumerate(conditions())
        if other.code != condition.code and names & {EVERYTHING, other.family, other.group, other.code}
    )


@cache
def bins() -> NDArray[np.uint8]:
    """Bin of a family's factor, by sixteenth of the person's frailty and of what is the family's own: (BINS, BINS)."""
    normal = ndtri((np.arange(BINS) + 0.5) / BINS)
    factor = np.sqrt(COMMON) * normal[:, None] + np.sqrt(1 - COMMON) * normal
    return (factor.ravel().argsort(kind="stable").argsort(kind="stable") // BINS).astype(np.uint8).reshape(BINS, BINS)


def given_factor(rate: Floats, correlated: float) -> Floats:
    """Chance of a condition in each bin of its family's factor: (..., BINS). The mean over the bins is the rate."""
    factor = ndtri((np.arange(BINS) + 0.5) / BINS)
    liability = ndtri(np.maximum(rate, 1e-12))[..., None]
    chances = ndtr((liability + np.sqrt(correlated) * factor) / np.sqrt(1 - correlated))
    return _with_mean(chances, rate)


def _with_mean(chances: Floats, rate: Floats) -> Floats:
    """Raised or lowered so that their mean is the rate; what is cut off at the top is spread over the rest."""
    return _among(np.ones(BINS), chances, rate)


def _among(free: Floats, chances: Floats, rate: Floats) -> Floats:
    """The same where only a share of each bin of frailty is free to have the condition."""
    for _ in range(ROUNDS):
        reached = (free * by_frailty(chances)).mean(axis=-1)
        chances = np.minimum(chances * (rate / np.maximum(reached, 1e-15))[..., None], CERTAIN)
    return chances


def union(chances: Sequence[Floats]) -> Floats:
    """Share of people with any of some conditions of one family, whose chances by bin are given: (...)."""
    none = np.prod([1 - one for one in chances], axis=0)
    share: Floats = 1 - none.mean(axis=-1)
    return share


def chances_of_bands(year: int) -> Floats:
    """(conditions, SEXES, AGES, BINS): chance of each condition for those whom nothing rules out."""
    found: list[Floats] = []
    for condition in conditions():
        rate = np.minimum(reference.rates()[condition.code] * trend(condition.family, year), 0.9)
        chances = given_factor(rate, correlation(condition.family))
        if apart := ruled_out(condition):
            chances = _among(free_of(apart, found), chances, rate)
        found.append(chances)
    return np.array(found)


def by_frailty(chances: Floats) -> Floats:
    """From chances by a family's factor those by the person's frailty: (..., BINS)."""
    means: Floats = chances[..., bins()].mean(axis=-1)
    return means


def free_of(some: Sequence[int], found: Sequence[Floats]) -> Floats:
    """Chance of having none of some conditions, by frailty: (SEXES, AGES, BINS)."""
    free = np.ones_like(found[0])
    for family in {conditions()[k].family for k in some}:
        free *= by_frailty(np.prod([1 - found[k] for k in some if conditions()[k].family == family], axis=0))
    return free


def chances(year: int) -> Floats:
    """The same by single years of age: (conditions, SEXES, ages 0 to OLDEST, BINS).

    Between the middles of two age bands chances run in a straight line, so that nobody's jump on a birthday.
    """
    ages = np.clip(np.arange(OLDEST + 1, dtype=np.float64), BAND_CENTRES[0], BAND_CENTRES[-1])
    low = np.minimum(np.searchsorted(BAND_CENTRES, ages, side="right") - 1, len(AGES) - 2)
    share = ((ages - BAND_CENTRES[low]) / 5)[:, None]
    bands = chances_of_bands(year)
    by_age: Floats = bands[:, :, low] * (1 - share) + bands[:, :, low + 1] * share
    return by_age
