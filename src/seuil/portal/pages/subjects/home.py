"""What the home page leads to: a door a subject, and figures of the release that is served."""

from collections.abc import Iterator
from dataclasses import dataclass

from seuil.catalogue.entry import Catalogue, Node
from seuil.model.definition import Role
from seuil.model.hierarchy import UNKNOWN
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.subjects.addresses import CONDITIONS, PROFESSIONS
from seuil.portal.pages.subjects.answer import Told, told
from seuil.portal.pages.subjects.choice import Choice, parameter, read_choice
from seuil.portal.pages.subjects.reading import Reader
from seuil.portal.pages.subjects.sentence import sentence_of
from seuil.portal.pages.subjects.subject import Subject, subjects

_FIRST_NODES = 6
_CONDITIONS, _ALL = 2, 3
_PAGES: tuple[tuple[Role, str], ...] = (("condition", CONDITIONS), ("profession", PROFESSIONS))


@dataclass(frozen=True)
class Door:
    """A subject's page, and the first things that can be chosen on it. last: the newest period."""

    role: Role
    address: str
    nodes: tuple[tuple[Node, str], ...]
    count: int
    last: int


@dataclass(frozen=True)
class Living:
    """A figure of the release: what it is of, and where it stands."""

    sentence: str
    figure: Told
    address: str
    fictitious: bool


def doors(catalogue: Catalogue, locale: Locale) -> tuple[Door, ...]:
    """A door for each subject that the release has."""
    found = []
    for role, page in _PAGES:
        subject = next(iter(subjects(catalogue, role)), None)
        if subject is not None:
            path, name = locale.path(page), parameter(subject.main)
            nodes = tuple(
                (node, f"{path}?{name}={node.code}#reponse") for node in _first_choices(subject)[:_FIRST_NODES]
            )
            found.append(Door(role, path, nodes, len(subject.main.nodes), subject.entry.periods[-1]))
    return tuple(found)


def living(source: DataSource, locale: Locale) -> tuple[Living, ...]:
    """Three figures of the whole country, those of conditions first."""
    found: list[Living] = []
    for role, page in _PAGES:
        every = subjects(source.catalogue, role)
        subject = next(iter(every), None)
        if subject is None or subject.whole is None:
            continue
        wanted = _CONDITIONS if role == "condition" else _ALL - len(found)
        found += list(_figures(source, subject, read_choice(every, {}), locale.path(page), wanted, locale))
    return tuple(found[:_ALL])


def _figures(
    source: DataSource, subject: Subject, choice: Choice, path: str, wanted: int, locale: Locale
) -> Iterator[Living]:
    measure = subject.count or subject.entry.measures[0]
    nodes = [choice.main, *(node for node in _parts(subject) if node != choice.main)]
    for node in nodes[:wanted]:
        view = choice.at(subject.main, node)
        figure = told(view, measure, Reader(source).periods(view), {}, locale)
        yield Living(sentence_of(view, locale).text, figure, f"{path}?{view.query()}#reponse", subject.entry.fictitious)


def _first_choices(subject: Subject) -> tuple[Node, ...]:
    """Conditions of the first level; of professions the first one and then single ones, not all of a kind together."""
    if subject.role != "profession":
        return _parts(subject)
    main, first = subject.main, subject.first
    parents = {n.parent for n in main.nodes}
    single = (n for n in main.nodes if n.code not in parents and n.level != UNKNOWN and n.parent != first.code)
    return (first, *(n for n in single if n != first))


def _parts(subject: Subject) -> tuple[Node, ...]:
    """What is right below everything together; or all there is."""
    main = subject.main
    return tuple(n for n in main.nodes if n.parent == main.total) or main.nodes
