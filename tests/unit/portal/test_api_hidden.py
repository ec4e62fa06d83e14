"""What an answer tells of hidden figures behind its sums, and of sums that add what can't be added."""

import pytest
from tests.helpers.portal_release import Reader

reader = Reader()
RECORDS = "/patients/records"
DEPARTMENTS = 'territoire_niveau = "departement"'
YEAR = "annee = date'2022'"


def ask(**parameters):
    return reader.json(RECORDS, **parameters)


def test_a_sum_without_hidden_rows_says_nothing_of_them():
    answer = ask(select="sum(ntop) as n", where=f'{DEPARTMENTS} and {YEAR} and pathologie = "ALL"', limit=1)
    assert answer == {"total_count": 3, "results": [{"n": 1800}]}


def test_a_partial_sum_names_the_published_total_of_the_same_rows():
    answer = ask(select="pathologie, sum(ntop) as n", where=f"{DEPARTMENTS} and {YEAR}", group_by="pathologie")
    assert answer["results"][2] == {"pathologie": "DIA", "n": 1260}
    told = answer["hidden"]["results"]
    assert told[0] == {}
    assert (told[2]["n"]["status"], told[2]["n"]["hidden_rows"]) == ("partiel", 1)
    assert told[2]["n"]["published_total"] == {
        "value": 930, "where": 'annee = date\'2022\' and territoire = "FR" and pathologie = "DIA"',
    }  # fmt: skip
    total = ask(select="ntop", where=told[2]["n"]["published_total"]["where"])
    assert total["results"] == [{"ntop": 930}]
    assert answer["hidden"]["warnings"] == []


@pytest.mark.parametrize("where", [f"{DEPARTMENTS} and {YEAR}", f"{DEPARTMENTS} and {YEAR} and length(territoire) < 9"])
def test_the_same_sum_under_two_names_is_told_of_under_both(where):
    """Of plain filters, which arrays answer, and of those that only the engine can."""
    answer = ask(select="pathologie, sum(ntop) as a, sum(ntop) as b", where=where, group_by="pathologie")
    assert answer["results"][2] == {"pathologie": "DIA", "a": 1260, "b": 1260}
    told = answer["hidden"]["results"][2]
    assert told["a"] == told["b"] and told["a"]["hidden_rows"] == 1


def test_a_sum_of_some_parts_has_no_published_total():
    where = f'territoire in ("75", "2A") and {YEAR} and pathologie = "DIA"'
    (told,) = ask(select="sum(ntop) as n", where=where, limit=1)["hidden"]["results"]
    assert "published_total" not in told["n"]


def test_where_everything_is_hidden_the_value_is_null_and_says_ns():
    answer = ask(select="sum(ntop) as n, ntop / npop as r", where='territoire = "2A" and pathologie = "DIA"', limit=1)
    assert answer["results"] == [{"n": None, "r": None}]
    assert answer["hidden"]["results"][0]["n"]["status"] == "NS"
    content = reader.get(
        "/patients/exports/csv", select="sum(ntop) as n", limit=1, where='territoire="2A" and pathologie="DIA"'
    )
    assert content.text == "\ufeffn\r\nNS\r\n"


@pytest.mark.parametrize(
    ("where", "group_by", "warnings"),
    [
        (f"{YEAR} and pathologie = 'ALL'", "", [("adds_totals_to_parts", 'territoire = "FR"')]),
        (f"{YEAR} and territoire = 'FR'", "", [("adds_totals_to_parts", 'pathologie = "ALL"')]),
        (f"{YEAR} and territoire = 'FR' and pathologie != 'ALL'", "", [("adds_overlapping_parts", None)]),
        ("territoire = 'FR' and pathologie = 'ALL'", "", [("adds_periods", "annee = date'2023'")]),
        ("territoire = 'FR' and pathologie = 'ALL'", "annee", []),
        (DEPARTMENTS, "annee, pathologie_libelle", []),
        ("", "territoire, pathologie", [("adds_periods", "annee = date'2023'")]),
        (f"{YEAR} and territoire = 'FR' and pathologie = 'ALL' and ntop > 3", "", [("filter_reads_hidden", None)]),
    ],
)
def test_sums_of_what_can_t_be_added_are_told_with_the_filter_that_would_be_right(where, group_by, warnings):
    answer = ask(select="sum(ntop)", where=where, group_by=group_by, limit=100 if group_by else 1)
    told = answer.get("hidden", {"warnings": []})["warnings"]
    assert [(one["code"], one["where"]) for one in told] == warnings
    for one in told:
        if one["where"] is not None:
            right = ask(select="sum(ntop)", where=[where, one["where"]], group_by=group_by, limit=1)
            assert one["code"] not in [other["code"] for other in right.get("hidden", {"warnings": []})["warnings"]]


def test_a_count_of_rows_and_plain_rows_that_tell_their_status_say_nothing():
    assert "hidden" not in ask(select="count(*)")
    assert set(ask(where='territoire = "2A"')) == {"total_count", "results"}
    assert set(ask(select="ntop, ntop_statut", where="ntop_statut is not null")) == {"total_count", "results"}


def test_a_value_is_told_to_be_hidden_where_the_row_doesn_t_tell_it():
    plain = ask(select="ntop, ntop / npop as part", where=f'territoire = "2A" and {YEAR}')
    assert plain["results"][1] == {"ntop": None, "part": None}
    assert plain["hidden"]["results"] == [{}, *[{"ntop": {"status": "NS"}, "part": {"status": "NS"}}] * 2]
    groups = ask(group_by="ntop as n", where=f'territoire = "2A" and {YEAR}')
    assert groups["results"] == [{"n": 400}, {"n": None}]
    assert groups["hidden"]["results"] == [{}, {"n": {"status": "NS"}}]


@pytest.mark.parametrize("where", ["ntop < 500", "not ntop >= 500", "ntop / npop < 0.05 or taux in (1, 2)"])
def test_what_matches_a_filter_is_told_not_to_go_by_what_is_hidden(where):
    measures = ["ntop"] if "taux" not in where else ["ntop", "npop", "taux"]
    for path, asked in ((RECORDS, {"select": "territoire"}), ("/patients/facets", {"facet": "territoire"})):
        answer = reader.get(path, where=where, **asked)
        warnings = answer.json()["hidden"]["warnings"]
        assert [(one["code"], one["field"]) for one in warnings] == [("filter_reads_hidden", name) for name in measures]
        assert answer.headers["seuil-hidden"] == f"hidden=0, partial=0, filtered={len(measures)}"
    file = reader.get("/patients/exports/csv", where=where)
    assert file.headers["seuil-hidden"] == f"filtered={len(measures)}"


def test_a_file_of_aggregates_says_in_its_header_that_they_may_be_partial():
    asked = {"select": "sum(ntop) as n", "group_by": "territoire"}
    for fmt in ("csv", "json", "xlsx", "parquet"):
        assert reader.get(f"/patients/exports/{fmt}", **asked).headers["seuil-hidden"] == "partial=unknown"
    assert "seuil-hidden" not in reader.get("/patients/exports/csv", select="count(*) as n", limit=1).headers
    assert "seuil-hidden" not in reader.get("/patients/exports/csv").headers


@pytest.mark.parametrize(
    ("path", "parameters", "header"),
    [
        (RECORDS, {"select": "sum(ntop)", "where": DEPARTMENTS, "group_by": "pathologie"}, "hidden=0, partial=2"),
        (RECORDS, {"where": 'territoire = "2A"', "select": "ntop, taux"}, "hidden=8, partial=0"),
        (RECORDS, {"select": "npop"}, None),
    ],
)
def test_a_header_counts_hidden_values(path, parameters, header):
    assert reader.get(path, **parameters).headers.get("seuil-hidden") == header
