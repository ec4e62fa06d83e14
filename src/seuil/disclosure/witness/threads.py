"""Widen ranges, and repair tables, in several threads. What is found doesn't depend on how many there are.

*Bulk-synchronous* (L. Valiant, CACM 1990): for ranges the cells are cut into blocks of a fixed size. The blocks of a
wave start from the same ranges and know nothing of each other; what they found is put together in their order before
the next wave. Blocks, waves and a seed for each are fixed beforehand, so one thread does exactly what eight do.
Compiled code runs without the interpreter's lock. Each worker has a copy of the state: memory grows with threads.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import NamedTuple

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Ints
from seuil.disclosure.tuning import Effort
from seuil.disclosure.witness import push, repair
from seuil.disclosure.witness.base_table import BaseTableRepair
from seuil.disclosure.witness.push import Found
from seuil.disclosure.witness.state import Problem, State, copy_of

FIRST_TICK = 1000  # of the clock of a state: no variable that was never changed looks as if it just had been


class _Block(NamedTuple):
    """What a block found: cells with a new lowest value, and with a new highest one, each with its table; the moves."""

    low: tuple[Ints, Ints, Ints]
    high: tuple[Ints, Ints, Ints]
    start: Ints
    variable: Ints
    change: Ints


class _Worker:
    """A copy of all that a search changes. The base table is shared."""

    def __init__(self, problem: Problem, state: State, found: Found) -> None:
        self.problem = problem
        self.state = copy_of(state)
        self.found = push.nothing_found(len(found.lowest), len(state.x))

    def run(self, found: Found, cells: Ints, effort: Effort, seed: int) -> _Block:
        """Widen some cells, beginning with the ranges of `found`."""
        s, f = self.state, self.found
        # All that an earlier block may have left here is set back: a block's result depends on nothing but its input.
        f.lowest[:], f.highest[:] = found.lowest, found.highest
        f.low_table[:], f.high_table[:] = 0, 0
        s.tabu[:] = 0
        s.counters.clock[0], s.counters.moves[0], s.counters.move_entries[0] = FIRST_TICK, 0, 0
        repair.seed(seed)  # the generator of compiled code, of which each thread has its own
        done = 0
        while done < len(cells):
            done = push.widen(self.problem, s, self.found, cells, effort, done)
            if done < len(cells):
                self.found = with_room(self.found, s)
        return self._result()

    def _result(self) -> _Block:
        # Tables are numbered from 1 here, so 0 says that the block found nothing new on that side.
        f, moves = self.found, int(self.state.counters.moves[0])
        entries = int(self.state.counters.move_entries[0])
        low, high = np.flatnonzero(f.low_table), np.flatnonzero(f.high_table)
        return _Block(
            (low, f.lowest[low], f.low_table[low]),
            (high, f.highest[high], f.high_table[high]),
            f.move_start[: moves + 1].copy(),
            f.move_variable[:entries].copy(),
            f.move_change[:entries].copy(),
        )


def tables_near(base_repair: BaseTableRepair, found: Found, held: Sequence[Ints], seeds: Ints) -> list[Ints]:
    """`BaseTableRepair.find_near` from one table for several sets of held cells.

    Returns the tables that were found, (variables,) each.

    The state stays as it is, but for the clock, to which the steps of all are added.
    """
    first = int(base_repair.state.counters.clock[0])

    def run(cells: Ints, seed: int) -> tuple[Ints | None, int]:
        own = base_repair.copy(seed)
        repair.seed(seed)
        near = own.find_near(found, cells)
        return own.state.x if near else None, int(own.state.counters.clock[0]) - first

    with ThreadPoolExecutor(min(len(os.sched_getaffinity(0)), len(held))) as executor:
        tried = list(executor.map(run, held, seeds.tolist()))
    base_repair.state.counters.clock[0] += sum(steps for _, steps in tried)
    return [table for table, _ in tried if table is not None]


def with_room(found: Found, state: State) -> Found:
    """The same with twice the room for moves where it is nearly used up."""
    start, variable, change = found.move_start, found.move_variable, found.move_change
    if state.counters.moves[0] + 2 > len(start):
        start = np.concatenate([start, np.zeros_like(start)])
    if state.counters.move_entries[0] + len(state.x) > len(variable):
        room = max(len(variable), 2 * len(state.x))
        variable, change = (np.concatenate([a, np.zeros(room, np.int64)]) for a in (variable, change))
    return found._replace(move_start=start, move_variable=variable, move_change=change)


def widen(
    problem: Problem, state: State, found: Found, blocks: Sequence[Ints], effort: Effort, seeds: Ints
) -> Iterator[Found]:
    """Widen blocks of cells, a wave at a time; yields what has been found by then."""
    wave_blocks = tuning.TUNING.witness.wave_blocks
    threads = min(len(os.sched_getaffinity(0)), len(blocks), wave_blocks)
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for _ in range(threads):
        idle.put(_Worker(problem, state, found))

    def run(number: int, known: Found) -> _Block:
        worker = idle.get()
        try:
            return worker.run(known, blocks[number], effort, int(seeds[number]))
        finally:
            idle.put(worker)

    executor = ThreadPoolExecutor(threads)
    try:
        for first in range(0, len(blocks), wave_blocks):
            wave = range(first, min(first + wave_blocks, len(blocks)))
            # All of a wave is waited for before anything is put in: `found` is what its blocks are reading.
            for block in list(executor.map(lambda number, known=found: run(number, known), wave)):
                found = _put_in(found, state, block)
            yield found
    finally:
        executor.shutdown(cancel_futures=True)


def _put_in(found: Found, state: State, block: _Block) -> Found:
    """Take in what a block found, where it goes beyond what is known."""
    moves, entries = int(state.counters.moves[0]), int(state.counters.move_entries[0])
    more = len(block.start) - 1
    while moves + more + 2 > len(found.move_start) or entries + len(block.variable) > len(found.move_variable):
        state.counters.moves[0], state.counters.move_entries[0] = moves + more, entries + len(block.variable)
        found = with_room(found, state)
    found.move_start[moves : moves + more + 1] = entries + block.start
    found.move_variable[entries : entries + len(block.variable)] = block.variable
    found.move_change[entries : entries + len(block.variable)] = block.change
    state.counters.moves[0], state.counters.move_entries[0] = moves + more, entries + len(block.variable)
    for (cell, value, table), known, by, sign in (
        (block.low, found.lowest, found.low_table, -1),
        (block.high, found.highest, found.high_table, 1),
    ):
        beyond = sign * value > sign * known[cell]  # an earlier block of the wave may have got further
        known[cell[beyond]], by[cell[beyond]] = value[beyond], moves + table[beyond]
    return found
