"""The cells of a table given by hand: its definition, its trees, and the frame that disclosure works on."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.model.cells import CellNames, NodeNames
from seuil.model.codelist import read_code_list
from seuil.model.dataset import make_dataset
from seuil.model.errors import DataError
from seuil.model.hierarchy import Hierarchy
from seuil.tables.hierarchies import Tree, tree_of_hierarchy
from seuil.tables.spec import TableSpec


@dataclass(frozen=True)
class Layout:
    """Cells and how they are written. trees: by dimension, in the definition's order, as they stand in the period."""

    spec: TableSpec
    grid: Grid
    trees: Mapping[str, Tree]

    @cached_property
    def axis_of(self) -> dict[str, int]:
        """The axis of `frame.shape` that each dimension is."""
        dataset = self.grid.dataset
        axes = {name: k for k, name in enumerate(dataset.additive, start=1)}
        return axes | ({dataset.overlapping: 0} if dataset.overlapping else {})

    def where(self, cells: Ints) -> dict[str, Ints]:
        """For every dimension the node's position of each of those cells (flat)."""
        found = np.unravel_index(cells, self.grid.shape)
        return {name: np.asarray(found[self.axis_of[name]], dtype=np.int64) for name in self.trees}

    def cells(self, nodes: Mapping[str, Ints]) -> Ints:
        """The cells (flat) of nodes given by dimension."""
        some = next(iter(nodes.values()))
        places = [np.zeros(len(some), np.int64)] * len(self.grid.shape)
        for name, axis in self.axis_of.items():
            places[axis] = nodes[name]
        return np.asarray(np.ravel_multi_index(tuple(places), self.grid.shape), dtype=np.int64)

    def in_order(self, flags: Bools) -> Ints:
        """The flagged cells (flat) in the order of rows: the definition's first dimension slowest, totals first."""
        cells = np.arange(self.grid.published.size).reshape(self.grid.shape)
        axes = [self.axis_of[name] for name in self.trees]
        rest = [k for k in range(len(self.grid.shape)) if k not in axes]
        ordered = cells.transpose(axes + rest).ravel()
        return np.asarray(ordered[flags.reshape(-1)[ordered]], dtype=np.int64)

    @cached_property
    def names(self) -> CellNames:
        """How cells are written."""
        dimensions = tuple(NodeNames(name, t.codes, t.levels) for name, t in self.trees.items())
        return CellNames(dimensions, tuple(self.axis_of[name] for name in self.trees), self.grid.shape)


def lay_out_table(spec: TableSpec, made: Mapping[str, Tree]) -> Layout:
    """The cells of a table: trees `made` from rows, and the code lists that the definition names."""
    hierarchies = {name: tree.hierarchy for name, tree in made.items()}
    dataset = make_dataset(spec.definition, hierarchies, spec.path)
    trees = {name: made[name] if name in made else _of_list(spec, name, h) for name, h in dataset.hierarchies.items()}
    return Layout(spec, grid_of(dataset, spec.period), trees)


def listed(spec: TableSpec, name: str) -> Tree:
    """The tree of a dimension with a code list, in the period."""
    dimension = spec.definition.dimensions[name]
    return _of_list(spec, name, read_code_list(spec.path.parent / dimension.codes, dimension.kind, None))


def _of_list(spec: TableSpec, name: str, hierarchy: Hierarchy) -> Tree:
    """The tree of a code list in the period. Raises DataError where a total's code is that of a node below it."""
    tree = tree_of_hierarchy(hierarchy.in_period(spec.period), f"{spec.path}: {name}")
    for code in spec.definition.dimensions[name].total:
        if code in tree.codes[1:]:
            found = f"{code!r} as `total`, which its code list has below the total"
            raise DataError(f"{spec.path}: dimension {name}: {found}; expected a code list in which it is the total")
    return tree
