"""Choose the cheapest cells to hide so that every cut is obeyed, and say how cheap any choice could be at best.

A cut says: if cell h is hidden, so is one of these cells. The linear programme over all cuts found so far bounds the
cost of every pattern from below; rounded, it is a pattern that obeys them. Confidential.
"""

import numpy as np
from numba import njit
from scipy.sparse import csr_array

from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.disclosure.constraints.rows import spans
from seuil.disclosure.lp.highs import Solver
from seuil.disclosure.suppress.cuts import Cuts

LEAN = 0.9  # how much cheaper a cell is in rounding that the linear programme hides
PART = 0.2  # of the cells between shown and hidden, how many are fixed as hidden at a time
WHOLE = 1e-6
BROKEN = 1e-6  # by which the programme's choice may break a cut that is not yet in it
PLENTY = 100_000  # cuts; of more, the bound is raised only by those that the programme's choice breaks
ALL = 30_000  # cuts that are all put into the programme; of more, those that its choices break


class Covering:
    """The cuts so far. Cells are numbered as in the grid; the programme's columns are those that stand in a cut."""

    def __init__(self, cost: Floats, hidden: Bools, discount: float) -> None:
        """cost: (cells,) of hiding each. hidden: (cells,) those that are hidden whatever is chosen.

        discount: how much cheaper a cell of the last choice is in the next.
        """
        self.cost, self.hidden, self.discount = cost, hidden, discount
        self.price = cost
        self.weight = np.random.default_rng(0).integers(1, 1 << 60, len(cost))
        self.known = np.zeros(0, np.int64)
        self.column = np.full(len(cost), -1, np.int64)
        none = np.zeros(0, np.int64)
        self.cells, self.held, self.member, self.start = none, none, none, np.zeros(1, np.int64)
        self.least = np.zeros(0)
        self.soft = np.zeros(0, np.bool_)
        self.solver = Solver()
        self.rows = none  # the cuts that are in the programme

    def add(self, cuts: Cuts, *, hard: bool, share: Floats | None = None) -> int:
        """Take in new cuts; returns how many there were. A cut without cells can't be obeyed and is left out.

        hard: no pattern at all can do without them; others don't count for `least_of`. share: (columns,) a choice of
        the programme; where there are plenty of cuts, those that it obeys are left out.
        """
        size = np.diff(cuts.start)
        cut = np.repeat(np.arange(len(size)), size)
        held = np.where((cuts.held >= 0) & ~self.hidden[cuts.held], cuts.held, -1)
        mark = np.zeros(len(size), np.int64)
        np.add.at(mark, cut, self.weight[cuts.cell])
        mark += (held + 1) * (1 << 20)
        _, first = np.unique(mark, return_index=True)
        new = np.zeros(len(size), np.bool_)
        new[first] = (size[first] > 0) & ~np.isin(mark[first], self.known)
        if share is not None and len(self.held) > PLENTY:
            new &= self._broken(cuts, held, share)
        if not new.any():
            return 0
        self.known = np.concatenate([self.known, mark[new]])
        self._append(held[new], size[new], cuts.cell[new[cut]])
        self.soft = np.concatenate([self.soft, np.full(int(new.sum()), not hard)])
        if len(self.held) <= ALL:
            self._put_in(np.arange(len(self.held) - int(new.sum()), len(self.held)))
        return int(new.sum())

    def _broken(self, cuts: Cuts, held: Ints, share: Floats) -> Bools:
        """(cuts,) those that a choice breaks."""
        part = np.zeros(len(self.cost))
        part[self.cells[: len(share)]] = share
        return np.asarray(_left(cuts.start, cuts.cell, held, part) < -BROKEN)

    def _append(self, held: Ints, size: Ints, cell: Ints) -> None:
        """Keep cuts: held <= sum of cells, or 1 <= sum where `held` is -1."""
        there = held >= 0
        self._add_columns(np.concatenate([cell, held[there]]))
        self.start = np.concatenate([self.start, self.start[-1] + np.cumsum(size)])
        self.member = np.concatenate([self.member, self.column[cell]])
        self.held = np.concatenate([self.held, np.where(there, self.column[held], -1)])

    def _put_in(self, cuts: Ints) -> None:
        """Put cuts into the programme."""
        entry, of = spans(self.start[cuts], self.start[cuts + 1])
        own, member = self.held[cuts], self.member[entry]
        there = own >= 0
        end = np.searchsorted(of, np.arange(len(cuts)), side="right")
        column = np.insert(member, end[there], own[there])
        value = np.insert(np.ones(len(member)), end[there], -1.0)
        size = self.start[cuts + 1] - self.start[cuts] + there
        least = np.where(there, 0.0, 1.0)  # of the row
        self.solver.add_rows(least, np.full(len(cuts), np.inf), np.cumsum(size) - size, column, value)
        self.rows = np.concatenate([self.rows, cuts])

    def _add_columns(self, cells: Ints) -> None:
        """Put cells into the programme that aren't in it."""
        fresh = np.unique(cells)
        fresh = fresh[self.column[fresh] < 0]
        self.column[fresh] = len(self.cells) + np.arange(len(fresh))
        self.cells = np.concatenate([self.cells, fresh])
        least = self.hidden[fresh].astype(np.float64)
        self.least = np.concatenate([self.least, least])
        self.solver.add_columns(self.price[fresh], least, np.ones(len(fresh)))

    def keep(self, cells: Ints) -> None:
        """Choose these cells from now on."""
        self._add_columns(cells)
        self._set_least(self.column[cells], 1.0)
        self.least[self.column[cells]] = 1.0

    def hide(self, cells: Bools) -> None:
        """Take cells as hidden whatever is chosen."""
        self.keep(np.flatnonzero(cells & ~self.hidden))
        self.hidden = self.hidden | cells

    def bound(self) -> tuple[Floats, float]:
        """(columns,) how far the programme hides each cell, and the cost below which no pattern obeys the cuts."""
        return self._run(), self.solver.objective

    def least_of(self, *costs: Floats) -> list[float]:
        """What every pattern costs at least that obeys the hard cuts, whatever was chosen so far.

        costs: (cells,) of hiding each; one figure is told for each of several.
        """
        if not len(self.cells):
            return [0.0] * len(costs)
        self.solver.forget_basis()  # from the last choice, at other costs, it can take a hundred times as long
        for row in np.flatnonzero(self.soft[self.rows]):
            self.solver.set_row_bounds(int(row), -np.inf, np.inf)
        self._set_least(np.arange(len(self.cells)), 0.0)
        least = []
        for cost in costs:
            self._set_costs(cost[self.cells])
            self._run(~self.soft)
            least.append(self.solver.objective)
        for row in np.flatnonzero(self.soft[self.rows]):  # rows may have gone since
            self.solver.set_row_bounds(int(row), 0.0 if self.held[self.rows[row]] >= 0 else 1.0, np.inf)
        kept = np.flatnonzero(self.least)
        self._set_least(kept, 1.0)
        self._set_costs(self.price[self.cells])
        return least

    def stay_with(self, chosen: Ints) -> None:
        """Make the cells of the last choice cheaper, so that the next one doesn't stray from it without a reason."""
        if self.least[self.column[chosen]].all():
            return  # all of them stay anyway
        self.price = self.cost.copy()
        self.price[chosen] *= 1 - self.discount
        self._set_costs(self.price[self.cells])

    def dive(self) -> Floats:
        """Like `bound`, with more and more cells fixed as hidden until none is in between."""
        share = self._run()
        fixed = np.zeros(len(share), np.bool_)
        while True:
            between = np.flatnonzero((share > WHOLE) & (share < 1 - WHOLE) & ~fixed)
            if not len(between):
                break
            largest = between[np.argsort(-share[between], kind="stable")[: max(1, int(PART * len(between)))]]
            fix = np.union1d(largest, np.flatnonzero((share >= 1 - WHOLE) & ~fixed))
            fixed[fix] = True
            self._set_least(fix, 1.0)
            share = self._run()
        self._set_least(np.flatnonzero(fixed & (self.least == 0)), 0.0)
        return share

    def choose(self, share: Floats) -> Ints:
        """Cells to hide so that all cuts are obeyed, near the programme's choice."""
        entries = np.ones(len(self.member)), self.member, self.start
        by_cell = csr_array(entries, shape=(len(self.held), len(self.cells))).tocsc()
        views = (self.start, self.member, self.held, by_cell.indptr.astype(np.int64), by_cell.indices.astype(np.int64))
        kept = self.least > 0
        chosen = (share > 1 - WHOLE) | kept
        price = self.price[self.cells] * (1 - LEAN * share)
        _fill(*views, price, chosen)
        order = np.argsort(-price, kind="stable")
        _drop(*views, order[~kept[order]], chosen)
        return self.cells[chosen]

    def needed(self, hidden: Bools) -> Bools:
        """(cells,) those that no pattern can do without which hides the others: the only ones to obey some cut."""
        chosen = hidden[self.cells]
        alone = (_met(self.start, self.member, chosen) == 1) & ((self.held < 0) | chosen[self.held])
        entry = np.repeat(alone, np.diff(self.start)) & chosen[self.member]
        needed = np.zeros(len(hidden), np.bool_)
        needed[self.cells[self.member[entry]]] = True
        return needed

    def _run(self, counted: Bools | None = None) -> Floats:
        """Solve it, and put in the cuts that the solution breaks, until it breaks none. counted: (cuts,) all others
        may be broken.
        """
        first = True
        while True:
            self.solver.run()
            share = np.clip(self.solver.values, 0.0, 1.0)
            if len(self.rows) == len(self.held):
                return share
            broken = _left(self.start, self.member, self.held, share) < -BROKEN
            broken[self.rows] = False
            if counted is not None:
                broken &= counted
            if not broken.any():
                return share
            if first:  # later on it might go round and round between equals
                self._leave_out_slack(share)
                first = False
            self._put_in(np.flatnonzero(broken))

    def _leave_out_slack(self, share: Floats) -> None:
        """Take cuts out of the programme that its solution obeys with room to spare, where they are many."""
        if len(self.rows) <= ALL:
            return
        slack = _left(self.start, self.member, self.held, share)[self.rows] > WHOLE
        if 2 * slack.sum() > len(self.rows):
            self.solver.delete_rows(np.flatnonzero(slack))
            self.rows = self.rows[~slack]

    def _set_costs(self, costs: Floats) -> None:
        self.solver.set_costs(np.arange(len(costs)), costs)

    def _set_least(self, columns: Ints, least: float) -> None:
        ones = np.ones(len(columns))
        self.solver.set_bounds(columns, least * ones, ones)


@njit(cache=True)
def _left(start: Ints, member: Ints, held: Ints, share: Floats) -> Floats:
    """By how much every cut is obeyed; less than 0 where it is broken."""
    left = np.empty(len(held))
    for k in range(len(held)):
        left[k] = -(share[held[k]] if held[k] >= 0 else 1.0)
        for q in range(start[k], start[k + 1]):
            left[k] += share[member[q]]
    return left


@njit(cache=True)
def _met(start: Ints, member: Ints, chosen: Bools) -> Ints:
    """By how many cells every cut is obeyed."""
    met = np.zeros(len(start) - 1, np.int64)
    for k in range(len(met)):
        for q in range(start[k], start[k + 1]):
            met[k] += chosen[member[q]]
    return met


@njit(cache=True)
def _fill(
    start: Ints, member: Ints, held: Ints, cell_start: Ints, cell_cut: Ints, price: Floats, chosen: Bools
) -> None:
    """Obey every cut: the cell is taken that is cheapest for the number of cuts that it newly obeys."""
    met = _met(start, member, chosen)
    again = True
    while again:
        again = False
        for k in range(len(held)):
            if met[k] > 0 or (held[k] >= 0 and not chosen[held[k]]):
                continue
            best, least = -1, 1e18
            for c in member[start[k] : start[k + 1]]:
                worth = 0
                for other in cell_cut[cell_start[c] : cell_start[c + 1]]:
                    worth += met[other] == 0 and (held[other] < 0 or chosen[held[other]])
                if price[c] / worth < least:
                    best, least = c, price[c] / worth
            chosen[best] = True
            again = True
            for other in cell_cut[cell_start[best] : cell_start[best + 1]]:
                met[other] += 1


@njit(cache=True)
def _drop(start: Ints, member: Ints, held: Ints, cell_start: Ints, cell_cut: Ints, order: Ints, chosen: Bools) -> None:
    """Leave out what is needless, in the order given."""
    met = _met(start, member, chosen)
    for c in order:
        needed = not chosen[c]
        for k in cell_cut[cell_start[c] : cell_start[c + 1]]:
            needed |= met[k] == 1 and (held[k] < 0 or chosen[held[k]])
        if not needed:
            chosen[c] = False
            for k in cell_cut[cell_start[c] : cell_start[c + 1]]:
                met[k] -= 1
