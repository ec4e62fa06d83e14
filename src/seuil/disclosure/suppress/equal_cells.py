"""Cells that must have the same figure: where all others of a line are shown 0, its two last cells are one choice.

    doctors of known age 12, of unknown age 0 | all 12       whoever reads one figure has the other

Hidden alone, such a cell is told by the other one. A cell that nobody publishes looks cheap to hide; where it equals a
published one, that has to go with it, and its line-mates, and so on (decision 23). So a class of equal cells is one
variable of the master, the first of them, at the cost of all; the presolve of integer programs does the same with
doubleton equations. Which 0 are shown is public.

Cost: one pass over all rows.
"""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.disclosure.constraints.rows import Rows
from seuil.disclosure.suppress.cuts import Cuts


def equal_cells(rows: Rows, nought: Bools, eligible: Bools) -> Ints:
    """(cells,) the first of the cells that have the same figure; itself where there is no other.

    nought: (cells,) those that are a shown 0, or follow from shown ones. eligible: may be hidden; a class with a cell
    that may not be is none: its cells then are held by that one like others.
    """
    line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
    live = ~nought[rows.cell]
    two = np.bincount(line[live], minlength=len(rows)) == 2
    apart = np.bincount(line[live], rows.coefficient[live], len(rows)) == 0  # one with +, the other with -
    chosen = two & apart & (rows.low == 0) & (rows.high == 0)
    pair = rows.cell[live & chosen[line]].reshape(-1, 2)
    cells = len(nought)
    joined = coo_array((np.ones(len(pair)), (pair[:, 0], pair[:, 1])), shape=(cells, cells))
    number, of = connected_components(joined, directed=False)
    whole = np.ones(number, np.bool_)
    whole[of[~eligible]] = False
    first = np.full(number, cells, np.int64)
    np.minimum.at(first, of, np.arange(cells))
    return np.where(whole[of], first[of], np.arange(cells))


class EqualCells:
    """What follows from classes of equal cells for patterns, costs and cuts; all arrays are (cells,).

    first: those that stand for their class.
    """

    def __init__(self, same: Ints | None) -> None:
        self.same = same
        self.first: Bools | bool = True if same is None else same == np.arange(len(same))

    def with_equals(self, hidden: Bools) -> Bools:
        """A pattern with all that is equal to what it hides."""
        if self.same is None:
            return hidden
        of_class = np.zeros_like(hidden)
        of_class[self.same[hidden]] = True
        return np.asarray(hidden | of_class[self.same])

    def costs(self, cost: Floats) -> Floats:
        """Costs of hiding whole classes, at their first cells."""
        if self.same is None:
            return cost
        of_class = np.zeros_like(cost)
        np.add.at(of_class, self.same, cost)
        return of_class

    def of_first(self, share: Floats) -> Floats:
        """What is said of the first cell of a class, of all of them."""
        return share if self.same is None else share[self.same]

    def cuts(self, cuts: Cuts) -> Cuts:
        """The same cuts in terms of first cells; those that a cell obeys by its own equals are left out."""
        if self.same is None:
            return cuts
        size = np.diff(cuts.start)
        held = np.where(cuts.held >= 0, self.same[cuts.held], -1)
        cut = np.repeat(np.arange(len(size)), size)
        cells = len(self.same)
        pair = np.stack(np.divmod(np.unique(cut * cells + self.same[cuts.cell]), cells))  # of cut and first cell
        by_itself = np.zeros(len(size), np.bool_)
        by_itself[pair[0][held[pair[0]] == pair[1]]] = True
        kept = ~by_itself
        pair = pair[:, kept[pair[0]]]
        size = np.bincount(pair[0], minlength=len(held))[kept]
        return Cuts(held[kept], np.concatenate([[0], np.cumsum(size)]).astype(np.int64), pair[1])
