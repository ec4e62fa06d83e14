"""All that a query asks of a table, before it is written as SQL: whoever has the table can answer from this too."""

from collections.abc import Iterator
from dataclasses import dataclass

from seuil.odsql.limits import Page
from seuil.odsql.meaning import Condition, Output, Present, SortKey
from seuil.odsql.partial import HiddenPart


@dataclass(frozen=True)
class Plan:
    """relation: the table or view, with bounds where they are asked for. conditions: that all have to hold.

    A row of the result has the outputs; behind them, for each of `hidden`, its status, and of an aggregate how many
    rows are hidden, and its limits; then the lists of `present`; then the position in the file, if `position` says so.
    """

    relation: str
    outputs: tuple[Output, ...]
    conditions: tuple[Condition, ...]
    page: Page
    groups: tuple[Output, ...] = ()
    order: tuple[SortKey, ...] = ()
    hidden: tuple[HiddenPart, ...] = ()
    present: tuple[Present, ...] = ()
    position: bool = False

    def places(self) -> Iterator[tuple[HiddenPart, int]]:
        """Where in a row the first of the columns of each hidden part stands."""
        place = len(self.outputs)
        for part in self.hidden:
            yield part, place
            place += part.width

    @property
    def first_present(self) -> int:
        """Where in a row the lists of different values begin."""
        return len(self.outputs) + sum(part.width for part in self.hidden)

    def is_single(self, place: int) -> bool:
        """Whether the list that stands there in a row has one value, whatever the table holds."""
        return self.present[place - self.first_present].single
