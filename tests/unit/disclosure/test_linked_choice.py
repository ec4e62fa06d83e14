"""Of linked tables the audit is asked about what the search from the true table leaves, and what it proved stays so."""

import os
from collections.abc import Sequence
from random import Random

import numpy as np
import pytest
from tests.helpers.fixed_tables import exact_with_a_sum
from tests.helpers.strategies import PERIOD, dataset, tree
from tests.helpers.tuning import tune

from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.audit import unproved
from seuil.disclosure.constraints.problem import AuditProblem
from seuil.disclosure.cube.cube import Cube, Leaves, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.progress import Progress
from seuil.disclosure.suppress import suppress
from seuil.disclosure.suppress.candidate_repairs import Asked, PricedRepairs
from seuil.disclosure.suppress.candidates import CandidateSearch
from seuil.disclosure.suppress.instance import Instance
from seuil.disclosure.suppress.proving import PatternProver
from seuil.disclosure.suppress.strategy import _Strategy
from seuil.disclosure.suppress.true_table import count_truth, sum_truth
from seuil.disclosure.tuning import TUNING, Effort
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


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly everything is many, a block is one cell, and no effort finds much."""
    weak = Effort(steps=2, stall=1, tries=1, units=0)
    tune(
        monkeypatch,
        "suppress",
        many_unproved=0,
        many_share=-1.0,
        sample_least=1,
        quick=(weak, weak),
        sample_share=1.0,
        block_of_candidates=1,
        blocks_in_a_wave=2,
    )


@pytest.mark.usefixtures("many")
def test_what_is_hidden_for_samples_is_the_same_with_one_thread_and_with_several(
    cube: Cube, monkeypatch: pytest.MonkeyPatch
) -> None:
    waves: list[int] = []
    usual = PricedRepairs.hide_for_in_waves

    def watched(self: PricedRepairs, asked: Sequence[Asked]) -> Ints:
        waves.append(len(asked))
        return usual(self, asked)

    monkeypatch.setattr(PricedRepairs, "hide_for_in_waves", watched)
    patterns = []
    for threads in (1, 4):
        monkeypatch.setattr(os, "sched_getaffinity", lambda _, n=threads: set(range(n)))
        patterns.append(suppress(count_truth(cube), b"secret").hidden)
    assert max(waves) > 2  # more than one wave
    np.testing.assert_array_equal(*patterns)


def test_what_a_wave_hides_lets_the_cells_go_that_it_was_hidden_for(cube: Cube) -> None:
    instance = Instance(count_truth(cube), b"secret")
    asked: list[tuple[PricedRepairs, Sequence[Asked], Ints]] = []
    usual = PricedRepairs.hide_for_in_waves

    def watched(self: PricedRepairs, cells: Sequence[Asked]) -> Ints:
        asked.append((self, cells, usual(self, cells)))
        return asked[-1][2]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PricedRepairs, "hide_for_in_waves", watched)
        prover = PatternProver(instance, None)
        unproved = prover.unproved(instance.start)
        level = TUNING.suppress.price_levels_of_many[-1]
        found = CandidateSearch(instance).secondaries(
            instance.start, unproved, level, 1, prover.bounds_of(instance.start)
        )
    ((repairs, cells, hidden),) = asked
    assert len(cells) > 5 and found.sum() == len(hidden) > 0
    assert all(repairs.moves_already(one) for one in cells if not one.whatever_seen)
    # What is hidden costs nothing any more, and none of it was hidden before.
    prices = repairs.search.problem.price
    own = repairs.search.problem.where_variable[hidden]
    assert (prices[own[own >= 0]] == 0).all() and not (found & instance.start).any()


def test_later_looks_begin_where_the_last_ended_as_long_as_that_holds(cube: Cube) -> None:
    instance = Instance(count_truth(cube), b"secret")
    prover, truth = PatternProver(instance, None), instance.truth.values
    wide = instance.start | instance.eligible
    narrow = instance.start | (instance.eligible & (np.random.default_rng(1).random(len(wide)) < 0.9))
    starts = []
    for pattern in (wide, wide, wide, narrow, wide):
        search, _ = prover.search(pattern)
        starts.append(search.state.base.copy())
        assert search.holds(search.state.base)
        prover.unproved(pattern)
        own = truth[search.system.cell]
        if len(starts) == 1:
            np.testing.assert_array_equal(starts[0], own)  # the first look is from the true table
        elif len(starts) < 4:
            assert (starts[-1] != own).any()  # from the middle, and on from there


def test_sums_of_linked_tables_are_chosen_as_all_sums_are() -> None:
    """Few of them are small, and their tables have to convince contributors: what suits counts hid most of them."""
    cube = exact_with_a_sum(tables=[{"levels": {"place": "all", other: "all"}} for other in ("age", "sex")])
    counts = suppress(count_truth(cube), b"secret")
    instance = Instance(sum_truth(cube, "m", counts.hidden), b"secret")
    assert instance.problem.implied.linking is not None and not instance.linked
    assert not _Strategy(instance, None, None).plane.greedy
    prover, pattern = PatternProver(instance, None), instance.start | instance.eligible
    for _ in range(3):
        search, _cells = prover.search(pattern)
        assert search.system.variables > 50
        np.testing.assert_array_equal(search.state.base, instance.truth.values[search.system.cell])
        prover.unproved(pattern)


def test_a_table_that_breaks_what_is_shown_does_not_hold(cube: Cube) -> None:
    instance = Instance(count_truth(cube), b"secret")
    prover = PatternProver(instance, None)
    search, _ = prover.search(instance.start | instance.eligible)
    base = search.state.base.copy()
    assert search.holds(base)
    for change in (1, -1, 1000):
        for variable in (0, len(base) // 2, len(base) - 1):
            other = base.copy()
            other[variable] += change
            rows = search.system.row_values(other)
            within = (rows >= search.system.row_low) & (rows <= search.system.row_high)
            inside = (other >= search.system.low) & (other <= search.system.high)
            assert search.holds(other) <= bool(within.all() and inside.all())
    assert not search.holds(np.full_like(base, -1))
