"""Groups of hidden cells without a small one, and what they lack, by the groups that enumeration's judge draws."""

from random import Random
from typing import NamedTuple

import numpy as np
import pytest
from tests.helpers.brute_force import Oracle, TooLargeError
from tests.helpers.strategies import PERIOD, dataset, figures_of, random_dataset, random_leaves, tree, with_known

from seuil.disclosure.constraints.groups import Neighbours
from seuil.disclosure.constraints.problem import AuditProblem
from seuil.disclosure.cube.cube import Cube, Leaves, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.suppress.cuts import Cuts
from seuil.disclosure.suppress.justification import Justification
from seuil.disclosure.suppress.true_table import count_truth

FAR = 1 << 40
COMPANY = -1  # what a cut is for that any pattern needs


class Case(NamedTuple):
    """A true cube under a pattern. able: (cells,) that may be hidden."""

    cube: Cube
    problem: AuditProblem
    justification: Justification
    oracle: Oracle
    able: np.ndarray

    @property
    def value(self) -> dict[int, int]:
        """True value of every cell and open rest, as they are numbered in a proof."""
        leaves = self.cube.count[np.ix_(range(self.cube.grid.shape[0]), *(a.leaves for a in self.cube.grid.axes))]
        return {k: int(row @ leaves.reshape(-1)) for k, row in self.oracle.rows.items()}

    @property
    def wished(self) -> set[int]:
        return set(np.flatnonzero(self.cube.grid.asked("hidden")).tolist())

    def small_of(self, group: set[int]) -> set[int]:
        value = self.value
        return {k for k in group if self.oracle.small(np.array(value[k]))}

    @property
    def lacking(self) -> list[set[int]]:
        """Groups in which nothing is small, and nothing hidden by a published wish."""
        return [g for g in self.oracle.groups if not self.small_of(g) and not g & self.wished]

    def mates(self, group: set[int]) -> set[int]:
        """Cells that share an equation or an overlap with a cell of a group, and may be hidden."""
        together = [{self.oracle.number[c] for c in line} for line in self.oracle.lines]
        together += [
            {self.oracle.number[s, *position] for s, _ in self.cube.grid.relations[r].terms}
            for r, position in self.oracle.differences.values()
        ]
        near = set().union(*(t for t in together if t & group)) - group
        return {cell for cell in near if self.able[cell]}


def case_of(cube: Cube, hidden: np.ndarray, seed: int = 0) -> Case:
    """hidden: over the grid's shape."""
    truth = count_truth(cube)
    problem, nothing = truth.problem(hidden.ravel()), truth.problem(np.zeros(hidden.size, np.bool_))
    known, implied = nothing.implied.known, nothing.implied.nodes
    published = cube.grid.published.ravel()
    able = (published | implied) & ~known.exact & ~known.narrow
    low, high = np.where(implied, truth.values, nothing.low), np.where(implied, truth.values, nothing.high)
    floor = np.where(published & cube.grid.zeros_shown, 1, 0)
    once_hidden = np.maximum(floor, known.low), np.where(cube.grid.empty.ravel(), FAR, known.high)
    neighbours = Neighbours(nothing.rows, able, np.random.default_rng(seed))
    justification = Justification(nothing, truth.values, low, high, *once_hidden, neighbours)
    return Case(cube, problem, justification, Oracle(figures_of(cube.grid, cube.count, hidden)), able)


def random_case(seed: int, *, one: bool = False) -> Case | None:
    """Cells hidden at random, whether they are small or not, or one small one alone; None where there is none."""
    draw = Random(seed)
    made = random_dataset(draw)
    definition = made.definition.model_copy(update={"level": "justified"})
    grid = grid_of(type(made)(definition, made.hierarchies, made.path, made.known), PERIOD)
    leaves = random_leaves(draw, grid)
    grid = with_known(draw, grid, leaves)
    shape = (grid.shape[0], *(len(axis.leaves) for axis in grid.axes))
    cube = cube_of(grid, Leaves(leaves.reshape(shape), {}))
    share = draw.choice([0.1, 0.3, 0.6])
    hidden = np.array([draw.random() < share for _ in range(cube.count.size)]).reshape(grid.shape)
    hidden &= grid.published & ~grid.empty & ~((cube.count == 0) & grid.zeros_shown)
    if one:
        small = np.flatnonzero(grid.published & ~grid.empty & (cube.count < grid.threshold) & (cube.count > 0))
        hidden = np.isin(np.arange(hidden.size), draw.sample(small.tolist(), min(len(small), 1))).reshape(grid.shape)
    return case_of(cube, hidden, seed) if hidden.any() else None


CASES = range(200)


def test_cells_of_groups_in_which_none_is_small_have_no_reason():
    without, with_reason = 0, 0
    for case in filter(None, map(random_case, CASES)):
        found = set(np.flatnonzero(case.justification.unjustified(case.problem)).tolist())
        expected = set().union(*case.lacking) & set(np.flatnonzero(case.problem.hidden).tolist())
        assert found == expected
        without, with_reason = without + len(found), with_reason + len(case.oracle.members) - len(found)
    assert min(without, with_reason) > len(CASES) // 2  # not vacuous


def test_a_cell_is_lonely_where_no_other_of_its_group_is_small():
    lonely, in_company = 0, 0
    for case in filter(None, map(random_case, CASES)):
        found = case.justification.sole_small(case.problem)
        for group in case.oracle.groups:
            small = case.small_of(group)
            for cell in (k for k in group if k < len(found)):
                # A small cell that readers know to be small anyway, or a wish, is company enough.
                if not group & (case.wished | set(np.flatnonzero(case.problem.excused).tolist())):
                    assert found[cell] == (not small - {cell})
                    lonely, in_company = lonely + found[cell], in_company + (not found[cell])
    assert min(lonely, in_company) > len(CASES) // 4  # not vacuous


def parts_of(cuts: Cuts) -> list[tuple[int, set[int]]]:
    ends = zip(cuts.start[:-1], cuts.start[1:], strict=True)
    return [(int(held), set(cuts.cell[a:b].tolist())) for held, (a, b) in zip(cuts.held, ends, strict=True)]


def test_a_group_without_a_small_cell_has_to_reach_further_if_a_cell_of_it_stays():
    met = 0
    for case in filter(None, map(random_case, CASES)):
        asked = [(held, cells) for held, cells in parts_of(case.justification.cuts(case.problem)) if held != COMPANY]
        exact = case.problem.implied.known.exact
        expected = [
            (cell, case.mates(group))
            for group in case.lacking
            for cell in group
            if cell < len(exact) and not exact[cell]
        ]
        assert sorted(asked) == sorted(expected)
        met += len(asked)
    assert met > len(CASES) // 2  # not vacuous


def lone_small_cells(case: Case) -> list[tuple[int, set[int]]]:
    """Small cells that alone of their group can be small, by what is known, and need a proof; with the group."""
    known_low = case.problem.implied.known.low
    able = {k for k in case.oracle.members if k >= len(known_low) or known_low[k] < case.cube.grid.threshold}
    alone = [(min(group & able), group) for group in case.oracle.groups if len(group & able) == 1]
    return [(cell, group) for cell, group in alone if cell in case.small_of(group) and cell in case.oracle.to_prove]


def test_a_cell_that_alone_can_be_small_stays_exposed_beside_a_mate_that_is_not_asked_for():
    """The judge enumerates all admissible tables of the pattern with one mate hidden too."""
    asked, not_asked = 0, 0
    for seed in CASES:
        case = random_case(seed, one=True)
        if case is None or case.cube.grid.relations:
            continue
        company = [cells for held, cells in parts_of(case.justification.cuts(case.problem)) if held == COMPANY]
        lone = [(cell, group) for cell, group in lone_small_cells(case) if not group & case.wished]
        assert len(company) == len(lone)
        for cells, (small, group) in zip(company, sorted(lone), strict=True):
            asked += len(cells)
            assert cells <= case.mates(group)
            for mate in case.mates(group) - cells:
                hidden = case.oracle.figures.count.hidden.copy()
                hidden.flat[mate] = True
                then = Oracle(figures_of(case.cube.grid, case.cube.count, hidden))
                if set(then.members) != set(case.oracle.members) | {mate}:
                    continue  # an implied cell comes with it, which may be the small one
                try:
                    if len(then.tables):
                        assert small in then.exposed, f"seed {seed}: {small} is safe beside {mate}"
                        not_asked += 1
                except TooLargeError:
                    continue
    assert asked > 20  # not vacuous
    assert not_asked > 5


def sites(counts: tuple[int, ...], *hidden: str, **fields: object) -> Case:
    """Five sites and their total; small are those below 3."""
    made = dataset({"site": tree("T all,a T leaf,b T leaf,c T leaf,d T leaf")}, threshold=3, **fields)
    grid = grid_of(made, PERIOD)
    cube = cube_of(grid, Leaves(np.array(counts, np.int64).reshape(1, -1), {}))
    return case_of(cube, np.array([[node.code in hidden for node in grid.axes[0].nodes]]))


T, A, B, C, D = range(5)


def test_two_large_cells_have_no_reason_unless_a_published_wish_hides_one():
    case = sites((4, 5, 7, 9), "a", "b")
    assert np.flatnonzero(case.justification.unjustified(case.problem)).tolist() == [A, B]
    assert sorted(parts_of(case.justification.cuts(case.problem))) == [(A, {T, C, D}), (B, {T, C, D})]
    wish = {"where": {"site": ["b"]}, "ask": "hidden", "reason": "it is so agreed"}
    case = sites((4, 5, 7, 9), "a", "b", wishes=[wish])
    assert not case.justification.unjustified(case.problem).any()


def test_no_reason_is_asked_for_at_the_level_plausible():
    case = sites((4, 5, 7, 9), "a", "b", level="plausible")
    assert not case.justification.unjustified(case.problem).any()
    assert parts_of(case.justification.cuts(case.problem)) == []


@pytest.mark.parametrize(("hidden", "mates"), [(("a",), {B, C, D}), (("a", "b"), None)])
def test_a_small_cell_that_is_alone_needs_a_mate_that_can_be_small_too(hidden: tuple[str, ...], mates: set[int] | None):
    """The total can't be small: the shown parts alone are more."""
    case = sites((1, 5, 7, 9), *hidden)
    assert parts_of(case.justification.cuts(case.problem)) == ([] if mates is None else [(COMPANY, mates)])
