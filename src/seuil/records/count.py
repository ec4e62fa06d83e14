"""From records to leaves: the only step that touches big data.

Rules:
 1. an identifier is replaced by a pseudonym where it is read (door.py); it lands in no file and no message;
 2. every row is counted or set aside for a stated reason (reasons.py); the report adds up;
 3. a value that fits no code goes to the unknown leaf, or sets the row aside where there is none;
 4. a unit counts once a period, and once in every node of the overlapping dimension;
 5. amounts are added as whole numbers;
 6. memory is bounded, and the same records give the same bytes, however many threads count.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from pathlib import Path

import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from seuil.model.dataset import Dataset
from seuil.model.definition import Memberships, People, Records
from seuil.model.errors import UsageError
from seuil.records import leaves, reasons
from seuil.records.door import door_key, is_known
from seuil.records.engine import Limits, engine, no_values_in_errors
from seuil.records.period import PeriodRecords, Tally
from seuil.records.report import FileReport, Report, replace_privately
from seuil.records.source import find_fault, open_records
from seuil.records.values import is_period

LEAVES_FOLDER = "leaves"
Progress = Callable[[str], None]


def count_leaves(
    dataset: Dataset,
    records: Path,
    workspace: Path,
    *,
    key: bytes,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Report:
    """Count the records of a folder into `workspace/leaves/<period>.parquet`, and report what became of every row.

    key: the workspace's secret, at least 16 bytes. The report is also written, to `workspace/records.json`.
    Raises DataError where a file or column is missing or can't be read, UsageError where there are no records to count.
    """
    spec = dataset.definition.records
    if spec is None:
        raise UsageError(f"{dataset.id} was published elsewhere: it has no records to count")
    started, say = time.monotonic(), progress or (lambda _: None)
    with engine(workspace, limits or Limits()) as connection:
        run = _Run(connection, dataset, records, spec, door_key(key))
        units, rows = {}, {}
        for period in dataset.definition.period.values:
            units[period], rows[period] = run.count(period, workspace, say)
        report = Report(dataset.id, units, rows, run.files(), round(time.monotonic() - started, 3))
    report.write(workspace)
    return report


@dataclass
class _File:
    """What was seen of one file so far."""

    spec: People | Memberships
    table: ir.Table
    rows: int
    set_aside: Counter[str]
    counted: int = 0
    unknown: Counter[str] = field(default_factory=Counter)

    def add(self, tally: Tally) -> None:
        self.counted += tally.counted
        self.set_aside.update(tally.set_aside)
        self.unknown.update(tally.unknown)

    def report(self) -> FileReport:
        return FileReport(
            self.spec.file, self.rows, self.counted, dict(sorted(self.set_aside.items())), dict(self.unknown)
        )


class _Run:
    """One call of `count_leaves`."""

    def __init__(self, connection: Backend, dataset: Dataset, folder: Path, spec: Records, door: str) -> None:
        self.connection, self.dataset, self.folder, self.door = connection, dataset, folder, door
        people, memberships = spec.people, spec.memberships
        dimensions = [value.column for value in people.dimensions.values()]
        amounts = [column for amount in people.amounts.values() for column in amount.columns]
        self.people = self._open(people, dimensions + amounts)
        self.memberships = self._open(memberships, [memberships.value.column]) if memberships else None

    def files(self) -> tuple[FileReport, ...]:
        """The reports of all files."""
        return tuple(file.report() for file in (self.people, self.memberships) if file)

    def count(self, period: int, workspace: Path, say: Progress) -> tuple[int, int]:
        """Write a period's leaves. Gives the number of units and of leaves."""
        here = PeriodRecords(self.connection, self.dataset, period, self.door)
        spec, members = self.people.spec, None
        assert isinstance(spec, People)
        with self._told(spec):
            people, tally = here.people(self.people.table, spec)
        self.people.add(tally)
        say(f"{period}: {tally.counted:,} units read")
        if self.memberships:
            of = self.memberships.spec
            assert isinstance(of, Memberships)
            with self._told(of):
                members, of_members = here.memberships(self.memberships.table, of, people)
            self.memberships.add(of_members)
            say(f"{period}: {of_members.counted:,} memberships read")
        with no_values_in_errors(f"{self.dataset.id}, {period}"):
            table = leaves.count(self.connection, self.dataset, here.hierarchies, people, members)
            here.close()
        replace_privately(workspace / LEAVES_FOLDER / f"{period}.parquet", leaves.parquet_bytes(table))
        say(f"{period}: {table.num_rows:,} combinations with anybody in them")
        return tally.counted, table.num_rows

    def _told(self, spec: People | Memberships) -> AbstractContextManager[None]:
        """What the engine can't read, told by the line that it stands in."""
        return no_values_in_errors(str(self.folder / spec.file), lambda: find_fault(self.folder, spec))

    def _open(self, spec: People | Memberships, columns: Sequence[str]) -> _File:
        table = open_records(self.connection, self.folder, spec, [spec.identifier, spec.period, *columns])
        known = is_known(table[spec.identifier])
        ours = _any(is_period(table[spec.period], p) for p in self.dataset.definition.period.values)
        with self._told(spec):
            seen = self.connection.to_pyarrow(
                table.agg(rows=table.count(), nobody=(~known).sum(), other=(known & ~ours).sum())
            ).to_pylist()[0]
        aside = {reasons.NO_IDENTIFIER: seen["nobody"] or 0, reasons.OTHER_PERIOD: seen["other"] or 0}
        return _File(spec, table, seen["rows"], Counter({reason: n for reason, n in aside.items() if n}))


def _any(conditions: Iterable[ir.BooleanColumn]) -> ir.BooleanColumn:
    return reduce(or_, conditions)
