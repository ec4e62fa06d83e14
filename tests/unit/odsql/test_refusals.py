"""Refusals that no case of the fixtures shows."""

import pytest

from seuil.odsql import (
    IncompatibleTypesError,
    InvalidParameterError,
    MalformedQueryError,
    QuerySyntaxError,
    Request,
    Schema,
    compile_records,
)


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        (Request(select="date'2024'"), "date literal"),
        (Request(select="sum(*)"), r"\* is not a value"),
        (Request(select="* as tout"), r"\* can't have a label"),
        (Request(select="sum(ntop, taux)"), r"sum\(\) expects one argument"),
        (Request(select="sum(sum(ntop))"), r"sum\(\) is not allowed here"),
        (Request(select="search('x')"), "is a filter, not a value"),
        (Request(select="dept + 1"), "arithmetic only supports numeric expressions, dept is a text"),
        (Request(select="year(2024)"), "only supports date fields"),
        (Request(where="search(dept)"), "expects a text as its last argument"),
        (Request(where="search()"), "expects a text as its last argument"),
        (Request(where="search(1, 'x')"), "expects fields, then a text"),
        (Request(where="startswith(mots, 'x')"), "does not read the multivalued field mots"),
        (Request(where="mots < 'x'"), "mots is multivalued"),
        (Request(where="mots = mots"), "mots is multivalued"),
        (Request(where="actif > true"), "does not order true and false"),
        (Request(group_by="lower(mots)"), "lower.* only supports text fields"),
        (Request(group_by="sexe", order_by="dept"), "dept is neither a group nor an aggregation"),
        (Request(group_by="sexe", select="sum(ntop) / taux"), "sum.* is neither a group nor an aggregation"),
        (Request(group_by="sexe", select="*"), "annee is neither a group nor an aggregation"),
        (Request(select="dept as sexe, sexe"), "Alias 'sexe' is declared several times"),
        (Request(group_by="sexe as s, dept as s"), "Alias 's' is declared several times"),
        (Request(select=", ".join(f"percentile(ntop, {k})" for k in range(11))), "11 medians.*at most 10"),
        (
            Request(select=", ".join(f"count(distinct ntop + {k})" for k in range(10)), order_by="median(taux)"),
            "11 medians.*at most 10",
        ),
    ],
)
def test_malformed(schema: Schema, request_: Request, says: str) -> None:
    with pytest.raises(MalformedQueryError, match=says):
        compile_records(request_, schema, "t")


@pytest.mark.parametrize(
    "where",
    [
        "and",
        "ntop and",
        "not not actif",
        "ntop = 3 ntop = 4",
        "ntop in ()",
        "ntop in [1..",
        "ntop is 3",
        "dept like 3",
        "ntop = " + "9" * 400,
        "dept = '\\ud800'",
        "'x' as y",
        "",
    ],
)
def test_no_filter(schema: Schema, where: str) -> None:
    with pytest.raises(QuerySyntaxError):
        compile_records(Request(where=(where or "()",)), schema, "t")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("date'2020' = date'2021'", ""),
        ("3 = dept", "a text in quotes"),
        ("annee in (2020)", "date'YYYY'"),
        ("year(annee) = date'2020'", "a number without quotes"),
        ("'x' in ntop", "a number without quotes"),
        ("dept in [1..3]", "a text in quotes"),
    ],
)
def test_unlike_types(schema: Schema, where: str, expected: str) -> None:
    with pytest.raises(IncompatibleTypesError) as refusal:
        compile_records(Request(where=where), schema, "t")
    assert refusal.value.expected == expected


@pytest.mark.parametrize("value", ["taux:1,5", "taux:" + "9" * 301, "actif:oui", "ntop:1.5", "ntop:" + "9" * 19])
def test_impossible_refinements(schema: Schema, value: str) -> None:
    with pytest.raises(InvalidParameterError, match="for refine API parameter"):
        compile_records(Request(refine=(value,)), schema, "t")
