"""A published table, protected by whatever tool, as figures.

A row a cell. A dimension is written in one of two ways: a column of its own name with the node's code (and
`<dimension>_level` where a code is that of several levels), or a column for every level; a total is `TOTAL`. Cells
without a row are not published. Which node is under which is told, in this order, by the code list of the definition,
by a frame of codes, by the columns of levels, or by the order of rows: a node stands below its parent, after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.figures import Column, Figures
from seuil.explain.derived import Quotients
from seuil.explain.reading import Reading
from seuil.model.definition import TOTAL
from seuil.model.errors import DataError
from seuil.model.hints import did_you_mean
from seuil.tables.derived import read_derived
from seuil.tables.frame_input import LONGEST, InputTable
from seuil.tables.frame_output import node_level_column
from seuil.tables.hierarchies import Tree, tree_of_paths
from seuil.tables.layout import Layout, lay_out_table, listed
from seuil.tables.marks import flagged, marked
from seuil.tables.spec import COUNT_COLUMN, TableSpec
from seuil.tables.totals import totals_of
from seuil.tables.undeclared import refuse_named, refuse_sums_of_published
from seuil.tables.written import coded, level_paths, paths_of, refuse_unlike

REPEATED = "--hidden may be repeated, one for each such mark"


@dataclass(frozen=True)
class Published:
    """What is public of a table, and how it was read."""

    layout: Layout
    figures: Figures
    reading: Reading
    quotients: tuple[Quotients, ...] = ()


def read_published(
    given: InputTable,
    spec: TableSpec,
    hidden: Sequence[str],
    *,
    flag: str | None = None,
    codes: InputTable | None = None,
) -> Published:
    """Read a published table. Raises DataError with the column, and the row (1 is the first) where one is at fault."""
    if not len(given.frame):
        raise DataError(f"{given.name}: no rows; expected one for each published figure")
    trees, nodes, totals = {}, {}, {}
    for name, dimension in spec.definition.dimensions.items():
        refuse_named(given, dimension, [column for column in (name, *dimension.levels) if column in given.columns])
        trees[name], nodes[name], totals[name] = _Dimension(given, spec, name, codes).read()
    layout = lay_out_table(spec, {n: t for n, t in trees.items() if spec.definition.dimensions[n].levels})
    cells = layout.cells(nodes)
    again = np.flatnonzero(_again(cells))
    if len(again):
        raise DataError(
            f"{given.name}: in {given.places(again)} a cell that stands in a row above; expected one row a cell"
        )
    column = COUNT_COLUMN if COUNT_COLUMN in given.columns else spec.count
    out = marked(given, column, hidden)
    if flag is not None:
        out |= flagged(given, flag)
    marks = " or ".join(repr(word) for word in hidden)
    values = given.numbers(column, out, f"whole numbers from 0, or {marks} where they are hidden ({REPEATED})")[0]
    base = layout.grid.rounding
    if base is not None:
        given.refuse(values % base != 0, column, "a figure that is not rounded", f"multiples of {base}")
    found = _published(layout, cells, np.where(out, 0, values), out)
    refuse_sums_of_published(given, found.layout, found.figures, nodes)
    leaf = _leaves(layout, nodes)
    hidden_rows = int(out.sum())
    reading = Reading(len(out), int(leaf.sum()), totals, int((~leaf).sum()), 0, len(out) - hidden_rows, hidden_rows)
    return replace(found, reading=reading, quotients=read_derived(given, spec, layout, cells, hidden))


def _published(layout: Layout, cells: Ints, values: Ints, hidden: Bools) -> Published:
    grid = layout.grid
    published, out = np.zeros(grid.shape, np.bool_), np.zeros(grid.shape, np.bool_)
    numbers = np.zeros(grid.shape, np.int64)
    published.flat[cells], out.flat[cells], numbers.flat[cells] = True, hidden, values
    out &= ~grid.empty
    partial = replace(grid, published=published)
    figures = Figures(partial, Column(numbers, out), {})
    return Published(replace(layout, grid=partial), figures, Reading(0, 0, {}, 0, 0, 0, 0))


def _leaves(layout: Layout, nodes: Mapping[str, Ints]) -> Bools:
    """(rows,) that stand at a node without any below it, in every dimension."""
    found = np.ones(len(next(iter(nodes.values()))), np.bool_)
    for name, tree in layout.trees.items():
        found &= np.array([not below for below in tree.hierarchy.children])[nodes[name]]
    return found


def _again(cells: Ints) -> Bools:
    found = np.ones(len(cells), np.bool_)
    found[np.unique(cells, return_index=True)[1]] = False
    return found


@dataclass(frozen=True)
class _Dimension:
    """One dimension as it is written in a table."""

    given: InputTable
    spec: TableSpec
    name: str
    codes: InputTable | None

    def read(self) -> tuple[Tree, Ints, tuple[str, ...]]:
        """Its tree, the node's position of every row, and the codes that stand for its total."""
        levels = self.spec.definition.dimensions[self.name].levels
        wide = len(levels) > 0 and all(level in self.given.columns for level in levels)
        if wide and node_level_column(self.name) not in self.given.columns:
            return self._by_levels(levels)
        return self._by_code(levels)

    def _by_levels(self, levels: tuple[str, ...]) -> tuple[Tree, Ints, tuple[str, ...]]:
        read = level_paths(self.given, levels, self._totals)
        tree = self._told(levels) or tree_of_paths(read.paths, levels, self.given.name)
        at = [tree.position.get((levels[len(p) - 1], p[-1]), -1) if p else 0 for p in read.paths]
        codes = [path[-1] if path else TOTAL for path in read.paths]
        return tree, self._known(tree, codes, at, read.number), read.totals

    def _by_code(self, levels: tuple[str, ...]) -> tuple[Tree, Ints, tuple[str, ...]]:
        column = node_level_column(self.name)
        tree = self._told(levels) if levels else listed(self.spec, self.name)
        root = TOTAL if levels or tree is None else tree.hierarchy.root.code
        texts, totals = coded(self.given, self.name, totals_of(self.spec.definition.dimensions[self.name], root))
        if levels:
            refuse_unlike(self.given, self.name, texts)
        columns = [texts, self.given.texts(column)] if column in self.given.columns else [texts]
        pairs, number = paths_of(columns)
        if tree is None:
            _, first = np.unique(number, return_index=True)
            tree = self._by_order([pairs[int(k)] for k in np.argsort(first)], levels)
        at = [self._node(tree, pair) for pair in pairs]
        return tree, self._known(tree, [pair[0] for pair in pairs], at, number), totals

    @property
    def _totals(self) -> tuple[str, ...]:
        return totals_of(self.spec.definition.dimensions[self.name])

    def _node(self, tree: Tree, pair: tuple[str, ...]) -> int:
        if pair[0] == TOTAL:
            return 0
        if len(pair) > 1:
            return tree.position.get((pair[1], pair[0]), -1)
        found = tree.by_code.get(pair[0], -1)
        if found is None:
            raise self.given.fail(
                self.name, f"{pair[0]!r} is the code of several levels", f"a column {self.name}_level"
            )
        return found

    def _known(self, tree: Tree, codes: Sequence[str], at: Sequence[int], number: Ints) -> Ints:
        """(rows,) positions of nodes. codes, at: of every distinct one, -1 where there is none. number: (rows,)."""
        nodes = np.array(at, np.int64)[number]
        rows = np.flatnonzero(nodes < 0)
        if len(rows):
            code = codes[int(number[rows[0]])]
            found = f"a code (at that level) that there isn't, {code[:LONGEST]!r}{did_you_mean(code, tree.codes)}"
            raise self.given.fail(self.name, f"in {self.given.places(rows)} {found}", "one of its codes")
        return nodes

    def _told(self, levels: tuple[str, ...]) -> Tree | None:
        """What the frame of codes tells, if there is one."""
        if self.codes is None or any(level not in self.codes.columns for level in levels):
            return None
        cut = set(level_paths(self.codes, levels, self._totals).paths)
        return tree_of_paths(sorted(p for p in cut if p), levels, self.codes.name)

    def _by_order(self, pairs: Sequence[tuple[str, ...]], levels: tuple[str, ...]) -> Tree:
        """Each node's parent is the last one of a coarser level before it, as nodes first appear down the rows."""
        if len(levels) > 1:
            self._levels_known(pairs, levels)
            levels = tuple(level for level in levels if any(level == pair[1] for pair in pairs))
        depth = {level: k for k, level in enumerate(levels)}
        open_: list[str] = []
        paths: list[tuple[str, ...]] = []
        for code, *level in pairs:
            if code == TOTAL:
                continue
            at = depth[level[0]] if len(levels) > 1 else 0
            if at > len(open_):
                raise self._unclear(levels)
            open_ = [*open_[:at], code]
            paths.append(tuple(open_))
        parents = {path[:-1] for path in paths}
        if any(len(path) < len(levels) and path not in parents for path in paths):
            raise self._unclear(levels)
        return tree_of_paths(paths, levels, self.given.name)

    def _levels_known(self, pairs: Sequence[tuple[str, ...]], levels: tuple[str, ...]) -> None:
        if any(pair[0] != TOTAL and (len(pair) == 1 or pair[1] not in levels) for pair in pairs):
            column = node_level_column(self.name)
            raise self.given.fail(column, "no level, or one that there isn't", f"one of {', '.join(levels)}")

    def _unclear(self, levels: tuple[str, ...]) -> DataError:
        return self.given.fail(
            self.name,
            "the order of rows doesn't tell which code is under which",
            f"each {levels[-1]} after its {levels[0]}, or codes with the columns {', '.join(levels)}",
        )


def nodes_by_dimension(layout: Layout, cell: Mapping[str, tuple[str | None, str]]) -> dict[str, int]:
    """Positions of nodes named by (level or None, code); a dimension that isn't named is at its total.

    Raises DataError for a dimension or a code that there isn't.
    """
    found = dict.fromkeys(layout.trees, 0)
    for name, (level, code) in cell.items():
        if name not in layout.trees:
            raise DataError(f"no dimension {name!r}; expected one of {', '.join(layout.trees)}")
        tree = layout.trees[name]
        total = code in totals_of(layout.spec.definition.dimensions[name], tree.hierarchy.root.code)
        at = 0 if total and level is None else tree.position.get((level, code)) if level else tree.by_code.get(code, -1)
        if at is None and level is None:
            raise DataError(f"{name}={code} is the code of several levels; expected {name}=LEVEL:{code}")
        if at is None or at < 0:
            raise DataError(f"{name}={code}: no such code; expected one of the table's, or {TOTAL}")
        found[name] = at
    return found
