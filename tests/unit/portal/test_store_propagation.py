"""Bounds along hierarchies, on tables small enough to do by hand."""

import numpy as np

from seuil.portal.store.propagation import Line, propagate

INF = np.inf


def bounds(low: list[float], high: list[float], *lines: tuple[list[int], bool]) -> list[tuple[float, float]]:
    found = propagate(
        np.array(low, dtype=float),
        np.array(high, dtype=float),
        [Line(np.array(parent, dtype=np.int64), additive) for parent, additive in lines],
    )
    return list(zip(found[0].tolist(), found[1].tolist(), strict=True))


def test_a_hidden_part_has_what_its_total_leaves():
    # A total of 95 to 104, a part of 55 to 64, and two hidden parts.
    assert bounds([95, 55, 0, 0], [104, 64, INF, INF], ([-1, 0, 0, 0], True)) == [
        (95, 104), (55, 64), (0, 49), (0, 49),
    ]  # fmt: skip


def test_a_hidden_total_is_at_least_its_parts_and_bounds_its_brothers():
    # A country of 100; a hidden region with departments of 20 and 30; another hidden region.
    assert bounds([100, 0, 20, 30, 0], [100, INF, 20, 30, INF], ([-1, 0, 1, 1, 0], True)) == [
        (100, 100), (50, 100), (20, 20), (30, 30), (0, 50),
    ]  # fmt: skip


def test_overlapping_parts_are_each_at_most_their_total():
    assert bounds([100, 0, 70, 60], [100, INF, 70, 60], ([-1, 0, 0, 0], False)) == [
        (100, 100), (0, 100), (70, 70), (60, 60),
    ]  # fmt: skip
    assert bounds([0, 70, 60], [INF, 70, 60], ([-1, 0, 0], False)) == [(70, INF), (70, 70), (60, 60)]


def test_bounds_go_from_one_hierarchy_to_the_other():
    # Rows: all and one condition, in the country and in two departments; the condition is hidden in the second.
    territory, condition = [-1, 0, 0, -1, 3, 3], [-1, -1, -1, 0, 1, 2]
    low, high = [100, 80, 20, 50, 45, 0], [100, 80, 20, 50, 45, INF]
    assert bounds(low, high, (territory, True), (condition, False))[5] == (0, 5)


def test_figures_that_contradict_their_hierarchy_keep_what_they_had():
    assert bounds([10, 20, 0], [10, 20, INF], ([-1, 0, 0], True)) == [(10, 10), (20, 20), (0, INF)]
