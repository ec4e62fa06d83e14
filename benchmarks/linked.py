"""A year of the fund's linked datasets of professionals: pattern, proof of every hidden figure, and verification.

usage: linked.py [--professions CODE,...] [--year 2024] [--leave-out prescriptions]

The shipped definition `professionnels`, of the professions that are named (or all), with records made up for all of
the country; --leave-out: datasets, with the measures and dimensions that nothing else has. Prints one line of JSON: of
all figures, then of each measure that is protected. Nothing is written; the exit code is 1 if not all can be published.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

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
OF_PRESCRIPTIONS = ("prescriptions", "prescriptions_moyennes")


def without_prescriptions(definition: Path) -> None:
    """Take the dataset out of a definition, with what only it uses."""
    content = yaml.safe_load(definition.read_text("utf-8"))
    content["datasets"] = [dataset for dataset in content["datasets"] if dataset["id"] != "prescriptions"]
    for measure in OF_PRESCRIPTIONS:
        del content["measures"][measure]
    content["exceptions"] = [one for one in content["exceptions"] if ".prescriptions." not in one["field"]]
    del content["dimensions"]["poste"], content["empty"], content["records"]["amounts"]
    definition.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


def cube_of_year(folder: Path, professions: Sequence[str], year: int, *, prescriptions: bool) -> Cube:
    """Make the records up, count them, and lay out all cells of the year."""
    families = {"profession": professions} if professions else {}
    definition = write_excerpt(DEFINITION, folder, periods=[year], families=families)
    if not prescriptions:
        without_prescriptions(definition)
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


def main(arguments: Sequence[str] | None = None) -> int:
    """Protect a year. The exit code is 1 if it can't be published."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--professions", type=lambda given: given.split(","), default=[], help="codes, by default all")
    parser.add_argument("--year", type=int, default=2024)
    parser.add_argument("--leave-out", choices=("prescriptions",))
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        cube = cube_of_year(Path(folder), asked.professions, asked.year, prescriptions=asked.leave_out is None)
    auditor = Clocked()
    protected, whole = timed(lambda: protect(cube, SECRET, auditor=auditor))
    faults, checking = timed(lambda: verify(protected.figures, protected.audit.proofs))
    taken = {"protect": whole - auditor.sum, "audits": auditor.sum, "verify": checking}
    told = {
        "professions": ", ".join(asked.professions) or "all",
        "without": asked.leave_out,
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
