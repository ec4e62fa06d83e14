"""Three linked tables of self-employed professionals and their fees, exact, threshold 5: patterns, all cells proved.

usage: professionals.py DIR [--out FILE.parquet] [--zeros shown] [--level plausible] [--jobs NAME,...|N]

DIR is what `generate/make_professionals.py` wrote. Published together: profession x territory x age x sex; profession x
territory x sector; profession x territory x practice; every level and total of each dimension. Then profession x
territory: fees, hidden where the first three hide how many they are, and where contributors are too few or too large.
FILE gets the published cells, n null where hidden, totals coded TOTAL; it is written only if every hidden cell is
proved. Prints one line of JSON.

With --jobs some professions alone (by name, or the first N of the file): the total of all professions is then theirs.

The generator tells the total of a combination only: its people count as if all gave as much.
"""

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow.csv as pcsv
from kit.amounts import leaf_amounts
from kit.measure import timed
from kit.memory import PERIOD, Rules, Texts, cube_in_memory, dataset_of, leaf_counts, tree_of
from kit.output import write_cells
from kit.steps import SECRET, measure, summary
from pyarrow import string

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.audit import audit
from seuil.disclosure.cube.cube import Cube, Leaves, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.cube.publish import Pattern, publish
from seuil.disclosure.protect import suppress_sum
from seuil.disclosure.suppress.true_table import sum_truth
from seuil.disclosure.verify import verify
from seuil.model.hierarchy import Hierarchy

TREES = {
    "profession": ("family", "profession"),
    "territory": ("region", "dept"),
    "age": ("age",),
    "sex": ("sex",),
    "sector": ("sector",),
    "practice": ("practice",),
}
SHARED = {"profession": "all", "territory": "all"}
TABLES = (
    {**SHARED, "age": "all", "sex": "all"},
    {**SHARED, "sector": "all"},
    {**SHARED, "practice": "all"},
)
PREFIXES = {"family": "family ", "region": "region "}  # their codes are those of professions and departments too
COLUMNS = tuple(column for name in TREES for column in (name, f"{name}_level"))


def read_atoms(folder: Path) -> tuple[dict[str, Texts], Ints, Ints]:
    """Columns of atoms.csv by name, and the number of professionals and their fees of every row."""
    names = [level for levels in TREES.values() for level in levels]
    options = pcsv.ConvertOptions(column_types=dict.fromkeys(names, string()))
    atoms = pcsv.read_csv(folder / "atoms.csv", convert_options=options)
    columns = {name: np.array(atoms[name].to_pylist()) for name in names}
    return columns, atoms["n"].to_numpy(), atoms["fees"].to_numpy()


def some_jobs(columns: dict[str, Texts], asked: str) -> list[str]:
    """The professions that are asked for: names, or how many of the first ones."""
    known = list(dict.fromkeys(columns["profession"].tolist()))
    return known[: int(asked)] if asked.isdigit() else asked.split(",")


def cube_of_atoms(columns: dict[str, Texts], counts: Ints, kept: Bools, zeros: str, level: str) -> Cube:
    """All cells of the linked tables, of the rows that are kept. Places where none of them is are in the tables too."""
    rules = Rules("professional", threshold=5, level=level, zeros=zeros, tables=TABLES)
    dataset = dataset_of("professionals", trees_of(columns, kept, TREES), rules)
    return cube_in_memory(dataset, leaves_of(columns, kept, TREES), counts[kept])


def trees_of(columns: dict[str, Texts], kept: Bools, names: Iterable[str]) -> dict[str, Hierarchy]:
    """Some of the dimensions."""
    everywhere, trees = np.ones_like(kept), {}
    for name in names:
        rows = kept if name == "profession" else everywhere
        trees[name] = tree_of({lv: np.char.add(PREFIXES.get(lv, ""), columns[lv][rows]) for lv in TREES[name]})
    return trees


def leaves_of(columns: dict[str, Texts], kept: Bools, names: Iterable[str]) -> dict[str, Texts]:
    """The leaf of every row in some of the dimensions."""
    return {name: columns[TREES[name][-1]][kept] for name in names}


def fees_beside(
    columns: dict[str, Texts], kept: Bools, counts: Ints, fees: Ints, count_hidden: Bools, zeros: str
) -> dict[str, object]:
    """Protect profession x territory: fees, hidden at least where the count is; figures of the run, for JSON.

    count_hidden: (1, professions, territories, ...) of the linked tables. The count is proved there; what `audit` says
    of it in this table alone is not told. Bound: by what single bounds ask, beside what the rule hides.
    """
    rules = Rules("professional", threshold=5, level="plausible", zeros=zeros, tables=(SHARED,), sums=("fees",))
    grid = grid_of(dataset_of("fees", trees_of(columns, kept, SHARED), rules), PERIOD)
    codes = leaves_of(columns, kept, SHARED)
    amounts = leaf_amounts(grid, codes, counts[kept], fees[kept])
    cube = cube_of(grid, Leaves(leaf_counts(grid, codes, counts[kept]), {"fees": amounts}))
    hidden = count_hidden.reshape(*grid.shape, -1)[..., 0]
    truth = sum_truth(cube, "fees", hidden.ravel())
    found, protecting = timed(lambda: suppress_sum(truth, SECRET, None))
    figures = publish(cube, Pattern(hidden, {"fees": found.hidden.reshape(grid.shape)}))
    result, auditing = timed(lambda: audit(figures))
    faults, checking = timed(lambda: verify(figures, result.proofs))
    taken = {"protect": protecting, "audit": auditing, "verify": checking}
    return {
        "cells": int(grid.published.sum()),
        "small": int(truth.small.sum()),
        "hidden": int(found.hidden.sum()),
        "bound": found.price.least_number,
        "proved": len(result.proofs["fees"].cells),
        "exposed": len(result.exposed["fees"]),
        "undecided": len(result.undecided["fees"]),
        "narrow": len(found.unproved),
        "faults": sum(fault.base != "count" or fault.rule == 1 for fault in faults),  # 1: no proof was looked at
        "seconds": {step: seconds.as_dict() for step, seconds in taken.items()},
    }


def plain_codes(cube: Cube) -> dict[str, list[str]]:
    """Codes as they stand in the file."""
    axes = zip(TREES, cube.grid.axes, strict=True)
    return {name: [node.code.removeprefix(PREFIXES.get(node.level, "")) for node in axis.nodes] for name, axis in axes}


def main(arguments: Sequence[str] | None = None) -> int:
    """Protect the three tables. The exit code is 1 if not every hidden cell is proved."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="FILE.parquet")
    parser.add_argument("--zeros", choices=("hidden", "shown"), default="hidden")
    parser.add_argument("--level", choices=("justified", "plausible"), default="justified")
    parser.add_argument("--jobs", help="names of professions, or how many of the first ones; by default all")
    asked = parser.parse_args(arguments)
    columns, counts, fees = read_atoms(asked.folder)
    jobs = some_jobs(columns, asked.jobs) if asked.jobs else list(np.unique(columns["profession"]))
    unknown = sorted(set(jobs) - set(columns["profession"].tolist()))
    if unknown:
        parser.error(f"{asked.folder} has no profession {', '.join(unknown)}")
    kept = np.isin(columns["profession"], jobs)
    cube = cube_of_atoms(columns, counts, kept, asked.zeros, asked.level)
    found = measure(cube)
    named = {"jobs": len(jobs), "zeros": asked.zeros, "level": asked.level}
    beside = fees_beside(columns, kept, counts, fees, found.figures.count.hidden, asked.zeros)
    print(json.dumps({**named, **summary(found), "fees": beside}), flush=True)
    if asked.out is not None and found.sound:
        write_cells(asked.out, found.figures, COLUMNS, plain_codes(cube))
    unproved = beside["exposed"] or beside["undecided"] or beside["faults"] or beside["narrow"]
    return 0 if found.sound and not unproved else 1


if __name__ == "__main__":
    raise SystemExit(main())
