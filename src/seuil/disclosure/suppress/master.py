"""The master: a set-covering program over all cuts, its lower bound, and a pattern that obeys them (confidential).

    minimise    cost x                      x = 1: the cell is hidden
    subject to  sum of x over cut k >= x of held[k]  (or >= 1),  x >= 1 for what is hidden anyway,  0 <= x <= 1

This is the master of Fischetti and Salazar-Gonzalez (2001, Management Science 47) with its capacity constraints in
their covering form. The relaxation bounds the cost of every pattern from below. A whole choice comes from *diving* (fix
the largest fractions, solve again) and the greedy heuristic of set covering (`greedy_cover`).

    a in row (a, 7, 8 | 18) and column (a, 6, 4 | 13):  x7 + x8 + x18 >= xa,  x6 + x4 + x13 >= xa,  xa = 1
    the cheapest are one cell of each; what these lay open makes the next cuts

Of many cuts only those are in the program that one of its solutions broke (lazy rows), and slack ones leave it.

Cost: a linear program of a column for every cell in a cut, solved from the last basis; rounding is linear in all
entries of the cuts for each pass.
"""

import numpy as np
from scipy.sparse import csr_array

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.disclosure.constraints.rows import spans
from seuil.disclosure.lp.highs import Solver
from seuil.disclosure.suppress.cuts import Cuts
from seuil.disclosure.suppress.greedy_cover import add_greedily, drop_needless, slack, times_obeyed


class Master:
    """The cuts so far, and the linear program over them.

    cost, hidden: (cells,). cells: (columns,) those that stand in a cut, in the order in which they came in; column: the
    way back, -1 for others. Cut k says that one of the columns member[start[k]:start[k + 1]] is hidden if column
    held[k] is (-1: in any case). least: (columns,) lower bounds, 1 for what stays hidden. rows: the cuts that are in
    the program.
    """

    def __init__(self, cost: Floats, hidden: Bools, discount: float) -> None:
        """cost: (cells,) of hiding each. hidden: (cells,) those that are hidden whatever is chosen.

        discount: how much cheaper a cell of the last choice is in the next.
        """
        self.tuning = tuning.TUNING.suppress
        self.cost, self.hidden, self.discount = cost, hidden, discount
        self.price = cost
        # A cut is told from others by the sum of random weights of its cells, which is quicker than comparing sets; it
        # need not be secret, and two cuts with one sum would be a coincidence of one in 2^60.
        self.weight = np.random.default_rng(0).integers(1, 1 << 60, len(cost))
        self.known = np.array([np.iinfo(np.int64).max])  # marks, ascending; the last is of no cut
        self.column = np.full(len(cost), -1, np.int64)
        none = np.zeros(0, np.int64)
        self.cells, self.held, self.member, self.start = none, none, none, np.zeros(1, np.int64)
        self.least = np.zeros(0)
        self.heuristic = np.zeros(0, np.bool_)  # (cuts,) that not every pattern obeys
        self.solver = Solver()
        self.rows = none  # the cuts that are in the program
        # What is left to be done on the program.
        self.work = max(self.tuning.master_work * len(cost), self.tuning.master_work_least)

    def add(self, cuts: Cuts, *, valid: bool, share: Floats | None = None) -> int:
        """Take in new cuts; returns how many there were. A cut without cells can't be obeyed and is left out.

        valid: every pattern obeys them; others don't count for `least_of`. share: (columns,) a choice of
        the program; where there are plenty of cuts, those that it obeys are left out.
        """
        size = np.diff(cuts.start)
        cut = np.repeat(np.arange(len(size)), size)
        # What is hidden whatever is chosen is no condition: the cut holds as it is, and is stronger so.
        held = np.where((cuts.held >= 0) & ~self.hidden[cuts.held], cuts.held, -1)
        mark = np.zeros(len(size), np.int64)
        np.add.at(mark, cut, self.weight[cuts.cell])
        mark += (held + 1) * (1 << 20)
        _, first = np.unique(mark, return_index=True)
        new = np.zeros(len(size), np.bool_)
        marks = mark[first]
        place = np.searchsorted(self.known, marks)
        new[first] = (size[first] > 0) & (self.known[place] != marks)
        if share is not None and len(self.held) > self.tuning.cuts_filtered:
            new &= self._broken(cuts, held, share)
        if not new.any():
            return 0
        self.known = np.insert(self.known, place[new[first]], marks[new[first]])
        self._append(held[new], size[new], cuts.cell[new[cut]])
        self.heuristic = np.concatenate([self.heuristic, np.full(int(new.sum()), not valid)])
        if len(self.held) <= self.tuning.cuts_all_in:
            self._put_in(np.arange(len(self.held) - int(new.sum()), len(self.held)))
        return int(new.sum())

    def valid_cuts(self) -> Cuts:
        """The cuts that every pattern obeys, by cells."""
        kept = ~self.heuristic
        size = np.diff(self.start)
        held = np.where(self.held >= 0, self.cells[self.held], -1)[kept] if len(self.held) else self.held
        start = np.concatenate([[0], np.cumsum(size[kept])]).astype(np.int64)
        return Cuts(held, start, self.cells[self.member[np.repeat(kept, size)]])

    def _broken(self, cuts: Cuts, held: Ints, share: Floats) -> Bools:
        """(cuts,) those that a choice breaks."""
        part = np.zeros(len(self.cost))
        part[self.cells[: len(share)]] = share
        return np.asarray(slack(cuts.start, cuts.cell, held, part) < -self.tuning.violation)

    def _append(self, held: Ints, size: Ints, cell: Ints) -> None:
        """Keep cuts: held <= sum of cells, or 1 <= sum where `held` is -1."""
        there = held >= 0
        self._add_columns(np.concatenate([cell, held[there]]))
        self.start = np.concatenate([self.start, self.start[-1] + np.cumsum(size)])
        self.member = np.concatenate([self.member, self.column[cell]])
        self.held = np.concatenate([self.held, np.where(there, self.column[held], -1)])

    def _put_in(self, cuts: Ints) -> None:
        """Put cuts into the program."""
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
        """Put cells into the program that aren't in it."""
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

    @property
    def exhausted(self) -> bool:
        """Whether the program took so much work that it is not solved any more; choices are greedy from then on."""
        return self.work <= 0

    def exhaust(self) -> None:
        """Solve the program no more."""
        self.work = 0

    def bound(self) -> tuple[Floats, float]:
        """(columns,) how far the program hides each cell, and the cost below which no pattern obeys the cuts."""
        share = self._run()
        return share, 0.0 if self.exhausted else self.solver.objective

    def least_of(self, *costs: Floats) -> list[float]:
        """What every pattern costs at least that obeys the valid cuts, whatever was chosen so far.

        costs: (cells,) of hiding each; one figure is told for each of several.
        """
        if not len(self.cells) or self.exhausted:
            return [0.0] * len(costs)
        # From the last choice, at other costs, it can take a hundred times as long (decision 10: 37 s, afresh 0.5 s).
        self.solver.forget_basis()
        for row in np.flatnonzero(self.heuristic[self.rows]):
            self.solver.set_row_bounds(int(row), -np.inf, np.inf)
        self._set_least(np.arange(len(self.cells)), 0.0)
        least = []
        for cost in costs:
            self._set_costs(cost[self.cells])
            self._run(~self.heuristic)
            least.append(0.0 if self.exhausted else self.solver.objective)
        for row in np.flatnonzero(self.heuristic[self.rows]):  # rows may have gone since
            self.solver.set_row_bounds(int(row), 0.0 if self.held[self.rows[row]] >= 0 else 1.0, np.inf)
        kept = np.flatnonzero(self.least)
        self._set_least(kept, 1.0)
        self._set_costs(self.price[self.cells])
        return least

    def stay_with(self, chosen: Ints) -> None:
        """Make the cells of the last choice cheaper, so that the next one doesn't stray from it without a reason."""
        # Without this the next program finds another of many equals, and all that was searched is for nothing.
        if self.least[self.column[chosen]].all():
            return  # all of them stay anyway
        self.price = self.cost.copy()
        self.price[chosen] *= 1 - self.discount
        self._set_costs(self.price[self.cells])

    def dive(self) -> Floats:
        """Like `bound`, with more and more cells fixed as hidden until none is in between."""
        share = self._run()
        fixed = np.zeros(len(share), np.bool_)
        # Fixing one cell at a time would be closer to the optimum, and take as many programs as there are fractions.
        while not self.exhausted:
            between = np.flatnonzero((share > self.tuning.integrality) & (share < 1 - self.tuning.integrality) & ~fixed)
            if not len(between):
                break
            largest = between[
                np.argsort(-share[between], kind="stable")[: max(1, int(self.tuning.dive_share * len(between)))]
            ]
            fix = np.union1d(largest, np.flatnonzero((share >= 1 - self.tuning.integrality) & ~fixed))
            fixed[fix] = True
            self._set_least(fix, 1.0)
            share = self._run()
        self._set_least(np.flatnonzero(fixed & (self.least == 0)), 0.0)
        return share

    def choose(self, share: Floats) -> Ints:
        """Cells to hide so that all cuts are obeyed, near the program's choice."""
        kept = self.least > 0
        # Where what stays hidden obeys a cut, the cut asks for nothing any more.
        asking = times_obeyed(self.start, self.member, kept) == 0
        size, held = np.diff(self.start), self.held[asking]
        start = np.concatenate([[0], np.cumsum(size[asking])]).astype(np.int64)
        member = self.member[np.repeat(asking, size)]
        by_cell = csr_array((np.ones(len(member)), member, start), shape=(len(held), len(self.cells))).tocsc()
        views = (start, member, held, by_cell.indptr.astype(np.int64), by_cell.indices.astype(np.int64))
        chosen = (share > 1 - self.tuning.integrality) | kept
        price = self.price[self.cells] * (1 - self.tuning.rounding_discount * share)
        # First in favour of what the relaxation hides, then the dearest go that no cut needs any more.
        add_greedily(*views, price, chosen)
        order = np.argsort(-price, kind="stable")
        drop_needless(*views, order[~kept[order]], chosen)
        return self.cells[chosen]

    def needed(self, hidden: Bools) -> Bools:
        """(cells,) those that no pattern can do without which hides the others: the only ones to obey some cut."""
        chosen = hidden[self.cells]
        alone = (times_obeyed(self.start, self.member, chosen) == 1) & ((self.held < 0) | chosen[self.held])
        entry = np.repeat(alone, np.diff(self.start)) & chosen[self.member]
        needed = np.zeros(len(hidden), np.bool_)
        needed[self.cells[self.member[entry]]] = True
        return needed

    def _run(self, counted: Bools | None = None) -> Floats:
        """Solve it, and put in the cuts that the solution breaks, until it breaks none. counted: (cuts,) all others
        may be broken.
        """
        first = True
        while not self.exhausted:
            self.solver.run(1 + self.work // max(self.solver.entries, 1))
            self.work -= self.solver.work
            share = np.clip(self.solver.values, 0.0, 1.0)
            if len(self.rows) == len(self.held):  # nothing was left out that it could break
                return share
            broken = slack(self.start, self.member, self.held, share) < -self.tuning.violation
            broken[self.rows] = False
            if counted is not None:
                broken &= counted
            if not broken.any():
                return share
            if first:  # later on it might go round and round between equals
                self._leave_out_slack(share)
                first = False
            self._put_in(np.flatnonzero(broken))
        return self.least.copy()  # only what stays hidden in any case

    def _leave_out_slack(self, share: Floats) -> None:
        """Take cuts out of the program that its solution obeys with room to spare, where they are many."""
        if len(self.rows) <= self.tuning.cuts_all_in:
            return
        loose = slack(self.start, self.member, self.held, share)[self.rows] > self.tuning.integrality
        if 2 * loose.sum() > len(self.rows):
            self.solver.delete_rows(np.flatnonzero(loose))
            self.rows = self.rows[~loose]

    def _set_costs(self, costs: Floats) -> None:
        self.solver.set_costs(np.arange(len(costs)), costs)

    def _set_least(self, columns: Ints, least: float) -> None:
        ones = np.ones(len(columns))
        self.solver.set_bounds(columns, least * ones, ones)
