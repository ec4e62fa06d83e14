"""How far above the leaves cells are: national figures go last."""

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.grid import Grid
from seuil.model.hierarchy import Hierarchy


def heights_of(axis: Hierarchy) -> list[int]:
    """For every node how many levels are below it."""
    heights = [0] * len(axis.nodes)
    for k in reversed(range(1, len(heights))):  # children stand after their parent
        parent = axis.parents[k]
        heights[parent] = max(heights[parent], heights[k] + 1)
    return heights


def cell_heights(grid: Grid) -> Ints:
    """(cells,) how many levels above the leaves, all additive dimensions added up."""
    height = np.zeros(grid.shape, np.int64)
    for k, axis in enumerate(grid.axes, start=1):
        height += np.array(heights_of(axis)).reshape([-1 if i == k else 1 for i in range(len(grid.shape))])
    return height.ravel()
