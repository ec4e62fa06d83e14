"""Which rows a released table has, and in which order: said by the definition and the code lists, by no figure.

Rows of a period follow the tables of the dataset, and in each the nodes of its dimensions in code-list order, the first
dimension slowest. A cell of several tables has its row in the first of them. Cells declared empty can be left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.grid import Grid
from seuil.model.cells import GRAND_TOTAL, NodeNames
from seuil.model.hierarchy import Hierarchy
from seuil.model.views import View, left_out

BLOCK_ROWS = 1 << 16
"""Rows that are worked on at once: what bounds the memory."""


@dataclass(frozen=True)
class Block:
    """A run of rows of one period.

    nodes: for every dimension, in the definition's order, (rows,) positions in the period's code list.
    """

    nodes: Mapping[str, Ints]

    def __len__(self) -> int:
        return len(next(iter(self.nodes.values())))


def hierarchies_of(grid: Grid) -> dict[str, Hierarchy]:
    """The period's hierarchies of all dimensions of the collection, in the definition's order."""
    own = dict(grid.hierarchies)
    dataset = grid.dataset
    return {n: own[n] if n in own else h.in_period(grid.period) for n, h in dataset.hierarchies.items()}


def blocks(grid: Grid, view: View | None = None, rows: int = BLOCK_ROWS) -> Iterator[Block]:
    """All rows of a dataset in a period in order, at most `rows` at a time. view: the whole by default."""
    dataset, hierarchies = grid.dataset, hierarchies_of(grid)
    view = view or dataset.whole
    before = [
        {name: _at(h, where.get(name)) for name, h in hierarchies.items()}
        for where in left_out(view, dataset.definition, hierarchies)
    ]
    for table in view.tables:
        codes = {name: frozenset(dataset.published_nodes(table, name, grid.period)) for name in hierarchies}
        inside = {name: _at(hierarchy, codes[name]) for name, hierarchy in hierarchies.items()}
        chosen = {name: np.flatnonzero(here) for name, here in inside.items()}
        lengths = tuple(len(x) for x in chosen.values())
        total = prod(lengths)
        for start in range(0, total, rows):
            places = np.unravel_index(np.arange(start, min(start + rows, total)), lengths)
            nodes = {name: chosen[name][place] for name, place in zip(chosen, places, strict=True)}
            new = np.ones(len(places[0]), np.bool_)
            for earlier in before:
                new &= ~np.logical_and.reduce([earlier[name][x] for name, x in nodes.items()])
            if new.any():
                yield Block({name: x[new] for name, x in nodes.items()})
        before.append(inside)


def _at(hierarchy: Hierarchy, codes: frozenset[str] | None) -> Bools:
    """Which nodes have one of those codes; all where none are said."""
    return np.array([codes is None or node.code in codes for node in hierarchy.nodes], dtype=np.bool_)


def at_nodes(grid: Grid, block: Block, at: Mapping[str, str]) -> Block:
    """Those rows at other nodes of some dimensions. at: code by dimension."""
    hierarchies = hierarchies_of(grid)
    moved = {n: np.full(len(block), hierarchies[n].index[code], np.int64) for n, code in at.items()}
    return Block({**block.nodes, **moved})


def numbers_of(grid: Grid, nodes: Mapping[str, Ints]) -> Ints:
    """A number of its own for every row that a table of the collection can have in the period. nodes: as in `Block`."""
    hierarchies = hierarchies_of(grid)
    sizes = tuple(len(hierarchy.nodes) for hierarchy in hierarchies.values())
    return np.ravel_multi_index(tuple(nodes[name] for name in hierarchies), sizes).astype(np.int64)


def row_words(grid: Grid, nodes: Mapping[str, int]) -> str:
    """A row in words: what of it is no total."""
    hierarchies = hierarchies_of(grid)
    names = {n: NodeNames(n, *zip(*((x.code, x.level) for x in h.nodes), strict=True)) for n, h in hierarchies.items()}
    return ", ".join(names[name].words(node) for name, node in nodes.items() if node) or GRAND_TOTAL


def cells_of(grid: Grid, nodes: Mapping[str, Ints]) -> tuple[Ints, Bools]:
    """Positions in the flattened `Grid.shape` of the cells of those nodes, and whether a figure is published there.

    It isn't below the total of a dimension that the grid doesn't have. nodes: as in `Block`.
    """
    own = [nodes[name] for name, _ in grid.hierarchies]
    first = [] if grid.overlapping else [np.zeros_like(own[0])]
    cells = np.ravel_multi_index((*first, *own), grid.shape).astype(np.int64)
    names = {name for name, _ in grid.hierarchies}
    there = grid.published.ravel()[cells]
    for name in nodes.keys() - names:
        there &= nodes[name] == 0
    return cells, there


def count_cells(grid: Grid, name: str, block: Block) -> tuple[Ints, Bools]:
    """As `cells_of` of what a count measure shows in those rows: the row's own cell, or the one that it is fixed at."""
    nodes, hierarchies = block.nodes, hierarchies_of(grid)
    measure = grid.dataset.counts[name]
    for other in measure.instead:
        here = np.ones(len(block), dtype=np.bool_)
        for dimension, codes in other.where.items():
            here &= _at(hierarchies[dimension], frozenset(codes))[nodes[dimension]]
        nodes = {
            n: np.where(here, hierarchies[n].index[other.at[n]], x) if n in other.at else x for n, x in nodes.items()
        }
    return cells_of(grid, at_nodes(grid, Block(nodes), measure.at).nodes)
