"""Drive the search over one system: find a base table, widen the range of every cell to be proved, keep the proof."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from seuil.disclosure import mending, parallel, search
from seuil.disclosure.frame import Bools, Floats, Ints
from seuil.disclosure.lattice import UNBOUNDED, spans
from seuil.disclosure.mending import Problem, State
from seuil.disclosure.proof import Proof
from seuil.disclosure.search import Effort, Found
from seuil.disclosure.system import System

Progress = Callable[[str, int, int], None]

BASE_STEPS = 4_000_000
TRAIL = 50_000  # steps of one repair
INSIDE = 2  # a variable with more values than this is kept off its bounds
INSIDE_STEPS = 16  # a variable: those that are not off by then stay on


@dataclass(frozen=True)
class Twins:
    """Cells that are proved by one wanted cell each: they move as it does (sign 1) or against it (-1).

    cells: numbered as in `Proof.cells`, sorted, the wanted ones among them. of: (cells,) position in `Wanted.cells`.
    """

    cells: Ints
    of: Ints
    sign: Ints


@dataclass(frozen=True)
class Wanted:
    """What is to be proved of a system. cells: positions as in `Proof.cells`; need: (cells,) range of each.

    group: (cells,) group of each; where `justified`, a group must hold a small cell in every table, one from `floor` to
    below `threshold`, unless it is `free` (groups,).
    """

    cells: Ints
    need: Ints
    reach: Ints
    fall: Ints
    group: Ints
    free: Bools
    floor: int
    threshold: int
    justified: bool


def _positions(sorted_cells: Ints, cells: Ints) -> Ints:
    """Position of every one of `cells` in `sorted_cells`, -1 for those that aren't there."""
    if not len(sorted_cells):
        return np.full(len(cells), -1, np.int64)
    at = np.minimum(np.searchsorted(sorted_cells, cells), len(sorted_cells) - 1)
    return np.where(sorted_cells[at] == cells, at, -1).astype(np.int64)


@dataclass(frozen=True)
class Prices:
    """For every wanted cell what it costs in the search to leave its bounds (0: it can't), and the bounds beyond."""

    price: Floats
    low: Ints
    high: Ints


class Prover:
    """A search under way. `found` holds the ranges seen so far, by position in `wanted.cells`."""

    def __init__(
        self,
        system: System,
        wanted: Wanted,
        seed: int,
        *,
        twins: Twins | None = None,
        prices: Prices | None = None,
    ) -> None:
        self.system, self.wanted, self.prices = system, wanted, prices
        each = np.arange(len(wanted.cells))
        self.twins = twins or Twins(wanted.cells, each, np.ones_like(each))
        self.random = np.random.default_rng(seed)
        mending.seed(seed)
        self.problem = self._problem()
        self._unpriced = np.flatnonzero(self.problem.price == 0)
        self.state = self._state()
        cells, room = len(wanted.cells), 2 * system.variables + 1
        self.found = Found(
            np.full(cells, mending.NEVER),
            np.full(cells, -mending.NEVER),
            *(np.zeros(n, np.int64) for n in (cells, cells, cells + 2, room, room)),
        )

    def _problem(self) -> Problem:
        system, wanted = self.system, self.wanted
        number, row_number = (_positions(wanted.cells, c) for c in (system.cell, system.row_cell))
        where_variable = np.full(len(wanted.cells), -1, np.int64)
        where_row = np.full(len(wanted.cells), -1, np.int64)
        where_variable[number[number >= 0]] = np.flatnonzero(number >= 0)
        where_row[row_number[row_number >= 0]] = np.flatnonzero(row_number >= 0)
        order = np.argsort(wanted.group, kind="stable")
        groups = int(wanted.group.max()) + 1 if len(wanted.group) else 0
        start = np.searchsorted(wanted.group[order], np.arange(groups + 1)).astype(np.int64)
        price, row_price = np.zeros(system.variables), np.zeros(len(system.row_low))
        wide_low, wide_high = system.low.copy(), system.high.copy()
        if self.prices is not None:
            mine = number >= 0
            price[mine] = self.prices.price[number[mine]]
            row_price[row_number >= 0] = self.prices.price[row_number[row_number >= 0]]
            wide_low[mine] = np.minimum(wide_low[mine], self.prices.low[number[mine]])
            wide_high[mine] = np.maximum(wide_high[mine], self.prices.high[number[mine]])
        return Problem(
            system.entries,
            price,
            row_price,
            np.ones(1),
            wide_low,
            wide_high,
            number,
            row_number,
            where_variable,
            where_row,
            wanted.need,
            wanted.reach,
            wanted.fall,
            wanted.group,
            start,
            order.astype(np.int64),
            np.zeros(groups, np.int64),
            wanted.floor,
            wanted.threshold,
            wanted.justified,
        )

    def _state(self) -> State:
        system = self.system
        variables, rows, cells = system.variables, len(system.row_low), len(self.wanted.cells)
        ints = [np.zeros(n, np.int64) for n in (variables, rows)]
        return State(
            ints[0],
            system.low.copy(),
            system.high.copy(),
            ints[1],
            system.row_low.copy(),
            system.row_high.copy(),
            np.ones(rows),
            np.zeros(rows + 1, np.int64),
            np.full(rows, -1, np.int64),
            np.zeros(variables, np.int64),
            np.zeros(TRAIL + 3, np.int64),
            np.zeros(rows + 1, np.int64),
            np.zeros(variables, np.int64),
            np.zeros(rows, np.int64),
            np.zeros(len(self.problem.small_in_base), np.int64),
            np.zeros(variables, np.int64),
            np.zeros(cells, np.int64),
            np.zeros(cells + 1, np.int64),
            np.array([0, parallel.FIRST_TICK, 0, 0, 0, 0, 0], np.int64),
        )

    def _values(self) -> Ints:
        """Value of every wanted cell in the table of the state."""
        p, s = self.problem, self.state
        out = np.zeros(len(self.wanted.cells), np.int64)
        as_variable, as_row = p.where_variable >= 0, p.where_row >= 0
        out[as_variable] = s.x[p.where_variable[as_variable]]
        out[as_row] = s.row[p.where_row[as_row]]
        return out

    def _load(self, x: Ints) -> None:
        """Put a table into the state."""
        s = self.state
        s.x[:] = x
        s.row[:] = self.system.row_values(x)
        s.place[:] = -1
        outside = (s.row < s.row_low) | (s.row > s.row_high)
        broken = np.flatnonzero(outside)
        s.broken[: len(broken)] = broken
        s.place[broken] = np.arange(len(broken))
        s.number[mending.BROKEN] = len(broken)
        s.number[mending.HARD] = (self.problem.row_price[broken] == 0).sum()

    def find_base(self, start: Ints, *, inside: bool) -> bool:
        """Repair `start` into a table, with a small cell in every group. False where none was found.

        Many variables are changed by a little rather than few by much, which leaves all of them more room. inside: keep
        variables off their bounds as far as that can be had cheaply.
        """
        self.state.number[mending.SPREAD] = 1
        self._load(np.clip(start, self.system.low, self.system.high))
        if inside:
            self._keep_inside()
        for _ in range(20):
            if not self._repair_all():
                return False
            lacking = self._groups_without_small()
            if not len(lacking):
                break
            for group in lacking:
                self._force_small(int(group))
        else:
            return False
        self.state.number[mending.SPREAD] = 0
        self._restore_bounds()
        self._keep_base()
        return True

    def _keep_inside(self) -> None:
        """Repair with every variable one unit off its bounds as far as that goes; from there on the bounds hold."""
        system, s = self.system, self.state
        s.low[:] = system.low + (system.high - system.low > INSIDE)
        s.high[:] = system.high - ((system.high - system.low > INSIDE) & (system.high < UNBOUNDED))
        self._load(np.clip(s.x, s.low, s.high))
        left = INSIDE_STEPS * system.variables
        while s.number[mending.BROKEN] and left > 0:
            mending.repair(self.problem, s, min(left, TRAIL), TRAIL)
            left -= TRAIL
        self._restore_bounds()

    def start_from(self, x: Ints) -> None:
        """Take a table that is known to hold as the base."""
        self._load(x)
        self._keep_base()

    def _repair_all(self) -> bool:
        s, spent = self.state, 0
        while s.number[mending.BROKEN] and spent < BASE_STEPS:
            mending.repair(self.problem, s, TRAIL, TRAIL)
            spent += TRAIL
        return not s.number[mending.BROKEN]

    def _is_small(self, values: Ints) -> Bools:
        return np.asarray((values >= self.wanted.floor) & (values < self.wanted.threshold))

    def _groups_without_small(self) -> Ints:
        if not self.wanted.justified:
            return np.zeros(0, np.int64)
        groups = len(self.problem.small_in_base)
        small = self._is_small(self._values())
        return np.flatnonzero((np.bincount(self.wanted.group, small, groups) == 0) & ~self.wanted.free)

    def _force_small(self, group: int) -> None:
        """Ask one member, at random among those whose bounds allow it, to be small."""
        p, s = self.problem, self.state
        members = p.group_member[p.group_start[group] : p.group_start[group + 1]]
        able = [m for m in members if search.bounds_of(p, s, m)[0] < p.threshold]
        if able:
            search.ask_small(p, s, able[int(self.random.integers(len(able)))])

    def _restore_bounds(self) -> None:
        s = self.state
        s.low[:], s.high[:] = self.system.low, self.system.high
        s.row_low[:], s.row_high[:] = self.system.row_low, self.system.row_high

    def _keep_base(self) -> None:
        p, s, f = self.problem, self.state, self.found
        s.base[:], s.base_row[:] = s.x, s.row
        values = self._values()
        f.lowest[:], f.highest[:] = values, values
        f.low_table[:], f.high_table[:] = 0, 0
        if self.wanted.justified:
            p.small_in_base[:] = np.bincount(self.wanted.group, self._is_small(values), len(p.small_in_base))
            p.small_in_base[self.wanted.free] = mending.NEVER

    @property
    def open(self) -> Ints:
        """Positions in `wanted.cells` of those that are not yet proved."""
        return np.flatnonzero(~search.all_done(self.problem, self.found))

    @property
    def left(self) -> Ints:
        """Cells (numbered as in `Proof.cells`), twins too, that are not yet proved."""
        done = search.all_done(self.problem, self.found)
        return self.twins.cells[~done[self.twins.of]]

    def places_of(self, cells: Ints) -> Ints:
        """Positions in `wanted.cells` of those that prove some cells (numbered as in `Proof.cells`)."""
        return np.unique(self.twins.of[np.isin(self.twins.cells, cells)])

    def widen(self, effort: Effort, cells: Ints | None = None, progress: Progress | None = None) -> None:
        """One round over the open cells (or some), in random order; in blocks of neighbours where they are many."""
        todo = (self.open if cells is None else cells).astype(np.int64)
        if len(todo) <= parallel.BLOCK:
            self.widen_alone(effort, self.random.permutation(todo))
            self._tell(progress)
            return
        blocks = [
            self.random.permutation(block) for block in np.split(todo, range(parallel.BLOCK, len(todo), parallel.BLOCK))
        ]
        seeds = self.random.integers(1 << 31, size=len(blocks))
        for found in parallel.widen(self.problem, self.state, self.found, blocks, effort, seeds):
            self.found = found
            self._tell(progress)

    @contextmanager
    def within(self, place: int, low: Ints, high: Ints) -> Iterator[None]:
        """Meanwhile other bounds hold, low to high (cells, flat), and what is found counts for one watched cell alone.

        It begins at the base; what was not enough is forgotten in the end.
        """
        s, f = self.state, self.found
        before = self.bound(low, high)
        value = int(search.base_value(self.problem, s, place))
        seen = [(array, array.copy()) for array in (f.lowest, f.highest, f.low_table, f.high_table)]
        for (array, _), base in zip(seen, (value, value, 0, 0), strict=True):
            array[place] = base
        try:
            yield
        finally:
            mine = self._unpriced
            s.low[mine], s.high[mine] = before
            done = search.done(self.problem, self.found, place)
            for (array, kept), base in zip(seen, (value, value, 0, 0), strict=True):
                kept[place] = array[place] if done else base
                array[:] = kept

    def bound(self, low: Ints, high: Ints) -> tuple[Ints, Ints]:
        """From now on other bounds hold, low to high (cells, flat), of whatever has no price; returns those before."""
        s, mine = self.state, self._unpriced
        before = s.low[mine], s.high[mine]
        s.low[mine], s.high[mine] = (bound[mine] for bound in self.system.bounds(low, high))
        return before

    def widen_alone(self, effort: Effort, todo: Ints) -> None:
        """One round over some cells in their order."""
        done = 0
        while done < len(todo):
            done = search.widen(self.problem, self.state, self.found, todo, effort, done)
            if done < len(todo):
                self.make_room()

    def _tell(self, progress: Progress | None) -> None:
        if progress is not None:
            progress("proved", len(self.wanted.cells) - len(self.open), len(self.wanted.cells))

    def make_room(self) -> None:
        """Double whichever array of moves is nearly full."""
        self.found = parallel.with_room(self.found, self.state)

    def base(self, atom_base: Ints) -> Ints:
        """(atoms,) the base table. atom_base: (atoms,) values of those that are no variables."""
        base, members = atom_base.copy(), self.system.members
        is_atom = members.atom >= 0
        value = members.sign * self.state.base[members.variable] + members.offset
        base[members.atom[is_atom]] = value[is_atom]
        return base

    def proof(self, atom_base: Ints) -> Proof:
        """The proof of all cells proved so far. atom_base: (atoms,) values of those that are no variables."""
        f = self.found
        proved = np.flatnonzero(search.all_done(self.problem, f))
        base = self.base(atom_base)
        used = np.unique(np.concatenate([f.low_table[proved], f.high_table[proved], [0]]))
        renumber = np.zeros(int(self.state.number[mending.MOVES]) + 1, np.int64)
        renumber[used] = np.arange(len(used))
        start, atom, change = self._atom_moves(used[1:])
        twins = self.twins
        done = np.flatnonzero(np.isin(twins.of, proved))
        of, against = twins.of[done], twins.sign[done] < 0
        low, high = renumber[f.low_table[of]], renumber[f.high_table[of]]
        low, high = np.where(against, high, low), np.where(against, low, high)
        return Proof(base, start, atom, change, twins.cells[done], low, high)

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
