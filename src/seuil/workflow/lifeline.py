"""Processes that end with the one that started them, in whatever way that one ends.

SIGKILL gives a process no time to end those that it started, and the confidential zone's hold the workspace's secret.
So each of them has the reading end of a pipe, and the starter alone has the writing end: the pipe closes when the
starter is gone. This works on every POSIX system; Linux alone could ask the kernel for a signal (PR_SET_PDEATHSIG).
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

VARIABLE = "SEUIL_LIFELINE"
"""The environment variable that tells a command which descriptor is the reading end."""

GRACE_SECONDS = 5.0
"""How long a process may take to end in order (remove partial files, end its own processes) before it just ends."""

ENDED = 128 + signal.SIGTERM
_LATER = 0.05  # seconds, by when what dropped an exception is over


def end_with(pipe: int) -> None:
    """From now on end this process, in order if that is possible, when the other end of a pipe has closed.

    A SIGTERM to itself is what ends it: its handler decides what that means.
    """
    threading.Thread(target=_wait, args=(pipe,), name="seuil-lifeline", daemon=True).start()


def end_with_starter() -> None:
    """The same for a command that was started by `run_bound`; nothing for one that a person has started."""
    pipe = os.environ.pop(VARIABLE, "")
    if pipe.isdecimal():
        end_with(int(pipe))


def make_good(kind: type[BaseException], again: Callable[[], object]) -> None:
    """From now on call `again` a little later wherever Python drops an exception of a kind that should end the process.

    It drops what is raised while an object is deleted, and in a call from compiled code.
    """

    def hook(dropped: "sys.UnraisableHookArgs") -> None:
        if isinstance(dropped.exc_value, kind):
            threading.Timer(_LATER, again).start()
        else:
            sys.__unraisablehook__(dropped)

    sys.unraisablehook = hook


def run_bound(
    command: Sequence[str], *, environment: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end and give what it printed. Neither an error nor SIGKILL here leaves it running."""
    reading, writing = os.pipe()  # not inheritable: no other process keeps the writing end open
    try:
        return subprocess.run(
            command,
            env={**environment, VARIABLE: str(reading)},
            cwd=folder,
            pass_fds=[reading],
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(reading)
        os.close(writing)


@contextmanager
def beside(command: Sequence[str], *, niceness: int = 0, quiet: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """A command that runs meanwhile, and is told to end at the end of the block. What it prints on stdout is lost.

    niceness: by how much it gives way to other processes. quiet: what it prints on stderr is lost too.
    """
    reading, writing = os.pipe()
    try:
        process = subprocess.Popen(
            command,
            env={**os.environ, VARIABLE: str(reading)},
            pass_fds=[reading],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL if quiet else None,
        )
    except BaseException:
        os.close(writing)
        raise
    finally:
        os.close(reading)
    try:
        os.setpriority(os.PRIO_PROCESS, process.pid, niceness)
        yield process
    finally:
        os.close(writing)
        try:
            process.wait(2 * GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(pipe: int) -> None:
    while os.read(pipe, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(ENDED)
