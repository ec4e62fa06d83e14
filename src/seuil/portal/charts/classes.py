"""Classes of a map: bounds that part the shown figures into groups of about equal size, at numbers easy to read."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import floor, log10

CLASSES = 5


def bounds(values: Sequence[float], decimals: int, classes: int = CLASSES) -> tuple[float, ...]:
    """Ascending lower bounds of the second to last class: quantiles, rounded to two figures; fewer where they coincide.

    Every class holds at least one of `values`.
    """
    ordered = sorted(values)
    if not ordered:
        return ()
    quantiles = (ordered[len(ordered) * k // classes] for k in range(1, classes))
    kept: list[float] = []
    start = 0
    for bound in sorted({_readable(value, decimals) for value in quantiles}):
        position = bisect_left(ordered, bound)
        if start < position < len(ordered):
            kept.append(bound)
            start = position
    return tuple(kept)


def class_of(value: float, lower: Sequence[float]) -> int:
    """Number of the class that holds `value`, from 0."""
    return bisect_right(lower, value)


def _readable(value: float, decimals: int) -> float:
    if value == 0:
        return 0.0
    return round(value, min(1 - floor(log10(abs(value))), decimals))
