"""Whatever filter is asked for, the API and the exports give the rows that Python's own reading of it gives."""

import operator
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpers.portal_release import Reader, Row, api_row, patients_rows

ROWS = patients_rows()
TEXTS = {name: sorted({row[name] for row in ROWS}) for name in ("territoire", "territoire_libelle", "pathologie")}
NUMBERS = ("ntop", "npop", "taux")
COMPARISONS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True)
class Filter:
    """A filter as ODSQL writes it, and as Python means it."""

    text: str
    holds: Callable[[Row], bool]


def quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def compared(name: str, sign: str, written: str, value: object) -> Filter:
    compare = COMPARISONS[sign]
    return Filter(f"{name} {sign} {written}", lambda row: row[name] is not None and compare(row[name], value))


def one_of(name: str, values: list[str]) -> Filter:
    return Filter(f"{name} in ({', '.join(map(quoted, values))})", lambda row: row[name] in values)


signs = st.sampled_from(sorted(COMPARISONS))
texts = st.sampled_from(sorted(TEXTS)).flatmap(
    lambda name: st.builds(
        lambda sign, value: compared(name, sign, quoted(value), value), signs, st.sampled_from(TEXTS[name])
    )
)
lists = st.sampled_from(sorted(TEXTS)).flatmap(
    lambda name: st.lists(st.sampled_from(TEXTS[name]), min_size=1, max_size=3).map(lambda values: one_of(name, values))
)
numbers = st.builds(
    lambda name, sign, value: compared(name, sign, str(value), value),
    st.sampled_from(NUMBERS),
    signs,
    st.integers(-1, 12_000) | st.sampled_from([row["taux"] for row in ROWS if row["taux"] is not None]),
)
years = st.builds(lambda sign, year: compared("annee", sign, f"date'{year}'", year), signs, st.integers(2020, 2025))
missing = st.sampled_from(["ntop", "ntop_statut"]).map(
    lambda name: Filter(f"{name} is null", lambda row: row[name] is None)
)
simple = texts | lists | numbers | years | missing


def negated(one: Filter) -> Filter:
    return Filter(f"not ({one.text})", lambda row: not one.holds(row))


def joined(word: str, together: Callable[..., bool], parts: list[Filter]) -> Filter:
    return Filter(
        f" {word} ".join(f"({part.text})" for part in parts), lambda row: together(p.holds(row) for p in parts)
    )


def compound(parts: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    some = st.lists(parts, min_size=1, max_size=3)
    return (
        parts.map(negated)
        | some.map(lambda found: joined("and", all, found))
        | some.map(lambda found: joined("or", any, found))
    )


filters = st.recursive(simple, compound, max_leaves=6)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@settings(max_examples=60, deadline=None)
@given(asked=filters)
def test_records_are_the_rows_that_hold(reader, asked):
    expected = [api_row(row) for row in ROWS if asked.holds(row)]
    answer = reader.json("/patients/records", where=asked.text, limit=100)
    warnings = [one["code"] for one in answer.pop("hidden", {"warnings": []})["warnings"]]
    assert answer == {"total_count": len(expected), "results": expected}
    assert set(warnings) <= {"filter_reads_hidden"}
    assert bool(warnings) <= any(name in asked.text for name in NUMBERS)


@settings(max_examples=20, deadline=None)
@given(asked=filters, limit=st.integers(0, 30))
def test_exports_are_the_same_rows(reader, asked, limit):
    expected = [api_row(row) for row in ROWS if asked.holds(row)][:limit]
    assert reader.json("/patients/exports/json", where=asked.text, limit=limit) == expected
    csv = reader.get("/patients/exports/csv", where=asked.text, limit=limit, select="npop").content.decode()
    assert csv.removeprefix("\ufeff").split("\r\n") == ["npop", *(str(row["npop"]) for row in expected), ""]


@pytest.mark.soak
@settings(max_examples=2000, deadline=None)
@given(asked=filters)
def test_records_are_the_rows_that_hold_at_length(reader, asked):
    expected = [api_row(row) for row in ROWS if asked.holds(row)]
    assert reader.json("/patients/records", where=asked.text, limit=100)["results"] == expected
