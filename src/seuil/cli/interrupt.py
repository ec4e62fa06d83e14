"""Ctrl-C, SIGTERM and a closed terminal (SIGHUP) all end a command in order: as KeyboardInterrupt, which is never lost.

Not while an object is being deleted, where Python drops it, nor in an engine's own error.
"""

import signal
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from seuil.workflow.lifeline import make_good

ENDINGS = (signal.SIGTERM, signal.SIGHUP)

_received: list[int] = []


def keep_interrupts() -> None:
    """From now on take signals that end a process as interrupts, and pass on those that got lost on the way.

    A signal that is ignored, as SIGHUP is under nohup, stays ignored.
    """
    make_good(KeyboardInterrupt, lambda: interrupt_main(signal.Signals(last_signal())))
    for ending in ENDINGS:
        if signal.getsignal(ending) is signal.SIG_DFL:
            signal.signal(ending, _interrupt)


def last_signal() -> int:
    """The number of the signal that interrupted this command."""
    return _received[-1] if _received else signal.SIGINT


def ignore_further() -> None:
    """Let nothing interrupt the last words of a command that is ending: terminals send SIGHUP more than once."""
    for ending in ENDINGS:
        if signal.getsignal(ending) is _interrupt:
            signal.signal(ending, signal.SIG_IGN)


def _interrupt(number: int, _: FrameType | None) -> None:
    _received.append(number)
    raise KeyboardInterrupt


@contextmanager
def interrupts_as_such() -> Iterator[None]:
    """Whatever went wrong because of an interrupt ends as KeyboardInterrupt."""
    try:
        yield
    except Exception as error:
        if _came_of_interrupt(error):
            raise KeyboardInterrupt from error
        raise


def _came_of_interrupt(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
