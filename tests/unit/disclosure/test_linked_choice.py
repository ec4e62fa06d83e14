"""Of linked tables the audit is asked about what the search from the true table leaves, and what it proved stays so."""

from random import Random

import numpy as np
import pytest
from tests.helpers.strategies import PERIOD, dataset, tree
from tests.helpers.tuning import tune

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.audit import unproved
from seuil.disclosure.constraints.problem import AuditProblem
from seuil.disclosure.cube.cube import Cube, Leaves, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.progress import Progress
from seuil.disclosure.suppress import suppress
from seuil.disclosure.suppress.proving import PatternProver
from seuil.disclosure.suppress.strategy import _Strategy
from seuil.disclosure.suppress.true_table import count_truth
from seuil.disclosure.tuning import Effort
from seuil.disclosure.witness.search import WitnessSearch

JOB = "J all,R J family,a R job,b R job,c R job"
TWO = "T all,{0} T leaf,{1} T leaf"


@pytest.fixture
def cube() -> Cube:
    """Three jobs in eight places, by two ages and by two sectors; of five combinations three have nobody."""
    places = "P all," + ",".join(f"p{k} P place" for k in range(8))
    trees = {"job": tree(JOB), "place": tree(places), "age": tree(TWO.format("y", "o"))}
    trees["sector"] = tree(TWO.format("s", "t"))
    tables = [{"levels": {"job": "all", "place": "all", other: "all"}} for other in ("age", "sector")]
    made = dataset(trees, threshold=5, zeros="shown", tables=tables)
    grid, draw = grid_of(made, PERIOD), Random(7)
    shape = (1, *(len(axis.leaves) for axis in grid.axes))
    people = np.array([draw.choice((0, 0, 0, 1, 7)) for _ in range(int(np.prod(shape)))])
    return cube_of(grid, Leaves(people.reshape(shape), {}))


def test_what_the_audit_proves_needs_no_more_to_be_hidden(cube: Cube, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nothing is hidden for samples, so all that the first look leaves comes to the judge.
    tune(
        monkeypatch,
        "suppress",
        many_unproved=0,
        many_share=-1.0,
        sample_least=0,
        price_levels_of_many=(),
        whole_number_cells=0,
    )
    asked: list[Bools] = []

    def judge(problem: AuditProblem) -> Ints:
        asked.append(problem.hidden)
        return np.zeros(0, np.int64)

    truth = count_truth(cube)
    found = suppress(truth, b"secret", judge=judge)
    assert len(asked) == 1
    assert (found.hidden & truth.grid.published.ravel()).sum() == (asked[0] & truth.grid.published.ravel()).sum()
    assert not len(found.unproved)


@pytest.mark.parametrize("how_many", [1, 3])
def test_what_an_audit_proved_is_not_looked_at_again(
    cube: Cube, monkeypatch: pytest.MonkeyPatch, how_many: int
) -> None:
    truth = count_truth(cube)
    first = suppress(truth, b"secret", judge=unproved)
    cells = truth.problem(first.hidden).cells
    looks: list[Ints | None] = []
    pushed: list[int] = []
    usual, usual_round = PatternProver.unproved, WitnessSearch.widen

    def watched(self: PatternProver, hidden: Bools, before: Ints | None = None, *rest: object) -> Ints:
        looks.append(before)
        return usual(self, hidden, before, *rest)

    def round_of(self: WitnessSearch, effort: Effort, cells: Ints, progress: Progress | None = None) -> None:
        pushed.append(len(cells))
        usual_round(self, effort, cells, progress)

    monkeypatch.setattr(PatternProver, "unproved", watched)
    monkeypatch.setattr(WitnessSearch, "widen", round_of)
    refused = cells[:how_many]
    wider = suppress(truth, b"secret", hidden=first.hidden, unproved=refused)
    assert (wider.hidden | ~first.hidden).all() and wider.hidden.sum() > first.hidden.sum()
    assert looks[0] is not None and looks[0].tolist() == refused.tolist()
    assert pushed[0] <= how_many < len(cells)


def test_where_an_audit_found_no_table_room_is_made_for_a_sample(cube: Cube, monkeypatch: pytest.MonkeyPatch) -> None:
    truth, asked = count_truth(cube), list[int]()
    usual = _Strategy._hide_line_mates

    def watched(self: _Strategy, cells: Ints) -> bool:
        asked.append(len(cells))
        return usual(self, cells)

    first = suppress(truth, b"secret", judge=unproved)
    everything = truth.problem(first.hidden).cells
    monkeypatch.setattr(_Strategy, "_hide_line_mates", watched)
    suppress(truth, b"secret", hidden=first.hidden, unproved=everything)
    tune(monkeypatch, "suppress", many_unproved=3, many_share=0.5, sample_share=0.2, sample_least=1)
    suppress(truth, b"secret", hidden=first.hidden, unproved=everything)
    assert asked == [len(everything), len(everything) // 5]
