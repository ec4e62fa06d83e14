"""The page of a territory: what is counted there, beside its region, its neighbours and the country."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from markupsafe import Markup

from seuil.catalogue.entry import Catalogue, Dimension, Entry, Measure, Node
from seuil.model.definition import Role
from seuil.model.hierarchy import UNKNOWN
from seuil.portal.charts.outlines import names, neighbours
from seuil.portal.drawings.departments import Area, department_map
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import Row
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.subjects.addresses import CONDITIONS, PLACES, PROFESSIONS, page_of
from seuil.portal.pages.subjects.choice import Choice, read_choice
from seuil.portal.pages.subjects.claims import by_how_much, compare
from seuil.portal.pages.subjects.ranges import Reading, read
from seuil.portal.pages.subjects.reading import Reader
from seuil.portal.pages.subjects.subject import Subject, subjects
from seuil.portal.pages.view import node_of

_BESIDE = 3
_STANDING_OUT = 3
_LEAST = Fraction(1, 100)
"""A rate stands out from the country's if it differs by this share of it at least."""

_PAGES: tuple[tuple[Role, str], ...] = (("condition", CONDITIONS), ("profession", PROFESSIONS))


@dataclass(frozen=True)
class Line:
    """A condition or profession in the place.

    region, country: its rate there. said: how the place lies to the country.
    """

    node: Node
    count: Reading | None
    rate: Reading | None
    region: Reading | None
    country: Reading | None
    said: str
    address: str


@dataclass(frozen=True)
class Section:
    """The lines of a subject. above, below: where the rate is surely higher or lower than the country's, most first."""

    role: Role
    entry: Entry
    period: int
    count: Measure | None
    rate: Measure | None
    lines: tuple[Line, ...]
    above: tuple[Line, ...]
    below: tuple[Line, ...]
    address: str


@dataclass(frozen=True)
class Near:
    """Rates of a few conditions in the place and around it. rows: each with its page's address."""

    measure: Measure
    period: int
    nodes: tuple[Node, ...]
    rows: tuple[tuple[Node, str, tuple[Reading, ...]], ...]


@dataclass(frozen=True)
class PlacePage:
    """The page of a territory. inside: the places in it; around: those that it borders on."""

    node: Node
    country: bool
    region: Node | None
    map: Markup
    sections: tuple[Section, ...]
    near: Near | None
    inside: tuple[Node, ...]
    around: tuple[Node, ...]


def territory_of(catalogue: Catalogue) -> Dimension | None:
    """The dimension of places that pages of territories are made from: the first subject's."""
    found = (subject for role, _ in _PAGES for subject in subjects(catalogue, role))
    return next((subject.territory for subject in found), None)


def read_place(source: DataSource, territory: Dimension, node: Node, locale: Locale) -> PlacePage:
    """The page of a place. territory: as `territory_of` gives it."""
    reader, sections = Reader(source), []
    region = node_of(territory, node.parent) if node.parent not in ("", territory.total) else None
    for role, page in _PAGES:
        every = subjects(source.catalogue, role)
        subject = next(iter(every), None)
        place = None if subject is None else node_of(subject.territory, node.code)
        if subject is not None and place is not None:
            choice = _at(read_choice(every, {}), place)
            sections.append(_section(reader, choice, region, role, locale.path(page), locale))
    inside = tuple(n for n in territory.nodes if n.parent == node.code and n.level != UNKNOWN)
    codes = [code for code in neighbours().get(node.code, ()) if node_of(territory, code)]
    around = tuple(n for n in territory.nodes if n.code in codes)
    beside = tuple(dict.fromkeys((node, *around, *inside, *([region] if region else []))))
    return PlacePage(
        node,
        node.code == territory.total,
        region,
        locator(territory, node, locale),
        tuple(sections),
        _near(reader, source.catalogue, beside, locale),
        inside,
        around,
    )


def locator(territory: Dimension, node: Node, locale: Locale) -> Markup:
    """The map that shows where a place is, and leads to the pages of others."""
    places = {n.code: n for n in territory.nodes if n.code in names()}
    areas = {
        code: Area("land", locale.text(place.label), page_of(PLACES, place, locale)) for code, place in places.items()
    }
    inside = {node.code} | {n.code for n in territory.nodes if n.parent == node.code}
    whole = node.code == territory.total
    return department_map(areas, () if whole else inside, "" if whole else locale.text(node.label))


def _at(choice: Choice, place: Node) -> Choice:
    return choice.at(choice.subject.territory, place)


def _section(reader: Reader, choice: Choice, region: Node | None, role: Role, page: str, locale: Locale) -> Section:
    subject, entry = choice.subject, choice.subject.entry
    country, count, rate = subject.whole, subject.count, subject.rate
    around = node_of(subject.territory, region.code) if region else None
    places = [choice.place, *(node for node in (around, country) if node is not None)]
    found = reader.at_each(choice, subject.territory, [node.code for node in places], subject.main)
    own = found[choice.place.code]
    there = {} if around is None else found[around.code]
    whole = {} if country is None or country == choice.place else found[country.code]
    lines = []
    for node in _first_lines(subject):
        reads = [_read(entry, rows, node, rate, locale) for rows in (own, there, whole)]
        mine, theirs = reads[0], reads[2]
        said = ""
        if mine is not None and theirs is not None and mine.range is not None and theirs.range is not None:
            said = by_how_much(compare(mine.range, theirs.range), locale)
        lines.append(
            Line(
                node,
                _read(entry, own, node, count, locale),
                mine,
                reads[1] if there else None,
                theirs if whole else None,
                said,
                f"{page}?{choice.at(subject.main, node).query()}#reponse",
            )
        )
    above, below = _standing_out(lines)
    address = f"{page}?{choice.query()}#reponse"
    return Section(role, entry, choice.period, count, rate, tuple(lines), above, below, address)


def _read(entry: Entry, rows: Mapping[str, Row], node: Node, measure: Measure | None, locale: Locale) -> Reading | None:
    return None if measure is None else read(entry, rows.get(node.code), measure, locale)


def _first_lines(subject: Subject) -> tuple[Node, ...]:
    """What is right below everything together; or all there is."""
    main = subject.main
    return tuple(n for n in main.nodes if n.parent == main.total and n.level != UNKNOWN) or main.nodes


def _standing_out(lines: Sequence[Line]) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The lines whose rate lies furthest above and below the country's, as far as that is sure."""
    above, below = [], []
    for line in lines:
        if line.rate is None or line.country is None or line.rate.range is None or line.country.range is None:
            continue
        claim = compare(line.rate.range, line.country.range)
        if claim.relation == "more" and claim.least >= 1 + _LEAST:
            above.append((-claim.least, line))
        elif claim.relation == "less" and claim.most is not None and claim.most <= 1 - _LEAST:
            below.append((claim.most, line))
    above.sort(key=lambda one: one[0])
    below.sort(key=lambda one: one[0])
    return tuple(line for _, line in above[:_STANDING_OUT]), tuple(line for _, line in below[:_STANDING_OUT])


def _near(reader: Reader, catalogue: Catalogue, places: Sequence[Node], locale: Locale) -> Near | None:
    """The first conditions in the place, its neighbours and the country."""
    every = subjects(catalogue, "condition")
    subject = next((s for s in every if s.rate is not None), None)
    if subject is None or subject.rate is None:
        return None
    choice = replace(read_choice(every, {}), subject=subject)
    nodes = _first_lines(subject)[:_BESIDE]
    tables = list(reader.at_each(choice, subject.main, [node.code for node in nodes], subject.territory).values())
    shown = [*places, *([subject.whole] if subject.whole and subject.whole not in places else [])]
    rows = tuple(
        (
            place,
            page_of(PLACES, place, locale),
            tuple(read(subject.entry, table.get(place.code), subject.rate, locale) for table in tables),
        )
        for place in shown
    )
    return Near(subject.rate, choice.period, nodes, rows)
