"""Cuts from bounds: no pattern that shows all cells of a cut frees what it says is held, and no held cell is missed."""

from dataclasses import replace
from random import Random
from typing import NamedTuple

import numpy as np
import pytest
from tests.helpers.tiny_systems import TinySystem, points, random_system, rows_of, single_row_bounds

from seuil.disclosure.suppress.cuts import ALL_CELLS, HIGH, LOW, Cuts, ProtectionLevels, _trace, _Trail, exposures

MOST = 7
FAR = 1 << 40


class Case(NamedTuple):
    """A system under a pattern: hidden cells, the others with bounds near a point, some of which may be hidden too."""

    system: TinySystem
    hidden: np.ndarray
    may_hide: np.ndarray
    low: np.ndarray
    high: np.ndarray
    levels: ProtectionLevels
    rest: np.ndarray

    @property
    def cuts(self) -> Cuts:
        return exposures(self.system.rows, self.low, self.high, self.may_hide, self.levels, self.rest)

    @property
    def by_held(self) -> dict[int, set[int]]:
        cuts = self.cuts
        parts = [cuts.cell[a:b].tolist() for a, b in zip(cuts.start[:-1], cuts.start[1:], strict=True)]
        assert all(len(set(part)) == len(part) for part in parts)
        assert len(set(cuts.held.tolist())) == len(cuts.held)
        return {int(held): set(part) for held, part in zip(cuts.held, parts, strict=True)}

    def freed(self, stay_shown: set[int]) -> tuple[np.ndarray, np.ndarray]:
        """Bounds where all is hidden that may be, but for some cells: the widest that a pattern can make them."""
        open_ = self.hidden | self.may_hide
        open_[list(stay_shown)] = self.hidden[list(stay_shown)]
        return np.where(open_, 0, self.low), np.where(open_, MOST, self.high)

    def is_held(self, cell: int, values: np.ndarray) -> bool:
        sliding, upper, lower = (int(x[cell]) for x in self.levels)
        lowest, highest = int(values.min()), int(values.max())
        return highest - lowest < sliding or highest < upper or lowest > lower


def test_cuts_of_more_figures_than_asked_for_are_left_out_and_others_are_as_they_were() -> None:
    case = next(case for case in map(random_case, range(200)) if len({len(p) for p in case.by_held.values()}) > 1)
    size = min(map(len, case.by_held.values()))
    cuts = exposures(case.system.rows, case.low, case.high, case.may_hide, case.levels, case.rest, longest=size)
    parts = [set(cuts.cell[a:b].tolist()) for a, b in zip(cuts.start[:-1], cuts.start[1:], strict=True)]
    short = {held: part for held, part in case.by_held.items() if len(part) <= size}
    assert dict(zip(cuts.held.tolist(), parts, strict=True)) == short != case.by_held


def test_cells_of_no_row_change_no_cut() -> None:
    for case in map(random_case, range(50)):
        rows, apart = case.system.rows, 3
        cuts = case.cuts
        wide = [np.concatenate([np.zeros(apart, x.dtype), x]) for x in (case.low, case.high, case.may_hide)]
        levels = ProtectionLevels(*(np.concatenate([np.zeros(apart, np.int64), x]) for x in case.levels))
        found = exposures(replace(rows, cell=rows.cell + apart), *wide, levels, case.rest)
        assert (found.start == cuts.start).all()
        assert (found.cell == cuts.cell + apart).all()
        assert (found.held == cuts.held + apart).all()


def random_case(seed: int) -> Case:
    draw = Random(seed)
    system = random_system(draw, most=MOST)
    cells, point = len(system.point), system.point
    hidden = np.array([draw.random() < 0.4 for _ in range(cells)])
    hidden[draw.randrange(cells)] = True
    may_hide = ~hidden & np.array([draw.random() < 0.8 for _ in range(cells)])
    width = draw.choice([0, 0, 1])
    low = np.where(hidden, 0, np.maximum(point - width, 0))
    high = np.where(hidden, MOST, np.minimum(point + width, MOST))
    is_sum = draw.random() < 0.3
    upper = np.where(hidden & is_sum, np.minimum(point + 1, MOST), -FAR)
    lower = np.where(hidden & is_sum, np.maximum(point - 1, 0), FAR)
    rest = np.array([draw.choice([0, 0, 3]) for _ in system.row_terms], np.int64)
    levels = ProtectionLevels(np.where(hidden, draw.choice([2, 3, 5]), 0), upper, lower)
    return Case(system, hidden, may_hide, low, high, levels, rest)


@pytest.mark.parametrize("seeds", [range(k, k + 30) for k in range(0, 60, 30)], ids=str)
def test_a_pattern_that_shows_all_cells_of_a_cut_leaves_the_held_cell_held(seeds: range):
    cut_by, held_rows = 0, 0
    for seed in seeds:
        case = random_case(seed)
        for held, cells in case.by_held.items():
            assert held not in cells
            assert case.may_hide[list(cells)].all(), "a cut names cells that may be hidden, and aren't"
            found = points(case.system.row_terms, *(x.tolist() for x in case.freed(cells)))
            assert len(found), "the point that the case was made around obeys it"
            if held < len(case.hidden):
                assert case.is_held(held, found[:, held]), f"seed {seed}: cell {held} is free with {cells} shown"
                cut_by += len(cells) > 0
            else:
                row = held - len(case.hidden)
                total = sum(k * found[:, c] for c, k in case.system.row_terms[row][0].items())
                assert total.max() - total.min() < case.rest[row], f"seed {seed}: row {row} is free with {cells} shown"
                held_rows += len(cells) > 0
    assert min(cut_by, held_rows) > len(seeds) // 4  # not vacuous


def test_every_hidden_cell_that_single_rows_hold_has_a_cut_and_no_other_has():
    held_cells, free_cells = 0, 0
    for seed in range(150):
        case = random_case(seed)
        bounds = single_row_bounds(case.system.row_terms, case.low, case.high)
        assert bounds is not None
        found = case.by_held
        for cell in np.flatnonzero(case.hidden).tolist():
            is_held = case.is_held(cell, np.array([bounds[0][cell], bounds[1][cell]]))
            assert (cell in found) == is_held, f"seed {seed}: cell {cell}"
            held_cells, free_cells = held_cells + is_held, free_cells + (not is_held)
        assert not any(cell in found for cell in np.flatnonzero(~case.hidden).tolist())
    assert min(held_cells, free_cells) > 50  # not vacuous


def cuts_of(rows, low, high, need, rest=None) -> dict[int, set[int]]:
    """Cuts where every cell that is asked for nothing may be hidden."""
    need = np.array(need, np.int64)
    nothing = np.full(len(need), -FAR), np.full(len(need), FAR)
    rest = np.zeros(len(rows), np.int64) if rest is None else np.array(rest, np.int64)
    bounds = np.array(low, np.int64), np.array(high, np.int64)
    cuts = exposures(rows_of(rows), *bounds, need == 0, ProtectionLevels(need, *nothing), rest)
    pairs = zip(cuts.held.tolist(), zip(cuts.start[:-1], cuts.start[1:], strict=True), strict=True)
    return {held: set(cuts.cell[a:b].tolist()) for held, (a, b) in pairs}


def test_a_lone_hidden_part_is_held_by_the_total_and_all_other_parts():
    line = [({0: 1, 1: -1, 2: -1, 3: -1}, 0, 0)]
    assert cuts_of(line, [20, 0, 8, 9], [20, FAR, 8, 9], [0, 5, 0, 0]) == {1: {0, 2, 3}}


def test_two_hidden_parts_of_a_total_that_is_too_small_are_held_by_it():
    line = [({0: 1, 1: -1, 2: -1, 3: -1}, 0, 0)]
    assert cuts_of(line, [11, 0, 0, 8], [11, FAR, FAR, 8], [0, 5, 5, 0]) == {1: {0, 3}, 2: {0, 3}}
    assert cuts_of(line, [13, 0, 0, 8], [13, FAR, FAR, 8], [0, 5, 5, 0]) == {}, "0 to 5: wide enough"


def test_a_range_that_rests_on_two_rows_is_traced_through_both():
    """Cell 1 is known by the first line once cell 2 is, and cell 2 by the second."""
    lines = [({0: 1, 1: -1, 2: -1}, 0, 0), ({3: 1, 2: -1, 4: -1}, 0, 0)]
    assert cuts_of(lines, [9, 0, 0, 7, 3], [9, FAR, FAR, 7, 3], [0, 4, 4, 0, 0]) == {1: {0, 3, 4}, 2: {3, 4}}


def test_a_shown_figure_that_the_range_does_not_rest_on_is_in_no_cut():
    """The cap of the child is its parent; what else the parent is part of doesn't matter."""
    rows = [({0: 1, 1: -1}, 0, FAR), ({2: 1, 0: -1, 3: -1}, 0, 0)]
    assert cuts_of(rows, [3, 0, 8, 5], [3, FAR, 8, 5], [0, 4, 0, 0]) == {1: {0}}


def test_a_sum_of_a_row_that_is_told_asks_for_one_of_its_members():
    """Parent minus child: told exactly as long as both are shown."""
    overlap = [({0: 1, 1: -1}, 0, FAR)]
    assert cuts_of(overlap, [9, 7], [9, 7], [0, 0], rest=[3]) == {2: {0, 1}}
    assert cuts_of(overlap, [9, 7], [9, 7], [0, 0], rest=[0]) == {}


def test_a_trace_loses_no_reason_however_long_it_is():
    """Two cells of forty narrow each other four hundred times, each time by a row with a shown cell of its own.

    With room for some thousand reasons only, the rest was left out, and the cut asked for too much.
    """
    narrowed = [(c, side) for c in range(38) for side in (LOW, HIGH)] + [(39, LOW), (38, HIGH)] * 200
    changes, cells = len(narrowed), 40 + len(narrowed)
    system = rows_of([(dict.fromkeys((*range(40), 40 + own), 1), 0, 0) for own in range(changes)])
    trail = _Trail(np.arange(changes), np.full(changes, -1), np.full((2, cells), -1))
    for change, (cell, side) in enumerate(narrowed):
        trail.before[change], trail.latest[side, cell] = trail.latest[side, cell], change
    low, high, nothing = np.zeros(cells, np.int64), np.full(cells, 9), np.zeros(cells, np.int64)
    shown, asked = np.arange(cells) >= 40, np.where(np.arange(cells) == 39, 99, 0)
    levels = ProtectionLevels(asked, nothing - FAR, nothing + FAR)
    # The lower bound alone holds the cell: it has been narrowed, and its upper one would do.
    held, _, members = _trace(
        system.incidence(cells), low, high, low - 99, high, shown, levels, np.zeros(changes, np.int64), trail, ALL_CELLS
    )
    assert held.tolist() == [39]
    # Every change rests on all before it: on those of the other one of the two, and through them on all others.
    assert sorted(members.tolist()) == list(range(40, cells - 1))
