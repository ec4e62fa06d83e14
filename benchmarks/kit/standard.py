"""The tables that every tool was measured on (S, M, Mrare, L), as cubes."""

import csv
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from generate.make_tables import write_table

from kit.memory import Rules, Texts, cube_in_memory, dataset_of, tree_of
from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.cube import Cube

THRESHOLD = 11
DIMENSIONS = {"territory": ("region", "dept"), "age": ("age",), "sex": ("sex",), "patho": ("patho",)}


@dataclass(frozen=True)
class Rows:
    """Leaf counts as columns."""

    columns: dict[str, Texts]
    counts: Ints

    @property
    def dimensions(self) -> dict[str, tuple[str, ...]]:
        """Levels by dimension, coarse to fine. A level of a single code is its total once more, and is left out."""
        several = {
            name: tuple(level for level in levels if len(np.unique(self.columns[level])) > 1)
            for name, levels in DIMENSIONS.items()
        }
        return {name: levels for name, levels in several.items() if levels}


@cache
def rows_of(name: str, shift: int = 0) -> Rows:
    """The leaves of a table, from the generator."""
    with tempfile.TemporaryDirectory() as folder, write_table(name, Path(folder), shift).open() as file:
        lines = list(csv.reader(file))
    header, *values = lines
    columns = dict(zip(header, np.array(values).T, strict=True))
    return Rows(columns, columns.pop("n").astype(np.int64))


def cube_of_table(name: str, rounding: int | None = None, level: str = "justified", shift: int = 0) -> Cube:
    """All cells of a table, published as one."""
    rows = rows_of(name, shift)
    trees = {
        dimension: tree_of({level: rows.columns[level] for level in levels})
        for dimension, levels in rows.dimensions.items()
    }
    dataset = dataset_of(name.lower(), trees, Rules("patient", THRESHOLD, rounding=rounding, level=level))
    leaves = {dimension: rows.columns[levels[-1]] for dimension, levels in rows.dimensions.items()}
    return cube_in_memory(dataset, leaves, rows.counts)
