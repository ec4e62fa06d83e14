"""A year of the fund's linked datasets of professionals: pattern, proof of every hidden figure, and verification.

usage: linked.py [--professions CODE,...] [--year 2024] [--leave-out honoraires-detailles,prescriptions]

The shipped definition `professionnels`, of the professions that are named (or all), with records made up for all of
the country; --leave-out: datasets, with what nothing else needs: without fees by kind there are those without excess
and excess, without prescriptions there is no item. Prints one line of JSON: of all figures, then of each measure that
is protected. Nothing is written; the exit code is 1 if not all can be published.
"""

import argparse
import csv
import io
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from kit.measure import load, peak_memory_mb, timed
from kit.steps import SECRET, Clocked

from seuil.disclosure.cube.cube import Cube, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.protect import Protected, protect
from seuil.disclosure.verify import verify
from seuil.figures.leaf_files import read_leaves
from seuil.model.dataset import read_dataset
from seuil.records.count import LEAVES_FOLDER, count_leaves
from seuil.synthetic.professionals import write_professionals
from seuil.workflow.excerpt import write_excerpt

DEFINITION = Path(__file__).parents[1] / "definitions" / "professionnels" / "professionnels.yaml"
CAN_BE_LEFT_OUT = ("honoraires-detailles", "prescriptions")
OF_PRESCRIPTIONS = ("prescriptions", "prescriptions_moyennes")
PARTS, LEVELS_OF_PARTS = ("HORS_DEPASSEMENTS", "TOUS_DEPASSEMENTS"), ("total", "partie")


def without_prescriptions(content: dict[str, Any]) -> None:
    """Take the items out of a definition, and the sums that they split."""
    for measure in OF_PRESCRIPTIONS:
        del content["measures"][measure]
    content["exceptions"] = [one for one in content["exceptions"] if ".prescriptions." not in one["field"]]
    content["empty"] = [one for one in content["empty"] if "poste" not in one["where"]]
    del content["dimensions"]["poste"], content["records"]["amounts"]["prescriptions"]


def without_kinds_of_fees(content: dict[str, Any], codes: Path) -> None:
    """Leave the two parts of fees in a definition, and in its code list: kinds below them are read as one of these."""
    rows = list(csv.DictReader(io.StringIO(codes.read_text("utf-8"))))
    parents = {row["code"]: row["parent"] for row in rows}
    kept = [{name: row[name] for name in rows[0] if name != "ordre"} for row in rows if row["level"] in LEVELS_OF_PARTS]
    with codes.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, kept[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)

    def part(code: str) -> str:
        return code if code in PARTS else part(parents[code])

    below = {code: part(code) for code in parents if code not in {parents[PARTS[0]], *PARTS}}
    content["records"]["amounts"]["honoraires_par_nature"]["value"]["values"] = below
    content["empty"] = [one for one in content["empty"] if "nature" not in one["where"]]


def leave_out(definition: Path, names: Sequence[str]) -> None:
    """Take datasets out of a definition, with what nothing else needs."""
    content = yaml.safe_load(definition.read_text("utf-8"))
    content["datasets"] = [dataset for dataset in content["datasets"] if dataset["id"] not in names]
    if "prescriptions" in names:
        without_prescriptions(content)
    if "honoraires-detailles" in names:
        without_kinds_of_fees(content, definition.parent / content["dimensions"]["nature"]["codes"])
    definition.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


def cube_of_year(folder: Path, professions: Sequence[str], year: int, without: Sequence[str]) -> Cube:
    """Make the records up, count them, and lay out all cells of the year."""
    families = {"profession": professions} if professions else {}
    definition = write_excerpt(DEFINITION, folder, periods=[year], families=families)
    leave_out(definition, without)
    dataset = read_dataset(definition)
    hierarchy, spec = dataset.hierarchies["profession"], dataset.definition.records
    assert spec is not None
    only = [hierarchy.nodes[leaf].code for leaf in hierarchy.leaves]
    write_professionals(folder, years=[year], only=only, files=[one.file for one in spec.files.values()])
    count_leaves(dataset, folder, folder, key=SECRET)
    grid = grid_of(dataset, year)
    return cube_of(grid, read_leaves(folder / LEAVES_FOLDER / f"{year}.parquet", grid))


def by_base(protected: Protected) -> dict[str, dict[str, int]]:
    """How many cells of every base there are, are small, hidden, proved, and can't be published."""
    audit, figures = protected.audit, protected.figures
    return {
        name: {
            "cells": int((figures.grid if name == "count" else figures.grid.grids[name]).published.sum()),
            "small": protected.small[name],
            "hidden": hidden,
            "proved": len(audit.proofs[name].cells),
            "unproved": len(audit.exposed[name]) + len(audit.undecided[name]) + len(protected.narrow.get(name, ())),
        }
        for name, hidden in protected.hidden.items()
    }


def _datasets(given: str) -> list[str]:
    names = given.split(",")
    if strangers := set(names) - {*CAN_BE_LEFT_OUT}:
        raise argparse.ArgumentTypeError(f"{min(strangers)!r}: expected some of {', '.join(CAN_BE_LEFT_OUT)}")
    return names


def main(arguments: Sequence[str] | None = None) -> int:
    """Protect a year. The exit code is 1 if it can't be published."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--professions", type=lambda given: given.split(","), default=[], help="codes, by default all")
    parser.add_argument("--year", type=int, default=2024)
    parser.add_argument("--leave-out", type=_datasets, default=[], help=f"of {', '.join(CAN_BE_LEFT_OUT)}")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        cube = cube_of_year(Path(folder), asked.professions, asked.year, asked.leave_out)
    auditor = Clocked()
    protected, whole = timed(lambda: protect(cube, SECRET, auditor=auditor))
    faults, checking = timed(lambda: verify(protected.figures, protected.audit.proofs))
    taken = {"protect": whole - auditor.sum, "audits": auditor.sum, "verify": checking}
    told = {
        "professions": ", ".join(asked.professions) or "all",
        "without": ", ".join(asked.leave_out) or None,
        "safe": protected.safe,
        "faults": len(faults),
        "audits": len(auditor.taken),
        "seconds": {step: seconds.as_dict() for step, seconds in taken.items()},
        "peak_memory_mb": peak_memory_mb(),
        "load": load(),
    }
    print(json.dumps({**told, **by_base(protected)}), flush=True)
    return 0 if protected.safe and not faults else 1


if __name__ == "__main__":
    raise SystemExit(main())
