"""One process compiles at a time."""

import fcntl
import threading
from pathlib import Path

import numba
from numba.core import event

from seuil.disclosure import compiled


def test_compiling_waits_for_another_process_that_compiles() -> None:
    @numba.njit
    def twice(number: int) -> int:
        return 2 * number

    found: list[int] = []
    with Path(compiled.__file__).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # a file that was opened apart: as good as another process
        thread = threading.Thread(target=lambda: found.append(twice(21)))
        thread.start()
        thread.join(0.5)
        assert not found
        fcntl.flock(file, fcntl.LOCK_UN)
        thread.join(60)
    assert found == [42]


def test_whoever_keeps_the_lock_is_not_waited_for_for_ever() -> None:
    patient = compiled._OneProcess()
    patient._patience = 0.2
    with Path(compiled.__file__).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for _ in range(3):  # once out of patience it never waits again
            patient.on_start(event.Event("numba:compiler_lock", event.EventStatus.START))
            patient.on_end(event.Event("numba:compiler_lock", event.EventStatus.END))
    assert patient._patience <= 0


def test_what_compiles_another_function_does_not_wait_for_itself() -> None:
    @numba.njit
    def once(number: int) -> int:
        return number

    @numba.njit
    def both(number: int) -> int:
        return once(number) + once(number)

    assert both(21) == 42
    with Path(compiled.__file__).open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # it is given back
