"""Groups of cells that protect one another (2e)."""

from collections.abc import Iterator

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from seuil.disclosure.verify.cells import CellLayout
from seuil.disclosure.verify.inputs import Ints


def groups(layout: CellLayout, members: Ints) -> Ints:
    """(members,) the group of each of the `members`, cells numbered as in a proof.

    Members are in one group when they stand in the same line, or in the same overlap in the same cell; so are those
    that a chain of such members joins. Other cells join nothing.
    """
    edges = [(who, what) for who, what in _incidences(layout, members) if len(who)]
    if not edges:
        return np.arange(len(members))
    who = np.concatenate([e[0] for e in edges])
    _, what = np.unique(np.concatenate([e[1] for e in edges]), return_inverse=True)
    size = len(members) + int(what.max()) + 1
    graph = sparse.coo_array((np.ones(len(who), dtype=np.int8), (who, len(members) + what)), (size, size))
    _, label = connected_components(graph, directed=False)
    return np.unique(label[: len(members)], return_inverse=True)[1].astype(np.int64)


def _incidences(layout: CellLayout, members: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Which member (by rank) stands in which line or overlap (by number)."""
    size = layout.published.size
    positions = size // layout.shape[0]
    cells = np.flatnonzero(members < size)
    where = np.unravel_index(members[cells], layout.shape)
    for k, axis in enumerate(layout.axes):
        nodes, parents = where[k + 1], np.array(axis.parents, dtype=np.int64)
        inner = np.array([bool(c) for c in axis.children])[nodes]
        yield cells[inner], k * size + members[cells[inner]]
        below = parents[nodes] >= 0
        at = [w[below] for w in where]
        at[k + 1] = parents[nodes[below]]
        yield cells[below], k * size + np.ravel_multi_index(at, layout.shape)
    first = len(layout.axes) * size
    place = members[cells] % positions
    for number, overlap in enumerate(layout.overlaps):
        inside = np.isin(where[0], overlap.slices)
        yield cells[inside], first + number * positions + place[inside]
    differences = np.flatnonzero(members >= size)
    yield differences, first + members[differences] - size
