"""Jobs in processes: the same results, errors in plain words, nobody left behind."""

import multiprocessing
import os
import signal
import threading
import time
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from tests.helpers.process_groups import until

from seuil.model.errors import DataError, DefinitionError, SeuilError
from seuil.workflow.pool import Job, run
from seuil.workflow.progress import Event, Tell, silent


def square(number: int, tell: Tell) -> tuple[int, int]:
    tell(Event(str(number), "squaring", "done"))
    return number * number, os.getpid()


def fail(kind: str, tell: Tell) -> int:
    tell(Event("fail", "failing"))
    if kind == "data":
        raise DataError("plain words")
    raise DefinitionError("file.yaml", 3, "field", "found", "expected")


def sleep_long(path: Path, _: Tell) -> int:
    path.touch()
    time.sleep(120)
    return 0


class EndsSlowly:
    """What is raised while it is deleted is dropped by Python."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __del__(self) -> None:
        self.path.write_text(str(os.getpid()))
        time.sleep(0.5)


def delete_then_sleep(path: Path, _: Tell) -> int:
    EndsSlowly(path)
    time.sleep(120)
    return 0


@pytest.mark.parametrize("workers", [1, 2])
def test_results_and_news_do_not_depend_on_the_number_of_workers(workers: int) -> None:
    news: list[Event] = []
    found = run({str(k): Job(square, (k,)) for k in range(4)}, workers=workers, tell=news.append)
    assert {key: value for key, (value, _) in found.items()} == {"0": 0, "1": 1, "2": 4, "3": 9}
    assert (os.getpid() in {pid for _, pid in found.values()}) == (workers == 1)
    assert {event.subject for event in news} == {"0", "1", "2", "3"}


def test_no_jobs_no_results() -> None:
    assert run({}, workers=2, tell=silent) == {}


def test_errors_for_people_cross_as_they_are() -> None:
    with pytest.raises(DataError, match=r"^plain words$"):
        run({"a": Job(fail, ("data",)), "b": Job(fail, ("data",))}, workers=2, tell=silent)
    with pytest.raises(SeuilError, match=r"file\.yaml:3: field: found found; expected"):
        run({"a": Job(fail, ("definition",)), "b": Job(fail, ("definition",))}, workers=2, tell=silent)


def test_interrupted_caller_leaves_no_process_behind(tmp_path: Path) -> None:
    def interrupt(event: Event) -> None:
        raise KeyboardInterrupt(event.subject)

    before = set(multiprocessing.active_children())
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run({"a": Job(square, (1,)), "b": Job(sleep_long, (tmp_path / "b",))}, workers=2, tell=interrupt)
    assert time.monotonic() - started < 60
    assert set(multiprocessing.active_children()) <= before


def test_an_exit_that_python_drops_is_made_good(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    jobs = {str(k): Job(delete_then_sleep, (tmp_path / str(k),)) for k in range(2)}

    def end_both() -> None:
        assert until(lambda: all((tmp_path / str(k)).exists() and (tmp_path / str(k)).read_text() for k in range(2)))
        for k in range(2):
            os.kill(int((tmp_path / str(k)).read_text()), signal.SIGTERM)

    ending = threading.Thread(target=end_both)
    ending.start()
    started = time.monotonic()
    with pytest.raises(BrokenProcessPool):
        run(jobs, workers=2, tell=silent)
    assert time.monotonic() - started < 60
    ending.join()
    assert "Traceback" not in capfd.readouterr().err
