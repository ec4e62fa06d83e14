"""Answers that are kept: a release never changes, so the same question about it has the same answer.

Both stores are bounded in bytes and forget what was asked for longest ago.
"""

import threading
from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

_OF_HEADER = 150
"""Bytes of a header beside its letters: two texts and a place in a table."""


class _Sized(Protocol):
    @property
    def size(self) -> int: ...


_Kept = TypeVar("_Kept", bound=_Sized)


class Bounded(Generic[_Kept]):
    """Values by key, at most `most` bytes of them. All methods may be called from any thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> _Kept | None:
        """The value, if it is still there."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def put(self, key: str, value: _Kept) -> None:
        """Keep a value, unless it alone is too large."""
        if value.size > self._most:
            return
        with self._lock:
            before = self._kept.pop(key, None)
            self._size += value.size - (before.size if before is not None else 0)
            self._kept[key] = value
            while self._size > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._size -= oldest.size


class Body:
    """The bytes of an answer, and the headers that belong to them."""

    def __init__(self, content: bytes, headers: dict[str, str]) -> None:
        self.content = content
        self.headers = headers

    @property
    def size(self) -> int:
        """Bytes in memory, roughly."""
        return len(self.content) + sum(len(name) + len(value) + _OF_HEADER for name, value in self.headers.items())
