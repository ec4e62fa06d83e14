"""The figures that made-up records are drawn from: some public, some made up; data/SOURCES.md says which."""

import csv
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

SEXES = ("1", "2")
AGES = (*(f"{low:02d}-{low + 4:02d}" for low in range(0, 95, 5)), "95et+")
YEARS = tuple(range(2010, 2026))
Floats = NDArray[np.float64]


def rows(name: str) -> Iterator[dict[str, str]]:
    """Rows of a file in data/."""
    text = (files("seuil.synthetic") / "data" / name).read_text(encoding="utf-8")
    return csv.DictReader(text.splitlines())


@cache
def departments() -> tuple[str, ...]:
    """Codes of the departments, in order."""
    return tuple(dict.fromkeys(row["dep"] for row in rows("population.csv")))


@cache
def populations() -> NDArray[np.int64]:
    """People on 1 January: (departments, SEXES, AGES, YEARS). Mayotte is counted from 2014."""
    place = {code: k for k, code in enumerate(departments())}
    people = np.zeros((len(place), len(SEXES), len(AGES), len(YEARS)), dtype=np.int64)
    for row in rows("population.csv"):
        cell = place[row["dep"]], SEXES.index(row["sexe"]), AGES.index(row["cla_age_5"])
        people[cell] = [int(row[str(year)] or 0) for year in YEARS]
    people.setflags(write=False)
    return people


def population(year: int) -> NDArray[np.int64]:
    """People on 1 January: (departments, SEXES, AGES)."""
    return populations()[..., YEARS.index(year)]


@cache
def rates() -> MappingProxyType[str, Floats]:
    """Share of people with each condition in 2020: (SEXES, AGES), 0 where the table has no row."""
    found: dict[str, Floats] = {}
    for row in rows("rates.csv"):
        shares = found.setdefault(row["condition"], np.zeros((len(SEXES), len(AGES))))
        shares[SEXES.index(row["sexe"])] = [float(row[age]) / 100_000 for age in AGES]
    for shares in found.values():
        shares.setflags(write=False)
    return MappingProxyType(found)
