"""Which datasets of a release a page is about, by the roles of their dimensions and the kinds of their measures."""

from dataclasses import dataclass

from seuil.catalogue.entry import Catalogue, Dimension, Entry, Measure, Node
from seuil.model.definition import Role
from seuil.model.hierarchy import UNKNOWN
from seuil.portal.pages.pictures import map_level
from seuil.portal.pages.roles import is_about
from seuil.portal.pages.terms import plain
from seuil.portal.pages.view import has_total, node_of


@dataclass(frozen=True)
class Subject:
    """A dataset about conditions or professions in places. role: of its main dimension."""

    entry: Entry
    role: Role

    @property
    def main(self) -> Dimension:
        """The dimension of conditions or professions."""
        return self.of(self.role)

    @property
    def territory(self) -> Dimension:
        """The dimension of places."""
        return self.of("territory")

    def of(self, role: Role) -> Dimension:
        """The dimension of a role. Raises KeyError if there is none."""
        found = self.find(role)
        if found is None:
            raise KeyError(role)
        return found

    def find(self, role: Role) -> Dimension | None:
        """The dimension of a role, if there is one."""
        return next((d for d in self.entry.dimensions if d.role == role), None)

    @property
    def others(self) -> tuple[Dimension, ...]:
        """The dimensions beside the main one and the places."""
        return tuple(d for d in self.entry.dimensions if d not in (self.main, self.territory))

    @property
    def rate(self) -> Measure | None:
        """What compares places of different size: the first rate or density, else the first mean.

        Of tables that were published elsewhere the first measure with decimals: a number of people has none.
        """
        kinds = ("ratio", "mean")
        computed = next((m for kind in kinds for m in self.entry.measures if m.kind == kind), None)
        return computed or next((m for m in self.entry.measures if m.kind == "given" and m.decimals), None)

    @property
    def count(self) -> Measure | None:
        """What is counted: what the rate is of, else the first count."""
        names = {m.name: m for m in self.entry.measures}
        rate = self.rate
        above = names.get(rate.of) if rate else None
        counts = (m for m in self.entry.measures if m.kind == "count")
        return above if above is not None and above.kind == "count" else next(counts, None)

    @property
    def departments(self) -> tuple[Node, ...]:
        """The departments, in their order."""
        found = map_level(self.entry)
        if found is None or found[0] != self.territory:
            return ()
        return tuple(n for n in self.territory.nodes if n.level == found[1])

    @property
    def first(self) -> Node:
        """The node of the main dimension that a page opens on: never everything together where there are parts."""
        named = node_of(self.main, self.main.first)
        total = self.main.total
        parts = (n for n in self.main.nodes if n.code != total and n.level != UNKNOWN)
        return named or next(parts, self.main.nodes[0])

    @property
    def whole(self) -> Node | None:
        """The whole country, if it is published."""
        return node_of(self.territory, self.territory.total)

    def like(self, node: Node) -> Node | None:
        """The node of the main dimension of the same code or name: another dataset may write codes otherwise."""
        said = {plain(node.label.fr), plain(node.label.en)}
        alike = (n for n in self.main.nodes if plain(n.label.fr) in said)
        return node_of(self.main, node.code) or next(alike, None)


def subjects(catalogue: Catalogue, role: Role) -> tuple[Subject, ...]:
    """The datasets with that role and places, the fullest first: proved, with a rate and a count, the most years."""
    found = [Subject(entry, role) for entry in catalogue.entries if is_about(entry, role)]
    return tuple(sorted(found, key=_fullness))


def _fullness(subject: Subject) -> tuple[bool, bool, bool, int, int, int]:
    entry = subject.entry
    return (
        not entry.guarantee.proved,
        subject.count is None,
        subject.rate is None,
        sum(not has_total(d) for d in entry.dimensions),
        -len(entry.periods),
        -len(subject.main.nodes),
    )
