"""Scales: from figures to places, with few ticks at numbers that are easy to read."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Number = Callable[[float, int], str]
"""Writes a number with so many decimals as the reader's language does."""

_LEAST = 1e-9
"""A range that is smaller has no ticks that can be told apart; no figure has as many decimals."""


@dataclass(frozen=True)
class Scale:
    """From `low` to `high`, with the ticks between; `decimals` is what the ticks need."""

    low: float
    high: float
    ticks: tuple[float, ...]
    decimals: int

    def share(self, value: float) -> float:
        """How far up a value lies: 0 at `low`, 1 at `high`."""
        return (value - self.low) / (self.high - self.low)


def scale_of(values: Iterable[float], *, zero: bool = True, ticks: int = 6) -> Scale:
    """A scale on which all values lie. zero: from zero on; else from near the least value. ticks: about so many.

    Between whole numbers, such as counts, there is no tick.
    """
    found = list(values) or [0.0]
    low, high = (min(0.0, *found) if zero else min(found)), max(found)
    if high - low < _LEAST:
        low, high = (0.0, high) if high >= _LEAST else (low, low + 1)
    step = _step((high - low) / ticks)
    if all(float(value).is_integer() for value in found):
        step = max(step, 1.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    places = tuple(k * step for k in range(first, last + 1))
    return Scale(places[0], places[-1], places, max(0, -math.floor(math.log10(step) + 1e-9)))


def _step(rough: float) -> float:
    """The least of 1, 2, 5, 10... times a power of ten that is not smaller."""
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * (1 - 1e-9))
