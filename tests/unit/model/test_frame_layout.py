"""The public frame: which cells there are, which are published, which are empty."""

from collections.abc import Callable

import numpy as np
import pytest

from seuil.disclosure.frame import Frame, frame_of
from seuil.model.dataset import Dataset

Read = Callable[..., Dataset]


@pytest.fixture
def frame(read: Read) -> Frame:
    """Slices ALL, G, A, B; sites T, N, S, X (unknown)."""
    return frame_of(read(), 2023)


def test_slices_come_first_whatever_the_definitions_order(frame: Frame) -> None:
    assert frame.shape == (4, 4)
    assert frame.slices == ("ALL", "G", "A", "B")
    assert [n.code for n in frame.axes[0].nodes] == ["T", "N", "S", "X"]


def test_only_nodes_of_the_period_are_there(read: Read) -> None:
    assert frame_of(read(), 2022).shape == (4, 3)


def test_the_tables_are_published(frame: Frame) -> None:
    expected = np.zeros((4, 4), dtype=bool)
    expected[0, 1:3] = True  # sites of the total of the conditions
    assert (frame.published == expected).all()


def test_a_fixed_count_publishes_its_slice_wherever_there_is_a_row(read: Read) -> None:
    without_sums = (
        ("  fees: {kind: sum, label: Fees}\n", ""),
        ("  mean: {kind: mean, label: Mean, of: fees, by: ntop}\n", ""),
        ("    amounts:\n      fees: {column: fees, times: 100}\n", ""),
    )
    only_singles = ("levels: {site: [site]}", "levels: {site: [site], condition: [single]}")
    frame = frame_of(read(only_singles, *without_sums), 2023)
    expected = np.zeros((4, 4), dtype=bool)
    expected[[0, 2, 3], 1:3] = True
    assert (frame.published == expected).all()
    assert frame.slice_of("npop") == 0
    assert frame.slice_of("ntop") is None


def test_what_is_below_declared_emptiness_is_empty_and_so_is_what_it_adds_up_to(read: Read) -> None:
    empty = frame_of(read(), 2023).empty
    assert empty.tolist() == [
        [False] * 4,
        [False, True, False, False],  # G at N is declared, A and B are below it
        [False, True, False, False],
        [False, True, False, False],
    ]
    everywhere = frame_of(read(("site: [N]", "site: [N, S, X]")), 2023).empty
    assert everywhere[1:].all()
    assert not everywhere[0].any()


def test_overlaps(frame: Frame) -> None:
    """Of ALL, whose children don't cover it, only G <= ALL; of G: A <= G, B <= G, G <= A + B."""
    assert [relation.terms for relation in frame.relations] == [
        ((0, 1), (1, -1)),
        ((1, 1), (2, -1)),
        ((1, 1), (3, -1)),
        ((1, -1), (2, 1), (3, 1)),
    ]


def test_the_rules_come_from_the_definition(frame: Frame) -> None:
    assert (frame.threshold, frame.rounding, frame.zeros_shown) == (11, 10, False)


def test_without_an_overlapping_dimension_there_is_one_slice(read: Read) -> None:
    dataset = read()
    only = {"site": dataset.hierarchies["site"]}
    definition = dataset.definition.model_copy(
        update={"empty": (), "measures": {"n": dataset.definition.measures["ntop"]}}
    )
    frame = frame_of(Dataset(definition, only, dataset.path), 2023)
    assert (frame.shape, frame.slices, frame.relations, frame.overlapping) == ((1, 4), ("",), (), None)
    assert frame.published.tolist() == [[False, True, True, False]]
