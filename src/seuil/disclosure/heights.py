"""How far above the leaves cells are: national figures go last."""

import numpy as np

from seuil.disclosure.frame import Frame, Ints
from seuil.model.hierarchy import Hierarchy


def heights_of(axis: Hierarchy) -> list[int]:
    """For every node how many levels are below it."""
    heights = [0] * len(axis.nodes)
    for k in reversed(range(1, len(heights))):
        parent = axis.parents[k]
        heights[parent] = max(heights[parent], heights[k] + 1)
    return heights


def cell_heights(frame: Frame) -> Ints:
    """(cells,) how many levels above the leaves, all additive dimensions added up."""
    height = np.zeros(frame.shape, np.int64)
    for k, axis in enumerate(frame.axes, start=1):
        height += np.array(heights_of(axis)).reshape([-1 if i == k else 1 for i in range(len(frame.shape))])
    return height.ravel()
