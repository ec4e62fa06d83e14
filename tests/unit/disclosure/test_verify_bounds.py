"""Rule 9 of `verify`: outer bounds that a release tells of hidden cells, right and wrong ones."""

from dataclasses import replace

import numpy as np
import pytest
from tests.helpers.pictures import Picture, draw

from seuil.disclosure.constraints.outer import outer_bounds
from seuil.disclosure.proof import UNKNOWN, OuterBounds, Proof
from seuil.disclosure.verify import verify
from seuil.disclosure.verify.bounds import count_base
from seuil.disclosure.verify.cells import lay_out
from seuil.disclosure.verify.outer import within
from seuil.disclosure.verify.tables import table_faults


def ints(*values: int) -> np.ndarray:
    return np.array(values, dtype=np.int64)


@pytest.fixture
def pair() -> Picture:
    return draw("| north | south | TOTAL\n | NS | NS | 57")


@pytest.fixture
def proof(pair: Picture) -> Proof:
    """(north, south) is (0, 57) or (57, 0)."""
    cells = ints(*sorted((pair.cell("north"), pair.cell("south"))))
    low = ints(0, 1) if cells[0] == pair.cell("north") else ints(1, 0)
    return Proof(ints(0, 57), ints(0, 2), ints(0, 1), ints(57, -57), cells, low, 1 - low, ints(0))


def faults(pair: Picture, proof: Proof, told: OuterBounds) -> list[str]:
    return [str(fault) for fault in verify(pair.figures, {"count": proof}, {"count": told})]


def test_bounds_are_what_a_line_leaves(pair, proof):
    told = outer_bounds(pair.figures)["count"]
    assert told.cells.tolist() == sorted((pair.cell("north"), pair.cell("south")))
    assert (told.low.tolist(), told.high.tolist()) == ([0, 0], [57, 57])
    assert faults(pair, proof, told) == []


def test_wider_bounds_hold_too_and_none_at_all_do(pair, proof):
    told = outer_bounds(pair.figures)["count"]
    assert faults(pair, proof, replace(told, high=ints(70, UNKNOWN))) == []
    assert verify(pair.figures, {"count": proof}) == ()


def test_bounds_that_the_figures_do_not_give_are_refused(pair, proof):
    told = outer_bounds(pair.figures)["count"]
    found = "bounds that do not follow from the published figures, line by line"
    for narrow in (replace(told, high=ints(57, 56)), replace(told, low=ints(0, 1))):
        assert faults(pair, proof, narrow) == [
            f"rule 9: count, {pair.figures.grid.names.in_proof(told.cells[1], [])}: {found}"
        ]


def test_no_table_of_a_proof_is_outside(pair, proof, monkeypatch):
    told = outer_bounds(pair.figures)["count"]
    monkeypatch.setattr("seuil.disclosure.verify.outer._too_narrow", lambda *_: [])
    found = faults(pair, proof, replace(told, high=ints(57, 50)))
    assert len(found) == 1
    assert "rule 9" in found[0]
    assert "outside the bounds that are told of it" in found[0]


def test_a_sum_that_need_not_be_proved_is_held_against_its_bounds_too():
    """A hidden total that nothing else is asked of, as where an earlier release tells it: it is still added up."""
    pair = draw("| north | south | TOTAL\n | NS | NS | NS")
    layout = lay_out(pair.figures.grid.dataset, pair.figures.grid.period)
    base = count_base(layout, pair.figures)
    base = replace(base, excused=base.hidden, low=np.zeros_like(base.low), justified=False)
    nothing = Proof(ints(3, 54), ints(0), ints(), ints(), ints(), ints(), ints(), ints())
    cells, total = np.flatnonzero(base.hidden), pair.cell("TOTAL")
    for high, found in ((60, 0), (56, 1)):
        told = OuterBounds(cells, np.where(cells == total, 50, 0), np.where(cells == total, high, 99))
        faults = table_faults(within(base, told), nothing)
        assert [fault.rule for fault in faults] == [9] * found, faults


def test_what_they_list_and_how_is_checked(pair, proof):
    told = outer_bounds(pair.figures)["count"]
    total = pair.cell("TOTAL")
    for wrong, found in (
        (OuterBounds(told.cells[:1], told.low[:1], told.high[:1]), "hidden, and no bounds are told"),
        (OuterBounds(ints(*sorted([*told.cells, total])), ints(0, 0, 0), ints(90, 90, 90)), "cell that is not hidden"),
        (replace(told, low=ints(0)), "not equally long"),
        (replace(told, cells=told.cells[::-1].copy()), "not in ascending order"),
        (replace(told, cells=ints(0, 999)), "a cell that does not exist"),
        (replace(told, low=ints(-1, 0)), "negative"),
        (replace(told, high=told.high.astype(np.int32)), "not a list of int64"),
    ):  # fmt: skip
        assert [found in text for text in faults(pair, proof, wrong)] == [True], (found, faults(pair, proof, wrong))
