"""What readers know from elsewhere, and what follows from it alone: of which cells it leaves nothing to protect.

Bound propagation (`propagation`) from known figures only, over the same rows: what these hold in a range below the
threshold no pattern can protect, and it is neither implied nor to be proved.
"""

from dataclasses import dataclass

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.constraints.propagation import tighten
from seuil.disclosure.constraints.rows import UNBOUNDED, Rows, lines, overlaps, stack
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import Grid
from seuil.model.errors import DisclosureError


@dataclass(frozen=True)
class Known:
    """Arrays over cells (flat). low, high: bounds that known figures leave, line by line.

    exact: cells whose count is known, empty ones too. narrow: other cells that no pattern can protect, for they are
    held in a range below the threshold already. excused: those of them that need no proof when they are hidden: they
    aren't published, or the definition accepts them as legacy.
    """

    low: Ints
    high: Ints
    exact: Bools
    narrow: Bools
    excused: Bools


def known_of(grid: Grid, equations: Rows, relations: Rows) -> Known:
    """What is known of a grid with these lines and overlaps. Raises DisclosureError if it contradicts itself."""
    empty = grid.empty.ravel()
    if not grid.known:
        nothing = np.zeros(empty.size, np.bool_)
        return Known(np.zeros(empty.size, np.int64), np.where(empty, 0, UNBOUNDED), empty, nothing, nothing)
    elsewhere = grid.elsewhere
    high = np.where(empty, 0, elsewhere.high.ravel())
    # To the end: an excuse must not depend on when the sweeps were stopped, for `verify` comes to its own.
    sweeps = tuning.TUNING.constraints.known_sweeps
    low, high = tighten(stack([equations, relations]), elsewhere.low.ravel(), high, sweeps)
    if (low > high).any():
        found = "what is known from elsewhere contradicts itself"
        raise refusal(grid, low > high, found, "figures that one table can have")
    narrow = (high - low < grid.threshold) & ~empty
    excused = narrow & (elsewhere.legacy | ~grid.published).ravel()
    return Known(low, high, (low == high) | empty, narrow, excused)


def legacy_of(figures: Figures) -> Ints:
    """Hidden counts (cells, flat) that are accepted without a proof, since what is known discloses them already."""
    grid = figures.grid
    if not grid.known:
        return np.zeros(0, np.int64)
    excused = known_of(grid, lines(grid), overlaps(grid)).excused
    return np.flatnonzero(excused & figures.count.hidden.ravel())


def refusal(grid: Grid, cells: Bools, found: str, right: str) -> DisclosureError:
    """The error that names some cells (flat), and no count of theirs."""
    named = grid.named(cells.reshape(grid.shape))
    by_hand = grid.dataset.definition.count is not None  # then there is but one table, without an id of its own
    where = str(grid.dataset.path) if by_hand else f"{grid.dataset.id} {grid.period}"
    return DisclosureError(f"{where}: {found}: {named}; expected {right}")
