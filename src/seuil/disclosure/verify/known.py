"""What is known from elsewhere, and what it leaves of every cell, line by line. Arrays have the grid's shape."""

from dataclasses import dataclass

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.grid import NO_LIMIT, Grid, Relation

ROUNDS = 10_000  # looks at every line; far more than it takes to come to an end


@dataclass(frozen=True)
class Known:
    """low, high: bounds of the count. exact: cells whose count is known, empty ones too.

    excused: cells that need no proof when they are hidden or implied: what is known holds them in a range below the
    threshold, and they aren't published, or are accepted as legacy.
    """

    low: Ints
    high: Ints
    exact: Bools
    excused: Bools


def known(grid: Grid) -> Known:
    """The bounds that the definition states, drawn together until no line and no overlap has more to say."""
    told = grid.elsewhere
    low, high = told.low.copy(), np.where(grid.empty, 0, told.high)
    if not told.bounded.any():
        return Known(low, high, grid.empty, np.zeros(grid.shape, dtype=np.bool_))
    for _ in range(ROUNDS):
        before = low.copy(), high.copy()
        for k, axis in enumerate(grid.axes, start=1):
            nodes_low, nodes_high = np.moveaxis(low, k, 0), np.moveaxis(high, k, 0)
            for parent, children in enumerate(axis.children):
                if children:
                    _close_line(nodes_low, nodes_high, parent, list(children))
        for relation in grid.relations:
            _close_overlap(low, high, relation)
        if (low == before[0]).all() and (high == before[1]).all():
            break
    narrow = (high - low < grid.threshold) & ~grid.empty
    return Known(low, high, (low == high) | grid.empty, narrow & (told.legacy | ~grid.published))


def _close_line(low: Ints, high: Ints, parent: int, children: list[int]) -> None:
    """A node is the sum of its children. What has no limit stays above `NO_LIMIT` however much is added."""
    least, most = low[children].sum(axis=0), high[children].sum(axis=0)
    low[parent] = np.maximum(low[parent], least)
    high[parent] = np.minimum(high[parent], most)
    for child in children:
        lower, upper = low[parent] - (most - high[child]), high[parent] - (least - low[child])
        least, most = least - low[child], most - high[child]
        low[child] = np.maximum(low[child], lower)
        high[child] = np.where(high[parent] < NO_LIMIT, np.minimum(high[child], upper), high[child])
        least, most = least + low[child], most + high[child]


def _close_overlap(low: Ints, high: Ints, relation: Relation) -> None:
    """Slices with a plus are together no less than those with a minus."""
    plus = [s for s, sign in relation.terms if sign > 0]
    minus = [s for s, sign in relation.terms if sign < 0]
    for s in plus:
        others = high[[p for p in plus if p != s]].sum(axis=0)
        low[s] = np.maximum(low[s], low[minus].sum(axis=0) - others)
    for s in minus:
        most, others = high[plus].sum(axis=0), low[[m for m in minus if m != s]].sum(axis=0)
        high[s] = np.where(most < NO_LIMIT, np.minimum(high[s], most - others), high[s])
