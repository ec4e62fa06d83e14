"""The rows that a page of a subject needs, each question asked once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from seuil.catalogue.entry import Dimension, Entry
from seuil.portal.pages.numbers import Row
from seuil.portal.pages.source import DataSource, Equal
from seuil.portal.pages.subjects.choice import Choice

_FETCH = 5000
"""More rows than a page ever needs at once: all ages of all places."""


class Reader(NamedTuple):
    """Reads a release for one page."""

    source: DataSource

    def all(self, entry: Entry, equal: Mapping[str, Equal]) -> Iterator[Row]:
        """Every row with these values."""
        measures = (name for m in entry.measures for name in (m.name, m.status_column))
        columns = (entry.period, *(d.column for d in entry.dimensions), *measures)
        offset = 0
        while True:
            page = self.source.rows(entry.id, equal=equal, columns=columns, limit=_FETCH, offset=offset)
            yield from page.rows
            offset += len(page.rows)
            if not page.rows or offset >= page.total:
                return

    def periods(self, choice: Choice) -> dict[int, Row]:
        """The cell of a view in every period that has a row of it."""
        entry = choice.subject.entry
        return {int(str(row[entry.period])): row for row in self.all(entry, choice.equal())}

    def nodes(self, choice: Choice, dimension: Dimension) -> dict[str, Row]:
        """The cell of a view at every node of a dimension, in the period of the view."""
        entry = choice.subject.entry
        equal = choice.equal(dimension) | {entry.period: choice.period}
        return {str(row[dimension.column]): row for row in self.all(entry, equal)}

    def pairs(self, choice: Choice, one: Dimension, other: Dimension) -> dict[tuple[str, str], Row]:
        """The same over the nodes of two dimensions."""
        entry = choice.subject.entry
        equal = choice.equal(one, other) | {entry.period: choice.period}
        return {(str(row[one.column]), str(row[other.column])): row for row in self.all(entry, equal)}

    def at_each(
        self, choice: Choice, one: Dimension, codes: Sequence[str], other: Dimension
    ) -> dict[str, dict[str, Row]]:
        """The cell of a view at every node of `other`, for each of some nodes of `one`, in one question."""
        entry = choice.subject.entry
        equal: dict[str, Equal] = dict(choice.equal(one, other))
        equal |= {entry.period: choice.period, one.column: tuple(codes)}
        found: dict[str, dict[str, Row]] = {code: {} for code in codes}
        for row in self.all(entry, equal):
            found[str(row[one.column])][str(row[other.column])] = row
        return found
