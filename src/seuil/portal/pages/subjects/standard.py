"""Age-standardised rates, as far as published figures tell them: a range, since some ages are hidden and all rounded.

The rate that a place would have with the ages of the European standard population of 2013 (Eurostat, Revision of the
European Standard Population, 2013; Pace et al.): the mean of the rates of its age bands, weighted by that population.
A hidden band's count is anything from nobody to everybody of that age; but all bands together have at most the
published count of all ages (less where the age of some people isn't known), so that few are left for the hidden ones.
The most puts these where they weigh most: a linear programme with one constraint, solved by filling up the bands from
the heaviest on (fractional knapsack).
"""

import math
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from seuil.catalogue.entry import Dimension, Entry, Measure, Node
from seuil.portal.charts.points import Status
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import Row, figure
from seuil.portal.pages.subjects.ranges import Range, Reading, part
from seuil.portal.pages.subjects.subject import Subject

WEIGHTS = (5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500,
           800, 200)  # fmt: skip
"""Of 100,000 people: those of 0 to 4 years, of 5 to 9... of 90 to 94, and of 95 and over."""

_SIGNIFICANT = 3
"""Digits that a range is told with: more would promise what rounded figures don't hold."""

_WIDEST = Fraction(1, 10)
"""A range wider than this share of its middle tells too little."""


def standard_bands(subject: Subject) -> tuple[Node, ...]:
    """The age bands in the order of the weights; none where the dataset has other ones, or no rate of people."""
    age, rate = subject.find("age"), subject.rate
    names = {m.name for m in subject.entry.measures}
    if age is None or not age.facet or rate is None or rate.kind != "ratio" or not {rate.of, rate.by} <= names:
        return ()
    found = {_first_year(node): node for node in age.nodes if node.code != age.total}
    wanted = [5 * k for k in range(len(WEIGHTS))]
    return tuple(found[year] for year in wanted) if set(found) == set(wanted) else ()


def standardised(subject: Subject, bands: Sequence[Node], rows: Mapping[str, Row], locale: Locale) -> Reading | None:
    """The rate of a place; None where it has no row. rows: by code of age, the total of all ages among them."""
    entry, rate, age = subject.entry, subject.rate, subject.find("age")
    if rate is None or age is None or age.total not in rows or not entry.guarantee.proved:
        return None
    found = _range(entry, rate, age, bands, rows)
    if found is None or found.high is None or (found.high - found.low) > _WIDEST * (found.high + found.low) / 2:
        return Reading(
            rate, None, Status.MISSING, locale.gettext("cannot be computed: too many ages are NS"), None, True
        )
    middle = (found.high + found.low) / 2
    digits = _digits(middle)
    low, high = _rounded(found.low, digits, up=False), _rounded(found.high, digits, up=True)
    text = locale.gettext("%(low)s to %(high)s", low=locale.number(low, digits), high=locale.number(high, digits))
    return Reading(rate, float(middle), Status.SHOWN, text, found, True)


def _range(entry: Entry, rate: Measure, age: Dimension, bands: Sequence[Node], rows: Mapping[str, Row]) -> Range | None:
    names = {m.name: m for m in entry.measures}
    count, people = names[rate.of], names[rate.by]
    whole = part(entry, rows[age.total], count)
    low = high = Fraction(0)
    hidden: list[tuple[Fraction, Fraction]] = []  # most weight of one person, most people
    shown = Fraction(0)  # the fewest people of the bands that are shown
    for weight, band in zip(WEIGHTS, bands, strict=True):
        row = rows.get(band.code)
        population = None if row is None else part(entry, row, people)
        if row is None or population is None or population.high is None or population.low == 0:
            return None
        lightest, heaviest = weight / population.high, weight / population.low
        own = part(entry, row, count)
        if own is not None and own.high is not None:
            low, high = low + own.low * lightest, high + own.high * heaviest
            shown += own.low
        elif figure(row, count)[1] is Status.HIDDEN:
            hidden.append((heaviest, population.high))
        else:
            return None
    if hidden:
        if whole is None or whole.high is None:
            return None
        high += _filled(max(whole.high - shown, Fraction(0)), sorted(hidden, reverse=True))
    return Range(low * rate.times / sum(WEIGHTS), high * rate.times / sum(WEIGHTS))


def _filled(people: Fraction, places: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """The weight of so many people who take the places in their order. places: weight and number of each."""
    total = Fraction(0)
    for weight, most in places:
        taken = min(people, most)
        total, people = total + taken * weight, people - taken
    return total


def _digits(middle: Fraction) -> int:
    """Decimals with which the middle of a range has so many significant digits."""
    digits = 0
    while 0 < middle * 10**digits < 10 ** (_SIGNIFICANT - 1):
        digits += 1
    return digits


def _rounded(value: Fraction, digits: int, *, up: bool) -> float:
    scaled = value * 10**digits
    return float(Fraction(math.ceil(scaled) if up else math.floor(scaled), 10**digits))


def _first_year(node: Node) -> int:
    """The first year of a five-year band, or of `95 and over`; -1 for anything else."""
    numbers = [int(number) for number in re.findall(r"\d+", node.label.fr)]
    if len(numbers) == 2 and numbers[1] == numbers[0] + 4:
        return numbers[0]
    return numbers[0] if len(numbers) == 1 and numbers[0] == 5 * (len(WEIGHTS) - 1) else -1
