"""The rows of a confidential table of counts, added up to leaves."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.cube import Leaves
from seuil.model.definition import TOTAL
from seuil.model.errors import DataError
from seuil.model.hints import date_of, did_you_mean
from seuil.tables.frame_input import LONGEST, InputTable
from seuil.tables.hierarchies import Tree, tree_of_paths
from seuil.tables.layout import Layout, lay_out_table
from seuil.tables.spec import TableSpec


def paths_of(columns: Sequence[pa.StringArray]) -> tuple[list[tuple[str, ...]], Ints]:
    """The distinct rows of some columns of text, and which of them each row is."""
    encoded = [c.dictionary_encode() for c in columns]
    codes = np.stack([np.asarray(e.indices.to_numpy(), dtype=np.int64) for e in encoded])
    shape = tuple(max(len(e.dictionary), 1) for e in encoded)
    found, number = np.unique(np.ravel_multi_index(tuple(codes), shape), return_inverse=True)
    words = [e.dictionary.to_pylist() for e in encoded]
    split = np.unravel_index(found, shape)
    paths = [tuple(words[k][int(i)] for k, i in enumerate(row)) for row in zip(*split, strict=True)]
    return paths, np.asarray(number, dtype=np.int64)


def read_leaves_of(given: InputTable, spec: TableSpec) -> tuple[Layout, Leaves]:
    """The layout that the rows tell, and their counts. Rows of the same leaf are added up; other columns are ignored.

    Raises DataError that names the column.
    """
    if not len(given.frame):
        raise DataError(f"{given.name}: no rows; expected one for each combination with anybody in it")
    made: dict[str, Tree] = {}
    leaf: dict[str, Ints] = {}
    for name, dimension in spec.definition.dimensions.items():
        if dimension.levels:
            columns = [given.texts(level) for level in dimension.levels]
            for level, texts in zip(dimension.levels, columns, strict=True):
                refuse_dates(given, level, texts)
            paths, number = paths_of(columns)
            tree = made[name] = tree_of_paths(paths, dimension.levels, given.name)
            leaf[name] = np.array([tree.position[dimension.levels[-1], p[-1]] for p in paths], np.int64)[number]
    layout = lay_out_table(spec, made)
    for name in layout.trees:
        if name not in made:
            leaf[name] = _listed(given, name, layout)
    return layout, _added_up(given, spec, layout, leaf)


def refuse_dates(given: InputTable, column: str, texts: pa.StringArray) -> None:
    """Raise DataError for a code that a spreadsheet made a date of, among ranges such as 00-04."""
    codes = pc.unique(texts).to_pylist()
    for code in codes:
        date = date_of(code, codes)
        if date is not None:
            rows = np.flatnonzero(pc.equal(texts, code).to_numpy(zero_copy_only=False))
            right = f"{date}, which a spreadsheet took for a date: write it back, as text"
            raise given.fail(column, f"in {given.places(rows)} {code!r}", right)


def _listed(given: InputTable, name: str, layout: Layout) -> Ints:
    """Positions of the nodes of a dimension with a code list: leaves, or any node of the overlapping dimension."""
    tree, texts = layout.trees[name], given.texts(name)
    codes = [n.code for n in tree.hierarchy.nodes]
    known = {codes[k]: k for k in tree.hierarchy.leaves}
    if layout.axis_of[name] == 0:
        known[TOTAL] = 0
    found = pc.index_in(texts, value_set=pa.array(known, pa.string()))
    if found.null_count:
        rows = np.flatnonzero(found.is_null().to_numpy(zero_copy_only=False))
        code = texts[int(rows[0])].as_py()
        what = "the code of a total, not of a leaf," if code in codes else "a code that is no leaf of its code list,"
        raise given.fail(
            name,
            f"in {given.places(rows)} {what} {code[:LONGEST]!r}{did_you_mean(code, known)}",
            "the codes of its finest nodes: totals are made, not read",
        )
    return np.array(list(known.values()), np.int64)[np.asarray(found.to_numpy(), dtype=np.int64)]


def _added_up(given: InputTable, spec: TableSpec, layout: Layout, nodes: dict[str, Ints]) -> Leaves:
    grid = layout.grid
    shape = (len(grid.slices), *(len(axis.leaves) for axis in grid.axes))
    places = [np.zeros(len(given.frame), np.int64)] * len(shape)
    for name, axis in layout.axis_of.items():
        if axis == 0:
            places[0] = nodes[name]
        else:
            leaves = grid.axes[axis - 1].leaves
            number = np.zeros(len(grid.axes[axis - 1].nodes), np.int64)
            number[list(leaves)] = np.arange(len(leaves))
            places[axis] = number[nodes[name]]
    count = np.zeros(shape, np.int64)
    np.add.at(count, tuple(places), given.counts(spec.count))
    _check_overlaps(given, layout, count)
    return Leaves(count, {})


def _check_overlaps(given: InputTable, layout: Layout, count: Ints) -> None:
    for relation in layout.grid.relations:
        if (sum(sign * count[k] for k, sign in relation.terms) < 0).any():
            names = " and ".join(layout.grid.slices[k] for k, _ in relation.terms)
            raise DataError(
                f"{given.name}: counts of {names} can't be those of overlapping nodes; "
                "expected a part no larger than its whole, and a whole no larger than its parts together"
            )
