"""State of a search: what stays as it is, and what changes."""

from typing import NamedTuple

from seuil.disclosure.arrays import Floats, Ints
from seuil.disclosure.constraints.system import Sparse

BROKEN, CLOCK, MOVES, ENTRIES, STAMP, SPREAD, HARD, WEIGHTED = range(8)


class Problem(NamedTuple):
    """What stays as it is during a search. price, row_price: 0 for a hard bound; scale: what they are multiplied by.

    wide_*: bounds that hold even where the priced ones are left. cell, row_cell: number of the watched cell, -1 for
    none. where_variable, where_row: (watched cells,) where a cell is found. sliding, upper, lower: levels (see
    `Targets`). group: of every watched cell; small_in_base: how many cells of a group are small in the base table.
    A cell is small from `floor` up to below `threshold`; justified: whether every group must hold one.
    """

    entries: Sparse
    price: Floats
    row_price: Floats
    scale: Floats
    wide_low: Ints
    wide_high: Ints
    cell: Ints
    row_cell: Ints
    where_variable: Ints
    where_row: Ints
    sliding: Ints
    upper: Ints
    lower: Ints
    group: Ints
    group_start: Ints
    group_member: Ints
    small_in_base: Ints
    floor: int
    threshold: int
    justified: bool


class State(NamedTuple):
    """What changes: the table, its rows, which are broken, and what has been found."""

    x: Ints
    low: Ints
    high: Ints
    row: Ints
    row_low: Ints
    row_high: Ints
    weight: Floats
    broken: Ints
    place: Ints
    tabu: Ints
    trail: Ints
    weighted: Ints
    base: Ints
    base_row: Ints
    group_change: Ints
    seen_variable: Ints
    seen_cell: Ints
    touched: Ints
    number: Ints


def copy_of(state: State) -> State:
    """The same with arrays of its own. The base table is shared."""
    own = {name: array.copy() for name, array in state._asdict().items() if name not in ("base", "base_row")}
    return state._replace(**own)
