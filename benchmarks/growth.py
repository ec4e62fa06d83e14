"""Time against the number of cells, on made-up tables that grow by regions.

usage: growth.py [--most 140000] [--exact] [--plot FILE.svg]

Every table is territory (regions of 8 departments) x 10 ages x 2 sexes x 6 conditions with all totals; counts are
drawn around what the product of the shares gives. The shares of ages and conditions are drawn anew for each size, so
from 8 to 22 % of the cells are small. Threshold 11, rounded to 10 unless --exact. Prints a line of JSON for every size.
"""

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from kit.memory import Rules, Texts, cube_in_memory, dataset_of, tree_of
from kit.steps import measure, summary

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.cube import Cube

REGIONS = (1, 4, 15, 60, 240, 950)
DEPARTMENTS, AGES, SEXES, CONDITIONS = 8, 10, 2, 6
PEOPLE = 30_000  # with some condition, in a department
SEED = 1


def cells_of(regions: int) -> int:
    """Published cells of a table."""
    return (1 + regions * (1 + DEPARTMENTS)) * (1 + AGES) * (1 + SEXES) * (1 + CONDITIONS)


def draw(regions: int) -> tuple[dict[str, Texts], Ints]:
    """Leaves of a table: columns and counts."""
    random = np.random.default_rng(SEED)
    size = np.exp(random.normal(0, 0.8, regions * DEPARTMENTS))
    shares = (size, *(random.dirichlet(np.full(n, a)) for n, a in ((AGES, 2), (SEXES, 50), (CONDITIONS, 0.5))))
    expected = PEOPLE * np.einsum("i,j,k,l->ijkl", *shares)
    counts = random.poisson(expected * random.gamma(3, 1 / 3, expected.shape))
    at = np.indices(counts.shape).reshape(4, -1)
    columns = {
        "region": np.char.add("r", (at[0] // DEPARTMENTS).astype(str)),
        "department": np.char.add("d", at[0].astype(str)),
        "age": np.char.add("a", at[1].astype(str)),
        "sex": np.char.add("s", at[2].astype(str)),
        "condition": np.char.add("c", at[3].astype(str)),
    }
    return columns, counts.ravel().astype(np.int64)


def table(regions: int, rounding: int | None) -> Cube:
    """The cube of a table."""
    columns, counts = draw(regions)
    trees = {
        "territory": tree_of({"region": columns["region"], "department": columns["department"]}),
        **{name: tree_of({name: columns[name]}) for name in ("age", "sex", "condition")},
    }
    dataset = dataset_of("growth", trees, Rules("patient", 11, rounding=rounding))
    leaves = {"territory": columns["department"], **{name: columns[name] for name in ("age", "sex", "condition")}}
    return cube_in_memory(dataset, leaves, counts)


def plot(lines: Sequence[Mapping[str, Any]], out: Path) -> None:
    """Seconds against cells, both on scales of tens."""
    import altair as alt
    import pyarrow as pa

    rows = [
        {"cells": line["cells"], "seconds": max(line["seconds"][step]["wall"], 1e-3), "step": step}
        for line in lines
        for step in ("protect", "audit", "verify")
    ]
    chart = alt.Chart(pa.Table.from_pylist(rows)).mark_line(point=True)
    chart = chart.encode(
        alt.X("cells:Q", scale=alt.Scale(type="log"), title="published cells"),
        alt.Y("seconds:Q", scale=alt.Scale(type="log"), title="seconds (wall)"),
        alt.Color("step:N", title=None, sort=["protect", "audit", "verify"]),
    )
    chart.properties(width=480, height=300).save(out)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the sizes up to the most cells that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=140_000, help="cells")
    parser.add_argument("--exact", action="store_true", help="without rounding")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg")
    asked = parser.parse_args(arguments)
    rounding = None if asked.exact else 10
    measure(table(1, rounding))  # so that all is compiled
    lines = []
    for regions in REGIONS:
        if cells_of(regions) > asked.most:
            break
        found = measure(table(regions, rounding))
        lines.append({"regions": regions, "rounding": rounding, **summary(found)})
        print(json.dumps(lines[-1]), flush=True)
    if asked.plot is not None and lines:
        plot(lines, asked.plot)


if __name__ == "__main__":
    main()
