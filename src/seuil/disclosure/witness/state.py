"""State of a search: what stays as it is, and what changes.

All of it is arrays in named tuples, for that is what compiled code takes at no cost. A counter is an array of one
element: a plain number in a tuple could not be changed.
"""

from typing import NamedTuple

import numpy as np

from seuil.disclosure.arrays import Floats, Ints
from seuil.disclosure.constraints.system import Sparse


class Problem(NamedTuple):
    """What stays as it is during a search. A *watched* cell is one of `Targets.cells`, by its position there.

    entries: rows by variable and variables by row. price, row_price: of leaving the bounds of a variable or a row, 0
    where they can't be left; scale: (1,) what prices are multiplied by. wide_low, wide_high: (variables,) bounds that
    hold even where the priced ones are left. cell, row_cell: the watched cell that a variable or a row is, -1 for none;
    where_variable, where_row: (watched cells,) the other way round. sliding, upper, lower: (watched cells,) protection
    levels, see `Targets`. group: (watched cells,); group_start, group_member: the watched cells of every group;
    small_in_base: (groups,) how many of them are small in the base table. A cell is small from `floor` up to below
    `threshold`; justified: whether every group must hold a small one.
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


class Counters(NamedTuple):
    """Numbers that change during a search, each an array of one element.

    broken: rows outside their bounds; broken_hard: those of them that have no price. clock: steps made, which dates the
    last step of every variable. moves, move_entries: tables kept, and changes of variables in them. stamp: collections
    of what a push changed. weighted: rows whose weight has grown. spread: 1 while steps are kept short.
    """

    broken: Ints
    broken_hard: Ints
    clock: Ints
    moves: Ints
    move_entries: Ints
    stamp: Ints
    weighted: Ints
    spread: Ints

    @classmethod
    def at(cls, clock: int) -> "Counters":
        """All of them 0, but for the clock."""
        return cls(
            broken=np.zeros(1, np.int64),
            broken_hard=np.zeros(1, np.int64),
            clock=np.full(1, clock),
            moves=np.zeros(1, np.int64),
            move_entries=np.zeros(1, np.int64),
            stamp=np.zeros(1, np.int64),
            weighted=np.zeros(1, np.int64),
            spread=np.zeros(1, np.int64),
        )


class State(NamedTuple):
    """What changes: the table, its rows, and which of them are broken.

    x, low, high: (variables,) value and bounds as they stand; row, row_low, row_high: (rows,) the same. weight: (rows,)
    of a row's violation. broken: the broken rows, the first `counters.broken` of it; place: (rows,) where a row stands
    there, -1 for none. tabu: (variables,) clock of the last step, negative where it was downwards. trail: variables in
    the order of their steps. weighted: rows whose weight has grown. base, base_row: (variables,) and (rows,) of the
    table that pushes start from. group_change: (groups,) room for counting small cells, 0 between calls. seen_variable,
    seen_cell: stamp of the last collection that has met one. touched: watched cells that the last push changed.
    """

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
    counters: Counters


def copy_of(state: State) -> State:
    """The same with arrays of its own. The base table is shared: several searches start from it, none changes it."""
    return state._replace(
        **{
            name: array.copy()
            for name, array in state._asdict().items()
            if isinstance(array, np.ndarray) and name not in ("base", "base_row")
        },
        counters=Counters(*(array.copy() for array in state.counters)),
    )
