"""Progress on a terminal: what is being done, how far, how long still. Silent where stderr is no terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from seuil.workflow.progress import Event, Tell, silent


@contextmanager
def watching(*, lines: bool = False) -> Iterator[Tell]:
    """A `tell` that draws one bar a subject on stderr.

    lines: where there is no terminal, print a line for every finished step instead of nothing.
    """
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield (lambda event: _line(console.print, event)) if lines else silent
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
                _line(bars.console.print, event)
                if event.subject in tasks:
                    bars.remove_task(tasks.pop(event.subject))
                return
            if event.subject not in tasks:
                tasks[event.subject] = bars.add_task(event.subject, total=None)
            text = f"{event.subject}: {event.text}"
            bars.update(tasks[event.subject], description=text, completed=event.done, total=event.total or None)

        yield tell


def _line(write: "object", event: Event) -> None:
    if event.state != "running" and callable(write):
        mark = "·" if event.state == "reused" else "✓"
        write(f"{mark} {event.subject}: {event.text}{' (reused)' if event.state == 'reused' else ''}", highlight=False)
