"""Quicker forms of tables: columns as arrays (`vectors`), and copies in DuckDB's own format.

Made in the background once somebody has asked the first question: nobody waits for them, and a portal that is asked
nothing makes none. They lie in the portal's private folder and go with it. Arrays answer nearly all questions. Where
the engine is asked nevertheless, a large table is copied too, into a format that it filters and counts in a quarter of
the time of Parquet: that takes 2 to 7 seconds of a processor a million rows, and leaves the process with up to 100 MB
more. A copy takes the place of what it was made of under the name that queries use, in one step, so that a query reads
the one or the other.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import duckdb

from seuil.model.errors import SeuilError
from seuil.odsql.schema import ROW_POSITION
from seuil.portal.allocators import give_back_now
from seuil.portal.store.connection import copied_statements, identifier
from seuil.portal.store.queries import Queries
from seuil.portal.store.vectors import Vectors, write_vectors

_log = logging.getLogger(__name__)


class Copies:
    """The quicker forms of a release's tables. May be used from any thread. folder: for arrays."""

    def __init__(self, queries: Queries, folder: Path) -> None:
        self._queries = queries
        self._folder = folder
        self._vectors: dict[str, Vectors] = {}
        self._making: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()

    def copy(self, view: str) -> None:
        """Copy what stands behind a view, unless that has begun."""
        self.begin(f"copy {view}", partial(_copy, self._queries, view))

    def read(self, view: str, names: Sequence[str], rows: int) -> None:
        """Read columns of a view into arrays, unless that has begun."""
        self.begin(view, partial(_read, self._queries, view, names, rows, self._folder / view, self._vectors))

    def add(self, view: str, make: Callable[[Path], Vectors]) -> None:
        """Have the arrays of a view made in a new folder."""
        self._vectors[view] = make(self._folder / view)

    def vectors(self, view: str) -> Vectors | None:
        """The columns of a view as arrays, if they are there."""
        return self._vectors.get(view)

    def have_read(self, view: str) -> bool:
        """Whether a view has been read into arrays, as far as it can be."""
        return view in self._making and not self._making[view].is_alive()

    def wait(self) -> None:
        """Wait until all are made that have begun."""
        for thread in list(self._making.values()):
            thread.join()

    def begin(self, name: str, work: Callable[[], None]) -> None:
        """Do some work in the background, unless it has begun."""
        if name in self._making:
            return
        with self._lock:
            if name not in self._making:
                # Not a method of this object, which would keep a release that nobody serves any more.
                thread = threading.Thread(target=_quietly, args=(name, work), name="seuil-copies", daemon=True)
                self._making[name] = thread
                thread.start()


def _quietly(name: str, work: Callable[[], None]) -> None:
    try:
        work()
    except (duckdb.Error, OSError, SeuilError) as error:
        # Queries go on reading what was there: slower, and as right.
        _log.warning("%s is not made: %s", name, type(error).__name__)
    give_back_now()


def _copy(queries: Queries, view: str) -> None:
    for statement in copied_statements(view):
        queries.execute(statement)


def _read(queries: Queries, view: str, names: Sequence[str], rows: int, folder: Path, made: dict[str, Vectors]) -> None:
    selected = ", ".join(map(identifier, (*names, ROW_POSITION)))
    made[view] = write_vectors(rows, names, queries.stream(f"SELECT {selected} FROM {identifier(view)}"), folder)
