"""The whole application: errors of the API's addresses, and how answers are packed."""

import gzip

import pytest
from fastapi.testclient import TestClient
from tests.helpers.portal_release import DATASETS, shared_office

from seuil.portal.app import create_app
from seuil.portal.settings import Settings


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(Settings(archive=shared_office().archive)), base_url="http://portail.example")


def test_questions_of_rows_and_facets_are_tried_before_all_other_addresses(client):
    first = [route.path for route in client.app.router.routes[:2]]
    assert first == [f"{DATASETS}/{{dataset_id}}/{asked}" for asked in ("records", "facets")]
    assert {f"{DATASETS}/{{dataset_id}}/records", DATASETS} <= client.get("/openapi.json").json()["paths"].keys()


@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nope", "/api/explore/v9/x", "/api/catalog/v1"])
def test_an_unknown_address_of_the_api_is_told_in_json(client, path):
    response = client.get(path)
    assert (response.status_code, response.json()["error_code"]) == (404, "NotFoundResource")
    assert path in response.json()["message"]
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"])
@pytest.mark.parametrize("path", [f"{DATASETS}/patients/records", "/api/nope", "/explore/dataset/patients/download/"])
def test_a_method_that_isn_t_allowed_is_told_in_json(client, method, path):
    response = client.request(method, path)
    assert (response.status_code, response.json()["error_code"]) == (405, "MethodNotAllowed")
    assert response.headers["access-control-allow-origin"] == "*"
    assert "GET" in response.headers["allow"]


@pytest.mark.parametrize("path", [f"{DATASETS}/patients/records", "/api/nope", "/explore/dataset/patients/download"])
def test_a_browser_may_ask_before_a_script_of_another_site_does(client, path):
    response = client.options(path)
    assert (response.status_code, response.headers["access-control-allow-origin"]) == (204, "*")
    allowed = {name.strip() for name in response.headers["access-control-allow-headers"].split(",")}
    assert {"*", "Authorization", "Range"} <= allowed
    assert client.get("/openapi.json").headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_answers_are_packed_as_the_reader_asks(client, encoding):
    url = f"{DATASETS}/patients/records"
    with client.stream("GET", url, headers={"Accept-Encoding": encoding}) as packed:
        assert packed.headers["content-encoding"] == encoding
        assert "Accept-Encoding" in packed.headers["vary"]
        content = b"".join(packed.iter_raw())
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert len(content) < len(plain.content) / 3
    if encoding == "gzip":
        assert gzip.decompress(content) == plain.content


@pytest.mark.parametrize("fmt", ["csv", "json", "jsonl", "geojson", "kml", "gpx", "turtle", "n3", "rdfxml", "jsonld"])
def test_downloads_of_texts_are_packed_as_the_reader_asks(client, fmt):
    url = f"{DATASETS}/patients/exports/{fmt}"
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    with client.stream("GET", url, headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(b"".join(packed.iter_raw())) == plain.content


def test_parts_and_packed_files_are_sent_as_they_are(client):
    csv = client.get(f"{DATASETS}/patients/exports/csv", headers={"Range": "bytes=0-2", "Accept-Encoding": "gzip"})
    assert (csv.status_code, csv.content, csv.headers.get("content-encoding")) == (206, b"\xef\xbb\xbf", None)
    parquet = client.get(f"{DATASETS}/patients/exports/parquet", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in parquet.headers
