"""Several processes that answer on one socket, each a whole portal of its own, and one that looks after them.

The system gives each connection to whichever process takes it. A process that ends is started anew; when the one that
looks after them is stopped, or dies, all end.
"""

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

_AGAIN_SECONDS = 1.0
"""Before a process is started in the place of one that has ended."""


class Worker:
    """This process is one of several. ready: to be called once it can answer."""

    def __init__(self, ready: int, alive: int) -> None:
        self._ready = ready
        threading.Thread(target=_end_with, args=(alive,), name="seuil-worker", daemon=True).start()

    def ready(self) -> None:
        """Tell the process that looks after this one."""
        os.write(self._ready, b"1")
        os.close(self._ready)


def in_workers(several: int, ready: Callable[[], None]) -> Worker | int:
    """Become several processes: gives a Worker in each, and in this one, once all have ended, a status to exit with.

    ready: is called here once the first can answer. The others start then; where it never can, they don't, and its
    status is given. To be called before anything starts a thread, which a new process would be without.
    """
    alive, hold = os.pipe()
    running: set[int] = set()
    stopping = False

    def stop(_signal: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True
        for process in running:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGTERM)

    earlier = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}

    def start() -> Worker | tuple[int, int]:
        """A Worker in the new process; here its number, and where it says that it is ready."""
        told, tells = os.pipe()
        process = os.fork()
        if process:
            os.close(tells)
            running.add(process)
            return process, told
        os.close(told)
        os.close(hold)
        for number, handler in earlier.items():
            signal.signal(number, handler)
        return Worker(tells, alive)

    return _look_after(several, start, running, lambda: stopping, ready)


def _look_after(
    several: int,
    start: Callable[[], Worker | tuple[int, int]],
    running: set[int],
    stopping: Callable[[], bool],
    ready: Callable[[], None],
) -> Worker | int:
    begun = 0
    while True:
        while len(running) < several and not stopping():
            if begun >= several:
                time.sleep(_AGAIN_SECONDS)
            started = start()
            if isinstance(started, Worker):
                return started
            process, told = started
            if stopping():  # told to stop before this one was known
                os.kill(process, signal.SIGTERM)
            answers = os.read(told, 1)
            os.close(told)
            if begun == 0:
                if not answers:
                    running.discard(process)
                    return max(0, os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))
                ready()
            begun += 1
        if not running:
            return 0
        ended, _ = os.wait()
        running.discard(ended)


def _end_with(alive: int) -> None:
    """End this process when the one that looks after it is gone, and with it the other end of the pipe."""
    os.read(alive, 1)
    os.kill(os.getpid(), signal.SIGTERM)
