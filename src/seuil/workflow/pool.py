"""Independent jobs in a few processes. What they give doesn't depend on how many there are.

A job is a function of a module and its arguments, with a `tell` for progress as its last one. Processes are spawned, so
that they share nothing. They end when the caller is interrupted or told to end, and when it is killed.
"""

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_EXCEPTION, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for_end
from multiprocessing.process import BaseProcess
from multiprocessing.queues import Queue
from queue import Empty
from typing import Any, Generic, TypeVar

from seuil.model.errors import DataError, DisclosureError, ProofError, ReleaseError, SeuilError, UsageError
from seuil.workflow.lifeline import ENDED, GRACE_SECONDS, end_with, make_good
from seuil.workflow.progress import Event, Tell

R = TypeVar("R")
_LOOK = 0.1  # seconds between two looks at the news
_PLAIN: tuple[type[SeuilError], ...] = (DataError, DisclosureError, ProofError, ReleaseError, UsageError)


@dataclass(frozen=True)
class Job(Generic[R]):
    """A call `function(*arguments, tell)` for another process: everything in it must be picklable."""

    function: Callable[..., R]
    arguments: tuple[Any, ...]


@dataclass(frozen=True)
class _Failure:
    """An error for people, in a form that any of them can be carried in."""

    kind: str
    message: str


def run(jobs: Mapping[str, Job[R]], *, workers: int, tell: Tell) -> dict[str, R]:
    """Run all jobs, and give their results by key. Raises the SeuilError of the first that fails, and stops the others.

    With one worker or one job everything happens in this process.
    """
    if min(workers, len(jobs)) <= 1:
        return {key: job.function(*job.arguments, tell) for key, job in jobs.items()}
    context = multiprocessing.get_context("spawn")
    news: Queue[Event | None] = context.Queue()
    mine = set(multiprocessing.active_children())
    executor = ProcessPoolExecutor(min(workers, len(jobs)), context, initializer=_start, initargs=(news,))
    try:
        futures: dict[str, Future[R | _Failure]] = {
            key: executor.submit(_call, job.function, job.arguments) for key, job in jobs.items()
        }
        pending = set(futures.values())
        ended = 0
        while pending:
            finished, pending = wait(pending, timeout=_LOOK, return_when=FIRST_EXCEPTION)
            ended += _pass_on(news, tell, wait_seconds=0)
            for future in finished:
                _result(future)
        while ended < len(jobs):  # what was told last may still be on its way
            heard = _pass_on(news, tell, wait_seconds=1)
            ended += heard or len(jobs)
        return {key: _result(future) for key, future in futures.items()}
    except BaseException:
        _end(set(multiprocessing.active_children()) - mine)
        raise
    finally:
        executor.shutdown(cancel_futures=True)
        news.close()


def _end(processes: set[BaseProcess]) -> None:
    """End processes, in order if they do so in time."""
    for process in processes:
        process.terminate()
    late = time.monotonic() + GRACE_SECONDS
    left = {process.sentinel for process in processes}
    while left and time.monotonic() < late:
        left -= set(wait_for_end(left, timeout=late - time.monotonic()))
    for process in processes:
        if process.sentinel in left:
            process.kill()


def _result(future: "Future[R | _Failure]") -> R:
    result = future.result()
    if isinstance(result, _Failure):
        kind = next((k for k in _PLAIN if k.__name__ == result.kind), SeuilError)
        raise kind(result.message)
    return result


def _pass_on(news: "Queue[Event | None]", tell: Tell, *, wait_seconds: float) -> int:
    """Tell all that has come. Gives how many jobs said that they have ended."""
    ended = 0
    while True:
        try:
            event = news.get(block=wait_seconds > 0, timeout=wait_seconds or None)
        except Empty:
            return ended
        if event is None:
            return ended + 1
        tell(event)


_news: "Queue[Event | None] | None" = None


def _start(news: "Queue[Event | None]") -> None:
    """In a new process: keep the way back, leave Ctrl-C to the caller, and end in order when told to, or with it."""
    global _news
    _news = news
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for ending in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(ending) is not signal.SIG_IGN:  # as under nohup
            signal.signal(ending, lambda *_: sys.exit(ENDED))
    make_good(SystemExit, lambda: os.kill(os.getpid(), signal.SIGTERM))
    caller = multiprocessing.parent_process()
    assert caller is not None
    end_with(caller.sentinel)


def _call(function: Callable[..., R], arguments: tuple[Any, ...]) -> R | _Failure:
    assert _news is not None
    try:
        result = function(*arguments, _news.put)
    except SeuilError as error:
        return _Failure(type(error).__name__, str(error))
    except SystemExit:
        # The job's own cleaning up is done. The executor would take this for a result, and go on with the next job.
        os._exit(ENDED)
    finally:
        _news.put(None)
    return result
