"""Headers, errors, and nothing that leads the browser to another host."""

import re

import pytest
from tests.helpers.portal_fakes import FakeStore, reader

from seuil.model.errors import SeuilError
from seuil.portal.security import HEADERS

PATHS = ("/", "/jeux/patients", "/en/secret", "/nulle-part", "/assets/css/site.css?v=x", "/api/nowhere",
         "/jeux/patients/carte.json")  # fmt: skip


class BrokenStore(FakeStore):
    """A store whose files can't be read; the message is nobody's business."""

    def size(self, dataset_id: str, fmt: str) -> int | None:
        """Fail."""
        raise OSError(f"/secret/{dataset_id}.{fmt}: no space left")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers_and_no_cookie(path: str) -> None:
    answer = reader().get(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert "set-cookie" not in answer.headers


def test_the_policy_allows_this_site_only() -> None:
    assert HEADERS["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )


def test_headers_have_the_names_that_browsers_know() -> None:
    assert set(HEADERS) == {
        "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy",
        "Cross-Origin-Opener-Policy", "X-Frame-Options",
    }  # fmt: skip


def test_an_accident_is_told_in_plain_words_without_its_cause() -> None:
    answer = reader(store=BrokenStore()).get("/jeux/patients")
    assert answer.status_code == 500
    assert "Quelque chose s’est mal passé de notre côté" in answer.text
    assert "no space" not in answer.text
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    "path",
    ["/jeux/inconnu", "/jeux/inconnu/carte.json", "/jeux/visites/carte.json", "/jeux/patients/graphique.json",
     "/jeux/patients/graphique.json?_sur=x", "/assets/../app.py", "/assets/%2e%2e/app.py", "/assets/geo/README.md"],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(path: str) -> None:
    answer = reader().get(path)
    assert answer.status_code == 404
    assert "Cette page n’existe pas" in answer.text


def test_other_ways_of_asking_are_refused() -> None:
    answer = reader().post("/")
    assert answer.status_code == 405
    assert "Le site ne comprend pas" in answer.text
    assert reader().head("/jeux/patients").status_code == 200
    assert reader().get("/docs").status_code == 404


def test_errors_of_the_api_are_json() -> None:
    assert reader().get("/api/nowhere").headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("path", ["/", "/jeux/patients", "/secret"])
def test_pages_load_from_this_site_and_hold_no_inline_code(path: str) -> None:
    html = reader().get(path).text
    links = r"<link rel=\"(?:canonical|alternate|describedby)\""  # which name other addresses, and load nothing
    loaded = re.findall(r'<(?:script|img|link|source)[^>]*?(?:src|href)="([^"]*)"', re.sub(links, "<a", html))
    assert loaded
    assert all(address.startswith("/") and not address.startswith("//") for address in loaded)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
    # What is written for search engines is data, which no browser runs.
    html = re.sub(r'<script type="application/ld\+json">\{[^<]*\}</script>', "", html)
    assert re.findall(r"<script[^>]*>(.*?)</script>", html) == [""] * html.count("<script")


def test_assets_are_kept_for_good_under_names_that_change() -> None:
    client = reader()
    [address] = re.findall(r'href="(/assets/css/site\.css\?v=[0-9a-f]{12})"', client.get("/").text)
    answer = client.get(address)
    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]
    assert client.get("/assets/geo/departements.topojson").json()["type"] == "Topology"


class BusyStore(FakeStore):
    """A store that too many people ask."""

    def size(self, dataset_id: str, fmt: str) -> int | None:
        """Refuse."""
        raise SeuilError(f"too many questions about {dataset_id} as {fmt}")


def test_a_busy_store_asks_to_come_back() -> None:
    answer = reader(store=BusyStore()).get("/en/jeux/patients")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "10"
    assert "The site is busy" in answer.text
    assert reader(store=BusyStore()).get("/en/").status_code == 200
