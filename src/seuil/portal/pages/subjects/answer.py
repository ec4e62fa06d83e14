"""The answer: the figures of a view, and what they prove beside the whole country and the first year."""

from collections.abc import Mapping
from dataclasses import dataclass

from seuil.catalogue.entry import Measure
from seuil.portal.charts.points import Status
from seuil.portal.drawings.line import Line, Mark
from seuil.portal.pages.breaks import broken, comparable
from seuil.portal.pages.figure_address import figure_address
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import Row, meant
from seuil.portal.pages.subjects.choice import Choice
from seuil.portal.pages.subjects.claims import beside, compare, since
from seuil.portal.pages.subjects.phrasing import in_place
from seuil.portal.pages.subjects.ranges import Reading, read

Rows = Mapping[int, Row]
"""A cell's row in every period that has one."""


@dataclass(frozen=True)
class Told:
    """A figure with what is said of it.

    meant: what a rounded count may have been, lowest and highest. change: since the first year that has the figure and
    that no break of the series parts from this one.
    address: of the figure's own page; empty where the table has no such row.
    """

    label: str
    unit: str
    reading: Reading
    meant: tuple[int, int] | None
    sentences: tuple[str, ...] = ()
    change: str = ""
    address: str = ""

    @property
    def hidden(self) -> bool:
        """Whether the figure is kept secret."""
        return self.reading.status is Status.HIDDEN


def told(choice: Choice, measure: Measure, own: Rows, whole: Rows, locale: Locale) -> Told:
    """A measure of a view: its figure, beside the whole country's, and since the first year that has one.

    own, whole: the cell and the whole country's in every period. Counts aren't compared with the whole country's.
    """
    entry = choice.subject.entry
    reading = read(entry, own.get(choice.period), measure, locale)
    sentences = []
    other = read(entry, whole.get(choice.period), measure, locale)
    country = choice.subject.whole
    comparable = measure.kind not in ("count", "sum", "total") and country is not None and country != choice.place
    if comparable and country is not None and reading.range is not None and other.range is not None:
        named = f"{in_place(country, locale)} ({other.text}{unit_after(measure, locale)})"
        sentences.append(beside(compare(reading.range, other.range), named, locale))
    return Told(
        locale.text(measure.label),
        locale.text(measure.unit_label),
        reading,
        _meant(choice, measure, reading),
        tuple(sentences),
        _change(choice, measure, own, reading, locale),
        figure_address(entry, own[choice.period], measure, locale) if choice.period in own else "",
    )


def unit_after(measure: Measure, locale: Locale) -> str:
    """The unit with the space before it: `\u00a0%`."""
    unit = locale.text(measure.unit_label)
    return f"\u00a0{unit}" if unit else ""


def line_of(choice: Choice, measure: Measure, rows: Rows, name: str, locale: Locale, *, grey: bool = False) -> Line:
    """The measure of a cell over all periods, as a line of a trend."""
    entry, marks = choice.subject.entry, []
    for period in entry.periods:
        reading = read(entry, rows.get(period), measure, locale)
        found = reading.range
        text = f"{name}, {period} : {reading.text}{unit_after(measure, locale) if reading.shown else ''}"
        low = None if found is None else float(found.low)
        high = None if found is None or found.high is None else float(found.high)
        marks.append(Mark(reading.value, reading.status, text, low, high))
    return Line(name, tuple(marks), grey, broken(choice.breaks, entry.periods))


def _change(choice: Choice, measure: Measure, own: Rows, reading: Reading, locale: Locale) -> str:
    entry = choice.subject.entry
    if reading.range is None:
        return ""
    for period in comparable(choice.breaks, entry.periods, choice.period):
        if period == choice.period:
            return ""
        before = read(entry, own.get(period), measure, locale)
        if before.range is not None:
            return since(compare(reading.range, before.range), str(period), locale)
    return ""


def _meant(choice: Choice, measure: Measure, reading: Reading) -> tuple[int, int] | None:
    return None if reading.value is None else meant(choice.subject.entry, measure, reading.value)
