"""From records to leaves: the only step that touches big data.

Rules:
 1. an identifier is replaced by a pseudonym where it is read (door.py); it lands in no file and no message;
 2. every row is counted or set aside for a stated reason (reasons.py); the report adds up;
 3. a value that fits no code goes to the unknown leaf, or sets the row aside where there is none;
 4. a unit counts once a period, and once in every node of the overlapping dimension;
 5. amounts are added in parts of their unit, not rounded to it here; a unit whose amount is wrong is left out of
    that sum alone, and told of;
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

from seuil.model.dataset import Dataset
from seuil.model.errors import UsageError
from seuil.model.leaf_names import amounts_file
from seuil.model.record_files import AmountRows, Memberships, People, RecordFile, Records
from seuil.records import amount_rows, leaves, reasons
from seuil.records.door import door_key, is_known
from seuil.records.engines.engine import Engine, Limits
from seuil.records.engines.profiles import Database, connected
from seuil.records.period import PeriodRecords, Tally
from seuil.records.report import FileReport, Report, replace_privately
from seuil.records.values import is_period

LEAVES_FOLDER = "leaves"
Progress = Callable[[str], None]


def count_leaves(
    dataset: Dataset,
    records: Path,
    workspace: Path,
    *,
    key: bytes,
    database: Database | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Report:
    """Count the records of a folder into `workspace/leaves/<period>.parquet`, and report what became of every row.

    records: the folder; with PostgreSQL the name of the schema. key: the workspace's secret, at least 16 bytes.
    database: where they are counted; DuckDB in this process if nothing is said, with `limits`. The report is also
    written, to `workspace/records.json`. Raises DataError where a file or column is missing or can't be read,
    UsageError where there are no records to count, or the database can't be reached.
    """
    spec = dataset.definition.records
    if spec is None:
        raise UsageError(f"{dataset.id} was published elsewhere: it has no records to count")
    started, say = time.monotonic(), progress or (lambda _: None)
    with connected(database or Database(), workspace, limits or Limits()) as engine:
        run = _Run(engine, dataset, records, spec, door_key(key))
        units, rows = {}, {}
        for period in dataset.definition.period.values:
            units[period], rows[period] = run.count(period, workspace, say)
        report = Report(dataset.id, units, rows, run.files(), round(time.monotonic() - started, 3))
    report.write(workspace)
    return report


@dataclass
class _File:
    """What was seen of one file so far."""

    spec: RecordFile
    table: ir.Table
    rows: int
    set_aside: Counter[str]
    counted: int = 0
    unknown: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, tally: Tally) -> None:
        self.counted += tally.counted
        self.set_aside.update(tally.set_aside)
        self.unknown.update(tally.unknown)
        for measure, rows in tally.left_out.items():
            self.left_out.setdefault(measure, Counter()).update(rows)

    def report(self) -> FileReport:
        return FileReport(
            self.spec.file,
            self.rows,
            self.counted,
            dict(sorted(self.set_aside.items())),
            dict(self.unknown),
            {measure: dict(sorted(rows.items())) for measure, rows in self.left_out.items()},
        )


class _Run:
    """One call of `count_leaves`."""

    def __init__(self, engine: Engine, dataset: Dataset, folder: Path, spec: Records, door: str) -> None:
        self.engine, self.dataset, self.folder, self.door = engine, dataset, folder, door
        people, memberships = spec.people, spec.memberships
        dimensions = [value.column for value in people.dimensions.values()]
        amounts = [column for amount in people.amounts.values() for column in amount.columns]
        self.people = self._open(people, dimensions + amounts)
        self.memberships = self._open(memberships, [memberships.value.column]) if memberships else None
        self.amounts = {
            name: self._open(rows, [rows.value.column, *rows.amount.columns]) for name, rows in spec.amounts.items()
        }

    def files(self) -> tuple[FileReport, ...]:
        """The reports of all files."""
        return tuple(file.report() for file in (self.people, self.memberships, *self.amounts.values()) if file)

    def count(self, period: int, workspace: Path, say: Progress) -> tuple[int, int]:
        """Write a period's leaves. Gives the number of units and of leaves."""
        here = PeriodRecords(self.engine, self.dataset, period, self.door)
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
        path = workspace / LEAVES_FOLDER / f"{period}.parquet"
        for name, file in self.amounts.items():
            self._count_amounts(here, name, file, people, amounts_file(path, name), say)
        with self.engine.no_values_in_errors(f"{self.dataset.id}, {period}"):
            table = leaves.count(self.engine, self.dataset, here.hierarchies, people, members)
            self.engine.forget()
        replace_privately(path, leaves.parquet_bytes(table))
        say(f"{period}: {table.num_rows:,} combinations with anybody in them")
        return tally.counted, table.num_rows

    def _count_amounts(
        self, here: PeriodRecords, name: str, file: _File, people: ir.Table, path: Path, say: Progress
    ) -> None:
        """Write the leaves of a sum that is split by kinds."""
        assert isinstance(file.spec, AmountRows)
        with self._told(file.spec):
            found = amount_rows.count(here, name, file.table, file.spec, people)
        file.add(found.tally)
        replace_privately(path, leaves.parquet_bytes(found.table))
        say(f"{here.period}: {found.tally.counted:,} rows of {name} read")

    def _told(self, spec: RecordFile) -> AbstractContextManager[None]:
        """What the engine can't read, told by the line that it stands in."""
        place = self.engine.place(self.folder, spec)
        return self.engine.no_values_in_errors(place, lambda: self.engine.find_fault(self.folder, spec))

    def _open(self, spec: RecordFile, columns: Sequence[str]) -> _File:
        table = self.engine.open(self.folder, spec, [spec.identifier, spec.period, *columns])
        known = is_known(table[spec.identifier])
        ours = _any(is_period(table[spec.period], p) for p in self.dataset.definition.period.values)
        with self._told(spec):
            seen = self.engine.fetch(
                table.agg(rows=table.count(), nobody=(~known).sum(), other=(known & ~ours).sum())
            ).to_pylist()[0]
        aside = {reasons.NO_IDENTIFIER: seen["nobody"] or 0, reasons.OTHER_PERIOD: seen["other"] or 0}
        return _File(spec, table, seen["rows"], Counter({reason: n for reason, n in aside.items() if n}))


def _any(conditions: Iterable[ir.BooleanColumn]) -> ir.BooleanColumn:
    return reduce(or_, conditions)
