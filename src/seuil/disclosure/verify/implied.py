"""Which cells are implied: fixed exactly by subtraction of figures. Arrays over cells have the grid's shape."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.grid import Grid


def closure(grid: Grid, known: Bools) -> Bools:
    """`known` and every cell that it fixes, one line at a time.

    A line is a node of an axis with its children, at any nodes of the other axes and any slice.
    """
    found = known.copy()
    before = -1
    while before != (before := int(found.sum())):
        for k, axis in enumerate(grid.axes, start=1):
            nodes_first = np.moveaxis(found, k, 0)
            for parent, children in enumerate(axis.children):
                if children:
                    _close_line(nodes_first, [parent, *children])
    return found


def _close_line(nodes_first: Bools, members: list[int]) -> None:
    line = nodes_first[members]
    nodes_first[members] = line | ((~line).sum(axis=0) == 1)


def subtract(grid: Grid, known: Bools, values: Ints) -> Ints:
    """`values` of the known cells and of every cell that they fix, found by subtraction in the order of `closure`."""
    known, values = known.copy(), values.copy()
    before = -1
    while before != (before := int(known.sum())):
        for k, axis in enumerate(grid.axes, start=1):
            known_first, values_first = np.moveaxis(known, k, 0), np.moveaxis(values, k, 0)
            for parent, children in enumerate(axis.children):
                if children:
                    members = [parent, *children]
                    last = ~known_first[members] & ((~known_first[members]).sum(axis=0) == 1)
                    signed = np.where(known_first[members], values_first[members], 0)
                    rest = signed[0] - signed[1:].sum(axis=0)
                    values_first[parent] = np.where(last[0], -rest, values_first[parent])
                    for at, child in enumerate(children, start=1):
                        values_first[child] = np.where(last[at], rest, values_first[child])
                    known_first[members] |= last
    return values


@dataclass(frozen=True)
class Implied:
    """The implied cells of exact figures.

    open_cells, fixed_cells: (grid's shape) unpublished cells that published figures fix; `fixed` are those that the
    shown ones fix. open_differences, fixed_differences: (relations, cells of a slice) the same of the differences
    between overlapping nodes, without those that are 0 by definition.
    """

    open_cells: Bools
    fixed_cells: Bools
    open_differences: Bools
    fixed_differences: Bools


def implied(grid: Grid, shown: Bools, known: Bools, *, exact: bool, differences: bool) -> Implied:
    """What is implied when `shown` is, and `known` already (empty cells, and what is known from elsewhere).

    Rounded figures (`exact` false) fix nothing.
    """
    relations, positions = len(grid.relations), grid.published[0].size
    none = np.zeros(grid.shape, dtype=np.bool_)
    no_difference = np.zeros((relations, positions), dtype=np.bool_)
    if not exact:
        return Implied(none, none, no_difference, no_difference)
    every, told = closure(grid, grid.published | known), closure(grid, shown | known)
    cells = every & ~grid.published & ~known
    fixed = cells & told
    if not differences or not relations:
        return Implied(cells & ~fixed, fixed, no_difference, no_difference)
    published, visible = no_difference.copy(), no_difference.copy()
    for k, relation in enumerate(grid.relations):
        slices = [s for s, _ in relation.terms]
        published[k] = (every[slices].all(axis=0) & ~known[slices].all(axis=0)).reshape(-1)
        visible[k] = told[slices].all(axis=0).reshape(-1)
    published &= ~zero_by_definition(grid)
    return Implied(cells & ~fixed, fixed, published & ~visible, published & visible)


def zero_by_definition(grid: Grid) -> Bools:
    """(relations, cells of a slice) where a difference is 0 whatever the counts are.

    So it is in a leaf where all units of a complete parent are in the children that are taken from it, or each in one
    child only, other children being empty; where all that the relation names is empty; and in a cell all of whose
    leaves are such.
    """
    at = np.ix_(range(grid.shape[0]), *(axis.leaves for axis in grid.axes))
    leaves = grid.empty[at].reshape(grid.shape[0], -1)
    live = np.zeros((len(grid.relations), leaves.shape[1]), dtype=np.bool_)
    for k, relation in enumerate(grid.relations):
        (parent, sign), *children = relation.terms
        live[k] = ~leaves[[s for s, _ in relation.terms]].all(axis=0)
        if grid.overlapping is not None and grid.overlapping.nodes[parent].complete:
            named, nodes = [c for c, _ in children], grid.overlapping.nodes
            if sign > 0:
                live[k] &= (~leaves[[c for c in grid.overlapping.children[parent] if c not in named]]).any(axis=0)
            else:
                live[k] &= (~leaves[[c for c in named if not nodes[c].exclusive]]).sum(axis=0) > 1
    size = [len(axis.leaves) for axis in grid.axes]
    spread: Ints = live.reshape(-1, *size).astype(np.int64)
    for k, axis in enumerate(grid.axes, start=1):
        sums = [np.take(spread, _ranks(axis.leaves, under), axis=k).sum(axis=k) for under in axis.leaves_under]
        spread = np.stack(sums, axis=k)
    return np.asarray(spread.reshape(len(grid.relations), -1) == 0)


def _ranks(leaves: tuple[int, ...], wanted: tuple[int, ...]) -> NDArray[np.intp]:
    return np.searchsorted(leaves, wanted)
