"""The catalogue as the API describes it."""

import pytest
from tests.helpers.portal_release import Reader, patients_rows

reader = Reader()
DISCLAIMER = (
    "Caisse d’essai n’est pas responsable des dommages qui résulteraient d’une réutilisation de ces données à "
    "d’autres fins que celles pour lesquelles elles sont publiées."
)


def ids(**parameters) -> list[str]:
    return [dataset["dataset_id"] for dataset in reader.json("", **parameters)["results"]]


def test_list_holds_whole_descriptions():
    answer = reader.json("")
    assert set(answer) == {"total_count", "results"}
    assert answer["total_count"] == 2
    assert answer["results"] == [reader.json("/patients"), reader.json("/reel-tarifs")]


def test_description_has_the_documented_shape():
    dataset = reader.json("/patients")
    assert set(dataset) == {
        "dataset_id", "dataset_uid", "attachments", "has_records", "data_visible", "features", "metas", "fields",
    }  # fmt: skip
    assert (dataset["dataset_id"], dataset["attachments"]) == ("patients", [])
    assert (dataset["has_records"], dataset["data_visible"]) == (True, True)
    assert dataset["dataset_uid"].startswith("da_")
    assert dataset["features"] == ["analyze", "timeserie"]
    assert reader.json("/reel-tarifs")["features"] == ["analyze"]


def test_fields_are_described_in_order():
    fields = {field["name"]: field for field in reader.json("/patients")["fields"]}
    assert list(fields) == list(patients_rows()[0])
    assert fields["annee"] == {
        "name": "annee", "label": "Année", "type": "date", "description": None,
        "annotations": {"facet": [], "timeserie_precision": ["year"]},
    }  # fmt: skip
    assert fields["taux"]["annotations"] == {"decimals": ["2"], "unit": ["%"]}
    assert (fields["ntop"]["type"], fields["taux"]["type"]) == ("int", "double")
    assert fields["ntop_statut"]["description"].startswith("NS : non significatif")


def test_metadata_hold_licence_purpose_and_disclaimer():
    metas = reader.json("/patients")["metas"]
    default, custom = metas["default"], metas["custom"]
    assert (default["license"], default["license_url"]) == ("Licence Ouverte 2.0", "https://example.org/licence?v=2")
    assert (default["title"], default["publisher"]) == ("Patients pris en charge", "Caisse d’essai")
    assert (default["keyword"], default["theme"]) == (["santé", "diabète"], ["Santé"])
    assert (default["records_count"], default["modified"]) == (len(patients_rows()), "2026-11-25")
    assert default["references"] is None
    assert default["attributions"] == [DISCLAIMER]
    assert (custom["purpose"], custom["disclaimer"]) == ("Rendre possibles des études", DISCLAIMER)
    assert (custom["fictitious"], custom["threshold"], custom["rounding"], custom["proved"]) == (True, 11, 10, True)
    assert not reader.json("/reel-tarifs")["metas"]["custom"]["proved"]


def test_english():
    dataset = reader.json("/patients", lang="en")
    assert dataset["metas"]["default"]["title"] == "Patients in care"
    assert dataset["metas"]["custom"]["disclaimer"].startswith("Test fund is not liable for harm")
    assert dataset["fields"][0]["label"] == "Year"
    assert reader.json("/patients", lang="nl") == reader.json("/patients")


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"where": 'search(*, "diabete")'}, ["patients"]),
        ({"where": 'publisher = "Éditeur"'}, ["reel-tarifs"]),
        ({"where": "records_count > 20"}, ["patients"]),
        ({"refine": "keyword:santé"}, ["patients"]),
        ({"exclude": "dataset_id:patients"}, ["reel-tarifs"]),
        ({"order_by": "dataset_id desc"}, ["reel-tarifs", "patients"]),
        ({"order_by": "records_count"}, ["reel-tarifs", "patients"]),
        ({"limit": 1}, ["patients"]),
        ({"limit": 1, "offset": 1}, ["reel-tarifs"]),
        ({"limit": 0}, []),
        ({"where": 'title = "nothing"'}, []),
    ],
)
def test_search(parameters, found):
    assert ids(**parameters) == found


def test_parts_of_a_description():
    assert reader.json("", select="dataset_id, default.modified", limit=1)["results"] == [
        {"dataset_id": "patients", "default.modified": "2026-11-25"}
    ]
    assert reader.json("/patients", select="fields") == {"fields": reader.json("/patients")["fields"]}
    assert reader.json("", select="title")["results"] == [
        {"title": "Patients pris en charge"}, {"title": "Tarifs moyens"},
    ]  # fmt: skip
    assert reader.json("", group_by="license", select="count(*) as n")["results"] == [
        {"license": "Licence Ouverte 2.0", "n": 1}, {"license": "Ouverte", "n": 1},
    ]  # fmt: skip


@pytest.mark.parametrize("path", ["", "/patients"])
def test_unknown_part(path):
    assert reader.error(path, select="nope") == (
        400, "ODSQLError", "ODSQL query is malformed: Unknown field: nope. Clause(s) containing the error(s): select.",
    )  # fmt: skip


def test_formats_are_linked():
    links = reader.json("/patients/exports")["links"]
    base = "http://portail.example/api/explore/v2.1/catalog/datasets/patients/exports"
    assert links == [{"href": f"{base}/{fmt}", "rel": fmt} for fmt in ("csv", "json", "parquet")]
