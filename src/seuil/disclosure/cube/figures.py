"""What a release tells: published figures over the cells of a grid."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.grid import Grid


@dataclass(frozen=True)
class Column:
    """Published figures of one base over its grid: `values` as published (rounded), 0 where `hidden` or unpublished."""

    values: Ints
    hidden: Bools


@dataclass(frozen=True)
class Figures:
    """All that a release tells of one dataset and period: the count, and every sum by name. Nothing else is known.

    grid: that of the counts, which has those of the sums.
    """

    grid: Grid
    count: Column
    sums: Mapping[str, Column]

    def columns(self) -> Mapping[str, tuple[Grid, Column]]:
        """Every base by name, the counts first: its grid and figures."""
        return {self.grid.base.name: (self.grid, self.count)} | {
            name: (self.grid.grids[name], column) for name, column in self.sums.items()
        }

    def nobody(self, grid: Grid) -> Bools:
        """Cells of a sum's grid in which the count is a shown 0."""
        shown = self.grid.published & ~self.count.hidden & (self.count.values == 0) & self.grid.zeros_shown
        return self.grid.onto(grid, np.asarray(shown, np.bool_))
