"""What figures tell of every cell by themselves, before any equation (2a to 2c): the start of bound propagation."""

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.disclosure.constraints.implied import Implied
from seuil.disclosure.constraints.rows import UNBOUNDED
from seuil.disclosure.cube.figures import Figures


def public_bounds(figures: Figures, implied: Implied) -> tuple[Ints, Ints]:
    """Bounds of the count of every cell (flat) from its own figure and the rules 2a to 2c.

    Shown: what rounds to the figure, and at least the threshold; 0 where 0 is shown or declared. Hidden: at least 1
    where zeros are shown. An implied cell that is told is at least the threshold, or 0 where zeros are shown. Every
    cell: what is known of it from elsewhere.
    """
    grid = figures.grid
    t, base = grid.threshold, grid.rounding
    hidden, values = figures.count.hidden, figures.count.values
    shown = grid.published & ~hidden
    half = 0 if base is None else base // 2
    width = 0 if base is None else base - 1
    low = np.zeros(grid.shape, np.int64)
    high = np.full(grid.shape, UNBOUNDED)
    # With base 10, 20 is 15 to 24. The rule is known as well: a shown cell has the threshold, so a 10 is 11 to 14.
    low[shown] = np.maximum(values[shown] - half, t)
    high[shown] = values[shown] - half + width
    if grid.zeros_shown:
        low[hidden] = 1  # it would be shown if it were 0
        zero = shown & (values == 0)
        low[zero] = high[zero] = 0
    low[grid.empty] = high[grid.empty] = 0
    low, high = low.ravel(), high.ravel()
    if not grid.zeros_shown:
        # Implied cells all of whose figures are shown would have been protected if they were small. Where zeros are
        # shown they may be 0 as well, which is no interval: it isn't made use of.
        told = implied.told(shown.ravel())[0] & ~grid.empty.ravel()
        low[told] = np.maximum(low[told], t)
    return np.maximum(low, implied.known.low), np.minimum(high, implied.known.high)


def sum_bounds(figures: Figures, name: str) -> tuple[Ints, Ints]:
    """Bounds of a sum in every cell (flat), in its whole units: exact where shown, 0 where nobody is counted."""
    grid, column = figures.grid.grids[name], figures.sums[name]
    shown = grid.published & ~column.hidden
    low = np.where(shown, column.values, 0)
    high = np.where(shown, column.values, UNBOUNDED)
    high[grid.empty | figures.nobody(grid)] = 0
    return low.ravel().astype(np.int64), high.ravel().astype(np.int64)
