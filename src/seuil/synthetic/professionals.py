"""Health professionals: one row a professional-year.

Professions are spread over departments by population, specialists more than by population, so that many departments
have few or none. Fees are skewed; a few professionals have none, and a few have so much that they dominate their cell.
The patient who brings most of a professional's fees brings up to thirty times the mean.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from seuil.synthetic import reference
from seuil.synthetic.draw import Ids, rounded, uniform
from seuil.synthetic.patients import Made
from seuil.synthetic.writer import DICTIONARY, ChunkedWriter, chunked, coded, identifiers

FILE = "professionnels.parquet"
SCHEMA = pa.schema(
    {
        "id": pa.string(),
        "annee": pa.int32(),
        "profession": DICTIONARY,
        "dept": DICTIONARY,
        "age": pa.int32(),
        "sexe": DICTIONARY,
        "honoraires": pa.int64(),
        "patients": pa.int32(),
        "honoraires_patient": pa.int64(),
    }
)
UNKNOWN_DEPARTMENT, NO_FEES, DOMINANT = 0.003, 0.015, 0.002
LEAVING = 0.05
LARGEST_PATIENT = 30  # times the mean fees of a patient, at most, for the one who brings most
SPREAD = 0.6  # standard deviation of the logarithm of fees


@dataclass(frozen=True)
class PlantedProfessional:
    """A professional that a test puts among the others, as the file shall have it."""

    identifier: str
    year: int
    profession: str
    department: str | None
    fees: int
    age: int = 45
    sex: str = "2"
    patients: int = 0
    largest_patient: int = 0


@dataclass(frozen=True)
class _Professionals:
    """Arrays of one length: number, positions of profession and department, year of birth."""

    ids: Ids
    profession: NDArray[np.int64]
    department: NDArray[np.int64]
    born: NDArray[np.int64]


def write_professionals(
    folder: Path,
    *,
    scale: float = 1.0,
    seed: int = 1,
    years: Sequence[int] = (2022, 2023),
    planted: Sequence[PlantedProfessional] = (),
    progress: Callable[[str], None] | None = None,
) -> Made:
    """Write the file for `scale` of the country's professionals. The same seed gives the same bytes."""
    rng = np.random.default_rng([seed, 2])
    here: _Professionals | None = None
    with chunked(folder / FILE, SCHEMA) as file:
        for year in years:
            here = _of_year(year, scale, here, rng)
            if progress:
                progress(f"{year}: {len(here.ids):,} professionals")
            _write(file, here, year, seed)
        _write_planted(file, planted)
        return Made({FILE: file.rows})


def _of_year(year: int, scale: float, before: _Professionals | None, rng: np.random.Generator) -> _Professionals:
    if before is None:
        return _newcomers(year, scale, 1, rng)
    stays = rng.random(len(before.ids)) >= LEAVING
    new = _newcomers(year, scale * LEAVING, int(before.ids[-1]) + 1 if len(before.ids) else 1, rng)
    return _Professionals(
        np.concatenate([before.ids[stays], new.ids]),
        np.concatenate([before.profession[stays], new.profession]),
        np.concatenate([before.department[stays], new.department]),
        np.concatenate([before.born[stays], new.born]),
    )


def _newcomers(year: int, scale: float, first: int, rng: np.random.Generator) -> _Professionals:
    people = reference.population(min(max(year, reference.years()[0]), reference.years()[-1])).sum(axis=(1, 2))
    heads = rounded(np.array([p.head_count for p in reference.professions()]) * scale, rng)
    counts = np.zeros((len(heads), len(people)), dtype=np.int64)
    for k, profession in enumerate(reference.professions()):
        weights = people.astype(np.float64) ** (1.4 if profession.concentrated else 1.05)
        weights *= rng.lognormal(0, 0.5 if profession.concentrated else 0.15, len(people))
        counts[k] = rng.multinomial(heads[k], weights / weights.sum())
    which, where = np.unravel_index(np.repeat(np.arange(counts.size), counts.ravel()), counts.shape)
    ids = np.arange(first, first + len(which), dtype=np.int64)
    return _Professionals(ids, which.astype(np.int64), where.astype(np.int64), year - rng.integers(27, 70, len(ids)))


def _write(file: ChunkedWriter, here: _Professionals, year: int, seed: int) -> None:
    means = np.array([p.mean_fees for p in reference.professions()])[here.profession]
    patients = np.array([p.mean_patients for p in reference.professions()])[here.profession]
    size = np.exp(SPREAD * _normal(here.ids, seed, "size") - SPREAD**2 / 2)
    size *= np.exp(0.05 * _normal(here.ids, seed, f"size {year}"))
    rank = uniform(here.ids, seed, "dominant")
    size *= np.where(rank < DOMINANT, np.minimum(5 / np.maximum(rank / DOMINANT, 0.02), 200), 1)
    idle = uniform(here.ids, seed, f"idle {year}") < NO_FEES
    nowhere = uniform(here.ids, seed, "department unknown") < UNKNOWN_DEPARTMENT
    sex = (uniform(here.ids, seed, "sex") < 0.6).astype(np.int32)
    fees = np.where(idle, 0, np.rint(means * size)).astype(np.int64)
    served = np.where(idle, 0, np.rint(patients * np.minimum(size, 4))).astype(np.int32)
    most = 1 + (LARGEST_PATIENT - 1) * uniform(here.ids, seed, f"largest patient {year}")
    file.write(
        {
            "id": identifiers("S", here.ids),
            "annee": np.full(len(here.ids), year, dtype=np.int32),
            "profession": coded(here.profession, tuple(p.code for p in reference.professions())),
            "dept": coded(here.department, reference.departments(), nowhere),
            "age": (year - here.born).astype(np.int32),
            "sexe": coded(sex, reference.SEXES),
            "honoraires": fees,
            "patients": served,
            "honoraires_patient": np.rint(fees * np.minimum(1, most / np.maximum(served, 1))).astype(np.int64),
        }
    )


def _normal(ids: Ids, seed: int, stream: str) -> NDArray[np.float64]:
    """Standard normal numbers, by the method of Box and Muller."""
    radius = np.sqrt(-2 * np.log1p(-uniform(ids, seed, f"{stream} radius")))
    numbers: NDArray[np.float64] = radius * np.cos(2 * np.pi * uniform(ids, seed, f"{stream} angle"))
    return numbers


def _write_planted(file: ChunkedWriter, planted: Sequence[PlantedProfessional]) -> None:
    file.write(
        {
            "id": pa.array([p.identifier for p in planted], pa.string()),
            "annee": pa.array([p.year for p in planted], pa.int32()),
            "profession": pa.array([p.profession for p in planted], pa.string()).dictionary_encode(),
            "dept": pa.array([p.department for p in planted], pa.string()).dictionary_encode(),
            "age": pa.array([p.age for p in planted], pa.int32()),
            "sexe": pa.array([p.sex for p in planted], pa.string()).dictionary_encode(),
            "honoraires": pa.array([p.fees for p in planted], pa.int64()),
            "patients": pa.array([p.patients for p in planted], pa.int32()),
            "honoraires_patient": pa.array([p.largest_patient for p in planted], pa.int64()),
        }
    )
