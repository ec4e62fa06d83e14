"""What figures tell of every cell by themselves, and what follows over lines and overlaps (interval propagation)."""

import numpy as np

from seuil.disclosure.compiled import compiled
from seuil.disclosure.frame import Figures, Ints
from seuil.disclosure.implied import Implied
from seuil.disclosure.lattice import UNBOUNDED, Rows


def public_bounds(figures: Figures, implied: Implied) -> tuple[Ints, Ints]:
    """Bounds of the count of every cell (flat) from its own figure and the rules 2a to 2c.

    Shown: what rounds to the figure, and at least the threshold; 0 where 0 is shown or declared. Hidden: at least 1
    where zeros are shown. An implied cell that is told is at least the threshold, or 0 where zeros are shown.
    """
    frame = figures.frame
    t, base = frame.threshold, frame.rounding
    hidden, values = figures.count.hidden, figures.count.values
    shown = frame.published & ~hidden
    half = 0 if base is None else base // 2
    width = 0 if base is None else base - 1
    low = np.zeros(frame.shape, np.int64)
    high = np.full(frame.shape, UNBOUNDED)
    low[shown] = np.maximum(values[shown] - half, t)
    high[shown] = values[shown] - half + width
    if frame.zeros_shown:
        low[hidden] = 1
        zero = shown & (values == 0)
        low[zero] = high[zero] = 0
    low[frame.empty] = high[frame.empty] = 0
    low, high = low.ravel(), high.ravel()
    if not frame.zeros_shown:
        told = implied.told(shown.ravel())[0] & ~frame.empty.ravel()
        low[told] = np.maximum(low[told], t)
    return low, high


def sum_bounds(figures: Figures, name: str) -> tuple[Ints, Ints]:
    """Bounds of a sum in every cell (flat), in its whole units: exact where shown, 0 where nobody is counted."""
    frame, column = figures.frame, figures.sums[name]
    shown = frame.published & ~column.hidden
    low = np.where(shown, column.values, 0)
    high = np.where(shown, column.values, UNBOUNDED)
    nobody = frame.published & ~figures.count.hidden & (figures.count.values == 0) & frame.zeros_shown
    high[frame.empty | nobody] = 0
    return low.ravel().astype(np.int64), high.ravel().astype(np.int64)


def tighten(rows: Rows, low: Ints, high: Ints, rounds: int = 50) -> tuple[Ints, Ints]:
    """Bounds of every cell that the rows leave, propagated to a fixpoint (or `rounds` sweeps, still valid)."""
    low, high = low.copy(), high.copy()
    _propagate(rows.start, rows.cell, rows.coefficient, rows.low, rows.high, low, high, rounds)
    return low, high


@compiled
def _propagate(
    start: Ints, cell: Ints, coefficient: Ints, row_low: Ints, row_high: Ints, low: Ints, high: Ints, rounds: int
) -> None:
    for _ in range(rounds):
        changed = False
        for r in range(len(start) - 1):
            changed |= _sweep(start[r], start[r + 1], cell, coefficient, row_low[r], row_high[r], low, high)
        if not changed:
            break


@compiled
def _sweep(
    first: int, last: int, cell: Ints, coefficient: Ints, row_low: int, row_high: int, low: Ints, high: Ints
) -> bool:
    """Tighten the members of one row by each other. An unbounded member tells nothing of the others."""
    least, most, open_least, open_most = 0, 0, 0, 0
    for k in range(first, last):
        c = cell[k]
        unbounded = high[c] >= UNBOUNDED
        if coefficient[k] > 0:
            least += low[c]
            most += 0 if unbounded else high[c]
            open_most += unbounded
        else:
            least -= 0 if unbounded else high[c]
            most -= low[c]
            open_least += unbounded
    changed = False
    for k in range(first, last):
        c = cell[k]
        if low[c] == high[c]:
            continue
        mine = high[c] >= UNBOUNDED
        if coefficient[k] > 0:
            lower = row_low - (most - (0 if mine else high[c])) if open_most - mine == 0 else low[c]
            upper = row_high - (least - low[c]) if open_least == 0 and row_high < UNBOUNDED else high[c]
        else:
            lower = least + (0 if mine else high[c]) - row_high
            if open_least - mine > 0 or row_high >= UNBOUNDED:
                lower = low[c]
            upper = most + low[c] - row_low if open_most == 0 else high[c]
        # The sums above are of the bounds as they were; a member tightened meanwhile only makes them looser.
        if lower > low[c]:
            low[c] = lower
            changed = True
        if upper < high[c]:
            high[c] = upper
            changed = True
    return changed
