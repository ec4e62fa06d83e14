"""How a figure spreads over the departments: a map, a ranking, dots; and over ages and sexes: a pyramid."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus

from markupsafe import Markup

from seuil.catalogue.entry import Dimension, Measure, Node
from seuil.model.hierarchy import UNKNOWN
from seuil.portal.charts.classes import bounds, class_of
from seuil.portal.charts.points import Status
from seuil.portal.drawings.departments import Area, department_map
from seuil.portal.drawings.dots import Dot, dot_strip
from seuil.portal.drawings.fills import NO_FIGURE, shade
from seuil.portal.drawings.line import Mark
from seuil.portal.drawings.pyramid import Band, pyramid
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import Row, decimals_of
from seuil.portal.pages.pictures import class_labels
from seuil.portal.pages.subjects.answer import unit_after
from seuil.portal.pages.subjects.choice import Choice, parameter
from seuil.portal.pages.subjects.ranges import Reading, read
from seuil.portal.pages.subjects.ranking import Ranking, rank
from seuil.portal.pages.view import levels_of

ANSWER = "#reponse"
_PLACE = "~place~"
"""Stands for a code in an address; no address writes these letters otherwise."""


@dataclass(frozen=True)
class Key:
    """An entry of a map's legend: the class of its fill, and what it means."""

    kind: str
    text: str


@dataclass(frozen=True)
class Departments:
    """A figure in every department: the map with its legend, its ranking, and dots.

    rows: the table beside the map. links: the address of the same view of a department, by its code.
    """

    measure: Measure
    map: Markup
    keys: tuple[Key, ...]
    ranking: Ranking
    dots: Markup
    rows: tuple[tuple[Node, Reading], ...]
    links: Mapping[str, str]


def departments(
    choice: Choice, measure: Measure, readings: Mapping[str, Reading], page: str, locale: Locale
) -> Departments | None:
    """The departments of a view; None where it has none. readings: by code of place. page: where a press leads."""
    places = choice.subject.departments
    if not places:
        return None
    outside = read(choice.subject.entry, None, measure, locale)
    found = tuple((node, readings.get(node.code, outside)) for node in places)
    values = [r.value for _, r in found if r.value is not None]
    lower = bounds(values, max((decimals_of(value, measure) for value in values), default=0))
    unit, name = unit_after(measure, locale), parameter(choice.subject.territory)
    # One address is written, and the code put in its place: a query takes long to write, and there are a hundred.
    pattern = f"{page}?{choice.query(**{name: _PLACE})}{ANSWER}"
    links = {node.code: pattern.replace(_PLACE, quote_plus(node.code)) for node, _ in found}
    areas = {
        node.code: Area(
            NO_FIGURE.get(reading.status, "") if reading.value is None else _class(reading.value, lower),
            f"{locale.text(node.label)} : {reading.text}{unit if reading.shown else ''}",
            links[node.code],
        )
        for node, reading in found
    }
    chosen = _below(choice.subject.territory, choice.place)
    label = "" if choice.place.code == choice.subject.territory.total else locale.text(choice.place.label)
    labels = class_labels(lower, measure.decimals, locale) if values else ()
    keys = [Key(shade(k, len(labels)), text) for k, text in enumerate(labels)]
    used = {reading.status for _, reading in found if not reading.shown}
    said = {
        Status.HIDDEN: locale.gettext("not significant (NS)"),
        Status.MISSING: locale.gettext("not available"),
        Status.EMPTY: locale.gettext("nobody, by definition"),
        Status.OUTSIDE: locale.gettext("outside this dataset"),
    }
    keys += [Key(NO_FIGURE[status], text) for status, text in said.items() if status in used]
    whole = choice.subject.whole
    reading = None if whole is None else readings.get(whole.code)
    return Departments(
        measure,
        department_map(areas, chosen if label else (), label),
        tuple(keys),
        rank(found),
        _dots(choice, found, reading, measure, locale),
        found,
        links,
    )


def readings_of(choice: Choice, measure: Measure, rows: Mapping[str, Row], locale: Locale) -> dict[str, Reading]:
    """A measure of every row, by the codes that the rows have."""
    return {code: read(choice.subject.entry, row, measure, locale) for code, row in rows.items()}


def ages(choice: Choice, measure: Measure, rows: Mapping[tuple[str, str], Row], locale: Locale) -> Markup | None:
    """The pyramid of a view; None where the dataset has no ages. rows: by codes of age and sex."""
    subject = choice.subject
    age, sex = subject.find("age"), subject.find("sex")
    if age is None or not age.facet:
        return None
    finest = levels_of(age)[-1]
    bands = [n for n in age.nodes if n.level == finest]
    if sex is None:
        return None
    sides = [n for n in sex.nodes if n.code != sex.total and n.level != UNKNOWN]
    if len(bands) < 2 or len(sides) != 2:
        return None
    drawn = [
        Band(
            _short_age(locale.text(band.label)),
            tuple(_mark(choice, measure, rows.get((band.code, side.code)), band, side, locale) for side in sides),
            chosen=band == choice.node(age),
        )
        for band in bands
    ]
    heads = [locale.text(side.label)[:1].upper() + locale.text(side.label)[1:] for side in sides]
    return pyramid(drawn, heads, locale.gettext("%(measure)s by age and sex", measure=locale.text(measure.label)))


def _mark(choice: Choice, measure: Measure, row: Row | None, band: Node, side: Node, locale: Locale) -> Mark:
    reading = read(choice.subject.entry, row, measure, locale)
    text = f"{locale.text(side.label)}, {locale.text(band.label)} : {reading.text}"
    return Mark(reading.value, reading.status, text)


def _dots(
    choice: Choice, found: tuple[tuple[Node, Reading], ...], whole: Reading | None, measure: Measure, locale: Locale
) -> Markup:
    unit = unit_after(measure, locale)
    dots = [
        Dot(locale.text(node.label), reading.value, reading.text + unit, node == choice.place)
        for node, reading in found
        if reading.value is not None
    ]
    country = choice.subject.whole
    line = None
    if country is not None and whole is not None and whole.value is not None:
        line = Dot(locale.text(country.label), whole.value, whole.text + unit)
    title = locale.gettext("%(measure)s of the departments", measure=locale.text(measure.label))
    return dot_strip(dots, line, title, locale.compact)


def _class(value: float, lower: tuple[float, ...]) -> str:
    return shade(class_of(value, lower), len(lower) + 1)


def _below(territory: Dimension, node: Node) -> tuple[str, ...]:
    """The codes of a place and of all that lie in it."""
    found = {node.code}
    for one in territory.nodes:
        if one.parent in found:
            found.add(one.code)
    return tuple(found)


def _short_age(label: str) -> str:
    numbers = re.findall(r"\d+", label)
    return f"{numbers[0]}–{numbers[1]}" if len(numbers) == 2 else f"{numbers[0]}+" if numbers else label
