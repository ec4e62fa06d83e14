"""Rule 1: whether figures can be what a release tells, before any proof is looked at."""

from collections.abc import Iterator, Mapping

import numpy as np

from seuil.disclosure.verify.bounds import shown_counts
from seuil.disclosure.verify.cells import CellLayout, at_counts
from seuil.disclosure.verify.fault import Fault, cell_faults
from seuil.disclosure.verify.implied import implied, subtract
from seuil.disclosure.verify.inputs import Bools, Column, Figures, Ints
from seuil.disclosure.verify.known import known

LARGEST = 1 << 40  # no figure and no change is larger, so that no sum of them overflows
RULE = 1


def figure_faults(layouts: Mapping[str, CellLayout], figures: Figures) -> list[Fault]:
    """Faults of the count and of every sum. layouts: of each."""
    columns, of_counts = {"count": figures.count, **figures.sums}, layouts["count"]
    found = [Fault(RULE, name, "", problem) for name, c in columns.items() if (problem := _malformed(layouts[name], c))]
    if found:
        return found
    for name, column in columns.items():
        found += _cells(layouts[name], name, column)
    found += _counts(of_counts, figures.count)
    for name, column in figures.sums.items():
        found += _sums(layouts[name], name, column, of_counts, figures.count)
    return found


def _malformed(layout: CellLayout, column: Column) -> str:
    values, hidden = column.values, column.hidden
    if values.shape != layout.shape or hidden.shape != layout.shape:
        return f"figures of shape {values.shape} and {hidden.shape}; the grid has {layout.shape}"
    if values.dtype != np.int64 or hidden.dtype != np.bool_:
        return f"figures of type {values.dtype} and {hidden.dtype}; they must be int64 and bool"
    if values.size and max(int(values.max()), -int(values.min())) > LARGEST:
        return "a figure above 2^40"
    return ""


def _cells(layout: CellLayout, name: str, column: Column) -> Iterator[Fault]:
    shown = layout.published & ~column.hidden
    yield from cell_faults(layout, RULE, name, column.hidden & ~layout.published, "hidden, but not published at all")
    yield from cell_faults(layout, RULE, name, ~shown & (column.values != 0), "a figure in a cell that is not shown")
    yield from cell_faults(layout, RULE, name, layout.empty & column.hidden, "hidden, but declared empty")
    yield from cell_faults(layout, RULE, name, layout.empty & (column.values != 0), "a figure, but declared empty")


def _counts(layout: CellLayout, column: Column) -> Iterator[Fault]:
    low, high = shown_counts(layout, column.values)
    shown = layout.published & ~column.hidden & ~layout.empty
    impossible = shown & ((low > high) | (column.values % (layout.rounding or 1) != 0))
    yield from cell_faults(
        layout, RULE, "count", impossible, "a figure that no count of the threshold or more can give"
    )
    earlier = shown & layout.earlier & ~((column.values == 0) & layout.zeros_shown)
    yield from cell_faults(layout, RULE, "count", earlier, "a figure that an earlier release hides")
    if layout.rounding is None:
        yield from _differences(layout, column, shown)


def _differences(layout: CellLayout, column: Column, shown: Bools) -> Iterator[Fault]:
    elsewhere = known(layout)
    fixed = implied(layout, shown, elsewhere.exact, exact=True, differences=True).fixed_differences
    values = np.where(elsewhere.exact, elsewhere.low, column.values)
    flat = subtract(layout, shown | elsewhere.exact, values).reshape(layout.shape[0], -1)
    gaps: Ints = np.zeros(fixed.shape, dtype=np.int64)
    for k, overlap in enumerate(layout.overlaps):
        for slice_, coefficient in overlap.terms:
            gaps[k] += coefficient * flat[slice_]
    bad = fixed & (gaps < layout.threshold)
    if layout.zeros_shown:
        bad &= gaps != 0
    found = "shown figures differ by less than the threshold, so that few units are in one and not in the other"
    every = np.concatenate([np.zeros(layout.published.size, dtype=np.bool_), bad.reshape(-1)])
    yield from cell_faults(layout, RULE, "count", every, found)


def _sums(layout: CellLayout, name: str, column: Column, counts: CellLayout, count: Column) -> Iterator[Fault]:
    counted = at_counts(counts, layout, counts.published)
    hidden = at_counts(counts, layout, count.hidden)
    nobody = layout.published & counted & ~hidden & at_counts(counts, layout, count.values == 0)
    if not layout.zeros_shown:
        nobody &= layout.empty
    shown = layout.published & ~column.hidden
    fixed = implied(layout, shown, layout.empty, exact=True, differences=False).fixed_cells
    yield from cell_faults(layout, RULE, name, shown & (column.values < 0), "an amount below 0")
    yield from cell_faults(layout, RULE, name, layout.published & ~counted, "an amount where no count is published")
    # Of a kind of amounts that is declared empty the 0 is known, however many are counted.
    told = shown & hidden & ~layout.empty
    yield from cell_faults(layout, RULE, name, told, "an amount where the count is hidden")
    yield from cell_faults(layout, RULE, name, fixed & hidden, "an amount that others fix where the count is hidden")
    yield from cell_faults(layout, RULE, name, nobody & (column.values != 0), "an amount where nobody is counted")
    yield from cell_faults(layout, RULE, name, nobody & column.hidden, "hidden, though nobody is counted there")
    earlier = shown & layout.earlier & ~nobody
    yield from cell_faults(layout, RULE, name, earlier, "an amount that an earlier release hides")
