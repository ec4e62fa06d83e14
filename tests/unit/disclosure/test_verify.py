"""verify, rule by rule, on tables small enough to check by hand."""

from dataclasses import replace

import numpy as np
import pytest
from tests.helpers.pictures import Picture, draw
from tests.helpers.strategies import PERIOD, dataset, tree

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.proof import Proof
from seuil.disclosure.verify import Fault, verify

PAIR = """
     | north | south | TOTAL
     |  NS   |  NS   |  57
"""
NONE = np.zeros(0, dtype=np.int64)


def ints(*numbers: int) -> np.ndarray:
    return np.array(numbers, dtype=np.int64)


THREE = {
    "move_start": ints(0, 2, 4, 6),
    "move_variable": ints(0, 1, 0, 1, 0, 1),
    "move_change": ints(1, -1, 2, -2, 3, -3),
}
EARLIER = "move_from holds another number than 0 or that of an earlier table that starts from the base"


@pytest.fixture
def pair() -> Picture:
    return draw(PAIR)


@pytest.fixture
def proof(pair: Picture) -> Proof:
    """(north, south) is (0, 57) or (57, 0)."""
    return Proof(
        base=ints(0, 57),
        move_start=ints(0, 2),
        move_variable=ints(0, 1),
        move_change=ints(57, -57),
        cells=ints(pair.cell("north"), pair.cell("south")),
        low=ints(0, 1),
        high=ints(1, 0),
        move_from=ints(0),
    )


def with_two_moves(proof: Proof, first: int, second: int, **changes: np.ndarray) -> Proof:
    """The same with two moves, each of so many from south to north."""
    moves = {
        "move_start": ints(0, 2, 4),
        "move_variable": ints(0, 1, 0, 1),
        "move_change": ints(first, -first, second, -second),
        "move_from": ints(0, 0),
    }
    return replace(proof, **(moves | changes))


def faults(picture: Picture, proof: Proof) -> list[str]:
    return [str(f) for f in verify(picture.figures, {"count": proof})]


def test_a_proof_that_holds(pair, proof):
    assert verify(pair.figures, {"count": proof}) == ()


def test_a_fault_reads_as_a_sentence():
    fault = Fault(4, "count", "column=north", "not the published figure in table 2: 40")
    assert str(fault) == "rule 4: count, column=north: not the published figure in table 2: 40"
    assert str(Fault(2, "count", "", "there is no proof")) == "rule 2: count: there is no proof"


# Rule 1: the figures


def with_count(picture: Picture, **cells: tuple[int, bool]) -> Figures:
    values, hidden = picture.figures.count.values.copy(), picture.figures.count.hidden.copy()
    for column, (value, is_hidden) in cells.items():
        values.flat[picture.cell(column)], hidden.flat[picture.cell(column)] = value, is_hidden
    return replace(picture.figures, count=Column(values, hidden))


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ({"north": (3, True)}, "rule 1: count, column=north: a figure in a cell that is not shown"),
        (
            {"TOTAL": (10, False)},
            "rule 1: count, column=TOTAL: a figure that no count of the threshold or more can give",
        ),
        (
            {"TOTAL": (0, False)},
            "rule 1: count, column=TOTAL: a figure that no count of the threshold or more can give",
        ),
        (
            {"TOTAL": (-57, False)},
            "rule 1: count, column=TOTAL: a figure that no count of the threshold or more can give",
        ),
        ({"TOTAL": (2**41, False)}, "rule 1: count: a figure above 2^40"),
    ],
)
def test_figures_that_cannot_be(pair, proof, cells, found):
    assert [str(f) for f in verify(with_count(pair, **cells), {"count": proof})] == [found]


def test_figures_of_another_shape_or_type(pair, proof):
    count = pair.figures.count
    for column in (
        Column(count.values[:, :2], count.hidden[:, :2]),
        Column(count.values.astype(np.float64), count.hidden),
    ):
        assert [f.rule for f in verify(replace(pair.figures, count=column), {"count": proof})] == [1]


def test_a_figure_that_rounding_cannot_give(proof):
    picture = draw(PAIR.replace("57", "57"), rounding=10)
    assert "rule 1: count, column=TOTAL" in faults(picture, proof)[0]


def test_a_hidden_cell_that_is_not_published(proof):
    picture = draw("| north | (unknown) | TOTAL\n | NS | ? | 57")
    figures = with_count(picture, unknown=(0, True))
    assert (
        str(verify(figures, {"count": proof})[0]) == "rule 1: count, column=unknown: hidden, but not published at all"
    )


def test_declared_zeros_are_shown_as_zero(proof):
    picture = draw("| women | men | TOTAL\n | . | 40 | 40")
    for cell, found in (((0, True), "hidden, but declared empty"), ((12, False), "a figure, but declared empty")):
        assert [(f.rule, f.cell, f.found) for f in verify(with_count(picture, women=cell), {"count": proof})] == [
            (1, "column=women", found)
        ]


def test_shown_figures_of_an_overlap_that_differ_by_few():
    picture = draw("| north | TOTAL\n all | 50 | 50\n ill | 45 | 45", overlap=True)
    assert [str(f) for f in verify(picture.figures, {})] == [
        f"rule 1: count, row=all - ill, column={column}: shown figures differ by less than the threshold, so that few "
        "units are in one and not in the other"
        for column in ("TOTAL", "north")
    ]


def test_equal_figures_of_an_overlap_where_zeros_are_shown():
    picture = draw("| TOTAL\n all | 50\n ill | 50", overlap=True, zeros="shown", threshold=5)
    proof = Proof(ints(50, 50), ints(0), NONE, NONE, NONE, NONE, NONE, NONE)
    assert verify(picture.figures, {"count": proof}) == ()


# Rule 2: the proof


@pytest.mark.parametrize(("exponent", "refused"), [(39, False), (40, True)])
def test_the_more_a_move_can_add_up_the_smaller_its_numbers_must_be(pair, proof, exponent: int, refused: bool):
    """2^21 numbers of 2^39 are 2^60; of such a move, a base and another move nothing overflows."""
    times = 1 << 21
    sign = np.where(np.arange(times) % 2 == 0, 1, -1)
    long = replace(
        proof,
        move_start=ints(0, times),
        move_variable=np.zeros(times, np.int64),
        move_change=sign * (1 << exponent),
        move_from=ints(0),
    )
    found = f"move_change holds a number beyond {1 << 39:,}, and {times:,} of them might be added up"
    assert (found in [f.found for f in verify(pair.figures, {"count": long})]) is refused


def test_every_base_has_a_proof_and_nothing_else_has(pair, proof):
    assert [str(f) for f in verify(pair.figures, {})] == ["rule 2: count: there is no proof"]
    assert [str(f) for f in verify(pair.figures, {"count": proof, "fees": proof})] == [
        "rule 2: fees: a proof of nothing that is published"
    ]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"base": ints(0, 57, 0)}, "a base table of 3 numbers; there are 2 leaves"),
        ({"base": np.array([0.0, 57.0])}, "base is not a list of int64 numbers"),
        ({"base": np.array([[0, 57]])}, "base is not a list of int64 numbers"),
        ({"base": ints(-(2**41), 57)}, "base holds a number beyond 1,099,511,627,776, and 2 of them might be added up"),
        (
            {"move_change": ints(2**62, -57)},
            "move_change holds a number beyond 1,099,511,627,776, and 2 of them might be added up",
        ),
        ({"move_change": ints(57)}, "move_variable and move_change are not equally long"),
        ({"move_variable": ints(0, 2)}, "move_variable holds a number outside 0 to 1"),
        ({"move_variable": ints(-1, 1)}, "move_variable holds a number outside 0 to 1"),
        ({"move_start": NONE}, "move_start is not offsets into move_variable"),
        ({"move_start": ints(0, 1)}, "move_start is not offsets into move_variable"),
        ({"move_start": ints(0, 3, 2)}, "move_start is not offsets into move_variable"),
        ({"move_start": ints(1, 2)}, "move_start is not offsets into move_variable"),
        ({"low": ints(0, 2)}, "low holds the number of a table that does not exist"),
        ({"high": ints(-1, 0)}, "high holds the number of a table that does not exist"),
        ({"high": ints(0)}, "cells, low and high are not equally long"),
        ({"cells": ints(1, 3)}, "cells holds a number outside 0 to 2"),
        ({"move_from": NONE}, "move_from does not say of every move where it starts"),
        ({"move_from": ints(1)}, EARLIER),
        ({"move_from": ints(-1)}, EARLIER),
        ({**THREE, "move_from": ints(0, 1, 2)}, EARLIER),
    ],
)
def test_a_proof_that_is_not_well_formed(pair, proof, changes, found):
    assert faults(pair, replace(proof, **changes)) == [f"rule 2: count: {found}"]


def test_cells_are_listed_once(pair, proof):
    north, south, total = (pair.cell(c) for c in ("north", "south", "TOTAL"))
    assert faults(pair, replace(proof, cells=ints(north, total))) == [
        "rule 2: count, column=south: to be proved, and not listed",
        "rule 2: count, column=TOTAL: listed, though it is not hidden",
    ]
    twice = replace(proof, cells=ints(north, south, south), low=ints(0, 1, 1), high=ints(1, 0, 0))
    assert faults(pair, twice) == ["rule 2: count, column=south: listed more than once"]


def test_many_faults_are_counted():
    columns = [f"c{k}" for k in range(30)]
    picture = draw("|" + "|".join(columns) + "| TOTAL\n |" + "|".join(["NS"] * 30) + "| 500")
    bare = Proof(np.full(30, 10), ints(0), NONE, NONE, NONE, NONE, NONE, NONE)
    found = faults(picture, bare)
    assert len(found) == 11
    assert found[-1] == "rule 2: count: to be proved, and not listed: 20 more cells"


# Rules 3 to 8: the tables


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"base": ints(-1, 58)}, "rule 3: count, column=north: less than nobody in table 0: -1"),
        ({"move_change": ints(58, -58)}, "rule 3: count, column=south: less than nobody in table 1: -1"),
        ({"base": ints(0, 56)}, "rule 4: count, column=TOTAL: not the published figure in table 0: 56"),
        ({"move_change": ints(56, -57)}, "rule 4: count, column=TOTAL: not the published figure in table 1: 56"),
        (
            {"base": ints(20, 37), "move_change": ints(37, -37)},
            "rule 7: count, column=north: no cell of its group is small in table 0",
        ),
        (
            {"move_change": ints(20, -20)},
            "rule 7: count, column=north: no cell of its group is small in table 1",
        ),
        ({"move_change": ints(10, -10)}, "rule 8: count, column=north: its two tables differ at it by less than 11"),
        ({"low": ints(1, 1)}, "rule 8: count, column=north: its two tables differ at it by less than 11"),
    ],
)
def test_tables_that_prove_nothing(pair, proof, changes, found):
    assert faults(pair, replace(proof, **changes))[0] == found


def test_a_table_that_is_not_named_need_not_be_justified(pair, proof):
    more = with_two_moves(proof, 57, 20)
    assert faults(pair, more) == []
    assert faults(pair, replace(more, high=ints(2, 0)))[0].startswith("rule 7")


def test_a_base_that_only_its_moves_justify(pair, proof):
    """The base (20, 37) is not named; the two moves from it are."""
    other = with_two_moves(proof, -20, 37, base=ints(20, 37), low=ints(1, 2), high=ints(2, 1))
    assert faults(pair, other) == []


def test_a_move_may_start_from_another_table(pair, proof):
    """(0, 57), (20, 37) and, away from that, (57, 0)."""
    other = with_two_moves(proof, 20, 37, low=ints(0, 2), high=ints(2, 0), move_from=ints(0, 1))
    assert faults(pair, other) == []
    from_base = replace(other, move_from=ints(0, 0))
    assert {f.split(":")[0] for f in faults(pair, from_base)} == {"rule 7"}
    beyond = replace(other, move_change=ints(20, -20, 38, -38))
    assert faults(pair, beyond)[0] == "rule 3: count, column=south: less than nobody in table 2: -1"


def test_a_group_that_a_move_leaves_alone_is_not_justified_by_it():
    picture = draw(
        """
            | west | west.a | west.b | east | east.c | east.d | TOTAL
            |  57  |   NS   |   NS   |  40  |   NS   |   NS   |  97
        """
    )
    cells = np.sort([picture.cell(c) for c in "abcd"])
    proof = Proof(
        base=ints(0, 57, 20, 20),
        move_start=ints(0, 2, 4, 6),
        move_variable=ints(0, 1, 2, 3, 2, 3),
        move_change=ints(57, -57, 20, -20, -20, 20),
        cells=cells,
        low=ints(2, 1, 2, 3),
        high=ints(1, 2, 3, 2),
        move_from=ints(0, 0, 0),
    )
    assert [f.split(": ", 1)[0] for f in faults(picture, proof)] == ["rule 7"]
    assert "column=c" in faults(picture, proof)[0]
    assert "table 1" in faults(picture, proof)[0]


def test_a_rounded_10_is_at_least_the_threshold():
    picture = draw("| north | south | TOTAL\n | 10 | NS | 20", rounding=10, level="plausible")
    proof = Proof(ints(10, 5), ints(0), NONE, NONE, ints(picture.cell("south")), ints(0), ints(0), NONE)
    assert faults(picture, proof)[0] == "rule 5: count, column=north: what the rules don't allow in table 0: 10"


def test_nobody_is_in_empty_cells():
    picture = draw("| women | men | boys | TOTAL\n | . | NS | NS | 57")
    cells = np.sort([picture.cell("men"), picture.cell("boys")])
    proof = Proof(ints(1, 0, 56), ints(0), NONE, NONE, cells, ints(0, 0), ints(0, 0), NONE)
    assert faults(picture, proof)[0].startswith("rule 4: count, column=women")


def test_somebody_is_in_hidden_cells_where_zeros_are_shown(proof):
    assert faults(draw(PAIR, zeros="shown"), proof)[0] == (
        "rule 5: count, column=north: what the rules don't allow in table 0: 0"
    )


def test_an_implied_cell_that_shown_figures_fix():
    picture = draw("| north | south | (unknown) | TOTAL\n | 40 | 30 | | 75")
    proof = Proof(ints(40, 30, 5), ints(0), NONE, NONE, NONE, NONE, NONE, NONE)
    assert faults(picture, proof) == ["rule 5: count, column=unknown: the shown figures fix it below the threshold"]


def test_an_overlap_holds_in_every_leaf():
    picture = draw(
        """
             | north | south | TOTAL
        all  |  50   |  50   |  100
        ill  |  NS   |  NS   |  60
        """,
        overlap=True,
        level="plausible",
        rounding=10,
    )
    cells = ints(picture.cell("north", "ill"), picture.cell("south", "ill"))
    proof = Proof(ints(50, 50, 60, 0), ints(0), NONE, NONE, cells, ints(0, 0), ints(0, 0), NONE)
    assert (
        faults(picture, proof)[0]
        == "rule 6: count, row=all - ill, column=north: an overlap that does not hold in table 0: -10"
    )


def test_a_difference_is_proved_by_its_own_tables():
    picture = draw("| TOTAL\n all | 100\n ill | NS", overlap=True)
    proof = Proof(ints(100, 0), ints(0, 1), ints(1), ints(100), ints(1, 2), ints(0, 1), ints(1, 0), ints(0))
    assert faults(picture, proof) == []
    assert faults(picture, replace(proof, high=ints(1, 1))) == [
        "rule 8: count, row=all - ill, column=TOTAL: its two tables differ at it by less than 11"
    ]


# Sums


@pytest.fixture
def fees() -> Figures:
    """North and south hidden, 100 in all; the count's too."""
    hierarchies = {"column": tree("TOTAL all,north TOTAL leaf,south TOTAL leaf,east TOTAL leaf")}
    measures = {
        "n": {"kind": "count", "label": "n"},
        "fees": {"kind": "sum", "label": "fees", "width": 50},
    }
    grid = grid_of(dataset(hierarchies, measures=measures, threshold=5, zeros="shown"), PERIOD)
    hidden = np.array([[False, True, True, False]])
    count, amounts = Column(np.array([[57, 0, 0, 0]]), hidden), Column(np.array([[100, 0, 0, 0]]), hidden)
    return Figures(grid, count, {"fees": amounts})


@pytest.fixture
def proofs() -> dict[str, Proof]:
    shape = {"move_start": ints(0, 2), "move_variable": ints(0, 1), "cells": ints(1, 2), "move_from": ints(0)}
    ends = {"low": ints(0, 1), "high": ints(1, 0)}
    return {
        "count": Proof(base=ints(1, 56, 0), move_change=ints(55, -55), **shape, **ends),
        "fees": Proof(base=ints(25, 75, 0), move_change=ints(50, -50), **shape, **ends),
    }


def test_a_sum_is_proved_by_its_width(fees, proofs):
    assert verify(fees, proofs) == ()
    narrow = replace(proofs["fees"], move_change=ints(49, -49))
    assert [f.rule for f in verify(fees, {**proofs, "fees": narrow})] == [8, 8]


def test_a_sum_stays_with_its_count(fees, proofs):
    amounts = fees.sums["fees"]
    shown = Column(np.array([[100, 30, 70, 0]]), np.zeros((1, 4), dtype=np.bool_))
    assert {str(f) for f in verify(replace(fees, sums={"fees": shown}), proofs)} == {
        f"rule 1: fees, column={c}: an amount where the count is hidden" for c in ("north", "south")
    }
    for values, hidden, found in (
        (np.array([[107, 0, 0, 7]]), amounts.hidden, "an amount where nobody is counted"),
        (amounts.values, np.array([[False, True, True, True]]), "hidden, though nobody is counted there"),
        (np.array([[-100, 0, 0, 0]]), amounts.hidden, "an amount below 0"),
    ):
        column = Column(values, hidden)
        assert [f.found for f in verify(replace(fees, sums={"fees": column}), proofs)] == [found]


def test_no_amount_where_nobody_is_counted(fees, proofs):
    """East is a shown 0 in the count, so no table of the fees may use it."""
    more = replace(proofs["fees"], base=ints(25, 74, 1))
    assert {f.rule for f in verify(fees, {**proofs, "fees": more})} == {4}
