"""Where stderr is no terminal, long work is told of by a line now and then."""

from seuil.cli.screen import SECONDS, now_and_then
from seuil.workflow.progress import Event


def lines_of(times: list[float], *, steps: bool, state: str = "running") -> list[str]:
    """What is written of events at some times, the first one the start."""
    written: list[str] = []
    clock = iter(times)
    now = 0.0

    def tick() -> float:
        return now

    now = next(clock)
    tell = now_and_then(written.append, steps=steps, clock=tick)
    for number, time in enumerate(clock):
        now = time
        tell(Event("leaves.csv", "proved", state, number, 1_200))
    return written


def test_what_is_quickly_done_is_not_told_of():
    assert lines_of([0, 1, 2, SECONDS - 0.1], steps=False) == []


def test_long_work_is_told_of_once_in_a_while():
    found = lines_of([0, 1, SECONDS, SECONDS + 1, 2 * SECONDS - 0.1, 2 * SECONDS + 3], steps=False)
    assert found == ["… leaves.csv: proved, 1 of 1,200", "… leaves.csv: proved, 4 of 1,200"]


def test_finished_steps_are_told_of_where_that_is_asked_for():
    assert lines_of([0, 1], steps=True, state="done") == ["✓ leaves.csv: proved"]
    assert lines_of([0, 1], steps=True, state="reused") == ["· leaves.csv: proved (reused)"]
    assert lines_of([0, 1], steps=False, state="done") == []
