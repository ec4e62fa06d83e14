"""Choose shown cells to hide so that public bounds hold no hidden cell in too narrow a range (confidential).

Where bounds hold a cell, the figures that they rest on make a cut (`exposure`); the cheapest cells that obey all cuts
are hidden (`covering`), and the bounds looked at again. Costs come from public weights and the secret seed, never from
a count; only which cells are held looks at figures.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.covering import Covering
from seuil.disclosure.exposure import Asked, Cuts, exposures
from seuil.disclosure.frame import Bools, Floats, Ints
from seuil.disclosure.lattice import UNBOUNDED, Rows

ROUNDS = 40  # with the bound still growing
LEAST_GROWTH = 5e-4  # of the bound, in at least one round of `PATIENCE`
PATIENCE = 2
REPAIRS = 60  # rounds near the last choice
ANYWAY, NO_REASON = -1, -2


@dataclass(frozen=True)
class Places:
    """Where cells may be hidden. low, high: (cells,) bounds while shown; hidden_low: the lower one once hidden.

    openable: (cells,) may be hidden. asked: of every cell once it is hidden. rest: (rows,) the range asked of a row's
    sum where one of its members is hidden, 0 for nothing; secret: (rows,) where it is asked in any case. reasons: what
    a pattern lacks that hides cells without a reason, asked where no bounds hold a cell any more.
    """

    rows: Rows
    low: Ints
    high: Ints
    hidden_low: Ints
    openable: Bools
    asked: Asked
    rest: Ints
    secret: Bools
    reasons: Callable[[Bools], Cuts] | None


@dataclass(frozen=True)
class Cover:
    """The cells to hide; the cuts that ask for them; the cost and the number of cells without which none would do."""

    hidden: Bools
    cuts: Covering
    least_cost: float
    least_number: int


def cover(places: Places, hidden: Bools, cost: Floats) -> Cover:
    """Hide more than the cells given, as cheaply as found, until bounds hold no hidden cell."""
    covering = Covering(cost, hidden)
    chosen, best, still = hidden, 0.0, 0
    new = _look(places, covering, chosen)
    for _ in range(ROUNDS):
        share, bound = covering.bound()
        still = 0 if bound > best * (1 + LEAST_GROWTH) else still + 1
        best = max(best, bound)
        if not new or still == PATIENCE:
            break
        chosen = _with(hidden, covering.choose(share))
        new = _look(places, covering, chosen)
    least = covering.least_number()
    for _ in range(REPAIRS):
        if not new and not _ask_for_reasons(places, covering, chosen):
            break
        covering.stay_with(np.flatnonzero(chosen & ~hidden))
        chosen = _with(hidden, covering.choose(covering.dive()))
        new = _look(places, covering, chosen)
    return Cover(chosen, covering, best, least)


def _look(places: Places, covering: Covering, hidden: Bools) -> int:
    """Take in what a pattern leaves held; returns how many cuts are new."""
    low = np.where(hidden, places.hidden_low, places.low)
    high = np.where(hidden, UNBOUNDED, places.high)
    asked = places.asked._replace(need=np.where(hidden, places.asked.need, 0))
    reason = _reason(places, covering.hidden, hidden)
    rest = np.where(reason == NO_REASON, 0, places.rest)
    cuts = exposures(places.rows, low, high, places.openable & ~hidden, asked, rest)
    of_row = cuts.held >= len(low)
    held = cuts.held.copy()
    held[of_row] = reason[held[of_row] - len(low)]
    return covering.add(cuts._replace(held=held))


def _ask_for_reasons(places: Places, covering: Covering, hidden: Bools) -> int:
    """Take in what groups without a reason lack. Not every pattern has to mend it so: no bound comes from here."""
    return covering.add(places.reasons(hidden)) if places.reasons is not None else 0


def _reason(places: Places, base: Bools, hidden: Bools) -> Ints:
    """(rows,) the chosen cell because of which a row's sum has to be open; -1 if it has to be whatever is chosen."""
    reason = np.where(places.secret, ANYWAY, NO_REASON).astype(np.int64)
    row = np.repeat(np.arange(len(reason)), np.diff(places.rows.start))
    for members, because in ((hidden, places.rows.cell), (base, np.full(len(row), ANYWAY))):
        entry = members[places.rows.cell] & (places.rest[row] > 0) & (reason[row] != ANYWAY)
        reason[row[entry]] = because[entry]
    return reason


def _with(hidden: Bools, cells: Ints) -> Bools:
    more = hidden.copy()
    more[cells] = True
    return more
