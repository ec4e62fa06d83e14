"""One period of one dataset, from leaves to a table that is proved: a job for a process of its own (confidential)."""

import json
import shutil
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from seuil.disclosure.audit import Audit
from seuil.disclosure.constraints.external import legacy_of
from seuil.disclosure.constraints.outer import outer_bounds
from seuil.disclosure.cube.cube import cube_of
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.disclosure.proof import OuterBounds, Proof
from seuil.disclosure.protect import Protected, protect
from seuil.disclosure.verify import verify
from seuil.figures.bounds_files import bounds_name, read_bounds, write_bounds
from seuil.figures.leaf_files import read_leaves
from seuil.figures.periods import read_period, write_period
from seuil.figures.proof_files import proof_names, read_proof, write_proofs
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import DisclosureError, ProofError
from seuil.workflow.isolated_audit import audit_apart
from seuil.workflow.progress import Event, Tell
from seuil.workflow.verified import Verdict, Verified, verdict_key
from seuil.workflow.workspace import step, write_json

TABLE, PROOF, SUMMARY = "table.parquet", "proof", "summary.json"


@dataclass(frozen=True)
class Summary:
    """Figures about a period. Confidential: `small` is for nobody outside.

    cells, hidden: published cells of all bases, and how many of them are hidden; both are public. small: by base.
    seconds: by what took them, `protect`, `audit` (all attempts) and `verify`. legacy: hidden counts without a proof,
    since what is known from elsewhere discloses them.
    """

    rows: int
    cells: int
    hidden: int
    small: dict[str, int]
    seconds: dict[str, float]
    legacy: tuple[str, ...] = ()


def read_summary(folder: Path) -> Summary:
    """The summary of a period that is done."""
    found = json.loads((folder / SUMMARY).read_bytes())
    return Summary(**{**found, "legacy": tuple(found.get("legacy", ()))})


def protect_period(
    definition: Path,
    period: int,
    leaves: Path,
    secret: bytes,
    folder: Path,
    fingerprint: str,
    memory: Verified | None,
    tell: Tell,
) -> Summary:
    """Protect, audit and verify a period, and write table, proofs and summary into `folder`, whole or not at all.

    fingerprint: the fingerprint of what goes in. memory: where it is noted that the proof was verified, if anywhere.
    Raises DisclosureError where not every hidden cell can be proved, and ProofError if the proof that was written
    doesn't verify; nothing is left then.
    """
    dataset = read_dataset(definition)
    with step(folder, fingerprint) as partial:
        return _Period(dataset, period, partial, memory, tell).run(leaves, secret)


class _Period:
    def __init__(self, dataset: Dataset, period: int, folder: Path, memory: Verified | None, tell: Tell) -> None:
        self.dataset, self.period, self.folder, self._memory = dataset, period, folder, memory
        self.subject = f"{dataset.id} {period}"
        self._tell, self._audits, self._audit_seconds = tell, 0, 0.0

    def run(self, leaves: Path, secret: bytes) -> Summary:
        started = time.monotonic()
        self.say("protecting", 0, 0)
        grid = grid_of(self.dataset, self.period)
        cube = cube_of(grid, read_leaves(leaves, grid))
        protected = protect(cube, secret, auditor=self.audit, progress=self.say)
        if not protected.safe:
            raise DisclosureError(
                f"{self.dataset.id}, {self.period}: can't be published under the guarantee:" + explain(grid, protected)
            )
        protect_seconds = time.monotonic() - started - self._audit_seconds
        written = write_period(protected.figures, self.folder / TABLE)
        write_proofs(self.folder / PROOF, protected.audit.proofs)
        legacy = legacy_of(protected.figures)
        verify_seconds = self.verify(Verdict(written, len(legacy)))
        seconds = {"protect": protect_seconds, "audit": self._audit_seconds, "verify": verify_seconds}
        summary = Summary(
            written.rows,
            written.cells,
            written.hidden,
            dict(protected.small),
            {name: round(value, 2) for name, value in seconds.items()},
            tuple(grid.names.assignments(k) for k in legacy.tolist()),
        )
        write_json(self.folder / SUMMARY, asdict(summary))
        self._tell(Event(self.subject, "protected and proved", "done"))
        return summary

    def audit(self, figures: Figures) -> Audit:
        """What `protect` calls with the figures to be published: they go through a file, as they will to readers."""
        started = time.monotonic()
        self._audits += 1
        self.say(f"auditing (attempt {self._audits})", 0, 0)
        place = self.folder / "audit"
        place.mkdir(exist_ok=True)
        write_period(figures, place / TABLE)
        result = audit_apart(place / TABLE, self.dataset, self.period, place / "out")
        shutil.rmtree(place)
        self._audit_seconds += time.monotonic() - started
        return result

    def verify(self, verdict: Verdict) -> float:
        """Tell the bounds of what was written, and verify it, from its files. Gives the seconds that it took.

        verdict: what is noted of a period whose proof holds.
        """
        started = time.monotonic()
        self.say("verifying", 0, 0)
        figures = read_period(self.dataset, self.period, self.folder / TABLE)
        write_bounds(self.folder / PROOF, outer_bounds(figures))
        faults = verify(figures, *read_evidence(self.dataset, self.folder / PROOF))
        if faults:
            raise ProofError(f"{self.dataset.id}, {self.period}: the proof doesn't hold: {faults[0]}")
        if self._memory is not None:
            evidence = {path.name: path for path in (self.folder / PROOF).iterdir()}
            key = verdict_key(self.dataset, self.period, self.folder / TABLE, evidence)
            self._memory.remember(self.dataset, self.period, key, verdict)
        return time.monotonic() - started

    def say(self, text: str, done: int, total: int) -> None:
        self._tell(Event(self.subject, text, "running", done, total))


def read_evidence(dataset: Dataset, folder: Path) -> tuple[dict[str, Proof], dict[str, OuterBounds]]:
    """The proofs and the outer bounds of a period, by base. Raises ProofError."""
    bases = ("count", *dataset.sums)
    proofs = {b: read_proof({k: folder / n for k, n in proof_names(b).items()}) for b in bases}
    return proofs, {b: read_bounds(folder / bounds_name(b)) for b in bases}


def explain(grid: Grid, protected: Protected, most: int = 10) -> str:
    """Why a period can't be published: the cells in words, `most` of them, and the reason of each."""
    reasons = (
        (protected.audit.exposed, "what is published holds it in too narrow a range"),
        (protected.audit.undecided, "no two tables that differ enough at it were found"),
        (protected.narrow, "no other tables were found in which it is as much less and more as its rules ask"),
    )
    grids = {grid.base.name: grid, **grid.grids}
    differences = {base: [relation.terms for relation in one.relations] for base, one in grids.items()}
    lines = [
        f"{base}, {grids[base].names.in_proof(int(k), differences[base])}: {reason}"
        for found, reason in reasons
        for base, cells in found.items()
        for k in cells
    ]
    more = [f"and {len(lines) - most} more cells"] if len(lines) > most else []
    return "\n".join(["", *(f"  {line}" for line in lines[:most] + more)])
