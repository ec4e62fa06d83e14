"""Linked tables over different dimensions: which cells count, and how people are lined up to agree with all of them.

Take tables of which any two have the same dimensions in common, and no others: professions by territory and age, and
professions by territory and sector. Numbers for each of them that agree on what they share are always the numbers of
one set of people: line up those of a profession and a territory by age, then by sector, and give the first one the
first age and the first sector, and so on. So the cells of no table (an age *and* a sector) hold back nothing that the
others would allow, and the search leaves them out. Here a table's *parts* are the leaves of its own dimensions, a
*group* is a leaf of the shared ones, and an *atom* is a part of a group: a cell with no cell of its table below it.

The *north-west corner rule* of transportation problems, once for every group (G. Dantzig, Linear Programming and
Extensions, 1963). That numbers agree on what is shared is enough for one set of people to exist is the theorem of
decomposable models (S. Lauritzen, Graphical Models, 1996). Of one profession in one territory:

    by age    young 4, old 6            young public 3, young private 1,
    by sector public 3, private 7       old public 0,   old private 6: every person of a table is met once

The reduction:

- *accepts* exact figures of two or more tables, any two of which share the same dimensions and no others, with no
  overlaps or figures known from elsewhere, and no declared empty cells but whole groups (`linked_axes`);
- *applies* by leaving out all cells that no table is made of: `lines` among the cells of the tables only;
- *inverts* a proof in terms of atoms by lining up people of every table that it holds, move by move (`expand`).

Cost: the parts of all tables, not their product, for every group that a move changes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numba import njit

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.rows import Rows
from seuil.disclosure.cube.grid import Grid
from seuil.disclosure.proof import Proof

Axes = frozenset[int]


@dataclass(frozen=True)
class Linking:
    """How the atoms of linked tables make one table of leaves.

    boxes: axes of every table. atoms: (atoms,) cells (flat), table after table, group after group. parts: (tables,) how
    many each has. group_leaf: (groups,) and part_leaf: (parts of the first table x parts of the second x ...,): their
    sums are the numbers of leaves. leaves: how many there are.
    """

    boxes: tuple[Axes, ...]
    atoms: Ints
    parts: Ints
    group_leaf: Ints
    part_leaf: Ints
    leaves: int

    def line_up(self, values: Ints) -> Ints:
        """(leaves,) the table that atoms of some values (atoms,) make."""
        changes = _expand(np.zeros_like(values), *_one_move(values), self.parts, self.group_leaf, self.part_leaf)
        base = np.zeros(self.leaves, np.int64)
        base[changes[1]] = changes[2]
        return base

    def expand(self, proof: Proof) -> Proof:
        """The same proof in terms of leaves. proof: in terms of atoms."""
        start, leaf, change = [np.zeros(1, np.int64)], [], []
        for origin, first, last in proof.runs():
            offset = proof.move_start[first]
            entries = slice(offset, proof.move_start[last])
            moves = (
                proof.move_start[first : last + 1] - offset,
                proof.move_variable[entries],
                proof.move_change[entries],
            )
            from_here = _expand(proof.table(origin), *moves, self.parts, self.group_leaf, self.part_leaf)
            start.append(from_here[0][1:] + start[-1][-1])
            leaf.append(from_here[1])
            change.append(from_here[2])
        leaves, changes = (np.concatenate([np.zeros(0, np.int64), *parts]) for parts in (leaf, change))
        moves = np.concatenate(start), leaves, changes
        return Proof(self.line_up(proof.base), *moves, proof.cells, proof.low, proof.high, proof.move_from)


def _one_move(values: Ints) -> tuple[Ints, Ints, Ints]:
    """All values as one move away from nobody."""
    atoms = np.flatnonzero(values)
    return np.array([0, len(atoms)]), atoms, values[atoms]


def linked_axes(grid: Grid) -> tuple[list[Axes], Axes]:
    """Each linked table's own axes, and those that all share; no tables where they aren't linked like this.

    Axes with one node are nobody's. Overlaps, declared empty cells and what is known from elsewhere can tie cells of no
    table to others; so can an axis whose total has one child only. What is empty by shared axes alone, such as a kind
    of fees that a profession doesn't have, is empty in every table, and leaves nobody to line up.
    """
    nothing: tuple[list[Axes], Axes] = [], frozenset()
    if grid.overlapping is not None or grid.known or grid.rounding is not None:
        return nothing
    found = {_axes_of(grid, number) for number in range(len(grid.base.tables))}
    tables = sorted((a for a in found if not any(a < b for b in found)), key=sorted)
    shared = reduce(frozenset.intersection, tables)
    own = [axes - shared for axes in tables]
    apart = sum(len(axes) for axes in own) == len(frozenset().union(*own))
    every = [k for axes in own for k in axes]
    if len(tables) < 2 or not apart or any(len(grid.axes[k].children[0]) < 2 for k in every):
        return nothing
    if any((grid.empty != grid.empty.take([0], axis=k + 1)).any() for k in every):
        return nothing
    return own, shared


def _axes_of(grid: Grid, number: int) -> Axes:
    """Axes on which a table has more than the total."""
    table = grid.base.tables[number]
    nodes = [grid.dataset.published_nodes(table, name, grid.period) for name in grid.base.additive]
    return frozenset(
        k for k, axis in enumerate(grid.axes) if len(axis.nodes) > 1 and set(nodes[k]) != {axis.nodes[0].code}
    )


def linking_of(grid: Grid) -> Linking | None:
    """How the grid's tables are linked; None where they aren't, or not as this module asks for."""
    own, shared = linked_axes(grid)
    if not own:
        return None
    sizes = np.array([len(axis.nodes) for axis in grid.axes]), np.array([len(axis.leaves) for axis in grid.axes])
    stride, leaf_stride = (np.append(np.cumprod(n[:0:-1])[::-1], 1).astype(np.int64) for n in sizes)

    def cells(axes: Axes) -> Ints:
        return _all_sums([np.array(grid.axes[k].leaves) * stride[k] for k in sorted(axes)])

    def leaves(axes: Axes) -> Ints:
        return _all_sums([np.arange(len(grid.axes[k].leaves)) * leaf_stride[k] for k in sorted(axes)])

    parts = [cells(axes) for axes in own]
    return Linking(
        tuple(axes | shared for axes in own),
        np.concatenate([np.add.outer(cells(shared), part).ravel() for part in parts]),
        np.array([len(part) for part in parts]),
        leaves(shared),
        _all_sums([leaves(axes) for axes in own]),
        int(np.prod(sizes[1])),
    )


def in_every_table(grid: Grid, linking: Linking) -> Bools:
    """(cells,) those that every table has: the total of each axis that some table lacks."""
    shared = reduce(frozenset.intersection, linking.boxes)
    found = np.zeros(grid.shape, np.bool_)
    found[(slice(None), *(slice(None) if k in shared else 0 for k in range(len(grid.axes))))] = True
    return found.ravel()


def lines_that_matter(grid: Grid, lines: Rows, boxes: Sequence[Axes]) -> Bools:
    """(lines,) those from which all others follow, where nothing is published at some inner nodes of an axis.

    What stands at such a node is the sum of what stands at its children, whatever that is, and so are its lines along
    other axes. Its own line is kept: professions whose total nobody publishes are then tied by nothing that can break.
    """
    at_first, at_second = (
        np.stack(np.unravel_index(lines.cell[lines.start[:-1] + entry], grid.shape)[1:]) for entry in (0, 1)
    )
    along = np.argmax(at_first != at_second, axis=0)
    unseen = np.zeros(at_first.shape, np.bool_)
    for k, axis in enumerate(grid.axes):
        others = tuple(n for n in range(len(grid.shape)) if n != k + 1)
        inner = np.array([len(children) > 0 for children in axis.children])
        # The total of a table's own axis stands in lines of other tables, which have no part below it.
        inner[0] &= all(k in box for box in boxes)
        unseen[k] = (inner & ~grid.published.any(axis=others))[at_first[k]]
    # At several such nodes a cell keeps one line, that of the first axis: of these sums the order doesn't matter.
    foremost = np.where(unseen.any(axis=0), np.argmax(unseen, axis=0), along)
    alone = unseen.sum(axis=0) - unseen[along, np.arange(len(along))] == 0
    return np.asarray(alone | (foremost == along))


def _all_sums(terms: list[Ints]) -> Ints:
    """Every sum of one term of each list, the last list running fastest."""
    return reduce(np.add.outer, terms, np.zeros(1, np.int64)).ravel().astype(np.int64)


@njit(cache=True)
def _tally(
    x: Ints, group: int, first: Ints, parts: Ints, sign: int, tally: Ints, met: Ints, places: Ints, n: int
) -> int:
    """Line up the people of a group and add `sign` for each where they stand; returns how many places are met."""
    position, rest = np.zeros(len(parts), np.int64), np.zeros(len(parts), np.int64)
    for table in range(len(parts)):
        rest[table] = x[first[table] + group * parts[table]]
    # All tables stand at their first part with anyone left; as many as all of them have there are in all those parts.
    while True:
        place, people = 0, rest[0]
        for table in range(len(parts)):
            while rest[table] == 0 and position[table] < parts[table] - 1:
                position[table] += 1
                rest[table] = x[first[table] + group * parts[table] + position[table]]
            place = place * parts[table] + position[table]
            people = rest[table] if table == 0 else min(people, rest[table])
        if people == 0:
            return n  # tables agree on the group's total, so all run out at once
        tally[place] += sign * people
        rest -= people
        if not met[place]:
            met[place] = 1
            places[n] = place
            n += 1


@njit(cache=True)
def _expand(
    base: Ints, move_start: Ints, move_atom: Ints, move_change: Ints, parts: Ints, group_leaf: Ints, part_leaf: Ints
) -> tuple[Ints, Ints, Ints]:
    """Moves of atoms as moves of leaves: start of each, leaf, change."""
    first = np.zeros(len(parts) + 1, np.int64)
    first[1:] = np.cumsum(parts) * len(group_leaf)
    before, after = base.copy(), base.copy()
    seen, groups = np.full(len(group_leaf), -1, np.int64), np.zeros(len(group_leaf), np.int64)
    tally, met, places = (np.zeros_like(part_leaf), np.zeros_like(part_leaf), np.zeros_like(part_leaf))
    start = np.zeros(len(move_start), np.int64)
    leaf, change = np.zeros(2 * len(part_leaf), np.int64), np.zeros(2 * len(part_leaf), np.int64)
    n = 0
    for k in range(len(move_start) - 1):
        found = 0
        for z in range(move_start[k], move_start[k + 1]):
            atom = move_atom[z]
            after[atom] += move_change[z]
            table = np.searchsorted(first, atom, side="right") - 1
            group = (atom - first[table]) // parts[table]
            if seen[group] != k:
                seen[group] = k
                groups[found] = group
                found += 1
        # Only groups that the move changes: what people of others do is the same before and after.
        for group in groups[:found]:
            if n + len(part_leaf) > len(leaf):
                leaf, change = np.append(leaf, np.zeros_like(leaf)), np.append(change, np.zeros_like(change))
            reached = _tally(before, group, first, parts, -1, tally, met, places, 0)
            reached = _tally(after, group, first, parts, 1, tally, met, places, reached)
            for place in places[:reached]:
                if tally[place] != 0:
                    leaf[n], change[n] = group_leaf[group] + part_leaf[place], tally[place]
                    n += 1
                tally[place] = met[place] = 0
        for z in range(move_start[k], move_start[k + 1]):
            after[move_atom[z]] = before[move_atom[z]]
        start[k + 1] = n
    return start, leaf[:n], change[:n]
