"""Choose what to hide (confidential): as few shown cells as can be, so that every hidden cell can be proved safe.

 1. Hide what the rule hides, and mend every line and overlap that gives a hidden cell away by itself (`cover`).
 2. From the true table, search for another one that differs enough at every hidden cell (`prover`).
 3. Where none is found, look for the shown cells that had best be hidden too (`opening`). Repeat from 2.

Costs, order and ties come from public weights and the secret, never from a count; only whether a move is possible looks
at figures (design 3.9).
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from seuil.disclosure import opening, search
from seuil.disclosure.closing import close
from seuil.disclosure.cover import Cover, Places, cover
from seuil.disclosure.covering import Covering
from seuil.disclosure.exposure import Asked, Cuts
from seuil.disclosure.frame import Bools, Floats, Frame, Ints
from seuil.disclosure.giving_away import Cells, Incidence, incidence_of, show_needless
from seuil.disclosure.groups import groups_of
from seuil.disclosure.lattice import UNBOUNDED
from seuil.disclosure.mending import NEVER, seed
from seuil.disclosure.prover import Prices, Progress, Prover, Twins, Wanted
from seuil.disclosure.search import Effort
from seuil.disclosure.system import by_leaves, by_lines
from seuil.disclosure.task import Task, lay_out
from seuil.model.hierarchy import Hierarchy

QUICK = (
    Effort(steps=400, stall=100, tries=1, units=0),
    Effort(steps=2_000, stall=400, tries=2, units=0),
)
SLOW = Effort(steps=6_000, stall=1_500, tries=2, units=12)  # for exact figures, of which few are left by then
ANY_HEIGHT = 1_000
OPENING = (  # price; levels above the leaves, dimensions added up, to which cells may be opened; effort
    (40.0, 3, Effort(steps=400, stall=100, tries=8, units=0)),
    (40.0, 1, Effort(steps=2_000, stall=500, tries=8, units=0)),
    (40.0, 2, Effort(steps=2_000, stall=500, tries=8, units=0)),
    (40.0, ANY_HEIGHT, Effort(steps=2_000, stall=500, tries=8, units=0)),
    (40.0, ANY_HEIGHT, Effort(steps=10_000, stall=2_500, tries=8, units=0)),
    (25.0, ANY_HEIGHT, Effort(steps=4_000, stall=1_000, tries=8, units=0)),
    (15.0, ANY_HEIGHT, Effort(steps=4_000, stall=1_000, tries=8, units=0)),
    (8.0, ANY_HEIGHT, Effort(steps=4_000, stall=800, tries=8, units=0)),
    (4.0, ANY_HEIGHT, Effort(steps=4_000, stall=800, tries=8, units=0)),
    (2.0, ANY_HEIGHT, Effort(steps=4_000, stall=800, tries=10, units=0)),
    (0.5, ANY_HEIGHT, Effort(steps=8_000, stall=2_000, tries=12, units=0)),
)
CYCLES = 6  # times that relatives are hidden when no way is found
BATCH = 400  # cells opened for between two looks at what is proved by now
COARSE = 0.2  # how much more a cell costs for every level that it is above the leaves, dimensions added up
MOST_SUMS = 1.2  # times as many hidden sums as single bounds ask for; beyond that another draw of the ties is better
COARSE_SUM = 1.0  # the same for sums: a large one is hard to move by 10 %
COMPANIONS = 8


@dataclass(frozen=True)
class Truth:
    """One base as it is (confidential). All arrays over cells (flat).

    values: the true table. small: what the rule hides. reach, fall: values that the range of a hidden cell must
    include. task: the public task of a pattern.
    """

    frame: Frame
    values: Ints
    small: Bools
    reach: Ints
    fall: Ints
    task: Callable[[Bools], Task]


@dataclass(frozen=True)
class Suppression:
    """A pattern: the hidden cells (flat) among the published ones.

    stuck: cells (numbered as in `Proof.cells`) for which even the true table gave no other one that differs enough.
    least_cost, least_number: of cells beyond those that were hidden at the start no safe pattern hides fewer.
    """

    hidden: Bools
    stuck: Ints
    least_cost: float
    least_number: int


def suppress(
    truth: Truth,
    secret: bytes,
    *,
    hidden: Bools | None = None,
    unproved: Ints | None = None,
    progress: Progress | None = None,
) -> Suppression:
    """Choose a pattern.

    hidden, unproved: a pattern to widen, and cells of it (numbered as in `Proof.cells`) that an audit could not prove;
    relatives of theirs are hidden whatever the true table says.
    """
    return _Suppressor(truth, secret, progress).run(hidden, unproved)


def heights_of(axis: Hierarchy) -> list[int]:
    """For every node how many levels are below it."""
    heights = [0] * len(axis.nodes)
    for k in reversed(range(1, len(heights))):
        parent = axis.parents[k]
        heights[parent] = max(heights[parent], heights[k] + 1)
    return heights


def cell_heights(frame: Frame) -> Ints:
    """(cells,) how many levels above the leaves, all additive dimensions added up."""
    height = np.zeros(frame.shape, np.int64)
    for k, axis in enumerate(frame.axes, start=1):
        height += np.array(heights_of(axis)).reshape([-1 if i == k else 1 for i in range(len(frame.shape))])
    return height.ravel()


class _Suppressor:
    def __init__(self, truth: Truth, secret: bytes, progress: Progress | None) -> None:
        self.truth, self.progress = truth, progress
        frame = truth.frame
        self.task = truth.task(np.zeros(len(truth.values), np.bool_))
        digest = hashlib.sha256(secret + f"{frame.dataset.id}/{frame.period}".encode()).digest()
        self.random = np.random.default_rng(int.from_bytes(digest[:16], "big"))
        self.seed = int.from_bytes(digest[16:20], "big") >> 1
        published, empty = frame.published.ravel(), frame.empty.ravel()
        implied = self.task.implied.nodes
        self.matters = (published | implied) & ~empty
        # A shown 0 stays shown; so does a sum over nobody. Any other sum of 0 has too few contributors: it is small.
        zero_shown = frame.zeros_shown & (truth.values == 0) & published
        self.openable = self.matters & ~zero_shown
        # What nothing fixes and nobody publishes is free to move like a hidden cell, with nothing to be proved of it.
        self.free = ~(published | implied) & ~empty
        self.hidden = truth.small | self.free
        self.height = cell_heights(frame)
        self.cost = self._costs(implied)
        self.looked_at = np.zeros(0, np.int64)
        self.look = 0
        self.hidden_low = np.where(published & (frame.zeros_shown and self.task.counts), 1, 0).astype(np.int64)

    def _costs(self, implied: Bools) -> Floats:
        """What hiding a cell costs: more for every level above the leaves, so that national figures go last."""
        cost = (
            1
            + (COARSE if self.task.counts else COARSE_SUM) * self.height
            + 0.001 * self.random.random(len(self.height))
        )
        return np.where(implied, 0.001, cost)

    def run(self, hidden: Bools | None, unproved: Ints | None) -> Suppression:
        seed(self.seed)
        if hidden is not None:
            self.hidden |= hidden
        first = self._cover()
        stuck = self._unproved(None)
        if unproved is not None and len(unproved):
            self._hide_relatives(unproved)
            self._cover()
            stuck = self._unproved(stuck)
        for _ in range(CYCLES if self.task.rounded else 0):
            if len(stuck) and self._hide_relatives(stuck):
                self._cover()
                stuck = self._unproved(stuck)
        for _ in range(CYCLES if self.task.counts else 1):  # with sums another draw of the ties helps more
            stuck = self._open_all(stuck)
            if not len(stuck) or not self._hide_relatives(stuck):
                break
            self._cover()
            stuck = self._unproved(stuck)
        more = bool((self.hidden & ~first.hidden).any())
        if more and not len(stuck) and unproved is None:  # what an audit asked to hide is not shown again
            self._close(first.cuts.needed(self.hidden))
        self._show_groups_without_reason()
        return Suppression(
            self.hidden & self.truth.frame.published.ravel(), stuck, first.least_cost, first.least_number
        )

    def _open_all(self, stuck: Ints) -> Ints:
        """Open at falling prices as long as anything is stuck and more can be hidden; returns what stays stuck."""
        level, most = 0, MOST_SUMS * int(self.hidden.sum())
        while len(stuck) and level < len(OPENING):
            before = int(self.hidden.sum())
            if not self.task.counts and before > most:
                break
            self._open(stuck[:BATCH], level)
            self._cover()
            if int(self.hidden.sum()) == before:
                level += 1
            stuck = self._unproved(stuck)
        return stuck

    def _hide_relatives(self, cells: Ints) -> bool:
        """Hide a shown line-mate of every cell, as few as cover them all; False where none is left to hide."""
        before = int(self.hidden.sum())
        mates = [m[~self.hidden[m]] for m in map(self._mates, self._nodes_of(cells))]
        start = np.cumsum([0] + [len(m) for m in mates])
        covering = Covering(self.cost, self.hidden)
        if covering.add(Cuts(np.full(len(mates), -1), start, np.concatenate([np.zeros(0, np.int64), *mates]))):
            self.hidden[covering.choose(covering.dive())] = True
        return int(self.hidden.sum()) > before

    def _told(self) -> tuple[Ints, Ints]:
        """Bounds of every cell while it is shown; an implied one is then told exactly."""
        nodes, values = self.task.implied.nodes, self.truth.values
        return np.where(nodes, values, self.task.low), np.where(nodes, values, self.task.high)

    def _secret(self) -> Bools:
        """Rows whose rest is so small that it may not be told."""
        secret = np.zeros(len(self.task.rows), np.bool_)
        if self.task.counts:
            secret[len(self.task.implied.lines) :] = self.task.implied.left_over & self._left_over_small()
        return secret

    def _cover(self) -> Cover:
        """Hide what bounds hold too narrowly otherwise."""
        task, size = self.task, len(self.truth.values)
        low, high = self._told()
        need = np.full(size, task.need)
        asked = Asked(np.where(self.matters, need, 0), self.truth.reach, self.truth.fall)
        rest = np.zeros(len(task.rows), np.int64)
        if task.counts:
            rest[len(task.implied.lines) :] = np.where(task.implied.left_over, task.need, 0)
        reasons = self._reasons if task.justified else None
        places = Places(task.rows, low, high, self.hidden_low, self.openable, asked, rest, self._secret(), reasons)
        found = cover(places, self.hidden, self.cost)
        self.hidden = found.hidden
        return found

    def _reasons(self, hidden: Bools) -> Cuts:
        """What a pattern lacks at the level `justified`, where every group of hidden cells needs a small one.

        A group without any has to reach further if it stays; a small cell alone needs company that can be small.
        """
        task = self.truth.task(hidden & self.truth.frame.published.ravel())
        if not task.hidden.any():
            return Cuts(*(np.zeros(n, np.int64) for n in (0, 1, 0)))
        group, small = self._groups(task)
        size = np.bincount(group[group >= 0])
        parts = []
        for cell in np.flatnonzero(task.hidden & (small[group[: len(hidden)]] == 0)):
            members = np.flatnonzero(group[: len(hidden)] == group[cell])
            parts.append((int(cell), np.setdiff1d(np.concatenate([self._mates(int(m)) for m in members]), members)))
        for cell in np.flatnonzero(
            task.hidden & (size[group[: len(hidden)]] == 1) & (small[group[: len(hidden)]] == 1)
        ):
            mates = self._mates(int(cell))
            able = mates[[self._can_be_small(int(m), hidden) for m in mates]]
            parts.append((-1, able if len(able) else mates))
        start = np.cumsum([0] + [len(mates) for _, mates in parts])
        held = np.array([cell for cell, _ in parts], np.int64)
        return Cuts(held, start, np.concatenate([np.zeros(0, np.int64), *(mates for _, mates in parts)]))

    def _can_be_small(self, cell: int, hidden: Bools) -> bool:
        """Whether no single row keeps a cell from being small, were it hidden too."""
        rows = self.task.rows
        low, high = self._told()
        start, row, _ = self.by_cell
        for r in row[start[cell] : start[cell + 1]]:
            member = slice(rows.start[r], rows.start[r + 1])
            c, sign = rows.cell[member], rows.coefficient[member]
            least = np.where(hidden[c], self.hidden_low[c], low[c])
            most = np.where(hidden[c], UNBOUNDED, high[c])
            other = c != cell
            mine = sign[~other][0]
            limit = rows.low[r] if mine > 0 else -rows.high[r]
            others = mine * sign[other]
            if limit - np.where(others > 0, most[other], -least[other]).sum() >= self.truth.frame.threshold:
                return False
        return True

    def _groups(self, task: Task) -> tuple[Ints, Ints]:
        """Group of every hidden cell, then of every open rest (-1: none), and how many small ones every group holds."""
        group = groups_of(task.rows, task.hidden, task.left_over, len(task.implied.lines))
        members = np.concatenate([task.hidden, task.left_over])
        small = np.concatenate([self._small_now(task), task.left_over & self._left_over_small()])
        return group, np.bincount(group[members], small[members], group.max() + 1).astype(np.int64)

    def _row_state(self) -> tuple[Incidence, Cells]:
        """What single rows give away; its pattern is a copy."""
        low, high = self._told()
        rows = incidence_of(self.task.rows, len(low), self._secret())
        need = np.where(self.matters, self.task.need, 0)
        return rows, Cells(low, high, self.hidden_low, need, self.hidden.copy())

    def _left_over_small(self) -> Bools:
        """Overlap rows whose rest is told of too few units."""
        rows, frame = self.task.implied.overlaps, self.truth.frame
        line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
        rest = np.bincount(line, rows.coefficient * self.truth.values[rows.cell], len(rows))
        small = rest < frame.threshold
        empty = np.bincount(line, ~frame.empty.ravel()[rows.cell], len(rows)) == 0
        return small & ~empty & ~((rest == 0) & frame.zeros_shown)

    def _unproved(self, stuck: Ints | None) -> Ints:
        """Hidden cells for which the search from the true table finds nothing, numbered as in `Proof.cells`.

        Whatever could move still can when more is hidden, so only cells that were `stuck` or are newly hidden are
        looked at again; all of them where `stuck` is None.
        """
        prover, cells = self._prover()
        settled = np.zeros(0, np.int64) if stuck is None else np.setdiff1d(self.looked_at, stuck)
        self.looked_at = cells
        twins = prover.twins
        todo = np.zeros(len(prover.wanted.cells), np.bool_)
        todo[twins.of[~np.isin(twins.cells, settled)]] = True
        for effort in self._efforts:
            prover.widen(effort, prover.open[todo[prover.open]], progress=self.progress)
        held = np.setdiff1d(cells, twins.cells)
        return np.setdiff1d(np.concatenate([held, prover.left]), settled)

    def _prover(self) -> tuple[Prover, Ints]:
        """A search from the true table under the pattern as it stands, and all the cells that should be proved."""
        layout = lay_out(self.truth.task(self.hidden & self.truth.frame.published.ravel()))
        reach, fall = self._asked(layout.wanted, layout.twins)
        self.look += 1
        wanted = replace(layout.wanted, reach=reach, fall=fall)
        prover = Prover(layout.system, wanted, self.seed + self.look, twins=layout.twins)
        prover.start_from(self.truth.values[layout.system.cell])
        return prover, layout.cells

    @property
    def _efforts(self) -> tuple[Effort, ...]:
        return QUICK if self.task.rounded else (*QUICK, SLOW)

    def _asked(self, wanted: Wanted, twins: Twins) -> tuple[Ints, Ints]:
        """(wanted,) values to be reached, so that every twin reaches its own."""
        size = len(self.truth.values)
        reach, fall = wanted.reach.copy(), wanted.fall.copy()
        node = np.flatnonzero(twins.cells < size)
        cell, of, against = twins.cells[node], twins.of[node], twins.sign[node] < 0
        up, down = self.truth.reach[cell] - self.truth.values[cell], self.truth.fall[cell] - self.truth.values[cell]
        up, down = np.where(against, -down, up), np.where(against, -up, down)
        here = np.zeros(len(wanted.cells), np.int64)
        here[wanted.cells < size] = self.truth.values[wanted.cells[wanted.cells < size]]
        np.maximum.at(reach, of, here[of] + up)
        np.minimum.at(fall, of, here[of] + down)
        return reach, fall

    def _close(self, needed: Bools) -> None:
        """Show again what is needless; not where that might leave a group of hidden cells without a reason."""
        before = self.hidden.copy()
        prover, _ = self._prover()
        for effort in self._efforts:
            prover.widen(effort, progress=self.progress)
        cells = prover.wanted.cells
        node = cells < len(self.truth.values)
        secondary = np.zeros(len(cells), np.bool_)
        node &= np.bincount(prover.twins.of, minlength=len(cells)) == 1  # a twin would tell of one that is shown
        at = cells[node]
        secondary[node] = (
            self.openable[at] & ~needed[at] & ~self.truth.small[at] & self.truth.frame.published.ravel()[at]
        )
        candidates = np.flatnonzero(secondary)
        candidates = candidates[np.argsort(-self.cost[cells[candidates]])]  # the dearest are shown first
        rows, state = self._row_state()

        def may_show(position: int) -> bool:
            return bool(show_needless(rows, state, cells[position : position + 1]))

        def keep_hidden(position: int) -> None:
            state.hidden[cells[position]] = True

        low, high = self.task.low[cells[candidates]], self.task.high[cells[candidates]]
        shown = close(prover, candidates, low, high, may_show, keep_hidden)
        self.hidden[cells[candidates[shown]]] = False
        self._show_groups_without_reason()
        if not self._plenty_small() and len(self._unproved(None)):
            self.hidden = before

    def _show_groups_without_reason(self) -> None:
        """Show groups that hold no small cell (2e): no row joins them to others."""
        task = self.truth.task(self.hidden & self.truth.frame.published.ravel())
        if not task.justified or not task.hidden.any():
            return
        group, small = self._groups(task)
        self.hidden &= ~(task.hidden & (small[group[: len(task.hidden)]] == 0))

    def _plenty_small(self) -> bool:
        """Whether every group has so many small cells that moves leave it one, or none is asked for."""
        task = self.truth.task(self.hidden & self.truth.frame.published.ravel())
        if not task.justified or not task.hidden.any():
            return True
        group = groups_of(task.rows, task.hidden, task.left_over, len(task.implied.lines))[: len(task.hidden)]
        return bool(np.bincount(group[task.hidden], self._small_now(task)[task.hidden]).min() > search.PLENTY)

    def _small_now(self, task: Task) -> Bools:
        """Hidden cells that are small."""
        floor = 1 if self.truth.frame.zeros_shown else 0
        return task.hidden & (self.truth.values < self.truth.frame.threshold) & (self.truth.values >= floor)

    def _open(self, stuck: Ints, level: int) -> None:
        """Hide more, so that the stuck cells can move."""
        size = len(self.truth.values)
        stuck = self._nodes_of(stuck)
        price, highest, effort = OPENING[level]
        task = self.truth.task(self.hidden & self.truth.frame.published.ravel())
        low = np.where(self.hidden, self.hidden_low, self.task.low)
        high = np.where(self.hidden, UNBOUNDED, self.task.high)
        nodes = self.task.implied.nodes & ~self.hidden
        low[nodes] = high[nodes] = self.truth.values[nodes]
        number = np.full(len(task.rows), -1, np.int64)
        if task.rounded:
            system = by_leaves(self.truth.frame, task.implied.overlaps, low, high)
        else:
            system = by_lines(self.truth.frame, task.rows, low, high, number, self.openable | self.hidden)
        cells = np.unique(np.concatenate([system.cell, system.row_cell[system.row_cell >= 0]]))
        mine = ~self.hidden[cells] & self.openable[cells] & (self.height[cells] <= highest)
        prices = Prices(
            np.where(mine, price * self.cost[cells], 0.0), self.hidden_low[cells], np.full(len(cells), UNBOUNDED)
        )
        need = np.where(self.hidden[cells] & self.matters[cells], self.task.need, 0)
        group = np.zeros(len(cells), np.int64)
        reach, fall = self.truth.reach[cells], self.truth.fall[cells]
        reach, fall = np.where(need > 0, reach, -NEVER), np.where(need > 0, fall, NEVER)
        wanted = Wanted(cells, need, reach, fall, group, 0, self.truth.frame.threshold, False)
        prover = Prover(system, wanted, self.seed + level, prices=prices)
        prover.start_from(self.truth.values[system.cell])
        position = np.full(size, -1, np.int64)
        position[cells] = np.arange(len(cells))
        self._open_each(prover, position, stuck, effort, task)

    def _open_each(self, prover: Prover, position: Ints, stuck: Ints, effort: Effort, task: Task) -> None:
        p, s = prover.problem, prover.state
        cells = prover.wanted.cells
        way = opening.no_way(len(cells))
        lonely = self._without_small_company(task)
        for cell in self.random.permutation(stuck):
            at = int(position[cell])
            companions = np.zeros(0, np.int64)
            if task.justified and lonely[cell]:
                companions = position[self._companions(int(cell))]
                companions = companions[companions >= 0]
            elif at < 0 or search.done(p, prover.found, at):
                continue
            for _ in range(2):  # once up and once down, where both are asked for
                if not opening.cheapest_way(p, s, prover.found, at, companions, self.cost[cells], effort, way):
                    break
                opening.take(p, s, prover.found, way, self.hidden_low[cells])
                new = way.opened[: way.size[0]]
                p.need[new] = self.task.need
                p.reach[new], p.fall[new] = self.truth.reach[cells[new]], self.truth.fall[cells[new]]
                self.hidden[cells[new]] = True
                if search.done(p, prover.found, at):
                    break

    def _without_small_company(self, task: Task) -> Bools:
        """Hidden cells in whose group no other cell is small: raised, they would leave the group without one."""
        group = groups_of(task.rows, task.hidden, task.left_over, len(task.implied.lines))[: len(task.hidden)]
        small = self._small_now(task)
        company = np.bincount(group[task.hidden], small[task.hidden], int(group.max()) + 2)
        return np.asarray(company[group] - small <= 0, dtype=np.bool_)

    def _companions(self, cell: int) -> Ints:
        """Cells of which one is to be small while the cell is raised: line-mates in random order, hidden ones first."""
        found = self._mates(cell)
        return found[np.argsort(~self.hidden[found], kind="stable")][:COMPANIONS]

    def _mates(self, cell: int) -> Ints:
        """Cells that share a line or an overlap with a cell and may be hidden, in random order."""
        rows = self.task.rows
        start, row, _ = self.by_cell
        mates = [rows.cell[rows.start[r] : rows.start[r + 1]] for r in row[start[cell] : start[cell + 1]]]
        found = np.unique(np.concatenate([np.zeros(0, np.int64), *mates]))
        return self.random.permutation(found[(found != cell) & self.openable[found]])

    @cached_property
    def by_cell(self) -> tuple[Ints, Ints, Ints]:
        """The rows that every cell is in."""
        return self.task.rows.of_cells(len(self.truth.values))

    def _nodes_of(self, cells: Ints) -> Ints:
        """Frame cells that stand for cells and left-over rows."""
        size, overlaps = len(self.truth.values), self.task.implied.overlaps
        rows = cells[cells >= size] - size
        members = [overlaps.cell[overlaps.start[r] : overlaps.start[r + 1]] for r in rows]
        return np.unique(np.concatenate([cells[cells < size], *members])).astype(np.int64)
