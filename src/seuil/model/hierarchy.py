"""Dimensions as rooted trees of nodes.

additive      children partition their parent: parent = sum of children, but for a total without figures of its own,
              whose children are protected each for itself. Leaves are the finest nodes; the leaf of level
              `unknown` takes the units whose value fits no code.
overlapping   a unit may be in several children: child <= parent, and parent <= sum of children where the children are
              complete. Nobody in an exclusive child is in another one. Every node is counted by itself.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from seuil.model.text import Text

Kind = Literal["additive", "overlapping"]
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Node:
    """One value of a dimension. `parent` is empty at the root.

    valid_from, valid_to: first and last period in which the node exists; None is open.
    low, high: bounds in whole units (both included) of a numeric band, e.g. of ages.
    complete: whether the children together cover the node; of an additive hierarchy's total, whether it is a figure.
    exclusive: overlapping only; whether nobody in the node is in another child of its parent. note: what the node
    counts, if that is said. attributes: what else the code list says of it, for the columns of datasets.
    """

    code: str
    parent: str
    level: str
    label: Text
    valid_from: int | None = None
    valid_to: int | None = None
    low: int | None = None
    high: int | None = None
    complete: bool = True
    exclusive: bool = False
    note: Text | None = None
    attributes: Mapping[str, str] = field(default_factory=dict, hash=False)

    def exists_in(self, period: int) -> bool:
        """Whether the node is valid in that period."""
        return (self.valid_from is None or self.valid_from <= period) and (
            self.valid_to is None or period <= self.valid_to
        )


@dataclass(frozen=True)
class Hierarchy:
    """A rooted tree of nodes in display order, parents before their children. Raises ValueError if it isn't one."""

    nodes: tuple[Node, ...]
    kind: Kind = "additive"

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for k, node in enumerate(self.nodes):
            if node.code in seen:
                raise ValueError(f"code {node.code!r} stands twice")
            if k == 0 and node.parent:
                raise ValueError(f"the first code, {node.code!r}, must be the total, without a parent")
            if k > 0 and not node.parent:
                raise ValueError(f"{node.code!r} has no parent; only the first code, the total, has none")
            if k > 0 and node.parent not in seen:
                raise ValueError(f"parent {node.parent!r} of {node.code!r} must stand above it")
            seen.add(node.code)
        if not self.nodes:
            raise ValueError("there is no code")

    @cached_property
    def index(self) -> dict[str, int]:
        """Code to position."""
        return {node.code: k for k, node in enumerate(self.nodes)}

    @cached_property
    def parents(self) -> tuple[int, ...]:
        """Position of every node's parent, -1 at the root."""
        return tuple(self.index[n.parent] if n.parent else -1 for n in self.nodes)

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """Positions of every node's children."""
        out: list[list[int]] = [[] for _ in self.nodes]
        for k, parent in enumerate(self.parents):
            if parent >= 0:
                out[parent].append(k)
        return tuple(tuple(c) for c in out)

    @cached_property
    def leaves(self) -> tuple[int, ...]:
        """Positions of the variables that counts are kept for: the childless nodes, or all of an overlapping one."""
        if self.kind == "overlapping":
            return tuple(range(len(self.nodes)))
        return tuple(k for k, c in enumerate(self.children) if not c)

    @cached_property
    def leaves_under(self) -> tuple[tuple[int, ...], ...]:
        """For every node of an additive hierarchy the positions of its leaves (itself if it is one)."""
        out: list[list[int]] = [[] for _ in self.nodes]
        for leaf in (k for k, c in enumerate(self.children) if not c):
            k = leaf
            while k >= 0:
                out[k].append(leaf)
                k = self.parents[k]
        return tuple(tuple(x) for x in out)

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """Names of the levels, coarse to fine, in order of appearance."""
        return tuple(dict.fromkeys(n.level for n in self.nodes))

    @property
    def root(self) -> Node:
        """The total."""
        return self.nodes[0]

    @cached_property
    def unknown(self) -> int | None:
        """Position of the leaf for units whose value fits no code, if there is one."""
        return next((k for k, n in enumerate(self.nodes) if n.level == UNKNOWN), None)

    def at_levels(self, levels: Iterable[str]) -> tuple[int, ...]:
        """Positions of the nodes of those levels."""
        wanted = set(levels)
        return tuple(k for k, n in enumerate(self.nodes) if n.level in wanted)

    def below(self, codes: Iterable[str]) -> tuple[int, ...]:
        """Positions, ascending, of those nodes that exist, and of all that is below them."""
        found = {self.index[code] for code in codes if code in self.index}
        for k, parent in enumerate(self.parents):  # parents stand before their children
            if parent in found:
                found.add(k)
        return tuple(sorted(found))

    def line(self, position: int) -> Iterator[int]:
        """A node and all above it, up to the root."""
        while position >= 0:
            yield position
            position = self.parents[position]

    @cached_property
    def lines(self) -> tuple[tuple[int, ...], ...]:
        """Of an additive hierarchy every node that its children add up to, with these."""
        return tuple((k, *children) for k, children in enumerate(self.children) if children and self.nodes[k].complete)

    def without_total(self) -> "Hierarchy":
        """The same tree, of which the total is no figure of its own."""
        return Hierarchy((replace(self.root, complete=False), *self.nodes[1:]), self.kind)

    def in_period(self, period: int) -> "Hierarchy":
        """The tree as it stands in a period: nodes that don't exist then are left out, with all that is below them."""
        kept: dict[str, Node] = {}
        for node in self.nodes:
            if node.exists_in(period) and (not node.parent or node.parent in kept):
                kept[node.code] = node
        return Hierarchy(tuple(kept.values()), self.kind)
