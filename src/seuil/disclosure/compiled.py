"""Functions that are compiled, and how."""

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

F = TypeVar("F", bound=Callable[..., Any])
OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}


def compiled(function: F) -> F:
    """Compile a function that makes no array.

    It then counts no references: for the tuples of many arrays that a search is made of, counting at every call took
    six sevenths of a step (docs/decisions/0010-speed-of-the-search.md). The option has no public name; with another
    release of the library it may have to change.
    """
    made: F = njit(**OPTIONS)(function)
    return made
