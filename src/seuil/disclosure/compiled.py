"""Functions that are compiled, and how.

What is compiled is kept in files, for 40 seconds of one core. Processes that begin side by side would each compile the
same, so one does it at a time: the others wait, and find it in its file.
"""

import fcntl
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from numba import njit
from numba.core import event

F = TypeVar("F", bound=Callable[..., Any])
OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
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

    A function is compiled while another one is, so the lock is one that its holder can take again.
    """

    def __init__(self) -> None:
        self._mine, self._depth, self._file = threading.RLock(), 0, -1

    def on_start(self, _event: event.Event) -> None:
        self._mine.acquire()
        self._depth += 1
        if self._depth == 1:
            with suppress(OSError):  # a file system without locks: then some compile the same
                self._file = os.open(__file__, os.O_RDONLY)
                fcntl.flock(self._file, fcntl.LOCK_EX)

    def on_end(self, _event: event.Event) -> None:
        self._depth -= 1
        if self._depth == 0 and self._file >= 0:
            os.close(self._file)  # that gives the lock back
            self._file = -1
        self._mine.release()


_register: Callable[[str, event.Listener], None] = event.register  # the library's has no types
_register(_COMPILING, _OneProcess())
