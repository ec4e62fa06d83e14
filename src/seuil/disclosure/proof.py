"""A proof: a base table, moves away from it, and for every hidden cell the two tables that differ at it.

The variables are leaves: positions in the flattened array (slices, leaves of the first axis, of the second, ...).
Table 0 is the base; table k is the base with move k - 1 added. Cells are positions in the flattened `Frame.shape`.
"""

from dataclasses import dataclass

from seuil.disclosure.frame import Ints


@dataclass(frozen=True)
class Proof:
    """Witnesses for every hidden cell of one base of one cube.

    base: (variables,) whole numbers. move_start: (moves + 1,) offsets into move_variable and move_change.
    cells, low, high: (hidden cells,) the cell and the numbers of the tables where it is lowest and highest.
    """

    base: Ints
    move_start: Ints
    move_variable: Ints
    move_change: Ints
    cells: Ints
    low: Ints
    high: Ints
