"""The cells of a base of a dataset and period, laid out from the definition and the code lists alone.

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
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from seuil.disclosure.verify.inputs import Bools, Ints
from seuil.model.bases import BASE_OF_COUNTS, Base
from seuil.model.cells import CellNames, NodeNames
from seuil.model.dataset import Dataset
from seuil.model.hierarchy import Hierarchy

NO_LIMIT = 1 << 40
"""Stands for no upper bound; above every count."""

Cells = TypeVar("Cells", np.bool_, np.int64)


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
    """The cells of one base of a dataset and period. Arrays have the shape of `published`.

    dimensions: names of those that it has, in the order of the axes of arrays. axes: the additive hierarchies in the
    period. overlapping: the overlapping one, or None. overlaps: in the order in which proofs number differences.
    empty: nobody can be there, for a public reason.

    known_low, known_high: bounds of counts known from elsewhere, 0 and `NO_LIMIT` where there are none. earlier:
    published cells that an earlier release hid. legacy: cells that need no proof where what is known discloses them.
    wished: published cells that a wish asks to be hidden.
    """

    dataset: Dataset
    dimensions: tuple[str, ...]
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
        dimensions = list(_dimensions(self.dimensions, self.axes, self.overlapping))
        nodes = [
            NodeNames(name, tuple(n.code for n in h.nodes), tuple(n.level for n in h.nodes)) for name, h in dimensions
        ]
        first = len(self.shape) - len(dimensions)
        return CellNames(tuple(nodes), tuple(range(first, len(self.shape))), self.shape)

    def name(self, index: int) -> str:
        """Codes of a cell, or of a difference of slices, numbered as in a proof."""
        return self.names.in_proof(index, [overlap.terms for overlap in self.overlaps])


def lay_out(dataset: Dataset, period: int, name: str = BASE_OF_COUNTS) -> CellLayout:
    """The cells of a base of a dataset in a period: those of the counts by default."""
    base = dataset.bases[name]
    axes = tuple(dataset.hierarchies[name].in_period(period) for name in base.additive)
    overlapping = dataset.hierarchies[base.overlapping].in_period(period) if base.overlapping else None
    dimensions = dict(_dimensions(base.dimensions, axes, overlapping))
    slices = 1 if overlapping is None else len(overlapping.nodes)
    shape = (slices, *(len(axis.nodes) for axis in axes))
    published = _published(dataset, base, dimensions, shape)
    empty = _empty(dataset, base, period)
    facts = _facts(dataset, name, period, dimensions, shape)
    wished = np.zeros(shape, dtype=np.bool_)
    for wish in dataset.definition.wishes:
        if wish.ask == "hidden":
            wished.reshape(-1)[_numbers(dataset, wish.where, dimensions, shape)] = True
    return CellLayout(
        dataset,
        base.dimensions,
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


def at_counts(counts: CellLayout, sums: CellLayout, cells: NDArray[Cells]) -> NDArray[Cells]:
    """What stands, over the cells of the counts, where each cell of a sum is.

    At the total of what only the counts have; the same at every node of what only the sum has.
    """
    first = len(sums.shape) - len(sums.dimensions)
    axis = {name: k for k, name in enumerate(sums.dimensions, start=first)}
    index: list[NDArray[np.intp] | int] = [0] * (len(counts.shape) - len(counts.dimensions))
    for name in counts.dimensions:
        place = np.zeros(1, np.intp)
        if name in axis:
            place = np.arange(sums.shape[axis[name]]).reshape(
                [-1 if k == axis[name] else 1 for k in range(len(sums.shape))]
            )
        index.append(place)
    return np.broadcast_to(cells[tuple(index)], sums.shape)


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
    names: Sequence[str], axes: Sequence[Hierarchy], overlapping: Hierarchy | None
) -> Iterator[tuple[str, Hierarchy]]:
    """Every dimension by name, in the order of the axes of arrays; none for the only slice where nothing overlaps."""
    yield from zip(names, ([overlapping] if overlapping is not None else []) + list(axes), strict=True)


def _outer(vectors: Sequence[Bools], axes: int) -> Bools:
    """The cells where every dimension says yes. axes: how many there are; the only slice has no dimension."""
    found = reduce(np.logical_and.outer, vectors)
    return np.asarray(found if found.ndim == axes else found[None], dtype=np.bool_)


def _published(dataset: Dataset, base: Base, dimensions: Mapping[str, Hierarchy], shape: tuple[int, ...]) -> Bools:
    """Cells of the tables that hold the base; of counts that are fixed at a node, as populations are, those there."""
    found = np.zeros(shape, dtype=np.bool_)
    for table in base.tables:
        levels = {name: set(dataset.levels(table, name)) for name in dimensions}
        chosen = {name: np.array([n.level in levels[name] for n in h.nodes]) for name, h in dimensions.items()}
        places: list[Mapping[str, str]] = [{}]
        if base.counts and dataset.counts:
            held = (count for name, count in dataset.counts.items() if name in table.measures or not table.measures)
            places = [count.at for count in held]
        for at in places:
            there = {
                name: np.array([n.code == code and bool(chosen[name].any()) for n in dimensions[name].nodes])
                for name, code in at.items()
            }
            found |= _outer(list((chosen | there).values()), len(shape))
    return found


def _empty(dataset: Dataset, base: Base, period: int) -> Bools:
    """Cells in all of whose leaves nobody can be: what is declared, and complete nodes without anybody below them.

    Leaves are those of all additive dimensions that the base has or that a declaration names. What is declared of kinds
    of amounts concerns sums that are split by them alone.
    """
    concerned = [empty.where for empty in dataset.definition.empty if _concerns(dataset, base, empty.where)]
    declared = {name for where in concerned for name in where}
    kinds_of = {name: hierarchy.kind for name, hierarchy in dataset.hierarchies.items()}
    additive = [name for name, kind in kinds_of.items() if kind == "additive"]
    names = [name for name in additive if name in base.additive or name in declared]
    axes = tuple(dataset.hierarchies[name].in_period(period) for name in names)
    others: list[str | None] = [name for name, kind in kinds_of.items() if kind != "additive" and name in declared]
    whole = tuple(slice(None) if name in base.additive else 0 for name in names)
    found: Bools | None = None
    for name in [base.overlapping] if base.overlapping else others or [None]:
        overlapping = dataset.hierarchies[name].in_period(period) if name else None
        made = _empty_of(
            dataset, concerned, dict(_dimensions([*([name] if name else []), *names], axes, overlapping)), name
        )
        made = made[(slice(None) if base.overlapping else slice(1), *whole)]
        found = made if found is None else found | made
    assert found is not None
    return found


def _concerns(dataset: Dataset, base: Base, where: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether a declaration is of cells that a base can have: of no kinds of amounts but its own."""
    named = {name for name, codes in where.items() if codes}
    return all(dataset.definition.dimensions[name].of == "units" or name == base.kinds for name in named)


def _empty_of(
    dataset: Dataset,
    concerned: Sequence[Mapping[str, tuple[str, ...]]],
    dimensions: Mapping[str, Hierarchy],
    sliced: str | None,
) -> Bools:
    """The same over the nodes of all these dimensions; of an overlapping one beside them, declared of its total."""
    axes = tuple(h for name, h in dimensions.items() if name != sliced)
    overlapping = dimensions[sliced] if sliced else None
    leaves = np.zeros(
        (len(overlapping.nodes) if overlapping else 1, *(len(axis.leaves) for axis in axes)), dtype=np.bool_
    )
    for where in concerned:
        beside = {n: codes for n, codes in where.items() if n not in dimensions and codes}
        if all(dataset.hierarchies[n].root.code in codes for n, codes in beside.items()):
            chosen = [_leaves_at(h, set(where.get(name, ()))) for name, h in dimensions.items()]
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


def _numbers(
    dataset: Dataset, where: Mapping[str, tuple[str, ...]], dimensions: Mapping[str, Hierarchy], shape: tuple[int, ...]
) -> Ints:
    """Numbers of the cells at one of the codes of every dimension named; codes that don't exist in the period aside.

    Cells are at the total of a dimension that the base doesn't have.
    """
    beside = where.keys() - dimensions.keys()
    if any(dataset.hierarchies[n].root.code not in where[n] for n in beside if n in dataset.hierarchies):
        return np.zeros(0, dtype=np.int64)
    steps = np.cumprod([1, *reversed(shape)])[-2::-1][-len(dimensions) :]
    found = np.zeros((), dtype=np.int64)
    for (name, h), step in zip(dimensions.items(), steps, strict=True):
        nodes = range(len(h.nodes)) if name not in where else [h.index[c] for c in where[name] if c in h.index]
        found = np.add.outer(found, np.array(nodes, dtype=np.int64) * step)
    return found.reshape(-1)


@dataclass(frozen=True)
class _Facts:
    """What is known from elsewhere, (cells,). Of sums nothing is, but what an earlier release hid."""

    low: Ints
    high: Ints
    hidden: Bools
    legacy: Bools


def _facts(
    dataset: Dataset, base: str, period: int, dimensions: Mapping[str, Hierarchy], shape: tuple[int, ...]
) -> _Facts:
    size = int(np.prod(shape))
    low, high = np.zeros(size, dtype=np.int64), np.full(size, NO_LIMIT, dtype=np.int64)
    hidden, legacy = np.zeros(size, dtype=np.bool_), np.zeros(size, dtype=np.bool_)
    for fact in dataset.known:
        if fact.period is not None and fact.period != period:
            continue
        at = _numbers(dataset, fact.where, dimensions, shape)
        if base != BASE_OF_COUNTS:
            hidden[at] |= base in fact.sums
            continue
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
