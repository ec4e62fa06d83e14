"""The public grid of a base: which cells there are, which are published, which are empty.

Arrays over cells have the shape (slices, nodes of the first additive dimension, nodes of the second, ...). A slice is
one counted set: a node of the overlapping dimension, or the only one where there is none. Nodes are in the order of the
code list as it stands in the period, the total first.

The counts have a grid, and each sum has one: the same where every table holds every measure, else one of the dimensions
in which the sum's own tables show more than the total (`model.bases`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from seuil.disclosure.arrays import Bools, Floats, Ints
from seuil.model.bases import BASE_OF_COUNTS, Base, counts_in
from seuil.model.cells import CellNames, NodeNames
from seuil.model.dataset import Dataset
from seuil.model.hierarchy import Hierarchy
from seuil.model.known import Fact
from seuil.model.limits import LARGEST_FIGURE

NO_LIMIT = LARGEST_FIGURE  # above every count
Cells = TypeVar("Cells", np.bool_, np.int64)


@dataclass(frozen=True)
class Relation:
    """What holds in every cell between slices: sum of coefficient x slice >= 0.

    terms: (position of a slice, +1 or -1).
    """

    terms: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Elsewhere:
    """What readers know from elsewhere, over `Grid.shape`, as the definition says it.

    low, high: bounds of the count, 0 and `NO_LIMIT` where there are none; of sums nothing is known. hidden: published
    cells that an earlier release hid. legacy: cells that may be hidden without a proof, should this disclose them.
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
    """The cells of one base of a dataset in one period, from its definition and code lists alone.

    axes: the additive hierarchies. overlapping: the overlapping one, or None.
    published: cells of some table, of a count. empty: cells in which, for a public reason, nobody can be.
    """

    dataset: Dataset
    period: int
    base: Base
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
        """Base that published counts are rounded to, None for exact counts and for amounts."""
        return self.dataset.definition.rounding if self.base.counts else None

    @property
    def known(self) -> tuple[Fact, ...]:
        """What readers know from elsewhere of what is counted here: of amounts nothing."""
        return self.dataset.known if self.base.counts else ()

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
                if self.base.counts:
                    low[at] = np.maximum(low[at], fact.low)
                    high[at] = np.minimum(high[at], NO_LIMIT if fact.high is None else fact.high)
                    legacy[at] |= fact.legacy
                hidden[at] |= fact.hidden if self.base.counts else self.base.name in fact.sums
        return Elsewhere(low, high, hidden & self.published & ~self.empty, legacy)

    @cached_property
    def grids(self) -> dict[str, "Grid"]:
        """The grid of every sum, by name."""
        bases = {name: base for name, base in self.dataset.bases.items() if not base.counts}
        return {
            name: replace(self, base=base) if base.everywhere else grid_of(self.dataset, self.period, name)
            for name, base in bases.items()
        }

    def onto(self, other: "Grid", cells: NDArray[Cells]) -> NDArray[Cells]:
        """Values of cells (over `shape`) over those of another grid of the dataset and period: each at the same nodes.

        Of a dimension that the other grid doesn't have, what is at the total; of one that this grid doesn't have, the
        same at every node.
        """
        if self.base.dimensions == other.base.dimensions:
            return cells
        mine, its = (("",) * (not g.base.overlapping) + g.base.dimensions for g in (self, other))
        at = cells[tuple(slice(None) if name in its or not name else 0 for name in mine)]
        kept = [name for name in mine if name in its or not name]
        if kept and not kept[0]:
            at, kept = at[0], kept[1:]
        shape = [size if name in kept else 1 for name, size in zip(its, other.shape, strict=True)]
        return np.broadcast_to(at.reshape(shape), other.shape)

    @cached_property
    def names(self) -> CellNames:
        """How its cells are written: by the codes of the code lists."""
        dimensions = {name: (k, h) for k, (name, h) in enumerate(self.hierarchies, 0 if self.overlapping else 1)}
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
        nodes = [] if self.overlapping else [np.zeros(1, np.intp)]
        for name, dimension in self.hierarchies:
            codes = where.get(name)
            chosen = range(len(dimension.nodes)) if codes is None else [dimension.index.get(code, -1) for code in codes]
            nodes.append(np.array([k for k in chosen if k >= 0], np.intp))
        # Of other dimensions its cells are the total: what is said of other codes is said of none of them.
        for name in where.keys() - {name for name, _ in self.hierarchies}:
            if name in self.dataset.hierarchies and self.dataset.hierarchies[name].root.code not in where[name]:
                nodes[-1] = nodes[-1][:0]
        return np.ix_(*nodes)

    @property
    def hierarchies(self) -> tuple[tuple[str, Hierarchy], ...]:
        """Its dimensions by name, in the order of the axes of arrays; a lone slice has none."""
        sliced = (self.overlapping,) if self.overlapping else ()
        return tuple(zip(self.base.dimensions, (*sliced, *self.axes), strict=True))

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


def grid_of(dataset: Dataset, period: int, name: str = BASE_OF_COUNTS) -> Grid:
    """Lay out the cells of a base of a dataset in a period: of the counts by default."""
    base = dataset.bases[name]
    axes = tuple(dataset.hierarchies[n].in_period(period) for n in base.additive)
    overlapping = dataset.hierarchies[base.overlapping].in_period(period) if base.overlapping else None
    dimensions = ([overlapping] if overlapping else []) + list(axes)
    slices = (1,) if overlapping is None else (len(overlapping.nodes),)
    shape = slices + tuple(len(axis.nodes) for axis in axes)
    pad = 0 if overlapping else 1  # the only slice has no name
    published = np.zeros(shape, dtype=np.bool_)
    for table in base.tables:
        chosen = [
            [d.index[c] for c in dataset.published_nodes(table, n, period)]
            for n, d in zip(base.dimensions, dimensions, strict=True)
        ]
        box = [*([[0]] * pad), *chosen]
        counts = counts_in(table, dataset.counts) if base.counts else ()
        if not counts or any(not count.at for count in counts):
            published[np.ix_(*box)] = True
        # A count that is fixed at one slice (as many people in all, beside those with a condition) is published there.
        for count in counts:
            for code in count.at.values():
                if overlapping is not None and box[0]:  # there are rows beside which it stands
                    published[np.ix_([overlapping.index[code]], *box[1:])] = True
    return Grid(dataset, period, base, axes, overlapping, published, _empty(dataset, base, period))


def _empty(dataset: Dataset, base: Base, period: int) -> Bools:
    """Cells of a base in which nobody can be.

    They are worked out in all dimensions that something is declared of: ages may be empty each for itself, and then a
    base without ages is. That there are no amounts of some kind says nothing of bases that aren't split by it.
    """
    declared = {name for empty in dataset.definition.empty for name in empty.where}
    declared -= {*dataset.of_amounts} - {base.kinds}
    overlapping = [n for n, h in dataset.hierarchies.items() if h.kind == "overlapping" and n in declared]
    sliced: list[str | None] = [base.overlapping] if base.overlapping else [*overlapping] or [None]
    found = [_empty_along(dataset, base, period, one, declared) for one in sliced]
    return np.logical_or.reduce(found)


def _empty_along(dataset: Dataset, base: Base, period: int, sliced: str | None, declared: set[str]) -> Bools:
    """The same by the slices of one overlapping dimension; of others only what is declared of their total."""
    additive = [n for n, h in dataset.hierarchies.items() if h.kind == "additive"]
    names = [n for n in additive if n in base.additive or n in declared]
    axes = tuple(dataset.hierarchies[n].in_period(period) for n in names)
    overlapping = dataset.hierarchies[sliced].in_period(period) if sliced else None
    empty = np.zeros((len(overlapping.nodes) if overlapping else 1, *(len(axis.nodes) for axis in axes)), np.bool_)
    for one in dataset.definition.empty:
        said = {name: codes for name, codes in one.where.items() if codes}
        if said.keys() & {*dataset.of_amounts} - {base.kinds}:
            continue
        if any(dataset.hierarchies[n].root.code not in said[n] for n in said.keys() - {sliced, *names}):
            continue
        slices = overlapping.below(said[sliced]) if sliced in said and overlapping else range(empty.shape[0])
        nodes = [a.below(said[n]) if n in said else range(len(a.nodes)) for n, a in zip(names, axes, strict=True)]
        empty[np.ix_(slices, *nodes)] = True
    closed = _close_empty(empty, axes, overlapping)
    kept = closed[(slice(None), *(slice(None) if n in base.additive else 0 for n in names))]
    return kept if base.overlapping else kept[:1]


def _close_empty(empty: Bools, axes: tuple[Hierarchy, ...], overlapping: Hierarchy | None) -> Bools:
    """What follows of declared emptiness: totals of empty parts, and complete nodes all of whose children are empty."""
    # Totals first, since a slice's children may be empty only as totals; once more for those of what this adds.
    closed = empty_totals(empty, axes)
    for parent, children in reversed(list(enumerate(overlapping.children if overlapping else ()))):
        if overlapping and children and overlapping.nodes[parent].complete:
            closed[parent] |= closed[list(children)].all(axis=0)
    return empty_totals(closed, axes)


def empty_totals(empty: Bools, axes: tuple[Hierarchy, ...]) -> Bools:
    """Close declared emptiness upwards: a cell whose parts in one dimension are all empty is empty."""
    closed = empty.copy()
    for k, axis in enumerate(axes, start=1):
        view = np.moveaxis(closed, k, 0)  # a view: what is set in it is set in `closed`
        for parent in reversed(range(len(axis.nodes))):
            if axis.children[parent]:
                view[parent] |= view[list(axis.children[parent])].all(axis=0)
    return closed
