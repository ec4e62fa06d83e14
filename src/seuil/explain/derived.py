"""Derived figures as facts: a shown rate or mean bounds the count that it was computed from.

A figure shown as q with d decimals says, for numerator N, denominator D and factor f,

    (2 q' - 1) D  <=  2 f 10^d N  <=  (2 q' + 1) D        with q' = q x 10^d, a whole number

(both ends belong to it, since how halves were rounded is not known). With D known within bounds this bounds N, and the
other way round. All in whole numbers, so that nothing is rounded again.

Where N and D are shown rounded, one has to know whether q was computed before or after their rounding. After it, every
q follows from the figures beside it and tells nothing new of these: so where all do, it is taken to be so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from seuil.disclosure.arrays import Ints
from seuil.model.formulas import round_half_up

NO_CELL = -1


@dataclass(frozen=True)
class Part:
    """A numerator or denominator. cells: (rows,) of the table, `NO_CELL` where it is a figure beside it.

    low, high: (rows,) what is shown of it, before its rounding; -1 and -1 where nothing is. base: of the rounding.
    """

    name: str
    cells: Ints
    low: Ints
    high: Ints
    base: int | None

    def shown(self, row: int) -> int | None:
        """The figure as it stands in the table."""
        return None if self.high[row] < 0 else round_half_up(int(self.high[row]), self.base)

    def words(self, row: int) -> str:
        """The figure, and what it may be."""
        low, high = int(self.low[row]), int(self.high[row])
        return f"{self.name} {low:,}" if low == high else f"{self.name} from {low:,} to {high:,}"


@dataclass(frozen=True)
class Quotients:
    """A derived measure. values: (rows,) q x 10^decimals, -1 where it isn't shown."""

    name: str
    top: Part
    bottom: Part
    values: Ints
    times: int
    decimals: int

    @property
    def rows(self) -> list[int]:
        """Rows in which it is shown."""
        return [k for k, value in enumerate(self.values.tolist()) if value >= 0]

    @property
    def after_rounding(self) -> bool:
        """Whether every quotient that can be checked is that of the figures as they are shown."""
        checked = False
        for k in self.rows:
            top, bottom = self.top.shown(k), self.bottom.shown(k)
            if top is None or not bottom:
                continue
            checked = True
            exact = Fraction(top * self.times * 10**self.decimals, bottom)
            if abs(exact - int(self.values[k])) > Fraction(1, 2):
                return False
        return checked and (self.top.base is not None or self.bottom.base is not None)

    def words(self, row: int) -> str:
        """The figure as it is shown."""
        return f"{self.name} {int(self.values[row]) / 10**self.decimals:.{self.decimals}f}"


@dataclass(frozen=True)
class Told:
    """What a derived figure tells of a cell: bounds (high None without one), and from what."""

    cell: int
    low: int
    high: int | None
    words: str


@dataclass(frozen=True)
class Tie:
    """A derived figure that ties a cell to a figure that nothing is known of: what it tells is not decided."""

    cell: int
    words: str


def told_by(every: Sequence[Quotients]) -> tuple[list[Told], list[Tie]]:
    """What shown quotients tell of the cells that they are made of, each for itself."""
    told: list[Told] = []
    ties: list[Tie] = []
    for quotients in every:
        after = quotients.after_rounding
        for row in quotients.rows:
            for part, other, is_top in (
                (quotients.top, quotients.bottom, True),
                (quotients.bottom, quotients.top, False),
            ):
                cell = int(part.cells[row])
                if cell == NO_CELL:
                    continue
                if other.high[row] < 0:
                    if part.high[row] < 0:
                        ties.append(Tie(cell, f"{quotients.words(row)} is shown, and {other.name} is not"))
                    continue
                low, high = _bounds(quotients, row, other, is_top=is_top, after=after)
                if after and part.base is not None:
                    low, high = _before_rounding(low, high, part.base)
                words = f"{quotients.words(row)} is shown, and {other.words(row)}"
                told.append(Told(cell, low, high, words))
    return told, ties


def _bounds(q: Quotients, row: int, other: Part, *, is_top: bool, after: bool) -> tuple[int, int | None]:
    """Of one part by the other. after: the other counts as it is shown."""
    shown = other.shown(row)
    low, high = (shown, shown) if after and shown is not None else (int(other.low[row]), int(other.high[row]))
    value, scale = int(q.values[row]), 2 * 10**q.decimals * q.times
    less, more = max(2 * value - 1, 0), 2 * value + 1
    if is_top and not high:
        return 1, 0  # nothing is divided by zero: no count fits
    if is_top:
        return -(-less * low // scale), more * high // scale
    return -(-scale * low // more), scale * high // less if less else None


def _before_rounding(low: int, high: int | None, base: int) -> tuple[int, int | None]:
    """Bounds of a count whose figure, rounded to a base, is between low and high."""
    first = -(-low // base) * base
    last = None if high is None else high // base * base - base // 2 + base - 1
    return max(first - base // 2, 0), last
