"""Rates that made-up patients are drawn from: src/seuil/synthetic/data/rates.csv and families.csv.

usage: make_rates.py DATA_DIR EXTRACTS_DIR OUT_DIR

DATA_DIR: benchmarks/data. EXTRACTS_DIR: three extracts of data.ameli.fr as re-users keep them, named
in src/seuil/synthetic/data/SOURCES.md, which also says what is done here. In short, for the year 2020:
 1. shapes.csv, made up: of each condition how many people, at which age most, men per woman;
 2. a family's conditions are moved together, age by age, until all of its lines add up to what they do in the extract
    of Occitanie (which adds up the levels of a family, so that nothing more can be read from it);
 3. rates by sex and age of the extract of 2020 take the place of both, where it has them;
 4. the trend of a family is that of Occitanie from 2015 to 2023, one straight line in logarithms, carried on.
"""

import csv
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import bisect

from seuil.synthetic.reference import AGES, SEXES, YEARS, populations
from seuil.synthetic.risk import BAND_CENTRES, Condition, conditions, families, given_factor, union

Floats = NDArray[np.float64]
CORRELATION, CORRELATIONS = 0.35, {"TPS_CAT_EXC": 0.6, "traitements-du-risque-vasculaire": 0.85}
BASE = 2020
COVID = "INF_COV_HOS"
COVID_AFTER = {2024: 0.5, 2025: 0.25}  # made up: times the last year that is known
FEWEST = 8  # rows of an extract that a rate rests on
LEAST = 1e-7  # a lower rate is none
BLANK = 4  # people in a cell that is blank, somewhere from 0 to 10
OCCITANIE_AGES = {f"de {int(age[:2])} à {int(age[3:])} ans": k for k, age in enumerate(AGES[:-1])} | {
    "plus de 95 ans": len(AGES) - 1
}
ONE_LINE = "Hospitalisations hors"  # a family of one line, and nowhere blank


def rows(path: Path, delimiter: str = ",") -> Iterator[dict[str, str]]:
    """Rows of a file."""
    with path.open(encoding="utf-8") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def people() -> Floats:
    """People of the base year: (SEXES, AGES)."""
    found: Floats = populations()[..., YEARS.index(BASE)].sum(axis=0).astype(np.float64)
    return found


def shapes(data: Path) -> dict[str, Floats]:
    """Made-up rates: (SEXES, AGES)."""
    found = {}
    for row in rows(data / "shapes.csv"):
        by_age = np.exp(-((BAND_CENTRES - float(row["peak"])) ** 2) / (2 * float(row["spread"]) ** 2))
        men = float(row["men_per_woman"]) if row["men_per_woman"] else None
        by_sex = np.array([1.0, 0.0]) if men is None else np.array([2 * men, 2]) / (1 + men)
        rate = by_sex[:, None] * by_age
        found[row["condition"]] = rate * float(row["thousands"]) * 1000 / (rate * people()).sum()
    return found


def extract(folder: Path) -> dict[str, Floats]:
    """Rates of the extract of 2020: (SEXES, AGES), not a number where it has too few rows."""
    sums: dict[str, Floats] = defaultdict(lambda: np.zeros((3, len(SEXES), len(AGES))))
    for row in rows(folder / "effectifs_2020_extrait.csv", ";"):
        if row["sexe"] in SEXES and row["cla_age_5"] in AGES:
            cell = SEXES.index(row["sexe"]), AGES.index(row["cla_age_5"])
            sums[row["top"]][:, *cell] += float(row["ntop"] or BLANK), float(row["npop"]), 1
    return {
        top: np.where(there >= FEWEST, ill / np.maximum(all_, 1), np.nan) for top, (ill, all_, there) in sums.items()
    }


def occitanie(folder: Path, labels: Mapping[str, str]) -> tuple[dict[str, Floats], list[int]]:
    """Lines of a family that a person of Occitanie is in, on average: (years, AGES), and the years."""
    found = list(rows(folder / "effectifs_niv1_occitanie_2015_2023.csv"))
    years = sorted({int(row["annee"]) for row in found})
    sums: dict[str, Floats] = defaultdict(lambda: np.zeros((2, len(years), len(AGES))))
    for row in found:
        if row["libelle_classe_age"] in OCCITANIE_AGES:
            cell = years.index(int(row["annee"])), OCCITANIE_AGES[row["libelle_classe_age"]]
            ill, all_ = float(row["ntop_sommes_multiples"] or 0), float(row["npop_sommes_multiples"] or 0)
            sums[row["patho_niv1"]][:, *cell] += ill, all_
    everybody = next(all_ for label, (_, all_) in sums.items() if label.startswith(ONE_LINE))
    # The labels of this extract are of another year: they are told apart by their first words.
    code_of = {label: code for label in sums for start, code in labels.items() if _same_start(label, start)}
    return {code_of[label]: ill / everybody for label, (ill, _) in sums.items()}, years


def _same_start(label: str, other: str) -> bool:
    return label.replace("Traitements", "Traitement")[:20] == other.replace("Traitements", "Traitement")[:20]


def trends(lines: Mapping[str, Floats], years: list[int]) -> dict[str, dict[int, float]]:
    """By family and year, times the base year: people of all ages, as many of each as in the base year."""
    weights = people().sum(axis=0)
    found = {}
    for family, by_year in lines.items():
        level = by_year @ weights
        if family == COVID:
            last = level[-1] / level[years.index(BASE)]
            seen = {year: level[k] / level[years.index(BASE)] for k, year in enumerate(years)}
            found[family] = {year: seen.get(year, COVID_AFTER.get(year, 0) * last) for year in YEARS}
        else:
            slope = np.polyfit(years, np.log(level), 1)[0]
            found[family] = {year: float(np.exp(slope * (year - BASE))) for year in YEARS}
    return found


def moved(family: str, wanted: Floats, free: Mapping[str, Floats], fixed: Mapping[str, Floats]) -> Floats:
    """Factor of each age (AGES) by which made-up rates are multiplied so that the family's lines add up to `wanted`."""
    shares = people() / people().sum(axis=0)
    correlation = CORRELATIONS.get(family, CORRELATION)

    def lines(age: int) -> Callable[[float], float]:
        def excess(logarithm: float) -> float:
            rates = {c: np.where(np.isnan(fixed[c]), free[c] * np.exp(logarithm), fixed[c])[:, age] for c in free}
            chances = {code: given_factor(np.minimum(rate, 0.95), correlation) for code, rate in rates.items()}
            summed = sum((shares[:, age] @ union([chances[c] for c in line]) for line in lines_of(family)), 0.0)
            return float(summed - wanted[age])

        return excess

    factors = []
    for age in range(len(AGES)):
        excess = lines(age)
        fits = wanted[age] > 0 and excess(-15) < 0 < excess(15)
        factors.append(np.exp(bisect(excess, -15, 15, xtol=1e-6)) if fits else 0.0 if excess(-15) >= 0 else 1.0)
    return np.array(factors)


def code_of(label: str, top: str) -> str:
    """The code of a condition line: its `top`, else its label in small letters, without what stands in parentheses."""
    plain = unicodedata.normalize("NFD", re.sub(r"\([^)]*\)", " ", label)).encode("ascii", "ignore").decode()
    return top or "-".join(re.findall("[a-z0-9]+", plain.lower()))


def family_codes(data: Path) -> dict[str, str]:
    """Codes of the fund's groups of conditions, by label."""
    found: dict[str, str] = {}
    for row in rows(data / "nomenclatures" / "tops_data_ameli.csv"):
        label = row["patho_niv1"]
        if {row["patho_niv2"], row["patho_niv3"]} <= {"", label}:
            found[label] = code_of(label, row["top"])
    return found


def lines_of(family: str) -> list[list[str]]:
    """Lines of a family, itself among them, each as the conditions that it is the union of."""
    below: dict[str, list[str]] = defaultdict(list)
    for condition in conditions():
        if condition.family == family:
            for line in dict.fromkeys((condition.code, condition.group or family, family)):
                below[line].append(condition.code)
    return list(below.values())


def rates(shaped: Mapping[str, Floats], known: Mapping[str, Floats], wanted: Mapping[str, Floats]) -> dict[str, Floats]:
    """Rates of every condition: (SEXES, AGES)."""
    nothing = np.full((len(SEXES), len(AGES)), np.nan)
    found = {}
    for family in families():
        free = {c.code: shaped[c.code] for c in conditions() if c.family == family}
        fixed = {code: known.get(code, nothing) for code in free}
        factor = moved(family, wanted[family], free, fixed)
        for code in free:
            rate = np.where(np.isnan(fixed[code]), np.minimum(free[code] * factor, 0.95), fixed[code])
            found[code] = np.where(rate < LEAST, 0, rate)
    return found


def basis(condition: Condition, known: Mapping[str, Floats]) -> str:
    """Where most of a condition's rates come from, in a word that SOURCES.md explains."""
    if condition.code in known and not np.isnan(known[condition.code]).all():
        return "extract"
    alone = sum(c.family == condition.family for c in conditions()) == 1
    return "age from extract" if alone else "family from extract"


def main(data: Path, extracts: Path, out: Path) -> None:
    """Write both files."""
    lines, years = occitanie(extracts, family_codes(data))
    trend, known = trends(lines, years), extract(extracts)
    kept = {  # Covid is of its own year, all else freed of its trend
        f: by_year[years.index(BASE)]
        if f == COVID
        else np.mean([by_year[k] / trend[f][y] for k, y in enumerate(years)], axis=0)
        for f, by_year in lines.items()
    }
    found = rates(shapes(data), known, kept)
    with (out / "rates.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["condition", "sexe", "basis", *AGES])
        for condition in conditions():
            for sex, by_age in zip(SEXES, found[condition.code], strict=True):
                if by_age.any():
                    numbers = [f"{100_000 * rate:.4g}" for rate in by_age]
                    writer.writerow([condition.code, sex, basis(condition, known), *numbers])
    with (out / "families.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["family", "correlation", *YEARS])
        for family in families():
            numbers = [f"{trend[family][year]:.4f}" for year in YEARS]
            writer.writerow([family, CORRELATIONS.get(family, CORRELATION), *numbers])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]))
