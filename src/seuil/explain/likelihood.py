"""How well hidden counts can be guessed from what is shown: likelihood, of which the guarantee promises nothing.

*Iterative proportional fitting* (Deming and Stephan 1940): all leaves begin equal and are scaled in turn to every shown
figure that they are part of, until nothing changes: the table of maximum entropy that agrees with what is shown. What
it holds in a hidden cell is a guess that anybody can make. Cost: leaves x levels of all dimensions, per round.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import Grid
from seuil.model.formulas import interval
from seuil.model.hierarchy import Hierarchy

ROUNDS = 200
SETTLED = 1e-3
"""Rounds at most, and the largest change of a leaf, relative, with which it ends: a guess needs no more decimals."""


@dataclass(frozen=True)
class Guess:
    """What a fit to the shown counts says of the hidden ones. small: how many of them it puts below the threshold."""

    hidden: int
    small: int
    threshold: int

    def __str__(self) -> str:
        return (
            f"a guess by fitting to what is shown puts {self.small:,} of {self.hidden:,} hidden figures below "
            f"{self.threshold}: likelihood, of which nothing is promised"
        )


def guess(figures: Figures) -> Guess:
    """The guess for the hidden counts of a table, in numbers: no cell is named."""
    hidden = figures.count.hidden
    return Guess(int(hidden.sum()), int(guessed_small(figures)[hidden].sum()), figures.grid.threshold)


def guessed_small(figures: Figures) -> Bools:
    """Hidden cells (over `Grid.shape`) that the fit puts below the threshold."""
    return np.asarray(figures.count.hidden & (fitted_counts(figures) < figures.grid.threshold - 0.5))


def fitted_counts(figures: Figures) -> Floats:
    """The fitted table: counts over `Grid.shape`. Rounded figures stand for the middle of what they may be."""
    grid = figures.grid
    paths = [_ancestors(axis) for axis in grid.axes]
    shape = grid.shape[1:]
    # Of every leaf the cell that holds it, for each combination of one level a dimension; -1 where a level has none
    margins = [_cells(chosen, shape) for chosen in product(*paths)]
    leaves = _cells(tuple(np.array(axis.leaves, np.int64) for axis in grid.axes), shape)
    targets = _targets(figures)
    table = np.ones((grid.shape[0], len(leaves)))
    table[grid.empty.reshape(grid.shape[0], -1)[:, leaves]] = 0
    for _ in range(ROUNDS):
        before = table.copy()
        for cell in margins:
            _scale(table, cell, targets)
        if (np.abs(table - before) / (before + 1)).max(initial=0) <= SETTLED:
            break
    fitted = np.zeros((grid.shape[0], int(np.prod(shape))))
    for cell in margins:
        inside = cell >= 0
        at = np.unique(cell[inside])
        fitted[:, at] = _sums(table[:, inside], cell[inside], fitted.shape[1])[:, at]
    return fitted.reshape(grid.shape)


def _ancestors(axis: Hierarchy) -> list[Ints]:
    """For every depth of a hierarchy, the node at that depth above (or at) each leaf, -1 where there is none."""
    chains = []
    for leaf in axis.leaves:
        chain = [leaf]
        while (parent := axis.parents[chain[-1]]) >= 0:
            chain.append(parent)
        chains.append(chain[::-1])
    return [
        np.array([c[depth] if depth < len(c) else -1 for c in chains], np.int64)
        for depth in range(max(map(len, chains)))
    ]


def _cells(nodes: tuple[Ints, ...], shape: tuple[int, ...]) -> Ints:
    """The flat cell of every leaf, from a node of each dimension for each of its leaves; -1 where one is missing."""
    if not nodes:
        return np.zeros(1, np.int64)
    grids = np.meshgrid(*nodes, indexing="ij")
    there = np.all([g >= 0 for g in grids], axis=0)
    flat = np.ravel_multi_index([np.maximum(g, 0) for g in grids], shape)
    return np.asarray(np.where(there, flat, -1).ravel(), dtype=np.int64)


def _targets(figures: Figures) -> Floats:
    """What every shown cell is fitted to (slices, cells); nan where nothing is shown."""
    grid, count = figures.grid, figures.count
    shown = grid.published & ~count.hidden
    middle = np.array([_middle(grid, int(value)) for value in np.unique(count.values[shown])])
    targets = np.full(grid.shape, np.nan)
    targets[shown] = middle[np.searchsorted(np.unique(count.values[shown]), count.values[shown])]
    targets[grid.empty] = 0
    return targets.reshape(grid.shape[0], -1)


def _middle(grid: Grid, value: int) -> float:
    """The middle of the counts that a shown figure may stand for: none is below the threshold, but for a 0."""
    low, high = interval(value, grid.rounding)
    return 0.0 if value == 0 else (max(low, min(grid.threshold, high)) + high) / 2


def _sums(table: Floats, cell: Ints, cells: int) -> Floats:
    """(slices, cells) from (slices, leaves)."""
    return np.stack([np.bincount(cell, row, cells) for row in table])


def _scale(table: Floats, cell: Ints, targets: Floats) -> None:
    """Scale the leaves to the shown cells of one margin, in place."""
    inside = cell >= 0
    at = cell[inside]
    now = _sums(table[:, inside], at, targets.shape[1])
    known = ~np.isnan(targets) & (now > 0)
    factor = np.where(known, np.where(known, targets, 1.0) / np.where(known, now, 1.0), 1.0)
    table[:, inside] *= factor[:, at]
