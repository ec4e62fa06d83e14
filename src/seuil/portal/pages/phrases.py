"""The index of a catalogue's words: which node, measure or period of a dataset a reader means by which words.

A *phrase* is a way to say something that an address can ask for: the label of a node in either language, its code if
it is a territory, a synonym, an age within a band, a year. Words that are misspelt mean the words that look most alike.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from seuil.catalogue.entry import Catalogue, Dimension, Entry, Node
from seuil.portal.pages.terms import synonyms, terms
from seuil.portal.pages.view import MEASURE

_SAME, _BEGINS, _ALIKE = 1.0, 0.9, 0.7
"""How sure it is that a word is meant: written as it is, begun, or misspelt."""

_SHORTEST_BEGINNING, _SHORTEST_MISSPELT = 3, 5
_LIKENESS, _MOST_ALIKE = 0.79, 4
_OLDEST = 120
_LEFT_OUT = re.compile(r"\((?:hors|sauf|without|except|excluding)\b[^)]*\)", re.IGNORECASE)
"""What a label says that it is not about must not be found under it."""


@dataclass(frozen=True)
class Phrase:
    """`words` that ask for a parameter's value."""

    parameter: str
    value: str
    words: frozenset[str]


@dataclass(frozen=True)
class Match:
    """A phrase, the asked words that it answers, and how well: the more the better.

    fit: how many words for sure, which part of the phrase they are, and how close together they were asked.
    """

    phrase: Phrase
    asked: frozenset[str]
    fit: tuple[float, float, int]

    @property
    def part(self) -> float:
        """Which part of the phrase was asked."""
        return self.fit[1]

    @property
    def whole(self) -> bool:
        """Whether every word of the phrase was asked, as it is written."""
        return self.fit[:2] == (float(len(self.phrase.words)), 1.0)


class Phrases:
    """All phrases of a catalogue, by dataset and word."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._by_word: dict[str, dict[str, list[Phrase]]] = {}
        for entry in catalogue.entries:
            by_word: dict[str, list[Phrase]] = defaultdict(list)
            for phrase in _phrases(entry):
                for word in phrase.words:
                    by_word[word].append(phrase)
            self._by_word[entry.id] = dict(by_word)
        self._words = sorted({word for by_word in self._by_word.values() for word in by_word})

    def meanings(self, word: str) -> dict[str, float]:
        """The indexed words that an asked word may mean, with how sure that is."""
        begun = len(word) >= _SHORTEST_BEGINNING
        found = {w: _BEGINS for w in self._words if begun and w.startswith(word)}
        if word in self._words:
            found[word] = _SAME
        if not found and len(word) >= _SHORTEST_MISSPELT and not word.isdigit():
            found = dict.fromkeys(get_close_matches(word, self._words, _MOST_ALIKE, _LIKENESS), _ALIKE)
        return found

    def matches(self, entry: Entry, asked: Mapping[str, Mapping[str, float]]) -> list[Match]:
        """The phrases of a dataset that answer some asked words, best first. asked: words with their meanings."""
        answered: dict[Phrase, dict[str, tuple[float, str]]] = defaultdict(dict)
        by_word = self._by_word[entry.id]
        for word, meanings in asked.items():
            for meant, sure in meanings.items():
                for phrase in by_word.get(meant, ()):
                    best = answered[phrase].get(word)
                    if best is None or sure > best[0]:
                        answered[phrase][word] = (sure, meant)
        places = {word: place for place, word in enumerate(asked)}
        found = [_match(phrase, words, places) for phrase, words in answered.items()]
        return sorted(found, key=lambda match: match.fit, reverse=True)


def _match(phrase: Phrase, words: Mapping[str, tuple[float, str]], places: Mapping[str, int]) -> Match:
    said = {meant for _, meant in words.values()}
    sure = round(sum(sure for sure, _ in words.values()), 6)
    span = max(places[word] for word in words) - min(places[word] for word in words)
    return Match(phrase, frozenset(words), (sure, len(said) / len(phrase.words), -span))


def _phrases(entry: Entry) -> Iterator[Phrase]:
    for dimension in entry.dimensions:
        if dimension.facet:
            for node in _told_apart(dimension.nodes):
                for words in _said(dimension, node):
                    yield Phrase(dimension.name, node.code, words)
    for measure in entry.measures:
        for label in {measure.label.fr, measure.label.en}:
            for words in _ways(frozenset(terms(label))):
                yield Phrase(MEASURE, measure.name, words)
    for period in entry.periods:
        yield Phrase(entry.period, str(period), frozenset((str(period),)))


def _told_apart(nodes: Sequence[Node]) -> Iterable[Node]:
    """The nodes of different names: of a region and a department with one name, the finer one."""
    return {terms(node.label.fr): node for node in nodes}.values()


def _said(dimension: Dimension, node: Node) -> Iterator[frozenset[str]]:
    for words in {frozenset(terms(_LEFT_OUT.sub(" ", label))) for label in (node.label.fr, node.label.en)}:
        yield from _ways(words)
    if dimension.role == "territory":
        yield frozenset(terms(node.code))
    if dimension.role == "age" and node.parent:
        for age in _ages(node.label.fr):
            yield frozenset((str(age), "ans"))
            yield frozenset((str(age), "year"))


def _ways(words: frozenset[str]) -> Iterator[frozenset[str]]:
    """The words of a name, and the same with what people say instead; nothing of no words."""
    if words:
        yield words
        for said, means in synonyms():
            if means <= words:
                yield (words - means) | said


def _ages(label: str) -> range:
    """The years of age that a band's label names, as whole numbers; from the last one on where it names one."""
    bounds = [int(number) for number in re.findall(r"\d{1,3}", label)]
    if len(bounds) == 1:
        return range(bounds[0], _OLDEST)
    return range(bounds[0], bounds[1] + 1) if len(bounds) == 2 else range(0)
