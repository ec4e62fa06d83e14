"""docs/reference/python.md names every argument and every public attribute, and no other."""

import inspect
import re
from pathlib import Path

import pytest

from seuil.explain.table_audit import TableAudit
from seuil.explain.verdict import Verdict
from seuil.tables.api import audit, protect, verify
from seuil.tables.protect import ProtectedTable
from seuil.tables.result import ProtectedResult

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "python.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[tuple[str, str]]:
    """The first two columns of the table below a heading."""
    (section,) = re.findall(rf"(?ms)^## {heading}\n(.*?)(?=^##|\Z)", PAGE)
    return re.findall(r"(?m)^\| `(\w+)` \| (.*?) \|", section)


@pytest.mark.parametrize("function", [protect, audit, verify], ids=lambda f: f.__name__)
def test_every_argument_is_documented(function: object) -> None:
    said = {name for name, of in rows("Functions") if of == "all" or f"`{function.__name__}`" in of}
    assert said == set(inspect.signature(function).parameters)


@pytest.mark.parametrize(
    ("kind", "apart"), [(ProtectedTable, {"layout", "figures", "cube", "seconds", "price", "like", "reasons"})]
)
def test_what_a_protected_table_has_is_documented(kind: type, apart: set[str]) -> None:
    there = {
        n for n in (*vars(kind), *vars(ProtectedResult), *ProtectedResult.__annotations__) if not n.startswith("_")
    } - apart
    assert {name for name, _ in rows(kind.__name__)} == there


def test_what_an_audit_has_is_documented() -> None:
    names = (*vars(TableAudit), *vars(Verdict), *Verdict.__annotations__)
    there = {n for n in names if not n.startswith("_")} - {"facts", "safe"}
    assert {name for name, _ in rows("TableAudit")} == there
