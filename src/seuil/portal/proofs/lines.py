"""The line through a cell along one dimension: parts that add up to their total."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from seuil.model.hierarchy import Hierarchy


@dataclass(frozen=True)
class Line:
    """Nodes by their position: `parts` add up to `total`; `own` is the cell's, one of the parts or the total."""

    parts: tuple[int, ...]
    total: int
    own: int

    @property
    def is_part(self) -> bool:
        """Whether the cell is one of the parts, so that the others of its line can balance it."""
        return self.own != self.total


@dataclass(frozen=True)
class Heading:
    """A row or a column of the small tables: one node, the other parts of the line together, or the total."""

    nodes: tuple[int, ...]
    kind: Literal["part", "others", "total"]


def line_through(hierarchy: Hierarchy, node: int) -> Line | None:
    """The cell's node among those of the same parent; else its own parts. None where there are none of either.

    A sole child is its parent, so the line is that of the first ancestor who is not the only one. A total that is no
    figure has no line.
    """
    top = node
    while (parent := hierarchy.parents[top]) >= 0 and hierarchy.nodes[parent].complete:
        siblings = hierarchy.children[parent]
        if len(siblings) > 1:
            return Line(tuple(node if k == top else k for k in siblings), parent, node)
        top = parent
    below = node
    while len(hierarchy.children[below]) == 1:
        below = hierarchy.children[below][0]
    return Line(hierarchy.children[below], node, node) if hierarchy.children[below] else None


def headings(line: Line, most: int, rank: Callable[[int], tuple[int, bool]]) -> tuple[Heading, ...]:
    """The parts of a line, at most `most` of them by themselves, then the others together, then the total.

    rank: the lower the sooner a part is shown by itself; the cell's own node always is.
    """
    wanted = sorted(line.parts, key=lambda node: (node != line.own, rank(node)))
    kept = set(wanted if len(line.parts) <= most + 1 else wanted[:most])
    others = tuple(node for node in line.parts if node not in kept)
    shown = [Heading((node,), "part") for node in line.parts if node in kept]
    return (*shown, *([Heading(others, "others")] if others else []), Heading((line.total,), "total"))


def own_place(found: Sequence[Heading], line: Line) -> int:
    """Which of the headings is the cell's own."""
    kind = "part" if line.is_part else "total"
    return next(k for k, heading in enumerate(found) if heading.kind == kind and heading.nodes == (line.own,))
