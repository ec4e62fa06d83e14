"""Linked tables of one unit: self-employed professionals, about 400,000 of them, threshold 5, exact counts.

One of the shared benchmark generators: only its layout is ours, seeds and bytes are the same.

usage: make_professionals.py DATA_DIR OUT_DIR [SEED_SHIFT]

DATA_DIR: the folder with nomenclatures/ and territoires/ (benchmarks/data). Writes atoms.csv (family,profession,region,
dept,age,sex,sector,practice,fees,n): one row per combination with anybody in it, fees in whole euros (total).

Published together, as the fund does: profession x territory x age x sex; profession x territory x sector; profession x
territory x practice; profession x territory: fees. All levels and totals: family > profession, France > region >
department. Sizes, ages and fees are made up (seeded); departments follow the real population.
"""

import csv
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

AGES = ("<30", "30-34", "35-39", "40-44", "45-49", "50-54", "55-59", "60-64", "65-69", "70+")
SEXES = "12"
HEADER = ("family", "profession", "region", "dept", "age", "sex", "sector", "practice", "fees", "n")
Department = dict[str, str]
Atom = list[str | int]


def read_jobs(data: Path) -> list[tuple[str, str]]:
    """Families and professions of the fund's list, aggregates left out."""
    with (data / "nomenclatures" / "professions_data_ameli.csv").open(encoding="utf-8") as file:
        return [
            (row["famille"], row["profession_sante"])
            for row in csv.DictReader(file)
            if row["agregat"].strip().lower() in ("", "0", "non", "false")
        ]


def atoms_of(
    total: int, departments: Sequence[Department], population: NDArray[np.float64], rng: np.random.Generator
) -> Iterator[Atom]:
    """One profession: region to n of every combination with anybody in it. Draws happen in a fixed order."""
    where = population * rng.lognormal(0, 0.45, len(departments))
    where /= where.sum()
    d = np.repeat(np.arange(len(departments)), rng.multinomial(total, where))
    people = len(d)
    women, old = rng.uniform(0.15, 0.9), rng.uniform(0.35, 0.65)
    age = (rng.beta(5 * old, 5 * (1 - old), people) * len(AGES)).astype(int)
    age = np.clip(age, 0, len(AGES) - 1)
    sex = (rng.random(people) < women - 0.03 * (age - 4)).astype(int)
    sector = rng.choice(3, people, p=rng.dirichlet([8, 2, 0.25]))
    practice = rng.choice(3, people, p=rng.dirichlet([8, 2, 0.4]))
    nothing = rng.random(people) < 0.03
    amounts = np.round(rng.lognormal(np.log(rng.uniform(3e4, 3e5)), 0.7, people))
    fees = np.where(nothing, 0, amounts).astype(np.int64)
    key = (((d * len(AGES) + age) * 2 + sex) * 3 + sector) * 3 + practice
    combinations, inverse, counts = np.unique(key, return_inverse=True, return_counts=True)
    money = np.bincount(inverse, fees).astype(np.int64)
    shape = (len(departments), len(AGES), 2, 3, 3)
    for combination, count, euros in zip(combinations, counts, money, strict=True):
        k, a, x, s, p = (int(i) for i in np.unravel_index(combination, shape))
        place = departments[k]
        yield [place["reg"], place["dep"], AGES[a], SEXES[x], f"S{s + 1}", f"P{p + 1}", int(euros), int(count)]


def main(data: Path, out: Path, shift: int = 0) -> None:
    """Write atoms.csv."""
    rng = np.random.default_rng(30_000 + shift)
    jobs = read_jobs(data)
    with (data / "territoires" / "departements.csv").open(encoding="utf-8") as file:
        departments = list(csv.DictReader(file))
    population = np.array([float(row.get("pop_2023") or 1e5) for row in departments])
    sizes = np.sort(np.exp(rng.uniform(np.log(60), np.log(110_000), len(jobs))))
    rng.shuffle(sizes)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "atoms.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        for (family, job), total in zip(jobs, sizes, strict=True):
            writer.writerows([family, job, *atom] for atom in atoms_of(int(total), departments, population, rng))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:4]))
