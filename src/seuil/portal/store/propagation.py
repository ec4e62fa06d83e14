"""The lowest and highest that each published figure can be, hidden ones too, for anybody who has the published figures.

Bounds go along the hierarchies, again and again until nothing changes (bound propagation):
 1. parts that have nothing in common (additive children) are together no more than their parent, so each is at most
    what the parent's highest leaves when the others are lowest, and the parent at least the sum of their lowest;
 2. a part that may share units with others (overlapping children) is at most its parent, and the parent at least each.
That parts make up their parent is never used: what isn't published of it may lie between.

Outer bounds: the true figure always lies within; a reader may be able to place it more closely.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Rows = NDArray[np.int64]

_MOST_ROUNDS = 50


@dataclass(frozen=True)
class Line:
    """For each row the row of its parent in one dimension, -1 where there is none. additive: parts share nothing."""

    parent: Rows
    additive: bool


def propagate(low: Values, high: Values, lines: Sequence[Line]) -> tuple[Values, Values]:
    """Narrow bounds of rows along lines; `high` is infinite where nothing is known.

    The arrays given stay as they are, and are what is given back where figures contradict what lines say of them.
    """
    first = low, high
    low, high = low.copy(), high.copy()
    for _ in range(_MOST_ROUNDS):
        before = low.sum(), np.isinf(high).sum(), high[np.isfinite(high)].sum()
        for line in lines:
            _along(low, high, line)
        if before == (low.sum(), np.isinf(high).sum(), high[np.isfinite(high)].sum()):
            break
    return first if (low > high).any() else (low, high)


def _along(low: Values, high: Values, line: Line) -> None:
    children = np.flatnonzero(line.parent >= 0)
    parents = line.parent[children]
    if line.additive:
        together = np.zeros_like(low)
        np.add.at(together, parents, low[children])
        np.maximum(low, together, out=low)
        room = high[parents] - (together[parents] - low[children])
    else:
        np.maximum.at(low, parents, low[children])
        room = high[parents]
    high[children] = np.minimum(high[children], room)
