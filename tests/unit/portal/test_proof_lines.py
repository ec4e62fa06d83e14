"""The line of a dimension that the page of a hidden figure shows: parts that add up to their total."""

import pytest
from tests.helpers.strategies import tree

from seuil.portal.proofs.lines import Line, line_through

KINDS = tree("ALL total,H ALL part,a H kind,b H kind,E ALL part,e E kind")
"""Fees without excess, H, of two kinds, and excess, E, of one."""


@pytest.mark.parametrize(
    ("code", "with_total", "without"),
    [
        ("a", Line((2, 3), 1, 2), Line((2, 3), 1, 2)),
        ("H", Line((1, 4), 0, 1), Line((2, 3), 1, 1)),  # without a total its own parts
        ("E", Line((1, 4), 0, 4), None),
        ("e", Line((1, 5), 0, 5), None),  # a sole child is its parent
    ],
)
def test_the_line_is_that_of_the_siblings_unless_their_total_is_no_figure(
    code: str, with_total: Line, without: Line | None
) -> None:
    assert line_through(KINDS, KINDS.index[code]) == with_total
    assert line_through(KINDS.without_total(), KINDS.index[code]) == without
