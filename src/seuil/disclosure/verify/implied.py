"""Which cells are implied: fixed exactly by subtraction of figures. Arrays over cells have the layout's shape."""

from dataclasses import dataclass

import numpy as np

from seuil.disclosure.verify.cells import CellLayout, add_up
from seuil.disclosure.verify.inputs import Bools, Ints


def closure(layout: CellLayout, known: Bools) -> Bools:
    """`known` and every cell that it fixes, one line at a time.

    A line is a node of an axis with its children, at any nodes of the other axes and any slice; a total that is no
    figure of its own has none.
    """
    found = known.copy()
    before = -1
    while before != (before := int(found.sum())):
        for k, axis in enumerate(layout.axes, start=1):
            nodes_first = np.moveaxis(found, k, 0)
            for line in axis.lines:
                _close_line(nodes_first, list(line))
    return found


def _close_line(nodes_first: Bools, members: list[int]) -> None:
    line = nodes_first[members]
    nodes_first[members] = line | ((~line).sum(axis=0) == 1)


def subtract(layout: CellLayout, known: Bools, values: Ints) -> Ints:
    """`values` of the known cells and of every cell that they fix, found by subtraction in the order of `closure`."""
    known, values = known.copy(), values.copy()
    before = -1
    while before != (before := int(known.sum())):
        for k, axis in enumerate(layout.axes, start=1):
            known_first, values_first = np.moveaxis(known, k, 0), np.moveaxis(values, k, 0)
            for members in map(list, axis.lines):
                parent, *children = members
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

    open_cells, fixed_cells: (layout's shape) unpublished cells that published figures fix; `fixed` are those that the
    shown ones fix. open_differences, fixed_differences: (overlaps, cells of a slice) the same of the differences
    between overlapping nodes, without those that are 0 by definition.
    """

    open_cells: Bools
    fixed_cells: Bools
    open_differences: Bools
    fixed_differences: Bools


def implied(layout: CellLayout, shown: Bools, known: Bools, *, exact: bool, differences: bool) -> Implied:
    """What is implied when `shown` is, and `known` already (empty cells, and what is known from elsewhere).

    Rounded figures (`exact` false) fix nothing.
    """
    overlaps, positions = len(layout.overlaps), layout.published[0].size
    none = np.zeros(layout.shape, dtype=np.bool_)
    no_difference = np.zeros((overlaps, positions), dtype=np.bool_)
    if not exact:
        return Implied(none, none, no_difference, no_difference)
    every, told = closure(layout, layout.published | known), closure(layout, shown | known)
    cells = every & ~layout.published & ~known
    fixed = cells & told
    if not differences or not overlaps:
        return Implied(cells & ~fixed, fixed, no_difference, no_difference)
    published, visible = no_difference.copy(), no_difference.copy()
    for k, overlap in enumerate(layout.overlaps):
        slices = overlap.slices
        published[k] = (every[slices].all(axis=0) & ~known[slices].all(axis=0)).reshape(-1)
        visible[k] = told[slices].all(axis=0).reshape(-1)
    published &= ~zero_by_definition(layout)
    return Implied(cells & ~fixed, fixed, published & ~visible, published & visible)


def zero_by_definition(layout: CellLayout) -> Bools:
    """(overlaps, cells of a slice) where a difference is 0 whatever the counts are.

    So it is in a leaf where all units of a complete parent are in the children that are taken from it, or each in one
    child only, other children being empty; where all of its slices are empty; and in a cell all of whose
    leaves are such.
    """
    at = np.ix_(range(layout.shape[0]), *(axis.leaves for axis in layout.axes))
    leaves = layout.empty[at].reshape(layout.shape[0], -1)
    live = np.zeros((len(layout.overlaps), leaves.shape[1]), dtype=np.bool_)
    for k, overlap in enumerate(layout.overlaps):
        live[k] = ~leaves[overlap.slices].all(axis=0)
        if layout.overlapping is not None and layout.overlapping.nodes[overlap.parent].complete:
            children, nodes = layout.overlapping.children[overlap.parent], layout.overlapping.nodes
            if overlap.sign > 0:
                live[k] &= (~leaves[[c for c in children if c not in overlap.parts]]).any(axis=0)
            else:
                live[k] &= (~leaves[[c for c in overlap.parts if not nodes[c].exclusive]]).sum(axis=0) > 1
    size = [len(axis.leaves) for axis in layout.axes]
    live_leaves = add_up(live.reshape(-1, *size).astype(np.int64), layout.axes)
    return np.asarray(live_leaves.reshape(len(layout.overlaps), -1) == 0)
