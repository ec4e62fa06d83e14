"""Run a function in a process of its own, so that its peak memory is its own."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Generic, ParamSpec, TypeVar

from kit.measure import Seconds, peak_memory_mb, timed

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Apart(Generic[T]):
    """What it gave and took. Loading the program and its libraries is part of the memory, not of the seconds."""

    result: T
    seconds: Seconds
    peak_memory_mb: float


def apart(work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> Apart[T]:
    """Run it once in a new process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        result, seconds, memory = pool.submit(_run, work, arguments, named).result()
        return Apart(result, seconds, memory)


def _run(work: Callable[..., T], arguments: tuple[object, ...], named: dict[str, object]) -> tuple[T, Seconds, float]:
    result, seconds = timed(lambda: work(*arguments, **named))
    return result, seconds, peak_memory_mb()
