"""The tables that the benchmarks measure (S, M, Mrare), as cubes: all cells of one table of patients."""

import csv
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from benchmarks.generate.make_tables import write_table
from tests.helpers.strategies import dataset, tree

from seuil.disclosure.cube.cube import Cube, Leaves, cube_of
from seuil.disclosure.cube.grid import grid_of

PERIOD = 2023  # as in the benchmarks: the secret is mixed with it
LEVELS = {"territory": ("region", "dept"), "age": ("age",), "sex": ("sex",), "patho": ("patho",)}


@cache
def leaves_of(name: str) -> list[dict[str, str]]:
    """The rows of a table, from the generator: one a leaf, every combination once."""
    with tempfile.TemporaryDirectory() as folder, write_table(name, Path(folder)).open(newline="") as file:
        return list(csv.DictReader(file))


def standard_cube(name: str, rounding: int | None = None) -> Cube:
    """Threshold 11, every hidden cell justified. A level of a single code is the total once more, and left out."""
    rows = leaves_of(name)
    kept = {d: [x for x in levels if len({row[x] for row in rows}) > 1] for d, levels in LEVELS.items()}
    kept = {d: levels for d, levels in kept.items() if levels}
    trees = {}
    for dimension, levels in kept.items():
        nodes = ["TOTAL total"]
        for k, level in enumerate(levels):
            parents = {row[level]: row[levels[k - 1]] if k else "TOTAL" for row in rows}
            nodes += [f"{code} {parent} {level}" for code, parent in parents.items()]
        trees[dimension] = tree(",".join(nodes))
    made = dataset(trees, id=name.lower(), rounding=rounding, period={"values": [PERIOD]})
    grid = grid_of(made, PERIOD)
    counts = np.zeros((1, *(len(axis.leaves) for axis in grid.axes)), np.int64)
    place = [{axis.nodes[leaf].code: k for k, leaf in enumerate(axis.leaves)} for axis in grid.axes]
    for row in rows:
        counts[0, *(at[row[levels[-1]]] for at, levels in zip(place, kept.values(), strict=True))] = int(row["n"])
    return cube_of(grid, Leaves(counts, {}))
