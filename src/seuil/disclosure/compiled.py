"""Functions that are compiled, and how.

What is compiled is kept in files, for 40 seconds of one core. Processes that begin side by side would each compile the
same, so one does it at a time: the others wait, and find it in its file.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit
from numba.core import event

F = TypeVar("F", bound=Callable[..., Any])
OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
PATIENCE_SECONDS = 300.0
"""How long a process waits for others, all in all: some times as long as compiling everything takes."""
_PAUSE = 0.05
_FILE = __file__
_COMPILING = "numba:compiler_lock"
"""The library's event around looking for a function in its file, compiling it where it isn't there, and keeping it."""


def compiled(function: F) -> F:
    """Compile a function that makes no array.

    It then counts no references: for the tuples of many arrays that a search is made of, counting at every call took
    six sevenths of a step (docs/decisions/0010-speed-of-the-search.md). The option has no public name; with another
    release of the library it may have to change.
    """
    made: F = njit(**OPTIONS)(function)
    return made


class _OneProcess(event.Listener):
    """Holds a lock of all processes of this program while this one compiles: that of this very file, which is there.

    A function is compiled while another one is, so the lock is one that its holder can take again. Whoever can read the
    file could keep it for ever: after some patience this process goes its own way, and compiles the same.
    """

    def __init__(self) -> None:
        self._mine, self._depth, self._file = threading.RLock(), 0, -1
        self._patience = PATIENCE_SECONDS

    def on_start(self, _event: event.Event) -> None:
        self._mine.acquire()
        self._depth += 1
        try:
            if self._depth == 1:
                self._wait()
        except BaseException:  # such as Ctrl-C: then no end is told, and other threads would wait for ever
            self.on_end(_event)
            raise

    def _wait(self) -> None:
        if self._patience <= 0:
            return
        self._file = os.open(_FILE, os.O_RDONLY)
        while not _locked(self._file) and self._patience > 0:
            time.sleep(_PAUSE)
            self._patience -= _PAUSE

    def on_end(self, _event: event.Event) -> None:
        self._depth -= 1
        if self._depth == 0 and self._file >= 0:
            os.close(self._file)  # that gives the lock back
            self._file = -1
        self._mine.release()


def _locked(file: int) -> bool:
    """Whether this process has the lock now; always where the file system has none."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True


_register: Callable[[str, event.Listener], None] = event.register  # the library's has no types
_register(_COMPILING, _OneProcess())
