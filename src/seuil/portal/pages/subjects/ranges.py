"""What a figure can truly be, given what is published: its rounding undone, a quotient's parts apart.

Every sentence of the pages rests on these ranges: it may say only what holds for each value in them.
"""

from dataclasses import dataclass
from fractions import Fraction

from seuil.catalogue.entry import Entry, Measure
from seuil.portal.charts.points import Status
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import Row, figure, figure_text, impossible, meant


@dataclass(frozen=True)
class Range:
    """Lowest and highest value, both included; `high` is None where there is no highest."""

    low: Fraction
    high: Fraction | None

    def __post_init__(self) -> None:
        if self.low < 0 or (self.high is not None and self.high < self.low):
            raise ValueError(f"not a range of figures: {self.low} to {self.high}")

    @property
    def exact(self) -> bool:
        """Whether there is one value only."""
        return self.low == self.high

    def above(self, other: "Range") -> bool:
        """Whether every value here is higher than every value there."""
        return other.high is not None and self.low > other.high


@dataclass(frozen=True)
class Reading:
    """A measure in a row. text: as people read it. range: what it can truly be; None where nothing is shown.

    proved: whether the rule of its rounding is known; else the range is the published figure alone.
    """

    measure: Measure
    value: float | None
    status: Status
    text: str
    range: Range | None
    proved: bool

    @property
    def shown(self) -> bool:
        """Whether there is a figure."""
        return self.value is not None


def read(entry: Entry, row: Row | None, measure: Measure, locale: Locale) -> Reading:
    """A measure of a row, or of no row: then it is outside the table."""
    value, status = (None, Status.OUTSIDE) if row is None else figure(row, measure)
    if row is None or value is None:
        return Reading(measure, None, status, status_text(status, locale), None, entry.guarantee.proved)
    if impossible(entry, row, measure):
        text = status_text(Status.EMPTY, locale)
        return Reading(measure, None, Status.EMPTY, text, None, entry.guarantee.proved)
    found = _range(entry, row, measure, value)
    return Reading(measure, value, status, figure_text(row, measure, locale), found, entry.guarantee.proved)


def status_text(status: Status, locale: Locale) -> str:
    """What stands where there is no figure."""
    said = {
        Status.HIDDEN: locale.gettext("not significant"),
        Status.MISSING: locale.gettext("not available"),
        Status.OUTSIDE: locale.gettext("outside this dataset"),
        Status.EMPTY: locale.gettext("nobody, by definition"),
    }
    return said.get(status, "")


def _range(entry: Entry, row: Row, measure: Measure, value: float) -> Range:
    published = Range(Fraction(str(value)), Fraction(str(value)))
    if not entry.guarantee.proved or value < 0:
        return published
    names = {one.name: one for one in entry.measures}
    if measure.kind in ("mean", "ratio") and {measure.of, measure.by} <= names.keys():
        above, below = (part(entry, row, names[name]) for name in (measure.of, measure.by))
        if above is not None and below is not None:
            return _quotient(above, below, measure.times)
    if measure.kind in ("mean", "ratio"):
        return _unrounded(published, measure)
    return part(entry, row, measure) or published


def _unrounded(published: Range, measure: Measure) -> Range:
    """What a quotient was before it was rounded, where its parts aren't told: half of its last digit on either side."""
    value, digits = published.low, measure.decimals
    while value * 10**digits % 1:
        digits += 1
    half = Fraction(1, 2 * 10**digits)
    return Range(max(value - half, Fraction(0)), value + half)


def part(entry: Entry, row: Row, measure: Measure) -> Range | None:
    """What a shown count or sum can truly be; None where it isn't shown."""
    value, _ = figure(row, measure)
    if value is None:
        return None
    low, high = meant(entry, measure, value) or (value, value)
    return Range(Fraction(str(low)), Fraction(str(high)))


def _quotient(above: Range, below: Range, times: int) -> Range:
    high = None if above.high is None or below.low == 0 else times * above.high / below.low
    low = Fraction(0) if not below.high else times * above.low / below.high
    return Range(low, high)
