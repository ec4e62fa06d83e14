"""What HTTP adds: other sites' scripts, tags, heads, addresses."""

import pytest
from tests.helpers.portal_release import DATASETS, PortalOffice, Reader, client_of, shared_store

from seuil.portal.store import Store

reader = Reader()
PATHS = ["", "/patients", "/patients/records", "/patients/facets", "/patients/exports"]
EXPORTS = [f"/patients/exports/{fmt}" for fmt in ("csv", "json", "parquet")]


@pytest.mark.parametrize("path", [*PATHS, *EXPORTS, "/nope", "/patients/records/x"])
def test_every_site_may_read(path):
    assert reader.get(path).headers["access-control-allow-origin"] == "*"


def test_errors_may_be_read_too():
    assert reader.get("/patients/records", limit="x").headers["access-control-allow-origin"] == "*"


def test_preflight():
    response = reader.client.options(f"{DATASETS}/patients/records")
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert "Authorization" in response.headers["access-control-allow-headers"]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_nothing_can_be_written(method):
    assert reader.client.request(method, f"{DATASETS}/patients/records").status_code == 405


@pytest.mark.parametrize("path", PATHS)
def test_json_says_its_charset(path):
    assert reader.get(path).headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("path", [*PATHS, *EXPORTS])
def test_copy_that_still_holds_is_not_sent_again(path):
    first = reader.get(path)
    tag = first.headers["etag"]
    assert tag.startswith('"1-')
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = reader.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert reader.get(path, headers={"If-None-Match": '"other"'}).content == first.content


def test_tag_changes_with_the_release(tmp_path):
    office = PortalOffice(tmp_path).start()
    office.publish_now(office.contents())
    store = Store.open(office.archive)
    client = client_of(store)
    before = client.get(f"{DATASETS}/patients").headers["etag"]
    office.publish_now(office.contents())
    assert store.refresh()
    after = client.get(f"{DATASETS}/patients", headers={"If-None-Match": before})
    assert after.status_code == 200
    assert after.headers["etag"] != before


@pytest.mark.parametrize("path", [*PATHS, *EXPORTS])
def test_head_is_get_without_its_body(path):
    got, head = reader.get(path), reader.client.head(f"{DATASETS}{path}")
    assert head.status_code == 200
    for name in ("content-type", "etag"):
        assert head.headers[name] == got.headers[name]


def test_head_of_an_export_runs_nothing_but_tells_mistakes():
    url = f"{DATASETS}/patients/exports/csv"
    never_asked = {"where": "ntop > 12.5"}
    assert "content-length" not in reader.client.head(url, params=never_asked).headers
    content = reader.client.get(url, params=never_asked).content
    assert int(reader.client.head(url, params=never_asked).headers["content-length"]) == len(content)
    assert reader.client.head(url, params={"where": "x = 1"}).status_code == 400
    parquet = reader.client.head(f"{DATASETS}/patients/exports/parquet")
    assert int(parquet.headers["content-length"]) == shared_store().size("patients", "parquet")


def test_public_address():
    client = client_of(shared_store(), public_url="https://donnees.example")
    assert client.get(f"{DATASETS}/patients/exports").json()["links"][0]["href"] == (
        f"https://donnees.example{DATASETS}/patients/exports/csv"
    )
