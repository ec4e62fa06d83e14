"""Tables S, M, Mrare, L: hierarchical frequency tables shaped like French patient counts, seeded.

One of the shared benchmark generators: only its layout is ours; published figures are for these seeds and bytes.

usage: make_tables.py OUT_DIR [SEED_SHIFT [NAMES]]

Writes NAME.csv with leaf counts (region,dept,age,sex,patho,n). Shift 0 gives the tables that the published figures are
for.
"""

import csv
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

REGION_SIZES = (12, 8, 6, 4, 2, 10, 5, 8, 5, 12, 13, 5, 6, 1, 1, 1, 1, 1)  # five overseas regions of one department
SEXES = "MF"


@dataclass(frozen=True)
class Shape:
    """Size of a table, mean rate per inhabitant and condition, and seed."""

    regions: int
    departments: int
    ages: int
    conditions: int
    rate: float
    seed: int


SHAPES = {
    "S": Shape(1, 13, 5, 3, 3e-4, 1),
    "M": Shape(18, 101, 21, 1, 1.2e-3, 2),
    "Mrare": Shape(18, 101, 21, 1, 1.5e-4, 3),
    "L": Shape(18, 101, 21, 10, 1e-3, 4),
}


def write_table(name: str, out: Path, shift: int = 0) -> Path:
    """Write one table's leaves. Draws happen in a fixed order: the seed gives the bytes."""
    shape = SHAPES[name]
    rng = np.random.default_rng(shape.seed + shift)
    population = rng.lognormal(13.0, 0.7, shape.departments)
    age, sex = _age_curve(shape.ages), np.array([0.46, 0.54])
    rates = shape.rate * (rng.lognormal(0, 1.0, shape.conditions) if shape.conditions > 1 else np.ones(1))
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{name}.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["region", "dept", "age", "sex", "patho", "n"])
        for d, region in enumerate(_regions(shape)):
            for p in range(shape.conditions):
                noise = rng.lognormal(0, 0.35, (shape.ages, 2))
                counts = rng.poisson(population[d] * rates[p] * age[:, None] * sex[None, :] * noise)
                for a in range(shape.ages):
                    for s in range(2):
                        writer.writerow(
                            [f"R{region:02d}", f"D{d:03d}", f"A{a:02d}", SEXES[s], f"P{p:02d}", int(counts[a, s])]
                        )
    return path


def _age_curve(ages: int) -> NDArray[np.float64]:
    curve = np.interp(np.arange(ages), [0, ages * 0.45, ages * 0.8, ages - 1], [0.05, 0.35, 1.0, 0.25])
    shares: NDArray[np.float64] = curve / curve.sum()
    return shares


def _regions(shape: Shape) -> NDArray[np.int64]:
    """The region of every department: uneven sizes, unless there is but one."""
    if shape.regions == 1:
        return np.zeros(shape.departments, np.int64)
    return np.repeat(np.arange(shape.regions), REGION_SIZES)


def main(arguments: list[str]) -> None:
    """Write the tables named, by default all."""
    shift = int(arguments[1]) if len(arguments) > 1 else 0
    wanted = arguments[2].split(",") if len(arguments) > 2 else list(SHAPES)
    for name in SHAPES:
        if name in wanted:
            write_table(name, Path(arguments[0]), shift)


if __name__ == "__main__":
    main(sys.argv[1:])
