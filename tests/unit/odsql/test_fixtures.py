"""ODSQL in, SQL with its parameters and rows out: the cases of tests/fixtures/odsql/*.txt.

A case is a block of lines between blank lines. `# ...` is its title; `where: ...` and the like are the request
(`facet: ...` asks for facets, `export: yes` for an export); then come `sql:`, `parameters:` (JSON) and `rows:` (JSON),
or `error:` with the code and `message:` with the text of the refusal.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from seuil.odsql import (
    Compiled,
    RefusedQueryError,
    Request,
    Schema,
    compile_export,
    compile_facets,
    compile_records,
    declared_facets,
)

FOLDER = Path(__file__).parents[2] / "fixtures" / "odsql"
REPEATABLE = {"where": "where", "refine": "refine", "exclude": "exclude", "facets": "facet"}


@dataclass(frozen=True)
class Case:
    title: str
    asked: dict[str, list[str]]

    def one(self, key: str) -> str | None:
        values = self.asked.get(key)
        return values[0] if values else None

    @property
    def request(self) -> Request:
        numbers = {key: int(self.one(key) or "") for key in ("limit", "offset") if key in self.asked}
        texts = {key: self.one(key) for key in ("select", "group_by", "order_by", "lang", "timezone")}
        repeated = {name: tuple(self.asked.get(key, ())) for name, key in REPEATABLE.items()}
        moment = self.one("now")
        return Request(**texts, **repeated, **numbers, now=datetime.fromisoformat(moment) if moment else None)


def read_cases(text: str) -> list[Case]:
    cases = []
    for block in text.split("\n\n"):
        lines = [line for line in block.splitlines() if line.strip()]
        if not lines:
            continue
        asked: dict[str, list[str]] = {}
        for line in lines[1:]:
            key, _, value = line.partition(": ")
            asked.setdefault(key, []).append(value)
        cases.append(Case(lines[0].removeprefix("# "), asked))
    return cases


CASES = [
    pytest.param(case, id=f"{path.stem}: {case.title}")
    for path in sorted(FOLDER.glob("*.txt"))
    for case in read_cases(path.read_text(encoding="utf-8"))
]


def compiled(case: Case, schema: Schema) -> Compiled:
    if "facet" in case.asked and "export" not in case.asked:
        return compile_facets(case.request, schema, "effectifs", declared_facets(case.request, schema)[0])
    if "export" in case.asked:
        return compile_export(case.request, schema, "effectifs")
    return compile_records(case.request, schema, "effectifs")


@pytest.mark.parametrize("case", CASES)
def test_case(case: Case, schema: Schema, answer: Any) -> None:
    if "error" in case.asked:
        with pytest.raises(RefusedQueryError) as refusal:
            compiled(case, schema)
        assert [refusal.value.error_code, str(refusal.value)] == [case.one("error"), case.one("message")]
        return
    query = compiled(case, schema)
    assert query.sql == case.one("sql")
    assert json.loads(json.dumps(query.parameters, default=str)) == json.loads(case.one("parameters") or "")
    assert [list(row) for row in answer(query)] == json.loads(case.one("rows") or "")


def test_there_are_cases() -> None:
    assert len(CASES) > 50
