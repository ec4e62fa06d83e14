"""The cells of a base in a period, as proofs number them: the overlapping dimension slowest, then the others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seuil.model.dataset import Dataset
from seuil.model.hierarchy import Hierarchy
from seuil.portal.proofs.files import Ints

Place = Mapping[str, str]
"""A cell: the code of every dimension of its collection, of which a base may have some."""


@dataclass(frozen=True)
class Cells:
    """axes: the additive dimensions in order. overlapping: its name and hierarchy, if there is one."""

    axes: Mapping[str, Hierarchy]
    overlapping: tuple[str, Hierarchy] | None

    @classmethod
    def of(cls, dataset: Dataset, period: int, base: str) -> "Cells":
        """The cells of a base in a period, in which not all nodes need to exist."""
        name = dataset.bases[base].overlapping
        return cls(
            {axis: dataset.hierarchies[axis].in_period(period) for axis in dataset.bases[base].additive},
            None if name is None else (name, dataset.hierarchies[name].in_period(period)),
        )

    @property
    def names(self) -> frozenset[str]:
        """Names of its dimensions."""
        return frozenset(self._dimensions)

    def exists(self, place: Place) -> bool:
        """Whether the period has all nodes of a cell, in the dimensions of the base."""
        return all(place.get(name) in hierarchy.index for name, hierarchy in self._dimensions.items())

    def number(self, place: Place) -> int:
        """The number of a cell in the file of cells."""
        number = 0
        for name, hierarchy in self._dimensions.items():
            number = number * len(hierarchy.nodes) + hierarchy.index[place[name]]
        return number

    def numbers(self, codes: Mapping[str, pa.Array]) -> Ints:
        """The same of many cells at once. codes: of every dimension, by row."""
        number = np.zeros((), dtype=np.int64)
        for name, hierarchy in self._dimensions.items():
            known = pa.array([node.code for node in hierarchy.nodes], pa.string())
            place = pc.index_in(codes[name], known).to_numpy(zero_copy_only=False)
            number = number * len(hierarchy.nodes) + place.astype(np.int64)
        return np.asarray(number, dtype=np.int64)

    def slice_of(self, place: Place) -> int:
        """The position of the overlapping node of a cell, 0 where nothing overlaps."""
        return 0 if self.overlapping is None else self.overlapping[1].index[place[self.overlapping[0]]]

    def sums(self, leaves: Ints, slice_: int, groups: Sequence[Sequence[int]]) -> int:
        """What a table has in some nodes of every axis. leaves: of the table. groups: nodes that share no leaf."""
        shaped = leaves.reshape(self._slices, *(len(axis.leaves) for axis in self.axes.values()))[slice_]
        chosen = [
            sorted(places[leaf] for node in nodes for leaf in axis.leaves_under[node])
            for axis, places, nodes in zip(self.axes.values(), self._leaf_places, groups, strict=True)
        ]
        return int(shaped[np.ix_(*chosen)].sum())

    @property
    def leaves(self) -> int:
        """How many leaves a table has."""
        return self._slices * prod(len(axis.leaves) for axis in self.axes.values())

    @property
    def _slices(self) -> int:
        return 1 if self.overlapping is None else len(self.overlapping[1].nodes)

    @property
    def _dimensions(self) -> Mapping[str, Hierarchy]:
        first = {} if self.overlapping is None else dict((self.overlapping,))
        return {**first, **self.axes}

    @cached_property
    def _leaf_places(self) -> list[dict[int, int]]:
        """For every axis the position of each leaf among the leaves."""
        return [{leaf: k for k, leaf in enumerate(axis.leaves)} for axis in self.axes.values()]
