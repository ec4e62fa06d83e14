"""Rows that give a hidden member away by themselves, and cells that can be shown without making one.

A row gives a cell away if its members' own bounds hold the cell in a range narrower than needed: a lone hidden cell
among shown ones, or hidden parts whose total is told to be too little.
"""

from typing import NamedTuple

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.compiled import compiled
from seuil.disclosure.constraints.rows import UNBOUNDED, Rows


class Cells(NamedTuple):
    """Bounds of every cell while shown and once hidden, and what it needs once hidden (0: nothing).

    hidden is changed in place.
    """

    low: Ints
    high: Ints
    hidden_low: Ints
    hidden_high: Ints
    sliding: Ints
    hidden: Bools


class Incidence(NamedTuple):
    """A system of rows, by row and by cell. secret: rows whose rest may not be told, so one member has to be hidden."""

    start: Ints
    cell: Ints
    coefficient: Ints
    low: Ints
    high: Ints
    cell_start: Ints
    cell_row: Ints
    secret: Bools


def incidence_of(rows: Rows, cells: int, secret: Bools) -> Incidence:
    """Both views of a system."""
    start, row, _ = rows.of_cells(cells)
    return Incidence(rows.start, rows.cell, rows.coefficient, rows.low, rows.high, start, row, secret)


@compiled
def gives_away(rows: Incidence, cells: Cells, row: int) -> bool:
    """Whether the bounds of a row's members hold a hidden member in a range narrower than it needs."""
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
        return rows.secret[row]
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
