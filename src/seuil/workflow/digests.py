"""Digests of the figures of published years, remembered: each build compares a year with every publication of it.

A table is known by its SHA-256, which was signed for it, and the file has just been held against it (`checked_path`).
So what is remembered follows from the bytes that are there, and no name or time of a file is trusted. `build` alone
asks this memory, in the workspace, to know what was published; `propose`, `review` and `verify` read every table.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from seuil.figures.changes import figures_digest
from seuil.model.dataset import Dataset
from seuil.workflow.fingerprint import fingerprint, program_hash
from seuil.workflow.workspace import write_json


@dataclass(frozen=True)
class Digests:
    """A folder with a file of each table."""

    folder: Path

    def of(self, dataset: Dataset, table: Path, sha256: str) -> dict[int, str]:
        """The digest of each year of a released table. sha256: of the table.

        Raises DataError if the table has to be read, and can't be.
        """
        definition, place = dataset.definition, self.folder / f"{sha256}.json"
        key = fingerprint(
            columns=[definition.period.name, list(definition.dimensions), list(definition.measures)],
            periods=list(definition.period.values),
            program=program_hash("figures", "model"),
        )
        try:
            said = json.loads(place.read_bytes())
            if said["fingerprint"] == key:
                return {int(period): str(digest) for period, digest in said["digests"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            pass  # there is none, or none that can be read: it is made anew
        digests = digests_of(dataset, table)
        write_json(place, {"fingerprint": key, "digests": digests})
        return digests


def digests_of(dataset: Dataset, table: Path) -> dict[int, str]:
    """The digest of each year of a released table. Raises DataError if it can't be read."""
    return {period: figures_digest(dataset, table, period) for period in dataset.definition.period.values}
