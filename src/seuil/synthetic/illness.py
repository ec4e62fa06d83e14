"""What a person has in a year: drawn from its number, so that it is the same whenever and beside whomever it is made.

A condition is a bit. A chronic one is drawn by the same number every year and comes when the chance of the person's
age has grown beyond it; an episode is drawn by another number each year; what lasts some years keeps its number for
as long, from a year on that differs from person to person.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.special import ndtri

from seuil.synthetic import risk
from seuil.synthetic.draw import MIX_1, MIX_2, STEP, Floats, stream_of, uniform
from seuil.synthetic.people import People

Masks = NDArray[np.uint64]
NOTHING_ELSE = "POP_TOT_ABS"  # the line of those who have nothing of all this
PHASES = 5  # years in which what lasts some years may begin
DEPARTMENT_SPREAD = 0.12  # standard deviation of the logarithm of a family's rates over departments: extract of 2020
_30, _27, _31, _32, _4 = (np.uint64(shift) for shift in (30, 27, 31, 32, 4))
_BIN, _PHASES = np.uint64(risk.BINS - 1), np.uint64(PHASES)


@njit(cache=True, inline="always")
def _mixed(x: np.uint64) -> np.uint64:
    """The finaliser of SplitMix64."""
    x = (x ^ (x >> _30)) * MIX_1
    x = (x ^ (x >> _27)) * MIX_2
    return x ^ (x >> _31)


@njit(cache=True, nogil=True)
def _draw(
    ids: NDArray[np.int64],
    sex: NDArray[np.uint8],
    age: NDArray[np.uint8],
    limits: NDArray[np.uint32],
    family: NDArray[np.int64],
    ruled_out: Masks,
    streams: Masks,
    person: np.uint64,
    bins: NDArray[np.uint8],
    masks: Masks,
) -> None:
    """Fill `masks`, a bit for each condition.

    limits: (SEXES, ages, conditions, bins). streams: (conditions, PHASES).
    """
    one = np.uint64(1)
    for i in range(len(ids)):
        key = np.uint64(ids[i]) * STEP
        own = _mixed(key + person)
        families = _mixed(own + STEP)  # four bits for each of up to sixteen families
        frailty = own & _BIN
        phase = (own >> _32) % _PHASES
        mask = np.uint64(0)
        for k in range(len(family)):
            factor = bins[frailty, (families >> (_4 * np.uint64(family[k]))) & _BIN]
            drawn = _mixed(key + streams[k, phase]) >> _32
            if drawn < limits[sex[i], age[i], k, factor] and mask & ruled_out[k] == 0:
                mask |= one << np.uint64(k)
        masks[i] = mask


@dataclass(frozen=True)
class Year:
    """What is drawn in a year: chances as limits of 32 bits, and the streams of numbers to draw from."""

    chances: Floats
    streams: Masks
    person: np.uint64


@lru_cache(maxsize=1)
def of_year(year: int, seed: int) -> Year:
    """Chances and streams of a year."""
    streams = [
        [stream_of(seed, f"{c.code} {'' if c.years is None else (year + phase) // c.years}") for phase in range(PHASES)]
        for c in risk.conditions()
    ]
    chances = np.ascontiguousarray(risk.chances(year).transpose(1, 2, 0, 3))
    return Year(chances, np.array(streams, dtype=np.uint64), stream_of(seed, "person"))


def drawn(people: People, department: int, year: int, seed: int) -> Masks:
    """Conditions of people of a department, each a bit in the order of `risk.conditions()`."""
    this = of_year(year, seed)
    limits = np.minimum(this.chances * _local(department, seed)[:, None], risk.CERTAIN) * 2.0**32
    masks = np.zeros(len(people.ids), dtype=np.uint64)
    _draw(
        people.ids,
        people.sex,
        people.age,
        limits.astype(np.uint32),
        _families(),
        _ruled_out(),
        this.streams,
        this.person,
        risk.bins(),
        masks,
    )
    return masks


def _families() -> NDArray[np.int64]:
    return np.array([risk.families().index(c.family) for c in risk.conditions()], dtype=np.int64)


def _ruled_out() -> Masks:
    return np.array([sum(1 << k for k in risk.ruled_out(c)) for c in risk.conditions()], dtype=np.uint64)


def _local(department: int, seed: int) -> Floats:
    """By condition: how many times the country's rates those of a department are; the same for a family."""
    count = len(risk.families())
    numbers = uniform(department * count + np.arange(count, dtype=np.int64), seed, "department")
    factors: Floats = np.exp(DEPARTMENT_SPREAD * ndtri(numbers) - DEPARTMENT_SPREAD**2 / 2)[_families()]
    return factors


def lines(codes: tuple[str, ...] | None = None) -> dict[str, np.uint64]:
    """Codes that memberships are written with, each with the bits that it stands for; no bit for those of nothing else.

    A condition is written with its own code, or if `codes` doesn't have it with that of its group or family, or not at
    all. Without `codes` every condition is written with its own.
    """
    found: dict[str, int] = {}
    for k, condition in enumerate(risk.conditions()):
        above = (condition.code, condition.group, condition.family)
        code = condition.code if codes is None else next((c for c in above if c in codes), None)
        if code is not None:
            found[code] = found.get(code, 0) | 1 << k
    if codes is None or NOTHING_ELSE in codes:
        found[NOTHING_ELSE] = 0
    return {code: np.uint64(bits) for code, bits in found.items()}


def members(masks: Masks, bits: np.uint64) -> NDArray[np.int64]:
    """Positions of those who have any of some conditions, or for no bit those who have none at all."""
    return np.flatnonzero(masks & bits) if bits else np.flatnonzero(masks == 0)
