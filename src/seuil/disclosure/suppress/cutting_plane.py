"""Choose shown cells to hide so that nothing known holds a hidden cell in too narrow a range (confidential).

Where bounds hold a cell, the figures that they rest on make a cut (`exposure`); others come from outside (`refutation`,
`reasons`). The cheapest cells that obey all cuts are hidden (`covering`), and the bounds looked at again. Costs come
from public weights and the secret seed, never from a count; only which cells are held looks at figures.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.disclosure.constraints.rows import UNBOUNDED, Rows, spans
from seuil.disclosure.suppress.cuts import Asked, Cuts, exposures
from seuil.disclosure.suppress.master import Covering

ROUNDS = 40  # with the bound still growing
LEAST_GROWTH = 5e-4  # of the bound, in at least one round of `PATIENCE`
PATIENCE = 2
REPAIRS = 60  # rounds near the last choice
RESTLESS, MANY_CUTS = 0.1, 2_000  # new cuts in a round, for a hidden cell and at all: with more nothing is shown again
BROKEN = 1e-4  # a cut is broken by the linear programme if by more than this
ANYWAY, NO_REASON = -1, -2
MANY = 20_000  # hidden cells: a choice is stayed with more then, since it takes long to find
DISCOUNT, MORE_DISCOUNT = 0.5, 0.8  # how much cheaper a cell of the last choice is in the next


@dataclass(frozen=True)
class Places:
    """Where cells may be hidden. low, high: (cells,) bounds while shown; hidden_low, hidden_high: once hidden.

    openable: (cells,) may be hidden. asked: of every cell once it is hidden. rest: (rows,) the range asked of a row's
    sum where one of its members is hidden, 0 for nothing; secret: (rows,) where it is asked in any case. reasons: what
    a pattern lacks that hides cells without a reason, asked where no bounds hold a cell any more.
    """

    rows: Rows
    low: Ints
    high: Ints
    hidden_low: Ints
    hidden_high: Ints
    openable: Bools
    asked: Asked
    rest: Ints
    secret: Bools
    reasons: Callable[[Bools], Cuts] | None

    def bounds(self, hidden: Bools) -> tuple[Ints, Ints]:
        """Bounds of every cell under a pattern."""
        return np.where(hidden, self.hidden_low, self.low), np.where(hidden, self.hidden_high, self.high)


class Cover:
    """The cells to hide, as they stand: `hidden`, which grows from `base` and may change as cuts come in."""

    def __init__(self, places: Places, hidden: Bools, cost: Floats, repairs: int = REPAIRS) -> None:
        self.places, self.hidden, self.repairs = places, hidden, repairs
        discount = MORE_DISCOUNT if hidden.sum() > MANY else DISCOUNT
        self.covering = Covering(cost, hidden, discount)
        self.hard = True  # cuts found from now on hold for every pattern
        self.least_cost = 0.0  # of every pattern, by the cuts that `begin` found

    @property
    def base(self) -> Bools:
        """Cells that are hidden whatever is chosen."""
        return self.covering.hidden

    def begin(self) -> None:
        """Hide cells at least cost until bounds hold none, as far as the bound on the cost grows; then `mend`."""
        best, still = 0.0, 0
        new = self._look()
        for _ in range(ROUNDS):
            share, bound = self.covering.bound()
            still = 0 if bound > best * (1 + LEAST_GROWTH) else still + 1
            best = max(best, bound)
            if self.hard:
                self.least_cost = best
            if not new or still == PATIENCE:
                break
            new = self._choose(share, raising=share)
        self.mend()

    def mend(self, *, growing: bool = False) -> None:
        """Choose anew, near the last choice, until bounds hold no hidden cell and every group has a reason.

        growing: what is hidden once stays so. It costs more cells, but can't go round and round between equals.
        """
        new = 1
        for _ in range(self.repairs):
            if not new and not self._ask_for_reasons():
                break
            if growing or new > max(RESTLESS * self.hidden.sum(), MANY_CUTS):
                self.keep()
            self.covering.stay_with(np.flatnonzero(self.hidden & ~self.base))
            new = self._choose(self.covering.dive())

    def add(self, cuts: Cuts, *, hard: bool) -> int:
        """Take in cuts for the pattern as it stands, hard ones if none can do without; returns how many are new."""
        return self._take_in(cuts, self._reason_of_rows(), hard=hard and self.hard)

    def keep(self) -> None:
        """Don't show again what is hidden now."""
        self.covering.keep(np.flatnonzero(self.hidden & ~self.base))

    def hide(self, cells: Bools) -> None:
        """Hide cells for good. What is held because of them bounds no other pattern."""
        self.hard = self.hard and not (cells & ~self.base).any()
        self.covering.hide(cells)
        self.hidden = self.hidden | cells

    def _choose(self, share: Floats, *, raising: Floats | None = None) -> int:
        """Hide what the linear programme nearly hides, and look; returns how many cuts are new.

        raising: as `share` of `Covering.add`.
        """
        alone = self._alone(share)
        self.hidden = self.base.copy()
        self.hidden[self.covering.choose(share)] = True
        return self._look(raising) + self.covering.add(alone, hard=self.hard, share=raising)

    def _look(self, raising: Floats | None = None) -> int:
        """Take in what the pattern leaves held; returns how many cuts are new."""
        places = self.places
        low, high = places.bounds(self.hidden)
        asked = places.asked._replace(sliding=np.where(self.hidden, places.asked.sliding, 0))
        reason = self._reason_of_rows()
        rest = np.where(reason == NO_REASON, 0, places.rest)
        cuts = exposures(places.rows, low, high, places.openable & ~self.hidden, asked, rest)
        return self._take_in(cuts, reason, hard=self.hard, raising=raising)

    def _take_in(self, cuts: Cuts, reason: Ints, *, hard: bool, raising: Floats | None = None) -> int:
        held, cells = cuts.held.copy(), len(self.hidden)
        of_row = held >= cells
        held[of_row] = reason[held[of_row] - cells]
        return self.covering.add(cuts._replace(held=held), hard=hard, share=raising)

    def _ask_for_reasons(self) -> int:
        """Take in what groups without a reason lack. Not every pattern has to mend it so: no bound comes from here."""
        reasons = self.places.reasons
        return self.covering.add(reasons(self.hidden), hard=False) if reasons is not None else 0

    def _reason_of_rows(self) -> Ints:
        """(rows,) the chosen cell because of which a row's sum has to be open; -1 if whatever is chosen."""
        places = self.places
        reason = np.where(places.secret, ANYWAY, NO_REASON).astype(np.int64)
        row = np.repeat(np.arange(len(reason)), np.diff(places.rows.start))
        for members, because in ((self.hidden, places.rows.cell), (self.base, np.full(len(row), ANYWAY))):
            entry = members[places.rows.cell] & (places.rest[row] > 0) & (reason[row] != ANYWAY)
            reason[row[entry]] = because[entry]
        return reason

    def _alone(self, share: Floats) -> Cuts:
        """Cells that the programme hides more than all others of a line which tell them if they are alone in it."""
        rows, asked = self.places.rows, self.places.asked
        part = np.zeros(len(self.hidden))
        part[self.covering.cells] = share
        line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
        width = self.places.high - self.places.low
        open_ = np.bincount(line, self.base[rows.cell] | (width[rows.cell] >= UNBOUNDED), len(rows)) > 0
        around = np.bincount(line, width[rows.cell], len(rows)).astype(np.int64)[line] - width[rows.cell]
        total = np.bincount(line, part[rows.cell], len(rows))[line]
        told = (rows.low == rows.high)[line] & ~open_[line] & (around < asked.sliding[rows.cell])
        entry = np.flatnonzero(told & (2 * part[rows.cell] > total + BROKEN))
        member, of = spans(rows.start[line[entry]], rows.start[line[entry] + 1])
        other = rows.cell[member]
        kept = (other != rows.cell[entry][of]) & self.places.openable[other]
        start = np.concatenate([[0], np.cumsum(np.bincount(of[kept], minlength=len(entry)))]).astype(np.int64)
        return Cuts(rows.cell[entry], start, other[kept])
