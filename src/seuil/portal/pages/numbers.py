"""Figures as people read them: what is not zero never reads as zero, and a rounded count says what it may be."""

from collections.abc import Mapping

from seuil.catalogue.entry import Entry, Measure
from seuil.model.formulas import MOST_DECIMALS, interval, round_half_up
from seuil.portal.charts.points import Status
from seuil.portal.pages.locale import Locale

HIDDEN = "NS"
MISSING = "ND"
Row = Mapping[str, object]


def figure(row: Row, measure: Measure) -> tuple[float | None, Status]:
    """A measure's figure in a row and, where there is none, why."""
    status = row.get(measure.status_column)
    if status == HIDDEN:
        return None, Status.HIDDEN
    if status == MISSING:
        return None, Status.MISSING
    value = row.get(measure.name)
    return (float(value), Status.SHOWN) if isinstance(value, (int, float)) else (None, Status.EMPTY)


def figure_text(row: Row, measure: Measure, locale: Locale) -> str:
    """A shown figure, with as many decimals as it takes; `< 0,1` where a released 0,0 isn't nothing."""
    value = row[measure.name]
    if not isinstance(value, (int, float)):
        raise ValueError(f"{measure.name} is not shown in this row")
    decimals = decimals_of(value, measure)
    above = row.get(measure.of)
    rounded_away = value == 0 and isinstance(above, (int, float)) and above > 0
    if rounded_away or (value > 0 and round(value, decimals) == 0):
        return locale.gettext("< %(least)s", least=locale.number(10**-decimals, decimals))
    return locale.number(value, decimals)


def decimals_of(value: float, measure: Measure) -> int:
    """How many decimals are shown: those of the measure, and of a rate that keeps significant digits what it has."""
    return _decimals(value, measure.decimals, measure.kind == "ratio")


def two_digits(value: float, least: int) -> int:
    """`least` decimals, or so many more that a value has two significant digits, if it has."""
    return _decimals(value, least, False)


def _decimals(value: float, least: int, every: bool) -> int:
    """every: all digits that the value has, not only the first two."""
    decimals = least
    while decimals < MOST_DECIMALS and round(value, decimals) != value and (every or abs(value) * 10**decimals < 10):
        decimals += 1
    return decimals


def meant(entry: Entry, measure: Measure, value: float) -> tuple[int, int] | None:
    """What a shown count may have been before it was rounded: lowest and highest. None where it is told as it is."""
    guarantee = entry.guarantee
    if measure.kind != "count" or not guarantee.proved or guarantee.rounding in (None, 1) or value == 0:
        return None
    low, high = interval(round(value), guarantee.rounding)
    return max(low, guarantee.threshold), high


def impossible(entry: Entry, row: Row, measure: Measure) -> bool:
    """Whether a shown zero stands for what the definition declares empty: where zeros are hidden, it is no other."""
    if not entry.guarantee.proved or entry.guarantee.zeros != "hidden":
        return False
    names = {one.name: one for one in entry.measures}
    counted = names.get(measure.of, measure)
    return counted.kind == "count" and row.get(counted.name) == 0


def rounding_example(entry: Entry) -> tuple[int, int, int] | None:
    """The least count that the dataset shows, and what it may have been: 10, 11, 14. None where counts are exact."""
    count = next((m for m in entry.measures if m.kind == "count"), None)
    least = round_half_up(entry.guarantee.threshold, entry.guarantee.rounding)
    range_of = meant(entry, count, least) if count else None
    return None if range_of is None else (least, *range_of)
