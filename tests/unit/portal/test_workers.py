"""Several processes on one socket: they start after the first, are replaced, and end together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

SCRIPT = """
import os, signal, sys
from seuil.portal.workers import Worker, in_workers
found = in_workers(2, lambda: print("ready", flush=True))
if isinstance(found, Worker):
    if sys.argv[1:]:
        sys.exit(int(sys.argv[1]))
    print(os.getpid(), flush=True)
    found.ready()
    signal.pause()
sys.exit(found)
"""


@contextmanager
def started() -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """The process that looks after two others, and these."""
    process = subprocess.Popen([sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    lines = [process.stdout.readline().strip() for _ in range(3)]
    assert lines[1] == "ready"  # the second isn't begun before
    try:
        yield process, [int(lines[0]), int(lines[2])]
    finally:
        process.kill()
        process.stdout.close()
        process.wait()


def is_gone(process: int) -> bool:
    for _ in range(100):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_a_process_that_ends_is_started_anew_and_all_end_when_told_to() -> None:
    with started() as (process, (first, second)):
        assert process.stdout is not None
        os.kill(first, signal.SIGKILL)
        third = int(process.stdout.readline())
        assert third not in (first, second)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
        assert is_gone(second) and is_gone(third)


def test_all_end_when_the_one_that_looks_after_them_dies() -> None:
    with started() as (process, others):
        process.kill()
        assert all(map(is_gone, others))


def test_one_that_cannot_begin_gives_its_status_and_none_else_is_begun() -> None:
    found = subprocess.run([sys.executable, "-c", SCRIPT, "3"], capture_output=True, text=True, timeout=20)
    assert (found.returncode, found.stdout) == (3, "")
