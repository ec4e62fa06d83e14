"""What a reader chose on a page of a subject, read from its address and written into others.

Parameters: `pathologie` or `profession`, `territoire`, `age`, `sexe`, other dimensions by their names, `annee`; `avec`
(as often as wanted) names what is compared; `mesure` what is told first and ranked (`dataset.measure`);
`taux=standardise` asks for age-standardised rates on the map; `jeu` for another dataset than the first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from seuil.catalogue.entry import Break, Dimension, Entry, Measure, Node
from seuil.model.definition import Role
from seuil.model.hierarchy import UNKNOWN
from seuil.portal.pages.breaks import breaks_of
from seuil.portal.pages.subjects.subject import Subject
from seuil.portal.pages.view import node_of, total_of

WITH = "avec"
DATASET = "jeu"
PERIOD = "annee"
MEASURE = "mesure"
RATE, STANDARD = "taux", "standardise"
MOST_BESIDE = 3
_NAMES: Mapping[Role, str] = {
    "condition": "pathologie",
    "profession": "profession",
    "territory": "territoire",
    "age": "age",
    "sex": "sexe",
}


@dataclass(frozen=True)
class Choice:
    """A view of a subject: a node of every dimension, and a period.

    measure: key of the one that is told first, if any. beside: places or conditions to compare with. standard: whether
    the map tells age-standardised rates. first: whether the dataset is the one that the page opens on. ignored:
    parameters that named nothing.
    """

    subject: Subject
    nodes: Mapping[str, Node]
    period: int
    measure: str = ""
    beside: tuple[Node, ...] = ()
    standard: bool = False
    first: bool = True
    ignored: tuple[str, ...] = ()

    @property
    def breaks(self) -> tuple[Break, ...]:
        """The breaks of the series of this view."""
        return breaks_of(self.subject.entry, {name: node.code for name, node in self.nodes.items()})

    def node(self, dimension: Dimension) -> Node:
        """The chosen node of a dimension."""
        return self.nodes[dimension.name]

    @property
    def main(self) -> Node:
        """The chosen condition or profession."""
        return self.node(self.subject.main)

    @property
    def place(self) -> Node:
        """The chosen place."""
        return self.node(self.subject.territory)

    def at(self, dimension: Dimension, node: Node) -> "Choice":
        """The same view of another node."""
        return replace(self, nodes={**self.nodes, dimension.name: node})

    def beside_at(self, node: Node) -> "Choice":
        """The same view of a node that it is compared with: a place, or a condition."""
        territory = self.subject.territory
        return self.at(territory if node in territory.nodes else self.subject.main, node)

    def equal(self, *without: Dimension) -> dict[str, str | int]:
        """The filter of all chosen nodes, some dimensions left free; the period is free."""
        return {d.column: self.nodes[d.name].code for d in self.subject.entry.dimensions if d not in without}

    def query(self, **changes: str) -> str:
        """The address's query with some parameters changed. What is shown by default is named too: links last."""
        asked = {} if self.first else {DATASET: self.subject.entry.id}
        asked |= {parameter(d): self.nodes[d.name].code for d in self.subject.entry.dimensions if d.facet}
        asked |= {PERIOD: str(self.period)}
        asked |= {MEASURE: self.measure, RATE: STANDARD if self.standard else ""}
        pairs = [(name, value) for name, value in (asked | changes).items() if value]
        return urlencode([*pairs, *((WITH, node.code) for node in self.beside)])

    def without(self, node: Node) -> "Choice":
        """The same view, compared with one less."""
        return replace(self, beside=tuple(n for n in self.beside if n != node))


def parameter(dimension: Dimension) -> str:
    """The name of a dimension in addresses."""
    return _NAMES.get(dimension.role, dimension.name)


def read_choice(found: Sequence[Subject], asked: Mapping[str, str], beside: Sequence[str] = ()) -> Choice:
    """Read the parameters. found: the subjects of a page, at least one; beside: the values of `avec`."""
    subject = next((s for s in found if s.entry.id == asked.get(DATASET)), found[0])
    ignored = [DATASET] if asked.get(DATASET, subject.entry.id) != subject.entry.id else []
    nodes = {}
    for dimension in subject.entry.dimensions:
        name = parameter(dimension)
        wanted = asked.get(name, "") if dimension.facet else ""
        node = node_of(dimension, wanted)
        if wanted and node is None:
            ignored.append(name)
        nodes[dimension.name] = node or _default(subject, dimension)
    periods = {str(p): p for p in subject.entry.periods}
    if asked.get(PERIOD) and asked[PERIOD] not in periods:
        ignored.append(PERIOD)
    choice = Choice(
        subject,
        nodes,
        periods.get(asked.get(PERIOD, ""), subject.entry.periods[-1]),
        known_measure(found, asked.get(MEASURE, "")),
        standard=asked.get(RATE) == STANDARD,
        first=subject == found[0],
        ignored=tuple(ignored),
    )
    return replace(choice, beside=_beside(choice, beside))


def known_measure(found: Sequence[Subject], asked: str) -> str:
    """The key of a measure as it was asked for, where one of the subjects has it; else nothing."""
    return asked if any(measure_key(s.entry, m) == asked for s in found for m in s.entry.measures) else ""


def measure_key(entry: Entry, measure: Measure) -> str:
    """How an address names a measure of a dataset."""
    return f"{entry.id}.{measure.name}"


def choosable(dimension: Dimension) -> tuple[Node, ...]:
    """The nodes that a reader may choose, in their order."""
    return tuple(n for n in dimension.nodes if n.level != UNKNOWN)


def _beside(choice: Choice, codes: Sequence[str]) -> tuple[Node, ...]:
    territory, main = choice.subject.territory, choice.subject.main
    nodes = [node_of(territory, code) or node_of(main, code) for code in dict.fromkeys(codes)]
    chosen = (choice.place, choice.main)
    return tuple(n for n in nodes if n is not None and n not in chosen)[:MOST_BESIDE]


def _default(subject: Subject, dimension: Dimension) -> Node:
    if dimension == subject.main:
        return subject.first
    return node_of(dimension, dimension.first) or total_of(dimension)
