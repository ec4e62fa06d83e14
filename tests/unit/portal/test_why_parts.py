"""What a hidden figure is made of, by the names that readers know."""

from pathlib import Path

import pytest
from tests.helpers.fees_by_kind import write_definition

from seuil.model.dataset import Dataset, read_dataset
from seuil.portal.proofs.why import parts_of

CHANGES = (
    (
        "measures:\n",
        "measures:\n  two: {kind: total, label: Both, of: [group, rest]}\n"
        "  rest: {kind: total, label: Rest, of: [{measure: fees, at: {kind: r}}]}\n"
        "  share: {kind: ratio, label: Share, of: rest, to: {measure: fees, at: {kind: r}}}\n",
    ),
)
PLACE = {"territory": "a", "kind": "ALL"}


@pytest.fixture
def fees(tmp_path: Path) -> Dataset:
    return read_dataset(write_definition(tmp_path, *CHANGES))


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        ("fees", [("fees", "ALL")]),
        ("group", [("group", "G")]),  # a total of one figure is that figure, under a name of its own
        ("two", [("group", "G"), ("rest", "r")]),
        ("share", [("rest", "r")]),  # the same figure under two names is told once
        ("mean", [("fees", "ALL"), ("people", "ALL")]),
    ],
)
def test_parts_have_the_names_that_readers_know(fees: Dataset, measure: str, expected: list[tuple[str, str]]) -> None:
    found = parts_of(fees, measure, PLACE)
    assert [(basis.shown_as, basis.place["kind"]) for basis in found] == expected
    assert {basis.base for basis in found} <= {"fees", "count"}
