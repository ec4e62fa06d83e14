"""A proof: a base table, moves away from it, and for every hidden cell the two tables that differ at it.

A move may also start from a table that is itself one move away from the base.

The variables are leaves: positions in the flattened array (slices, leaves of the first axis, of the second, ...).
Table 0 is the base; table k is another table with move k - 1 added. Cells are positions in the flattened array over
(slices, nodes of every axis); beyond them come the differences between a parent of the overlapping dimension and its
children, each in every cell of a slice. They are in the order of the parents, and for each parent: parent less one
child, for every child; parent less the exclusive children and one other, for every other (less the exclusive ones alone
where there is no other and they are several); children less parent where they are complete.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

UNKNOWN = -1
"""Stands for no upper bound."""


@dataclass(frozen=True)
class Proof:
    """Witnesses for every hidden cell of one base of one cube.

    base: (variables,) whole numbers. move_start: (moves + 1,) offsets into move_variable and move_change.
    cells, low, high: (hidden cells,) the cell and the numbers of the tables where it is lowest and highest. move_from:
    (moves,) number of the table that each move starts from: 0, or an earlier one whose own move starts from 0.
    """

    base: Ints
    move_start: Ints
    move_variable: Ints
    move_change: Ints
    cells: Ints
    low: Ints
    high: Ints
    move_from: Ints

    def table(self, number: int) -> Ints:
        """(variables,) one of the tables."""
        if number == 0:
            return self.base.copy()
        table = self.table(int(self.move_from[number - 1]))
        part = slice(self.move_start[number - 1], self.move_start[number])
        np.add.at(table, self.move_variable[part], self.move_change[part])
        return table

    def runs(self) -> Iterator[tuple[int, int, int]]:
        """Moves that follow each other and start from the same table: its number, the first and one beyond the last."""
        ends = [*np.flatnonzero(np.diff(self.move_from, prepend=-1)).tolist(), len(self.move_from)]
        for first, beyond in pairwise(ends):
            yield int(self.move_from[first]), first, beyond


@dataclass(frozen=True)
class OuterBounds:
    """The lowest and highest that hidden cells of a base can be, for anybody who has the published figures.

    cells: (hidden cells,) numbered as in a proof, ascending. low, high: of each; high is `UNKNOWN` where none is known.
    """

    cells: Ints
    low: Ints
    high: Ints
