"""Line check: does one row alone give a hidden member away, and which cells can be shown without making one do so?

A row gives a cell away if its members' own bounds hold the cell in a range narrower than its sliding level: a lone
hidden cell among shown ones, or hidden parts whose total is told to be too little. Protecting line by line by hand
stops here, and is not enough; in this program it is the quick first look before a search (`cleanup`).

    a b 40 | 45, a and b hidden, T = 11: a + b = 5, so that each lies in 0 to 5

Cost: the length of the row for each check.
"""

from typing import NamedTuple

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.compiled import compiled
from seuil.disclosure.constraints.rows import UNBOUNDED, Incidence


class Cells(NamedTuple):
    """Bounds of every cell while shown and once hidden, and its sliding level once hidden (0: nothing is asked).

    hidden is changed in place. always_open: (rows,) whose sum may not be told, so that one of the cells is hidden.
    """

    low: Ints
    high: Ints
    hidden_low: Ints
    hidden_high: Ints
    sliding: Ints
    hidden: Bools
    always_open: Bools


@compiled
def gives_away(rows: Incidence, cells: Cells, row: int) -> bool:
    """Whether the bounds of a row's members hold a hidden member in a range narrower than its sliding level."""
    least, most, open_least, open_most, hidden = 0, 0, 0, 0, 0
    for k in range(rows.start[row], rows.start[row + 1]):
        c = rows.cell[k]
        concealed = cells.hidden[c]
        hidden += concealed
        low = cells.hidden_low[c] if concealed else cells.low[c]
        high = cells.hidden_high[c] if concealed else cells.high[c]
        unbounded = high >= UNBOUNDED
        if rows.coefficient[k] > 0:
            least += low
            most += 0 if unbounded else high
            open_most += unbounded
        else:
            least -= 0 if unbounded else high
            most -= low
            open_least += unbounded
    if hidden == 0:
        return cells.always_open[row]
    for k in range(rows.start[row], rows.start[row + 1]):
        c = rows.cell[k]
        if not cells.hidden[c] or cells.sliding[c] == 0:
            continue
        low, high = cells.hidden_low[c], cells.hidden_high[c]
        mine = high >= UNBOUNDED
        own = 0 if mine else high
        lower, upper = low, high
        if rows.coefficient[k] > 0:
            if open_least == 0 and rows.high[row] < UNBOUNDED:
                upper = rows.high[row] - (least - low)
            if open_most == mine:
                lower = rows.low[row] - (most - own)
        else:
            if open_most == 0:
                upper = most + low - rows.low[row]
            if open_least == mine and rows.high[row] < UNBOUNDED:
                lower = least + own - rows.high[row]
        if min(upper, high) - max(low, lower) < cells.sliding[c]:
            return True
    return False


@compiled
def show_needless(rows: Incidence, cells: Cells, candidates: Ints) -> int:
    """Show candidates again, in the order given, where no row gives a cell away without them. Returns how many."""
    shown = 0
    for c in candidates:
        cells.hidden[c] = False
        for k in range(rows.cell_start[c], rows.cell_start[c + 1]):
            if gives_away(rows, cells, rows.cell_row[k]):
                cells.hidden[c] = True
                break
        shown += not cells.hidden[c]
    return shown
