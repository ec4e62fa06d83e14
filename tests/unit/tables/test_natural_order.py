"""Codes of a table stand in the order that people expect."""

from random import Random

import pytest

from seuil.tables.hierarchies import natural


@pytest.mark.parametrize(
    "ordered",
    [
        ["0-4", "5-9", "10-14", "95+"],
        ["01", "02", "2A", "2B", "10", "971"],
        ["a2", "a10", "b1"],
        ["8" * 5000, "9" * 5000, "1" * 5001],  # Python turns no such text into a number
    ],
)
def test_numbers_in_codes_are_in_order_of_their_values(ordered: list[str]) -> None:
    shuffled = Random(1).sample(ordered, len(ordered))
    assert sorted(shuffled, key=natural) == ordered
