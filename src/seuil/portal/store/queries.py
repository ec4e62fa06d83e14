"""Runs SELECTs on the locked connection: each with a cursor of its own, in its turn, and with a time-out.

What nobody waits for any more is interrupted (`abort`).
"""

import shutil
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Protocol, TypeVar

import duckdb
import pyarrow as pa

from seuil.model.errors import QueryError
from seuil.portal.store.abort import current_abort
from seuil.portal.store.connection import identifier, only_select
from seuil.portal.store.deadlines import DEADLINES
from seuil.portal.store.errors import BusyError, QueryTooCostlyError
from seuil.portal.store.fair import FairQueue
from seuil.portal.store.limits import Limits
from seuil.portal.store.spool import Disk

Row = tuple[object, ...]
_RETRY_SECONDS = 5
_TOO_LONG = "The query takes too long; ask for fewer rows, groups or conditions."
_Found = TypeVar("_Found")


class Turns:
    """How many queries run at once, and what files there may be, over all releases that are being read.

    exports: the queue of files that are to be made. disk: what they take up.
    """

    def __init__(self, limits: Limits) -> None:
        self._free = limits.queries_at_once
        self._changed = threading.Condition()
        self._seconds = limits.query_seconds
        self.disk = Disk(limits.spool_mb << 20, limits.client_spool_mb << 20)
        self.exports = FairQueue(limits.exports_at_once, limits.exports_waiting, self.disk.has_room)
        self.disk.changed = self.exports.look

    @contextmanager
    def query(self) -> Iterator[None]:
        """A turn for a query, waited for. Raises BusyError if none comes in time, AbortedError if nobody waits."""
        abort = current_abort()
        with abort.calling(self._look), self._changed:
            if not self._changed.wait_for(lambda: self._free > 0 or abort.stopped, self._seconds):
                raise BusyError("queries", _RETRY_SECONDS)
            abort.check()
            self._free -= 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify()

    def _look(self) -> None:
        with self._changed:
            self._changed.notify_all()


class Room:
    """A private folder (0700) for a served release: its copy, and what queries spill. It goes with the object."""

    def __init__(self) -> None:
        self.folder = Path(mkdtemp(prefix="seuil-"))
        weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)


class Queries:
    """A connection, shared by all threads, with a folder for what doesn't fit in memory."""

    def __init__(
        self,
        connect: Callable[[Path], duckdb.DuckDBPyConnection],
        limits: Limits,
        turns: Turns,
        room: Room | None = None,
    ) -> None:
        """Connect, given a folder in `room`, which stays while anybody reads through the connection."""
        self._room = room or Room()
        temporary = self._room.folder / "temporary"
        temporary.mkdir(mode=0o700)
        self._connection = connect(temporary)
        self._limits = limits
        self._turns = turns
        self._lock = threading.Lock()

    def fetch(self, sql: str, parameters: Sequence[object] = ()) -> list[Row]:
        """All rows of a SELECT that has a limit of its own.

        Raises QueryTooCostlyError, BusyError, or QueryError where a result is out of range.
        """
        with self._turns.query(), self._cursor() as cursor, timed(cursor, self._limits.query_seconds):
            cursor.execute(only_select(cursor, sql), list(parameters))
            return cursor.fetchall()

    def run(self, work: Callable[[Callable[[], None]], _Found]) -> _Found:
        """What `work` gives, in a turn and the time of a query; it is given a check to call before each of its steps.

        Raises QueryTooCostlyError, BusyError.
        """
        abort = current_abort()
        with self._turns.query():
            end = time.monotonic() + self._limits.query_seconds

            def check() -> None:
                abort.check()
                if time.monotonic() > end:
                    raise QueryTooCostlyError(_TOO_LONG)

            return work(check)

    def stream(self, sql: str, parameters: Sequence[object] = ()) -> "Batches":
        """The rows of a SELECT as they are read. Raises as `fetch` does; so does each step of the result."""
        return Batches(self, self._new_cursor(), sql, parameters, self._limits)

    def table(self, sql: str) -> pa.Table:
        """The whole result of a SELECT of the program's own, which no reader has any part in."""
        with self._cursor() as cursor:
            return cursor.sql(sql).to_arrow_table()

    def add_table(self, name: str, table: pa.Table) -> None:
        """Hold a table of the program's own in memory."""
        with self._cursor() as cursor:
            cursor.register("_added", table)
            cursor.execute(f"CREATE TABLE {identifier(name)} AS SELECT * FROM _added")
            cursor.unregister("_added")

    def execute(self, statement: str) -> None:
        """Run a statement of the program's own, which no reader has any part in."""
        with self._cursor() as cursor:
            cursor.execute(statement)

    @contextmanager
    def _cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        cursor = self._new_cursor()
        try:
            yield cursor
        finally:
            cursor.close()

    def _new_cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            return self._connection.cursor()


class Rows(Iterator[pa.RecordBatch], Protocol):
    """The rows of an export in batches. Close it, or read it to its end."""

    @property
    def schema(self) -> pa.Schema:
        """Columns, in order."""

    def close(self) -> None:
        """Stop reading; again is harmless."""


class Ready(Iterator[pa.RecordBatch]):
    """Rows that need no engine any more."""

    def __init__(self, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
        self.schema = schema
        self._batches = batches

    def __next__(self) -> pa.RecordBatch:
        """The next rows."""
        return next(self._batches)

    def close(self) -> None:
        """Nothing is open."""


class Batches(Iterator[pa.RecordBatch]):
    """The rows of a query, `batch_rows` at a time. Close it, or read it to its end."""

    def __init__(
        self,
        queries: Queries,
        cursor: duckdb.DuckDBPyConnection,
        sql: str,
        parameters: Sequence[object],
        limits: Limits,
    ) -> None:
        self._queries = queries  # keeps its folder there until the last row has been read
        self._cursor = cursor
        self._open = True
        self._seconds_left = limits.export_seconds
        with self._running():
            # A relation streams; execute() would hold the whole result in memory.
            relation = cursor.sql(only_select(cursor, sql), params=list(parameters))
            self._reader = relation.to_arrow_reader(limits.batch_rows)

    @property
    def schema(self) -> pa.Schema:
        """Columns of the SELECT, in order."""
        return self._reader.schema

    def __next__(self) -> pa.RecordBatch:
        """The next rows. Raises QueryTooCostlyError once the engine has spent its time on them."""
        if not self._open:
            raise StopIteration
        with self._running():
            return self._reader.read_next_batch()

    @contextmanager
    def _running(self) -> Iterator[None]:
        begun = time.monotonic()
        try:
            with timed(self._cursor, self._seconds_left):
                yield
        except BaseException:
            self.close()
            raise
        self._seconds_left -= time.monotonic() - begun

    def close(self) -> None:
        """Stop reading; again is harmless."""
        if self._open:
            self._open = False
            self._cursor.close()

    def __del__(self) -> None:
        # A reader who leaves before the first byte leaves nobody who could close.
        self.close()


@contextmanager
def timed(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what runs on the cursor after that time; tell DuckDB's refusals in our words."""
    over = threading.Event()

    def interrupt() -> None:
        over.set()
        _interrupt(cursor)

    abort = current_abort()
    try:
        with DEADLINES.within(seconds, interrupt), abort.calling(partial(_interrupt, cursor)):
            yield
    except (duckdb.InterruptException, duckdb.OutOfMemoryException, OSError) as error:
        abort.check()
        raise _too_costly(error, over.is_set()) from error
    except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
        raise QueryError("ODSQL query is malformed: a result is out of range.") from error


def _interrupt(cursor: duckdb.DuckDBPyConnection) -> None:
    with suppress(duckdb.Error):  # the query may have ended, and its cursor be closed, at this very moment
        cursor.interrupt()


def _too_costly(error: Exception, over: bool) -> QueryTooCostlyError:
    """While streaming, Arrow tells DuckDB's errors as OSError, so only the text says which it was."""
    if over:
        return QueryTooCostlyError(_TOO_LONG)
    if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in str(error):
        return QueryTooCostlyError("The query needs too much memory; ask for fewer rows, groups or conditions.")
    return QueryTooCostlyError("The query was stopped; ask again.")
