"""The catalogue as the API describes it."""

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree

import pyshacl
import pytest
import rdflib
from tests.helpers.portal_release import Reader, patients_rows

from seuil.portal.api.catalogue_exports import CATALOGUE_MEDIA_TYPES
from seuil.portal.exports.export import FORMATS

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
        "dataset_id", "dataset_uid", "attachments", "alternative_exports", "has_records", "data_visible", "visibility",
        "features", "metas", "fields",
    }  # fmt: skip
    assert (dataset["dataset_id"], dataset["attachments"]) == ("patients", [])
    assert (dataset["alternative_exports"], dataset["visibility"]) == ([], "domain")
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
    assert fields["pathologie"]["annotations"] == {"facet": [], "sortable": []}
    assert (fields["ntop"]["type"], fields["taux"]["type"]) == ("int", "double")
    assert fields["ntop_statut"]["description"].startswith("NS : non significatif")


def test_metadata_hold_licence_purpose_and_disclaimer():
    metas = reader.json("/patients")["metas"]
    default, custom = metas["default"], metas["custom"]
    assert (default["license"], default["license_url"]) == ("Licence Ouverte 2.0", "https://example.org/licence?v=2")
    assert (default["title"], default["publisher"]) == ("Patients pris en charge", "Caisse d’essai")
    assert (default["keyword"], default["theme"]) == (["santé", "diabète"], ["Santé"])
    assert (default["records_count"], default["modified"]) == (len(patients_rows()), "2026-11-25T00:00:00+00:00")
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
        {"dataset_id": "patients", "default.modified": "2026-11-25T00:00:00+00:00"}
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
    assert links == [{"href": f"{base}/{fmt}", "rel": fmt} for fmt in FORMATS]


CATALOGUE = "/api/explore/v2.1/catalog"


def exported(fmt: str, **parameters: object) -> bytes:
    response = reader.client.get(f"{CATALOGUE}/exports/{fmt}", params=parameters)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == CATALOGUE_MEDIA_TYPES[fmt]
    return response.content


def test_the_catalogue_as_json_and_csv():
    assert json.loads(exported("json")) == reader.json("")["results"]
    assert json.loads(exported("json", select="dataset_id, default.publisher", where="records_count > 20")) == [
        {"dataset_id": "patients", "default.publisher": "Caisse d’essai"}
    ]
    header, *rows = csv.reader(io.StringIO(exported("csv", with_bom="false").decode(), newline=""), delimiter=";")
    assert header[:2] == ["dataset_id", "title"]
    assert [row[0] for row in rows] == ["patients", "reel-tarifs"]
    listed = exported("csv", select="keyword", limit=1, list_separator="|", with_bom="false")
    assert listed.decode() == "keyword\r\nsanté|diabète\r\n"
    assert exported("xlsx")[:2] == b"PK"


@pytest.mark.parametrize(("fmt", "parser"), [("ttl", "turtle"), ("rdf", "xml"), ("dcat", "xml"), ("jsonld", "json-ld")])
def test_the_catalogue_in_dcat(fmt, parser):
    graph = rdflib.Graph().parse(data=exported(fmt), format=parser)
    dataset = rdflib.URIRef(f"http://portail.example{CATALOGUE}/datasets/patients")
    assert (dataset, rdflib.RDF.type, rdflib.DCAT.Dataset) in graph
    titles = {(str(title), title.language) for title in graph.objects(dataset, rdflib.DCTERMS.title)}
    assert titles == {("Patients pris en charge", "fr"), ("Patients in care", "en")}
    assert len(list(graph.objects(dataset, rdflib.DCAT.distribution))) == len(FORMATS)
    fewer = rdflib.Graph().parse(data=exported(fmt, include_exports="csv,json"), format=parser)
    assert len(list(fewer.objects(dataset, rdflib.DCAT.distribution))) == 2


def test_the_catalogue_as_a_feed_and_for_project_open_data():
    items = ElementTree.fromstring(exported("rss", lang="en")).findall("./channel/item")
    assert [item.findtext("title") for item in items] == ["Patients in care", "Mean fees"]
    found = json.loads(exported("data.json"))["dataset"][0]
    assert (found["identifier"], found["accessLevel"]) == ("patients", "public")
    assert len(found["distribution"]) == len(FORMATS)


def test_the_formats_of_the_catalogue_are_linked():
    links = reader.client.get(f"{CATALOGUE}/exports/").json()["links"]
    assert [link["rel"] for link in links] == list(CATALOGUE_MEDIA_TYPES)
    for link in links:
        assert reader.client.get(link["href"]).status_code == 200


def test_facets_of_the_catalogue():
    query = {"facet": ["theme", "modified"], "refine": "modified:2026/11"}
    found = reader.client.get(f"{CATALOGUE}/facets", params=query).json()
    assert found["facets"] == [
        {"name": "theme", "facets": [{"name": "Santé", "value": "Santé", "count": 1, "state": "displayed"}]},
        {"name": "modified", "facets": [
            {"name": "2026", "value": "2026", "count": 2, "state": "refined", "facets": [
                {"name": "11", "value": "2026/11", "count": 2, "state": "refined", "facets": [
                    {"name": "25", "value": "2026/11/25", "count": 2, "state": "displayed"}]}]}]},
    ]  # fmt: skip
    years = reader.client.get(f"{CATALOGUE}/facets", params={"facet": "modified"}).json()["facets"][0]["facets"]
    assert years == [{"name": "2026", "value": "2026", "count": 2, "state": "displayed"}]
    west = {"facet": "modified", "refine": "modified:2026/11", "timezone": "America/Guadeloupe"}
    (year,) = reader.client.get(f"{CATALOGUE}/facets", params=west).json()["facets"][0]["facets"]
    assert [day["name"] for day in year["facets"][0]["facets"]] == ["24"]


def test_dates_of_the_catalogue():
    assert ids(where="modified >= date'2026-11-25' and year(modified) = 2026") == ["patients", "reel-tarifs"]
    assert ids(where="modified < now(years=-100)") == []
    (row,) = reader.json("", select="date_format(modified, 'EEEE d MMMM') as d", limit=1, lang="de")["results"]
    assert row == {"d": "Mittwoch 25 November"}
    (row,) = reader.json("", group_by="modified", timezone="Europe/Paris")["results"]
    assert row == {"modified": "2026-11-25T01:00:00+01:00"}


def test_times_of_a_description_are_those_of_the_time_zone():
    for answer in (
        reader.json("/patients", timezone="Europe/Paris"),
        reader.json("", timezone="Europe/Paris")["results"][0],
    ):
        metas = answer["metas"]["default"]
        assert metas["modified"] == "2026-11-25T01:00:00+01:00"
        assert metas["data_processed"].endswith("+01:00")


def test_the_catalogue_is_searched_in_the_language_that_it_answers_in():
    assert ids(where='"health"') == []
    for asked in ({"where": '"health"'}, {"where": 'title = "Patients in care"'}, {"refine": "keyword:health"}):
        assert ids(lang="en", **asked) == ["patients"]
    values = reader.client.get(f"{CATALOGUE}/facets", params={"facet": "publisher", "lang": "en"}).json()["facets"][0]
    assert [value["name"] for value in values["facets"]] == ["Test fund", "Éditeur"]
    text = exported("csv", lang="en", select="title as t, publisher", use_labels="true", limit=1).decode("utf-8-sig")
    assert text == "t;Publisher\r\nPatients in care;Test fund\r\n"


@pytest.mark.parametrize(
    ("fmt", "parameters", "says"),
    [
        ("ttl", {"include_exports": "csv,nope"}, "nope was found but some of csv, json"),
        ("rdf", {"use_labels_in_exports": "maybe"}, "true or false"),
        ("rss", {"select": "title"}, "rss describes whole datasets (json, csv, xlsx have rows)"),
        ("data.json", {"group_by": "publisher"}, "data.json describes whole datasets"),
    ],
)
def test_what_a_file_of_the_catalogue_can_t_obey_is_refused(fmt, parameters, says):
    response = reader.client.get(f"{CATALOGUE}/exports/{fmt}", params=parameters)
    assert response.status_code == 400
    assert says in response.json()["message"]
    assert reader.client.get(f"{CATALOGUE}/exports/{fmt}", params={"select": "*", "group_by": ""}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "rows"),
    [
        (
            {"group_by": "default.publisher", "select": "count(*) as n", "order_by": "default.publisher desc"},
            [{"default.publisher": "Éditeur", "n": 1}, {"default.publisher": "Caisse d’essai", "n": 1}],
        ),
        (
            {"group_by": "default.language", "select": "default.language, sum(default.records_count) as n"},
            [{"default.language": "fr", "n": 30}],
        ),
        ({"group_by": "year(default.modified) as y"}, [{"y": 2026}]),
        (
            {"select": "default.records_count, upper(default.license) as u, default.language as l", "limit": 1},
            [{"default.records_count": 24, "u": "LICENCE OUVERTE 2.0", "l": "fr"}],
        ),
        ({"select": "'default.title' as t, language", "limit": 1}, [{"t": "default.title", "language": "fr"}]),
    ],
)  # fmt: skip
def test_the_names_of_the_default_template_may_be_used_everywhere(asked, rows):
    assert reader.json("", **asked)["results"] == rows
    exported = reader.client.get("/api/explore/v2.1/catalog/exports/json", params=asked)
    assert exported.json() == rows


def test_the_catalogue_s_table_has_the_columns_that_are_named():
    asked = {"select": "default.title, dataset_id, default.territory", "with_bom": "false", "limit": "1"}
    table = reader.client.get("/api/explore/v2.1/catalog/exports/csv", params=asked)
    assert table.text == "default.title;dataset_id\r\nPatients pris en charge;patients\r\n"
    one = reader.json("/patients", select="upper(default.license) as u, default.title")
    assert one == {"u": "LICENCE OUVERTE 2.0", "default.title": "Patients pris en charge"}


@pytest.mark.parametrize("refinement", ["modified:2026/11", "modified:2026-11", 'modified:"2026/11"'])
def test_a_month_is_refined_however_it_is_written(refinement):
    answer = reader.client.get("/api/explore/v2.1/catalog/facets", params={"facet": "modified", "refine": refinement})
    (year,) = answer.json()["facets"][0]["facets"]
    (month,) = year["facets"]
    assert (month["value"], month["state"]) == ("2026/11", "refined")


@pytest.mark.parametrize("select", [None, "dataset_id", "title as t, records_count * 2 as r", "count(*) as n"])
def test_each_dataset_has_its_links_whatever_is_selected(select):
    parameters = {} if select is None else {"select": select}
    answer = reader.json("", include_links="true", include_app_metas="true", order_by="records_count", **parameters)
    found = [row["_links"][0]["href"].rpartition("/")[2] for row in answer["results"]]
    assert found == ["reel-tarifs", "patients"]
    assert [row["_id"] for row in answer["results"]] == [reader.json(f"/{name}")["dataset_uid"] for name in found]
    assert "_links" not in reader.json("", include_app_metas="true", **parameters)["results"][0]


def test_links_and_metadata_of_the_application():
    answer = reader.json("", limit=1, include_links="true", include_app_metas="true")
    assert [link["rel"] for link in answer["_links"]] == ["self", "first", "last", "next"]
    assert answer["results"][0]["_links"][0]["href"].endswith("/datasets/patients")
    assert answer["results"][0]["_size"] > 1000
    rows = reader.json("/patients/records", limit=2, offset=2, include_links="true", include_app_metas="true")
    assert [link["rel"] for link in rows["_links"]] == ["self", "first", "last", "next", "prev", "dataset"]
    following = next(link["href"] for link in rows["_links"] if link["rel"] == "next")
    assert len(reader.client.get(following).json()["results"]) == 2
    for row in rows["results"]:
        plain = {name: value for name, value in row.items() if not name.startswith("_")}
        assert reader.client.get(row["_links"][0]["href"]).json() == plain
        assert reader.json(f"/patients/records/{row['_id']}", select="annee") == {"annee": row["annee"]}


@pytest.mark.parametrize("record_id", ["0", "x" * 40, "0" * 40])
def test_unknown_record(record_id):
    status, code, message = reader.error(f"/patients/records/{record_id}")
    assert (status, code) == (404, "NotFoundResource")
    assert record_id in message


DCAT_AP = Path(__file__).parents[2] / "fixtures" / "dcat-ap"


@pytest.mark.parametrize("fmt", ["ttl", "rdf", "jsonld"])
def test_the_catalogue_is_valid_dcat_ap(fmt):
    text = reader.client.get(f"/api/explore/v2.1/catalog/exports/{fmt}").text
    formats = {"ttl": "turtle", "rdf": "xml", "jsonld": "json-ld"}
    graph = rdflib.Graph().parse(data=text, format=formats[fmt])
    valid, _, told = pyshacl.validate(graph, shacl_graph=str(DCAT_AP / "dcat-ap-SHACL.ttl"), inference="none")
    assert valid, told
    broken = rdflib.Graph() + graph
    broken.remove((None, rdflib.DCTERMS.title, None))
    assert not pyshacl.validate(broken, shacl_graph=str(DCAT_AP / "dcat-ap-SHACL.ttl"), inference="none")[0]


def test_the_catalogue_tells_what_dcat_ap_recommends():
    graph = rdflib.Graph().parse(data=reader.client.get("/api/explore/v2.1/catalog/exports/ttl").text)
    shapes = str(DCAT_AP / "shapes_recommended.ttl")
    _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, inference="none")
    about_patients = [
        str(report.value(one, rdflib.SH.resultPath)).rpartition("#")[2].rpartition("/")[2]
        for one in report.subjects(rdflib.RDF.type, rdflib.SH.ValidationResult)
        if "tarifs" not in str(report.value(one, rdflib.SH.focusNode))
    ]
    # What France is bounded by, and what kind of licence there is, others tell.
    assert sorted(about_patients) == ["bbox", "centroid", "type"]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"where": 'default.publisher = "Éditeur"'}, ["reel-tarifs"]),
        ({"where": "default.records_count > 10"}, ["patients"]),
        ({"where": 'default.title = "default.title"'}, []),
        ({"where": 'search(default.title, "tarifs")'}, ["reel-tarifs"]),
        ({"order_by": "default.records_count"}, ["reel-tarifs", "patients"]),
        ({"refine": "default.publisher:Éditeur"}, ["reel-tarifs"]),
        ({"exclude": "default.publisher:Éditeur"}, ["patients"]),
    ],
)
def test_metadata_of_the_default_template_have_a_longer_name_too(parameters, expected):
    answer = reader.client.get("/api/explore/v2.1/catalog/datasets", params=parameters).json()
    assert [one["dataset_id"] for one in answer["results"]] == expected
    file = reader.client.get("/api/explore/v2.1/catalog/exports/json", params=parameters).json()
    assert [one["dataset_id"] for one in file] == expected


def test_tables_are_listed_with_labels_in_their_headers_unless_names_are_asked_for():
    def addresses(**asked):
        text = reader.client.get("/api/explore/v2.1/catalog/exports/ttl", params=asked).text
        graph = rdflib.Graph().parse(data=text, format="turtle")
        return {str(address).partition("/exports/")[2] for address in graph.objects(None, rdflib.DCAT.downloadURL)}

    assert {"csv?use_labels=true", "xlsx?use_labels=true", "json", "parquet"} <= addresses()
    assert {"csv", "xlsx", "json"} <= addresses(use_labels_in_exports="false")
    assert addresses(include_exports="csv") == {"csv?use_labels=true"}
    refused = reader.client.get("/api/explore/v2.1/catalog/exports/ttl?use_labels_in_exports=maybe")
    assert (refused.status_code, refused.json()["error_code"]) == (400, "InvalidRESTParameterError")


@pytest.mark.parametrize("name", ["dublin_core", "dublin-core"])
def test_the_catalogue_in_dublin_core(name):
    answer = reader.client.get(f"/api/explore/v2.1/catalog/exports/{name}")
    assert answer.status_code == 200
    graph = rdflib.Graph().parse(data=answer.text, format="xml")
    titles = {str(title) for title in graph.objects(None, rdflib.DCTERMS.title)}
    assert titles == {"Patients pris en charge", "Tarifs moyens"}
    assert len(set(graph.subjects(rdflib.DCTERMS.rights))) == 2
