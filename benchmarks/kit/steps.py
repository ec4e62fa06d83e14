"""The steps from a true cube to a verified proof, each timed: protect, audit, verify.

`protect` hides more until the audit is whole, so its time is that of all attempts without their audits; `audit` is the
last one, of the figures as they are to be published.
"""

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kit.measure import NO_TIME, Seconds, load, peak_memory_mb, size_of, timed
from seuil.disclosure.audit import Audit, audit
from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.protect import Protected, protect
from seuil.disclosure.suppress import Price
from seuil.disclosure.verify import Fault, verify
from seuil.figures.proof_files import write_proofs

SECRET = b"the benchmarks' secret"
COUNT = "count"


@dataclass(frozen=True)
class Measured:
    """What became of one cube, and what it took. Confidential figures, told because the tables are made up.

    cells, small, hidden, secondaries, exposed, undecided: listed cells; proved: cells of the proof, unpublished ones
    that figures fix included. entries: leaves that change, over all moves. attempts: patterns that were audited.
    """

    cells: int
    small: int
    hidden: int
    proved: int
    exposed: int
    undecided: int
    faults: int
    entries: int
    proof_bytes: int
    attempts: int
    protect: Seconds
    audit: Seconds
    verify: Seconds
    price: Price
    figures: Figures

    @property
    def secondaries(self) -> int:
        """Cells hidden for the sake of others."""
        return self.hidden - self.small

    @property
    def sound(self) -> bool:
        """Whether every hidden cell is proved, and the proof checked."""
        return not (self.exposed or self.undecided or self.faults)


class Clocked:
    """An auditor that keeps the time of every audit."""

    def __init__(self) -> None:
        self.taken: list[Seconds] = []

    def __call__(self, figures: Figures) -> Audit:
        result, seconds = timed(lambda: audit(figures))
        self.taken.append(seconds)
        return result

    @property
    def sum(self) -> Seconds:
        """Of all audits together."""
        return sum(self.taken, NO_TIME)


def measure(cube: Cube, secret: bytes = SECRET) -> Measured:
    """Protect, audit and verify one cube."""
    auditor = Clocked()
    protected, whole = timed(lambda: protect(cube, secret, auditor=auditor))
    faults, checking = timed(lambda: verify(protected.figures, protected.audit.proofs))
    return _told(protected, faults, auditor, whole, checking)


def warm(work: Callable[[], Measured], *, again_below: float = 20.0) -> Measured:
    """Run it, and run it again if that is quick: what was compiled on the way doesn't count."""
    first = work()
    return work() if first.protect.wall + first.audit.wall < again_below else first


def summary(found: Measured) -> dict[str, object]:
    """Figures of a run, for JSON."""
    taken = {"protect": found.protect, "audit": found.audit, "verify": found.verify}
    return {
        "cells": found.cells,
        "small": found.small,
        "hidden": found.hidden,
        "secondaries": found.secondaries,
        "bound": found.price.least_number,
        "cost": round(found.price.cost, 1),
        "cost_bound": round(found.price.least_cost, 1),
        "proved": found.proved,
        "exposed": found.exposed,
        "undecided": found.undecided,
        "faults": found.faults,
        "proof_entries": found.entries,
        "proof_bytes": found.proof_bytes,
        "attempts": found.attempts,
        "seconds": {step: seconds.as_dict() for step, seconds in taken.items()},
        "peak_memory_mb": peak_memory_mb(),
        "load": load(),
    }


def _told(
    protected: Protected, faults: tuple[Fault, ...], auditor: Clocked, whole: Seconds, checking: Seconds
) -> Measured:
    result, proof = protected.audit, protected.audit.proofs[COUNT]
    with tempfile.TemporaryDirectory() as folder:
        write_proofs(Path(folder), result.proofs)
        proof_bytes = size_of(Path(folder))
    return Measured(
        cells=int(protected.figures.grid.published.sum()),
        small=protected.small[COUNT],
        hidden=int(protected.figures.count.hidden.sum()),
        proved=len(proof.cells),
        exposed=len(result.exposed[COUNT]),
        undecided=len(result.undecided[COUNT]),
        faults=len(faults),
        entries=len(proof.move_variable),
        proof_bytes=proof_bytes,
        attempts=len(auditor.taken),
        protect=whole - auditor.sum,
        audit=auditor.taken[-1],
        verify=checking,
        price=protected.prices[COUNT],
        figures=protected.figures,
    )
