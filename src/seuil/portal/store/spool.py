"""Files that are made at the engine's speed and sent at the reader's, in a bounded part of the disk.

A reader who is slow, or has stopped reading, holds nothing but the file: the query behind it has ended. Readers who ask
for the same file while it is made share it. Who leaves takes along what only they were waiting for.
"""

import asyncio
import os
import threading
import weakref
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import suppress
from pathlib import Path

from starlette.concurrency import run_in_threadpool

from seuil.portal.store.abort import ABORT, Abort, current_abort
from seuil.portal.store.errors import AbortedError, BusyError, QueryTooCostlyError
from seuil.portal.store.fair import RETRY_SECONDS

_PIECE = 1 << 18
_MB = 1 << 20
_EVERYBODY = ""


class Disk:
    """How many bytes of files there may be, of all clients and of one. All methods may be called from any thread."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()
        self.changed: Callable[[], None] = lambda: None

    @property
    def held(self) -> int:
        """Bytes of all files."""
        with self._lock:
            return self._held.total()

    def has_room(self, client: str) -> bool:
        """Whether a client may begin another file."""
        with self._lock:
            return self._held[client] < self._most_of_one and self._held.total() < self._most

    def take(self, client: str, size: int) -> None:
        """Hold so many bytes more. Raises QueryTooCostlyError where one client, or all together, have no more."""
        with self._lock:
            if self._held[client] + size > self._most_of_one or self._held.total() + size > self._most:
                most = self._most_of_one // _MB
                raise QueryTooCostlyError(
                    f"The files that you are being sent would take more than {most} MB; ask for fewer rows, or for "
                    "Parquet or a compressed file."
                )
            self._held[client] += size

    def take_anyway(self, client: str, size: int) -> None:
        """The same for bytes that are there already."""
        with self._lock:
            self._held[client] += size

    def give_back(self, client: str, size: int) -> None:
        """Hold so many bytes less."""
        with self._lock:
            self._held[client] -= size
            if self._held[client] <= 0:
                del self._held[client]
        self.changed()


class _Holding:
    """The bytes that a file takes up, and for whom they count."""

    def __init__(self, disk: Disk, client: str) -> None:
        self.disk, self.client, self.size = disk, client, 0

    def grow(self, size: int) -> None:
        self.disk.take(self.client, size)
        self.size += size

    def move(self, client: str) -> None:
        self.disk.give_back(self.client, self.size)
        self.client = client
        self.disk.take_anyway(client, self.size)

    def end(self) -> None:
        self.disk.give_back(self.client, self.size)


class Spool:
    """A file that goes with its last reader, or with the object where it is kept. One thread writes it; any number of
    readers read it meanwhile.

    size: bytes that can be read. furthest: where the reader is who has read most.
    """

    def __init__(self, path: Path, disk: Disk, client: str, room: object) -> None:
        """room: what the folder of the file goes with, which has to stay until the last reader is served."""
        self.path = path
        self._room = room
        self.size = 0
        self.furthest = 0
        self._holding = _Holding(disk, client)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self._abort = Abort()
        self._lock = threading.Lock()
        self._readers = 0
        self._waiting: dict[object, Callable[[], object]] = {}
        self._done = False
        self._error: Exception | None = None
        self._kept = False
        self._remove = weakref.finalize(self, _remove, path, self._file, self._holding)

    @property
    def done(self) -> bool:
        """Whether all of it has been written."""
        return self._done and self._error is None

    def fill(self, pieces: Callable[[], Iterable[bytes]], ahead: int, pause: Callable[[], None], keep: int) -> bool:
        """Write the file, in the thread that this is called in; what goes wrong is told to the readers.

        pause: is called wherever more than `ahead` bytes wait for the reader who is furthest. keep: up to how many
        bytes the file is kept when no reader is left. Gives whether it is.
        """
        error: Exception | None = None
        ABORT.set(self._abort)
        try:
            self._abort.check()
            for piece in pieces():
                self._abort.check()
                self._holding.grow(len(piece))
                _write(self._file, piece)
                self.size += len(piece)
                self._tell()
                if self.size - self.furthest > ahead:
                    pause()
        except Exception as problem:
            error = problem
        with self._lock:
            self._error, self._done = error, True
            self._kept = error is None and self.size <= keep
            forgotten = not self._kept and not self._readers
        if self._kept:
            self._holding.move(_EVERYBODY)
        if forgotten:
            self._remove()
        self._tell()
        return self._kept

    def reader(self) -> "Reader | None":
        """Somebody who reads it, None if it is given up."""
        with self._lock:
            if self._abort.stopped or self._error is not None:
                return None
            self._readers += 1
        return Reader(self)

    def leave(self) -> None:
        """One reader less. Without any, an unfinished file is given up."""
        with self._lock:
            self._readers -= 1
            last, done = self._readers == 0, self._done
        # Outside the lock: what is stopped may want to tell of it.
        if last and not done:
            self._abort.stop()
        elif last and not self._kept:
            self._remove()

    async def wait(self, size: int, seconds: float | None = None) -> None:
        """Wait until more than `size` bytes can be read, or all. Raises what went wrong, and BusyError after
        `seconds` in which nothing was written."""
        loop, news, key = asyncio.get_running_loop(), asyncio.Event(), object()
        with self._lock:
            self._waiting[key] = lambda: _wake(loop, news)
        try:
            while self.size <= size and not self._done:
                before = self.size
                try:
                    async with asyncio.timeout(seconds if before == 0 else None):
                        await news.wait()
                except TimeoutError:
                    raise BusyError("exports", RETRY_SECONDS) from None
                news.clear()
        finally:
            with self._lock:
                del self._waiting[key]
        if self._error is not None and self.size <= size:
            raise self._error

    def read(self, start: int, most: int) -> bytes:
        """Bytes from a position on."""
        return os.pread(self._file, most, start)

    def _tell(self) -> None:
        with self._lock:
            waiting = list(self._waiting.values())
        for call in waiting:
            call()


class Reader:
    """Somebody who reads a spool. Close it, or forget it."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self._gone = False

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The file as it is written. Raises what went wrong with it."""
        at, abort = 0, current_abort()
        while True:
            await self.spool.wait(at)
            while at < self.spool.size:
                if abort.stopped:
                    raise AbortedError
                piece = await run_in_threadpool(self.spool.read, at, min(_PIECE, self.spool.size - at))
                at += len(piece)
                yield piece
                self.spool.furthest = max(self.spool.furthest, at)
            if self.spool.done and at == self.spool.size:
                return

    def close(self) -> None:
        """Leave; again is harmless."""
        if not self._gone:
            self._gone = True
            self.spool.leave()

    def __del__(self) -> None:
        # An answer that is never begun leaves nobody who could close.
        self.close()


def _wake(loop: asyncio.AbstractEventLoop, news: asyncio.Event) -> None:
    with suppress(RuntimeError):  # the loop may have been closed at this very moment
        loop.call_soon_threadsafe(news.set)


def _write(file: int, piece: bytes) -> None:
    view = memoryview(piece)
    while view:
        view = view[os.write(file, view) :]


def _remove(path: Path, file: int, holding: _Holding) -> None:
    os.close(file)
    path.unlink(missing_ok=True)
    holding.end()
