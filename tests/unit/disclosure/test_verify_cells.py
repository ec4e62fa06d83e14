"""verify lays out its own cells: as the grid does, which it doesn't share, and against figures laid out otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from tests.helpers.brute_force import cells_of
from tests.helpers.strategies import (
    OVERLAPPING,
    PERIOD,
    dataset,
    random_case,
    random_dataset,
    random_leaves,
    tree,
    with_known,
)

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.disclosure.proof import Proof
from seuil.disclosure.verify import verify
from seuil.disclosure.verify.cells import NO_LIMIT, add_up, lay_out


def assert_same(grid: Grid) -> None:
    layout = lay_out(grid.dataset, grid.period)
    for name in ("published", "empty"):
        np.testing.assert_array_equal(getattr(layout, name), getattr(grid, name), err_msg=name)
    assert [overlap.terms for overlap in layout.overlaps] == [relation.terms for relation in grid.relations]
    elsewhere = grid.elsewhere
    np.testing.assert_array_equal(layout.known_low, elsewhere.low)
    np.testing.assert_array_equal(layout.known_high, elsewhere.high)
    np.testing.assert_array_equal(layout.earlier, elsewhere.hidden)
    np.testing.assert_array_equal(layout.legacy, elsewhere.legacy)
    np.testing.assert_array_equal(layout.wished, grid.asked("hidden"))
    assert (layout.threshold, layout.rounding, layout.zeros_shown) == (grid.threshold, grid.rounding, grid.zeros_shown)
    assert layout.names == grid.names
    assert elsewhere.high.max() <= NO_LIMIT


@pytest.mark.parametrize("block", range(10))
def test_random_layouts_are_those_of_the_grid(block: int):
    """200 a block; with a part in which of it are overlaps, emptiness, wishes, linked tables and knowledge."""
    seen = np.zeros(5, np.int64)
    for number in range(200):
        draw = Random(1_000 * block + number)
        grid = grid_of(random_dataset(draw), PERIOD)
        grid = with_known(draw, grid, random_leaves(draw, grid))
        assert_same(grid)
        elsewhere = grid.elsewhere
        seen += [
            len(grid.relations) > 0,
            grid.empty.any(),
            grid.asked("hidden").any(),
            not grid.published.all(),
            elsewhere.bounded.any() or elsewhere.hidden.any(),
        ]
    assert (seen > 5).all(), seen


def test_codes_are_those_of_the_period():
    """A node that begins later has no cell, nor any below it; what is declared or known of it says nothing."""
    old = tree("T all,R T region,a R leaf,S T region,b S leaf,c S leaf")
    later = tuple(replace(node, valid_from=PERIOD + 1) if node.code == "S" else node for node in old.nodes)
    hierarchies = {
        "o": tree("ALL all,A ALL node,B- ALL node,C- ALL node", "overlapping"),
        "x": replace(old, nodes=later),
    }
    data = dataset(
        hierarchies,
        period={"values": [PERIOD, PERIOD + 1]},
        measures={"n": {"kind": "count", "label": "n"}, "all": {"kind": "count", "label": "all", "at": {"o": "ALL"}}},
        tables=[{"levels": {"o": ["node"], "x": ["region"]}}, {"levels": {"x": ["leaf"]}}],
        empty=[
            {"where": {"x": ["b", "a"], "o": ["A"]}, "reason": "nobody can be there"},
            {"where": {"x": ["c"]}, "reason": "nobody can be there"},
        ],
        known=[
            {"where": {"x": ["b", "R"], "o": ["ALL"]}, "value": 40, "reason": "it was told"},
            {"where": {"x": ["c", "a"]}, "period": PERIOD + 1, "high": 9, "legacy": True, "reason": "it was told"},
        ],
        wishes=[{"where": {"x": ["S", "R"]}, "ask": "hidden", "reason": "it is so agreed"}],
    )
    for period, nodes in ((PERIOD, 3), (PERIOD + 1, 6)):
        grid = grid_of(data, period)
        assert grid.shape == (4, nodes)
        assert_same(grid)


@pytest.mark.parametrize(
    "nodes",
    [
        *OVERLAPPING,
        "ALL all,A- ALL node",
        "ALL! all,A- ALL node,B- ALL node,C- ALL node",
        "ALL all,A- ALL node,B ALL node,C- ALL node,D ALL node,E A sub,F- A sub,G! E sub,H G sub",
    ],
)
def test_differences_are_numbered_as_the_grid_numbers_them(nodes: str):
    grid = grid_of(dataset({"o": tree(nodes, "overlapping"), "x": tree("T all,a T leaf,b T leaf")}), PERIOD)
    assert_same(grid)
    names = lay_out(grid.dataset, PERIOD)
    size = grid.published.size
    assert names.name(size) == grid.names.difference(grid.relations[0].terms, 0)


def test_the_only_slice_has_no_name():
    layout = lay_out(dataset({"x": tree("T all,a T leaf,b T leaf")}), PERIOD)
    assert layout.shape == (1, 3)
    assert layout.name(1) == "x=a"


def test_a_difference_is_named_by_what_is_left():
    layout = lay_out(
        dataset({"o": tree("ALL! all,A ALL node,B ALL node", "overlapping"), "x": tree("T all,a T leaf,b T leaf")}),
        PERIOD,
    )
    assert [layout.name(k) for k in (8, 9, 14)] == ["o=B, x=b", "o=ALL - A, x=T", "o=ALL - B, x=b"]


def test_nodes_are_the_sums_of_their_leaves():
    axes = (tree("T all,R T region,a R leaf,b R leaf,c T region"), tree("T all,f T sex,m T sex"))
    leaves = np.arange(1, 7, dtype=np.int64).reshape(1, 3, 2)
    assert add_up(leaves, axes).tolist() == [[[21, 9, 12], [10, 4, 6], [3, 1, 2], [7, 3, 4], [11, 5, 6]]]


# Figures that are laid out otherwise


def proved(seeds: range) -> Iterator[tuple[Figures, dict[str, Proof]]]:
    """Random figures with a proof that holds."""
    for seed in seeds:
        case = random_case(Random(seed), safe=True)
        proofs = {"count": case.oracle.proof()}
        assert verify(case.figures, proofs) == ()
        yield case.figures, proofs


def test_figures_that_leave_out_a_published_cell_are_refused():
    """Their own grid says that a shown cell isn't published, and holds nothing there."""
    tried = 0
    for figures, proofs in proved(range(40)):
        grid, count = figures.grid, figures.count
        for cell in np.flatnonzero(grid.published & ~count.hidden & (count.values > 0))[:1]:
            published, values = grid.published.copy(), count.values.copy()
            published.flat[cell], values.flat[cell] = False, 0
            assert verify(Figures(replace(grid, published=published), Column(values, count.hidden), {}), proofs)
            tried += 1
    assert tried > 20


def test_figures_that_hide_a_cell_that_is_not_published_are_refused():
    """Their own grid takes all cells for published."""
    tried = 0
    for figures, proofs in proved(range(60)):
        grid, count = figures.grid, figures.count
        for cell in np.flatnonzero(~grid.published & ~grid.empty)[:1]:
            hidden = count.hidden.copy()
            hidden.flat[cell] = True
            everything = replace(grid, published=np.ones_like(grid.published))
            faults = verify(Figures(everything, Column(count.values, hidden), {}), proofs)
            assert [(f.rule, f.found) for f in faults] == [(1, "hidden, but not published at all")]
            tried += 1
    assert tried > 10


def test_cells_that_a_grid_takes_for_empty_are_not():
    """North is hidden; a grid that takes it for empty publishes 0 there, and asks for no proof."""
    grid = grid_of(dataset({"x": tree("T all,north T leaf,south T leaf")}), PERIOD)
    empty = np.array([[False, True, False]])
    figures = Figures(replace(grid, empty=empty), Column(np.array([[57, 0, 57]]), np.zeros((1, 3), np.bool_)), {})
    assert [str(f) for f in verify(figures, {})] == [
        "rule 1: count, x=north: a figure that no count of the threshold or more can give"
    ]


def test_figures_in_another_order_of_dimensions_are_refused():
    hierarchies = {"x": tree("T all,a T leaf,b T leaf"), "y": tree("T all,f T sex,m T sex,u T sex")}
    data = dataset(hierarchies)
    turned = grid_of(replace(data, hierarchies=dict(reversed(hierarchies.items()))), PERIOD)
    count = cells_of(turned, np.full(6, 20))
    figures = Figures(replace(turned, dataset=data), Column(count, np.zeros(count.shape, np.bool_)), {})
    assert [str(f) for f in verify(figures, {})] == [
        "rule 1: count: figures of shape (1, 4, 3) and (1, 4, 3); the grid has (1, 3, 4)"
    ]
