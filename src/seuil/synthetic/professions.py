"""The professions that made-up professionals have: how many, how old, what they earn by what, what they prescribe."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from seuil.synthetic import reference
from seuil.synthetic.reference import YEARS, Floats

TREND_YEARS, STEEPEST = 5, 0.03  # beyond the years that are known means grow as in the last ones, no faster than this
EXCESS = "DEPASSEMENTS"  # the kind of fees that is excess
DOCTORS = ("generalistes", "specialistes")
MEASURES = ("fees", "excess", "patients")


@dataclass(frozen=True)
class Profession:
    """Numbers of a profession; shares are 0 to 1.

    heads: by year. concentrated: drawn to populous departments, as specialists are. women: born in 1950 and in 1995.
    joining_age, career: years. sector_2: of doctors, who may charge more. mixed: salaried too. attending: mean number
    of patients who have chosen the professional as their attending doctor.
    """

    code: str
    family: str
    heads: Floats
    concentrated: bool
    women: tuple[float, float]
    joining_age: int
    career: int
    sector_2: float
    mixed: float
    mix: str
    prescribes: str
    attending: int


@cache
def professions() -> tuple[Profession, ...]:
    """All professions."""
    return tuple(_profession(row) for row in reference.rows("professions.csv"))


def _profession(row: dict[str, str]) -> Profession:
    heads = np.linspace(float(row["head_count_2010"]), float(row["head_count_2025"]), len(YEARS))
    return Profession(
        code=row["profession"],
        family=row["family"],
        heads=np.where(np.array(YEARS) < int(row["first_year"]), 0, heads),
        concentrated=row["concentrated"] == "yes",
        women=(float(row["women_born_1950"]) / 100, float(row["women_born_1995"]) / 100),
        joining_age=int(row["joining_age"]),
        career=int(row["career"]),
        sector_2=float(row["sector_2"]) / 100,
        mixed=float(row["mixed"]) / 100,
        mix=row["mix"],
        prescribes=row["prescribes"],
        attending=int(row["attending"]),
    )


@cache
def means() -> Mapping[str, Mapping[str, Floats]]:
    """By profession and measure a professional's mean of each year; fees without excess, and excess, are in euros."""
    known: dict[str, dict[str, dict[int, float]]] = {}
    for row in reference.rows("fees.csv"):
        for measure in MEASURES:
            if row[measure]:
                of_profession = known.setdefault(row["profession"], {})
                of_profession.setdefault(measure, {})[int(row["year"])] = float(row[measure])
    return MappingProxyType({code: {m: _every_year(found[m]) for m in MEASURES} for code, found in known.items()})


def _every_year(known: Mapping[int, float]) -> Floats:
    """Before the first year that is known as in it; after the last one the trend goes on."""
    last = max(known)
    earlier = max(min(known), last - TREND_YEARS)
    growth = (known[last] / known[earlier]) ** (1 / max(last - earlier, 1)) - 1 if known[earlier] else 0.0
    growth = float(np.clip(growth, -STEEPEST, STEEPEST))
    values = [known[last] * (1 + growth) ** (y - last) if y > last else known[max(y, min(known))] for y in YEARS]
    return np.array(values)


@cache
def kinds() -> tuple[str, ...]:
    """Codes of the kinds of fees that a row may have: those of the code list without any below them."""
    table = list(reference.rows("fee_kinds.csv"))
    above = {row["parent"] for row in table}
    return tuple(row["code"] for row in table if row["code"] not in above)


def mix(profession: Profession, year: int) -> tuple[tuple[str, ...], Floats]:
    """Kinds of a profession's fees without excess in a year, and their shares."""
    found = {
        row["kind"]: float(row["share"])
        for row in reference.rows("fee_mixes.csv")
        if row["mix"] == profession.mix and int(row["first_year"]) <= year
    }
    shares = np.array(list(found.values()))
    return tuple(found), shares / shares.sum()


@cache
def items() -> tuple[str, ...]:
    """Codes of the items of prescriptions."""
    return tuple(row["poste"] for row in reference.rows("prescriptions.csv"))


def prescribed(profession: Profession) -> Floats:
    """Mean amount of each item that a professional prescribes in a year, in euros of 2021."""
    return np.array(
        [
            float(row[profession.prescribes]) if profession.prescribes else 0.0
            for row in reference.rows("prescriptions.csv")
        ]
    )
