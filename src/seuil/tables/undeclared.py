"""Codes that are taken for leaves and look like totals: refused, with the words that settle it."""

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.figures import Figures
from seuil.model.definition import TOTAL, Dimension
from seuil.tables.frame_input import InputTable
from seuil.tables.hierarchies import Tree
from seuil.tables.layout import Layout
from seuil.tables.totals import Candidates, called_a_total, total_among

_YAML_WORDS = ("true", "false", "null")
SUMS = "its counts are the sums of the others: totals are made, not read"


def refuse_named(given: InputTable, dimension: Dimension, columns: Sequence[str]) -> None:
    """Raise DataError for a code that is called as totals are, among others, in columns of a dimension's codes."""
    for column in () if TOTAL in dimension.total or dimension.codes else columns:
        texts = given.texts(column)
        codes = [code for code in pc.unique(texts).to_pylist() if code != TOTAL and code not in dimension.total]
        named = next((code for code in codes if called_a_total(code)), None) if len(codes) > 1 else None
        if named is not None:
            raise _error(given, column, texts, named, "called as totals are: totals are made, not read")


def refuse_sums(given: InputTable, layout: Layout, count: Ints, place: Ints, rows: Ints) -> None:
    """Raise DataError for a code whose counts are the sums of its sisters'.

    count: of every leaf. place: (leaf rows,) their leaves, flat. rows: their numbers in the table.
    """
    there = np.zeros(count.size, np.bool_)
    there[place] = True
    for name, axis in layout.axis_of.items():
        dimension = layout.spec.definition.dimensions[name]
        if axis == 0 or TOTAL in dimension.total:
            continue
        tree = layout.trees[name]
        figures = _by_node(count, tree, axis)
        present = _by_node(there.reshape(count.shape).astype(np.int64), tree, axis) > 0
        first = _first_rows(np.unravel_index(place, count.shape)[axis], rows, tree)
        for parent, sisters in enumerate(tree.hierarchy.children):
            group = list(sisters)
            found = _found(tree, parent, group, figures, present, first)
            if found is not None:
                sister, what = found
                column = tree.levels[sister] if dimension.levels else name
                raise _error(given, column, given.texts(column), tree.codes[sister], what)


def refuse_sums_of_published(given: InputTable, layout: Layout, figures: Figures, nodes: Mapping[str, Ints]) -> None:
    """Raise DataError for a code that may well be the total of its sisters, where their parent has no row of its own.

    nodes: by dimension (rows,) the node of each.
    With figures hidden or rounded, a total is no less than its parts together, and no more where all are shown.
    """
    low, high = _shown_bounds(figures)
    for name, axis in layout.axis_of.items():
        dimension, tree = layout.spec.definition.dimensions[name], layout.trees[name]
        if axis == 0 or TOTAL in dimension.total:
            continue
        least, most = (np.moveaxis(x, axis, 0).reshape(len(tree.codes), -1) for x in (low, high))
        published = np.moveaxis(layout.grid.published, axis, 0).reshape(len(tree.codes), -1)
        there = least >= 0
        first = np.full(len(tree.codes), len(nodes[name]))
        np.minimum.at(first, nodes[name], np.arange(len(nodes[name])))
        for parent, sisters in enumerate(tree.hierarchy.children):
            group = list(sisters)
            part = _sum_of_some(tree, parent, group, least, most, first)
            if part is not None:
                code, what = part
                column = next((c for c in (tree.levels[group[0]], name) if c in given.columns), name)
                raise _error(given, column, given.texts(column), code, what)
            if published[parent].any() or len(group) < 2:
                continue
            sister = total_among(
                tuple(tree.codes[k] for k in group), least[group], most[group], there[group], first[group]
            )
            if sister is not None:
                column = next((c for c in (tree.levels[group[sister]], name) if c in given.columns), name)
                code = tree.codes[group[sister]]
                what = f"which may be the total of the others, of which no row is {TOTAL}"
                raise _error(given, column, given.texts(column), code, what)


def _shown_bounds(figures: Figures) -> tuple[Ints, Ints]:
    """Lowest and highest count of every cell by its own figure; both -1 where none is shown."""
    grid, half = figures.grid, (figures.grid.rounding or 0) // 2
    shown = grid.published & ~figures.count.hidden
    low = np.where(shown, np.maximum(figures.count.values - half, 0), -1)
    return low, np.where(shown, figures.count.values - half + (grid.rounding or 1) - 1, -1)


def _sum_of_some(
    tree: Tree, parent: int, sisters: list[int], least: Ints, most: Ints, first: Ints
) -> tuple[str, str] | None:
    """The code among published sisters that is the sum of some others, wherever all are shown, and of which, in words.

    least, most: (nodes, combinations) bounds of what is shown, -1 where nothing is. Nothing is said of rounded figures.
    """
    shown = np.asarray((least[sisters] >= 0).all(axis=0))
    if not shown.any() or (least[sisters] != most[sisters]).any():
        return None
    codes, figures = tuple(tree.codes[k] for k in sisters), least[sisters][:, shown]
    there = np.ones(figures.shape, np.bool_)
    part = Candidates(codes, tree.codes[parent], figures, there, first[sisters]).of_some()
    return None if part is None else (codes[part[0]], _is_sum_of([codes[k] for k in part[1]]))


def _is_sum_of(parts: Sequence[str]) -> str:
    told = ", ".join(parts[:3]) + (" ..." if len(parts) > 3 else "")
    return f"its counts are the sums of those of {told}: totals are made, not read"


def _found(
    tree: Tree, parent: int, sisters: list[int], figures: Ints, present: Bools, first: Ints
) -> tuple[int, str] | None:
    """The node among some sisters that is a sum, and of what, in words."""
    codes = tuple(tree.codes[k] for k in sisters)
    among = Candidates(codes, tree.codes[parent], figures[sisters], present[sisters], first[sisters])
    whole = among.of_all()
    if whole is not None:
        return sisters[whole], SUMS
    part = among.of_some()
    if part is None:
        return None
    sister, run = part
    return sisters[sister], _is_sum_of([codes[k] for k in run])


def _by_node(leaves: Ints, tree: Tree, axis: int) -> Ints:
    """(nodes, combinations of the other dimensions) what is in each node of one axis."""
    moved = np.moveaxis(leaves, axis, 0)
    moved = moved.reshape(len(moved), -1)
    number = {leaf: k for k, leaf in enumerate(tree.hierarchy.leaves)}
    return np.stack([moved[[number[leaf] for leaf in under]].sum(axis=0) for under in tree.hierarchy.leaves_under])


def _first_rows(leaf: Ints, rows: Ints, tree: Tree) -> Ints:
    """(nodes,) the first row below each. leaf: (leaf rows,) number of their leaf."""
    first = np.full(len(tree.hierarchy.leaves), np.iinfo(np.int64).max)
    np.minimum.at(first, leaf, rows)
    number = {node: k for k, node in enumerate(tree.hierarchy.leaves)}
    return np.array([min(first[number[k]] for k in under) for under in tree.hierarchy.leaves_under], np.int64)


def as_yaml(text: str) -> str:
    """A text as it has to be written in YAML to be read as itself: in quotes, unless it is a plain word or number."""
    plain = re.fullmatch(r"[^\W\d][\w +]*|[1-9][0-9]{0,17}", text) and text.casefold() not in _YAML_WORDS
    return text if plain and text == text.strip() else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _error(given: InputTable, column: str, texts: pa.StringArray, code: str, what: str) -> Exception:
    rows: Sequence[int] | Ints = np.flatnonzero(pc.equal(texts, code).to_numpy(zero_copy_only=False))
    right = (
        f"`total: {as_yaml(code)}` in the definition of the dimension (totals={{...}} in Python) if it is the total of "
        f"the others: its rows are then compared with their sums, not added; without its rows if it is that of some; "
        f"or `total: {TOTAL}` if it is no total"
    )
    return given.fail(column, f"in {given.places(rows)} {code!r}, {what}", right)
