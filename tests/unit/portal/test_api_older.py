"""Older versions of the API and the vendor's addresses, from the same engine."""

import csv
import io

import pytest
from tests.helpers.portal_release import Reader, api_row, patients_rows

reader = Reader()
client = reader.client
ROWS = [api_row(row) for row in patients_rows()]
SEARCH = "/api/records/1.0/search/"
V20 = "/api/explore/v2.0/catalog/datasets"


def search(**parameters):
    response = client.get(SEARCH, params={"dataset": "patients", **parameters})
    assert response.status_code == 200, response.text
    return response.json()


def fields(answer) -> list[dict[str, object]]:
    return [record["fields"] for record in answer["records"]]


def shown(row: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in row.items() if value is not None}


def test_search_has_the_shape_of_the_first_api():
    answer = search(rows=2, start=1)
    assert (answer["nhits"], answer["parameters"]["rows"], answer["parameters"]["dataset"]) == (24, 2, "patients")
    assert fields(answer) == [shown(row) for row in ROWS[1:3]]
    record = answer["records"][0]
    assert set(record) == {"datasetid", "recordid", "fields", "record_timestamp"}
    assert reader.json(f"/patients/records/{record['recordid']}") == ROWS[1]
    assert len(search()["records"]) == 10
    assert len(search(rows=-1)["records"]) == 24


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ({"refine.territoire": "75", "refine.annee": "2022"}, 3),
        ({"exclude.pathologie": "ALL"}, 16),
        ({"q": "diabete"}, 8),
        ({"q": "pathologie:DIA AND territoire=75"}, 2),
        ({"q": "(pathologie:DIA OR pathologie:CAN) NOT territoire=75"}, 12),
        ({"q": "ntop>=900 annee=2022"}, 2),
        ({"q": "ntop:[930 TO 1000]"}, 3),
        ({"q": "nope:DIA"}, 0),
        ({"q": '#exact(territoire_libelle, "Paris")'}, 6),
        ({"q": "#exact(territoire,75) AND #exact(annee,2022)"}, 3),
        ({"q": '#startswith(territoire_libelle,"Cor")'}, 6),
        ({"q": '#search(territoire_libelle, "corse")'}, 6),
        ({"q": "#null(ntop) AND annee:2022"}, 2),
        ({"q": "NOT #null(ntop)"}, 20),
        ({"q": "annee<#now(years=-1) AND territoire=75"}, 6),
        ({"q": "annee>#now()"}, 0),
        ({"q": "#null(nope)"}, 0),
        ({"q": "((("}, 24),
        ({"q": ") AND OR diabete NOT"}, 8),
    ],
)
def test_filters_of_the_first_api(parameters, found):
    assert search(**parameters)["nhits"] == found


def test_all_values_of_a_parameter_are_told_again():
    answer = search(**{"disjunctive.territoire": "true", "refine.territoire": ["75", "22"], "refine.annee": "2022"})
    assert answer["nhits"] == 6
    assert answer["parameters"]["refine"] == {"territoire": ["75", "22"], "annee": "2022"}
    assert answer["parameters"]["disjunctive"] == {"territoire": "true"}


def test_sort_and_fields_of_the_first_api():
    assert fields(search(sort="ntop", rows=1, fields="ntop")) == [{"ntop": 1010}]
    assert fields(search(sort="-ntop", rows=1, fields="ntop, territoire")) == [{"ntop": 400, "territoire": "2A"}]


@pytest.mark.parametrize(
    "asked", [{"sort": "`ntop`"}, {"fields": "sum(ntop)"}, {"fields": "ntop`"}, {"sort": "ntop*2"}]
)
def test_the_first_api_sorts_and_selects_by_names_alone(asked):
    for path in ("/api/records/1.0/search/", "/explore/dataset/patients/download/"):
        response = client.get(path, params={"dataset": "patients", **asked})
        assert (response.status_code, "error" in response.json()) == (400, True)


def test_facets_of_the_first_api():
    (group,) = search(facet="pathologie", rows=0, **{"refine.annee": "2022"})["facet_groups"]
    assert group["name"] == "pathologie"
    assert group["facets"][0] == {"name": "ALL", "count": 4, "state": "displayed", "path": "ALL"}


def test_hidden_figures_are_no_fields_but_their_status_is():
    where = {"refine.territoire": "2A", "refine.pathologie": "DIA", "refine.annee": "2022"}
    (found,) = fields(search(**where))
    assert "ntop" not in found
    assert found["ntop_statut"] == "NS"


def test_datasets_of_the_first_api():
    answer = client.get("/api/datasets/1.0/search/", params={"q": "diabete", "facet": "publisher"}).json()
    assert answer["nhits"] == 1
    (dataset,) = answer["datasets"]
    assert (dataset["datasetid"], dataset["metas"]["title"]) == ("patients", "Patients pris en charge")
    assert dataset["fields"][0] | {"description": None} == {
        "name": "annee", "label": "Année", "type": "date", "description": None,
        "annotations": [{"name": "facet", "args": []}, {"name": "timeserie_precision", "args": ["year"]}],
    }  # fmt: skip
    assert client.get("/api/datasets/1.0/patients/").json() == dataset
    assert answer["facet_groups"][0]["facets"][0]["path"] == "Caisse d’essai"


@pytest.mark.parametrize("path", ["/explore/dataset/patients/download/", "/api/records/1.0/download/?dataset=patients"])
def test_downloads_of_the_first_api(path):
    query = {"format": "csv", "csv_separator": ",", "use_labels_for_header": "True", "refine.territoire": "75"}
    response = client.get(path, params={"dataset": "patients", **query})
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    header, *rows = csv.reader(io.StringIO(response.text, newline=""))
    assert header[:2] == ["Année", "Territoire"]
    assert [row[0] for row in rows] == ["2022"] * 3 + ["2023"] * 3
    content = client.get(path, params={"dataset": "patients", "format": "json"}).json()
    assert [record["fields"] for record in content] == [shown(row) for row in ROWS]
    assert client.get(path, params={"dataset": "patients", "format": "xls"}).content[:2] == b"PK"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/explore/dataset/nope/download/", 404),
        (f"{SEARCH}?dataset=nope", 404),
        (SEARCH, 400),
        (f"{SEARCH}?dataset=patients&rows=x", 400),
        (f"{SEARCH}?dataset=patients&rows=10001", 400),
        (f"{SEARCH}?dataset=patients&sort=nope", 400),
        ("/explore/dataset/patients/download/?format=docx", 400),
    ],
)
def test_errors_of_the_first_api_have_its_key_too(path, status):
    response = client.get(path)
    assert (response.status_code, set(response.json())) == (status, {"error_code", "message", "error"})
    assert response.headers["content-type"].startswith("application/json")
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("base", ["/api/explore/v2.0/catalog", "/api/v2/catalog"])
def test_aggregates_of_version_2_0_are_one_group_without_group_by(base):
    def aggregations(path, **parameters):
        answer = client.get(f"{base}/{path}aggregates", params=parameters).json()
        assert {"links", "aggregations"} <= set(answer) <= {"links", "aggregations", "hidden"}
        return answer["aggregations"]

    one = "datasets/patients/"
    assert aggregations(one, select="count(*) as n, max(ntop) as m") == [{"n": 24, "m": 1010}]
    assert aggregations(one, select="count(*) as n", where='territoire = "75"', limit=5) == [{"n": 6}]
    assert aggregations(one, select="count(*)", group_by="annee") == [
        {"annee": "2022", "count(*)": 12}, {"annee": "2023", "count(*)": 12},
    ]  # fmt: skip
    assert aggregations("", select="sum(records_count) as rows") == [{"rows": 30}]
    assert len(aggregations("", select="count(*)", group_by="publisher")) == 2


def test_version_2_0_knows_rows_and_start():
    records = client.get(f"{V20}/patients/records", params={"rows": 2, "start": 1}).json()["records"]
    assert [record["record"]["fields"] for record in records] == ROWS[1:3]
    assert len(client.get(f"{V20}/patients/records", params={"rows": 2, "limit": 3}).json()["records"]) == 3
    assert len(client.get(f"{V20}/patients/exports/json", params={"rows": 2}).json()) == 2


@pytest.mark.parametrize("base", [V20, "/api/v2/catalog/datasets"])
def test_version_2_0_wraps_each_row(base):
    answer = client.get(f"{base}/patients/records", params={"limit": 2}).json()
    assert set(answer) == {"total_count", "links", "records"}
    assert [record["record"]["fields"] for record in answer["records"]] == ROWS[:2]
    record_id = answer["records"][1]["record"]["id"]
    assert client.get(f"{base}/patients/records/{record_id}").json()["record"]["fields"] == ROWS[1]
    assert client.get(f"{base}/patients/").json()["dataset"] == reader.json("/patients")
    listed = client.get(base).json()
    assert [one["dataset"] for one in listed["datasets"]] == reader.json("")["results"]
    groups = client.get(f"{base}/patients/aggregates", params={"group_by": "annee", "select": "count(*) as n"}).json()
    assert groups["aggregations"] == [{"annee": "2022", "n": 12}, {"annee": "2023", "n": 12}]
    assert client.get(f"{base}/patients/exports/csv", params={"limit": 0}).content.startswith(b"annee;")


@pytest.mark.parametrize("page", ["", "information/", "table/", "map/", "analyze/", "export", "api/"])
def test_pages_of_the_vendor_lead_to_ours(page):
    response = client.get(f"/explore/dataset/patients/{page}", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (301, "/jeux/patients")
    assert client.get("/explore/?q=x", follow_redirects=False).headers["location"] == "/"


def test_the_catalogue_and_queries_of_version_2_0():
    for base in ("/api/v2", "/api/explore/v2.0"):
        get = reader.client.get
        assert get(f"{base}/catalog/query", params={"select": "dataset_id"}).json()["total_count"] == 2
        assert get(f"{base}/catalog/aggregates", params={"group_by": "publisher"}).json()["aggregations"]
        found = get(f"{base}/catalog/datasets/patients/query", params={"select": "ntop", "limit": 1}).json()
        assert found["total_count"] == 24
        links = get(f"{base}/catalog/exports").json()["links"]
        assert {"csv", "json", "ttl"} <= {link["rel"] for link in links}
        assert all(get(link["href"]).status_code == 200 for link in links)
        assert get(f"{base}/catalog/exports/csv").content.startswith(b"dataset_id;")
