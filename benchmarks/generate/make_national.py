"""A national year shaped like the fund's `effectifs`: 79 overlapping condition nodes x 101 departments x 20 ages x sex.

One of the shared benchmark generators: only its layout is ours, seeds and bytes are the same.

usage: make_national.py DATA_DIR OUT_DIR [SEED_SHIFT [YEAR]]

DATA_DIR: the folder with nomenclatures/ and territoires/ (benchmarks/data). People are those of `seuil.synthetic`.

Writes leaves.csv (region,dept,age,sex,node,n: patients of the node, each counted once) and nodes.csv (node,parent,
level,label; parent empty at the top). Node ALL is the population in care; NONE is ALL minus the union of all top nodes.
Every node but NONE obeys, in every leaf, largest child <= node <= sum of children, and node <= ALL. Counts are exact;
round them to the nearest 10 (half up) to publish as the fund does. Rates are made up (level, age curve, sex and
department effects, seeded); the population is the real one (INSEE).
"""

import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from seuil.synthetic import reference

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
SEXES = "12"
CHRONIC_IN_MID_LIFE = (
    *("psych", "addict", "épilepsie", "mucoviscidose", "sclérose", "vih", "inflammatoire", "névro", "mentale"),
)


@dataclass(frozen=True)
class Condition:
    """A node of the official list; `parent` is empty at the top."""

    code: str
    parent: str
    level: int
    label: str


@dataclass(frozen=True)
class Population:
    """People by (department, age band, sex), and the codes of the first two."""

    departments: tuple[str, ...]
    ages: tuple[str, ...]
    people: Ints


def read_conditions(path: Path) -> list[Condition]:
    """Nodes of the official list, children after parents, without its last two lines (none found, total)."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))[:-2]
    codes: dict[tuple[str, ...], str] = {}
    found = []
    for k, row in enumerate(rows):
        level, names = int(row["niveau"]), (row["patho_niv1"], row["patho_niv2"], row["patho_niv3"])
        code, parent = f"N{k:02d}", ""
        codes[names[:level]] = code
        if level == 2:
            parent = codes.get(names[:1], "")
        elif level == 3:
            parent = codes.get(names[:2], "") or codes.get(names[:1], "")
        found.append(Condition(code, parent, level, names[level - 1]))
    return found


def read_population(year: int) -> Population:
    """The population of a year."""
    there = reference.population(year).sum(axis=(1, 2)) > 0
    departments = tuple(code for code, some in zip(reference.departments(), there, strict=True) if some)
    return Population(departments, reference.AGES, reference.population(year)[there].transpose(0, 2, 1))


def rate(label: str, ages: int, rng: np.random.Generator) -> Floats:
    """Made-up rate by (age, sex) of a condition without children. Draws happen in a fixed order."""
    x, text = np.linspace(0, 1, ages)[:, None], label.lower()
    level = np.exp(rng.uniform(np.log(4e-5), np.log(3e-2)))
    start, slope = rng.uniform(0.35, 0.7), rng.uniform(6, 16)
    curve = 1 / (1 + np.exp(-slope * (x - start)))
    if any(word in text for word in CHRONIC_IN_MID_LIFE):
        curve = np.exp(-(((x - rng.uniform(0.3, 0.55)) / rng.uniform(0.15, 0.3)) ** 2))
    if "enfance" in text:
        curve = np.exp(-(((x - 0.1) / 0.08) ** 2))
    sex = np.array([[1.0, rng.lognormal(0, 0.3)]])
    if "sein de la femme" in text:
        sex = np.array([[0.0, 1.0]])
    if "prostate" in text:
        sex = np.array([[1.0, 0.0]])
    if "maternité" in text:
        sex, level = np.array([[0.0, 1.0]]), np.float64(0.03)
        curve = np.exp(-(((x - 0.31) / 0.07) ** 2)) * (x > 0.14) * (x < 0.52)
    if "hors pathologies repérées" in text or "antalgique" in text:
        level, curve = np.float64(0.12), 0.4 + 0.6 * x
    rates: Floats = np.clip(level * curve / max(curve.mean(), 1e-9) * sex, 0, 0.6)
    return rates


def count_patients(
    conditions: Sequence[Condition], population: Population, rng: np.random.Generator
) -> dict[str, Ints]:
    """Patients of every node by (department, age band, sex)."""
    people, ages = population.people, len(population.ages)
    in_care = rng.binomial(people, rng.uniform(0.93, 0.995, (1, ages, 2)))
    children = {c.code: [d.code for d in conditions if d.parent == c.code] for c in conditions}
    count: dict[str, Ints] = {"ALL": in_care}

    def union(codes: Sequence[str]) -> Ints:
        parts = np.stack([count[code] for code in codes])
        top = parts.max(0)
        joint: Ints = np.minimum(top + rng.binomial(parts.sum(0) - top, rng.uniform(0.82, 0.98)), in_care)
        return joint

    for condition in reversed(conditions):
        if children[condition.code]:
            count[condition.code] = union(children[condition.code])
        else:
            share = rate(condition.label, ages, rng)[None] * rng.lognormal(0, 0.15, (len(people), 1, 1))
            share = share * rng.lognormal(0, 0.1, people.shape)
            count[condition.code] = rng.binomial(in_care, np.clip(share, 0, 0.9))
    count["NONE"] = in_care - union([c.code for c in conditions if not c.parent])
    return count


def write_nodes(path: Path, conditions: Sequence[Condition]) -> None:
    """Write nodes.csv: the official list below ALL."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["node", "parent", "level", "label"])
        writer.writerow(["ALL", "", 0, "population in care"])
        writer.writerow(["NONE", "ALL", 1, "no condition found"])
        writer.writerows([c.code, c.parent or "ALL", c.level, c.label] for c in conditions)


def write_leaves(path: Path, count: Mapping[str, Ints], population: Population, region: Mapping[str, str]) -> None:
    """Write leaves.csv: every combination, empty ones too."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["region", "dept", "age", "sex", "node", "n"])
        for code, cells in count.items():
            writer.writerows(
                [region[d], d, a, s, code, cells[i, j, k]]
                for i, d in enumerate(population.departments)
                for j, a in enumerate(population.ages)
                for k, s in enumerate(SEXES)
            )


def main(data: Path, out: Path, shift: int = 0, year: int = 2023) -> None:
    """Write leaves.csv and nodes.csv."""
    conditions = read_conditions(data / "nomenclatures" / "tops_data_ameli.csv")
    population = read_population(year)
    with (data / "territoires" / "departements.csv").open(encoding="utf-8") as file:
        region = {row["dep"]: row["reg"] for row in csv.DictReader(file)}
    count = count_patients(conditions, population, np.random.default_rng(20_000 + shift))
    out.mkdir(parents=True, exist_ok=True)
    write_nodes(out / "nodes.csv", conditions)
    write_leaves(out / "leaves.csv", count, population, region)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:5]))
