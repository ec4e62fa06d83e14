"""Ctrl-C is never lost: where it comes while an object is being deleted, Python drops it."""

import sys
import threading
from _thread import interrupt_main

LATER = 0.05  # seconds, by when the object is gone


def keep_interrupts() -> None:
    """From now on interrupt the main thread again where an interrupt could not be passed on."""
    sys.unraisablehook = _again


def _again(dropped: "sys.UnraisableHookArgs") -> None:
    if isinstance(dropped.exc_value, KeyboardInterrupt):
        threading.Timer(LATER, interrupt_main).start()
    else:
        sys.__unraisablehook__(dropped)
