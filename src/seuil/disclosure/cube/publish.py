"""From a true cube and a pattern to the figures that are published (confidential)."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid


@dataclass(frozen=True)
class Pattern:
    """What is hidden, over the shape of each one's grid: of the count, and of every sum by name."""

    count: Bools
    sums: Mapping[str, Bools]


def publish(cube: Cube, pattern: Pattern) -> Figures:
    """What a pattern leaves to see: rounded counts and exact sums, 0 where hidden or not published."""
    grid = cube.grid
    return Figures(
        grid,
        _column(rounded(cube.count, grid.rounding), pattern.count & grid.published, grid.published),
        {name: _amounts(grid.grids[name], cube.sums[name].total, hidden) for name, hidden in pattern.sums.items()},
    )


def rounded(values: Ints, base: int | None) -> Ints:
    """Whole numbers to the nearest multiple of `base`, halves up: `model.formulas.round_half_up` of arrays."""
    return values if base is None else (values + base // 2) // base * base


def _amounts(grid: Grid, total: Ints, hidden: Bools) -> Column:
    return _column(total, hidden & grid.published, grid.published)


def _column(values: Ints, hidden: Bools, published: Bools) -> Column:
    return Column(np.where(hidden | ~published, 0, values), hidden)
