"""Periods whose proofs were verified before: an archive of many years is published again with each new one.

A proof is verified by multiplication, which takes seconds a period, and gives the same on the same files. So a proposal
asks this memory, in the workspace, for periods of which definition, figures, proof, bounds and program are all as they
were when a build or a proposal verified them. Who signs (`review`) and who reads (`verify`) don't: they verify
everything themselves.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from seuil.figures.changes import figures_digest
from seuil.figures.table import Written
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError
from seuil.model.parts import protection_part
from seuil.workflow.fingerprint import file_hash, fingerprint, program_hash
from seuil.workflow.workspace import write_json


@dataclass(frozen=True)
class Verdict:
    """Of a period whose proof holds: its figures counted, and how many hidden counts are accepted without a proof."""

    written: Written
    legacy: int


@dataclass(frozen=True)
class Verified:
    """A folder with the last verdict of each period."""

    folder: Path

    def recall(self, dataset: Dataset, period: int, key: str | None) -> Verdict | None:
        """The verdict on a period of this fingerprint, None if it is another or there is none that can be read."""
        try:
            said = json.loads(self._place(dataset, period).read_bytes())
            if key is None or said["fingerprint"] != key:
                return None
            return Verdict(Written(**said["written"]), int(said["legacy"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def remember(self, dataset: Dataset, period: int, key: str | None, verdict: Verdict) -> None:
        """Keep a verdict in the place of the one before."""
        if key is not None:
            write_json(self._place(dataset, period), {"fingerprint": key, **asdict(verdict)})

    def _place(self, dataset: Dataset, period: int) -> Path:
        return self.folder / dataset.id / f"{period}.json"


def verdict_key(dataset: Dataset, period: int, table: Path, evidence: Mapping[str, Path]) -> str | None:
    """The fingerprint of all that verifying a period reads; None if a file of it can't be read.

    table: of all figures, of this period or of all. evidence: the files of the period's proofs and bounds, by the name
    that each has in the folder of a proof, wherever it lies.
    """
    try:
        return fingerprint(
            definition=protection_part(dataset, period),
            figures=figures_digest(dataset, table, period),
            evidence={name: file_hash(path) for name, path in evidence.items()},
            program=program_hash("model", "disclosure", "figures", "workflow"),
        )
    except DataError:
        return None
