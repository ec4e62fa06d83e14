"""What the page of conditions shows: a view as a sentence, its figures, and all that stands beside them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from seuil.catalogue.entry import Measure, Node
from seuil.portal.drawings.line import Line, line_chart
from seuil.portal.pages.breaks import notes
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import Row
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.subjects.answer import Rows, Told, line_of, told, unit_after
from seuil.portal.pages.subjects.choice import Choice
from seuil.portal.pages.subjects.claims import beside, compare
from seuil.portal.pages.subjects.gaps import gaps
from seuil.portal.pages.subjects.phrasing import in_place
from seuil.portal.pages.subjects.ranges import read
from seuil.portal.pages.subjects.reading import Reader
from seuil.portal.pages.subjects.sentence import Sentence, about, sentence_of
from seuil.portal.pages.subjects.spread import Departments, ages, departments, readings_of
from seuil.portal.pages.subjects.standard import standard_bands, standardised


@dataclass(frozen=True)
class Trend:
    """A picture over the years, and what its breaks and gaps are."""

    markup: Markup
    gaps: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """A place or condition next to the others. sentences: how it lies to the first one."""

    node: Node
    name: str
    figures: tuple[Told, ...]
    sentences: tuple[str, ...]
    trend: Trend | None
    without: str


@dataclass(frozen=True)
class Definition:
    """What a condition counts: the note of its code list, what it is part of, and the finer lines below it."""

    node: Node
    note: str
    above: Node | None
    below: tuple[Node, ...]


@dataclass(frozen=True)
class ConditionPage:
    """The page of a view. standard: whether its rates can be standardised by age."""

    choice: Choice
    sentence: Sentence
    figures: tuple[Told, ...]
    trend: Trend | None
    trend_of: str
    departments: Departments | None
    ages: Markup | None
    ages_of: str
    beside: tuple[Beside, ...]
    definition: Definition
    standard: bool


def read_conditions(source: DataSource, choice: Choice, page: str, locale: Locale) -> ConditionPage:
    """The page of a view. page: its address, without a query."""
    reader, subject = Reader(source), choice.subject
    measures = headline_measures(choice)
    own = reader.periods(choice)
    whole = _whole(reader, choice, own)
    spread = subject.rate or subject.count
    found = None if spread is None else _departments(reader, choice, spread, page, locale)
    return ConditionPage(
        choice,
        sentence_of(choice, locale),
        (*(told(choice, measure, own, whole, locale) for measure in measures), *_standard(reader, choice, locale)),
        trend(choice, own, whole, locale),
        about(choice, locale, subject.territory),
        found,
        _ages(reader, choice, locale),
        about(choice, locale, *(d for d in subject.others if d.role in ("age", "sex"))),
        _beside(reader, choice, own, whole, locale),
        definition(choice, locale),
        bool(_bands(choice)),
    )


def _departments(reader: Reader, choice: Choice, measure: Measure, page: str, locale: Locale) -> Departments | None:
    """The departments by their rates: as they are, or with the same ages everywhere."""
    subject, bands = choice.subject, _bands(choice)
    age = subject.find("age")
    if not choice.standard or not bands or age is None:
        readings = readings_of(choice, measure, reader.nodes(choice, subject.territory), locale)
        return departments(choice, measure, readings, page, locale)
    rows: dict[str, dict[str, Row]] = defaultdict(dict)
    for (place, band), row in reader.pairs(choice, subject.territory, age).items():
        rows[place][band] = row
    found = {place: standardised(subject, bands, ages_of, locale) for place, ages_of in rows.items()}
    return departments(choice, measure, {p: r for p, r in found.items() if r is not None}, page, locale)


def _bands(choice: Choice) -> tuple[Node, ...]:
    """The age bands that a rate can be standardised over: all ages are chosen, and everybody or one sex."""
    age = choice.subject.find("age")
    return standard_bands(choice.subject) if age is not None and choice.node(age).code == age.total else ()


def _standard(reader: Reader, choice: Choice, locale: Locale) -> Iterator[Told]:
    """The age-standardised rate of the place, beside the country's."""
    subject, bands = choice.subject, _bands(choice)
    age, country = subject.find("age"), subject.whole
    if not bands or age is None:
        return
    places = [choice.place, *([country] if country is not None else [])]
    rows = reader.at_each(choice, subject.territory, [place.code for place in places], age)
    own = standardised(subject, bands, rows[choice.place.code], locale)
    if own is None:
        return
    sentences = []
    if country is not None and country != choice.place and own.range is not None:
        other = standardised(subject, bands, rows[country.code], locale)
        if other is not None and other.range is not None:
            unit = unit_after(other.measure, locale)
            named = f"{in_place(country, locale)} ({other.text}{unit})"
            sentences.append(beside(compare(own.range, other.range), named, locale))
    unit = locale.text(own.measure.unit_label)
    yield Told(locale.gettext("With the ages of the European standard population"), unit, own, None, tuple(sentences))


def headline_measures(choice: Choice) -> tuple[Measure, ...]:
    """The count, the rate, and what the rate is of; of tables that were published elsewhere all that they have."""
    subject = choice.subject
    if subject.count is None:
        return subject.entry.measures
    names = {m.name: m for m in subject.entry.measures}
    rate = subject.rate
    found = (subject.count, rate, names.get(rate.by) if rate else None)
    return tuple({m.name: m for m in found if m is not None}.values())


def trend(choice: Choice, own: Rows, whole: Rows, locale: Locale, reach: Sequence[float] = ()) -> Trend | None:
    """The rate of a view over the years, the whole country's in grey; of a dataset without rates the count alone.

    reach: figures of the trends beside it, for one scale.
    """
    subject = choice.subject
    measure, lines = subject.rate or subject.count, _lines(choice, own, whole, locale)
    if measure is None or not lines:
        return None
    title = f"{locale.text(measure.label)}, {sentence_of(choice, locale).text}"
    periods = subject.entry.periods
    chart = line_chart(lines, periods, title, locale.compact, reach=reach)
    return Trend(chart, (*notes(choice.breaks, locale), *gaps(lines[-1], periods, locale)))


def _lines(choice: Choice, own: Rows, whole: Rows, locale: Locale) -> list[Line]:
    """The lines of a trend, that of the view last; none where there is one year only."""
    subject = choice.subject
    measure = subject.rate or subject.count
    if measure is None or len(subject.entry.periods) < 2:
        return []
    lines = [line_of(choice, measure, own, locale.text(choice.place.label), locale)]
    country = subject.whole
    if subject.rate is not None and country is not None and country != choice.place:
        lines.insert(0, line_of(choice, measure, whole, locale.text(country.label), locale, grey=True))
    return lines


def definition(choice: Choice, locale: Locale) -> Definition:
    """What the chosen condition counts."""
    main, nodes = choice.main, choice.subject.main.nodes
    total = choice.subject.main.total
    above = next((n for n in nodes if n.code == main.parent and n.code != total), None)
    below = tuple(n for n in nodes if n.parent == main.code) if main.code != total else ()
    return Definition(main, locale.text(main.note), above, below)


def _whole(reader: Reader, choice: Choice, own: Rows) -> Rows:
    """The same view of the whole country."""
    country = choice.subject.whole
    if country is None:
        return {}
    return own if country == choice.place else reader.periods(choice.at(choice.subject.territory, country))


def _ages(reader: Reader, choice: Choice, locale: Locale) -> Markup | None:
    subject = choice.subject
    age, sex = subject.find("age"), subject.find("sex")
    if age is None or sex is None or subject.count is None:
        return None
    return ages(choice, subject.count, reader.pairs(choice, age, sex), locale)


def _beside(reader: Reader, choice: Choice, own: Rows, whole: Rows, locale: Locale) -> tuple[Beside, ...]:
    """The chosen view and those that it is compared with; nothing where nothing is compared."""
    if not choice.beside:
        return ()
    subject, found = choice.subject, []
    measures = headline_measures(choice)[:2]
    seen: list[tuple[Node | None, Choice, Rows, Rows]] = []
    for node in (None, *choice.beside):
        one = choice if node is None else choice.beside_at(node)
        rows = own if node is None else reader.periods(one)
        seen.append((node, one, rows, whole if one.main == choice.main else _whole(reader, one, rows)))
    reach = [
        figure for _, one, rows, over in seen for line in _lines(one, rows, over, locale) for figure in line.figures
    ]
    for node, one, rows, over in seen:
        shown = node or choice.place
        sentences = []
        if node is not None:
            for measure in measures:
                mine, first = (read(subject.entry, r.get(choice.period), measure, locale) for r in (rows, own))
                if mine.range is not None and first.range is not None:
                    same = one.main == choice.main
                    named = in_place(choice.place, locale) if same else _for(choice.main, locale)
                    said = beside(compare(mine.range, first.range), named, locale)
                    label, said = locale.text(measure.label), said[:1].lower() + said[1:]
                    sentences.append(locale.gettext("%(first)s: %(rest)s", first=label, rest=said))
        figures = tuple(told(one, measure, rows, over, locale) for measure in measures)
        name = locale.text(shown.label if node is not None else _named(choice).label)
        without = "" if node is None else choice.without(node).query()
        found.append(Beside(shown, name, figures, tuple(sentences), trend(one, rows, over, locale, reach), without))
    return tuple(found)


def _named(choice: Choice) -> Node:
    """What the first column is called by: the place, where places are compared, else the condition."""
    places = any(node in choice.subject.territory.nodes for node in choice.beside)
    return choice.place if places else choice.main


def _for(node: Node, locale: Locale) -> str:
    return locale.gettext("for “%(name)s”", name=locale.text(node.label))
