"""The rows of a confidential table of counts: leaves, which are added up, and totals, which are compared with the sums.

Rows, in the order in which they are checked:
 1. a code that looks like a total and isn't said to be one is refused (`undeclared`);
 2. rows of the same leaf are added up where that is asked for, or where some leaves only have several rows and none of
    these repeats another one;
 3. a row at a total, or at a code that others are below, holds the sum of its leaves; it isn't added to them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.cube import Leaves
from seuil.disclosure.cube.margins import add_up
from seuil.explain.reading import Reading
from seuil.model.definition import TOTAL
from seuil.model.errors import DataError
from seuil.model.hints import did_you_mean
from seuil.model.limits import LARGEST_FIGURE
from seuil.tables.frame_input import LONGEST, InputTable
from seuil.tables.hierarchies import Tree, tree_of_paths
from seuil.tables.layout import Layout, lay_out_table
from seuil.tables.repeated import added_up
from seuil.tables.spec import TableSpec
from seuil.tables.totals import totals_of
from seuil.tables.undeclared import refuse_named, refuse_sums
from seuil.tables.written import coded, level_paths


@dataclass(frozen=True)
class LeafTable:
    """A table of counts as it was read. is_leaf: (rows,) those of leaves. reading: without what is published."""

    layout: Layout
    leaves: Leaves
    is_leaf: Bools
    reading: Reading


def read_leaves_of(given: InputTable, spec: TableSpec, *, add_up_rows: bool = False) -> LeafTable:
    """The layout that the rows tell, and the counts of leaves. Columns that the definition doesn't name are ignored.

    add_up_rows: rows of the same leaf are parts of it. Raises DataError that names the column.
    """
    if not len(given.frame):
        raise DataError(f"{given.name}: no rows; expected one for each combination with anybody in it")
    made: dict[str, Tree] = {}
    nodes: dict[str, Ints] = {}
    totals: dict[str, tuple[str, ...]] = dict.fromkeys(spec.definition.dimensions, ())
    for name, dimension in spec.definition.dimensions.items():
        if dimension.levels:
            refuse_named(given, dimension, dimension.levels[1:])
            made[name], nodes[name], totals[name] = _by_levels(given, spec, name)
    layout = lay_out_table(spec, made)
    for name in layout.trees:
        if name not in made:
            nodes[name], totals[name] = _by_code(given, name, layout)
    is_leaf = _leaf_rows(layout, nodes)
    if not is_leaf.any():
        raise DataError(f"{given.name}: rows of totals only; expected the rows of their parts too")
    counts = given.counts(spec.count)
    if float(counts[is_leaf].sum(dtype=np.float64)) >= LARGEST_FIGURE:
        raise given.fail(spec.count, "counts whose total is 2^40 or more", f"counts of units, below {LARGEST_FIGURE:,}")
    place, shape = _places(layout, nodes, is_leaf)
    several = added_up(given, spec, place, is_leaf, counts, asked=add_up_rows)
    count = np.zeros(shape, np.int64)
    np.add.at(count.reshape(-1), place, counts[is_leaf])
    _check_overlaps(given, layout, count)
    refuse_sums(given, layout, count, place, np.flatnonzero(is_leaf))
    for dimension in spec.definition.dimensions.values():
        refuse_named(given, dimension, dimension.levels[:1])
    _compare(given, layout, count, layout.cells(nodes), counts, ~is_leaf, totals)
    reading = Reading(len(counts), len(np.unique(place)), totals, int((~is_leaf).sum()), several, 0, 0)
    return LeafTable(layout, Leaves(count, {}), is_leaf, reading)


def _by_levels(given: InputTable, spec: TableSpec, name: str) -> tuple[Tree, Ints, tuple[str, ...]]:
    """The tree of a dimension that is written in columns of levels, the node of every row, the codes of its total."""
    dimension = spec.definition.dimensions[name]
    levels = dimension.levels
    read = level_paths(given, levels, totals_of(dimension))
    tree = tree_of_paths([path for path in read.paths if len(path) == len(levels)], levels, given.name)
    at = [tree.position.get((levels[len(p) - 1], p[-1]), -1) if p else 0 for p in read.paths]
    nodes = np.array(at, np.int64)[read.number]
    given.refuse(nodes < 0, levels[0], "a total without any row of its parts", "the rows of its leaves")
    return tree, nodes, read.totals


def _by_code(given: InputTable, name: str, layout: Layout) -> tuple[Ints, tuple[str, ...]]:
    """The node of every row of a dimension with a code list, and the codes of its total."""
    tree = layout.trees[name]
    codes = [n.code for n in tree.hierarchy.nodes]
    texts, found = coded(given, name, totals_of(layout.spec.definition.dimensions[name], codes[0]))
    known = {TOTAL: 0} | {code: k for k, code in enumerate(codes) if k}
    place = pc.index_in(texts, value_set=pa.array(known, pa.string()))
    if place.null_count:
        rows = np.flatnonzero(place.is_null().to_numpy(zero_copy_only=False))
        code = texts[int(rows[0])].as_py()
        what = f"a code that is no leaf of its code list, {code[:LONGEST]!r}{did_you_mean(code, codes)}"
        raise given.fail(name, f"in {given.places(rows)} {what}", "the codes of its leaves")
    return np.array(list(known.values()), np.int64)[np.asarray(place.to_numpy(), dtype=np.int64)], found


def _leaf_rows(layout: Layout, nodes: Mapping[str, Ints]) -> Bools:
    """(rows,) that stand at a leaf of every dimension; of an overlapping one every node is counted by itself."""
    found = np.ones(len(next(iter(nodes.values()))), np.bool_)
    for name, tree in layout.trees.items():
        leaf = np.zeros(len(tree.codes), np.bool_)
        leaf[list(tree.hierarchy.leaves)] = True
        found &= leaf[nodes[name]]
    return found


def _places(layout: Layout, nodes: Mapping[str, Ints], is_leaf: Bools) -> tuple[Ints, tuple[int, ...]]:
    """(leaf rows,) places in the array of leaves (flat), and its shape."""
    grid = layout.grid
    shape = (len(grid.slices), *(len(axis.leaves) for axis in grid.axes))
    places = [np.zeros(int(is_leaf.sum()), np.int64)] * len(shape)
    for name, axis in layout.axis_of.items():
        here = nodes[name][is_leaf]
        if axis == 0:
            places[0] = here
        else:
            number = np.zeros(len(grid.axes[axis - 1].nodes), np.int64)
            number[list(grid.axes[axis - 1].leaves)] = np.arange(shape[axis])
            places[axis] = number[here]
    return np.asarray(np.ravel_multi_index(tuple(places), shape), np.int64), shape


def _compare(
    given: InputTable,
    layout: Layout,
    count: Ints,
    cells: Ints,
    counts: Ints,
    totals: Bools,
    totals_found: Mapping[str, tuple[str, ...]],
) -> None:
    """Raise DataError where rows of a total are not the sum of its leaves. cells, counts, totals: of every row.

    totals_found: by dimension the codes that were read as its total.
    """
    if not totals.any():
        return
    sums = add_up(count, layout.grid.axes).reshape(-1)
    said = np.zeros(len(sums), np.int64)
    np.add.at(said, cells[totals], counts[totals])
    wrong = np.flatnonzero(totals & (said[cells] != sums[cells]))
    if len(wrong):
        words = layout.names.words(int(cells[wrong[0]]))
        codes = [f"{name} {'/'.join(found)}" for name, found in totals_found.items() if found]
        read = f" (read as totals: {', '.join(codes)})" if codes else ""
        found = f"in {given.places(wrong)} a total ({words}) that is not the sum of its leaves{read}"
        right = "totals that are the sums of the rows below them, or a table without totals: they are made, not read"
        raise given.fail(layout.spec.count, found, right)


def _check_overlaps(given: InputTable, layout: Layout, count: Ints) -> None:
    for relation in layout.grid.relations:
        if (sum(sign * count[k] for k, sign in relation.terms) < 0).any():
            names = " and ".join(layout.grid.slices[k] for k, _ in relation.terms)
            raise DataError(
                f"{given.name}: counts of {names} can't be those of overlapping nodes; "
                "expected a part no larger than its whole, and a whole no larger than its parts together"
            )


def leaf_rows(given: InputTable, is_leaf: Bools) -> InputTable:
    """A table without its rows of totals."""
    lines = None if given.lines is None else given.lines[is_leaf]
    return replace(given, frame=given.frame.filter(is_leaf.tolist()), lines=lines)
