"""Cells that are not published, but fixed exactly by subtraction of published figures (design: implied cells).

Rounded figures fix nothing exactly, so only exact publication implies cells: nodes that no table publishes (the
`unknown` leaf), and what an overlap leaves over (the units of the parent that are not in the child).
"""

from dataclasses import dataclass

import numpy as np

from seuil.disclosure.frame import Bools, Frame
from seuil.disclosure.lattice import Rows, lines, overlaps


@dataclass(frozen=True)
class Implied:
    """The implied cells of a frame.

    nodes: (cells,) unpublished cells that published ones fix. left_over: (relations x cells of a slice,) relations whose
    slices are all published, unless they are 0 by definition.
    """

    frame: Frame
    lines: Rows
    overlaps: Rows
    nodes: Bools
    left_over: Bools

    def told(self, shown: Bools) -> tuple[Bools, Bools]:
        """Of `nodes` and of `left_over`, what the shown cells (flat) still fix."""
        known = determined(self.lines, shown)
        return known & self.nodes, self._all_known(shown) & self.left_over

    def _all_known(self, shown: Bools) -> Bools:
        size = np.diff(self.overlaps.start)
        known = np.bincount(np.repeat(np.arange(len(size)), size), shown[self.overlaps.cell], len(size))
        return np.asarray(known == size, dtype=np.bool_)


def implied_of(frame: Frame) -> Implied:
    """Find the implied cells of a frame; none where counts are rounded."""
    equations, relations = lines(frame), overlaps(frame)
    published = frame.published.ravel()
    nodes = np.zeros(frame.published.size, np.bool_)
    left_over = np.zeros(len(relations), np.bool_)
    implied = Implied(frame, equations, relations, nodes, left_over)
    if frame.rounding is not None:
        return implied
    nodes = determined(equations, published) & ~published
    left_over = implied._all_known(published) & ~by_definition(frame)
    return Implied(frame, equations, relations, nodes, left_over)


def by_definition(frame: Frame) -> Bools:
    """Rows of `overlaps` that are 0 because a sole, complete child is its parent."""
    per_slice = int(np.prod(frame.shape[1:]))
    assert frame.overlapping is not None or not frame.relations
    sole = []
    for relation in frame.relations:
        parent, child = (next((s for s, c in relation.terms if c == sign), -1) for sign in (1, -1))
        if len(relation.terms) != 2 or frame.overlapping is None:
            sole.append(False)
            continue
        if frame.overlapping.parents[parent] == child:  # parent <= sum of its one child
            parent, child = child, parent
        sole.append(frame.overlapping.children[parent] == (child,) and frame.overlapping.nodes[parent].complete)
    return np.repeat(np.array(sole, np.bool_), per_slice)


def determined(equations: Rows, known: Bools) -> Bools:
    """Close a set of known cells (flat) under subtraction: the only unknown member of a line becomes known."""
    closed = known.copy()
    size = np.diff(equations.start)
    line = np.repeat(np.arange(len(size)), size)
    while True:
        unknown = np.bincount(line, ~closed[equations.cell], len(size))
        last = (unknown == 1)[line] & ~closed[equations.cell]
        if not last.any():
            return closed
        closed[equations.cell[last]] = True
