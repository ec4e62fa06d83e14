"""Patients: one row a person-year, and one row a person-year-condition.

People are drawn from the population by department, sex and age band; a person lives on into the next year, a year
older, unless that year's population has no room. Conditions are drawn from rates by sex and age, and stay (draw.py),
but for hospital stays, which are drawn anew. A few people have no known department or sex, several conditions of one
group, or a cancer that is neither of those listed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from seuil.synthetic import reference
from seuil.synthetic.draw import Floats, Ids, rounded, uniform
from seuil.synthetic.writer import CHUNK, DICTIONARY, ChunkedWriter, chunked, coded, identifiers, spans

PEOPLE_FILE, MEMBERSHIPS_FILE = "personnes.parquet", "affections.parquet"
PEOPLE = pa.schema({"id": pa.string(), "annee": pa.int32(), "dept": DICTIONARY, "sexe": DICTIONARY, "age": pa.int32()})
MEMBERSHIPS = pa.schema({"id": pa.string(), "annee": pa.int32(), "top": DICTIONARY})

UNKNOWN_DEPARTMENT, UNKNOWN_SEX = 0.002, 0.0005
SEX_CODES = (*reference.SEXES, "0")
ACTIVE_UNTIL, FOLLOWED_FROM = 0.30, 0.295  # of a cancer's course; between the two it is active and under surveillance
SINGLE = ("DIA_CAT_CAT", "IRT_DCH_CAT", "RAR_MUC_IND", "TFC_HTA_EXC")
EPISODES = ("INF_COV_HOS",)
OTHER_CANCERS = "CAN_CAT_CAT"
STAGED = ("CAN_SEI", "CAN_PRO")
CONDITIONS = (OTHER_CANCERS, *(f"{c}_{stage}" for c in STAGED for stage in ("ACT", "SUR")), *SINGLE, *EPISODES)
OLDEST_BAND, OLDEST = len(reference.AGES) - 1, 110


@dataclass(frozen=True)
class PlantedPatient:
    """A person that a test puts among the others, as the file shall have it."""

    identifier: str
    year: int
    department: str | None
    sex: str | None
    age: int
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Made:
    """Rows written, by file name."""

    rows: dict[str, int]


@dataclass(frozen=True)
class _People:
    """Arrays of one length: number, positions of department and sex, age in years."""

    ids: Ids
    department: NDArray[np.uint8]
    sex: NDArray[np.uint8]
    age: NDArray[np.uint8]

    @property
    def band(self) -> NDArray[np.uint8]:
        return np.minimum(self.age // 5, OLDEST_BAND)

    def part(self, chosen: slice | NDArray[np.bool_]) -> "_People":
        return _People(self.ids[chosen], self.department[chosen], self.sex[chosen], self.age[chosen])


def write_patients(
    folder: Path,
    *,
    scale: float = 0.1,
    seed: int = 1,
    years: Sequence[int] = (2022, 2023),
    planted: Sequence[PlantedPatient] = (),
    progress: Callable[[str], None] | None = None,
) -> Made:
    """Write both files for `scale` of the country's people. The same seed gives the same bytes."""
    rng = np.random.default_rng([seed, 1])
    people: _People | None = None
    with (
        chunked(folder / PEOPLE_FILE, PEOPLE) as people_file,
        chunked(folder / MEMBERSHIPS_FILE, MEMBERSHIPS) as memberships_file,
    ):
        for year in years:
            people = _of_year(year, scale, people, rng)
            if progress:
                progress(f"{year}: {len(people.ids):,} people")
            for span in spans(len(people.ids)):
                part = people.part(span)
                _write_people(people_file, part, year, seed)
                for small in spans(len(part.ids), CHUNK // 10):  # arrays that stay in the processor's cache
                    _write_memberships(memberships_file, part.part(small), year, seed)
        _write_planted(people_file, memberships_file, planted)
        return Made({PEOPLE_FILE: people_file.rows, MEMBERSHIPS_FILE: memberships_file.rows})


def _of_year(year: int, scale: float, before: _People | None, rng: np.random.Generator) -> _People:
    """Those who live on, and newcomers, so that every cell has its population."""
    wanted = rounded(reference.population(year) * np.float64(scale), rng)
    if before is None:
        return _newcomers(wanted, 1, rng)
    older = _People(before.ids, before.department, before.sex, np.minimum(before.age + 1, OLDEST).astype(np.uint8))
    cell = np.ravel_multi_index((older.department, older.sex, older.band), wanted.shape)
    there = np.bincount(cell, minlength=wanted.size)
    stays = rng.random(len(cell)) < (wanted.ravel() / np.maximum(there, 1))[cell]
    staying = older.part(stays)
    left = np.bincount(cell[stays], minlength=wanted.size).reshape(wanted.shape)
    new = _newcomers(np.maximum(wanted - left, 0), int(before.ids[-1]) + 1 if len(before.ids) else 1, rng)
    return _People(
        np.concatenate([staying.ids, new.ids]),
        np.concatenate([staying.department, new.department]),
        np.concatenate([staying.sex, new.sex]),
        np.concatenate([staying.age, new.age]),
    )


def _newcomers(counts: NDArray[np.int64], first: int, rng: np.random.Generator) -> _People:
    department, sex, band = np.unravel_index(np.repeat(np.arange(counts.size), counts.ravel()), counts.shape)
    within = rng.integers(0, 5, len(band))
    oldest = band == OLDEST_BAND
    within[oldest] = np.minimum(rng.geometric(0.3, int(oldest.sum())) - 1, OLDEST - 95)
    ids = np.arange(first, first + len(band), dtype=np.int64)
    return _People(ids, department.astype(np.uint8), sex.astype(np.uint8), (5 * band + within).astype(np.uint8))


def _write_people(file: ChunkedWriter, people: _People, year: int, seed: int) -> None:
    sex = np.where(uniform(people.ids, seed, "sex unknown") < UNKNOWN_SEX, len(SEX_CODES) - 1, people.sex)
    nowhere = uniform(people.ids, seed, "department unknown") < UNKNOWN_DEPARTMENT
    file.write(
        {
            "id": identifiers("P", people.ids),
            "annee": np.full(len(people.ids), year, dtype=np.int32),
            "dept": coded(people.department, reference.departments(), nowhere),
            "sexe": coded(sex, SEX_CODES),
            "age": people.age.astype(np.int32),
        }
    )


def _write_memberships(file: ChunkedWriter, people: _People, year: int, seed: int) -> None:
    sex, band = people.sex, people.band
    found: list[tuple[Ids, int]] = []

    def add(condition: str, who: NDArray[np.bool_]) -> None:
        found.append((people.ids[who], CONDITIONS.index(condition)))

    def has(shares: Floats, stream: str) -> NDArray[np.bool_]:
        return uniform(people.ids, seed, stream) < shares[sex, band]

    add(OTHER_CANCERS, has(_other_cancers(), OTHER_CANCERS))
    for cancer in STAGED:
        ill, course = has(reference.rates()[f"{cancer}_CAT"], cancer), uniform(people.ids, seed, f"{cancer} course")
        add(f"{cancer}_ACT", ill & (course < ACTIVE_UNTIL))
        add(f"{cancer}_SUR", ill & (course >= FOLLOWED_FROM))
    for condition in SINGLE:
        add(condition, has(reference.rates()[condition], condition))
    for condition in EPISODES:
        add(condition, has(reference.rates()[condition], f"{condition} {year}"))
    ids = np.concatenate([who for who, _ in found])
    tops = np.concatenate([np.full(len(who), position) for who, position in found])
    columns = {"id": identifiers("P", ids), "annee": np.full(len(ids), year, dtype=np.int32)}
    file.write({**columns, "top": coded(tops, CONDITIONS)})


def _other_cancers() -> Floats:
    """Share of people with a cancer besides those listed, so that all together have the rate of the group."""
    listed = 1 - np.prod([1 - reference.rates()[f"{cancer}_CAT"] for cancer in STAGED], axis=0)
    shares: Floats = np.maximum(1 - (1 - reference.rates()[OTHER_CANCERS]) / (1 - listed), 0)
    return shares


def _write_planted(people: ChunkedWriter, memberships: ChunkedWriter, planted: Sequence[PlantedPatient]) -> None:
    people.write(
        {
            "id": pa.array([p.identifier for p in planted], pa.string()),
            "annee": pa.array([p.year for p in planted], pa.int32()),
            "dept": pa.array([p.department for p in planted], pa.string()).dictionary_encode(),
            "sexe": pa.array([p.sex for p in planted], pa.string()).dictionary_encode(),
            "age": pa.array([p.age for p in planted], pa.int32()),
        }
    )
    rows = [(p.identifier, p.year, c) for p in planted for c in p.conditions]
    memberships.write(
        {
            "id": pa.array([r[0] for r in rows], pa.string()),
            "annee": pa.array([r[1] for r in rows], pa.int32()),
            "top": pa.array([r[2] for r in rows], pa.string()).dictionary_encode(),
        }
    )
