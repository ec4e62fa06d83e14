"""Check a dataset before it is built: what it defines, and what it would be made from."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from seuil.disclosure.cube.grid import grid_of
from seuil.figures.elsewhere import bring_in
from seuil.model.dataset import read_dataset
from seuil.records.check import Finding
from seuil.records.check import check as check_records
from seuil.workflow.progress import Event, Tell, silent


@dataclass(frozen=True)
class CheckedDataset:
    """What was found. Confidential if records were read.

    cells: published cells of the count by period. read: what it would be made from, if that was looked at.
    """

    dataset: str
    cells: dict[int, int]
    read: str
    findings: tuple[Finding, ...]


def check_dataset(
    definition: Path, records: Path | None = None, *, scratch: Path | None = None, tell: Tell = silent
) -> CheckedDataset:
    """Check a definition and its code lists; the table that it names, or its records if their folder is given.

    scratch: where what is counted is kept for as long as it is needed. Raises DefinitionError, DataError, UsageError.
    """
    dataset = read_dataset(definition)
    cells = {p: int(grid_of(dataset, p).published.sum()) for p in sorted(dataset.definition.period.values)}
    if dataset.definition.published is not None:
        with tempfile.TemporaryDirectory(prefix="seuil-check-") as folder:
            bring_in(dataset, Path(folder) / "table.parquet")
        return CheckedDataset(dataset.id, cells, dataset.definition.published.file, ())
    if records is None:
        return CheckedDataset(dataset.id, cells, "", ())
    tell(Event(dataset.id, "counting records"))
    findings = check_records(dataset, records, scratch=scratch)
    tell(Event(dataset.id, "records counted", "done"))
    return CheckedDataset(dataset.id, cells, str(records), tuple(findings))
