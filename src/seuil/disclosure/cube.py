"""The true cube (confidential): counts and amounts of every cell, added up from the leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seuil.disclosure.frame import Bools, Column, Figures, Frame, Ints
from seuil.model.hierarchy import Hierarchy


@dataclass(frozen=True)
class SecondUnit:
    """Whom else a sum rests on, over `Frame.shape`: how many, and the largest amount of one of them.

    Who belongs to several contributors counts with each.
    """

    count: Ints
    largest: Ints


@dataclass(frozen=True)
class Amounts:
    """One sum over `Frame.shape`: total, non-zero contributors, largest and second largest contribution."""

    total: Ints
    contributors: Ints
    largest: Ints
    second: Ints
    second_unit: SecondUnit | None = None


@dataclass(frozen=True)
class Cube:
    """All cells of one dataset and period. `count` and the amounts have the shape of the frame."""

    frame: Frame
    count: Ints
    sums: Mapping[str, Amounts]


@dataclass(frozen=True)
class Pattern:
    """What is hidden, over `Frame.shape`: of the count, and of every sum by name."""

    count: Bools
    sums: Mapping[str, Bools]


def add_up(leaves: Ints, axes: tuple[Hierarchy, ...]) -> Ints:
    """Sums over the leaves of every axis: (slices, leaves...) to (slices, nodes...)."""
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


def cube_of(frame: Frame, leaves: Leaves) -> Cube:
    """Add up leaves to all cells."""
    sums = {}
    for name, amounts in leaves.sums.items():
        largest, second = two_largest(amounts.largest, amounts.second, frame.axes)
        total, contributors = (add_up(x, frame.axes) for x in (amounts.total, amounts.contributors))
        other = amounts.second_unit
        if other is not None:
            most, _ = two_largest(other.largest, np.zeros_like(other.largest), frame.axes)
            other = SecondUnit(add_up(other.count, frame.axes), most)
        sums[name] = Amounts(total, contributors, largest, second, other)
    return Cube(frame, add_up(leaves.count, frame.axes), sums)


@dataclass(frozen=True)
class Small:
    """The cells that the rule itself hides (confidential): of the count, and of every sum."""

    cube: Cube

    @cached_property
    def count(self) -> Bools:
        """Fewer units than the threshold; an empty cell too, unless zeros are shown or it is declared empty."""
        frame, n = self.cube.frame, self.cube.count
        small = n < frame.threshold
        if frame.zeros_shown:
            small &= n > 0
        return small & ~frame.empty

    def sum(self, name: str) -> Bools:
        """Too few contributors, one of them above the dominance limit, or the p% rule; nobody is in an empty cell.

        Too few of a second unit, and dominance of one of them, likewise.

        The p% rule (Hundepool et al., Statistical Disclosure Control, 2012, section 4.2): whoever contributes the
        second largest amount takes it from the total, and what is left is above the largest by no more than what all
        others contribute. That has to be p per cent of the largest or more.
        """
        frame, amounts = self.cube.frame, self.cube.sums[name]
        rule = frame.dataset.sums[name]
        few = amounts.contributors < frame.threshold
        dominated = 100 * amounts.largest > rule.dominance * amounts.total
        others = amounts.total - amounts.largest - amounts.second
        estimated = 100 * others < rule.p_percent * amounts.largest
        nobody = (self.cube.count == 0) & frame.zeros_shown
        other = amounts.second_unit
        if rule.second_unit is not None and other is not None:
            few = few | (other.count < rule.second_unit.threshold)
            dominated = dominated | (100 * other.largest > rule.second_unit.dominance * amounts.total)
        return (few | dominated | estimated) & ~frame.empty & ~nobody


def publish(cube: Cube, pattern: Pattern) -> Figures:
    """What a pattern leaves to see: rounded counts and exact sums, 0 where hidden or not published."""
    frame = cube.frame
    return Figures(
        frame,
        _column(rounded(cube.count, frame.rounding), pattern.count & frame.published, frame.published),
        {
            name: _column(cube.sums[name].total, hidden & frame.published, frame.published)
            for name, hidden in pattern.sums.items()
        },
    )


def rounded(values: Ints, base: int | None) -> Ints:
    """Whole numbers to the nearest multiple of `base`, halves up: `model.formulas.round_half_up` of arrays."""
    return values if base is None else (values + base // 2) // base * base


def _column(values: Ints, hidden: Bools, published: Bools) -> Column:
    return Column(np.where(hidden | ~published, 0, values), hidden)
