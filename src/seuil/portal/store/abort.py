"""Stops work that nobody waits for any more: what runs for a reader who has left is interrupted at once.

`ABORT` is the abort of the request that the current thread works for; threads that a request starts inherit it.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from seuil.portal.store.errors import AbortedError


class Abort:
    """Whether work is to stop, and what to call when it is. All methods may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: dict[object, Callable[[], object]] = {}
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether nobody waits any more."""
        return self._stopped

    def stop(self) -> None:
        """Stop; again is harmless."""
        with self._lock:
            self._stopped = True
            calls, self._calls = list(self._calls.values()), {}
        for call in calls:
            call()

    def check(self) -> None:
        """Raises AbortedError if work is to stop."""
        if self._stopped:
            raise AbortedError

    @contextmanager
    def calling(self, call: Callable[[], object]) -> Iterator[None]:
        """Call that function if work is stopped meanwhile. Raises AbortedError if it is already."""
        key = object()
        with self._lock:
            if self._stopped:
                raise AbortedError
            self._calls[key] = call
        try:
            yield
        finally:
            with self._lock:
                self._calls.pop(key, None)


ABORT: ContextVar[Abort] = ContextVar("seuil_abort")


def current_abort() -> Abort:
    """The abort of the work at hand; one that never stops where nobody waits for it in particular."""
    return ABORT.get(None) or Abort()
