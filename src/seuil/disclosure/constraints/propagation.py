"""What bounds of cells leave of each other over lines and overlaps.

*Bound propagation*, in optimisation feasibility-based bound tightening (A. Brearley, G. Mitra and H. Williams,
Mathematical Programming 1975), for tables known as the shuttle algorithm (L. Buzzigoli and A. Giusti, 1999): a row and
the bounds of all its members but one bound that one. Rows are swept one after the other until no bound moves. From
x + y + z = 10, x between 2 and 3 and y at least 4:

    z <= 10 - 2 - 4 = 4,    y <= 10 - 2 - 0 = 8,    and x keeps its bounds.

Bounds are valid after any sweep, so one may stop early. They are not the tightest that real numbers allow, which a
linear programme for each cell and side would give, but each sweep takes only time linear in the entries.
"""

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Ints
from seuil.disclosure.compiled import compiled
from seuil.disclosure.constraints.rows import UNBOUNDED, Rows


def tighten(rows: Rows, low: Ints, high: Ints, sweeps: int | None = None) -> tuple[Ints, Ints]:
    """Bounds of every cell that the rows leave, propagated to a fixpoint, or for some sweeps (still valid).

    A lower bound above the upper one says that no table has all of it.
    """
    low, high = low.copy(), high.copy()
    most = tuning.TUNING.constraints.propagation_sweeps if sweeps is None else sweeps
    _propagate(rows.start, rows.cell, rows.coefficient, rows.low, rows.high, low, high, most)
    _contradict(rows.start, rows.cell, rows.coefficient, rows.low, rows.high, low, high)
    return low, high


@compiled
def _propagate(
    start: Ints, cell: Ints, coefficient: Ints, row_low: Ints, row_high: Ints, low: Ints, high: Ints, sweeps: int
) -> None:
    for _ in range(sweeps):
        changed = False
        for r in range(len(start) - 1):
            changed |= _sweep(start[r], start[r + 1], cell, coefficient, row_low[r], row_high[r], low, high)
        if not changed:
            break


@compiled
def _contradict(
    start: Ints, cell: Ints, coefficient: Ints, row_low: Ints, row_high: Ints, low: Ints, high: Ints
) -> None:
    """Put the lower bound of a cell above its upper one where a row's members have one value each that break the row:
    none of them can be tightened, so that no sweep sees it.
    """
    for r in range(len(start) - 1):
        fixed, total = True, 0
        for k in range(start[r], start[r + 1]):
            fixed &= low[cell[k]] == high[cell[k]]
            total += coefficient[k] * low[cell[k]]
        if fixed and start[r] < start[r + 1] and (total < row_low[r] or total > row_high[r]):
            low[cell[start[r]]] = high[cell[start[r]]] + 1


@compiled
def row_sums(first: int, last: int, cell: Ints, coefficient: Ints, low: Ints, high: Ints) -> tuple[int, int, int, int]:
    """Least and most that the bounded members of a row add up to, and how many more have no such bound."""
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
    return least, most, open_least, open_most


@compiled
def left_by_others(
    sums: tuple[int, int, int, int], plus: bool, low: int, high: int, row_low: int, row_high: int
) -> tuple[int, int]:
    """Bounds that a row leaves a member. sums: of the row; plus: its coefficient is 1; low, high: of the member."""
    least, most, open_least, open_most = sums
    lower, upper = low, high
    # Where the only member without a bound is this one, the others do bound it; where another one has none, they don't.
    mine = high >= UNBOUNDED
    own = 0 if mine else high
    if plus:
        if open_most == mine:
            lower = max(low, row_low - (most - own))
        if open_least == 0 and row_high < UNBOUNDED:
            upper = min(high, row_high - (least - low))
    else:
        if open_least == mine and row_high < UNBOUNDED:
            lower = max(low, least + own - row_high)
        if open_most == 0:
            upper = min(high, most + low - row_low)
    return lower, upper


@compiled
def _sweep(
    first: int, last: int, cell: Ints, coefficient: Ints, row_low: int, row_high: int, low: Ints, high: Ints
) -> bool:
    """Tighten the members of one row by each other. An unbounded member tells nothing of the others."""
    sums = row_sums(first, last, cell, coefficient, low, high)
    changed = False
    for k in range(first, last):
        c = cell[k]
        if low[c] < high[c]:  # a fixed cell can't be tightened, and one without a value left must stay to be seen
            # The sums are of the bounds as they were; a member tightened meanwhile only makes them looser.
            lower, upper = left_by_others(sums, coefficient[k] > 0, low[c], high[c], row_low, row_high)
            changed |= lower > low[c] or upper < high[c]
            low[c], high[c] = lower, upper
    return changed
