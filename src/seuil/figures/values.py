"""The values of one measure in many rows, each shown, hidden, or not there at all; and the arithmetic between them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from seuil.disclosure.arrays import Bools, Ints
from seuil.model.columns import HIDDEN, MISSING
from seuil.model.definition import Mean, Ratio
from seuil.model.formulas import MOST_DECIMALS, quotient

SHOWN, NS, ND = 0, 1, 2
STATUSES = (HIDDEN, MISSING)
"""Texts of the statuses `NS` and `ND`; `SHOWN` has none."""

_EXACT = 1 << 53  # every whole number up to here is a double


@dataclass(frozen=True)
class Values:
    """(rows,) `numbers`, int64 or double, 0 wherever `status` (int8) isn't `SHOWN`."""

    numbers: Ints | NDArray[np.float64]
    status: NDArray[np.int8]

    def at(self, rows: Ints) -> "Values":
        """Those of some rows."""
        return Values(self.numbers[rows], self.status[rows])


def values_of(numbers: Ints, hidden: Bools, there: Bools) -> Values:
    """Figures, where they are hidden, and where there are any. What stands under others is dropped here."""
    status = np.where(there, np.where(hidden, NS, SHOWN), ND).astype(np.int8)
    return Values(np.where(status == SHOWN, numbers, 0), status)


def total_of(parts: Sequence[Values]) -> Values:
    """What published values add up to: missing where one of them is, hidden where one of them is."""
    hidden, missing = (np.any([part.status == status for part in parts], axis=0) for status in (NS, ND))
    return values_of(np.sum([part.numbers for part in parts], axis=0, dtype=np.int64), hidden, ~missing)


def derive(measure: Mean | Ratio, top: Values, bottom: Values) -> Values:
    """A mean or ratio from the published values of its parts.

    Nothing (`ND`) where a part is missing, hidden where one is hidden; nothing where it would be divided by a
    published 0.
    """
    times, significant = (measure.times, measure.significant) if isinstance(measure, Ratio) else (1, 0)
    status = np.full(len(top.status), SHOWN, dtype=np.int8)
    status[bottom.numbers == 0] = ND
    status[(top.status == NS) | (bottom.status == NS)] = NS
    status[(top.status == ND) | (bottom.status == ND)] = ND
    shown = status == SHOWN
    numbers = np.zeros(len(status), dtype=np.float64)
    above, below = top.numbers[shown].astype(np.int64), bottom.numbers[shown].astype(np.int64)
    found = quotients(above, below, measure.decimals, times)
    for decimals in range(measure.decimals, MOST_DECIMALS if significant else measure.decimals):
        few = (above != 0) & (np.rint(np.abs(found) * 10**decimals) * 10 < 10**significant)
        if not few.any():
            break
        found[few] = quotients(above[few], below[few], decimals + 1, times)
    numbers[shown] = found
    return Values(numbers, status)


def to_units(numbers: Ints | NDArray[np.float64]) -> Ints:
    """Numbers to the unit, halves away from 0."""
    if np.issubdtype(numbers.dtype, np.integer):
        return numbers.astype(np.int64)
    return (np.sign(numbers) * np.floor(np.abs(numbers) + 0.5)).astype(np.int64)


def quotients(numerators: Ints, denominators: Ints, decimals: int, times: int = 1) -> NDArray[np.float64]:
    """`model.formulas.quotient` of whole columns: the same doubles, bit by bit; NaN where that has none.

    64 bits do for nearly all rows: the rounded decimal is then a whole number that a double holds, and one division of
    doubles rounds once, to the nearest. The few rows that are too large go through `quotient` itself.
    """
    scale = 10**decimals
    lowest, highest = np.iinfo(np.int64).min, np.iinfo(np.int64).max
    limit = highest // (times * scale)
    fits = (np.abs(numerators) <= limit) & (numerators != lowest) & (denominators != lowest) & (denominators != 0)
    top = np.abs(np.where(fits, numerators, 0)) * (times * scale if limit else 0)
    bottom = np.abs(np.where(fits, denominators, 1))
    whole, rest = np.divmod(top, bottom)
    whole += rest >= bottom - rest
    fits &= whole <= _EXACT
    negative = (numerators < 0) != (denominators < 0)
    result: NDArray[np.float64] = np.where(negative, -whole, whole) / np.float64(scale)
    for k in np.flatnonzero(~fits):
        exact = quotient(int(numerators[k]), int(denominators[k]), decimals, times)
        result[k] = np.nan if exact is None else exact
    return result
