"""Calls a function when the time of some work is over.

One thread looks after all work: a thread for each costs as much as a small query.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Deadlines:
    """Work whose time is limited. May be used from any thread."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running: dict[object, tuple[float, Callable[[], object]]] = {}
        self._wakes = math.inf
        self._thread: threading.Thread | None = None

    @contextmanager
    def within(self, seconds: float, over: Callable[[], object]) -> Iterator[None]:
        """Call that function, in another thread, if the work in this context takes longer."""
        key, end = object(), time.monotonic() + seconds
        with self._changed:
            self._running[key] = end, over
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="seuil-deadlines", daemon=True)
                self._thread.start()
            if end < self._wakes:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._running.pop(key, None)

    def _watch(self) -> None:
        while True:
            with self._changed:
                # Who ends in time leaves the thread asleep until then: most work costs it nothing.
                self._wakes = min((end for end, _ in self._running.values()), default=math.inf)
                self._changed.wait(None if self._wakes == math.inf else max(0.0, self._wakes - time.monotonic()))
                now = time.monotonic()
                late = [key for key, (end, _) in self._running.items() if end <= now]
                calls = [self._running.pop(key)[1] for key in late]
            for call in calls:
                call()


DEADLINES = Deadlines()
