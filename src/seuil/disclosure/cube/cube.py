"""The true cube (confidential): counts and amounts of every cell, added up from the leaves."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.grid import Grid
from seuil.model.hierarchy import Hierarchy


@dataclass(frozen=True)
class SecondUnit:
    """Whom else a sum rests on, over `Grid.shape`: how many, and the largest amount of one of them.

    Who belongs to several contributors counts with each.
    """

    count: Ints
    largest: Ints


@dataclass(frozen=True)
class Amounts:
    """One sum over `Grid.shape`: total, non-zero contributors, largest and second largest contribution."""

    total: Ints
    contributors: Ints
    largest: Ints
    second: Ints
    second_unit: SecondUnit | None = None


@dataclass(frozen=True)
class Cube:
    """All cells of one dataset and period. `count` and the amounts have the shape of the grid."""

    grid: Grid
    count: Ints
    sums: Mapping[str, Amounts]


def add_up(leaves: Ints, axes: tuple[Hierarchy, ...]) -> Ints:
    """Sums over the leaves of every axis: (slices, leaves...) to (slices, nodes...)."""
    # One axis after the other, each from what the last one gave: far fewer additions than over all leaves of each cell.
    cells = leaves
    for k, axis in enumerate(axes, start=1):
        position = {leaf: i for i, leaf in enumerate(axis.leaves)}
        under = [[position[leaf] for leaf in leaves_] for leaves_ in axis.leaves_under]
        moved = np.moveaxis(cells, k, 0)
        cells = np.moveaxis(np.stack([moved[rows].sum(axis=0) for rows in under]), 0, k)
    return np.ascontiguousarray(cells)


def two_largest(first: Ints, second: Ints, axes: tuple[Hierarchy, ...]) -> tuple[Ints, Ints]:
    """The largest and the second largest single contribution of every cell, from those of the leaves."""
    for k, axis in enumerate(axes, start=1):
        position = {leaf: i for i, leaf in enumerate(axis.leaves)}
        firsts, seconds = [], []
        for leaves in axis.leaves_under:
            rows = [position[leaf] for leaf in leaves]
            both = np.concatenate([np.moveaxis(first, k, 0)[rows], np.moveaxis(second, k, 0)[rows]])
            # The two largest of a union are among the two largest of its parts.
            both.sort(axis=0)
            firsts.append(both[-1])
            seconds.append(both[-2])
        first, second = np.moveaxis(np.stack(firsts), 0, k), np.moveaxis(np.stack(seconds), 0, k)
    return np.ascontiguousarray(first), np.ascontiguousarray(second)


@dataclass(frozen=True)
class Leaves:
    """Counts and amounts over (slices, leaves of every axis), as the records give them."""

    count: Ints
    sums: Mapping[str, Amounts]


def cube_of(grid: Grid, leaves: Leaves) -> Cube:
    """Add up leaves to all cells."""
    sums = {}
    for name, amounts in leaves.sums.items():
        largest, second = two_largest(amounts.largest, amounts.second, grid.axes)
        total, contributors = (add_up(x, grid.axes) for x in (amounts.total, amounts.contributors))
        other = amounts.second_unit
        if other is not None:
            most, _ = two_largest(other.largest, np.zeros_like(other.largest), grid.axes)
            other = SecondUnit(add_up(other.count, grid.axes), most)
        sums[name] = Amounts(total, contributors, largest, second, other)
    return Cube(grid, add_up(leaves.count, grid.axes), sums)
