"""Rows and groups, in the documented shapes."""

import pytest
from tests.helpers.portal_release import Reader, api_row, patients_rows, tarifs_rows

reader = Reader()
RECORDS = "/patients/records"
ROWS = [api_row(row) for row in patients_rows()]


@pytest.mark.parametrize(
    ("dataset_id", "refinement", "shown"),
    [
        ("patients", "taux:10", "10.0"), ("patients", "npop:09000", "9000"), ("patients", "annee:2022/01/01", "2022"),
        ("patients", 'annee:"2022"', "2022"), ("reel-tarifs", "tarif:20.50", "20.5"),
    ],
)  # fmt: skip
def test_a_value_is_refined_however_it_is_written(dataset_id, refinement, shown):
    field = refinement.partition(":")[0]
    (facet,) = reader.json(f"/{dataset_id}/facets", facet=field, refine=refinement)["facets"]
    assert [(one["value"], one["state"]) for one in facet["facets"]] == [(shown, "refined")]
    (facet,) = reader.json(f"/{dataset_id}/facets", facet=field, exclude=refinement)["facets"]
    assert (facet["facets"][-1]["value"], facet["facets"][-1]["state"]) == (shown, "excluded")


def test_rows_are_flat_and_in_the_order_of_the_file():
    assert reader.json(RECORDS, limit=100) == {"total_count": len(ROWS), "results": ROWS}
    assert reader.json(RECORDS) == {"total_count": len(ROWS), "results": ROWS[:10]}
    assert reader.json(RECORDS, limit=3, offset=5)["results"] == ROWS[5:8]
    assert reader.json(RECORDS, limit=0) == {"total_count": len(ROWS), "results": []}
    assert reader.json(RECORDS, limit=-1)["results"] == ROWS


def test_year_is_a_text_and_another_period_a_number():
    assert reader.json(RECORDS, limit=1)["results"][0]["annee"] == "2022"
    assert reader.json("/reel-tarifs/records")["results"] == tarifs_rows()
    assert reader.json(RECORDS, select="year(annee) as y, max(annee) as m", limit=1)["results"] == [
        {"y": 2022, "m": "2023"}
    ]


def test_hidden_value_is_null_beside_its_status():
    hidden = reader.json(RECORDS, where='territoire = "2A" and pathologie = "DIA"', limit=1)["results"][0]
    assert (hidden["ntop"], hidden["ntop_statut"]) == (None, "NS")
    assert (hidden["npop"], hidden["npop_statut"]) == (7000, None)


def test_answer_has_the_keys_that_were_selected_and_no_others():
    where = "territoire = \"2A\" and annee = date'2023'"
    assert reader.json(RECORDS, select="pathologie, ntop as n", where=where)["results"] == [
        {"pathologie": "ALL", "n": 410},
        {"pathologie": "DIA", "n": None},
        {"pathologie": "CAN", "n": None},
    ]
    assert reader.json(RECORDS, select="ntop, ntop_statut", limit=1)["results"] == [{"ntop": 1000, "ntop_statut": None}]
    assert reader.json(RECORDS, select="ntop, annee as ntop_statut", limit=1)["results"] == [
        {"ntop": 1000, "ntop_statut": "2022"}
    ]


def test_missing_value_has_its_own_status():
    found = reader.json("/reel-tarifs/records", where="tarif is null", select="tarif, tarif_statut")["results"]
    assert found == [{"tarif": None, "tarif_statut": "NS"}, {"tarif": None, "tarif_statut": "ND"}]


def test_nothing_found_is_no_error():
    assert reader.json(RECORDS, where='territoire = "nope"') == {"total_count": 0, "results": []}


def test_groups_have_no_total():
    assert reader.json(RECORDS, group_by="annee", select="count(*)") == {
        "results": [{"annee": "2022", "count(*)": 12}, {"annee": "2023", "count(*)": 12}]
    }
    assert reader.json(RECORDS, group_by="territoire")["results"] == [
        {"territoire": code} for code in ("22", "2A", "75", "FR")
    ]
    total = sum(row["ntop"] for row in ROWS if row["annee"] == "2023" and row["ntop"] is not None)
    answer = reader.json(RECORDS, group_by="annee as a", select="sum(ntop) as s", order_by="a desc", limit=1)
    assert answer["results"] == [{"a": "2023", "s": total}]


def test_clause_sent_in_parts_is_one_list():
    assert reader.json(RECORDS, group_by=["annee", "territoire"], limit=1)["results"] == [
        {"annee": "2022", "territoire": "22"}
    ]


def test_aggregate_without_groups_repeats_on_each_row():
    answer = reader.json(RECORDS, select="count(*)")
    assert answer == {"total_count": len(ROWS), "results": [{"count(*)": len(ROWS)}] * 10}


def test_refine_and_exclude():
    kept = [row for row in ROWS if row["annee"] == "2023" and row["pathologie"] != "ALL"]
    assert reader.json(RECORDS, refine='annee:"2023"', exclude="pathologie:ALL", limit=100)["results"] == kept
    assert reader.json(RECORDS, refine=["annee:2023", "territoire:75"])["total_count"] == 3
    assert reader.json(RECORDS, where=["annee=date'2023'", "territoire='75'"])["total_count"] == 3


def test_order():
    found = reader.json(RECORDS, order_by="ntop desc, territoire", limit=100, select="ntop,territoire,annee")["results"]
    # Hidden values come last, and ties in the order of the file.
    expected = sorted(ROWS, key=lambda row: (row["ntop"] is None, -(row["ntop"] or 0), row["territoire"]))
    assert [(row["ntop"], row["annee"]) for row in found] == [(row["ntop"], row["annee"]) for row in expected]


def test_unknown_parameters_and_blank_ones_say_nothing():
    assert reader.json(RECORDS, wehre="x", lang="", timezone=" ", where=" ", select="", limit="")["total_count"] == 24


FACETS = "/patients/facets"


def test_declared_facets_with_counts():
    facets = reader.json(FACETS)
    assert facets["links"] == []
    assert [facet["name"] for facet in facets["facets"]] == [
        "annee", "territoire", "territoire_niveau", "territoire_libelle",
        "pathologie", "pathologie_niveau", "pathologie_libelle",
    ]  # fmt: skip
    assert facets["facets"][0]["facets"] == [
        {"name": year, "value": year, "count": 12, "state": "displayed"} for year in ("2022", "2023")
    ]


def test_counts_narrow_and_states_tell():
    (facet,) = reader.json(
        FACETS, facet=["pathologie", "pathologie"], refine="pathologie:DIA", where="annee = date'2022'"
    )["facets"]
    assert facet == {
        "name": "pathologie",
        "facets": [{"name": "DIA", "value": "DIA", "count": 4, "state": "refined"}],
    }
    (facet,) = reader.json(FACETS, facet="pathologie", exclude='pathologie:"DIA"')["facets"]
    assert facet["facets"] == [
        {"name": "ALL", "value": "ALL", "count": 8, "state": "displayed"},
        {"name": "CAN", "value": "CAN", "count": 8, "state": "displayed"},
        {"name": "DIA", "value": "DIA", "state": "excluded"},
    ]


@pytest.mark.parametrize(
    "said", [{"facet": 'facet(name="territoire", disjunctive=true)'}, {"disjunctive.territoire": "true"}]
)
def test_refinements_of_a_field_add_up_where_they_are_asked_to(said):
    both = {"refine": ["territoire:75", 'territoire:"22"'], **said}
    assert reader.json(RECORDS, refine=both["refine"])["total_count"] == 0
    assert reader.json(RECORDS, **both)["total_count"] == 12
    assert len(reader.json("/patients/exports/json", **both)) == 12
    narrowed = reader.json(FACETS, **both)["facets"]
    (territories,) = (one["facets"] for one in narrowed if one["name"] == "territoire")
    states = {value["name"]: (value["count"], value["state"]) for value in territories}
    assert states == {"22": (6, "refined"), "75": (6, "refined"), "2A": (6, "displayed"), "FR": (6, "displayed")}


def test_a_text_is_a_path_where_it_is_asked_to_be():
    path = 'facet(name="pathologie_libelle", hierarchical=true, separator="e")'
    (facet,) = reader.json(FACETS, facet=path)["facets"]
    assert facet["facets"] == [
        {"name": "Canc", "value": "Canc", "count": 8, "state": "displayed"},
        {"name": "Diabèt", "value": "Diabèt", "count": 8, "state": "displayed"},
        {"name": "Ens", "value": "Ens", "count": 8, "state": "displayed"},
    ]
    (facet,) = reader.json(FACETS, facet=path, refine="pathologie_libelle:Ens")["facets"]
    (refined,) = facet["facets"]
    assert refined["facets"] == [{"name": "mbl", "value": "Ensembl", "count": 8, "state": "displayed"}]
    assert reader.json(RECORDS, facet=path, refine="pathologie_libelle:Ensembl")["total_count"] == 8
    assert reader.json(RECORDS, refine="pathologie_libelle:Ensembl")["total_count"] == 0


@pytest.mark.parametrize("path", [RECORDS, FACETS, "/patients/exports/csv", "/patients/exports/parquet"])
@pytest.mark.parametrize("said", [{"facet": "nope"}, {"disjunctive.nope": "true"}, {"disjunctive.annee": "maybe"}])
def test_what_is_said_of_facets_is_read_everywhere(path, said):
    assert reader.error(path, **said)[0] == 400


def test_unknown_facet():
    status, code, message = reader.error(FACETS, facet="nope")
    assert (status, code) == (400, "ODSQLError")
    assert "Unknown field: nope" in message


@pytest.mark.parametrize("path", [RECORDS, FACETS, "/patients/exports/json"])
def test_trailing_slash_keeps_the_query(path):
    plain, slashed = (reader.get(one, where='territoire = "75"') for one in (path, f"{path}/"))
    assert slashed.history == []
    assert plain.json() == slashed.json()
