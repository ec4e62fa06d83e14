"""The public grid: which cells there are, which are published, which are empty."""

from collections.abc import Callable

import numpy as np
import pytest

from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.model.dataset import Dataset

Read = Callable[..., Dataset]


@pytest.fixture
def grid(read: Read) -> Grid:
    """Slices ALL, G, A, B; sites T, N, S, X (unknown)."""
    return grid_of(read(), 2023)


def test_slices_come_first_whatever_the_definitions_order(grid: Grid) -> None:
    assert grid.shape == (4, 4)
    assert grid.slices == ("ALL", "G", "A", "B")
    assert [n.code for n in grid.axes[0].nodes] == ["T", "N", "S", "X"]


def test_only_nodes_of_the_period_are_there(read: Read) -> None:
    assert grid_of(read(), 2022).shape == (4, 3)


def test_the_tables_are_published(grid: Grid) -> None:
    expected = np.zeros((4, 4), dtype=bool)
    expected[0, 1:3] = True  # sites of the total of the conditions
    assert (grid.published == expected).all()


def test_a_fixed_count_publishes_its_slice_wherever_there_is_a_row(read: Read) -> None:
    without_sums = (
        ("  fees: {kind: sum, label: Fees}\n", ""),
        ("  mean: {kind: mean, label: Mean, of: fees, by: ntop}\n", ""),
        ("    amounts:\n      fees: {column: fees, times: 100}\n", ""),
    )
    only_singles = ("levels: {site: [site]}", "levels: {site: [site], condition: [single]}")
    grid = grid_of(read(only_singles, *without_sums), 2023)
    expected = np.zeros((4, 4), dtype=bool)
    expected[[0, 2, 3], 1:3] = True
    assert (grid.published == expected).all()
    assert grid.slice_of("npop") == 0
    assert grid.slice_of("ntop") is None


def test_what_is_below_declared_emptiness_is_empty_and_so_is_what_it_adds_up_to(read: Read) -> None:
    empty = grid_of(read(), 2023).empty
    assert empty.tolist() == [
        [False] * 4,
        [False, True, False, False],  # G at N is declared, A and B are below it
        [False, True, False, False],
        [False, True, False, False],
    ]
    everywhere = grid_of(read(("site: [N]", "site: [N, S, X]")), 2023).empty
    assert everywhere[1:].all()
    assert not everywhere[0].any()


def test_overlaps(grid: Grid) -> None:
    """Of ALL, whose children don't cover it, only G <= ALL; of G: A <= G, B <= G, G <= A + B."""
    assert [relation.terms for relation in grid.relations] == [
        ((0, 1), (1, -1)),
        ((1, 1), (2, -1)),
        ((1, 1), (3, -1)),
        ((1, -1), (2, 1), (3, 1)),
    ]


def test_the_rules_come_from_the_definition(grid: Grid) -> None:
    assert (grid.threshold, grid.rounding, grid.zeros_shown) == (11, 10, False)


def test_without_an_overlapping_dimension_there_is_one_slice(read: Read) -> None:
    dataset = read()
    only = {"site": dataset.hierarchies["site"]}
    definition = dataset.definition.model_copy(
        update={"empty": (), "measures": {"n": dataset.definition.measures["ntop"]}}
    )
    grid = grid_of(Dataset(definition, only, dataset.path), 2023)
    assert (grid.shape, grid.slices, grid.relations, grid.overlapping) == ((1, 4), ("",), (), None)
    assert grid.published.tolist() == [[False, True, True, False]]
