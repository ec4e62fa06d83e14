"""A page that the reader has is not sent again."""

import pytest
from fastapi import Response
from fastapi.testclient import TestClient
from tests.helpers.portal_fakes import FakeRelease, FakeStore, portal, reader
from tests.helpers.portal_release import shared_office

from seuil.portal.app import create_app
from seuil.portal.settings import Settings

PATHS = ("/", "/en/", "/jeux/patients?sexe=2", "/secret", "/publications", "/preuve",
         "/jeux/patients/images/carte.svg", "/jeux/patients/carte.json")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_the_same_page_is_told_in_a_few_bytes(path: str) -> None:
    first = reader().get(path)
    again = reader().get(path, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert "content-security-policy" in again.headers
    told = sum(len(name) + len(value) + 4 for name, value in again.headers.items())
    assert told < 1000


def test_another_view_language_host_or_release_is_another_page() -> None:
    store = FakeStore()
    client = TestClient(portal(store=store))
    first = client.get("/jeux/patients").headers["etag"]
    assert client.get("/jeux/patients?sexe=2").headers["etag"] != first
    assert client.get("/en/jeux/patients").headers["etag"] != first
    assert client.get("/jeux/patients", headers={"Host": "autre.example"}).headers["etag"] != first
    other = TestClient(portal(Settings(page_rows=7)))
    assert other.get("/jeux/patients").headers["etag"] != first
    store.release = FakeRelease(number=4)
    changed = client.get("/jeux/patients", headers={"If-None-Match": first})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first


def test_what_is_not_there_has_no_tag_and_assets_keep_theirs() -> None:
    assert "etag" not in reader().get("/nulle-part").headers
    assert "etag" not in reader().get("/jeux/patients/chiffre?annee=1").headers
    assert "immutable" in reader().get("/assets/css/site.css?v=x").headers["cache-control"]


def test_a_page_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    rows = FakeStore.rows

    def counted(store: FakeStore, *args: object, **kwargs: object) -> object:
        asked.append(args)
        return rows(store, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(FakeStore, "rows", counted)
    store = FakeStore()
    client = TestClient(portal(store=store))
    first = client.get("/jeux/patients").text
    made = len(asked)
    assert made > 0
    assert client.get("/jeux/patients").text == first
    assert len(asked) == made
    store.release = FakeRelease(number=4)
    assert client.get("/jeux/patients").text != first
    assert len(asked) == 2 * made


def test_nothing_is_kept_where_there_is_no_room_and_pages_are_the_same() -> None:
    kept, none = TestClient(portal()), TestClient(portal(Settings(page_cache_mb=0)))
    for _ in range(2):
        assert none.get("/secret").text == kept.get("/secret").text


def test_a_tag_is_of_the_content_not_of_the_address() -> None:
    tags = {reader().get(f"/jeux/patients/images/carte.svg{query}").headers["etag"] for query in ("", "?rien=1")}
    assert len(tags) == 1


def test_json_of_the_api_is_made_once_and_sent_with_all_its_headers() -> None:
    client = TestClient(create_app(Settings(archive=shared_office().archive)))
    path = "/api/explore/v2.1/catalog/datasets/patients/records?select=ntop&where=territoire='2A'"
    first = client.get(path)
    # What isn't asked again can't be missed: the second answer comes without any of the API's own code.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("seuil.portal.api.service.Service.answer", None)
        again = client.get(path)
        assert (again.status_code, again.content) == (200, first.content)
        counted = {"ratelimit", "x-ratelimit-remaining"}
        assert {k: v for k, v in again.headers.items() if k not in counted} == {
            k: v for k, v in first.headers.items() if k not in counted
        }
        assert again.headers["seuil-hidden"] == first.headers["seuil-hidden"] != ""
        assert again.headers["access-control-allow-origin"] == "*"
    assert client.get(path, headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert client.head(path).status_code == 200


@pytest.mark.parametrize("asked", ["select=now() as t", "order_by=random(1)"])
def test_json_that_changes_is_never_kept(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    client = TestClient(create_app(Settings(archive=shared_office().archive)))
    path = f"/api/explore/v2.1/catalog/datasets/patients/records?{asked}"
    assert client.get(path).status_code == 200
    monkeypatch.setattr("seuil.portal.api.service.Service.answer", lambda *_: Response("anew"))
    assert client.get(path).text == "anew"


@pytest.mark.parametrize("path", ["catalog/datasets/nope", "catalog/datasets?where=x", "console"])
def test_refusals_and_pages_are_not_kept_as_answers(path: str) -> None:
    client = TestClient(create_app(Settings(archive=shared_office().archive)))
    assert client.get(f"/api/explore/v2.1/{path}").headers.get("etag") is None
