"""The view as one sentence whose words can be chosen: `Diabète chez les femmes de 70 à 74 ans, en Gironde, en 2023`."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from seuil.catalogue.entry import Dimension, Node
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.subjects.choice import PERIOD, Choice, choosable, parameter
from seuil.portal.pages.subjects.phrasing import in_place, of_age, people
from seuil.portal.pages.subjects.subject import Subject
from seuil.portal.pages.words import level_name


@dataclass(frozen=True)
class Option:
    """A word that may stand in a place of the sentence."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True)
class Slot:
    """A place of the sentence. before: the words between it and the one before. label: what is chosen there.

    groups: the words by the name of their level, which is empty where there is one level.
    """

    name: str
    label: str
    before: str
    groups: tuple[tuple[str, tuple[Option, ...]], ...]

    @property
    def text(self) -> str:
        """The word that stands there."""
        return next((o.text for _, options in self.groups for o in options if o.chosen), "")


@dataclass(frozen=True)
class Sentence:
    """The words of a view in their order."""

    slots: tuple[Slot, ...]

    @property
    def text(self) -> str:
        """The sentence as plain text."""
        return "".join(slot.before + slot.text for slot in self.slots).strip()


def sentence_of(choice: Choice, locale: Locale) -> Sentence:
    """The sentence of a view."""
    subject, slots = choice.subject, []
    slots.append(_slot(choice, subject.main, "", locale))
    sex, age = subject.find("sex"), subject.find("age")
    patients = subject.role == "condition"
    if sex is not None and sex.facet:
        slots.append(_slot(choice, sex, locale.gettext(" among ") if patients else ", ", locale))
    if age is not None and age.facet:
        slots.append(_slot(choice, age, " " if patients and sex is not None else ", ", locale))
    rest = (d for d in subject.others if d.facet and d not in (sex, age))
    slots += [_slot(choice, dimension, ", ", locale) for dimension in rest]
    slots.append(_slot(choice, subject.territory, ", ", locale))
    periods = tuple(
        Option(str(p), locale.gettext("in %(period)s", period=p), p == choice.period)
        for p in reversed(subject.entry.periods)
    )
    slots.append(Slot(PERIOD, locale.text(subject.entry.period_label), ", ", (("", periods),)))
    return Sentence(tuple(slots))


def word(subject: Subject, dimension: Dimension, node: Node, locale: Locale) -> str:
    """A node as the sentence says it: ages and sexes in words for patients, by name for professionals, but for all."""
    of_all = node.code == dimension.total
    match dimension.role:
        case "territory":
            return in_place(node, locale)
        case "age" if subject.role == "condition" or of_all:
            return of_age(dimension, node, locale)
        case "sex" if subject.role == "condition":
            return people(dimension, node, locale)
        case "sex" if of_all:
            return locale.gettext("women and men")
        case _:
            return locale.text(node.label)


def about(choice: Choice, locale: Locale, *without: Dimension) -> str:
    """What a picture is of: the sentence without some of its places, on one line."""
    told = [
        word(choice.subject, d, choice.node(d), locale)
        for d in choice.subject.entry.dimensions
        if d not in without and not (d.role in ("age", "sex") and choice.node(d).code == d.total)
    ]
    return " · ".join(text[:1].upper() + text[1:] for text in told)


def _slot(choice: Choice, dimension: Dimension, before: str, locale: Locale) -> Slot:
    chosen = choice.node(dimension)
    return Slot(
        parameter(dimension),
        locale.text(dimension.label),
        before,
        tuple(_groups(choice.subject, dimension, chosen, locale)),
    )


def _groups(
    subject: Subject, dimension: Dimension, chosen: Node, locale: Locale
) -> Iterator[tuple[str, tuple[Option, ...]]]:
    nodes = choosable(dimension)
    if dimension.role in ("territory", "age", "sex"):
        # By level: departments stand together, whatever their region
        nodes = tuple(sorted(nodes, key=lambda n: [m.level for m in nodes].index(n.level)))
        for level, found in groupby(nodes, key=lambda n: n.level):
            options = tuple(Option(n.code, word(subject, dimension, n, locale), n == chosen) for n in found)
            yield level_name(level, locale).capitalize() if len(options) > 1 else "", options
        return
    # Parts below what they are parts of; everything together comes last
    whole = [n for n in nodes if n.code == dimension.total and len(nodes) > 1]
    heads = {n.code: n for n in nodes}
    for head, found in groupby((n for n in nodes if n not in whole), key=lambda n: _head(n, heads, dimension.total)):
        options = tuple(Option(n.code, word(subject, dimension, n, locale), n == chosen) for n in found)
        yield (locale.text(heads[head].label) if len(options) > 1 else ""), options
    if whole:
        yield "", tuple(Option(n.code, word(subject, dimension, n, locale), n == chosen) for n in whole)


def _head(node: Node, known: dict[str, Node], total: str) -> str:
    """The code of the part of the total that a node is in."""
    while node.parent in known and node.parent != total:
        node = known[node.parent]
    return node.code
