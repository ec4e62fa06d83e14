"""A build that is told to end, whose terminal is closed, or that is killed: no process of it lives on."""

import fcntl
import os
import pty
import signal
import subprocess
import sys
import termios
from contextlib import suppress

import pytest
from tests.helpers.process_groups import is_left, until
from tests.helpers.tiny_chain import Chain

from seuil.publish.disk import PARTIAL


def command_of(office: Chain) -> list[str]:
    command = [sys.executable, "-m", "seuil", "build", *map(str, office.definitions)]
    return [*command, "--records", str(office.records), "--workspace", str(office.workspace)]


def two_at_work(office: Chain) -> bool:
    """Whether two processes protect a period each."""
    return len(list(office.workspace.glob(f"datasets/*/periods/{PARTIAL}*"))) >= 2


def listen() -> None:
    """Where tests run in the background or under nohup, signals are ignored, and children inherit that."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_build_that_gets_a_signal_leaves_no_process_behind(office: Chain, number: signal.Signals) -> None:
    process = subprocess.Popen(
        command_of(office), stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=listen
    )
    try:
        assert until(lambda: two_at_work(office))
        process.send_signal(number)  # to the command alone: its workers hear of it through it
        _, errors = process.communicate(timeout=300)  # stderr is also theirs
        assert until(lambda: not is_left(process.pid), seconds=120)
    finally:
        if is_left(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
    if number == signal.SIGKILL:
        assert process.returncode == -number
    else:
        assert process.returncode == 128 + number
        assert "steps that were finished are kept" in errors and "Traceback" not in errors


def test_build_whose_terminal_is_closed_leaves_no_process_behind(office: Chain) -> None:
    ours, terminal = pty.openpty()

    def take_terminal() -> None:
        listen()
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        command_of(office),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
        preexec_fn=take_terminal,
    )
    os.close(terminal)
    os.set_blocking(ours, False)

    def read_on() -> bool:
        """Somebody has to read what a terminal shows, or the command waits."""
        with suppress(BlockingIOError):
            os.read(ours, 1 << 16)
        return two_at_work(office)

    try:
        assert until(read_on)
        os.close(ours)
        assert process.wait(timeout=300) == 128 + signal.SIGHUP
        assert until(lambda: not is_left(process.pid), seconds=120)
    finally:
        if is_left(process.pid):
            os.killpg(process.pid, signal.SIGKILL)
