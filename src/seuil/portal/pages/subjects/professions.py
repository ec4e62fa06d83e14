"""What the page of professions shows: every measure that the release has of a profession in a place."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from markupsafe import Markup

from seuil.catalogue.entry import Dimension, Entry, Measure, Node
from seuil.portal.charts.points import Status
from seuil.portal.drawings.line import line_chart
from seuil.portal.pages.breaks import notes
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.subjects.answer import Told, line_of, told
from seuil.portal.pages.subjects.choice import Choice, choosable, measure_key
from seuil.portal.pages.subjects.gaps import gaps
from seuil.portal.pages.subjects.ranges import Reading, read
from seuil.portal.pages.subjects.reading import Reader
from seuil.portal.pages.subjects.sentence import Sentence, sentence_of
from seuil.portal.pages.subjects.spread import Departments, departments, readings_of
from seuil.portal.pages.subjects.subject import Subject
from seuil.portal.pages.view import has_total, node_of, total_of

_COMPARING = ("ratio", "mean", "given")
"""Kinds of measures that compare places of different size."""


@dataclass(frozen=True)
class Tile:
    """A measure with its trend, and what the gaps of that are.

    period: of the figure, which may be another than the one that was asked for.
    """

    told: Told
    measure: Measure
    trend: Markup | None
    entry: Entry
    period: int
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True)
class Breakdown:
    """The parts of a dimension beside each other: sectors, kinds of practice. rows: a reading for each measure."""

    dimension: Dimension
    entry: Entry
    period: int
    measures: tuple[Measure, ...]
    rows: tuple[tuple[Node, tuple[Reading, ...]], ...]


@dataclass(frozen=True)
class ProfessionPage:
    """The page of a view.

    ranked_by, ranked_key: the view and the measure of the map. rankable: those that there may be, by their keys.
    """

    choice: Choice
    sentence: Sentence
    tiles: tuple[Tile, ...]
    breakdowns: tuple[Breakdown, ...]
    departments: Departments | None
    ranked_by: Choice | None
    ranked_key: str
    rankable: tuple[tuple[str, Measure], ...]


def read_professions(
    source: DataSource, found: Sequence[Subject], choice: Choice, page: str, locale: Locale
) -> ProfessionPage:
    """The page of a view. found: every dataset about professions; page: the page's address, without a query."""
    reader = Reader(source)
    views = [view for subject in found if (view := _view(choice, subject)) is not None]
    views.sort(key=lambda view: view.subject != choice.subject)  # what was asked for is told first
    tiles = list(_once(tile for view in views for tile in _tiles(reader, view, locale)))
    tiles.sort(key=lambda tile: measure_key(tile.entry, tile.measure) != choice.measure)
    rankable = [found for view in views for found in _rankable(reader, view, locale)]
    ranked = _ranked(rankable, choice.measure)
    spread = None if ranked is None else departments(ranked.view, ranked.measure, ranked.readings, page, locale)
    return ProfessionPage(
        choice,
        sentence_of(choice, locale),
        tuple(tiles),
        tuple(breakdown for view in views for breakdown in _breakdowns(reader, view, locale)),
        spread,
        None if ranked is None else ranked.view,
        "" if ranked is None else ranked.key,
        tuple((one.key, one.measure) for one in rankable),
    )


def _view(choice: Choice, subject: Subject) -> Choice | None:
    """The same view of another dataset, at its own totals; None where that has no such profession or place."""
    if subject == choice.subject:
        return choice
    main, place = subject.like(choice.main), node_of(subject.territory, choice.place.code)
    if main is None or place is None:
        return None
    nodes = {d.name: total_of(d) for d in subject.entry.dimensions}
    nodes |= {subject.main.name: main, subject.territory.name: place}
    periods = [p for p in subject.entry.periods if p <= choice.period] or subject.entry.periods[:1]
    return replace(choice, subject=subject, nodes=nodes, period=periods[-1], first=False, beside=())


def _tiles(reader: Reader, view: Choice, locale: Locale) -> Iterator[Tile]:
    subject, entry = view.subject, view.subject.entry
    if not all(has_total(dimension) for dimension in subject.others):
        return  # its figures are told in detail: of all together there is none
    own, country = reader.periods(view), subject.whole
    whole = {} if country is None or country == view.place else reader.periods(view.at(subject.territory, country))
    if not own:
        return
    for measure in (one for one in entry.measures if one.kind != "external"):
        if all(read(entry, row, measure, locale).status is Status.MISSING for row in own.values()):
            continue  # it is told elsewhere, such as of the whole country alone, or is nothing here in any period
        trend: Markup | None = None
        said: tuple[str, ...] = ()
        if len(entry.periods) > 1:
            lines = [line_of(view, measure, own, locale.text(view.place.label), locale)]
            if country is not None and whole and measure.kind in _COMPARING:
                lines.insert(0, line_of(view, measure, whole, locale.text(country.label), locale, grey=True))
            said = (*notes(view.breaks, locale), *gaps(lines[-1], entry.periods, locale))
            title = f"{locale.text(measure.label)}, {sentence_of(view, locale).text}"
            trend = line_chart(lines, entry.periods, title, locale.compact, small=True)
        yield Tile(told(view, measure, own, whole, locale), measure, trend, entry, view.period, said)


def _once(tiles: Iterable[Tile]) -> Iterator[Tile]:
    """The datasets of one collection have the same figures at their totals: each once."""
    seen: set[tuple[str, str]] = set()
    for tile in tiles:
        key = (tile.entry.collection, tile.measure.name)
        if key not in seen:
            seen.add(key)
            yield tile


def _breakdowns(reader: Reader, view: Choice, locale: Locale) -> Iterator[Breakdown]:
    entry = view.subject.entry
    for dimension in view.subject.others:
        nodes = [n for n in choosable(dimension) if n.code != dimension.total]
        if len(nodes) < 2:
            continue
        rows = reader.nodes(view, dimension)
        readings = ((n, tuple(read(entry, rows.get(n.code), m, locale) for m in entry.measures)) for n in nodes)
        # What has no row here, such as a kind of fees that the profession can't have, is no part of it.
        there = tuple((n, told) for n, told in readings if any(one.status is not Status.MISSING for one in told))
        if there:
            yield Breakdown(dimension, entry, view.period, entry.measures, there)


class _Rankable(NamedTuple):
    """A measure that a view has by departments, and its readings by the codes of places."""

    view: Choice
    measure: Measure
    readings: Mapping[str, Reading]

    @property
    def key(self) -> str:
        return measure_key(self.view.subject.entry, self.measure)


def _ranked(found: Sequence[_Rankable], asked: str) -> _Rankable | None:
    """The measure that was asked for, else the first density or rate, else the first mean; with its dataset."""
    return min(found, key=lambda one: (one.key != asked, _COMPARING.index(one.measure.kind)), default=None)


def _rankable(reader: Reader, view: Choice, locale: Locale) -> Iterator[_Rankable]:
    """Measures to compare departments by: those that at least one of them has."""
    places = view.subject.departments
    measures = [measure for measure in view.subject.entry.measures if measure.kind in _COMPARING]
    rows = reader.nodes(view, view.subject.territory) if places and measures else {}
    for measure in measures:
        readings = readings_of(view, measure, rows, locale)
        told = (readings[node.code] for node in places if node.code in readings)
        if any(reading.status is not Status.MISSING for reading in told):
            yield _Rankable(view, measure, readings)
