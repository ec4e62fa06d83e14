"""Which rows give a hidden member away by themselves, and what is shown again because none does, by enumeration."""

from random import Random
from typing import NamedTuple

import numpy as np
import pytest
from tests.helpers.tiny_systems import Row, points, random_system, rows_of

from seuil.disclosure.constraints.rows import UNBOUNDED, Incidence
from seuil.disclosure.suppress.line_check import Cells, gives_away, show_needless

MOST, BEYOND = 5, 30  # of a bounded cell; where enumeration ends


class Case(NamedTuple):
    """Rows, and cells that are hidden or not."""

    row_terms: list[Row]
    cells: Cells

    @property
    def incidence(self) -> Incidence:
        return rows_of(self.row_terms).incidence(len(self.cells.hidden))

    def is_given_away(self, number: int) -> bool:
        """By all values that the members of one row can have by it and their own bounds."""
        terms, least, most = self.row_terms[number]
        members, c = list(terms), self.cells
        if not c.hidden[members].any():
            return bool(c.always_open[number])
        low = np.where(c.hidden, c.hidden_low, c.low)[members]
        high = np.where(c.hidden, c.hidden_high, c.high)[members]
        row: Row = ({k: terms[member] for k, member in enumerate(members)}, least, most)
        found = points([row], low.tolist(), high.tolist(), BEYOND)
        asking = [k for k, member in enumerate(members) if c.hidden[member] and c.sliding[member]]
        return any(not len(found) or np.ptp(found[:, k]) < c.sliding[members[k]] for k in asking)


def random_case(seed: int, hidden_share: float = 0.5) -> Case:
    draw = Random(seed)
    system = random_system(draw, cells=6, most=MOST)
    cells = len(system.point)
    hidden = np.array([draw.random() < hidden_share for _ in range(cells)])
    most = [draw.choice([MOST, MOST, int(UNBOUNDED)]) if draw.random() < 0.5 else int(UNBOUNDED) for _ in range(cells)]
    sliding = np.array([draw.choice([2, 3, 4, 0]) for _ in range(cells)], np.int64)
    always_open = np.array([draw.random() < 0.3 for _ in system.row_terms])
    width = draw.choice([0, 1])
    shown = np.maximum(system.point - width, 0), system.point + width
    cells_ = Cells(*shown, np.zeros(cells, np.int64), np.array(most, np.int64), sliding, hidden, always_open)
    return Case(list(system.row_terms), cells_)


def test_a_row_gives_away_what_enumeration_of_it_says():
    given, kept = 0, 0
    for seed in range(250):
        case = random_case(seed)
        for number in range(len(case.row_terms)):
            expected = case.is_given_away(number)
            assert gives_away(case.incidence, case.cells, number) == expected, f"seed {seed}, row {number}"
            given, kept = given + expected, kept + (not expected)
    assert min(given, kept) > 100  # not vacuous


@pytest.mark.parametrize("hidden_share", [0.6, 0.9])
def test_candidates_are_shown_one_after_the_other_where_no_row_of_theirs_gives_anything_away(hidden_share: float):
    shown_again, kept_hidden = 0, 0
    for seed in range(120):
        case = random_case(seed, hidden_share)
        candidates = np.flatnonzero(case.cells.hidden)
        Random(seed).shuffle(candidates)
        expected, judge = (
            case.cells.hidden.copy(),
            case._replace(cells=case.cells._replace(hidden=case.cells.hidden.copy())),
        )
        for cell in candidates.tolist():
            judge.cells.hidden[cell] = False
            rows = [k for k, (terms, _, _) in enumerate(case.row_terms) if cell in terms]
            judge.cells.hidden[cell] = any(judge.is_given_away(k) for k in rows)
            expected[cell] = judge.cells.hidden[cell]
        number = show_needless(case.incidence, case.cells, candidates)
        assert case.cells.hidden.tolist() == expected.tolist(), f"seed {seed}"
        assert number == (~expected[candidates]).sum()
        shown_again, kept_hidden = shown_again + number, kept_hidden + expected.sum()
    assert min(shown_again, kept_hidden) > 60  # not vacuous


LINE: list[Row] = [({0: 1, 1: -1, 2: -1, 3: -1}, 0, 0)]
VALUES = np.array([20, 1, 9, 10])


def line(*hidden: int) -> Case:
    """A total of 20 with parts 1, 9 and 10, of which some are hidden; 5 is asked of each."""
    pattern = np.isin(np.arange(4), hidden)
    cells = Cells(
        VALUES, VALUES, np.zeros(4, np.int64), np.full(4, UNBOUNDED), np.full(4, 5), pattern, np.zeros(1, np.bool_)
    )
    return Case(LINE, cells)


@pytest.mark.parametrize(("hidden", "given_away"), [((), False), ((1,), True), ((1, 2), False), ((0, 1), False)])
def test_a_lone_hidden_cell_of_a_line_is_given_away(hidden: tuple[int, ...], given_away: bool):
    case = line(*hidden)
    assert gives_away(case.incidence, case.cells, 0) == given_away


def test_of_two_needless_cells_of_a_line_the_first_candidate_is_shown():
    for order, left in (([2, 3], {1, 3}), ([3, 2], {1, 2})):
        case = line(1, 2, 3)
        assert show_needless(case.incidence, case.cells, np.array(order)) == 1
        assert set(np.flatnonzero(case.cells.hidden).tolist()) == left
