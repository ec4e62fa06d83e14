"""How far from the best pattern: random tables of up to 300 cells, and S of several seeds.

usage: small.py [--tables 100] [--first 0] [--shifts 0,100,101,102]

For every table: secondaries and the proved bound, their costs, CPU seconds of protect and audit. Then a line for all
small tables, and one for all S: how many are at the bound, the mean and the largest distance from it in per cent, CPU
seconds. A pattern is at the optimum if its cost is nearer to the bound of the cost than one level makes, and
within one cell if it is there or hides no more than one cell more than the bound of the number. Prints a line of JSON
each.
"""

import argparse
import json
from collections.abc import Sequence
from statistics import fmean

import numpy as np
from generate.make_small import THRESHOLD, small_table
from kit.memory import Rules, cube_in_memory, dataset_of, tree_of
from kit.standard import cube_of_table
from kit.steps import Measured, measure

from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.tuning import TUNING

NEAR = TUNING.suppress.whole_number_gap  # costs that are no further apart differ by ties alone
SHIFTS = (0, *range(100, 110))


def cube_of_seed(seed: int) -> Cube:
    """All cells of a random table."""
    table = small_table(seed)
    trees = {name: tree_of({level: table.columns[level] for level in levels}) for name, levels in table.levels.items()}
    dataset = dataset_of(f"small{seed}", trees, Rules("patient", THRESHOLD))
    leaves = {name: table.columns[levels[-1]] for name, levels in table.levels.items()}
    return cube_in_memory(dataset, leaves, table.counts)


def told(table: str, found: Measured) -> dict[str, object]:
    """One table, for JSON."""
    return {
        "table": table,
        "cells": found.cells,
        "small": found.small,
        "secondaries": found.secondaries,
        "bound": found.price.least_number,
        "cost": round(found.price.cost, 2),
        "cost_bound": round(found.price.least_cost, 2),
        "attempts": found.attempts,
        "sound": found.sound,
        "cpu": round(_cpu(found), 3),
    }


def all_of(table: str, found: Sequence[Measured]) -> dict[str, object]:
    """Several tables together, for JSON. above: per cent above the bound."""
    cpu = [_cpu(one) for one in found]
    above = [100 * (one.secondaries / max(one.price.least_number, 1) - 1) for one in found]
    return {
        "table": table,
        "tables": len(found),
        "at_optimum": sum(_cost_gap(one) <= NEAR for one in found),
        "within_one_cell": sum(_cost_gap(one) <= NEAR or _cells_above(one) <= 1 for one in found),
        "secondaries": sum(one.secondaries for one in found),
        "bound": sum(one.price.least_number for one in found),
        "above_mean": round(fmean(above), 1),
        "above_most": round(max(above), 1),
        "sound": all(one.sound for one in found),
        "cpu_median": round(float(np.median(cpu)), 3),
        "cpu_p95": round(float(np.percentile(cpu, 95)), 3),
        "cpu_most": round(max(cpu), 3),
    }


def _cpu(found: Measured) -> float:
    return found.protect.cpu + found.audit.cpu


def _cells_above(found: Measured) -> int:
    return found.secondaries - found.price.least_number


def _cost_gap(found: Measured) -> float:
    return found.price.cost - found.price.least_cost


def main(arguments: Sequence[str] | None = None) -> None:
    """Protect every table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tables", type=int, default=100, help="random ones")
    parser.add_argument("--first", type=int, default=0, help="seed of the first")
    parser.add_argument("--shifts", type=lambda text: [int(k) for k in text.split(",") if k], default=SHIFTS)
    asked = parser.parse_args(arguments)
    measure(cube_of_seed(0))  # warm
    seeds = {f"small {seed}": cube_of_seed(seed) for seed in range(asked.first, asked.first + asked.tables)}
    for name, cubes in (("small", seeds), ("S", {f"S+{k}": cube_of_table("S", shift=k) for k in asked.shifts})):
        found = []
        for table, cube in cubes.items():
            found.append(measure(cube))
            print(json.dumps(told(table, found[-1])), flush=True)
        if found:
            print(json.dumps(all_of(f"all of {name}", found)), flush=True)


if __name__ == "__main__":
    main()
