"""What a picture shows: one point a category. Empty, hidden and missing are three different things. Light to import."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """Why a point has a figure or none.

    hidden: kept secret (`NS`). missing: there is no figure (`ND`). empty: there is nothing to count. outside: the table
    has no such row, as an extract has not all of them.
    """

    SHOWN = "shown"
    HIDDEN = "hidden"
    MISSING = "missing"
    EMPTY = "empty"
    OUTSIDE = "outside"


@dataclass(frozen=True)
class Point:
    """A category with its figure; `text` is the figure as people read it, or the words that stand for it."""

    code: str
    label: str
    value: float | None
    status: Status
    text: str

    def __post_init__(self) -> None:
        if (self.value is not None) != (self.status is Status.SHOWN):
            raise ValueError(f"a point has a figure exactly when it is shown: {self.code}, {self.status}")


@dataclass(frozen=True)
class Words:
    """The words of a picture in the reader's language, and how the language writes numbers."""

    title: str
    measure: str
    hidden: str
    missing: str
    empty: str
    outside: str
    decimal: str
    thousands: str

    def of(self, status: Status) -> str:
        """Legend entry of a status that has no figure."""
        return {
            Status.HIDDEN: self.hidden,
            Status.MISSING: self.missing,
            Status.EMPTY: self.empty,
            Status.OUTSIDE: self.outside,
        }[status]


def statuses(points: Sequence[Point]) -> tuple[Status, ...]:
    """The statuses without a figure that occur, in the order of the legend."""
    found = {point.status for point in points}
    return tuple(s for s in (Status.HIDDEN, Status.MISSING, Status.EMPTY, Status.OUTSIDE) if s in found)
