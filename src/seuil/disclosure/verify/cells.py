"""The cells of a dataset and period, laid out from the definition and the code lists alone.

`verify` takes no layout from those that it judges: a mistake in theirs would be in figures, proof and check alike. So
this says once more, and computes in another way, what `cube.grid` says: which cells there are, which of them are
published or empty, what holds between slices, and what is known from elsewhere. A test compares the two.

Arrays over cells have the shape (slices, nodes of the first additive dimension, nodes of the second, ...). A slice is a
node of the overlapping dimension, or the only one where there is none. Nodes are in the order of the code list as it
stands in the period. Masks are outer products of one yes or no for each node; emptiness is decided in the leaves.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np

from seuil.disclosure.verify.inputs import Bools, Ints
from seuil.model.cells import CellNames, NodeNames
from seuil.model.dataset import Dataset
from seuil.model.hierarchy import Hierarchy

NO_LIMIT = 1 << 40
"""Stands for no upper bound; above every count."""


@dataclass(frozen=True)
class Overlap:
    """What holds in every cell between slices: `sign` x (parent - sum of parts) >= 0.

    sign: 1 where the parts together are at most the parent, -1 where they are at least the parent.
    """

    parent: int
    parts: tuple[int, ...]
    sign: int

    @property
    def terms(self) -> tuple[tuple[int, int], ...]:
        """Every slice with its coefficient."""
        return (self.parent, self.sign), *((part, -self.sign) for part in self.parts)

    @property
    def slices(self) -> list[int]:
        """The slices alone."""
        return [self.parent, *self.parts]


@dataclass(frozen=True)
class CellLayout:
    """The cells of one dataset and period. Arrays have the shape of `published`.

    axes: the additive hierarchies in the period. overlapping: the overlapping one, or None. overlaps: in the order in
    which proofs number differences. empty: nobody can be there, for a public reason.

    known_low, known_high: bounds of counts known from elsewhere, 0 and `NO_LIMIT` where there are none. earlier:
    published cells that an earlier release hid. legacy: cells that need no proof where what is known discloses them.
    wished: published cells that a wish asks to be hidden.
    """

    dataset: Dataset
    axes: tuple[Hierarchy, ...]
    overlapping: Hierarchy | None
    overlaps: tuple[Overlap, ...]
    published: Bools
    empty: Bools
    known_low: Ints
    known_high: Ints
    earlier: Bools
    legacy: Bools
    wished: Bools

    @property
    def threshold(self) -> int:
        """From how many units on a count may be shown."""
        return self.dataset.definition.threshold

    @property
    def rounding(self) -> int | None:
        """Base that published counts are rounded to, None for exact counts."""
        return self.dataset.definition.rounding

    @property
    def zeros_shown(self) -> bool:
        """Whether a count of 0 is shown."""
        return self.dataset.definition.zeros == "shown"

    @property
    def shape(self) -> tuple[int, ...]:
        """(slices, nodes of every axis)."""
        return self.published.shape

    @cached_property
    def names(self) -> CellNames:
        """How cells are written: by the codes of the code lists, the overlapping dimension first."""
        dimensions = list(_dimensions(self.dataset, self.axes, self.overlapping))
        nodes = [
            NodeNames(name, tuple(n.code for n in h.nodes), tuple(n.level for n in h.nodes)) for name, h in dimensions
        ]
        first = len(self.shape) - len(dimensions)
        return CellNames(tuple(nodes), tuple(range(first, len(self.shape))), self.shape)

    def name(self, index: int) -> str:
        """Codes of a cell, or of a difference of slices, numbered as in a proof."""
        return self.names.in_proof(index, [overlap.terms for overlap in self.overlaps])


def lay_out(dataset: Dataset, period: int) -> CellLayout:
    """The cells of a dataset in a period."""
    axes = tuple(dataset.hierarchies[name].in_period(period) for name in dataset.additive)
    overlapping = dataset.hierarchies[dataset.overlapping].in_period(period) if dataset.overlapping else None
    dimensions = dict(_dimensions(dataset, axes, overlapping))
    slices = 1 if overlapping is None else len(overlapping.nodes)
    shape = (slices, *(len(axis.nodes) for axis in axes))
    published = _published(dataset, dimensions, shape)
    empty = _empty(dataset, dimensions, axes, overlapping)
    facts = _facts(dataset, period, dimensions, shape)
    wished = np.zeros(shape, dtype=np.bool_)
    for wish in dataset.definition.wishes:
        if wish.ask == "hidden":
            wished.reshape(-1)[_numbers(wish.where, dimensions, shape)] = True
    return CellLayout(
        dataset,
        axes,
        overlapping,
        tuple(_overlaps(overlapping)) if overlapping else (),
        published,
        empty,
        facts.low.reshape(shape),
        facts.high.reshape(shape),
        facts.hidden.reshape(shape) & published & ~empty,
        facts.legacy.reshape(shape),
        wished & published & ~empty,
    )


def add_up(leaves: Ints, axes: Sequence[Hierarchy]) -> Ints:
    """(slices, nodes of every axis) sums of (slices, leaves of every axis): every node is added to its parent."""
    for k, axis in enumerate(axes, start=1):
        nodes = np.zeros((len(axis.nodes), *np.delete(leaves.shape, k)), dtype=np.int64)
        nodes[list(axis.leaves)] = np.moveaxis(leaves, k, 0)
        for node in reversed(range(1, len(axis.nodes))):
            nodes[axis.parents[node]] += nodes[node]
        leaves = np.moveaxis(nodes, 0, k)
    return leaves


def _dimensions(
    dataset: Dataset, axes: Sequence[Hierarchy], overlapping: Hierarchy | None
) -> Iterator[tuple[str, Hierarchy]]:
    """Every dimension by name, in the order of the axes of arrays; none for the only slice where nothing overlaps."""
    if overlapping is not None and dataset.overlapping is not None:
        yield dataset.overlapping, overlapping
    yield from zip(dataset.additive, axes, strict=True)


def _outer(vectors: Sequence[Bools], axes: int) -> Bools:
    """The cells where every dimension says yes. axes: how many there are; the only slice has no dimension."""
    found = reduce(np.logical_and.outer, vectors)
    return np.asarray(found if found.ndim == axes else found[None], dtype=np.bool_)


def _published(dataset: Dataset, dimensions: Mapping[str, Hierarchy], shape: tuple[int, ...]) -> Bools:
    """Cells of some table, and of counts that are fixed at a node, as populations are, beside every row."""
    found = np.zeros(shape, dtype=np.bool_)
    for table in dataset.tables:
        levels = {name: set(dataset.levels(table, name)) for name in dimensions}
        chosen = [np.array([n.level in levels[name] for n in h.nodes]) for name, h in dimensions.items()]
        found |= _outer(chosen, len(shape))
    rows = found.any(axis=0)
    for count in dataset.counts.values():
        for name, code in count.at.items():
            found[dimensions[name].index[code]] |= rows
    return found


def _empty(
    dataset: Dataset,
    dimensions: Mapping[str, Hierarchy],
    axes: tuple[Hierarchy, ...],
    overlapping: Hierarchy | None,
) -> Bools:
    """Cells in all of whose leaves nobody can be: what is declared, and complete nodes without anybody below them."""
    leaves = np.zeros(
        (len(overlapping.nodes) if overlapping else 1, *(len(axis.leaves) for axis in axes)), dtype=np.bool_
    )
    for declared in dataset.definition.empty:
        chosen = [_leaves_at(h, set(declared.where.get(name, ()))) for name, h in dimensions.items()]
        leaves |= _outer(chosen, leaves.ndim)
    if overlapping is not None:
        for parent in reversed(range(len(overlapping.nodes))):
            children = list(overlapping.children[parent])
            if children and overlapping.nodes[parent].complete:
                leaves[parent] |= leaves[children].all(axis=0)
    return np.asarray(add_up((~leaves).astype(np.int64), axes) == 0)


def _leaves_at(hierarchy: Hierarchy, codes: set[str]) -> Bools:
    """(leaves,) whether a leaf, or a node above it, has one of the codes; every leaf where no code is named."""

    def named(node: int) -> bool:
        return node >= 0 and (hierarchy.nodes[node].code in codes or named(hierarchy.parents[node]))

    return np.array([not codes or named(leaf) for leaf in hierarchy.leaves], dtype=np.bool_)


def _numbers(where: Mapping[str, tuple[str, ...]], dimensions: Mapping[str, Hierarchy], shape: tuple[int, ...]) -> Ints:
    """Numbers of the cells at one of the codes of every dimension named; codes that don't exist in the period aside."""
    steps = np.cumprod([1, *reversed(shape)])[-2::-1][-len(dimensions) :]
    found = np.zeros((), dtype=np.int64)
    for (name, h), step in zip(dimensions.items(), steps, strict=True):
        nodes = range(len(h.nodes)) if name not in where else [h.index[c] for c in where[name] if c in h.index]
        found = np.add.outer(found, np.array(nodes, dtype=np.int64) * step)
    return found.reshape(-1)


@dataclass(frozen=True)
class _Facts:
    """What is known from elsewhere, (cells,)."""

    low: Ints
    high: Ints
    hidden: Bools
    legacy: Bools


def _facts(dataset: Dataset, period: int, dimensions: Mapping[str, Hierarchy], shape: tuple[int, ...]) -> _Facts:
    size = int(np.prod(shape))
    low, high = np.zeros(size, dtype=np.int64), np.full(size, NO_LIMIT, dtype=np.int64)
    hidden, legacy = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    for fact in dataset.known:
        if fact.period is not None and fact.period != period:
            continue
        at = _numbers(fact.where, dimensions, shape)
        np.maximum.at(low, at, fact.low)
        if fact.high is not None:
            np.minimum.at(high, at, fact.high)
        hidden[at] |= fact.hidden
        legacy[at] |= fact.legacy
    return _Facts(low, high, hidden, legacy)


def _overlaps(overlapping: Hierarchy) -> Iterator[Overlap]:
    """A child is at most its parent; exclusive children with any one other child too; complete ones cover it.

    By parent, and of each parent in this order: proofs number differences so.
    """
    for parent, children in enumerate(overlapping.children):
        alone = tuple(child for child in children if overlapping.nodes[child].exclusive)
        others = [child for child in children if child not in alone]
        yield from (Overlap(parent, (child,), 1) for child in children)
        if alone and others:
            yield from (Overlap(parent, (other, *alone), 1) for other in others)
        elif len(alone) > 1:
            yield Overlap(parent, alone, 1)
        if children and overlapping.nodes[parent].complete:
            yield Overlap(parent, children, -1)
