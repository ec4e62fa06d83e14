"""Places in the order of a figure, with a rank only where it is sure.

A rank is sure if no rounding and no hidden figure can change it: every other place is surely above or surely below.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from seuil.catalogue.entry import Node
from seuil.portal.charts.points import Status
from seuil.portal.pages.subjects.ranges import Reading

ENDS = 5


@dataclass(frozen=True)
class Ranked:
    """A place and its figure. rank: from the highest down, from 1; None where it isn't sure, or isn't told."""

    node: Node
    reading: Reading
    rank: int | None


@dataclass(frozen=True)
class Ranking:
    """Places from the highest published figure down. hidden: how many places have a figure that isn't shown."""

    places: tuple[Ranked, ...]
    hidden: int

    @property
    def top(self) -> tuple[Ranked, ...]:
        """The highest figures; where there are few places, all."""
        return self.places if len(self.places) <= 2 * ENDS else self.places[:ENDS]

    @property
    def bottom(self) -> tuple[Ranked, ...]:
        """The lowest figures, from the lowest up; nothing where `top` has all."""
        return () if len(self.places) <= 2 * ENDS else self.places[-ENDS:][::-1]

    @property
    def unsure(self) -> bool:
        """Whether some rank of those that are listed is not sure."""
        return any(place.rank is None for place in (*self.top, *self.bottom))


def rank(found: Sequence[tuple[Node, Reading]]) -> Ranking:
    """Order the places whose figure is shown."""
    shown = [(node, reading) for node, reading in found if reading.value is not None]
    hidden = sum(reading.status in (Status.HIDDEN, Status.MISSING) for _, reading in found)
    ordered = sorted(shown, key=lambda place: -(place[1].value or 0.0))
    told = {*range(ENDS), *range(len(ordered) - ENDS, len(ordered))}  # each rank takes a comparison with all others
    places = tuple(
        Ranked(node, reading, _rank(reading, ordered) if k in told and not hidden else None)
        for k, (node, reading) in enumerate(ordered)
    )
    return Ranking(places, hidden)


def _rank(reading: Reading, among: Sequence[tuple[Node, Reading]]) -> int | None:
    above = 0
    for _, other in among:
        if other is reading or other.range is None or reading.range is None:
            continue
        if other.range.above(reading.range):
            above += 1
        elif not reading.range.above(other.range):
            return None
    return above + 1
