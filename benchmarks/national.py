"""A national year of overlapping conditions: pattern, proof of every hidden cell at `justified`, and verification.

usage: national.py DIR [--out FILE.parquet] [--nodes N00,N01,...] [--level plausible]

DIR is what `generate/make_national.py` wrote, whatever its seed. Counts are published as the fund does: threshold 11,
rounded to the nearest 10. FILE gets the published cells: territory, territory_level, age, sex, node, n; n is null where
hidden, totals are coded TOTAL (that of the nodes has a code of its own, ALL). It is written only if every hidden cell
is proved. Prints one line of JSON.

What the attacker knows here:
 - every overlap of the tree, `child <= parent <= sum of children` in every leaf. NONE is ALL minus the union of the
   tops: an exclusive child of ALL, which NONE and the tops cover. So a top and NONE are together at most ALL, and NONE
   and all tops at least ALL;
 - nobody is where the whole nation has nobody of a node, age band and sex (men and pregnancies): a definition would
   declare such cells empty one by one, for a public reason. Here all that are zero nation-wide are declared.

With --nodes the others are left out: one whose parent is left out hangs below ALL, and a node is covered by its
children only if all of them are kept.
"""

import argparse
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow.csv as pcsv
from kit.memory import PERIOD, Rules, Texts, cube_in_memory, dataset_of, leaf_counts, text, tree_of
from kit.output import write_cells
from kit.steps import measure, summary
from pyarrow import string

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.cube.grid import grid_of
from seuil.model.hierarchy import Hierarchy, Node

ROOT, REST = "ALL", "NONE"
COLUMNS = ("territory", "territory_level", "age", "sex", "node")
REGION = "region "  # regions and departments have the same codes in the file, but are different nodes


@dataclass(frozen=True)
class Year:
    """The files of the generator. columns: territory, age, sex, node, region of every leaf; parents: of every node."""

    columns: dict[str, Texts]
    counts: Ints
    parents: dict[str, str]


def read_year(folder: Path) -> Year:
    """Read leaves.csv and nodes.csv."""
    texts = dict.fromkeys(("region", "dept", "age", "sex", "node", "parent"), string())
    options = pcsv.ConvertOptions(column_types=texts, strings_can_be_null=False)
    leaves = pcsv.read_csv(folder / "leaves.csv", convert_options=options)
    tree = pcsv.read_csv(folder / "nodes.csv", convert_options=options)
    sources = {"territory": "dept", "age": "age", "sex": "sex", "node": "node", "region": "region"}
    columns = {name: np.array(leaves[source].to_pylist()) for name, source in sources.items()}
    parents = dict(zip(tree["node"].to_pylist(), tree["parent"].to_pylist(), strict=True))
    return Year(columns, leaves["n"].to_numpy(), parents)


def rows_with(year: Year, nodes: Collection[str]) -> Year:
    """The rows of some nodes and of ALL; `parents` stays whole."""
    kept = np.isin(year.columns["node"], [ROOT, *nodes])
    return Year({name: column[kept] for name, column in year.columns.items()}, year.counts[kept], year.parents)


def conditions(parents: dict[str, str], nodes: Collection[str]) -> Hierarchy:
    """The overlapping dimension of ALL and some nodes, every one above its children."""
    kept = {ROOT, *nodes}
    own = {code: parent if parent in kept or not parent else ROOT for code, parent in parents.items() if code in kept}

    def covered(code: str) -> bool:
        return all(child in kept for child, parent in parents.items() if parent == code)

    ordered: list[str] = []
    while len(ordered) < len(own):
        ordered += [c for c, parent in own.items() if c not in ordered and (not parent or parent in ordered)]
    found = [
        Node(c, own[c], "node" if own[c] else "total", text(c), complete=covered(c), exclusive=c == REST)
        for c in ordered
    ]
    return Hierarchy(tuple(found), "overlapping")


def cube_of_year(year: Year, nodes: Collection[str], level: str) -> Cube:
    """All cells of the year, nation-wide zeros declared empty."""
    columns = year.columns
    regions = np.char.add(REGION, columns["region"])
    dimensions = {
        "node": conditions(year.parents, nodes),
        "territory": tree_of({"region": regions, "dept": columns["territory"]}),
        "age": tree_of({"age": columns["age"]}),
        "sex": tree_of({"sex": columns["sex"]}),
    }
    rules = Rules("patient", threshold=11, rounding=10, level=level)
    grid = grid_of(dataset_of("national", dimensions, rules), PERIOD)
    age, sex = grid.axes[1:]
    nation = leaf_counts(grid, columns, year.counts).sum(axis=1)
    empty = [
        {"node": grid.slices[i], "age": age.nodes[age.leaves[j]].code, "sex": sex.nodes[sex.leaves[k]].code}
        for i, j, k in np.argwhere(nation == 0)
    ]
    return cube_in_memory(dataset_of("national", dimensions, replace(rules, empty=empty)), columns, year.counts)


def main(arguments: Sequence[str] | None = None) -> int:
    """Protect a year. The exit code is 1 if not every hidden cell is proved."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, metavar="FILE.parquet")
    parser.add_argument("--nodes", type=lambda given: tuple(given.split(",")), help="a subset, by default all")
    parser.add_argument("--level", choices=("justified", "plausible"), default="justified")
    asked = parser.parse_args(arguments)
    year = read_year(asked.folder)
    nodes = asked.nodes or tuple(code for code in year.parents if code != ROOT)
    unknown = sorted(set(nodes) - set(year.parents))
    if unknown:
        parser.error(f"no node {', '.join(unknown)}; {asked.folder} has {', '.join(year.parents)}")
    cube = cube_of_year(rows_with(year, nodes), nodes, asked.level)
    found = measure(cube)
    named = {"nodes": len(cube.grid.slices), "level": asked.level, "declared_empty": int(cube.grid.empty.sum())}
    print(json.dumps({**named, **summary(found)}), flush=True)
    if asked.out is not None and found.sound:
        territories = [node.code.removeprefix(REGION) for node in found.figures.grid.axes[0].nodes]
        write_cells(asked.out, found.figures, COLUMNS, {"territory": territories})
    return 0 if found.sound else 1


if __name__ == "__main__":
    raise SystemExit(main())
