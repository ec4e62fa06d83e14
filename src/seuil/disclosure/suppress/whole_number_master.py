"""The master in whole numbers, for small tables: the cheapest pattern of all that obey the cuts (confidential).

    minimise    cost x                      x = 1: the cell is hidden
    subject to  sum of x over cut k >= x of held[k]  (or >= 1),  x whole

`master` rounds the relaxation of this program, which is quick and may hide some cells too many. Here branch and cut
solves it, as Fischetti and Salazar-Gonzalez (2001, Management Science 47) do. Its choice is looked at, new cuts come
in, and so on, until it finds nothing cheaper than the best pattern that was proved. A table with few cells has few
cuts, so that this ends; larger ones are left as they are, and only get the better bound of the first node.

    x1 + x2 >= 1,  x2 + x3 >= 1,  x1 + x3 >= 1:    the relaxation hides half of each cell, and bounds the cost by 1.5;
    no whole pattern does with fewer than two

Cost: up to some ten thousand steps of the simplex method for each look, limited for the table in all.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.disclosure.lp.highs import LinearProgram
from seuil.disclosure.suppress.cutting_plane import CuttingPlane
from seuil.disclosure.suppress.master import Master

Look = Literal["proved", "cut", "unproved"]
EQUAL = 1e-6  # costs


class WholeNumberMaster:
    """Solves the program over the cuts that a cutting plane has at the time. left: simplex iterations that remain."""

    def __init__(self, plane: CuttingPlane, iterations: int) -> None:
        """iterations: of the simplex method, of all calls together; the last one may go beyond."""
        self.plane, self.left, self.tuning = plane, iterations, tuning.TUNING.suppress

    def cheapest(self, pattern: Bools, *, dive: bool = False) -> Bools | None:
        """(cells,) the cheapest pattern that is found; None if none is cheaper than a given one.

        dive: look for it by smaller programs too, which takes twice as long.
        """
        master = self.plane.master
        if self.left <= 0 or not len(master.cells):
            return None
        program = _program(master, master.cost, np.ones(len(master.held), np.bool_))
        found = program.branch_and_bound(
            self.tuning.whole_number_nodes,
            gap=self.tuning.whole_number_gap,
            start=pattern[master.cells].astype(np.float64),
            dive=dive,
        )
        self.left -= found.iterations
        if found.x is None:
            return None
        chosen = self.plane.pattern_of(master.cells[found.x > 1 / 2])
        return chosen if self.cost(chosen) < self.cost(pattern) - EQUAL else None

    def cost(self, pattern: Bools) -> float:
        """What a pattern costs beside what is hidden in any case."""
        return float(self.plane.master.cost[pattern & ~self.plane.base].sum())


def bound(plane: CuttingPlane, cost: Floats, gap: float, nodes: int, relative_gap: float = 0.0) -> float:
    """What every pattern costs at least that obeys the valid cuts.

    cost: (cells,) of hiding each. gap, relative_gap: to the best pattern seen, at which the bound is good enough.
    """
    if not len(plane.master.cells):
        return 0.0
    program = _program(plane.master, cost, ~plane.master.heuristic)
    return program.branch_and_bound(nodes, gap=gap, relative_gap=relative_gap, dive=False).bound


def _program(master: Master, cost: Floats, counted: Bools) -> LinearProgram:
    """The program over those of some cuts that no other one of them implies."""
    shape = len(master.held), len(master.cells)
    cells = csr_array((np.ones(len(master.member)), master.member, master.start), shape=shape)[counted]
    held = master.held[counted]
    kept = undominated(cells, held)
    cells, held = cells[kept], held[kept]
    there = np.flatnonzero(held >= 0)
    condition = csr_array((np.ones(len(there)), (there, held[there])), shape=cells.shape)
    return LinearProgram(
        cost=cost[master.cells],
        matrix=csr_array(cells - condition),
        row_low=np.where(held >= 0, 0.0, 1.0),
        row_high=np.full(len(held), np.inf),
        low=np.zeros(len(master.cells)),
        high=np.ones(len(master.cells)),
        integral=np.ones(len(master.cells), np.bool_),
    )


def undominated(cells: csr_array, held: Ints) -> Bools:
    """(cuts,) those that no other one implies: with the same cells or fewer, asked for by the same cell or in any case.

    cells: (cuts, columns) 1 for every cell of a cut.
    """
    size = np.diff(cells.indptr)
    common = (cells @ cells.T).tocoo()
    one, other = common.row, common.col
    inside = (common.data == size[one]) & ((held[one] < 0) | (held[one] == held[other])) & (one != other)
    # Of two that imply each other the first one stays.
    inside &= (size[one] < size[other]) | (held[one] != held[other]) | (one < other)
    kept = np.ones(len(held), np.bool_)
    kept[other[inside]] = False
    return kept


def improve(master: WholeNumberMaster, pattern: Bools, look: Callable[[Bools], Look]) -> Bools:
    """The cheapest pattern that is proved, beginning with one that is.

    look: whether a pattern is proved; if not, whether a cut came in that it breaks.
    """
    best = pattern
    for _ in range(master.tuning.whole_number_rounds):
        chosen = master.cheapest(best)
        if chosen is None:
            chosen = master.cheapest(best, dive=True)
        if chosen is None:
            break
        cuts = len(master.plane.master.held)
        proved = _mended(master, chosen, best, look)
        if proved is not None:
            best = proved
        elif len(master.plane.master.held) == cuts:
            break
    return best


def _mended(master: WholeNumberMaster, chosen: Bools, best: Bools, look: Callable[[Bools], Look]) -> Bools | None:
    """Look at a choice and mend it greedily until it is proved; None if it is not or costs as much as the best pattern.

    The cuts that come in on the way spare rounds of the program.
    """
    plane = master.plane
    while master.cost(chosen) < master.cost(best) - EQUAL:
        if not plane.take(chosen):
            found = look(chosen)
            if found != "cut":
                return chosen if found == "proved" else None
        chosen = plane.pattern_of(plane.master.choose(chosen[plane.master.cells].astype(np.float64)))
    return None
