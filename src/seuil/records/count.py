"""From records to leaves: the only step that touches big data.

Rules:
 1. an identifier stays in the memory of this process, or is replaced by a pseudonym where it is read (reading.py); it
    lands in no file and no message;
 2. every row is counted or set aside for a stated reason (reasons.py); the report adds up;
 3. a value that fits no code goes to the unknown leaf, or sets the row aside where there is none;
 4. a unit counts once a period, and once in every node of the overlapping dimension;
 5. amounts are added in parts of their unit, not rounded to it here; a unit whose amount is wrong is left out of
    that sum alone, and told of;
 6. memory is bounded, and the same records give the same bytes, however many threads count.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

import ibis.expr.types as ir

from seuil.model.dataset import Dataset
from seuil.model.errors import UsageError
from seuil.model.leaf_names import amounts_file
from seuil.model.record_files import AmountRows, Memberships, People, RecordFile, Records
from seuil.records import amount_rows, leaves, memberships, units
from seuil.records.door import door_key
from seuil.records.engines.engine import Engine, Limits
from seuil.records.engines.profiles import Database, connected
from seuil.records.period import PeriodRecords, Tally
from seuil.records.reading import Reading, read
from seuil.records.report import FileReport, Report, replace_privately

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
    workspace.mkdir(parents=True, exist_ok=True, mode=0o700)
    with connected(database or Database(), limits or Limits()) as engine:
        run = _Run(engine, dataset, records, spec, door_key(key))
        counted, rows = {}, {}
        for period in dataset.definition.period.values:
            counted[period], rows[period] = run.count(period, workspace, say)
        report = Report(dataset.id, counted, rows, run.files(), round(time.monotonic() - started, 3))
    report.write(workspace)
    return report


@dataclass
class _File:
    """What was seen of one file so far."""

    spec: RecordFile
    reading: Reading
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
            self.reading.rows,
            self.counted,
            dict(sorted(self.set_aside.items())),
            dict(self.unknown),
            {measure: dict(sorted(rows.items())) for measure, rows in self.left_out.items()},
        )


class _Run:
    """One call of `count_leaves`."""

    def __init__(self, engine: Engine, dataset: Dataset, folder: Path, spec: Records, door: str) -> None:
        self.engine, self.dataset, self.folder, self.door = engine, dataset, folder, door
        self.people = self._read("people", spec.people, units.columns(spec.people, dataset))
        of = spec.memberships
        self.memberships = self._read("memberships", of, memberships.columns(of)) if of else None
        self.amounts = {
            name: self._read(name, rows, amount_rows.columns(name, rows, dataset))
            for name, rows in spec.amounts.items()
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
            people, tally = units.count(here, self.people.reading.of(period), spec)
        self.people.add(tally)
        say(f"{period}: {tally.counted:,} units read")
        if self.memberships:
            of = self.memberships.spec
            assert isinstance(of, Memberships)
            with self._told(of):
                members, of_members = memberships.count(here, self.memberships.reading.of(period), of, people)
            self.memberships.add(of_members)
            say(f"{period}: {of_members.counted:,} memberships read")
        path = workspace / LEAVES_FOLDER / f"{period}.parquet"
        for name, file in self.amounts.items():
            self._count_amounts(here, name, file, people.rows, amounts_file(path, name), say)
        with self.engine.no_values_in_errors(f"{self.dataset.id}, {period}"):
            table = leaves.count(self.engine, self.dataset, here.hierarchies, people.counted, members)
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
            found = amount_rows.count(here, name, file.reading.of(here.period), file.spec, people)
        file.add(found.tally)
        replace_privately(path, leaves.parquet_bytes(found.table))
        say(f"{here.period}: {found.tally.counted:,} rows of {name} read")

    def _told(self, spec: RecordFile) -> AbstractContextManager[None]:
        """What the engine can't read, told by the line that it stands in."""
        place = self.engine.place(self.folder, spec)
        return self.engine.no_values_in_errors(place, lambda: self.engine.find_fault(self.folder, spec))

    def _read(self, name: str, spec: RecordFile, raw: Mapping[str, str]) -> _File:
        reading = read(self.engine, self.folder, name, spec, raw, self.dataset.definition.period.values, self.door)
        return _File(spec, reading, reading.set_aside)
