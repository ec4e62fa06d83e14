"""All admissible tables of a tiny cube, by enumeration: what is truly safe and what is truly exposed.

Written from docs/explanation/guarantee.md alone, in the plainest way, to judge `protect`, `audit` and `verify`; it
takes nothing from them but the numbering of cells in a proof.
"""

from dataclasses import replace
from functools import cached_property
from itertools import product

import numpy as np

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid
from seuil.disclosure.proof import Proof
from seuil.model.formulas import round_half_up

LIMIT = 150_000


class TooLargeError(Exception):
    """Not tiny: enumeration would take too long, or (exact overlaps) a hidden leaf has no upper bound."""


class Oracle:
    """One base of figures, `count` or a sum. `rows[i]`: of which variables quantity i (as in a proof) is the sum.

    A sum is judged in all dimensions of the counts, also where its own tables have fewer.
    """

    def __init__(self, figures: Figures, name: str = "count") -> None:
        self.figures, self.grid = figures, figures.grid
        self.counts = name == "count"
        self.column = figures.count
        if not self.counts:
            self.grid, self.column = among_counts(figures, name)
        self.rounding = self.grid.rounding if self.counts else None
        self.is_exact = self.rounding is None
        self.threshold = self.grid.threshold if self.counts else self.grid.dataset.sums[name].width
        self.cells = list(product(*(range(n) for n in self.grid.shape)))
        self.number = {cell: k for k, cell in enumerate(self.cells)}
        leaf_nodes = [[k for k, c in enumerate(axis.children) if not c] for axis in self.grid.axes]
        self.leaves = list(product(range(self.grid.shape[0]), *leaf_nodes))
        self.published = {c for c in self.cells if self.grid.published[c]}
        self.empty = {c for c in self.cells if self.grid.empty[c]}
        self.hidden = {c for c in self.cells if self.column.hidden[c]}
        self.shown = self.published - self.hidden
        self.positions = list(product(*(range(n) for n in self.grid.shape[1:])))
        self.differences = {
            len(self.cells) + r * len(self.positions) + p: (r, position)
            for r in range(len(self.grid.relations))
            for p, position in enumerate(self.positions)
        }

    # What is a sum of what

    def below(self, axis: int, node: int) -> set[int]:
        """The node and all that is below it."""
        found = {node}
        for child in self.grid.axes[axis].children[node]:
            found |= self.below(axis, child)
        return found

    @cached_property
    def rows(self) -> dict[int, np.ndarray]:
        rows = {}
        for cell in self.cells:
            under = [self.below(k, node) for k, node in enumerate(cell[1:])]
            rows[self.number[cell]] = np.array(
                [
                    leaf[0] == cell[0] and all(n in u for n, u in zip(leaf[1:], under, strict=True))
                    for leaf in self.leaves
                ],
                dtype=np.int64,
            )
        for index, (r, position) in self.differences.items():
            terms = self.grid.relations[r].terms
            rows[index] = sum(sign * rows[self.number[(s, *position)]] for s, sign in terms)
        return rows

    @cached_property
    def lines(self) -> list[list[tuple[int, ...]]]:
        lines = []
        for cell in self.cells:
            for k, axis in enumerate(self.grid.axes, start=1):
                children = [(*cell[:k], child, *cell[k + 1 :]) for child in axis.children[cell[k]]]
                if children and axis.nodes[cell[k]].complete:
                    lines.append([cell, *children])
        return lines

    # What is known from elsewhere

    @cached_property
    def known(self) -> dict[tuple[int, ...], tuple[float, float]]:
        """Bounds of every cell by what is known alone; of a sum nothing is."""
        low, high = dict.fromkeys(self.cells, 0.0), dict.fromkeys(self.cells, float("inf"))
        for fact in self.grid.dataset.known if self.counts else ():
            for c in self.cells:
                if fact.period in (None, self.grid.period) and self._is_at(c, fact.where):
                    low[c] = max(low[c], fact.low)
                    high[c] = min(high[c], float("inf") if fact.high is None else fact.high)
        high |= dict.fromkeys(self.empty, 0.0)
        return {c: (low[c], high[c]) for c in self.cells}

    @cached_property
    def known_by_line(self) -> dict[tuple[int, ...], tuple[float, float]]:
        """The same with what follows line by line: the terms of an additive line are 0, of an overlap not below 0."""
        if not self.grid.dataset.known or not self.counts:
            return {c: (0, 0 if c in self.empty else float("inf")) for c in self.cells}
        rows = [([(line[0], 1), *((c, -1) for c in line[1:])], True) for line in self.lines]
        for r, position in self.differences.values():
            rows.append(([((s, *position), sign) for s, sign in self.grid.relations[r].terms], False))
        known = dict(self.known)
        while True:
            before = dict(known)
            for terms, equal in rows:
                for c, sign in terms:
                    others = [(known[o], k * -sign) for o, k in terms if o != c]
                    least = sum(bounds[0] if k > 0 else -bounds[1] for bounds, k in others)
                    most = sum(bounds[1] if k > 0 else -bounds[0] for bounds, k in others)
                    low, high = known[c]
                    if equal or sign > 0:
                        low = max(low, least)
                    if equal or sign < 0:
                        high = min(high, most)
                    known[c] = low, high
            if known == before:
                return known

    @cached_property
    def exact(self) -> set:
        """Cells whose count is known, empty ones too."""
        return {c for c, (low, high) in self.known_by_line.items() if low == high}

    @cached_property
    def narrow(self) -> set:
        """Cells that what is known holds in a range below T: nothing can protect them."""
        known = self.known_by_line
        return {c for c in self.cells if c not in self.empty and known[c][1] - known[c][0] < self.threshold}

    @cached_property
    def excused(self) -> set:
        """Those of them that need no proof: accepted as legacy, or not published."""
        if not self.counts or not self.grid.dataset.known:
            return set()
        legacy = [f.where for f in self.grid.dataset.known if f.legacy and f.period in (None, self.grid.period)]
        return {c for c in self.narrow if c not in self.published or any(self._is_at(c, w) for w in legacy)}

    # What is implied

    def closure(self, known: set) -> set:
        known = known | self.exact
        while True:
            alone = [left[0] for line in self.lines if len(left := [c for c in line if c not in known]) == 1]
            if not alone:
                return known
            known |= set(alone)

    @cached_property
    def implied(self) -> set:
        return self.closure(self.published) - self.published - self.exact if self.is_exact else set()

    @cached_property
    def fixed(self) -> set:
        """Implied cells that shown figures fix."""
        return self.implied & self.closure(self.shown)

    @cached_property
    def zero_by_definition(self) -> set[int]:
        """Differences that are 0 in every leaf, whatever small numbers obey overlaps and emptiness there."""
        always: dict[tuple[int, tuple[int, ...]], bool] = {}
        relations, slices = self.grid.relations, range(self.grid.shape[0])
        for place in {leaf[1:] for leaf in self.leaves}:
            allowed = [
                v
                for v in product(range(3), repeat=len(slices))
                if all(sum(c * v[s] for s, c in x.terms) >= 0 for x in relations)
                and not any(v[s] and (s, *place) in self.empty for s in slices)
            ]
            for r, x in enumerate(relations):
                always[r, place] = all(sum(c * v[s] for s, c in x.terms) == 0 for v in allowed)
        found = set()
        for index, (r, position) in self.differences.items():
            under = [self.below(k, node) for k, node in enumerate(position)]
            places = {leaf[1:] for leaf in self.leaves if all(n in u for n, u in zip(leaf[1:], under, strict=True))}
            if all(always[r, place] for place in places):
                found.add(index)
        return found

    def _differences_within(self, cells: set) -> set[int]:
        if not self.is_exact or not self.counts:
            return set()
        known = self.closure(cells)
        return {
            index
            for index, (r, position) in self.differences.items()
            if all((s, *position) in known for s, _ in self.grid.relations[r].terms)
            and not all((s, *position) in self.exact for s, _ in self.grid.relations[r].terms)
        } - self.zero_by_definition

    @cached_property
    def fixed_differences(self) -> set[int]:
        return self._differences_within(self.shown)

    @cached_property
    def to_prove(self) -> list[int]:
        """Hidden and open implied cells but the excused ones."""
        return sorted(set(self.members) - {self.number[c] for c in self.excused})

    @cached_property
    def members(self) -> list[int]:
        """Hidden and open implied cells."""
        cells = {self.number[c] for c in self.hidden | (self.implied - self.fixed)}
        return sorted(cells | (self._differences_within(self.published) - self.fixed_differences))

    @cached_property
    def groups(self) -> list[set[int]]:
        """Connected components of the hidden and open implied cells."""
        together = [{self.number[c] for c in line} for line in self.lines]
        for index, (r, position) in self.differences.items():
            together.append({index} | {self.number[(s, *position)] for s, _ in self.grid.relations[r].terms})
        left, groups = set(self.members), []
        while left:
            group, reached = set(), {min(left)}
            while reached:
                group |= reached
                reached = {m for t in together if t & group for m in t & left} - group
            groups.append(group)
            left -= group
        return groups

    # Which values are allowed

    def allowed(self, cell: tuple[int, ...]) -> set[int] | None:
        """The values of an empty or shown cell or of one with a known limit, None for others."""
        values = self._told(cell)
        low, high = self.known[cell]
        if values is not None:
            return {v for v in values if low <= v <= high}
        return set(range(int(low), int(high) + 1)) if high < float("inf") else None

    def _told(self, cell: tuple[int, ...]) -> set[int] | None:
        """The same by the figures alone."""
        if cell in self.empty or (not self.counts and self.nobody(cell)):
            return {0}
        if cell not in self.shown:
            return None
        published = int(self.column.values[cell])
        if not self.counts:
            return {published}
        if published == 0 and self.grid.zeros_shown:
            return {0}
        around = range(self.threshold, published + (self.rounding or 0) + 1)
        return {x for x in around if round_half_up(x, self.rounding) == published}

    def nobody(self, cell: tuple[int, ...]) -> bool:
        """Whether the count is a shown 0."""
        count, grid = self.figures.count, self.figures.grid
        own = dict(zip(self.grid.base.additive, cell[1:], strict=True))
        at = (cell[0], *(own[name] for name in grid.base.additive))  # of kinds of amounts counts have none
        return self.grid.zeros_shown and grid.published[at] and not count.hidden[at] and count.values[at] == 0

    @cached_property
    def allowed_rows(self) -> list[tuple[np.ndarray, set[int]]]:
        return [(self.rows[self.number[c]], x) for c in self.cells if (x := self.allowed(c)) is not None]

    @cached_property
    def bounds(self) -> np.ndarray:
        """(variables,) highest value that shown cells and overlaps allow, -1 where there is none."""
        known: dict[tuple[int, ...], float] = dict.fromkeys(self.leaves, float("inf"))
        for row, values in self.allowed_rows:
            for leaf, inside in zip(self.leaves, row, strict=True):
                if inside:
                    known[leaf] = min(known[leaf], max(values, default=0))
        for _ in self.leaves:
            for x in self.grid.relations:
                up = [s for s, c in x.terms if c > 0]
                down = next(s for s, c in x.terms if c < 0)
                for leaf in self.leaves:
                    if leaf[0] == down:
                        known[leaf] = min(known[leaf], sum(known[(s, *leaf[1:])] for s in up))
        return np.array([-1 if v == float("inf") else v for v in known.values()], dtype=np.int64)

    # Tables

    def admissible(self, tables: np.ndarray) -> np.ndarray:
        """(tables,) whether each of the (tables, variables) obeys 2a to 2e."""
        value = {index: tables @ row for index, row in self.rows.items()}
        good = (tables >= 0).all(axis=1)
        for cell in self.cells:
            v, values = value[self.number[cell]], self.allowed(cell)
            if values is not None:
                good &= np.isin(v, list(values))
            good &= v >= self.known[cell][0]
            if self.counts and cell in self.hidden and self.grid.zeros_shown:
                good &= v >= 1
        implied = {self.number[c] for c in self.fixed} | self.fixed_differences
        for index in implied if self.counts else ():
            v = value[index]
            good &= (v >= self.threshold) | ((v == 0) & self.grid.zeros_shown)
        for index, (_, position) in self.differences.items():
            if (0, *position) in self.leaves:
                good &= value[index] >= 0
        if self.counts and self.grid.dataset.definition.level == "justified":
            asked = self.grid.dataset.definition.wishes
            wished = {
                self.number[c] for c in self.hidden for w in asked if w.ask == "hidden" and self._is_at(c, w.where)
            }
            for group in (g for g in self.groups if not g & wished):
                good &= np.any([self.small(value[index]) for index in group], axis=0)
        return good

    def _is_at(self, cell: tuple[int, ...], where: dict[str, tuple[str, ...]]) -> bool:
        grid = self.grid
        dimensions = dict(zip(grid.dataset.additive, zip(grid.axes, cell[1:], strict=True), strict=True))
        if grid.overlapping is not None:
            dimensions[grid.dataset.overlapping] = grid.overlapping, cell[0]
        return all(dimensions[name][0].nodes[dimensions[name][1]].code in codes for name, codes in where.items())

    def small(self, v: np.ndarray) -> np.ndarray:
        """Below the threshold; a 0 that may be shown is no secret."""
        return (v < self.threshold) & ((v > 0) | (not self.grid.zeros_shown))

    @cached_property
    def tables(self) -> np.ndarray:
        """(tables, variables) every admissible table in which no leaf is higher than it needs to be.

        A leaf without an upper bound is cut at K. That loses nothing: cutting such leaves of an admissible table at K
        gives an admissible table, for no shown cell lies above them (else they had a bound), min(., K) keeps
        child <= parent and parent <= sum of children in every leaf as long as K is at least every bound, and small
        cells stay small, hidden ones above 0; a cell with a leaf that is cut has K at least, which is above what is
        known of the least. So each cell reaches its minimum m below the cut. If a table has m + T or more in a cell, so
        has the cut one when K >= m + T: either none of the cell's leaves was cut, or one is K. Differences of overlaps
        are not monotone under the cut; where they count (exact figures) all leaves must have bounds.
        """
        unbounded = self.bounds < 0
        if unbounded.any() and self.counts and self.is_exact and self.grid.relations:
            raise TooLargeError
        cut = max([self.threshold, 1, *self.bounds.tolist(), *(int(low) for low, _ in self.known.values())])
        while True:
            found = self._enumerate(np.where(unbounded, cut, self.bounds))
            if not len(found) or not unbounded.any():
                return found
            need = max([int((found @ self.rows[i]).min()) + self.threshold for i in self.to_prove], default=0)
            if cut >= need:
                return found
            cut = need

    def _enumerate(self, highest: np.ndarray) -> np.ndarray:
        """Leaf by leaf, all slices of one after the other; what can't be completed is dropped early."""
        order = sorted(range(len(self.leaves)), key=lambda k: (self.leaves[k][1:], self.leaves[k][0]))
        tables = np.zeros((1, len(self.leaves)), dtype=np.int64)
        done = np.zeros(len(self.leaves), dtype=bool)
        overlaps = [self.rows[i] for i, (_, p) in self.differences.items() if (0, *p) in self.leaves]
        for k in order:
            values = np.arange(highest[k] + 1)
            if len(tables) * len(values) > LIMIT * 4:
                raise TooLargeError
            tables = np.repeat(tables, len(values), axis=0)
            tables[:, k] = np.tile(values, len(tables) // len(values))
            done[k] = True
            good = np.ones(len(tables), dtype=bool)
            for row, allowed in self.allowed_rows:
                if row[k]:
                    so_far, to_come = tables @ row, int((row * highest)[~done].sum())
                    good &= so_far <= max(allowed, default=-1)
                    good &= so_far + to_come >= min(allowed, default=0)
            for row in overlaps:
                if row[k] and not row[~done].any():
                    good &= tables @ row >= 0
            tables = tables[good]
            if len(tables) > LIMIT:
                raise TooLargeError
        return tables[self.admissible(tables)]

    @cached_property
    def ranges(self) -> dict[int, tuple[int, int]]:
        """Lowest and highest value over the admissible tables (cut as above) of every cell to be proved."""
        values = {index: self.tables @ self.rows[index] for index in self.to_prove}
        return {index: (int(v.min()), int(v.max())) for index, v in values.items()} if len(self.tables) else {}

    @property
    def exposed(self) -> list[int]:
        """The cells whose range is narrower than T: nothing can prove them."""
        return [index for index, (low, high) in self.ranges.items() if high - low < self.threshold]

    # Proofs

    def proof(self) -> Proof:
        """For every cell the first tables where it is lowest and highest; the base is the first table of all."""
        rank: dict[int, int] = {0: 0}
        low, high = [], []
        for index in self.to_prove:
            value = self.tables @ self.rows[index]
            for end, at in ((low, int(value.argmin())), (high, int(value.argmax()))):
                end.append(rank.setdefault(at, len(rank)))
        moves = [self.tables[at] - self.tables[0] for at in rank][1:]
        where = [np.flatnonzero(m) for m in moves]
        return Proof(
            base=self.tables[0],
            move_start=np.cumsum([0, *map(len, where)]),
            move_variable=np.concatenate([np.zeros(0, np.int64), *where]),
            move_change=np.concatenate([np.zeros(0, np.int64), *(m[w] for m, w in zip(moves, where, strict=True))]),
            cells=np.array(self.to_prove, dtype=np.int64),
            low=np.array(low, dtype=np.int64),
            high=np.array(high, dtype=np.int64),
            move_from=np.zeros(len(moves), dtype=np.int64),
        )

    def holds(self, proof: Proof) -> bool:
        """Whether a well formed proof proves the base, checked table by table."""
        if sorted(proof.cells.tolist()) != self.to_prove:
            return False
        tables = [proof.base]
        for k in range(len(proof.move_start) - 1):
            part = slice(proof.move_start[k], proof.move_start[k + 1])
            tables.append(tables[proof.move_from[k]].copy())
            np.add.at(tables[-1], proof.move_variable[part], proof.move_change[part])
        every = np.array(tables)
        if not self.admissible(every).all():
            return False
        low, high = every[proof.low], every[proof.high]
        apart = [abs(int((b - a) @ self.rows[int(i)])) for i, a, b in zip(proof.cells, low, high, strict=True)]
        return all(d >= self.threshold for d in apart)


def among_counts(figures: Figures, name: str) -> tuple[Grid, Column]:
    """The grid of the counts with the published cells of a sum, and its figures there: at the total of others.

    That of the sum itself where it is split by kinds; it has to have all dimensions of the counts then.
    """
    grid, own = figures.grid, figures.grid.dataset.bases[name]
    if own.kinds is not None:
        assert {*own.additive} == {*grid.base.additive, own.kinds}
        return grid.grids[name], figures.sums[name]
    if own.everywhere:
        return grid, figures.sums[name]
    published, values, hidden = (np.zeros(grid.shape, dtype) for dtype in (np.bool_, np.int64, np.bool_))
    place = tuple(slice(None) if d in own.dimensions else slice(1) for d in grid.base.dimensions)
    place = place if grid.overlapping else (slice(1), *place)
    shape = published[place].shape
    published[place] = grid.grids[name].published.reshape(shape)
    values[place], hidden[place] = figures.sums[name].values.reshape(shape), figures.sums[name].hidden.reshape(shape)
    return replace(grid, published=published), Column(values, hidden)


def cells_of(grid: Grid, leaves: np.ndarray) -> np.ndarray:
    """(grid's shape) the cells of a table of leaves (variables,)."""
    values = leaves.reshape(grid.shape[0], *(len(axis.leaves) for axis in grid.axes))
    for k, axis in enumerate(grid.axes, start=1):
        out = np.zeros((*values.shape[:k], len(axis.nodes), *values.shape[k + 1 :]), dtype=np.int64)
        place = np.moveaxis(out, k, 0)
        for leaf, column in zip(axis.leaves, np.moveaxis(values, k, 0), strict=True):
            node = leaf
            while node >= 0:
                place[node] += column
                node = axis.parents[node]
        values = out
    return values
