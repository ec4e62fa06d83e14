"""Public figures from elsewhere in the rows of a table: shown wherever there is one, and else missing."""

from collections.abc import Iterable

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.grid import Grid
from seuil.figures.layout import Block, hierarchies_of
from seuil.figures.values import ND, SHOWN, Values


def external_values(grid: Grid, block: Block, names: Iterable[str]) -> dict[str, Values]:
    """Some external measures in those rows."""
    return {name: _values(grid, name, block) for name in names}


def _values(grid: Grid, name: str, block: Block) -> Values:
    found, hierarchies = grid.dataset.external[name], hierarchies_of(grid)
    axes = [hierarchies[dimension] for dimension in found.dimensions]
    shape = tuple(len(axis.nodes) for axis in axes)
    # Rows of a table repeat the few places that the file tells of, so each of these is looked up once.
    at = np.ravel_multi_index(tuple(block.nodes[dimension] for dimension in found.dimensions), shape)
    places, positions = np.unique(at, return_inverse=True)
    numbers, missing = np.zeros(len(places), np.int64), np.zeros(len(places), np.bool_)
    for k, nodes in enumerate(zip(*np.unravel_index(places, shape), strict=True)):
        figure = found.at(grid.period, [axis.nodes[int(node)].code for axis, node in zip(axes, nodes, strict=True)])
        numbers[k], missing[k] = figure or 0, figure is None
    rows: Ints = positions.reshape(-1)
    return Values(numbers[rows], np.where(missing, ND, SHOWN).astype(np.int8)[rows])
