"""Which rows a released table has, and in which order: said by the definition and the code lists, by no figure.

Rows of a period follow the definition's tables, and in each the nodes of its dimensions in code-list order, the first
dimension slowest. A cell of several tables has its row in the first of them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import prod

import numpy as np

from seuil.disclosure.frame import Frame, Ints
from seuil.model.hierarchy import Hierarchy

BLOCK_ROWS = 1 << 16
"""Rows that are worked on at once: what bounds the memory."""


@dataclass(frozen=True)
class Block:
    """A run of rows of one period.

    nodes: for every dimension, in the definition's order, (rows,) positions in the period's code list.
    cells: (rows,) positions in the flattened `Frame.shape`.
    """

    nodes: Mapping[str, Ints]
    cells: Ints

    def __len__(self) -> int:
        return len(self.cells)


def hierarchies_of(frame: Frame) -> dict[str, Hierarchy]:
    """The period's hierarchies by dimension, in the definition's order."""
    named = dict(zip(frame.dataset.additive, frame.axes, strict=True))
    if frame.overlapping is not None and frame.dataset.overlapping is not None:
        named[frame.dataset.overlapping] = frame.overlapping
    return {name: named[name] for name in frame.dataset.hierarchies}


def blocks(frame: Frame, rows: int = BLOCK_ROWS) -> Iterator[Block]:
    """All rows of a period in order, at most `rows` at a time."""
    dataset, hierarchies = frame.dataset, hierarchies_of(frame)
    seen = np.zeros(prod(frame.shape), dtype=np.bool_)
    for table in dataset.tables:
        chosen = {
            name: np.array(
                [hierarchy.index[c] for c in dataset.published_nodes(table, name, frame.period)], dtype=np.int64
            )
            for name, hierarchy in hierarchies.items()
        }
        lengths = tuple(len(x) for x in chosen.values())
        total = prod(lengths)
        for start in range(0, total, rows):
            places = np.unravel_index(np.arange(start, min(start + rows, total)), lengths)
            nodes = {name: chosen[name][place] for name, place in zip(chosen, places, strict=True)}
            cells = cells_of(frame, nodes)
            new = ~seen[cells]
            seen[cells] = True
            if new.any():
                yield Block({name: x[new] for name, x in nodes.items()}, cells[new])


def cells_of(frame: Frame, nodes: Mapping[str, Ints]) -> Ints:
    """Positions in the flattened `Frame.shape` of the cells of those nodes. nodes: as in `Block`."""
    axes = [nodes[name] for name in frame.dataset.additive]
    overlapping = frame.dataset.overlapping
    slices = nodes[overlapping] if overlapping else np.zeros_like(axes[0])
    return np.ravel_multi_index((slices, *axes), frame.shape).astype(np.int64)


def cells_at(frame: Frame, cells: Ints, at: int | None) -> Ints:
    """The same cells in the slice `at`; None leaves them where they are."""
    size = prod(frame.shape[1:])
    return cells if at is None else cells % size + at * size
