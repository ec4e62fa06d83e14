"""What bounds of cells leave of each other over lines and overlaps (interval propagation)."""

from seuil.disclosure.compiled import compiled
from seuil.disclosure.frame import Ints
from seuil.disclosure.lattice import UNBOUNDED, Rows


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
