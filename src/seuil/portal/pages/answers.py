"""Answers to a search: views of datasets that its words ask for, with the figure itself where one cell is meant."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from seuil.catalogue.entry import Dimension, Entry, Node
from seuil.portal.pages.headline import Figure, figures_of
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.phrases import Match, Phrase, Phrases
from seuil.portal.pages.search import said_of
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.table import columns_of
from seuil.portal.pages.terms import terms
from seuil.portal.pages.view import MEASURE, Choice, View, has_total, read_view, total_of

_MOST_WORDS = 12
_MOST_OF_ONE, _MOST, _MOST_FIGURES = 3, 8, 3
_YEAR = re.compile(r"(19|20)\d\d")
_SUMMED = ("territory", "age", "sex")
_LITTLE = 0.25
"""A name of which a smaller part was asked is rather not meant."""

_Asked = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True)
class Reading:
    """What a search means for a dataset: a match for each of some parameters. left: words that mean nothing there."""

    entry: Entry
    matches: tuple[Match, ...]
    left: tuple[str, ...]

    @property
    def phrases(self) -> tuple[Phrase, ...]:
        """What was matched."""
        return tuple(match.phrase for match in self.matches)

    @property
    def far(self) -> bool:
        """Whether some name has much more in it than was asked."""
        return any(match.part < _LITTLE for match in self.matches)

    @property
    def only_of_amounts(self) -> bool:
        """Whether nobody is counted in a dataset of which no measure is named."""
        units = self.entry.guarantee.units  # what tables from elsewhere count is known by its unit alone
        counted = any(m.kind == "count" or m.unit_label == units for m in self.entry.measures)
        return not counted and all(phrase.parameter != MEASURE for phrase in self.phrases)

    @property
    def nodes(self) -> tuple[Phrase, ...]:
        """The phrases that name nodes: a year or a measure alone is no answer."""
        return tuple(p for p in self.phrases if p.parameter not in (MEASURE, self.entry.period))


@dataclass(frozen=True)
class Answer:
    """A view, what it is about, and its figures if it is of one cell.

    left: asked words that it leaves out. words: those that asked for what, by parameter. place: the territory, where
    nothing but one is asked for.
    """

    entry: Entry
    view: View
    about: tuple[str, ...]
    figures: tuple[Figure, ...]
    left: tuple[str, ...]
    words: Mapping[str, frozenset[str]]
    place: Node | None = None

    @property
    def left_years(self) -> tuple[str, ...]:
        """The asked years of which the dataset has nothing."""
        return tuple(word for word in self.left if _YEAR.fullmatch(word))

    @property
    def left_words(self) -> tuple[str, ...]:
        """The other words that it leaves out."""
        return tuple(word for word in self.left if not _YEAR.fullmatch(word))


def answers(phrases: Phrases, source: DataSource, asked: str, locale: Locale) -> tuple[Answer, ...]:
    """The best answers: those that leave out the fewest words.

    First those with figures, of how many before of how much where no measure is named, and real ones before fictitious.
    """
    words = {word: phrases.meanings(word) for word in terms(asked)[:_MOST_WORDS]}
    readings = [
        reading
        for entry in phrases.catalogue.entries
        for reading in islice(_readings(phrases, entry, words), _MOST_OF_ONE)
    ]
    fewest = min((len(reading.left) for reading in readings), default=0)
    kept = sorted(
        (r for r in readings if len(r.left) == fewest),
        key=lambda r: (-len(r.nodes), r.far, r.only_of_amounts, r.entry.fictitious),
    )
    told = (_answer(source, reading, locale) for reading in kept[: 2 * _MOST])
    found = islice((answer for answer in told if answer is not None), _MOST)
    return tuple(sorted(found, key=lambda answer: not answer.figures))


def _readings(phrases: Phrases, entry: Entry, words: _Asked) -> Iterator[Reading]:
    for chosen, rest in _chosen(phrases, entry, words, ()):
        told = said_of(entry)
        reading = Reading(entry, chosen, tuple(word for word in rest if word not in told))
        if reading.nodes:
            yield reading


def _chosen(
    phrases: Phrases, entry: Entry, words: _Asked, before: tuple[Match, ...]
) -> Iterator[tuple[tuple[Match, ...], tuple[str, ...]]]:
    """Give the best phrase its words, then the next best; where several are as good, each of them in turn."""
    taken = {match.phrase.parameter for match in before}
    matches = phrases.matches(entry, words)
    found = [match for match in matches if match.phrase.parameter not in taken]
    if not found:
        yield from _compared(before, matches, tuple(words))
        return
    for match in _as_good(found):
        rest = {word: meanings for word, meanings in words.items() if word not in match.asked}
        yield from _chosen(phrases, entry, rest, (*before, match))


def _compared(
    before: tuple[Match, ...], matches: list[Match], words: tuple[str, ...]
) -> Iterator[tuple[tuple[Match, ...], tuple[str, ...]]]:
    """The phrases, and the same with another of a kind that the rest names in full: Gironde, and Landes beside it."""
    other = next((match for match in matches if match.whole), None)
    if other is None:
        yield before, words
        return
    rest = tuple(word for word in words if word not in other.asked)
    yield before, rest
    yield tuple(other if m.phrase.parameter == other.phrase.parameter else m for m in before), rest


def _as_good(found: list[Match]) -> Iterator[Match]:
    """The best match, and others of its parameter that say the same as well: `alpes` is in the names of several."""
    best, seen = found[0], set()
    for match in found:
        place = (match.phrase.parameter, match.asked, match.fit)
        if place == (best.phrase.parameter, best.asked, best.fit) and match.phrase.value not in seen:
            seen.add(match.phrase.value)
            yield match


def _answer(source: DataSource, reading: Reading, locale: Locale) -> Answer | None:
    """None where the dataset has no row of it."""
    entry = reading.entry
    view = read_view(entry, {phrase.parameter: phrase.value for phrase in reading.phrases})
    named = {phrase.parameter for phrase in reading.phrases}
    figures: tuple[Figure, ...] = ()
    if all(choice.dimension.name in named or _adds_up(choice.dimension) for choice in view.choices):
        fixed = replace(view, choices=tuple(_at_total(choice) for choice in view.choices))
        rows = source.rows(entry.id, equal=fixed.equal, columns=columns_of(fixed), limit=1).rows
        if rows:
            view, figures = fixed, figures_of(fixed, rows[0], locale)[:_MOST_FIGURES]
    if not figures and not source.rows(entry.id, equal=view.equal, columns=(entry.period,), limit=1).rows:
        return None
    return Answer(
        entry,
        view,
        _about(view, named, locale, whole=bool(figures)),
        figures,
        reading.left,
        {match.phrase.parameter: match.asked for match in reading.matches},
        _only_place(view, reading),
    )


def _only_place(view: View, reading: Reading) -> Node | None:
    places = (c.node for c in view.choices if c.dimension.role == "territory" and c.code)
    named = {phrase.parameter for phrase in reading.phrases}
    territories = {c.dimension.name for c in view.choices if c.dimension.role == "territory"}
    return next(places, None) if named <= territories else None


def _adds_up(dimension: Dimension) -> bool:
    """Whether the dimension has a total that says something: all conditions or professions together hardly do."""
    summed = dimension.kind == "additive" and dimension.role in _SUMMED and has_total(dimension)
    return dimension.facet and (summed or len(dimension.nodes) == 1)


def _at_total(choice: Choice) -> Choice:
    return choice if choice.code else Choice(choice.dimension, code=total_of(choice.dimension).code)


def _about(view: View, named: set[str], locale: Locale, *, whole: bool) -> tuple[str, ...]:
    """The asked nodes, then, of a whole cell, the others; and the period."""
    told = (c for c in view.choices if c.code and (whole or c.dimension.name in named))
    chosen = sorted(told, key=lambda c: c.dimension.name not in named)
    return (*(locale.text(choice.node.label) for choice in chosen), str(view.picture_period))
