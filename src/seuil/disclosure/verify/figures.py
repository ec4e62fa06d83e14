"""Rule 1: whether figures can be what a release tells, before any proof is looked at."""

from collections.abc import Iterator

import numpy as np

from seuil.disclosure.frame import Bools, Column, Figures, Frame, Ints
from seuil.disclosure.verify.bounds import shown_counts
from seuil.disclosure.verify.fault import Fault, cell_faults
from seuil.disclosure.verify.implied import implied, subtract
from seuil.disclosure.verify.known import known

LARGEST = 1 << 40  # no figure and no change is larger, so that no sum of them overflows
RULE = 1


def figure_faults(figures: Figures) -> list[Fault]:
    """Faults of the count and of every sum."""
    frame = figures.frame
    columns = {"count": figures.count, **figures.sums}
    found = [Fault(RULE, name, "", problem) for name, c in columns.items() if (problem := _malformed(frame, c))]
    if found:
        return found
    for name, column in columns.items():
        found += _cells(frame, name, column)
    found += _counts(frame, figures.count)
    for name, column in figures.sums.items():
        found += _sums(frame, name, column, figures.count)
    return found


def _malformed(frame: Frame, column: Column) -> str:
    values, hidden = column.values, column.hidden
    if values.shape != frame.shape or hidden.shape != frame.shape:
        return f"figures of shape {values.shape} and {hidden.shape}; the frame has {frame.shape}"
    if values.dtype != np.int64 or hidden.dtype != np.bool_:
        return f"figures of type {values.dtype} and {hidden.dtype}; they must be int64 and bool"
    if values.size and max(int(values.max()), -int(values.min())) > LARGEST:
        return "a figure above 2^40"
    return ""


def _cells(frame: Frame, name: str, column: Column) -> Iterator[Fault]:
    shown = frame.published & ~column.hidden
    yield from cell_faults(frame, RULE, name, column.hidden & ~frame.published, "hidden, but not published at all")
    yield from cell_faults(frame, RULE, name, ~shown & (column.values != 0), "a figure in a cell that is not shown")
    yield from cell_faults(frame, RULE, name, frame.empty & column.hidden, "hidden, but declared empty")
    yield from cell_faults(frame, RULE, name, frame.empty & (column.values != 0), "a figure, but declared empty")


def _counts(frame: Frame, column: Column) -> Iterator[Fault]:
    low, high = shown_counts(frame, column.values)
    shown = frame.published & ~column.hidden & ~frame.empty
    impossible = shown & ((low > high) | (column.values % (frame.rounding or 1) != 0))
    yield from cell_faults(frame, RULE, "count", impossible, "a figure that no count of the threshold or more can give")
    earlier = shown & frame.elsewhere.hidden & ~((column.values == 0) & frame.zeros_shown)
    yield from cell_faults(frame, RULE, "count", earlier, "a figure that an earlier release hides")
    if frame.rounding is None:
        yield from _differences(frame, column, shown)


def _differences(frame: Frame, column: Column, shown: Bools) -> Iterator[Fault]:
    elsewhere = known(frame)
    fixed = implied(frame, shown, elsewhere.exact, exact=True, differences=True).fixed_differences
    values = np.where(elsewhere.exact, elsewhere.low, column.values)
    flat = subtract(frame, shown | elsewhere.exact, values).reshape(frame.shape[0], -1)
    gaps: Ints = np.zeros(fixed.shape, dtype=np.int64)
    for k, relation in enumerate(frame.relations):
        for slice_, coefficient in relation.terms:
            gaps[k] += coefficient * flat[slice_]
    bad = fixed & (gaps < frame.threshold)
    if frame.zeros_shown:
        bad &= gaps != 0
    found = "shown figures differ by less than the threshold, so that few units are in one and not in the other"
    every = np.concatenate([np.zeros(frame.published.size, dtype=np.bool_), bad.reshape(-1)])
    yield from cell_faults(frame, RULE, "count", every, found)


def _sums(frame: Frame, name: str, column: Column, count: Column) -> Iterator[Fault]:
    nobody = frame.published & ~count.hidden & (count.values == 0)
    if not frame.zeros_shown:
        nobody &= frame.empty
    shown = frame.published & ~column.hidden
    yield from cell_faults(frame, RULE, name, shown & (column.values < 0), "an amount below 0")
    yield from cell_faults(frame, RULE, name, shown & count.hidden, "an amount where the count is hidden")
    yield from cell_faults(frame, RULE, name, nobody & (column.values != 0), "an amount where nobody is counted")
    yield from cell_faults(frame, RULE, name, nobody & column.hidden, "hidden, though nobody is counted there")
