"""Drive the search over one system: find a base table, widen the range of every cell to be proved, keep the proof.

A *multi-start local search*, in three steps that callers put together:

 1. `find_base`: a first table (`base_table`), or `start_from` one that is known;
 2. `widen`: a round pushes every open cell up and down (`push`), in several threads (`threads`), with some effort;
 3. `walk`: where a round leaves most cells open, their table has no room for them: move on to others near it
    (docs/decisions/0014-several-tables.md), and widen from there.

`proof` then writes out what was found: for every target and each cell aggregated to it the two tables that differ at
it. Everything is drawn from one seeded generator, and ends after a number of steps, never after a time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Floats, Ints
from seuil.disclosure.constraints.goals import INFINITE, AggregatedCells, Targets
from seuil.disclosure.constraints.rows import spans
from seuil.disclosure.constraints.system import System
from seuil.disclosure.progress import Progress
from seuil.disclosure.proof import Proof
from seuil.disclosure.tuning import Effort
from seuil.disclosure.witness import push, repair, threads
from seuil.disclosure.witness.base_table import BaseTableRepair
from seuil.disclosure.witness.state import Counters, Problem, State

_AFTER_TRAIL = 3  # entries: the pushed cell and its companion after those of a repair, and one to spare


def _positions(sorted_cells: Ints, cells: Ints) -> Ints:
    """Position of every one of `cells` in `sorted_cells`, -1 for those that aren't there."""
    if not len(sorted_cells):
        return np.full(len(cells), -1, np.int64)
    at = np.minimum(np.searchsorted(sorted_cells, cells), len(sorted_cells) - 1)
    return np.where(sorted_cells[at] == cells, at, -1).astype(np.int64)


@dataclass(frozen=True)
class Prices:
    """For every target what it costs in the search to leave its bounds (0: it can't), and the bounds beyond."""

    price: Floats
    low: Ints
    high: Ints


class WitnessSearch:
    """A search under way. `found` holds the ranges seen so far, by position in `targets.cells`.

    system, targets: what is searched and what is asked of it. seed: the same one gives the same tables. aggregated: the
    cells that targets stand for, themselves included; by default none but themselves. prices: of bounds that may be
    left (`suppress` alone asks for that).
    """

    def __init__(
        self,
        system: System,
        targets: Targets,
        seed: int,
        *,
        aggregated: AggregatedCells | None = None,
        prices: Prices | None = None,
    ) -> None:
        self.system, self.targets, self.prices = system, targets, prices
        each = np.arange(len(targets.cells))
        self.aggregated = aggregated or AggregatedCells(targets.cells, each, np.ones_like(each))
        self.random = np.random.default_rng(seed)
        repair.seed(seed)
        self.problem = self._problem()
        self._unpriced = np.flatnonzero(self.problem.price == 0)
        self.state = self._state()
        self.found = push.nothing_found(len(targets.cells), system.variables)
        self.base_repair = BaseTableRepair(system, self.problem, self.state, targets.free, self.random)
        self._first = self.state.base.copy()
        self.origins = [(1, 0)]  # number of a table, and of the one that this and later ones are moves away from

    def _problem(self) -> Problem:
        system, targets = self.system, self.targets
        number, row_number = (_positions(targets.cells, c) for c in (system.cell, system.row_cell))
        where_variable = np.full(len(targets.cells), -1, np.int64)
        where_row = np.full(len(targets.cells), -1, np.int64)
        where_variable[number[number >= 0]] = np.flatnonzero(number >= 0)
        where_row[row_number[row_number >= 0]] = np.flatnonzero(row_number >= 0)
        order = np.argsort(targets.group, kind="stable")
        groups = int(targets.group.max()) + 1 if len(targets.group) else 0
        start = np.searchsorted(targets.group[order], np.arange(groups + 1)).astype(np.int64)
        price, row_price = np.zeros(system.variables), np.zeros(len(system.row_low))
        wide_low, wide_high = system.low.copy(), system.high.copy()
        if self.prices is not None:
            mine = number >= 0
            price[mine] = self.prices.price[number[mine]]
            row_price[row_number >= 0] = self.prices.price[row_number[row_number >= 0]]
            wide_low[mine] = np.minimum(wide_low[mine], self.prices.low[number[mine]])
            wide_high[mine] = np.maximum(wide_high[mine], self.prices.high[number[mine]])
        return Problem(
            entries=system.entries,
            price=price,
            row_price=row_price,
            scale=np.ones(1),
            wide_low=wide_low,
            wide_high=wide_high,
            cell=number,
            row_cell=row_number,
            where_variable=where_variable,
            where_row=where_row,
            sliding=targets.sliding,
            upper=targets.upper,
            lower=targets.lower,
            group=targets.group,
            group_start=start,
            group_member=order.astype(np.int64),
            small_in_base=np.zeros(groups, np.int64),
            floor=targets.floor,
            threshold=targets.threshold,
            justified=targets.justified,
        )

    def _state(self) -> State:
        system = self.system
        variables, rows, cells = system.variables, len(system.row_low), len(self.targets.cells)
        return State(
            x=np.zeros(variables, np.int64),
            low=system.low.copy(),
            high=system.high.copy(),
            row=np.zeros(rows, np.int64),
            row_low=system.row_low.copy(),
            row_high=system.row_high.copy(),
            weight=np.ones(rows),
            broken=np.zeros(rows + 1, np.int64),
            place=np.full(rows, -1, np.int64),
            tabu=np.zeros(variables, np.int64),
            trail=np.zeros(tuning.TUNING.witness.repair_steps + _AFTER_TRAIL, np.int64),
            weighted=np.zeros(rows + 1, np.int64),
            base=np.zeros(variables, np.int64),
            base_row=np.zeros(rows, np.int64),
            group_change=np.zeros(len(self.problem.small_in_base), np.int64),
            seen_variable=np.zeros(variables, np.int64),
            seen_cell=np.zeros(cells, np.int64),
            touched=np.zeros(cells + 1, np.int64),
            counters=Counters.at(threads.FIRST_TICK),
        )

    def find_base(self, start: Ints, *, inside: bool) -> bool:
        """Repair `start` into a table to search from, with a small cell in every group. False where none was found.

        inside: keep variables off their bounds as far as that can be had cheaply.
        """
        found = self.base_repair.find(start, inside=inside)
        if found:
            self._keep_base()
        return found

    def holds(self, x: Ints) -> bool:
        """Whether a table is admissible: within all bounds and rows, with a small cell in every group."""
        return self.base_repair.holds(x)

    def start_from(self, x: Ints) -> None:
        """Take a table that is known to hold as the base."""
        self.base_repair.load(x)
        self._keep_base()

    def walk(
        self,
        effort: Effort,
        among: Ints | None = None,
        progress: Progress | None = None,
        *,
        worth: float | None = None,
    ) -> None:
        """Move on from table to table as long as that pays.

        A round over the open cells (or some) follows where it promises more for its steps than another table. worth:
        share of the open cells that a table must prove, by default `share_worth_it`.
        """
        tuned = tuning.TUNING.witness
        worth = tuned.share_worth_it if worth is None else worth
        # Cells that the last round proved for each of its steps; at first there was none, so that the first table is
        # followed by one.
        left, promise = self.open_of(among), float(INFINITE)
        for _ in range(tuned.tables_in_a_row):
            before, tick = len(left), self.state.counters.clock[0]
            if not before or not self.move_on(left):
                break
            left = self.open_of(among)
            self._tell(progress)
            # The last table proved no more for its steps than a round does: have a round instead of another table.
            if before - len(left) <= promise * (self.state.counters.clock[0] - tick):
                moved = len(left)
                self.widen(effort, left, progress)
                left = self.open_of(among)
                # What a round takes is reckoned, not read off a clock: blocks in threads have clocks of their own.
                promise = (moved - len(left)) / (effort.stall * max(moved, 1))
            if len(left) > (1 - worth) * before:
                break

    def open_of(self, among: Ints | None) -> Ints:
        """The open ones of some positions (of all: None)."""
        open_ = self.open
        return open_ if among is None else open_[np.isin(open_, among)]

    def leaves_most(self, cells: Ints) -> bool:
        """Whether so many of the cells that a round was over are still open that it had better walk."""
        return len(self.open_of(cells)) > tuning.TUNING.witness.share_left * len(cells)

    def move_on(self, cells: Ints) -> bool:
        """Search from another table from now on; what has been seen stays. False where none was found.

        Where many cells are open, several tables near this one are looked for side by side, and all are kept. For each
        some of the cells (open ones) are brought where they would be proved, as far as others can be repaired around
        them; a short push from there proves many more. In one table most have little room where figures are small.
        """
        s, tuned = self.state, tuning.TUNING.witness
        number = tuned.parallel_tables if len(cells) > tuned.block_cells else 1
        held, seeds = [self._some_of(cells) for _ in range(number)], self.random.integers(1 << 31, size=number)
        tables = [x for x in threads.tables_near(self.base_repair, self.found, held, seeds) if (x != s.base).any()]
        # In the order of their seeds, whichever thread was the first; the next search starts from the last of them.
        for x in tables:
            self.base_repair.load(x)
            self._keep_as_move()
        return len(tables) > 0

    def _some_of(self, cells: Ints) -> Ints:
        """A share of some cells, at least one."""
        chosen = self.random.random(len(cells)) < tuning.TUNING.witness.held_share
        chosen[self.random.integers(len(cells))] = True
        return cells[chosen]

    def _keep_base(self) -> None:
        s, f = self.state, self.found
        s.base[:], s.base_row[:], self._first[:] = s.x, s.row, s.x
        f.lowest[:] = f.highest[:] = self.base_repair.values()
        f.low_table[:], f.high_table[:] = 0, 0
        self._count_small()

    def _keep_as_move(self) -> None:
        """Search from the table of the state, and keep it as a move away from the first one."""
        self.make_room()
        s, f = self.state, self.found
        changed = np.flatnonzero(s.x != self._first)
        table, at = int(s.counters.moves[0]) + 1, int(s.counters.move_entries[0])
        end = at + len(changed)
        f.move_variable[at:end], f.move_change[at:end] = changed, (s.x - self._first)[changed]
        f.move_start[table] = end
        s.counters.moves[0], s.counters.move_entries[0] = table, end
        # This table is a move away from the first one, as all such are, and later ones from this: a proof is two deep.
        self.origins += [(table, 0), (table + 1, table)]
        s.base[:], s.base_row[:] = s.x, s.row
        values, done = self.base_repair.values(), push.all_done(self.problem, f)
        for known, by, sign in ((f.lowest, f.low_table, -1), (f.highest, f.high_table, 1)):
            beyond = ~done & (sign * values > sign * known)
            known[beyond], by[beyond] = values[beyond], table
        self._count_small()

    def _count_small(self) -> None:
        p = self.problem
        if p.justified:
            # A free group counts as if it could lose any number of small cells.
            p.small_in_base[:] = np.where(self.targets.free, INFINITE, self.base_repair.small())

    @property
    def open(self) -> Ints:
        """Positions in `targets.cells` of those that are not yet proved."""
        return np.flatnonzero(~push.all_done(self.problem, self.found))

    @property
    def left(self) -> Ints:
        """Cells (numbered as in `Proof.cells`), aggregated ones too, that are not yet proved."""
        done = push.all_done(self.problem, self.found)
        return self.aggregated.cells[~done[self.aggregated.of]]

    def places_of(self, cells: Ints) -> Ints:
        """Positions in `targets.cells` of those that prove some cells (numbered as in `Proof.cells`)."""
        return np.unique(self.aggregated.of[np.isin(self.aggregated.cells, cells)])

    def widen(self, effort: Effort, cells: Ints | None = None, progress: Progress | None = None) -> None:
        """One round over the open cells (or some), in random order; in blocks of neighbours where they are many."""
        todo, block_cells = (self.open if cells is None else cells).astype(np.int64), tuning.TUNING.witness.block_cells
        if len(todo) <= block_cells:
            self.widen_alone(effort, self.random.permutation(todo))
            self._tell(progress)
            return
        # Neighbours in one block: a table that proves one of them often proves others, and a block knows only its own.
        parts = np.split(todo, range(block_cells, len(todo), block_cells))
        blocks = [self.random.permutation(block) for block in parts]
        seeds = self.random.integers(1 << 31, size=len(blocks))
        for found in threads.widen(self.problem, self.state, self.found, blocks, effort, seeds):
            self.found = found
            self._tell(progress)

    @contextmanager
    def within(self, place: int, low: Ints, high: Ints) -> Iterator[None]:
        """Meanwhile other bounds hold, low to high (variables,), and what is found counts for one watched cell alone.

        It begins at the base; what was not enough is forgotten in the end.
        """
        s, f = self.state, self.found
        before = self.bound(low, high)
        value = int(push.base_value(self.problem, s, place))
        seen = [(array, array.copy()) for array in (f.lowest, f.highest, f.low_table, f.high_table)]
        for (array, _), base in zip(seen, (value, value, 0, 0), strict=True):
            array[place] = base
        try:
            yield
        finally:
            mine = self._unpriced
            s.low[mine], s.high[mine] = before
            # Tables found under these bounds say nothing of the other cells: their ranges are as before. The moves
            # stay where they are; those that no range names are left out of the proof.
            done = push.done(self.problem, self.found, place)
            for (array, kept), base in zip(seen, (value, value, 0, 0), strict=True):
                kept[place] = array[place] if done else base
                array[:] = kept

    def bound(self, low: Ints, high: Ints) -> tuple[Ints, Ints]:
        """From now on other bounds hold, low to high (variables,), of whatever has no price; returns those before."""
        s, mine = self.state, self._unpriced
        before = s.low[mine], s.high[mine]
        s.low[mine], s.high[mine] = low[mine], high[mine]
        return before

    def widen_alone(self, effort: Effort, todo: Ints) -> None:
        """One round over some cells in their order."""
        done = 0
        while done < len(todo):
            done = push.widen(self.problem, self.state, self.found, todo, effort, done)
            if done < len(todo):
                self.make_room()

    def _tell(self, progress: Progress | None) -> None:
        if progress is not None:
            progress("proved", len(self.targets.cells) - len(self.open), len(self.targets.cells))

    def make_room(self) -> None:
        """Double whichever array of moves is nearly full."""
        self.found = threads.with_room(self.found, self.state)

    def base(self, atom_base: Ints) -> Ints:
        """(atoms,) the base table. atom_base: (atoms,) values of those that are no variables."""
        base, members = atom_base.copy(), self.system.members
        is_atom = members.atom >= 0
        value = members.sign * self._first[members.variable] + members.offset
        base[members.atom[is_atom]] = value[is_atom]
        return base

    def proof(self, atom_base: Ints) -> Proof:
        """The proof of all cells proved so far. atom_base: (atoms,) values of those that are no variables."""
        f = self.found
        proved = np.flatnonzero(push.all_done(self.problem, f))
        base = self.base(atom_base)
        # Most tables have been overtaken: only those that a range ends at are written, and what they start from.
        used = np.union1d(np.concatenate([f.low_table[proved], f.high_table[proved]]), [0])
        used = np.union1d(used, self._origin_of(used))
        renumber = np.zeros(int(self.state.counters.moves[0]) + 1, np.int64)
        renumber[used] = np.arange(len(used))
        origin = renumber[self._origin_of(used[1:])]
        start, atom, change = self._atom_moves(used[1:])
        aggregated = self.aggregated
        done = np.flatnonzero(np.isin(aggregated.of, proved))
        of, against = aggregated.of[done], aggregated.sign[done] < 0
        low, high = renumber[f.low_table[of]], renumber[f.high_table[of]]
        low, high = np.where(against, high, low), np.where(against, low, high)  # as one rises the other falls
        return Proof(base, start, atom, change, aggregated.cells[done], low, high, origin)

    def _origin_of(self, tables: Ints) -> Ints:
        """Numbers of the tables that some others are moves away from."""
        first, origin = np.array(self.origins, np.int64).T
        return np.asarray(origin[np.maximum(np.searchsorted(first, tables, side="right") - 1, 0)], np.int64)

    def _atom_moves(self, tables: Ints) -> tuple[Ints, Ints, Ints]:
        """Some tables as changes of atoms: start of each, atom, change."""
        f, members = self.found, self.system.members
        entry, table = spans(f.move_start[tables - 1], f.move_start[tables])
        variable = f.move_variable[entry]
        member, which = spans(members.start[variable], members.start[variable + 1])
        atom = members.atom[member]
        kept = atom >= 0
        size = np.bincount(table[which[kept]], minlength=len(tables))
        start = np.concatenate([[0], np.cumsum(size)]).astype(np.int64)
        return start, atom[kept], (members.sign[member] * f.move_change[entry][which])[kept]
