"""Ctrl-C at the worst moment, in a process of its own."""

import subprocess
import sys

import pytest

from seuil.cli.interrupt import interrupts_as_such

PROGRAM = """
import signal, time
from seuil.cli.interrupt import keep_interrupts

signal.signal(signal.SIGINT, signal.default_int_handler)
{keep}

class Deleted:
    def __del__(self):
        {at_the_end}

try:
    Deleted()
    time.sleep(1)
    print("went on")
except KeyboardInterrupt:
    print("interrupted")
"""


def outcome(keep: str, at_the_end: str) -> tuple[str, str]:
    program = PROGRAM.format(keep=keep, at_the_end=at_the_end)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.strip(), done.stderr


def test_ctrl_c_while_an_object_is_deleted_is_heard():
    assert outcome("keep_interrupts()", "signal.raise_signal(signal.SIGINT)") == ("interrupted", "")


def test_python_alone_drops_it():
    assert outcome("", "signal.raise_signal(signal.SIGINT)")[0] == "went on"


def test_other_errors_there_are_told_as_ever():
    said, errors = outcome("keep_interrupts()", "raise ValueError('told')")
    assert said == "went on" and "ValueError: told" in errors


def test_an_error_that_came_of_an_interrupt_is_one():
    with pytest.raises(KeyboardInterrupt), interrupts_as_such():
        try:
            raise KeyboardInterrupt
        except KeyboardInterrupt as pressed:
            try:
                raise RuntimeError("Query interrupted") from pressed
            except RuntimeError as error:
                raise ValueError("can't be read") from error


def test_other_errors_stay_what_they_are():
    with pytest.raises(ValueError, match="can't be read"), interrupts_as_such():
        raise ValueError("can't be read")
