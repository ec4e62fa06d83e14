"""Seconds and memory of this process."""

import os
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Seconds:
    """wall: as a clock on the wall says. cpu: of all threads of this process, which others' load hardly changes."""

    wall: float
    cpu: float

    def __add__(self, other: "Seconds") -> "Seconds":
        return Seconds(self.wall + other.wall, self.cpu + other.cpu)

    def __sub__(self, other: "Seconds") -> "Seconds":
        return Seconds(self.wall - other.wall, self.cpu - other.cpu)

    def as_dict(self) -> dict[str, float]:
        """For JSON, to a millisecond."""
        return {"wall": round(self.wall, 3), "cpu": round(self.cpu, 3)}


NO_TIME = Seconds(0.0, 0.0)


def timed(work: Callable[[], T]) -> tuple[T, Seconds]:
    """Do it once. Gives the result and what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, Seconds(time.perf_counter() - wall, time.process_time() - cpu)


def peak_memory_mb() -> float:
    """The most memory that this process has had so far, in units of 1,000,000 bytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1)


def machine() -> str:
    """Cores that this process may use, and memory: what a figure depends on, and nothing that names the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{len(os.sched_getaffinity(0))} cores, {memory:.0f} GiB"


def load() -> str:
    """How many processes have wanted to run, over the last 1, 5 and 15 minutes."""
    return ", ".join(f"{x:.1f}" for x in os.getloadavg())


def size_of(folder: Path) -> int:
    """Bytes of the files in a folder."""
    return sum(path.stat().st_size for path in folder.iterdir())
