"""The true cube (confidential): counts and amounts of every cell, added up from the leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.grid import Grid
from seuil.disclosure.cube.margins import add_up
from seuil.model.hierarchy import Hierarchy


@dataclass(frozen=True)
class SecondUnit:
    """Whom else a sum rests on, over the shape of the sum's grid: how many, and the largest amount of one of them.

    Who belongs to several contributors counts with each.
    """

    count: Ints
    largest: Ints


@dataclass(frozen=True)
class Leading:
    """The largest contributors at the leaves of all dimensions of units, and every node of that of amounts.

    by: a number of whoever contributes the largest amount, which tells people at the same leaves apart, 0 where nobody
    does. Arrays have one shape: (slices, leaves or nodes of every axis); amounts are in parts of a unit.
    """

    by: Ints
    largest: Ints
    second: Ints
    second_unit: SecondUnit | None = None


@dataclass(frozen=True)
class Amounts:
    """One sum over the shape of its grid: total, non-zero contributors, largest and second largest contribution.

    total: in whole units, of each cell what its leaves have. largest, second: in parts of a unit, `parts` of one; so is
    the largest amount of a second unit, and exact, the total before it was rounded in the leaves.

    leading: where contributors may be at several leaves of a dimension of amounts, who they are in the finest cells of
    all others.
    """

    total: Ints
    contributors: Ints
    largest: Ints
    second: Ints
    second_unit: SecondUnit | None = None
    parts: int = 1
    exact: Ints | None = None
    leading: "Leading | None" = None

    @property
    def in_parts(self) -> Ints:
        """The total in parts of a unit."""
        return self.total * self.parts if self.exact is None else self.exact

    def units(self, amounts: Ints) -> Ints:
        """Amounts in whole units, rounded as totals are: what one contributes is never above the total of his leaf."""
        return in_units(amounts, self.parts)


@dataclass(frozen=True)
class Cube:
    """All cells of one dataset and period. `count` has the shape of the grid, each sum that of its own."""

    grid: Grid
    count: Ints
    sums: Mapping[str, Amounts]


def in_units(amounts: Ints, parts: int) -> Ints:
    """Whole units of amounts in parts of a unit, halves up: `model.formulas.round_half_up` of arrays."""
    return (amounts + parts // 2) // parts


def two_largest(first: Ints, second: Ints, axes: Sequence[Hierarchy | None]) -> tuple[Ints, Ints]:
    """The largest and the second largest single contribution of every cell, from those of the leaves."""
    for k, axis in enumerate(axes, start=1):
        if axis is None:
            continue
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
    """Counts and amounts over (slices, leaves of every axis) of their grids, as the records give them.

    Of a dimension of amounts all but `total` are over its nodes, each with what its units have there all in all: who
    has amounts at several leaves contributes once to what is above them.
    """

    count: Ints
    sums: Mapping[str, Amounts]


def cube_of(grid: Grid, leaves: Leaves) -> Cube:
    """Add up leaves to all cells."""
    return Cube(
        grid,
        add_up(leaves.count, grid.axes),
        {name: _cells(grid.grids[name], amounts) for name, amounts in leaves.sums.items()},
    )


def _cells(grid: Grid, amounts: Amounts) -> Amounts:
    """A sum in all cells of its grid."""
    axes = [None if name == grid.base.kinds else axis for name, axis in zip(grid.base.additive, grid.axes, strict=True)]
    largest, second = two_largest(amounts.largest, amounts.second, axes)
    other = amounts.second_unit
    if other is not None:
        most, _ = two_largest(other.largest, np.zeros_like(other.largest), axes)
        other = SecondUnit(add_up(other.count, axes), most)
    return replace(
        amounts,
        total=add_up(amounts.total, grid.axes),
        contributors=add_up(amounts.contributors, axes),
        largest=largest,
        second=second,
        second_unit=other,
        exact=None if amounts.exact is None else add_up(amounts.exact, axes),
    )
