"""Which rows a released table has, and in which order: said by the definition and the code lists, by no figure.

Rows of a period follow the definition's tables, and in each the nodes of its dimensions in code-list order, the first
dimension slowest. A cell of several tables has its row in the first of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.grid import Grid
from seuil.model.hierarchy import Hierarchy

BLOCK_ROWS = 1 << 16
"""Rows that are worked on at once: what bounds the memory."""


@dataclass(frozen=True)
class Block:
    """A run of rows of one period.

    nodes: for every dimension, in the definition's order, (rows,) positions in the period's code list.
    cells: (rows,) positions in the flattened `Grid.shape`.
    """

    nodes: Mapping[str, Ints]
    cells: Ints

    def __len__(self) -> int:
        return len(self.cells)


def hierarchies_of(grid: Grid) -> dict[str, Hierarchy]:
    """The period's hierarchies by dimension, in the definition's order."""
    named = dict(zip(grid.dataset.additive, grid.axes, strict=True))
    if grid.overlapping is not None and grid.dataset.overlapping is not None:
        named[grid.dataset.overlapping] = grid.overlapping
    return {name: named[name] for name in grid.dataset.hierarchies}


def blocks(grid: Grid, rows: int = BLOCK_ROWS) -> Iterator[Block]:
    """All rows of a period in order, at most `rows` at a time."""
    dataset, hierarchies = grid.dataset, hierarchies_of(grid)
    seen = np.zeros(prod(grid.shape), dtype=np.bool_)
    for table in dataset.tables:
        chosen = {
            name: np.array(
                [hierarchy.index[c] for c in dataset.published_nodes(table, name, grid.period)], dtype=np.int64
            )
            for name, hierarchy in hierarchies.items()
        }
        lengths = tuple(len(x) for x in chosen.values())
        total = prod(lengths)
        for start in range(0, total, rows):
            places = np.unravel_index(np.arange(start, min(start + rows, total)), lengths)
            nodes = {name: chosen[name][place] for name, place in zip(chosen, places, strict=True)}
            cells = cells_of(grid, nodes)
            new = ~seen[cells]
            seen[cells] = True
            if new.any():
                yield Block({name: x[new] for name, x in nodes.items()}, cells[new])


def cells_of(grid: Grid, nodes: Mapping[str, Ints]) -> Ints:
    """Positions in the flattened `Grid.shape` of the cells of those nodes. nodes: as in `Block`."""
    axes = [nodes[name] for name in grid.dataset.additive]
    overlapping = grid.dataset.overlapping
    slices = nodes[overlapping] if overlapping else np.zeros_like(axes[0])
    return np.ravel_multi_index((slices, *axes), grid.shape).astype(np.int64)


def cells_at(grid: Grid, cells: Ints, at: int | None) -> Ints:
    """The same cells in the slice `at`; None leaves them where they are."""
    size = prod(grid.shape[1:])
    return cells if at is None else cells % size + at * size
