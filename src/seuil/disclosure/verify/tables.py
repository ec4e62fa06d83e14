"""Rules 3 to 8, and 9 of tables: every table of a proof, and the two tables of every cell."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from seuil.disclosure.proof import Proof
from seuil.disclosure.verify.bounds import ANY, Base
from seuil.disclosure.verify.fault import NAMED, Fault, index_faults
from seuil.disclosure.verify.inputs import Bools, Ints
from seuil.disclosure.verify.justified import Smallness, unjustified
from seuil.disclosure.verify.system import System, system

CHUNK = 3_000_000  # entries of a batch of moves, so that memory stays below some hundred megabytes


@dataclass(frozen=True)
class _Outside:
    """Values that a rule forbids: the table, the row and the value of each."""

    table: Ints
    row: Ints
    value: Ints


def table_faults(base: Base, proof: Proof) -> list[Fault]:
    """Faults of the first batch of tables that has any; of the listed cells, if no table has."""
    equations = system(base.layout, base.differences, _asked(base, proof))
    low, high = _row_bounds(base, equations)
    smallness = Smallness.of(base, equations) if base.justified else None
    start = equations.values(proof.base)
    wanted = equations.row_of(proof.cells)
    named = np.zeros(len(proof.move_start), dtype=np.bool_)
    named[proof.low] = named[proof.high] = True
    fixed = _fixed_faults(base, start)
    everything = np.arange(len(start))
    found = [*_outside_faults(base, equations, _outside(np.zeros_like(start), everything, start, low, high)), *fixed]
    if smallness is not None and named[0]:
        found += _group_faults(base, smallness, unjustified(smallness, start, None), 0)
    at_low, at_high = start[wanted], start[wanted]
    starts = _Starts(proof, equations, start)
    for origin, first, moves in _batches(proof, equations.to_cells):
        if found:
            return found
        start = starts.of(origin)
        change = sparse.csr_array(moves @ equations.to_cells)
        table = np.repeat(np.arange(change.shape[0]) + first + 1, np.diff(change.indptr))
        value = start[change.indices] + change.data
        found += _outside_faults(base, equations, _outside(table, change.indices, value, low, high))
        if smallness is not None:
            use = named[first + 1 : first + 1 + change.shape[0]]
            found += _group_faults(base, smallness, unjustified(smallness, start, change, use), first + 1)
        for at, number in ((at_low, proof.low), (at_high, proof.high)):
            here = np.flatnonzero((number > first) & (number <= first + change.shape[0]))
            at[here] = _values(start, change, number[here] - first - 1, wanted[here])
    if found:
        return found
    close = np.abs(at_high - at_low) < base.gap
    what = f"its two tables differ at it by less than {base.gap}"
    return list(index_faults(base.layout, 8, base.name, proof.cells[close], what))


def _asked(base: Base, proof: Proof) -> Bools:
    """Cells that are hidden (bounds may be told of them), bounded, fixed by what is shown, or to be proved."""
    asked = (base.low != 0) | (base.high != ANY) | base.implied.fixed_cells
    for listed in (base.members, proof.cells):
        asked.reshape(-1)[listed[listed < asked.size]] = True
    return np.asarray(asked, dtype=np.bool_)


class _Starts:
    """Values (rows,) of the tables that moves start from: the base, and one of the others at a time."""

    def __init__(self, proof: Proof, equations: System, base: Ints) -> None:
        self.proof, self.equations, self.base = proof, equations, base
        self.other = 0, base

    def of(self, number: int) -> Ints:
        if number == 0:
            return self.base
        if self.other[0] != number:
            self.other = number, self.equations.values(self.proof.table(number))
        return self.other[1]


def _values(start: Ints, change: sparse.csr_array, move: Ints, row: Ints) -> Ints:
    """(cells,) of some rows after the moves of each."""
    if change.shape[0] == 1:  # it can be long
        values = start.copy()
        values[change.indices] += change.data
        return np.asarray(values[row])
    moved = np.asarray(change[move, row]).reshape(-1) if len(row) else row
    return np.asarray(start[row] + moved)


def _row_bounds(base: Base, equations: System) -> tuple[Ints, Ints]:
    """(rows,) lowest and highest value. A total that nothing is known of is left to its leaves."""
    count = equations.rows
    low, high = np.zeros(count, dtype=np.int64), np.full(count, ANY, dtype=np.int64)
    low[: equations.cells] = np.maximum(base.low, base.told_low).reshape(-1)
    high[: equations.cells] = np.minimum(base.high, base.told_high).reshape(-1)
    free = (low == 0) & (high == ANY) & ~equations.is_leaf
    free[equations.cells :] = False
    low[free] = -ANY
    return low, high


def _batches(proof: Proof, to_cells: sparse.csr_array) -> Iterator[tuple[int, int, sparse.csr_array]]:
    """The moves, (moves, variables), in batches: the table that they start from, and the number of the first one."""
    variables = len(proof.base)
    reach = np.concatenate([[0], np.cumsum(np.diff(to_cells.indptr)[proof.move_variable])])[proof.move_start]
    for origin, first, beyond in proof.runs():
        while first < beyond:
            last = int(np.searchsorted(reach, reach[first] + CHUNK, side="right")) - 1
            last = min(max(first + 1, last), beyond)
            begin, end = proof.move_start[first], proof.move_start[last]
            parts = (
                proof.move_change[begin:end],
                proof.move_variable[begin:end],
                proof.move_start[first : last + 1] - begin,
            )
            yield origin, first, sparse.csr_array(parts, shape=(last - first, variables))
            first = last


def _outside(table: Ints, row: Ints, value: Ints, low: Ints, high: Ints) -> _Outside:
    bad = np.flatnonzero((value < low[row]) | (value > high[row]))
    return _Outside(table[bad], row[bad].astype(np.int64), value[bad])


def _outside_faults(base: Base, equations: System, outside: _Outside) -> Iterator[Fault]:
    """Sort what is outside under the rule that forbids it, and say so."""
    row, value, cells = outside.row, outside.value, equations.cells
    cell = np.minimum(row, cells - 1)
    in_cells = row < cells
    negative = equations.is_leaf[row] & (value < 0)
    figure = (value < base.figure_low.reshape(-1)[cell]) | (value > base.figure_high.reshape(-1)[cell])
    yield from _some(base, equations, outside, negative, 3, "less than nobody")
    yield from _some(base, equations, outside, in_cells & ~negative & figure, 4, "not the published figure")
    rules = (value < base.low.reshape(-1)[cell]) | (value > base.high.reshape(-1)[cell])
    allowed = in_cells & ~negative & ~figure
    yield from _some(base, equations, outside, allowed & rules, 5, "what the rules don't allow")
    yield from _some(base, equations, outside, allowed & ~rules, 9, "outside the bounds that are told of it")
    yield from _some(base, equations, outside, ~in_cells, 6, "an overlap that does not hold")


def _some(base: Base, equations: System, outside: _Outside, which: Bools, rule: int, found: str) -> Iterator[Fault]:
    chosen = np.flatnonzero(which)
    for k in chosen[:NAMED]:
        what = f"{found} in table {outside.table[k]}: {outside.value[k]}"
        yield Fault(rule, base.name, _row_name(base, equations, int(outside.row[k])), what)
    if len(chosen) > NAMED:
        yield Fault(rule, base.name, "", f"{found}: {len(chosen) - NAMED} more")


def _row_name(base: Base, equations: System, row: int) -> str:
    layout = base.layout
    if row < equations.cells:
        return layout.name(row)
    place = row - equations.cells
    if place >= equations.overlaps:
        return layout.name(int(equations.differences[place - equations.overlaps]))
    leaves = equations.overlaps // len(layout.overlaps)
    number, leaf = divmod(place, leaves)
    position = int(equations.leaf_rows[leaf])
    return layout.name(equations.cells + number * (equations.cells // layout.shape[0]) + position)


def _fixed_faults(base: Base, start: Ints) -> Iterator[Fault]:
    """Implied cells that shown figures fix: equal in every table, so the base table tells of all."""
    value = start[: base.layout.published.size]
    small = base.implied.fixed_cells.reshape(-1) & (value < base.least)
    if base.layout.zeros_shown:
        small &= value != 0
    found = "the shown figures fix it below the threshold"
    return index_faults(base.layout, 5, base.name, np.flatnonzero(small), found)


def _group_faults(base: Base, smallness: Smallness, bad: tuple[Ints, Ints], first: int) -> Iterator[Fault]:
    """bad: the tables, counted from `first`, and the groups of theirs that hold nothing small."""
    for table, group in list(zip(*bad, strict=True))[:NAMED]:
        cell = base.layout.name(int(smallness.members[np.argmax(smallness.group == group)]))
        yield Fault(7, base.name, cell, f"no cell of its group is small in table {first + table}")
    if len(bad[0]) > NAMED:
        yield Fault(7, base.name, "", f"groups without a small cell: {len(bad[0]) - NAMED} more")
