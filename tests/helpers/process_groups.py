"""Processes that a test starts as a group of their own, and which of them are still there."""

import os
import time
from collections.abc import Callable
from pathlib import Path


def until(condition: Callable[[], bool], *, seconds: float = 300) -> bool:
    """Whether something comes true in time."""
    late = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > late:
            return False
        time.sleep(0.05)
    return True


def is_left(group: int) -> bool:
    """Whether a process group has a process that runs. One that has ended but that nobody asked for doesn't count."""
    if Path("/proc/self/stat").exists():
        return any(_runs_in(group, stat) for stat in Path("/proc").glob("[0-9]*/stat"))
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _runs_in(group: int, stat: Path) -> bool:
    try:
        state, _, process_group = stat.read_text(encoding="utf-8").rpartition(")")[2].split()[:3]
    except (OSError, ValueError):
        return False
    return int(process_group) == group and state not in "ZX"
