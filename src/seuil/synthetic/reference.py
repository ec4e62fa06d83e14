"""The public figures that made-up records are drawn from; their sources are in data/SOURCES.md."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

SEXES = ("1", "2")
AGES = (*(f"{low:02d}-{low + 4:02d}" for low in range(0, 95, 5)), "95et+")
Floats = NDArray[np.float64]


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (files("seuil.synthetic") / "data" / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


@cache
def departments() -> tuple[str, ...]:
    """Codes of the departments, in order."""
    return tuple(sorted({row["dep"] for row in _rows("population.csv")}))


@cache
def years() -> tuple[int, ...]:
    """The years whose population is known."""
    return tuple(sorted({int(row["annee"]) for row in _rows("population.csv")}))


@cache
def population(year: int) -> NDArray[np.int64]:
    """People on 1 January: (departments, SEXES, AGES)."""
    place = {code: k for k, code in enumerate(departments())}
    people = np.zeros((len(place), len(SEXES), len(AGES)), dtype=np.int64)
    for row in _rows("population.csv"):
        if int(row["annee"]) == year:
            cell = place[row["dep"]], SEXES.index(row["sexe"]), AGES.index(row["cla_age_5"])
            people[cell] = int(row["population"])
    people.setflags(write=False)
    return people


@cache
def rates() -> MappingProxyType[str, Floats]:
    """Share of people with each condition: (SEXES, AGES), 0 where the table has no rate."""
    found: dict[str, Floats] = {}
    for row in _rows("rates.csv"):
        shares = found.setdefault(row["condition"], np.zeros((len(SEXES), len(AGES))))
        shares[SEXES.index(row["sexe"]), AGES.index(row["age"])] = float(row["per_100000"]) / 100_000
    for shares in found.values():
        shares.setflags(write=False)
    return MappingProxyType(found)


@dataclass(frozen=True)
class Profession:
    """How many there are in the country, and the mean fees (euros) and patients of a year.

    concentrated: drawn to populous departments, as specialists are.
    """

    code: str
    head_count: int
    mean_fees: int
    mean_patients: int
    concentrated: bool


@cache
def professions() -> tuple[Profession, ...]:
    """All professions."""
    return tuple(
        Profession(
            code=row["profession"],
            head_count=int(row["head_count"]),
            mean_fees=int(row["mean_fees"]),
            mean_patients=int(row["mean_patients"]),
            concentrated=row["concentrated"] == "yes",
        )
        for row in _rows("professions.csv")
    )
