"""Whether enough of the records counts for a release: a build that found next to nothing stops, and says why.

Counts stay inside: the message names files, periods, reasons and the definition's limits, and no number that was found.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from seuil.model.dataset import Dataset
from seuil.model.errors import DataError
from seuil.records import reasons

_MEANT = (reasons.OTHER_PERIOD, reasons.REPEATED)  # rows that are left out without anybody being lost


def check_enough(dataset: Dataset, report: Path, periods: tuple[int, ...]) -> None:
    """Hold the report of counting against `records.least_units` and `records.most_set_aside`. Raises DataError."""
    found = json.loads(report.read_bytes())
    problems = [*_few(dataset, found["units"], periods), *_set_aside(dataset, found["files"])]
    if problems:
        more = "`seuil check` with --records tells all reasons with their numbers"
        raise DataError("\n".join([f"{dataset.id}: hardly any of the records counts:", *problems, more]))


def _few(dataset: Dataset, units: dict[str, int], periods: tuple[int, ...]) -> Iterator[str]:
    records, definition = dataset.definition.records, dataset.definition
    asked = None if records is None else records.least_units
    least = definition.threshold if asked is None else asked
    for period in periods:
        if units.get(str(period), 0) < least:
            words = f"fewer than {least} {definition.unit.plural.en} count"
            yield f"  {period}: {words}; expected at least so many (records.least_units)"


def _set_aside(dataset: Dataset, files: list[dict[str, Any]]) -> Iterator[str]:
    records = dataset.definition.records
    for file in files:
        aside: dict[str, int] = file["set_aside"]
        lost = {reason: n for reason, n in aside.items() if reason not in _MEANT}
        rows = file["rows"] - sum(n for reason, n in aside.items() if reason in _MEANT)
        if records is not None and 100 * sum(lost.values()) > records.most_set_aside * rows:
            why = "; ".join(sorted(lost, key=lambda reason: -lost[reason]))
            yield (
                f"  {file['file']}: more than {records.most_set_aside} % of the rows are set aside: {why} "
                "(records.most_set_aside)"
            )
