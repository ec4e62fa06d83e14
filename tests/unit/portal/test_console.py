"""The console of the API: every operation has its form, and a form leads to the call that it asks for."""

import re
from functools import cache
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi.testclient import TestClient
from tests.helpers.portal_release import shared_office

from seuil.odsql.limits import DEFAULT_ROWS, LAST_ROW, MOST_GROUPS, MOST_ROWS
from seuil.portal.api import documentation as doc
from seuil.portal.app import create_app
from seuil.portal.settings import Settings

CONSOLE = "/api/explore/v2.1/console"
RECORDS = "catalog/datasets/{dataset_id}/records"


@cache
def client() -> TestClient:
    return TestClient(create_app(Settings(archive=shared_office().archive)), base_url="http://portail.example")


def get(path: str, **query: object) -> httpx.Response:
    return client().get(path, params=query, follow_redirects=False)


class Seen(HTMLParser):
    """Attributes of the elements of a page, by their tags."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: dict[str, list[dict[str, str | None]]] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.setdefault(tag, []).append(dict(attrs))


def test_every_operation_that_openapi_describes_is_listed():
    described = client().get("/openapi.json").json()["paths"]
    operations = {
        path.removeprefix("/api/explore/v2.1/") for path in described if path.startswith("/api/explore/v2.1/")
    }
    hrefs = [str(link.get("href")) for link in Seen(get(CONSOLE).text).found["a"]]
    listed = {parse_qs(urlsplit(href).query)["operation"][0] for href in hrefs if "?operation=" in href}
    assert listed == operations
    assert len(listed) > 30


def test_the_form_has_every_parameter_and_what_was_said():
    page = get(CONSOLE, operation=RECORDS, dataset_id="reel-tarifs", where='tarif > 1 "&<')
    described = client().get("/openapi.json").json()["paths"][f"/api/explore/v2.1/{RECORDS}"]["get"]["parameters"]
    seen = Seen(page.text).found
    fields = [*seen["input"], *seen["select"], *seen["textarea"]]
    assert {field["name"] for field in fields} == {"operation", *(one["name"] for one in described)}
    assert {"id": "p-where", "value": 'tarif > 1 "&<'}.items() <= next(
        f for f in fields if f["name"] == "where"
    ).items()
    assert {option["value"]: "selected" in option for option in seen["option"]}["reel-tarifs"]
    labels = {label["for"] for label in seen["label"]}
    assert labels == {field["id"] for field in fields if field["name"] != "operation"}


@pytest.mark.parametrize(
    ("asked", "location"),
    [
        (
            {"dataset_id": "patients", "where": "ntop > 1 & x", "refine": "annee:2022\n\nterritoire:75", "limit": ""},
            "catalog/datasets/patients/records?where=ntop+%3E+1+%26+x&refine=annee%3A2022&refine=territoire%3A75",
        ),
        ({"dataset_id": "../a?b#c"}, "catalog/datasets/..%2Fa%3Fb%23c/records"),
        ({"dataset_id": "patients", "stranger": "1"}, "catalog/datasets/patients/records"),
        ({}, f"console?operation={RECORDS.replace('{', '%7B').replace('}', '%7D').replace('/', '%2F')}"),
    ],
)
def test_the_form_leads_to_the_call(asked, location):
    response = get(f"{CONSOLE}/run", operation=RECORDS, **asked)
    assert (response.status_code, response.headers["location"]) == (303, f"/api/explore/v2.1/{location}")


def test_the_call_answers():
    response = client().get(f"{CONSOLE}/run", params={"operation": RECORDS, "dataset_id": "patients", "limit": "2"})
    assert len(response.json()["results"]) == 2


def test_the_address_of_a_call_is_shown_without_running_it():
    page = get(CONSOLE, operation=RECORDS, dataset_id="patients", select="<b>").text
    assert "http://portail.example/api/explore/v2.1/catalog/datasets/patients/records?select=%3Cb%3E" in page
    assert "Adresse de l’appel" in page
    assert "Adresse de l’appel" not in get(CONSOLE).text


@pytest.mark.parametrize("path", [CONSOLE, f"{CONSOLE}/run"])
def test_no_such_operation(path):
    assert get(path, operation="catalog/nothing").status_code == 404


def test_it_stands_in_both_languages_and_loads_from_this_site_alone():
    french, english = get(f"{CONSOLE}/"), get(f"/en{CONSOLE}")
    assert "Lancer l’appel" in french.text
    assert "Run the call" in english.text
    assert "script-src 'self'" in french.headers["content-security-policy"]
    found = Seen(french.text).found
    loaded = [one.get("src") or one.get("href") or "" for one in (*found["script"], *found["link"], *found["img"])]
    assert all(one.startswith(("/", "http://portail.example/")) for one in loaded)


def test_everything_that_is_said_of_calls_and_parameters_is_said_in_the_page_s_language():
    described = client().get("/openapi.json").json()["paths"]
    for path in (path.removeprefix("/api/explore/v2.1/") for path in described if path.startswith("/api/explore/")):
        french, english = (get(f"{prefix}{CONSOLE}", operation=path).text for prefix in ("", "/en"))
        assert 'lang="en"' not in french[french.index("<main") : french.index("</main")], path
        one, other = (re.findall(r'<p class="hint" id="d-.*?">(.*?)</p>', page) for page in (french, english))
        same = {hint for hint, there in zip(one, other, strict=True) if hint == there}
        assert not same, (path, same)
        summaries = [re.search(r"</code></h2>\s*<p>(.*?)</p>", page) for page in (french, english)]
        assert summaries[0] and summaries[1] and summaries[0][1] != summaries[1][1], path
    assert "Les lignes en CSV." in get(CONSOLE, operation=f"{RECORDS.replace('records', 'exports/csv')}").text


def test_limits_that_are_told_are_those_that_hold():
    told = {str(one["name"]): str(one["description"]) for one in doc.RECORDS}
    assert [int(number) for number in re.findall(r"[0-9]+", told["limit"])] == [DEFAULT_ROWS, MOST_ROWS, MOST_GROUPS]
    assert [int(number) for number in re.findall(r"[0-9]+", told["offset"])] == [LAST_ROW, MOST_GROUPS]


def test_a_dataset_leads_to_it():
    assert f"{CONSOLE}?dataset_id=patients" in get("/jeux/patients").text


def test_examples_of_a_parameter_are_code_and_nothing_is_escaped_twice():
    page = get(CONSOLE, operation=RECORDS).text
    assert "<code>ntop &gt; 100 and territoire = &#34;75&#34;</code>" in page
    assert "&lt;code" not in page and "&amp;gt;" not in page
