"""Where an answer to a search leads: the view as a sentence, or the page of its dataset where there is none."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from seuil.catalogue.entry import Catalogue, Node
from seuil.model.definition import Role
from seuil.portal.pages.answers import Answer
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.subjects.addresses import CONDITIONS, PLACES, PROFESSIONS, page_of
from seuil.portal.pages.subjects.choice import DATASET, MEASURE, MOST_BESIDE, PERIOD, WITH, measure_key, parameter
from seuil.portal.pages.subjects.intents import ANSWER
from seuil.portal.pages.subjects.places import territory_of
from seuil.portal.pages.subjects.subject import Subject, subjects
from seuil.portal.pages.view import View, default_measure, node_of

_OF_PROFESSIONS = ("carte", "classement")
"""Parts that the page of professions has beside the answer, in which each tile has its trend."""

_PAGES: tuple[tuple[Role, str], ...] = (("condition", CONDITIONS), ("profession", PROFESSIONS))


@dataclass(frozen=True)
class Comparison:
    """Answers that differ in one name only, and the page that shows them side by side."""

    names: tuple[str, ...]
    address: str


def address_of(view: View, catalogue: Catalogue, locale: Locale, part: str, beside: Sequence[Node] = ()) -> str:
    """The address of a view. part: of the page, where it has it; beside: what it is compared with."""
    for role, page in _PAGES:
        found = subjects(catalogue, role)
        subject = next((s for s in found if s.entry == view.entry), None)
        if subject is not None:
            asked = _parameters(view, subject, first=subject == found[0])
            query = urlencode([*asked.items(), *((WITH, node.code) for node in beside)])
            return f"{locale.path(page)}?{query}#{part if role == 'condition' or part in _OF_PROFESSIONS else ANSWER}"
    return f"{locale.path(f'/jeux/{view.entry.id}')}?{view.query()}"


def addressed(answers: Sequence[Answer], catalogue: Catalogue, locale: Locale, part: str) -> list[tuple[Answer, str]]:
    """The answers with their addresses. Those of a territory and nothing else are one: the territory's own page."""
    territory = territory_of(catalogue)
    found: list[tuple[Answer, str]] = []
    seen = set()
    for answer in answers:
        place = None if territory is None or answer.place is None else node_of(territory, answer.place.code)
        if place is None:
            found.append((answer, address_of(answer.view, catalogue, locale, part)))
        elif place.code not in seen:
            seen.add(place.code)
            found.append((answer, page_of(PLACES, place, locale)))
    return found


def comparison(answers: Sequence[Answer], catalogue: Catalogue, locale: Locale) -> Comparison | None:
    """The first answers side by side, where they are of one dataset of conditions and differ in one name.

    Each name by words of its own: what a word such as `maladie` may mean is no comparison.
    """
    if len(answers) < 2:
        return None
    subject = next((s for s in subjects(catalogue, "condition") if s.entry == answers[0].entry), None)
    if subject is None:
        return None
    first = answers[0].view
    nodes: list[Node] = []
    for answer in answers[1:]:
        if answer.entry != subject.entry:
            break
        differing = [
            theirs.node
            for ours, theirs in zip(first.choices, answer.view.choices, strict=True)
            if ours != theirs and _apart(answers[0], answer, theirs.dimension.name)
        ]
        known = [n for n in differing if n in subject.territory.nodes or n in subject.main.nodes]
        if len(differing) != 1 or known != differing:
            break
        nodes += differing
    if not nodes:
        return None
    mains = [choice.node for choice in first.choices if nodes[0] in choice.dimension.nodes]
    names = tuple(locale.text(node.label) for node in (*mains, *nodes[:MOST_BESIDE]))
    return Comparison(names, address_of(first, catalogue, locale, "comparaison", nodes[:MOST_BESIDE]))


def _apart(one: Answer, other: Answer, parameter: str) -> bool:
    """Whether other words ask for the one's node than for the other's."""
    return not one.words.get(parameter, frozenset()) & other.words.get(parameter, frozenset())


def _parameters(view: View, subject: Subject, *, first: bool) -> dict[str, str]:
    asked = {} if first else {DATASET: view.entry.id}
    asked |= {parameter(choice.dimension): choice.code for choice in view.choices if choice.code}
    asked |= {PERIOD: str(view.picture_period)}
    if subject.role == "profession" and view.measure != default_measure(view.entry):
        asked |= {MEASURE: measure_key(view.entry, view.measure)}
    return asked
