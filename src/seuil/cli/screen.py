"""Progress on a terminal: what is being done, how far, how long still. Where stderr is none, a line now and then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

from seuil.workflow.progress import Event, Tell

SECONDS = 10.0  # between two lines that tell of work that goes on


@contextmanager
def watching(*, lines: bool = False, only: Callable[[Event], bool] = lambda _: True) -> Iterator[Tell]:
    """A `tell` that draws one bar a subject on stderr.

    lines: where there is no terminal, print a line for every finished step too. only: finished steps that are told of.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield now_and_then(lambda line: console.print(line, highlight=False, markup=False), steps=lines, only=only)
        return
    from rich.progress import (
        BarColumn,
        Progress,
        SpinnerColumn,
        TaskID,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(24),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(event: Event) -> None:
            if event.state != "running":
                if only(event):
                    bars.console.print(_finished(event), highlight=False, markup=False)
                if event.subject in tasks:
                    bars.remove_task(tasks.pop(event.subject))
                return
            if event.subject not in tasks:
                tasks[event.subject] = bars.add_task(event.subject, total=None)
            text = f"{event.subject}: {event.text}"
            bars.update(tasks[event.subject], description=text, completed=event.done, total=event.total or None)

        yield tell


def now_and_then(
    write: Callable[[str], None],
    *,
    steps: bool,
    only: Callable[[Event], bool] = lambda _: True,
    clock: Callable[[], float] = monotonic,
) -> Tell:
    """A `tell` that writes lines: of work that goes on one every ten seconds at most, none of what is quickly done.

    steps: whether a line tells of finished steps. only: of which of them.
    """
    last = clock()

    def tell(event: Event) -> None:
        nonlocal last
        if event.state != "running":
            if steps and only(event):
                write(_finished(event))
        elif clock() - last >= SECONDS:
            last = clock()
            write(f"… {event.subject}: {event.text}" + (f", {event.done:,} of {event.total:,}" if event.total else ""))

    return tell


def _finished(event: Event) -> str:
    mark = "·" if event.state == "reused" else "✓"
    return f"{mark} {event.subject}: {event.text}{' (reused)' if event.state == 'reused' else ''}"
