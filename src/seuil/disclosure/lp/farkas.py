"""Farkas certificates: prove that a hidden cell can't leave a narrow range, and which shown figures hold it there.

A linear program asks for a table in which the cell is far enough from its value in a known one, and as few others
change as can be: the attacker's programs of cell suppression (Fischetti and Salazar-Gonzalez 2001, Management Science
47), asked as a question of feasibility. It begins with no row at all; rows that its solution breaks are put in, until
none is broken (the cell can move, in real numbers at least) or no solution is left. Then, by the lemma of Farkas, there
are multipliers of the rows that contradict each other: a dual ray. It is scaled to whole numbers and checked as such:
unless one of the shown figures that it uses is hidden, the cell stays held.

    a  b | 10    with all but a and b shown, can a be 5 higher than 3?  a = 8, so b = 2 by the first row,
    c  4 |  9    but b + 4 = 11 by the second column: infeasible
    8 11 | 19    certificate: (row 1) - (column 2): a - 4 = 10 - 11, which uses three figures and no hidden cell but a

Cost: the program stays local: some hundreds of rows of a system with a million. The range is found by halving, so one
question takes a logarithm of T programs, each from the basis of the last.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from queue import SimpleQueue

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Floats, Ints
from seuil.disclosure.constraints.rows import UNBOUNDED, Rows, spans
from seuil.disclosure.lp.highs import Solver

Bounds = tuple[Ints, Ints]  # (cells,) each
Question = tuple[int, int, int, int]  # a cell; its sliding, upper and lower protection level


class Refuter:
    """Looks at one pattern. values: a table, the true one or one of public figures; low, high: (cells,) its bounds.

    most_rows: a program of more is given up. work: of the simplex method so far, in iterations times entries of the
    program. It changes while it works: threads need one each.
    """

    def __init__(self, rows: Rows, values: Ints, low: Ints, high: Ints, most_rows: int | None = None) -> None:
        self.tuning = tuning.TUNING.farkas
        self.rows, self.values = rows, values
        self.most_rows = self.tuning.most_rows if most_rows is None else most_rows
        self.within(low, high)
        self.cell_start, self.cell_row, _ = rows.of_cells(len(values))
        line = np.repeat(np.arange(len(rows)), np.diff(rows.start))
        self.row_value = np.zeros(len(rows), np.int64)
        np.add.at(self.row_value, line, rows.coefficient * values[rows.cell])
        self.column = np.full(len(values), -1, np.int64)
        self.inside = np.zeros(len(rows), np.bool_)
        self.work = 0

    def within(self, low: Ints, high: Ints) -> None:
        """Bounds (cells,) of the pattern from now on."""
        self.low, self.high, self.free = low, high, low < high

    def held(self, what: int, sliding: int, upper: int, lower: int) -> Ints | None:
        """Cells whose bounds keep a cell (or, from `cells` on, a row's sum) from what is asked of its range.

        None where it is not held, or that is not found out.
        """
        members, signs, floor = self._goal(what)
        value = int((signs * self.values[members]).sum())
        program = _Program(self, members, signs)
        try:
            # First the levels that the cell must reach from its value, then how wide its range is.
            for least, most in ((upper - value, None), (None, lower - value)):
                if (least or 0) > 0 or (most or 0) < 0:
                    alone = program.refute(least, most)
                    if alone is not None:
                        return alone
            return _too_narrow(program, min(sliding, value - floor), sliding)
        finally:
            program.clear()

    def _goal(self, what: int) -> tuple[Ints, Ints, int]:
        """What a goal adds up, with signs, and its own lower bound."""
        if what >= len(self.values):
            row = what - len(self.values)
            return self.rows.cell[self.row(row)], self.rows.coefficient[self.row(row)], int(self.rows.low[row])
        return np.array([what]), np.ones(1, np.int64), int(self.low[what])

    def row(self, row: int) -> slice:
        """Where the entries of a row are."""
        return slice(int(self.rows.start[row]), int(self.rows.start[row + 1]))


def _too_narrow(program: "_Program", down: int, sliding: int) -> Ints | None:
    """What keeps a range from being `sliding` wide. down: by how much the cell's own lower bound lets it fall.

    How far it can fall is found by halves, all the way first; then it has to rise by the rest.
    """
    below = np.zeros(0, np.int64)
    possible, refuted = 0, down + 1
    while refuted - possible > 1:
        half = down if refuted > down else (possible + refuted) // 2
        proof = program.refute(None, -half)
        if proof is None:
            possible = half
        else:
            below, refuted = proof, half
    if possible >= sliding:
        return None
    above = program.refute(sliding - possible, None)
    return None if above is None else np.union1d(below, above)


class Refuters:
    """Answers several questions at a time, in threads. Arguments as of `Refuter`."""

    def __init__(self, rows: Rows, values: Ints, bounds: Callable[[int], Bounds], most_rows: int | None) -> None:
        """bounds: of all cells where a cell is asked about."""
        self.bounds = bounds
        threads = min(len(os.sched_getaffinity(0)), tuning.TUNING.farkas.questions_at_once)
        self.all = [Refuter(rows, values, *bounds(0), most_rows) for _ in range(threads)]
        self.idle: SimpleQueue[Refuter] = SimpleQueue()
        for refuter in self.all:
            self.idle.put(refuter)
        self.executor = ThreadPoolExecutor(threads)

    def __call__(self, questions: Sequence[Question]) -> list[Ints]:
        """Of each question the cells that keep the cell where it is; none where it is not held or not found out."""
        return list(self.executor.map(self._one, questions))

    @property
    def work(self) -> int:
        """Of the simplex method so far, as of a `Refuter`: the same for the same questions, whatever the threads."""
        return sum(refuter.work for refuter in self.all)

    def _one(self, question: Question) -> Ints:
        refuter = self.idle.get()
        try:
            low, high = self.bounds(question[0])  # one pair of arrays for all cells, but where contributors have some
            if low is not refuter.low or high is not refuter.high:
                refuter.within(low, high)
            cells = refuter.held(*question)
        finally:
            self.idle.put(refuter)
        return np.zeros(0, np.int64) if cells is None else cells


@contextmanager
def refuters(
    rows: Rows, values: Ints, bounds: Callable[[int], Bounds], most_rows: int | None = None
) -> Iterator[Refuters]:
    """Some `Refuters`, whose threads end with the block."""
    found = Refuters(rows, values, bounds, most_rows)
    with found.executor:
        yield found


class _Program:
    """Changes of cells, each as a rise and a fall, as small as can be; row 0 is the goal."""

    def __init__(self, refuter: Refuter, members: Ints, signs: Ints) -> None:
        self.of = refuter
        self.cells = np.zeros(0, np.int64)
        self.row_numbers: list[int] = []
        self.goal = members, signs
        self.solver = Solver(presolve=False)
        self._add_cells(members[refuter.free[members]])
        self._add_rows(members, signs, np.zeros_like(members), np.array([-np.inf]), np.array([np.inf]))

    def clear(self) -> None:
        """Leave the refuter as it was."""
        self.of.column[self.cells] = -1
        self.of.inside[self.row_numbers] = False

    def refute(self, least: int | None, most: int | None) -> Ints | None:
        """Cells whose bounds keep the goal's change below `least` (or above `most`).

        None where it can come there, or that is not found out.
        """
        self.solver.set_row_bounds(0, -np.inf if least is None else least, np.inf if most is None else most)
        for _ in range(self.of.tuning.row_rounds):
            status = self.solver.run()
            self.of.work += self.solver.work
            if status == "infeasible":
                return self._proof(least, most)
            if status != "optimal" or not self._put_in_broken():
                return None
        return None

    def _put_in_broken(self) -> bool:
        """Put in the rows that the answer breaks; False where there are none, or too many."""
        parts = self.solver.values
        change = parts[0::2] - parts[1::2]
        of, rows = self.of, self.of.rows
        moved = self.cells[np.abs(change) > self.of.tuning.violation]
        touched = np.unique(of.cell_row[spans(of.cell_start[moved], of.cell_start[moved + 1])[0]])
        touched = touched[~of.inside[touched]]
        whole = np.zeros(len(of.values))
        whole[self.cells] = change
        entry, which = spans(rows.start[touched], rows.start[touched + 1])
        total = np.bincount(which, rows.coefficient[entry] * whole[rows.cell[entry]], len(touched))
        total += of.row_value[touched]
        fresh = touched[
            (total < rows.low[touched] - of.tuning.violation) | (total > rows.high[touched] + of.tuning.violation)
        ]
        if not len(fresh) or len(self.row_numbers) + len(fresh) > of.most_rows:
            return False
        entry, which = spans(rows.start[fresh], rows.start[fresh + 1])
        cells = np.unique(rows.cell[entry])
        # Cells that can't change need no column; their values are in the bounds of the rows.
        self._add_cells(cells[(of.column[cells] < 0) & of.free[cells]])
        low = (rows.low[fresh] - of.row_value[fresh]).astype(np.float64)
        high = np.where(rows.high[fresh] >= UNBOUNDED, np.inf, rows.high[fresh] - of.row_value[fresh])
        self._add_rows(rows.cell[entry], rows.coefficient[entry], which, low, high)
        self.row_numbers += fresh.tolist()
        of.inside[fresh] = True
        return True

    def _add_cells(self, cells: Ints) -> None:
        of = self.of
        of.column[cells] = len(self.cells) + np.arange(len(cells))
        self.cells = np.concatenate([self.cells, cells])
        most = np.empty(2 * len(cells))
        most[0::2] = np.where(of.high[cells] >= UNBOUNDED, np.inf, of.high[cells] - of.values[cells])
        most[1::2] = of.values[cells] - of.low[cells]
        self.solver.add_columns(np.ones(2 * len(cells)), np.zeros(2 * len(cells)), most)

    def _add_rows(self, cells: Ints, signs: Ints, row: Ints, low: Floats, high: Floats) -> None:
        """Put in rows. cells, signs, row: (entries,) sorted by row."""
        column = self.of.column[cells]
        there = column >= 0
        column, sign, row = column[there], signs[there], row[there]
        both = np.stack([2 * column, 2 * column + 1], axis=1).ravel()
        values = np.stack([sign, -sign], axis=1).ravel().astype(np.float64)
        self.solver.add_rows(low, high, 2 * np.searchsorted(row, np.arange(len(low))), both, values)

    def _proof(self, least: int | None, most: int | None) -> Ints | None:
        """What the contradiction rests on, in whole numbers; None where it isn't one."""
        ray = self.solver.dual_ray()
        limits = self.of.tuning
        if ray is None or not (np.abs(ray) > limits.zero).any():
            return None
        used = np.abs(ray) > limits.zero
        # The rows have coefficients of 1 and -1, so multipliers are mostly whole multiples of the smallest one.
        scaled = ray / np.abs(ray[used]).min()
        whole = np.round(scaled)
        if np.abs(scaled - whole).max() > limits.integrality or np.abs(whole).max() > limits.largest_multiplier:
            return None
        whole = whole.astype(np.int64)
        # The sign of a ray is a convention of the solver: one of the two is the contradiction, if any is.
        found = self._checked(whole, least, most)
        return self._checked(-whole, least, most) if found is None else found

    def _checked(self, ray: Ints, least: int | None, most: int | None) -> Ints | None:
        """With rows multiplied and added, what the bounds of cells allow must be below what the rows ask."""
        of, rows = self.of, self.of.rows
        members, signs = self.goal
        goal = least if ray[0] > 0 else most
        if ray[0] == 0 or goal is None:
            return None
        asked = int(ray[0]) * goal
        cells, values = [members], [ray[0] * signs]
        for k in np.flatnonzero(ray[1:]):
            row, y = self.row_numbers[k], int(ray[k + 1])
            bound = rows.low[row] if y > 0 else rows.high[row]
            if bound >= UNBOUNDED:
                return None
            asked += y * int(bound - of.row_value[row])
            cells.append(rows.cell[of.row(row)])
            values.append(y * rows.coefficient[of.row(row)])
        found, where = np.unique(np.concatenate(cells), return_inverse=True)
        total = np.zeros(len(found), np.int64)
        np.add.at(total, where, np.concatenate(values))
        found, total = found[total != 0], total[total != 0]
        bound = np.where(total > 0, of.high[found], of.low[found])
        if (bound >= UNBOUNDED).any():
            return None
        # Amounts are large: Python's own whole numbers can't overflow.
        allowed = sum(t * b for t, b in zip(total.tolist(), (bound - of.values[found]).tolist(), strict=True))
        return found if allowed < asked else None
