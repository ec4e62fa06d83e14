"""Tables on which other tools fell short: what they left open is found, and what we make of them is safe."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml
from tests.helpers.brute_force import Oracle, TooLargeError

import seuil
from seuil.model.definition import Definition

PEERS = yaml.safe_load((Path(__file__).parents[2] / "fixtures" / "peers.yaml").read_text(encoding="utf-8"))


def stands_for(row: dict[str, Any], cell: dict[str, str]) -> bool:
    return all(row[name] == code for name, code in cell.items())


def named(cells: list[dict[str, str]]) -> set[tuple[str, ...]]:
    return {tuple(cell.values()) for cell in cells}


@pytest.mark.parametrize("case", [c for c in PEERS if "hidden" in c], ids=lambda c: c["name"])
def test_what_a_tool_left_open_is_found(case):
    definition = Definition.model_validate({"unit": "patient", **case["definition"]})
    (column,) = (name for dimension in definition.dimensions.values() for name in dimension.levels)
    rows = [*case["rows"], {column: "TOTAL", "n": sum(row["n"] for row in case["rows"])}]
    shown = [
        {column: row[column], "n": "NS" if any(stands_for(row, cell) for cell in case["hidden"]) else str(row["n"])}
        for row in rows
    ]
    audit = seuil.audit(pa.Table.from_pylist(shown), definition=definition)
    assert not audit.is_safe
    assert {tuple(audit.layout.name(number).values()) for number in audit.exposed} == named(case["exposed"])


@pytest.mark.parametrize("case", PEERS, ids=lambda c: c["name"])
def test_what_we_make_of_it_is_proved_and_where_tables_can_be_listed_safe(case):
    definition = Definition.model_validate({"unit": "patient", **case["definition"]})
    table = seuil.protect(pa.Table.from_pylist(case["rows"]), definition=definition, secret=b"any" * 11)
    table.check()
    with suppress(TooLargeError):
        assert Oracle(table.figures).exposed == []
    assert table.loss.secondary >= table.loss.price.least_number
