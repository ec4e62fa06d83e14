"""A build that finds next to nothing in its records stops and says why, without a count."""

from pathlib import Path

import pytest
from tests.helpers.tiny_chain import Chain, some_records, write_records

from seuil.model.errors import DataError
from seuil.workflow.build import Source, build
from seuil.workflow.workspace import open_workspace

pytestmark = pytest.mark.usefixtures("audits_here")


def build_visits(chain: Chain) -> None:
    build([Source(chain.definitions[0], chain.records)], chain.workspace, workers=1)


def test_no_row_is_not_ready_to_be_released(office: Chain) -> None:
    write_records(office.records, {"people": []})
    with pytest.raises(DataError, match=r"2022: fewer than 5 professionals count; .*records\.least_units"):
        build_visits(office)
    assert open_workspace(office.workspace).proposals() == []
    with pytest.raises(DataError, match="fewer than 5"):  # counted already, and still too few
        build_visits(office)


def test_file_of_which_most_rows_do_not_count_is_told_with_the_reason(office: Chain) -> None:
    rows = some_records()["people"]
    strange = [row if k % 3 == 0 else (*row[:3], "x", *row[4:]) for k, row in enumerate(rows)]
    write_records(office.records, {"people": strange})
    with pytest.raises(DataError) as raised:
        build_visits(office)
    assert "people.csv: more than 50 % of the rows are set aside: value of age that fits no code" in str(raised.value)
    assert not any(part.isdigit() and len(part) == 3 for part in str(raised.value).split())


def test_limits_are_the_definition_s(office: Chain) -> None:
    definition: Path = office.definitions[0]
    text = definition.read_text(encoding="utf-8")
    definition.write_text(f"{text}  least_units: 301\n", encoding="utf-8")
    with pytest.raises(DataError, match="fewer than 301 professionals count"):
        build_visits(office)
    definition.write_text(f"{text}  least_units: 300\n  most_set_aside: 0\n", encoding="utf-8")
    build_visits(office)


@pytest.mark.parametrize(
    ("written", "reason"),
    [("12,5", "comma"), ("1 250", "spaces"), ("1\u202f250", "spaces"), ("-12", "negative"), ("", "no amount is given")],
)
def test_sum_to_which_most_rows_add_nothing_is_told_with_the_reason(office: Chain, written: str, reason: str) -> None:
    rows = some_records()["people"]
    strange = [row if k % 3 == 0 else (*row[:-1], written) for k, row in enumerate(rows)]
    write_records(office.records, {"people": strange})
    with pytest.raises(DataError) as raised:
        build_visits(office)
    said = str(raised.value)
    assert "people.csv: more than 50 % of the rows add nothing to fees: " in said
    assert reason in said
    assert "set aside:" not in said
