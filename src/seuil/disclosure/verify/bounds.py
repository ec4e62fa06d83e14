"""What the figures of one base ask of every cell of an admissible table, and which cells are to be proved."""

from dataclasses import dataclass

import numpy as np

from seuil.disclosure.verify.cells import NO_LIMIT, CellLayout
from seuil.disclosure.verify.implied import Implied, implied
from seuil.disclosure.verify.inputs import Bools, Figures, Ints
from seuil.disclosure.verify.known import known
from seuil.model.formulas import interval

ANY: int = 1 << 62  # above every value that a table can have


@dataclass(frozen=True)
class Base:
    """One base: the layout, what its shown figures are, and what follows from them.

    figure_low, figure_high: (cells) what the published figures alone allow (2b). low, high: (cells) what the rules
    allow besides (2c, and what is known from elsewhere, 2d). gap: how far apart two tables must be at a cell. least:
    below this a cell is small, 0 for sums. hidden: (cells) the hidden cells. excused: (cells) those that need no proof.
    told_low, told_high: (cells) the outer bounds that the release tells, 0 and `ANY` where it tells none.
    """

    layout: CellLayout
    name: str
    hidden: Bools
    excused: Bools
    implied: Implied
    figure_low: Ints
    figure_high: Ints
    low: Ints
    high: Ints
    gap: int
    least: int
    justified: bool
    told_low: Ints
    told_high: Ints

    @property
    def members(self) -> Ints:
        """Indices, as in a proof, of the hidden and the open implied cells, in order."""
        cells = self.hidden | self.implied.open_cells
        return np.flatnonzero(np.concatenate([cells.reshape(-1), self.implied.open_differences.reshape(-1)]))

    @property
    def to_prove(self) -> Ints:
        """Those of them that are to be proved."""
        return np.setdiff1d(self.members, np.flatnonzero(self.excused))

    @property
    def differences(self) -> Ints:
        """Those of them that are differences between overlapping nodes."""
        return np.flatnonzero(self.implied.open_differences) + self.layout.published.size


def shown_counts(layout: CellLayout, values: Ints) -> tuple[Ints, Ints]:
    """(cells) lowest and highest count that published `values` can stand for, given that the small ones are hidden."""
    low, high = _intervals(values, layout.rounding)
    low = np.maximum(low, layout.threshold)
    if layout.zeros_shown:
        low, high = np.where(values == 0, 0, low), np.where(values == 0, 0, high)
    return low, high


def _intervals(values: Ints, base: int | None) -> tuple[Ints, Ints]:
    """`interval` of every value: it is as wide everywhere, so that of 0 says all."""
    low, high = interval(0, base)
    return values + low, values + high


def count_base(layout: CellLayout, figures: Figures) -> Base:
    """The base of the counted units."""
    column = figures.count
    shown = layout.published & ~column.hidden
    elsewhere = known(layout)
    found = implied(layout, shown & ~layout.empty, elsewhere.exact, exact=layout.rounding is None, differences=True)
    first, last = _intervals(column.values, layout.rounding)
    low, high = shown_counts(layout, column.values)
    hidden_low = 1 if layout.zeros_shown else 0
    low = np.where(layout.empty, 0, np.where(shown, low, np.where(column.hidden, hidden_low, 0)))
    high = np.where(layout.empty, 0, np.where(shown, high, ANY))
    return Base(
        layout,
        "count",
        hidden=column.hidden,
        excused=elsewhere.excused,
        implied=found,
        figure_low=np.where(shown, first, 0),
        figure_high=np.where(shown, last, ANY),
        low=np.maximum(low, elsewhere.low),
        high=np.where(elsewhere.high < NO_LIMIT, np.minimum(high, elsewhere.high), high),
        gap=layout.threshold,
        least=layout.threshold,
        justified=layout.dataset.definition.level == "justified",
        told_low=np.zeros(layout.shape, dtype=np.int64),
        told_high=np.full(layout.shape, ANY),
    )


def sum_base(layout: CellLayout, figures: Figures, name: str) -> Base:
    """The base of an amount: exact, without thresholds."""
    column = figures.sums[name]
    shown = layout.published & ~column.hidden
    low, high = np.where(shown, column.values, 0), np.where(shown, column.values, ANY)
    return Base(
        layout,
        name,
        hidden=column.hidden,
        excused=np.zeros(layout.shape, dtype=np.bool_),
        implied=implied(layout, shown, layout.empty, exact=True, differences=False),
        figure_low=low,
        figure_high=high,
        low=low,
        high=np.where(layout.empty, 0, high),
        gap=max(1, layout.dataset.sums[name].width),
        least=0,
        justified=False,
        told_low=np.zeros(layout.shape, dtype=np.int64),
        told_high=np.full(layout.shape, ANY),
    )
