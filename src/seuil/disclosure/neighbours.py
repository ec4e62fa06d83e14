"""Cells that share a line or an overlap (confidential: used to look for what else to hide)."""

import numpy as np

from seuil.disclosure.frame import Bools, Ints
from seuil.disclosure.lattice import Rows


class Neighbours:
    """Looks up line-mates. able: (cells,) that may be hidden. random: decides their order."""

    def __init__(self, rows: Rows, able: Bools, random: np.random.Generator) -> None:
        self.rows, self.able, self.random = rows, able, random
        self.start, self.row, _ = rows.of_cells(len(able))

    def of(self, cell: int) -> Ints:
        """Cells that share a row with a cell and may be hidden, in random order."""
        return self.random.permutation(self.of_all(np.array([cell])))

    def of_all(self, cells: Ints) -> Ints:
        """Cells, sorted, that share a row with any of some cells, may be hidden, and are none of them."""
        start, row = self.rows.start, self.row
        touched = np.unique(np.concatenate([row[:0], *(row[self.start[c] : self.start[c + 1]] for c in cells)]))
        mates = [self.rows.cell[start[r] : start[r + 1]] for r in touched]
        found = np.unique(np.concatenate([row[:0], *mates]))
        return np.setdiff1d(found[self.able[found]], cells)
