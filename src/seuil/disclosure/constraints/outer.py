"""Outer bounds of hidden cells, for readers who ask for sums: what anybody can work out line by line.

Bound propagation (`propagation`) from the published figures alone: rounding, the threshold of shown counts, lines and
overlaps. The true figure lies within, and so does every admissible table; a reader with a solver may place a cell more
closely. From a total of 60 (55 to 64) and parts 40 (35 to 44) and NS, the hidden part is 64 - 35 = 29 at most.
"""

from collections.abc import Mapping

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.disclosure.constraints.bounds import public_bounds
from seuil.disclosure.constraints.implied import implied_of
from seuil.disclosure.constraints.propagation import tighten
from seuil.disclosure.constraints.rows import UNBOUNDED, stack
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid
from seuil.disclosure.proof import UNKNOWN, OuterBounds


def outer_bounds(figures: Figures) -> Mapping[str, OuterBounds]:
    """The bounds of the hidden cells of every base."""
    return {name: _of_base(figures, grid, column) for name, (grid, column) in figures.columns().items()}


def _of_base(figures: Figures, grid: Grid, column: Column) -> OuterBounds:
    implied = implied_of(grid)
    low, high = public_bounds(figures, implied) if grid.base.counts else _amounts(grid, column)
    low, high = tighten(stack([implied.lines, implied.overlaps]), low, high)
    cells = np.flatnonzero(grid.published & column.hidden)
    highest = high[cells]
    return OuterBounds(cells, np.maximum(low[cells], 0), np.where(highest >= UNBOUNDED, UNKNOWN, highest))


def _amounts(grid: Grid, column: Column) -> tuple[Ints, Ints]:
    """What `verify` knows of a sum in every cell (flat): exact where it is shown, 0 in empty cells."""
    shown = grid.published & ~column.hidden
    low = np.where(shown, column.values, 0)
    high = np.where(grid.empty, 0, np.where(shown, column.values, UNBOUNDED))
    return low.ravel().astype(np.int64), high.ravel().astype(np.int64)
