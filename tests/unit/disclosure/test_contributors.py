"""What contributors know, and what is hidden because of it, with written numbers."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.helpers.strategies import PERIOD, dataset, tree

from seuil.disclosure.arrays import Ints
from seuil.disclosure.cube.cube import Amounts, Cube, Leaves, SecondUnit, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.protect import protect
from seuil.disclosure.suppress import true_table
from seuil.disclosure.suppress.contributors import ContributorKnowledge, kinds_of
from seuil.disclosure.suppress.true_table import sum_truth

REGION = "T all,north T leaf,south T leaf,east T leaf"
MANY = [40] * 10


def cube(*leaves: Sequence[int], spec: str = REGION) -> Cube:
    """One amount a person. Sums are hidden below 5 people, counts nowhere: those without an amount fill them up."""
    measures = {"n": {"kind": "count", "label": "n"}, "m": {"kind": "sum", "label": "m"}}
    grid = grid_of(dataset({"x": tree(spec)}, threshold=5, measures=measures), PERIOD)
    given = [sorted(leaf, reverse=True) for leaf in leaves]
    each = [(sum(g), len(g), g[0], (*g, 0)[1]) for g in given]
    amounts = Amounts(*(np.array([[one[k] for one in each]], np.int64) for k in range(4)))
    return cube_of(grid, Leaves(np.full((1, len(leaves)), 20), {"m": amounts}))


def hidden(made: Cube) -> list[str]:
    result = protect(made, b"")
    assert result.safe
    nodes = made.grid.axes[0].nodes
    return [nodes[k].code for k in np.flatnonzero(result.figures.sums["m"].hidden[0])]


def test_who_is_alone_in_one_of_two_hidden_cells_does_not_learn_the_other(monkeypatch: pytest.MonkeyPatch):
    made = cube([50], [50, 50, 50], MANY)
    assert len(hidden(made)) == 3
    monkeypatch.setattr(true_table, "knowledge_of_contributors", lambda *_: None)
    assert hidden(made) == ["north", "south"]


def test_three_alone_in_three_cells_keep_each_other():
    assert hidden(cube([50], [50], [50], MANY, spec=f"{REGION},west T leaf")) == ["north", "south", "east"]


def test_two_large_contributors_are_not_taken_for_one():
    """Together they give 3800 of 4000, which then could not be 10 % less."""
    large = cube([2000, 50, 50], [1800, 50, 50], MANY)
    known = sum_truth(large, "m", np.zeros(4, np.bool_)).contributors
    assert known is not None
    least, _ = known.bounds(known.everyone)
    assert least.tolist() == [2000, 2000, 1800, 40]
    assert known.bounds(known.everyone[1:])[0].tolist() == [1800, 0, 1800, 40]
    assert {"north", "south"} <= set(hidden(large))


def test_who_is_alone_in_a_part_is_not_thought_of_where_the_whole_is_asked_about():
    known = sum_truth(cube([50], [50, 40, 30], MANY), "m", np.zeros(4, np.bool_)).contributors
    assert known is not None
    least, exactly = known.bounds(known.everyone)
    assert least.tolist() == [50, 50, 50, 40] and exactly.tolist() == [False, True, False, False]
    least, exactly = known.bounds(known.everyone, cell=0)
    assert least.tolist() == [50, 0, 50, 40] and not exactly.any()
    assert known.bounds(known.everyone)[0].tolist() == [50, 50, 50, 40]


def test_what_a_group_knows_is_the_same_whichever_cells_were_asked_about_before():
    draw = np.random.default_rng(1)
    different = 0
    for _ in range(30):
        given = [draw.integers(1, 90, size=size).tolist() for size in draw.integers(1, 5, size=6)]
        made = cube(*given, spec="T all,N T area,S T area,a N leaf,b N leaf,c N leaf,d S leaf,e S leaf,f S leaf")
        known = sum_truth(made, "m", np.zeros(9, np.bool_)).contributors
        assert known is not None
        for people in (known.everyone, known.everyone[::2], known.everyone[1::2], known.everyone[:0]):
            for cell in draw.permutation(9).tolist():
                found, expected = known.bounds(people, cell)[0].tolist(), _worked_out(known, people, cell)
                assert found == expected
                different += found != known.bounds(people)[0].tolist()
    assert different > 100


def _worked_out(known: ContributorKnowledge, people: Ints, cell: int) -> list[int]:
    """What some people know of every cell at least, leaf by leaf."""
    gives, parts, excepted = known.gives.toarray()[people], known.parts.toarray(), known.excepted.toarray()[cell]
    each = [max([0, *gives[:, leaf].tolist()]) for leaf in range(gives.shape[1])]
    each = [min(most, known.second[leaf]) if excepted[leaf] else most for leaf, most in enumerate(each)]
    return [max(most for leaf, most in enumerate(each) if part[leaf]) for part in parts]


def test_nobody_is_thought_of_where_there_is_nothing():
    made = cube([50], [0], MANY)
    known = sum_truth(made, "m", np.zeros(4, np.bool_)).contributors
    assert known is not None
    assert len(known.whom_to_convince(2)) == 0 and len(known.whom_to_convince(1)) > 0


def test_people_at_one_place_are_of_several_kinds():
    """In two slices, the second a part of the first: the largest there, and somebody else who is alone in the part."""
    gives = kinds_of(np.array([[400], [40]]), np.array([[60], [0]]))
    assert gives.toarray().tolist() == [[400, 0], [40, 40]]


def test_where_a_contributor_is_not_thought_of_one_of_the_second_unit_is():
    """North has one professional, of whose 50 a patient brings 20."""
    made = cube([50], [50, 40, 30], MANY)
    amounts = made.sums["m"]
    for patients, least_in_north in ((7, 20), (1, 0)):
        behind = SecondUnit(np.array([[patients, patients, 30, 300]]), np.array([[20, 20, 10, 10]]))
        one = replace(made, sums={"m": replace(amounts, second_unit=behind)})
        known = sum_truth(one, "m", np.zeros(4, np.bool_)).contributors
        assert known is not None
        assert known.bounds(known.everyone, cell=0)[0].tolist() == [50, least_in_north, 50, 40]
