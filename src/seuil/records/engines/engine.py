"""What counting asks of a database."""

import errno
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, NamedTuple

import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends import BaseBackend

from seuil.model.errors import DataError
from seuil.model.record_files import RecordFile
from seuil.records import source


@dataclass(frozen=True)
class Limits:
    """What counting may use on this machine. threads: None for one a core."""

    memory_mb: int = 1500
    threads: int | None = None


class Opened(NamedTuple):
    """A table of records. cheap: whether reading its rows again costs less than keeping them."""

    table: ir.Table
    cheap: bool


class Engine(ABC):
    """A database that runs the expressions of counting. Closed by `close`, which leaves nothing of ours there.

    in_memory: whether all that it keeps is in the memory of this process, where identifiers may stay as they are.
    part_bytes: how large a part may be that is grouped at once, None where the engine sees to that itself.
    errors: the exceptions in which it speaks. Their texts quote values of the records, and are never shown. expected:
    what is said instead where a table can't be read. Records are files, but where an engine says otherwise.
    """

    in_memory: ClassVar[bool] = False
    part_bytes: int | None = None
    errors: ClassVar[tuple[type[Exception], ...]] = (OSError,)
    expected: ClassVar[str]

    def __init__(self, connection: BaseBackend) -> None:
        self.connection = connection

    @abstractmethod
    def open(self, records: Path, spec: RecordFile, columns: Sequence[str]) -> Opened:
        """The table that a definition calls by the name of a file.

        Raises DataError where it, its format or a column is not there.
        """

    @abstractmethod
    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """The rows of a table, computed once, in the place of what had the name before; for this connection alone."""

    def repeated(self, name: str, values: ir.Table) -> ir.Table | None:
        """The values of the only column that stand in several rows, until `forget`; None where there are none."""
        (column,) = values.columns
        counts = values.group_by(column).agg(_n=values.count())
        found = self.keep(name, counts.filter(counts["_n"] > 1).select(column))
        return found if self.fetch(found.count().as_table())[0][0].as_py() else None

    @abstractmethod
    def forget(self) -> None:
        """Drop everything that was kept."""

    @abstractmethod
    def close(self) -> None:
        """Drop everything, and leave."""

    def place(self, records: Path, spec: RecordFile) -> str:
        """What a message calls the table of a file: its path."""
        return str(records / spec.file)

    def fetch(self, table: ir.Table) -> pa.Table:
        """The rows of a small table, in no order."""
        return self.connection.to_pyarrow(table)

    def numbers(self, table: ir.Table, *wanted: ir.IntegerScalar) -> list[int]:
        """What is wanted of a table, 0 for nothing, told by one statement: each takes some time, whatever it reads."""
        (row,) = self.fetch(table.agg(**{f"_{k}": value for k, value in enumerate(wanted)})).to_pylist()
        return [int(n or 0) for n in row.values()]  # PostgreSQL and DuckDB add up to decimals

    @abstractmethod
    def lookup(self, table: pa.Table) -> ir.Table:
        """A small table of ours in the database, until `forget`."""

    def find_fault(self, records: Path, spec: RecordFile) -> None:
        """Raise DataError for the line of a CSV that is no record; for use where the engine stumbled over one."""
        source.find_fault(records, spec)

    def cause(self, problem: Exception) -> str | None:
        """What a person should do about an error that is not the records', None where it may be."""
        if isinstance(problem, OSError) and problem.errno == errno.ENOSPC:
            return "the disk is full; free some"
        return None

    @contextmanager
    def no_values_in_errors(self, what: str, find: Callable[[], None] | None = None) -> Iterator[None]:
        """Say that `what` can't be read, and in which line where the engine knows it, without the engine's words.

        find: raises the error of what is wrong with it, if it finds that.
        """
        try:
            yield
        except self.errors as problem:
            cause = self.cause(problem)
            if cause is not None:
                raise DataError(f"{what}: {cause}") from None
            if find is not None:
                find()
            found = re.search(r"\bLine:? (\d+)\b", str(problem))
            place = f"{what}:{found[1]}" if found else what
            raise DataError(f"{place}: can't be read; {self.expected}") from None
