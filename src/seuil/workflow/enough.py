"""Whether enough of the records counts for a release: a build that found next to nothing stops, and says why.

Rules, over all periods that are built:
 1. in every period at least `records.least_units` units count;
 2. of the rows of a file at most `records.most_set_aside` per cent are set aside;
 3. of these rows at most as many add nothing to a sum, set aside or left out of it.
Counts stay inside: the message names files, periods, reasons and the definition's limits, and no number that was found.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seuil.model.dataset import Dataset
from seuil.model.errors import DataError
from seuil.records import reasons

_MEANT = (reasons.OTHER_PERIOD, reasons.REPEATED)  # rows that are left out without anybody being lost


def check_enough(dataset: Dataset, report: Path, periods: tuple[int, ...]) -> None:
    """Hold the report of counting against `records.least_units` and `records.most_set_aside`. Raises DataError."""
    found = json.loads(report.read_bytes())
    problems = [*_few(dataset, found["units"], periods)]
    for file in found["files"]:
        problems += _lost(dataset, file)
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


def _lost(dataset: Dataset, file: dict[str, Any]) -> Iterator[str]:
    """Rules 2 and 3 for a file; a file of which too much is set aside is not asked about its sums."""
    if dataset.definition.records is None:
        return
    most, name = dataset.definition.records.most_set_aside, str(file["file"])
    aside = {reason: n for reason, n in file["set_aside"].items() if reason not in _MEANT}
    rows: int = file["rows"] - sum(n for reason, n in file["set_aside"].items() if reason in _MEANT)

    def too_many(lost: Mapping[str, int]) -> bool:
        return 100 * sum(lost.values()) > most * rows

    if too_many(aside):
        yield f"  {name}: more than {most} % of the rows are set aside: {_why(aside)} (records.most_set_aside)"
        return
    for measure, wrong in file["left_out"].items():
        if too_many(aside | wrong):
            what = f"more than {most} % of the rows add nothing to {measure}: {_why(aside | wrong)}"
            yield f"  {name}: {what} (records.most_set_aside)"


def _why(rows: Mapping[str, int]) -> str:
    """All reasons, the most frequent first."""
    return "; ".join(sorted(rows, key=lambda reason: -rows[reason]))
