"""What a release tells: published figures over the cells of a grid."""

from collections.abc import Mapping
from dataclasses import dataclass

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.grid import Grid


@dataclass(frozen=True)
class Column:
    """Published figures of one base: `values` as published (rounded), 0 where `hidden` or not published."""

    values: Ints
    hidden: Bools


@dataclass(frozen=True)
class Figures:
    """All that a release tells of one dataset and period: the count, and every sum by name. Nothing else is known."""

    grid: Grid
    count: Column
    sums: Mapping[str, Column]
