"""How many figures will be hidden at least: those that are small by themselves, before anything is protected.

Confidential, as is everything that is computed from counts: it belongs to `check --records`, whose output is as
confidential as the records (design: no side doors). What protects them comes on top, and isn't known before `build`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from seuil.disclosure.arrays import Bools
from seuil.disclosure.cube.cube import Cube, cube_of
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.disclosure.cube.primary import PrimaryRules
from seuil.figures.leaf_files import read_leaves
from seuil.model.bases import BASE_OF_COUNTS
from seuil.model.dataset import Dataset

USUAL = (5, 11, 20)
"""Thresholds that the definition's own is told beside."""


@dataclass(frozen=True)
class SmallFigures:
    """Confidential. Published figures of one base, the count or a sum, in one period.

    dimension, level: of which these are, both empty for all of them. cells: how many there are, but for those declared
    empty. hidden: by threshold, how many of these the rules hide whatever else is hidden.
    """

    period: int
    base: str
    dimension: str
    level: str
    cells: int
    hidden: Mapping[int, int]


def small_figures(dataset: Dataset, period: int, leaves: Path) -> list[SmallFigures]:
    """What is small in the leaves of a period: all together, then by each level of each dimension.

    Raises DataError if the leaves can't be read.
    """
    grid = grid_of(dataset, period)
    cube = cube_of(grid, read_leaves(leaves, grid))
    thresholds = sorted({*USUAL, grid.threshold})
    found = []
    for base, cells_of_base in {BASE_OF_COUNTS: grid, **grid.grids}.items():
        small = {threshold: _small(cube, base, threshold) for threshold in thresholds}
        for dimension, level, cells in (("", "", cells_of_base.published), *_levels(cells_of_base)):
            counted = cells & ~cells_of_base.empty
            hidden = {threshold: int((one & counted).sum()) for threshold, one in small.items()}
            found.append(SmallFigures(period, base, dimension, level, int(counted.sum()), hidden))
    return found


def _small(cube: Cube, base: str, threshold: int) -> Bools:
    """The cells that the rules hide if this were the threshold."""
    dataset = cube.grid.dataset
    definition = dataset.definition.model_copy(update={"threshold": threshold})
    grid = replace(cube.grid, dataset=replace(dataset, definition=definition))
    rules = PrimaryRules(replace(cube, grid=grid))
    return rules.count if base == BASE_OF_COUNTS else rules.sum(base)


def _levels(grid: Grid) -> Sequence[tuple[str, str, Bools]]:
    """The published cells of a base at each level of each of its dimensions, in the definition's order."""
    places = {name: (axis, h) for axis, (name, h) in enumerate(grid.hierarchies, 0 if grid.overlapping else 1)}
    found = []
    for name in (name for name in grid.dataset.hierarchies if name in places):
        axis, hierarchy = places[name]
        for level in hierarchy.levels:
            at = np.array([node.level == level for node in hierarchy.nodes])
            cells = grid.published & at.reshape([-1 if k == axis else 1 for k in range(grid.published.ndim)])
            if cells.any():
                found.append((name, level, cells))
    return found
