"""One process compiles at a time."""

import fcntl
import threading
from pathlib import Path

import numba
import pytest
from numba.core import event

from seuil.disclosure import compiled


@pytest.fixture
def lock(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A file of this test alone: other processes that test compile too."""
    path = tmp_path / "lock"
    path.touch()
    monkeypatch.setattr(compiled, "_FILE", str(path))
    return path


def start_and_end(listener: event.Listener) -> None:
    listener.on_start(event.Event("numba:compiler_lock", event.EventStatus.START))
    listener.on_end(event.Event("numba:compiler_lock", event.EventStatus.END))


def test_compiling_waits_for_another_process_that_compiles(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @numba.njit
    def twice(number: int) -> int:
        return 2 * number

    asked, try_to_lock = threading.Semaphore(0), compiled._locked

    def counted(file: int) -> bool:
        got = try_to_lock(file)
        asked.release()
        return got

    monkeypatch.setattr(compiled, "_locked", counted)
    found: list[int] = []
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # a file that was opened apart: as good as another process
        thread = threading.Thread(target=lambda: found.append(twice(21)))
        thread.start()
        assert asked.acquire(timeout=60) and asked.acquire(timeout=60)
        assert not found
        fcntl.flock(file, fcntl.LOCK_UN)
        thread.join(60)
    assert found == [42]


def test_whoever_keeps_the_lock_is_not_waited_for_for_ever(lock: Path) -> None:
    patient = compiled._OneProcess()
    patient._patience = 0.2
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for _ in range(3):  # once out of patience it never waits again
            start_and_end(patient)
    assert patient._patience <= 0


def test_who_is_interrupted_while_waiting_holds_up_no_other_thread(lock: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_seconds: float) -> None:
        raise KeyboardInterrupt

    listener = compiled._OneProcess()
    with lock.open() as file, monkeypatch.context() as patch:
        fcntl.flock(file, fcntl.LOCK_EX)
        patch.setattr(compiled.time, "sleep", interrupted)
        with pytest.raises(KeyboardInterrupt):
            start_and_end(listener)
    thread = threading.Thread(target=start_and_end, args=(listener,), daemon=True)
    thread.start()
    thread.join(60)
    assert not thread.is_alive()


def test_what_compiles_another_function_does_not_wait_for_itself(lock: Path) -> None:
    @numba.njit
    def once(number: int) -> int:
        return number

    @numba.njit
    def both(number: int) -> int:
        return once(number) + once(number)

    assert both(21) == 42
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # it is given back
