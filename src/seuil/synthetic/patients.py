"""Patients: one row a person-year, and one row a person-year-condition.

People live on from year to year (people.py) and keep what is chronic (illness.py). Everything is drawn from a
person's number, so records are made department by department of any year, and memory holds some of one department's
people. A few people have no known department or sex.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from seuil.model.errors import UsageError
from seuil.synthetic import illness, reference
from seuil.synthetic.draw import uniform
from seuil.synthetic.people import People, cohorts
from seuil.synthetic.writer import DICTIONARY, ChunkedWriter, chunked, coded, letters, spans, texts

PEOPLE_FILE, MEMBERSHIPS_FILE = "personnes.parquet", "affections.parquet"
PEOPLE = pa.schema({"id": pa.string(), "annee": pa.int32(), "dept": DICTIONARY, "sexe": DICTIONARY, "age": pa.int32()})
MEMBERSHIPS = pa.schema({"id": pa.string(), "annee": pa.int32(), "top": DICTIONARY})
UNKNOWN_DEPARTMENT, UNKNOWN_SEX = 0.002, 0.0005
SEX_CODES = (*reference.SEXES, "0")
AT_ONCE = 100_000  # people whose arrays stay in the processor's cache


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


def write_patients(
    folder: Path,
    *,
    scale: float = 0.1,
    seed: int = 1,
    years: Sequence[int] = (2022, 2023),
    departments: Sequence[str] | None = None,
    nodes: Sequence[str] | None = None,
    planted: Sequence[PlantedPatient] = (),
    progress: Callable[[str], None] | None = None,
) -> Made:
    """Write both files for `scale` of the country's people. The same seed gives the same bytes.

    departments: codes; without them all. Those of a department are the same beside any others, and in any years.
    nodes: codes that memberships may have. A condition that isn't among them is written with the code of its group or
    family, if that is; without nodes every condition is written with its own code. Raises UsageError.
    """
    lines = illness.lines(None if nodes is None else tuple(nodes))
    places = _places(years, departments)
    with (
        chunked(folder / PEOPLE_FILE, PEOPLE) as people_file,
        chunked(folder / MEMBERSHIPS_FILE, MEMBERSHIPS) as memberships_file,
    ):
        for year in years:
            before = people_file.rows
            for department in places:
                people = cohorts(scale, seed).people(department, year)
                for span in spans(len(people.ids), AT_ONCE):
                    _write(people_file, memberships_file, people.part(span), department, year, seed, lines)
            if progress:
                progress(f"{year}: {people_file.rows - before:,} people")
        _write_planted(people_file, memberships_file, planted)
        return Made({PEOPLE_FILE: people_file.rows, MEMBERSHIPS_FILE: memberships_file.rows})


def _places(years: Sequence[int], departments: Sequence[str] | None) -> list[int]:
    """Positions of the departments asked for."""
    known = reference.departments()
    if unknown := sorted(set(years) - set(reference.YEARS)):
        raise UsageError(f"no records can be made of {unknown[0]}; expected years {known_years()}")
    if unknown_places := sorted(set(departments or ()) - set(known)):
        raise UsageError(f"no department {unknown_places[0]!r}; expected codes such as 01, 2A or 974")
    return [k for k, code in enumerate(known) if departments is None or code in departments]


def known_years() -> str:
    """Years that records can be made of, as people read them."""
    return f"{reference.YEARS[0]} to {reference.YEARS[-1]}"


def _write(
    people_file: ChunkedWriter,
    memberships_file: ChunkedWriter,
    people: People,
    department: int,
    year: int,
    seed: int,
    lines: dict[str, np.uint64],
) -> None:
    count = len(people.ids)
    sex = np.where(uniform(people.ids, seed, "sex unknown") < UNKNOWN_SEX, len(SEX_CODES) - 1, people.sex)
    nowhere = uniform(people.ids, seed, "department unknown") < UNKNOWN_DEPARTMENT
    identifiers = letters("P", people.ids)
    people_file.write(
        {
            "id": texts(identifiers),
            "annee": np.full(count, year, dtype=np.int32),
            "dept": coded(np.full(count, department), reference.departments(), nowhere),
            "sexe": coded(sex, SEX_CODES),
            "age": people.age.astype(np.int32),
        }
    )
    masks = illness.drawn(people, department, year, seed)
    found = [illness.members(masks, bits) for bits in lines.values()]
    who = np.concatenate([*found, np.empty(0, dtype=np.int64)])
    memberships_file.write(
        {
            "id": texts(identifiers[who]),
            "annee": np.full(len(who), year, dtype=np.int32),
            "top": coded(np.repeat(np.arange(len(found)), [len(one) for one in found]), tuple(lines)),
        }
    )


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
