"""What is known from elsewhere, and what it leaves of every cell, line by line. Arrays have the layout's shape."""

from dataclasses import dataclass

import numpy as np

from seuil.disclosure.verify.cells import NO_LIMIT, CellLayout, Overlap
from seuil.disclosure.verify.inputs import Bools, Ints

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


def known(layout: CellLayout) -> Known:
    """The bounds that the definition states, drawn together until no line and no overlap has more to say."""
    low, high = layout.known_low.copy(), np.where(layout.empty, 0, layout.known_high)
    if not ((low > 0) | (layout.known_high < NO_LIMIT)).any():
        return Known(low, high, layout.empty, np.zeros(layout.shape, dtype=np.bool_))
    draw_together(layout, low, high)
    narrow = (high - low < layout.threshold) & ~layout.empty
    return Known(low, high, (low == high) | layout.empty, narrow & (layout.legacy | ~layout.published))


def draw_together(layout: CellLayout, low: Ints, high: Ints) -> None:
    """Narrow bounds, in place, until no line and no overlap has more to say. high: `NO_LIMIT` where there is none."""
    for _ in range(ROUNDS):
        before = low.copy(), high.copy()
        for k, axis in enumerate(layout.axes, start=1):
            nodes_low, nodes_high = np.moveaxis(low, k, 0), np.moveaxis(high, k, 0)
            for parent, children in enumerate(axis.children):
                if children:
                    _close_line(nodes_low, nodes_high, parent, list(children))
        for overlap in layout.overlaps:
            _close_overlap(low, high, overlap)
        if (low == before[0]).all() and (high == before[1]).all():
            break


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


def _close_overlap(low: Ints, high: Ints, overlap: Overlap) -> None:
    """Slices with a plus are together no less than those with a minus."""
    plus, minus = [overlap.parent], list(overlap.parts)
    if overlap.sign < 0:
        plus, minus = minus, plus
    for s in plus:
        others = high[[p for p in plus if p != s]].sum(axis=0)
        low[s] = np.maximum(low[s], low[minus].sum(axis=0) - others)
    for s in minus:
        most, others = high[plus].sum(axis=0), low[[m for m in minus if m != s]].sum(axis=0)
        high[s] = np.where(most < NO_LIMIT, np.minimum(high[s], most - others), high[s])
