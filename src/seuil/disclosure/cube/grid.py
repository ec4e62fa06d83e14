"""The public grid of a cube: which cells there are, which are published, which are empty; and its figures.

Arrays over cells have the shape (slices, nodes of the first additive dimension, nodes of the second, ...). A slice is
one counted set: a node of the overlapping dimension, or the only one where there is none. Nodes are in the order of the
code list as it stands in the period, the total first.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.model.cells import CellNames, NodeNames
from seuil.model.dataset import Dataset
from seuil.model.hierarchy import Hierarchy

NO_LIMIT = 1 << 40  # above every count


@dataclass(frozen=True)
class Relation:
    """What holds in every cell between slices: sum of coefficient x slice >= 0.

    terms: (position of a slice, +1 or -1).
    """

    terms: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Elsewhere:
    """What readers know from elsewhere, over `Grid.shape`, as the definition says it.

    low, high: bounds of the count, 0 and `NO_LIMIT` where there are none. hidden: published cells that an earlier
    release hid. legacy: cells that may be hidden without a proof, should this disclose them.
    """

    low: Ints
    high: Ints
    hidden: Bools
    legacy: Bools

    @cached_property
    def bounded(self) -> Bools:
        """Cells of which something is known."""
        return np.asarray((self.low > 0) | (self.high < NO_LIMIT), dtype=np.bool_)


@dataclass(frozen=True)
class Grid:
    """The cells of one dataset in one period, from its definition and code lists alone.

    axes: the additive hierarchies. overlapping: the overlapping one, or None.
    published: cells of some table, of a count. empty: cells in which, for a public reason, nobody can be.
    """

    dataset: Dataset
    period: int
    axes: tuple[Hierarchy, ...]
    overlapping: Hierarchy | None
    published: Bools
    empty: Bools

    @property
    def threshold(self) -> int:
        """Fewer units than this are not told of."""
        return self.dataset.definition.threshold

    @property
    def rounding(self) -> int | None:
        """Base that published counts are rounded to, None for exact counts."""
        return self.dataset.definition.rounding

    @property
    def zeros_shown(self) -> bool:
        """Whether an empty cell is shown as 0, being no secret for this unit."""
        return self.dataset.definition.zeros == "shown"

    @property
    def shape(self) -> tuple[int, ...]:
        """(slices, nodes of every axis)."""
        return self.published.shape

    @cached_property
    def slices(self) -> tuple[str, ...]:
        """Code of every slice; the empty string where there is no overlapping dimension."""
        return tuple(n.code for n in self.overlapping.nodes) if self.overlapping else ("",)

    def asked(self, what: str) -> Bools:
        """Published cells whose counts a wish asks to be `shown` or `hidden`."""
        found = np.zeros(self.shape, np.bool_)
        for wish in self.dataset.definition.wishes:
            if wish.ask == what:
                found |= self._at(wish.where)
        return found & self.published & ~self.empty

    @cached_property
    def costs(self) -> Floats:
        """How many times dearer than others a cell is to hide, by all wishes that name it."""
        cost = np.ones(self.shape)
        for wish in self.dataset.definition.wishes:
            cost[self._at(wish.where)] *= wish.cost
        return cost

    @cached_property
    def elsewhere(self) -> Elsewhere:
        """What readers know from elsewhere."""
        low, high = np.zeros(self.shape, np.int64), np.full(self.shape, NO_LIMIT, np.int64)
        hidden, legacy = np.zeros(self.shape, np.bool_), np.zeros(self.shape, np.bool_)
        for fact in self.dataset.known:
            if fact.period in (None, self.period):
                at = self._places(fact.where)
                low[at] = np.maximum(low[at], fact.low)
                high[at] = np.minimum(high[at], NO_LIMIT if fact.high is None else fact.high)
                hidden[at] |= fact.hidden
                legacy[at] |= fact.legacy
        return Elsewhere(low, high, hidden & self.published & ~self.empty, legacy)

    @cached_property
    def names(self) -> CellNames:
        """How its cells are written: by the codes of the code lists."""
        dimensions = {
            name: (k, axis) for k, (name, axis) in enumerate(zip(self.dataset.additive, self.axes, strict=True), 1)
        }
        if self.overlapping is not None and self.dataset.overlapping is not None:
            dimensions = {self.dataset.overlapping: (0, self.overlapping)} | dimensions
        nodes = [
            NodeNames(name, tuple(n.code for n in h.nodes), tuple(n.level for n in h.nodes))
            for name, (_, h) in dimensions.items()
        ]
        return CellNames(tuple(nodes), tuple(axis for axis, _ in dimensions.values()), self.shape)

    def named(self, cells: Bools) -> str:
        """Codes of the first of some cells (over `shape`), and how many more there are."""
        return self.names.few(np.flatnonzero(cells).tolist())

    def _at(self, where: Mapping[str, tuple[str, ...]]) -> Bools:
        """Cells at one of the codes of every dimension that is named."""
        found = np.zeros(self.shape, np.bool_)
        found[self._places(where)] = True
        return found

    def _places(self, where: Mapping[str, tuple[str, ...]]) -> tuple[NDArray[np.intp], ...]:
        """The same as an index."""
        names = [*([self.dataset.overlapping] if self.dataset.overlapping else []), *self.dataset.additive]
        dimensions = [*([self.overlapping] if self.overlapping else []), *self.axes]
        nodes = [] if self.overlapping else [np.zeros(1, np.intp)]
        for name, dimension in zip(names, dimensions, strict=True):
            codes = where.get(name)
            chosen = range(len(dimension.nodes)) if codes is None else [dimension.index.get(code, -1) for code in codes]
            nodes.append(np.array([k for k in chosen if k >= 0], np.intp))
        return np.ix_(*nodes)

    @cached_property
    def relations(self) -> tuple[Relation, ...]:
        """Every overlap as inequalities: child <= parent; parent <= sum of children where they are complete; and where
        children are exclusive, these and any other one together <= parent.
        """
        if self.overlapping is None:
            return ()
        found: list[Relation] = []
        for parent, children in enumerate(self.overlapping.children):
            found += [Relation(((parent, 1), (child, -1))) for child in children]
            found += self._apart(parent)
            if children and self.overlapping.nodes[parent].complete:
                found.append(Relation(((parent, -1), *((child, 1) for child in children))))
        return tuple(found)

    def _apart(self, parent: int) -> list[Relation]:
        if self.overlapping is None:
            return []
        nodes, children = self.overlapping.nodes, self.overlapping.children[parent]
        alone = tuple((child, -1) for child in children if nodes[child].exclusive)
        others = [child for child in children if not nodes[child].exclusive]
        sums = [((other, -1), *alone) for other in others] if others else [alone]
        return [Relation(((parent, 1), *parts)) for parts in sums if alone and len(parts) > 1]

    def slice_of(self, count: str) -> int | None:
        """The slice that a count measure is fixed at, None where it follows the row's own node."""
        measure = self.dataset.counts[count]
        return self.slices.index(next(iter(measure.at.values()))) if measure.at else None


def grid_of(dataset: Dataset, period: int) -> Grid:
    """Lay out the cells of a dataset in a period."""
    axes = tuple(dataset.hierarchies[name].in_period(period) for name in dataset.additive)
    overlapping = dataset.hierarchies[dataset.overlapping].in_period(period) if dataset.overlapping else None
    dimensions = ([overlapping] if overlapping else []) + list(axes)
    names = ([dataset.overlapping] if dataset.overlapping else []) + list(dataset.additive)
    slices = (1,) if overlapping is None else (len(overlapping.nodes),)
    shape = slices + tuple(len(axis.nodes) for axis in axes)
    pad = 0 if overlapping else 1  # the only slice has no name
    published = np.zeros(shape, dtype=np.bool_)
    for table in dataset.tables:
        chosen = [
            [d.index[c] for c in dataset.published_nodes(table, n, period)]
            for n, d in zip(names, dimensions, strict=True)
        ]
        published[np.ix_(*([[0]] * pad), *chosen)] = True
    # A count that is fixed at one slice (as many people in all, beside those with a condition) is published there too.
    for measure in dataset.counts.values():
        for code in measure.at.values():
            if overlapping is not None:
                published[overlapping.index[code]] |= published.any(axis=0)
    empty = np.zeros(shape, dtype=np.bool_)
    for declared in dataset.definition.empty:
        where = []
        for name, dimension in zip(names, dimensions, strict=True):
            codes = declared.where.get(name)
            where.append(_below(dimension, codes) if codes else list(range(len(dimension.nodes))))
        empty[np.ix_(*([[0]] * pad), *where)] = True
    return Grid(dataset, period, axes, overlapping, published, _close_empty(empty, axes, overlapping))


def _close_empty(empty: Bools, axes: tuple[Hierarchy, ...], overlapping: Hierarchy | None) -> Bools:
    """What follows of declared emptiness: totals of empty parts, and complete nodes all of whose children are empty."""
    # Totals first, since a slice's children may be empty only as totals; once more for those of what this adds.
    closed = empty_totals(empty, axes)
    for parent, children in reversed(list(enumerate(overlapping.children if overlapping else ()))):
        if overlapping and children and overlapping.nodes[parent].complete:
            closed[parent] |= closed[list(children)].all(axis=0)
    return empty_totals(closed, axes)


def _below(hierarchy: Hierarchy, codes: tuple[str, ...]) -> list[int]:
    """The nodes of those codes that exist, and all that is below them."""
    chosen = {hierarchy.index[c] for c in codes if c in hierarchy.index}
    for k, parent in enumerate(hierarchy.parents):
        if parent in chosen:
            chosen.add(k)
    return sorted(chosen)


def empty_totals(empty: Bools, axes: tuple[Hierarchy, ...]) -> Bools:
    """Close declared emptiness upwards: a cell whose parts in one dimension are all empty is empty."""
    closed = empty.copy()
    for k, axis in enumerate(axes, start=1):
        view = np.moveaxis(closed, k, 0)  # a view: what is set in it is set in `closed`
        for parent in reversed(range(len(axis.nodes))):
            if axis.children[parent]:
                view[parent] |= view[list(axis.children[parent])].all(axis=0)
    return closed
