"""Check a dataset before it is built: what it defines, and what it would be made from."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from seuil.disclosure.cube.grid import grid_of
from seuil.figures.elsewhere import bring_in
from seuil.model.dataset import read_dataset
from seuil.model.policy import hold, policy_beside, read_policy
from seuil.records.check import Finding
from seuil.records.check import check as check_records
from seuil.workflow.counting import Counting
from seuil.workflow.progress import Event, Tell, silent
from seuil.workflow.small_figures import SmallFigures, small_figures


@dataclass(frozen=True)
class CheckedDataset:
    """What was found. Confidential if records were read.

    cells: published cells of the count by period. read: what it would be made from, if that was looked at. policy: the
    file of the publication policy that it keeps, empty for the built-in one. exceptions: fields that ask for less, with
    a public reason. threshold: the definition's. small: how many figures will be hidden at least, if records were read.
    """

    dataset: str
    cells: dict[int, int]
    read: str
    findings: tuple[Finding, ...]
    policy: str = ""
    exceptions: tuple[str, ...] = ()
    threshold: int = 0
    small: tuple[SmallFigures, ...] = ()


def check_dataset(
    definition: Path,
    records: Path | None = None,
    *,
    policy: Path | None = None,
    scratch: Path | None = None,
    how: Counting | None = None,
    tell: Tell = silent,
) -> CheckedDataset:
    """Check a definition and its code lists; the table that it names, or its records if their folder is given.

    policy: the publication policy that it is held against; by default the `policy.yaml` beside the definition or in the
    folder above, else the built-in one. scratch: where what is counted is kept for as long as it is needed. Raises
    DefinitionError, PolicyError, DataError, UsageError.
    """
    dataset = read_dataset(definition)
    rules = read_policy(policy or policy_beside(definition))
    judgement = hold(dataset.definition, definition, rules)
    cells = {p: int(grid_of(dataset, p).published.sum()) for p in sorted(dataset.definition.period.values)}
    read, findings, small = "", tuple[Finding, ...](), list[SmallFigures]()
    if dataset.definition.published is not None:
        with tempfile.TemporaryDirectory(prefix="seuil-check-") as folder:
            bring_in(dataset, Path(folder) / "table.parquet")
        read = dataset.definition.published.file
    elif records is not None:
        tell(Event(dataset.id, "counting records"))

        def look(period: int, leaves: Path) -> None:
            small.extend(small_figures(dataset, period, leaves))

        how = how or Counting()
        found = check_records(
            dataset, records, scratch=scratch, database=how.database(definition), limits=how.limits, look=look
        )
        read, findings = str(records), tuple(found)
        tell(Event(dataset.id, "records counted", "done"))
    named = "" if rules.is_built_in else str(rules.path)
    exceptions = tuple(".".join(one.violation.field) for one in judgement.excused)
    threshold = dataset.definition.threshold
    return CheckedDataset(dataset.id, cells, read, findings, named, exceptions, threshold, tuple(small))
