"""Margins of a table: sums over the leaves of every axis."""

from collections.abc import Sequence

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.model.hierarchy import Hierarchy


def add_up(leaves: Ints, axes: Sequence[Hierarchy | None]) -> Ints:
    """Sums over the leaves of every axis: (slices, leaves...) to (slices, nodes...). None: an axis of nodes already."""
    # One axis after the other, each from what the last one gave: far fewer additions than over all leaves of each cell.
    cells = leaves
    for k, axis in enumerate(axes, start=1):
        if axis is not None:
            position = {leaf: i for i, leaf in enumerate(axis.leaves)}
            under = [[position[leaf] for leaf in leaves_] for leaves_ in axis.leaves_under]
            moved = np.moveaxis(cells, k, 0)
            cells = np.moveaxis(np.stack([moved[rows].sum(axis=0) for rows in under]), 0, k)
    return np.ascontiguousarray(cells)
