"""Runs SELECTs on the locked connection: each with a cursor of its own, in its turn, and with a time-out."""

import shutil
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkdtemp

import duckdb
import pyarrow as pa

from seuil.model.errors import QueryError
from seuil.portal.store.connection import only_select
from seuil.portal.store.errors import BusyError, QueryTooCostlyError
from seuil.portal.store.limits import Limits

Row = tuple[object, ...]
_RETRY_SECONDS = 5


class Turns:
    """How many queries and exports run at once, over all releases that are being read."""

    def __init__(self, limits: Limits) -> None:
        self._queries = threading.BoundedSemaphore(limits.queries_at_once)
        self._exports = threading.BoundedSemaphore(limits.exports_at_once)
        self._seconds = limits.query_seconds

    @contextmanager
    def query(self) -> Iterator[None]:
        """A turn for a query, waited for. Raises BusyError if none comes in time."""
        if not self._queries.acquire(timeout=self._seconds):
            raise BusyError("queries", _RETRY_SECONDS)
        try:
            yield
        finally:
            self._queries.release()

    def begin_export(self) -> None:
        """Take a turn for an export, to be given back by `end_export`. Raises BusyError if there is none now."""
        if not self._exports.acquire(blocking=False):
            raise BusyError("exports", _RETRY_SECONDS)

    def end_export(self) -> None:
        """Give back the turn of an export."""
        self._exports.release()


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

    def stream(self, sql: str, parameters: Sequence[object] = ()) -> "Batches":
        """The rows of a SELECT as they are read. Raises as `fetch` does; so does each step of the result."""
        self._turns.begin_export()
        try:
            return Batches(self, self._new_cursor(), sql, parameters, self._limits, self._turns)
        except BaseException:
            self._turns.end_export()
            raise

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


class Batches(Iterator[pa.RecordBatch]):
    """The rows of a query, `batch_rows` at a time. Close it, or read it to its end, to give back its turn."""

    def __init__(
        self,
        queries: Queries,
        cursor: duckdb.DuckDBPyConnection,
        sql: str,
        parameters: Sequence[object],
        limits: Limits,
        turns: Turns,
    ) -> None:
        self._queries = queries  # keeps its folder there until the last row has been read
        self._cursor = cursor
        self._turns: Turns | None = None
        self._until = time.monotonic() + limits.export_seconds
        try:
            with timed(cursor, limits.export_seconds):
                # A relation streams; execute() would hold the whole result in memory.
                relation = cursor.sql(only_select(cursor, sql), params=list(parameters))
                self._reader = relation.to_arrow_reader(limits.batch_rows)
        except BaseException:
            cursor.close()
            raise
        self._turns = turns

    @property
    def schema(self) -> pa.Schema:
        """Columns of the SELECT, in order."""
        return self._reader.schema

    def __next__(self) -> pa.RecordBatch:
        """The next rows. Raises QueryTooCostlyError once the export has taken its time."""
        if self._turns is None:
            raise StopIteration
        try:
            with timed(self._cursor, self._until - time.monotonic()):
                return self._reader.read_next_batch()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop reading; again is harmless."""
        turns, self._turns = self._turns, None
        if turns is not None:
            self._cursor.close()
            turns.end_export()

    def __del__(self) -> None:
        # A reader who leaves before the first byte leaves nobody who could close.
        self.close()


@contextmanager
def timed(cursor: duckdb.DuckDBPyConnection, seconds: float) -> Iterator[None]:
    """Interrupt what runs on the cursor after that time; tell DuckDB's refusals in our words."""
    over = threading.Event()

    def interrupt() -> None:
        over.set()
        with suppress(duckdb.Error):  # the query may have ended, and its cursor be closed, at this very moment
            cursor.interrupt()

    timer = threading.Timer(seconds, interrupt)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (duckdb.InterruptException, duckdb.OutOfMemoryException, OSError) as error:
        raise _too_costly(error, over.is_set()) from error
    except (duckdb.OutOfRangeException, duckdb.ConversionException) as error:
        raise QueryError("ODSQL query is malformed: a result is out of range.") from error
    finally:
        timer.cancel()


def _too_costly(error: Exception, over: bool) -> QueryTooCostlyError:
    """While streaming, Arrow tells DuckDB's errors as OSError, so only the text says which it was."""
    if over:
        return QueryTooCostlyError("The query takes too long; ask for fewer rows, groups or conditions.")
    if isinstance(error, duckdb.OutOfMemoryException) or "Out of Memory" in str(error):
        return QueryTooCostlyError("The query needs too much memory; ask for fewer rows, groups or conditions.")
    return QueryTooCostlyError("The query was stopped; ask again.")
