"""Rule 1: whether figures can be what a release tells, before any proof is looked at."""

from collections.abc import Iterator

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid
from seuil.disclosure.verify.bounds import shown_counts
from seuil.disclosure.verify.fault import Fault, cell_faults
from seuil.disclosure.verify.implied import implied, subtract
from seuil.disclosure.verify.known import known

LARGEST = 1 << 40  # no figure and no change is larger, so that no sum of them overflows
RULE = 1


def figure_faults(figures: Figures) -> list[Fault]:
    """Faults of the count and of every sum."""
    grid = figures.grid
    columns = {"count": figures.count, **figures.sums}
    found = [Fault(RULE, name, "", problem) for name, c in columns.items() if (problem := _malformed(grid, c))]
    if found:
        return found
    for name, column in columns.items():
        found += _cells(grid, name, column)
    found += _counts(grid, figures.count)
    for name, column in figures.sums.items():
        found += _sums(grid, name, column, figures.count)
    return found


def _malformed(grid: Grid, column: Column) -> str:
    values, hidden = column.values, column.hidden
    if values.shape != grid.shape or hidden.shape != grid.shape:
        return f"figures of shape {values.shape} and {hidden.shape}; the grid has {grid.shape}"
    if values.dtype != np.int64 or hidden.dtype != np.bool_:
        return f"figures of type {values.dtype} and {hidden.dtype}; they must be int64 and bool"
    if values.size and max(int(values.max()), -int(values.min())) > LARGEST:
        return "a figure above 2^40"
    return ""


def _cells(grid: Grid, name: str, column: Column) -> Iterator[Fault]:
    shown = grid.published & ~column.hidden
    yield from cell_faults(grid, RULE, name, column.hidden & ~grid.published, "hidden, but not published at all")
    yield from cell_faults(grid, RULE, name, ~shown & (column.values != 0), "a figure in a cell that is not shown")
    yield from cell_faults(grid, RULE, name, grid.empty & column.hidden, "hidden, but declared empty")
    yield from cell_faults(grid, RULE, name, grid.empty & (column.values != 0), "a figure, but declared empty")


def _counts(grid: Grid, column: Column) -> Iterator[Fault]:
    low, high = shown_counts(grid, column.values)
    shown = grid.published & ~column.hidden & ~grid.empty
    impossible = shown & ((low > high) | (column.values % (grid.rounding or 1) != 0))
    yield from cell_faults(grid, RULE, "count", impossible, "a figure that no count of the threshold or more can give")
    earlier = shown & grid.elsewhere.hidden & ~((column.values == 0) & grid.zeros_shown)
    yield from cell_faults(grid, RULE, "count", earlier, "a figure that an earlier release hides")
    if grid.rounding is None:
        yield from _differences(grid, column, shown)


def _differences(grid: Grid, column: Column, shown: Bools) -> Iterator[Fault]:
    elsewhere = known(grid)
    fixed = implied(grid, shown, elsewhere.exact, exact=True, differences=True).fixed_differences
    values = np.where(elsewhere.exact, elsewhere.low, column.values)
    flat = subtract(grid, shown | elsewhere.exact, values).reshape(grid.shape[0], -1)
    gaps: Ints = np.zeros(fixed.shape, dtype=np.int64)
    for k, relation in enumerate(grid.relations):
        for slice_, coefficient in relation.terms:
            gaps[k] += coefficient * flat[slice_]
    bad = fixed & (gaps < grid.threshold)
    if grid.zeros_shown:
        bad &= gaps != 0
    found = "shown figures differ by less than the threshold, so that few units are in one and not in the other"
    every = np.concatenate([np.zeros(grid.published.size, dtype=np.bool_), bad.reshape(-1)])
    yield from cell_faults(grid, RULE, "count", every, found)


def _sums(grid: Grid, name: str, column: Column, count: Column) -> Iterator[Fault]:
    nobody = grid.published & ~count.hidden & (count.values == 0)
    if not grid.zeros_shown:
        nobody &= grid.empty
    shown = grid.published & ~column.hidden
    yield from cell_faults(grid, RULE, name, shown & (column.values < 0), "an amount below 0")
    yield from cell_faults(grid, RULE, name, shown & count.hidden, "an amount where the count is hidden")
    yield from cell_faults(grid, RULE, name, nobody & (column.values != 0), "an amount where nobody is counted")
    yield from cell_faults(grid, RULE, name, nobody & column.hidden, "hidden, though nobody is counted there")
