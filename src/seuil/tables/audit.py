"""Audit a published table, protected by whatever tool, and check the proof of one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from seuil.disclosure.constraints.problem import COUNT
from seuil.disclosure.progress import Progress
from seuil.disclosure.proof import Proof
from seuil.disclosure.verify import Fault, verify
from seuil.explain.attack import attack
from seuil.explain.table_audit import TableAudit
from seuil.figures.proof_files import proof_names, read_proof
from seuil.model.columns import HIDDEN
from seuil.tables.frame_input import InputTable
from seuil.tables.published import read_published
from seuil.tables.spec import TableSpec


def audit_given(
    given: InputTable,
    spec: TableSpec,
    hidden: Sequence[str],
    *,
    flag: str | None = None,
    codes: InputTable | None = None,
    intervals: bool = False,
    progress: Progress | None = None,
) -> TableAudit:
    """Audit a published table. Raises DataError if it can't be read, or if no table at all could have given it."""
    published = read_published(given, spec, hidden, flag=flag, codes=codes)
    names, quotients = published.layout.names, published.quotients
    found = attack(published.figures, names, given.name, quotients=quotients, intervals=intervals, progress=progress)
    return replace(found, reading=published.reading)


def read_proofs(folder: Path) -> dict[str, Proof]:
    """The proof of the counts, from its files in a folder. Raises ProofError if they are none."""
    return {COUNT: read_proof({part: folder / name for part, name in proof_names(COUNT).items()})}


def verify_given(
    given: InputTable, spec: TableSpec, proof: Mapping[str, Proof], *, codes: InputTable | None = None
) -> tuple[Fault, ...]:
    """Whatever is wrong with a published table or with its proof. Raises DataError if the table can't be read."""
    return verify(read_published(given, spec, (HIDDEN,), codes=codes).figures, proof)
