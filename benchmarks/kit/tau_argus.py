"""tau-Argus' engine on a table of leaf counts, in a process of its own: it is native code, and has been seen to crash.

usage: tau_argus.py LEAVES.csv, with the columns that the generator of tables writes. Needs the package `pytauargus`,
which is no dependency of this project. Prints one line of JSON: seconds and, for every cell, its codes and its status.
"""

import csv
import importlib
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

OPTIMAL, MODULAR = "OPT(1)", "MOD(1)"  # the modular way is for hierarchies, and crashes on a table without any
SAFETY_RULES = "FREQ(11,30)|ZERO(10)"  # its usual safety ranges: 30 per cent of a small count, 10 of an empty cell
TREE = ("region", "dept")
FINEST = ("dept", "age", "sex", "patho")


def main(leaves: Path) -> None:
    """Protect one exact table."""
    with leaves.open() as file:
        rows = list(csv.DictReader(file))
    several = {name for name in (*TREE, *FINEST) if len({row[name] for row in rows}) > 1}
    dimensions = [name for name in FINEST if name in several]
    with tempfile.TemporaryDirectory() as folder:
        hierarchies = {"dept": str(write_tree(rows, Path(folder)))} if "region" in several else None
        people: dict[str, list[object]] = {name: [] for name in (*dimensions, "people")}
        for row in rows:
            for name in dimensions:
                people[name] += [row[name]] * int(row["n"])
            people["people"] += [1] * int(row["n"])
        pytauargus = importlib.import_module("pytauargus")
        wall, cpu = time.perf_counter(), time.process_time()
        result = pytauargus.protect(
            people,
            dimensions,
            response="people",
            safety_rules=SAFETY_RULES,
            suppress=MODULAR if hierarchies else OPTIMAL,
            hrc=hierarchies,
            workdir=folder,
        )
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        cells = [[[cell[name] for name in dimensions], cell["status"]] for cell in result.tables[0].rows]
    print(json.dumps({"wall": wall, "cpu": cpu, "statuses": Counter(status for _, status in cells), "cells": cells}))


def write_tree(rows: Sequence[dict[str, str]], folder: Path) -> Path:
    """A line a region, its departments below it, marked."""
    tree: dict[str, dict[str, None]] = {}
    for row in rows:
        tree.setdefault(row["region"], {})[row["dept"]] = None
    path = folder / "territory.hrc"
    path.write_text("".join(f"{region}\n" + "".join(f"@{d}\n" for d in below) for region, below in tree.items()))
    return path


if __name__ == "__main__":
    main(Path(sys.argv[1]))
