"""Ctrl-C is never lost: not while an object is being deleted, where Python drops it, nor in an engine's own error."""

import sys
import threading
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import contextmanager

LATER = 0.05  # seconds, by when the object is gone


def keep_interrupts() -> None:
    """From now on interrupt the main thread again where an interrupt could not be passed on."""
    sys.unraisablehook = _again


def _again(dropped: "sys.UnraisableHookArgs") -> None:
    if isinstance(dropped.exc_value, KeyboardInterrupt):
        threading.Timer(LATER, interrupt_main).start()
    else:
        sys.__unraisablehook__(dropped)


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
