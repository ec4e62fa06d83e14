"""Who practises where in which year, and what a practice earns, of whom, by what, and prescribes.

Professionals of a profession and department stand in a queue, as people do (people.py): the oldest leave, the young
join. What belongs to a professional (sex, sector, size of the practice) is drawn from its number and stays; a year's
amounts move a little around it. Amounts are whole cents, and parts add up to their total.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from seuil.synthetic import reference
from seuil.synthetic.draw import Floats, Ids, normal, uniform
from seuil.synthetic.people import first_numbers, leaving
from seuil.synthetic.professions import DOCTORS, Profession, means, prescribed, professions
from seuil.synthetic.reference import YEARS

SECTORS = ("1", "2_optam", "2_non_optam", "conventionne", "non_conventionne")
PRACTICES = ("exclusif", "mixte")
OPTAM_FROM, OPTAM_AT_FIRST, OPTAM_AT_LAST = 2014, 0.25, 0.6  # of sector 2, those with moderate excess
NO_CONTRACT = 0.004
EXCESS_OF = (0.02, 0.6, 1.4, 1.0, 3.0)  # by sector, as many times that of others
CHARGING, LEAST_CHARGING = 15, 0.1  # who charges excess: a share of as many times its rate, no smaller than the other
NO_FEES, DOMINANT = 0.015, 0.002
LARGEST = 40  # practice, times the mean
DOMINANT_MEAN = 5 * (1 + np.log(LARGEST / 5))  # of min(5 / u, LARGEST) for u in (0, 1)
SPREAD, YEARLY, PARTS = 0.6, 0.05, 0.4  # standard deviations of logarithms: of a practice, of its years, of its parts
WITHOUT = 0.08  # of a kind of fees or an item of prescriptions, those who have none
PART_TIME = 0.6  # fees of who is salaried too, times those of the others
LARGEST_PATIENT = 30  # times the mean fees of a patient, at most, for the one who brings most
YOUNGEST, EXPECTED_LAST = 24, 80  # years of age
BASE = 2021  # year of the euros of prescriptions
PRICES = 1.012  # a year


@dataclass(frozen=True)
class Practices:
    """A profession's professionals of a year: arrays of one length."""

    profession: Profession
    year: int
    seed: int
    ids: Ids
    department: NDArray[np.int64]
    age: NDArray[np.int64]
    woman: NDArray[np.bool_]

    @cached_property
    def mixed(self) -> NDArray[np.bool_]:
        """Who is salaried too."""
        return self._uniform("mixed") < self.profession.mixed

    @cached_property
    def sector(self) -> NDArray[np.int64]:
        """Position in SECTORS."""
        # The number of a professional is cut into the shares of the sectors in order, so that with a growing share of
        # OPTAM some move from the third sector to the second.
        edges = np.cumsum(self._in_sectors)[:-1]
        return np.searchsorted(edges, self._uniform("sector"), side="right")

    @cached_property
    def _in_sectors(self) -> Floats:
        """Share of the profession in each sector."""
        if self.profession.family not in DOCTORS:
            return np.array([0, 0, 0, 1 - NO_CONTRACT, NO_CONTRACT])
        passed = (self.year - OPTAM_FROM) / (YEARS[-1] - OPTAM_FROM)
        optam = OPTAM_AT_FIRST + (OPTAM_AT_LAST - OPTAM_AT_FIRST) * passed if passed >= 0 else 0.0
        second = self.profession.sector_2
        shares = np.array([1 - second, second * optam, second * (1 - optam), 0, 0]) * (1 - NO_CONTRACT)
        shares[-1] = NO_CONTRACT
        return shares

    @cached_property
    def size(self) -> Floats:
        """Of a practice, times the mean of the profession: 0 for those without fees, far above for a few."""
        size = np.exp(SPREAD * self._normal("size") - SPREAD**2 / 2)
        size *= np.exp(YEARLY * self._normal(f"size {self.year}"))
        rank = self._uniform("dominant") / DOMINANT
        size *= np.where(rank < 1, np.minimum(5 / np.maximum(rank, 1e-9), LARGEST), 1)
        size *= np.where(self.mixed, PART_TIME, 1)
        size[self._uniform(f"idle {self.year}") < NO_FEES] = 0
        mixed = self.profession.mixed
        mean = (1 - NO_FEES) * (1 + DOMINANT * (DOMINANT_MEAN - 1)) * (1 - mixed + mixed * PART_TIME)
        return size * self._local() / mean

    @cached_property
    def fees(self) -> Ids:
        """Without excess, in cents."""
        return np.rint(100 * self._mean("fees") * self.size).astype(np.int64)

    @cached_property
    def excess(self) -> Ids:
        """In cents."""
        # The mean is that of the extract; who charges it, and how much more than others, is made up.
        mean = self._mean("excess") / self._mean("fees")
        usual = np.array(EXCESS_OF) / self._in_sectors.dot(EXCESS_OF)
        charging = np.clip(CHARGING * mean * usual, LEAST_CHARGING, 1)[self.sector]
        rate = mean * usual[self.sector] / charging * np.exp(PARTS * self._normal("excess") - PARTS**2 / 2)
        return np.rint(self.fees * np.where(self._uniform("charging") < charging, rate, 0)).astype(np.int64)

    @cached_property
    def patients(self) -> Ids:
        """Different patients of the year; at least one for whom there are fees."""
        served = np.rint(self._mean("patients") * np.minimum(self.size, 4) * np.exp(0.2 * self._normal("patients")))
        return np.where(self.fees > 0, np.maximum(served, 1), 0).astype(np.int64)

    @cached_property
    def attending(self) -> Ids:
        """Patients who have chosen the professional as their attending doctor."""
        mine = self.profession.attending * np.minimum(self.size, 3) * np.exp(0.2 * self._normal("attending"))
        return np.rint(mine).astype(np.int64)

    @cached_property
    def largest_share(self) -> Floats:
        """Of all amounts, what the patient brings who brings most."""
        most = 1 + (LARGEST_PATIENT - 1) * self._uniform(f"largest patient {self.year}")
        return np.minimum(1, most / np.maximum(self.patients, 1))

    def parts(self, total: Ids, shares: Floats, name: str) -> Ids:
        """Split totals in whole cents around given shares: (professionals, parts), each row adds up to its total."""
        weights = np.empty((len(self.ids), len(shares)))
        for k, share in enumerate(shares):
            weights[:, k] = share * np.exp(PARTS * self._normal(f"{name} {k}"))
            if k > 0:  # everybody has the first
                weights[self._uniform(f"without {name} {k}") < WITHOUT, k] = 0
        reached = np.cumsum(weights, axis=1)
        upto = np.floor(total[:, None] * (reached / reached[:, -1:])).astype(np.int64)
        return np.diff(upto, axis=1, prepend=0)

    def prescriptions(self) -> Ids:
        """Of each item, in cents: (professionals, items)."""
        expected = 100 * prescribed(self.profession) * PRICES ** (self.year - BASE)
        amounts = np.empty((len(self.ids), len(expected)))
        for k, mean in enumerate(expected):
            spread = np.exp(SPREAD * self._normal(f"item {k}") - SPREAD**2 / 2)
            amounts[:, k] = mean * np.minimum(self.size, 4) * spread
            amounts[self._uniform(f"without item {k}") < WITHOUT, k] = 0
        return np.rint(amounts).astype(np.int64)

    def _mean(self, measure: str) -> float:
        return float(means()[self.profession.code][measure][YEARS.index(self.year)])

    def _local(self) -> Floats:
        """How many times the country's mean that of the department is; made up."""
        place = np.arange(len(reference.departments()), dtype=np.int64)
        return np.exp(0.1 * normal(place, self.seed, f"{self.profession.code} department"))[self.department]

    def _uniform(self, stream: str) -> Floats:
        return uniform(self.ids, self.seed, stream)

    def _normal(self, stream: str) -> Floats:
        return normal(self.ids, self.seed, stream)


@lru_cache(maxsize=1)
def _queues(scale: float, seed: int) -> tuple[Ids, Ids, Ids]:
    """there and gone: (professions, departments, YEARS). first: (…, 1)."""
    people = reference.populations()[..., -1].sum(axis=(1, 2)).astype(np.float64)
    expected = np.zeros((len(professions()), len(people), len(YEARS)))
    number = np.arange(len(people), dtype=np.int64)
    for k, profession in enumerate(professions()):
        spread, power = (0.5, 1.4) if profession.concentrated else (0.15, 1.05)
        weights = people**power * np.exp(spread * normal(number, seed, f"{profession.code} place"))
        expected[k] = scale * np.outer(weights / weights.sum(), profession.heads)
    queue = np.arange(expected[..., 0].size, dtype=np.int64).reshape(expected.shape[:2])
    there = np.floor(expected + uniform(queue, seed, "practices")[..., None]).astype(np.int64)
    there[expected == 0] = 0
    moving = uniform(queue[..., None] * len(YEARS) + np.arange(len(YEARS) - 1), seed, "retirement")
    turnover = np.array([1 / p.career for p in professions()])[:, None]
    gone = leaving(there, np.broadcast_to(turnover, queue.shape), moving)
    return there, gone, first_numbers(there, gone)


def practices(profession: Profession, year: int, scale: float, seed: int) -> Practices:
    """Those of a profession in a year, for `scale` of the country's professionals."""
    at, k = YEARS.index(year), professions().index(profession)
    there, gone, first = (array[k] for array in _queues(scale, seed))
    counts = there[:, at]
    department = np.repeat(np.arange(len(counts)), counts)
    place = np.arange(counts.sum()) - (np.cumsum(counts) - counts)[department] + gone[department, at]
    ids = first[department, 0] + place
    born = _born(profession, ids, place, (gone + there)[department], seed)
    age = np.clip(year - born, YOUNGEST, EXPECTED_LAST)
    women = np.interp(born, (1950, 1995), profession.women)
    return Practices(profession, year, seed, ids, department, age, uniform(ids, seed, "sex") < women)


def _born(profession: Profession, ids: Ids, place: Ids, upto: Ids, seed: int) -> Ids:
    """Years of birth: of the first ones in a queue the eldest come first; who joins later is young.

    place: in the queue. upto: (professionals, YEARS), how many have ever stood in the queue.
    """
    joined = np.argmax(place[:, None] < upto, axis=1)
    since = np.array(YEARS)[joined]
    stock = np.maximum(upto[np.arange(len(ids)), joined], 1)
    started = joined == np.argmax(upto > 0, axis=1)
    before = np.where(started, profession.career * (1 - (place + 0.5) / stock), 0)
    spread = np.where(started, 3 * normal(ids, seed, "born"), 4 * np.abs(normal(ids, seed, "born")))
    return np.rint(since - profession.joining_age - before - spread).astype(np.int64)
