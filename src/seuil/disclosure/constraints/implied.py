"""Cells that are not published, but fixed exactly by subtraction of published figures (design: implied cells).

Rounded figures fix nothing exactly, so only exact publication implies cells: nodes that no table publishes (the
`unknown` leaf), and what an overlap leaves over (the units of the parent that are not in the child). Counts known from
elsewhere help to fix others; what they fix by themselves is not implied, but known.

The *closure* of the published cells under subtraction (unit propagation over equations): the only unknown member of a
line becomes known, until no line has just one. Linear in the entries for every pass, as many passes as the longest
chain of such steps. What only several equations together fix is not implied in this sense; hidden cells are proved
against all equations at once anyhow.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.external import Known, known_of
from seuil.disclosure.constraints.linked import Linking, lines_that_matter, linking_of
from seuil.disclosure.constraints.rows import Rows, is_leaf, lines, overlaps
from seuil.disclosure.cube.grid import Grid
from seuil.disclosure.proof import Proof
from seuil.model.hierarchy import Hierarchy


@dataclass(frozen=True)
class Implied:
    """The implied cells of a grid.

    nodes: (cells,) unpublished cells that published ones fix. left_over: (relations x cells of a slice,) relations
    whose slices are all published or fixed, unless they are 0 by definition. known: what is known from elsewhere.
    linking: of linked tables; spanned: (cells,) those that `lines` tell of.
    """

    grid: Grid
    known: Known
    lines: Rows
    overlaps: Rows
    nodes: Bools
    left_over: Bools
    linking: Linking | None
    spanned: Bools

    @cached_property
    def needless(self) -> Bools:
        """(lines, then overlaps) rows that follow from others and only slow a search down."""
        needless = np.zeros(len(self.lines) + len(self.overlaps), np.bool_)
        # Where a line is not believed, others need not follow from it.
        if self.linking and np.diff(self.lines.start).all():
            needless[: len(self.lines)] = ~lines_that_matter(self.grid, self.lines, self.linking.boxes)
        return needless

    @cached_property
    def atoms(self) -> Ints:
        """Cells that all those that `lines` tell of add up: the leaves, or those of each linked table."""
        return self.linking.atoms if self.linking else np.flatnonzero(is_leaf(self.grid))

    def line_up(self, values: Ints) -> Ints:
        """(leaves,) a table in which the atoms have some values (atoms,)."""
        return self.linking.line_up(values) if self.linking else values

    def expand(self, proof: Proof) -> Proof:
        """A proof in terms of leaves. proof: in terms of atoms."""
        return self.linking.expand(proof) if self.linking else proof

    def told(self, shown: Bools) -> tuple[Bools, Bools]:
        """Of `nodes` and of `left_over`, what the shown cells (flat) still fix."""
        known = determined(self.lines, shown | self.known.exact)
        return known & self.nodes, all_known(self.overlaps, known) & self.left_over


def implied_of(grid: Grid) -> Implied:
    """Find the implied cells of a grid; none where counts are rounded."""
    linking = linking_of(grid)
    return _closed(grid, linking, lines(grid, linking.boxes if linking else ()), overlaps(grid))


def without_rows(implied: Implied, chosen: Bools) -> Implied:
    """The implied cells where some rows (lines, then overlaps) are not believed."""
    lines_ = len(implied.lines)
    equations, relations = implied.lines.emptied(chosen[:lines_]), implied.overlaps.emptied(chosen[lines_:])
    found = _closed(implied.grid, implied.linking, equations, relations)
    return replace(found, left_over=found.left_over & ~chosen[lines_:], spanned=implied.spanned)


def _closed(grid: Grid, linking: Linking | None, equations: Rows, relations: Rows) -> Implied:
    nodes = np.zeros(grid.published.size, np.bool_)
    left_over = np.zeros(len(relations), np.bool_)
    known = known_of(grid, equations, relations)
    if grid.rounding is None:
        given = grid.published.ravel() | known.exact
        fixed = determined(equations, given)
        nodes = fixed & ~given
        left_over = all_known(relations, fixed) & ~zero_by_definition(grid)
        # What known figures fix by themselves was no figure's doing, and no hiding would help.
        if grid.known:
            left_over &= ~all_known(relations, known.exact)
    spanned = np.ones(grid.published.size, np.bool_)
    if linking is not None:
        spanned[:] = False
        spanned[equations.cell] = True
    return Implied(grid, known, equations, relations, nodes, left_over, linking, spanned)


def determined(equations: Rows, known: Bools) -> Bools:
    """Close a set of known cells (flat) under subtraction: the only unknown member of a line becomes known."""
    closed = known.copy()
    size = np.diff(equations.start)
    line = np.repeat(np.arange(len(size)), size)
    while True:
        # All lines at once; those that this closes others by come next time.
        unknown = np.bincount(line, ~closed[equations.cell], len(size))
        last = (unknown == 1)[line] & ~closed[equations.cell]
        if not last.any():
            return closed
        closed[equations.cell[last]] = True


def all_known(rows: Rows, known: Bools) -> Bools:
    """Rows all of whose members are known."""
    size = np.diff(rows.start)
    count = np.bincount(np.repeat(np.arange(len(size)), size), known[rows.cell], len(size))
    return np.asarray(count == size, dtype=np.bool_)


def zero_by_definition(grid: Grid) -> Bools:
    """Rows of `overlaps` that are 0 whatever the counts: in all leaves of the cell parent and children must be equal.

    So it is where the parent is complete and nobody can be in other children than those that the row takes away, or
    (the sum of children) in two of them; and where the parent is empty.
    """
    found = np.zeros((len(grid.relations), *grid.shape[1:]), np.bool_)
    if grid.overlapping is None:
        return found.ravel()
    for r, relation in enumerate(grid.relations):
        # sign 1: what the parent has beyond some children; -1: what the children have beyond the parent.
        (parent, sign), *rest = relation.terms
        children = grid.overlapping.children[parent]
        taken = [s for s, _ in rest]
        if sign > 0:
            others = (~grid.empty[[c for c in children if c not in taken]]).sum(axis=0)
        else:
            others = (~grid.empty[[c for c in taken if not grid.overlapping.nodes[c].exclusive]]).sum(axis=0) - 1
        sole = others <= 0 if grid.overlapping.nodes[parent].complete else np.zeros(grid.shape[1:], np.bool_)
        found[r] = sole | grid.empty[[s for s, _ in relation.terms]].all(axis=0)
    leaf = is_leaf(grid)[:1]
    return everywhere_below(found & leaf, grid.axes).ravel()


def everywhere_below(leaves: Bools, axes: tuple[Hierarchy, ...]) -> Bools:
    """From flags of leaf cells to flags of all cells: set where they are in every leaf of the cell."""
    flags = leaves
    for k, axis in enumerate(axes, start=1):
        view = np.moveaxis(flags, k, 0)
        flags = np.moveaxis(np.stack([view[list(under)].all(axis=0) for under in axis.leaves_under]), 0, k)
    return flags
