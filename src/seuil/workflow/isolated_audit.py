"""The audit of a released table: in this process, or in one of its own that is given public files alone."""

import json
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.disclosure.audit import Audit, audit
from seuil.disclosure.constraints.external import legacy_of
from seuil.disclosure.constraints.problem import COUNT
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import Grid
from seuil.explain.attack import attack
from seuil.explain.table_audit import TableAudit
from seuil.figures.csv_input import table_from_csv
from seuil.figures.periods import periods_in, read_period
from seuil.figures.proof_files import proof_names, read_proof, write_proofs
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import DisclosureError, UsageError
from seuil.workflow.lifeline import run_bound
from seuil.workflow.progress import Event, Tell, progress_of, silent

KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "NUMBA_CACHE_DIR")


@dataclass(frozen=True)
class Verdict:
    """What the audit of one period found. legacy: hidden counts that are accepted without a proof."""

    grids: dict[str, Grid]
    hidden: dict[str, int]
    audit: Audit
    legacy: Ints

    def as_json(self) -> dict[str, Any]:
        """By base: how many cells were read, are hidden and proved, and which are not, by number and in words."""
        return {
            "safe": self.audit.safe,
            "bases": {
                base: {
                    "figures": int(self.grids[base].published.sum()),
                    "hidden": self.hidden[base],
                    "proved": len(proof.cells),
                    "exposed": self._cells(base, self.audit.exposed[base]),
                    "undecided": self._cells(base, self.audit.undecided[base]),
                    **({"legacy": self._cells(base, self.legacy)} if base == COUNT and len(self.legacy) else {}),
                }
                for base, proof in self.audit.proofs.items()
            },
        }

    def _cells(self, base: str, cells: Ints) -> list[dict[str, Any]]:
        grid = self.grids[base]
        differences = [relation.terms for relation in grid.relations]
        return [{"cell": k, "name": grid.names.in_proof(k, differences)} for k in cells.tolist()]


def audit_table(
    table: Path, definition: Path, *, period: int | None = None, out: Path | None = None, tell: Tell = silent
) -> dict[int, Verdict]:
    """Audit a released table of one or all periods, from it and its definition alone.

    out: a folder for the proofs, `<period>/<base>-<part>.parquet`. Raises UsageError for a table that was published
    elsewhere or a period that it hasn't, DataError if it is not such a table, DisclosureError if no table fits it.
    """
    dataset = read_dataset(definition)
    if dataset.definition.source != "records":
        raise UsageError(
            f"{dataset.id} was published elsewhere: its rules of secrecy are not known, so it can't be audited"
        )
    verdicts = {}
    for one, figures in _figures(dataset, table, period):
        subject = f"{dataset.id} {one}"
        result = audit(figures, progress=progress_of(subject, tell))
        grids = {name: grid for name, (grid, _) in figures.columns().items()}
        verdicts[one] = Verdict(grids, _hidden(figures), result, legacy_of(figures))
        if out is not None:
            write_proofs(out / str(one), result.proofs)
        tell(Event(subject, "audited", "done"))
    return verdicts


def explain_table(
    table: Path, definition: Path, period: int, *, intervals: bool = False, tell: Tell = silent
) -> TableAudit:
    """The counts of one period of a released table, with the sums that expose hidden ones.

    intervals: bounds of every hidden count too. Raises DataError if the figures contradict each other.
    """
    ((_, figures),) = _figures(read_dataset(definition), table, period)
    counts = Figures(figures.grid, figures.count, {})
    progress = progress_of(str(period), tell)
    return attack(counts, figures.grid.names, str(definition), intervals=intervals, progress=progress)


def _figures(dataset: Dataset, table: Path, period: int | None) -> Iterator[tuple[int, Figures]]:
    """The figures of one or all periods of a released table: the file of a release, or the portal's CSV of it."""
    with tempfile.TemporaryDirectory() as folder:
        path = table
        if table.suffix.lower() == ".csv":
            path = Path(folder) / "table.parquet"
            table_from_csv(dataset, table, path)
        found = periods_in(dataset, path)
        if period is not None and period not in found:
            there = ", ".join(map(str, found)) or "nothing"
            raise UsageError(f"{table} has no rows of {period}; it has those of {there}")
        for one in found if period is None else [period]:
            yield one, read_period(dataset, one, path)


def audit_apart(figures_table: Path, dataset: Dataset, period: int, out: Path) -> Audit:
    """The audit of one period by `seuil audit` in a process that is given the table and the definition, nothing else.

    Raises DisclosureError with its words where it comes to no verdict.
    """
    command = [sys.executable, "-I", "-m", "seuil", "audit", str(figures_table.absolute())]
    command += ["--definition", str(dataset.path.absolute()), "--period", str(period)]
    command += ["--out", str(out.absolute()), "--json"]
    environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    done = run_bound(command, environment=environment, folder=out.parent)
    try:
        bases = json.loads(done.stdout)["periods"][str(period)]["bases"]
    except (ValueError, KeyError, TypeError):
        words = done.stderr.strip().rpartition("\n")[2] or f"it ended with status {done.returncode}"
        raise DisclosureError(f"{dataset.id}, {period}: the audit came to no verdict: {words}") from None
    folder = out / str(period)
    proofs = {b: read_proof({part: folder / name for part, name in proof_names(b).items()}) for b in bases}
    exposed = {base: _numbers(found["exposed"]) for base, found in bases.items()}
    undecided = {base: _numbers(found["undecided"]) for base, found in bases.items()}
    return Audit(proofs, exposed, undecided)


def _hidden(figures: Figures) -> dict[str, int]:
    return {base: int((column.hidden & grid.published).sum()) for base, (grid, column) in figures.columns().items()}


def _numbers(found: Iterable[dict[str, Any]]) -> Ints:
    return np.array([entry["cell"] for entry in found], dtype=np.int64)
