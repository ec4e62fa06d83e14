"""What is going on, for whoever shows it. Nothing in it is confidential but what a caller puts in `text`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

State = Literal["running", "done", "reused"]


@dataclass(frozen=True)
class Event:
    """One piece of news.

    subject: what it is about, a dataset or one of its periods. text: what is being done. done, total: how far; a total
    of 0 is unknown.
    """

    subject: str
    text: str
    state: State = "running"
    done: int = 0
    total: int = 0


Tell = Callable[[Event], None]


def silent(_: Event) -> None:
    """Tell nobody."""


def progress_of(subject: str, tell: Tell) -> Callable[[str, int, int], None]:
    """What `disclosure` calls with its news (a text, done, total), as news of a subject."""
    return lambda text, done, total: tell(Event(subject, text, "running", done, total))
