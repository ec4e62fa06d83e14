"""Three linked tables of self-employed professionals, exact, threshold 5: pattern, proof of every hidden cell.

usage: professionals.py DIR [--out FILE.parquet] [--zeros shown] [--level plausible] [--jobs NAME,...|N]

DIR is what `generate/make_professionals.py` wrote. Published together: profession x territory x age x sex; profession x
territory x sector; profession x territory x practice; every level and total of each dimension. FILE gets the published
cells, n null where hidden, totals coded TOTAL; it is written only if every hidden cell is proved. Prints one line of
JSON.

With --jobs some professions alone (by name, or the first N of the file): the total of all professions is then theirs.

Fees are left out: a definition's tables publish all its measures, so that profession x territory alone can't have them;
and the generator tells the total of a combination only, not how large its largest contribution is.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.csv as pcsv
from kit.memory import Rules, Texts, cube_in_memory, dataset_of, tree_of
from kit.output import write_cells
from kit.steps import measure, summary
from pyarrow import string

from seuil.disclosure.cube import Cube
from seuil.disclosure.frame import Bools, Ints

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


def read_atoms(folder: Path) -> tuple[dict[str, Texts], Ints]:
    """Columns of atoms.csv by name, and the number of professionals of every row."""
    names = [level for levels in TREES.values() for level in levels]
    options = pcsv.ConvertOptions(column_types=dict.fromkeys(names, string()))
    atoms = pcsv.read_csv(folder / "atoms.csv", convert_options=options)
    return {name: np.array(atoms[name].to_pylist()) for name in names}, atoms["n"].to_numpy()


def some_jobs(columns: dict[str, Texts], asked: str) -> list[str]:
    """The professions that are asked for: names, or how many of the first ones."""
    known = list(dict.fromkeys(columns["profession"].tolist()))
    return known[: int(asked)] if asked.isdigit() else asked.split(",")


def cube_of_atoms(columns: dict[str, Texts], counts: Ints, kept: Bools, zeros: str, level: str) -> Cube:
    """All cells of the linked tables, of the rows that are kept. Places where none of them is are in the tables too."""
    everywhere = np.ones_like(kept)
    dimensions = {}
    for name, levels in TREES.items():
        rows = kept if name == "profession" else everywhere
        dimensions[name] = tree_of({lv: np.char.add(PREFIXES.get(lv, ""), columns[lv][rows]) for lv in levels})
    rules = Rules("professional", threshold=5, level=level, zeros=zeros, tables=TABLES)
    leaves = {name: columns[levels[-1]][kept] for name, levels in TREES.items()}
    return cube_in_memory(dataset_of("professionals", dimensions, rules), leaves, counts[kept])


def plain_codes(cube: Cube) -> dict[str, list[str]]:
    """Codes as they stand in the file."""
    axes = zip(TREES, cube.frame.axes, strict=True)
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
    columns, counts = read_atoms(asked.folder)
    jobs = some_jobs(columns, asked.jobs) if asked.jobs else list(np.unique(columns["profession"]))
    unknown = sorted(set(jobs) - set(columns["profession"].tolist()))
    if unknown:
        parser.error(f"{asked.folder} has no profession {', '.join(unknown)}")
    kept = np.isin(columns["profession"], jobs)
    cube = cube_of_atoms(columns, counts, kept, asked.zeros, asked.level)
    found = measure(cube)
    named = {"jobs": len(jobs), "zeros": asked.zeros, "level": asked.level}
    print(json.dumps({**named, **summary(found)}), flush=True)
    if asked.out is not None and found.sound:
        write_cells(asked.out, found.figures, COLUMNS, plain_codes(cube))
    return 0 if found.sound else 1


if __name__ == "__main__":
    raise SystemExit(main())
