"""What harvesters find, each checked by the validator that its makers give, where there is one."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import mlcroissant
import pytest
from fastapi.testclient import TestClient
from frictionless import Package
from rdflib import SDO
from tests.helpers.portal_release import patients_rows, shared_office
from tests.helpers.portal_server import listening

from seuil.portal.app import create_app
from seuil.portal.settings import Settings

ORIGIN = "https://donnees.example"
ATOM = "{http://www.w3.org/2005/Atom}"
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


def opened(**settings: str) -> TestClient:
    return TestClient(create_app(Settings(archive=shared_office().archive, **settings)), base_url=ORIGIN)


client = opened(public_url=ORIGIN)


def test_every_page_of_the_sitemap_is_there_and_names_the_same_page_in_both_languages():
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)
    pages = [one.text for one in root.iter(LOC)]
    assert f"{ORIGIN}/en/jeux/patients" in pages
    assert len(pages) == len(set(pages)) >= 16
    for url in root:
        alternates = {link.get("hreflang"): link.get("href") for link in url if link.tag.endswith("}link")}
        assert set(alternates) == {"fr", "en"}
        assert url.find(LOC).text in alternates.values()
        answer = client.get(url.find(LOC).text.removeprefix(ORIGIN), follow_redirects=False)
        assert answer.status_code == 200, url.find(LOC).text
        assert f'<link rel="canonical" href="{url.find(LOC).text}">' in answer.text


def test_a_page_is_canonical_without_what_a_reader_chose_and_a_mistake_is_not():
    page = client.get("/en/jeux/patients?territoire=75").text
    assert re.findall(r'<link rel="canonical" href="([^"]*)">', page) == [f"{ORIGIN}/en/jeux/patients"]
    assert re.findall(r'hreflang="(\S+)" href="(https[^"]*)"', page) == [
        ("fr", f"{ORIGIN}/jeux/patients?territoire=75"),
        ("en", f"{ORIGIN}/en/jeux/patients?territoire=75"),
        ("x-default", f"{ORIGIN}/jeux/patients?territoire=75"),
    ]
    assert "canonical" not in client.get("/nowhere").text


def test_robots_may_read_pages_and_the_catalogue_and_find_the_sitemap():
    text = client.get("/robots.txt").text
    assert text.endswith(f"Sitemap: {ORIGIN}/sitemap.xml\n")
    assert "Disallow: /api/\n" in text
    assert "Allow: /api/explore/v2.1/catalog/exports/\n" in text
    assert "Allow: /jeux/*/images/\n" in text


def test_security_txt_has_what_rfc_9116_asks_for():
    answer = opened(security_contact="mailto:securite@example.org").get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:securite@example.org"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT00:00:00Z", fields["Expires"])
    assert client.get("/.well-known/security.txt").text.startswith(f"Contact: {ORIGIN}/mentions-legales\n")


def test_llms_txt_says_what_a_hidden_figure_is_and_links_that_are_there():
    text = client.get("/llms.txt").text
    assert text.startswith("# ")
    assert "neither zero nor missing" in text
    for address in re.findall(r"\]\(([^)]*)\)", text):
        status = client.get(address.removeprefix(ORIGIN)).status_code
        assert status == (405 if address.endswith("/mcp") else 200), address


def test_the_feed_of_releases_has_what_atom_asks_for():
    answer = client.get("/publications.atom")
    assert answer.headers["content-type"] == "application/atom+xml"
    feed = ElementTree.fromstring(answer.content)
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert element.findtext(f"{ATOM}{name}")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", element.findtext(f"{ATOM}updated"))
    assert feed.findtext(f"{ATOM}author/{ATOM}name")
    (entry,) = feed.findall(f"{ATOM}entry")
    assert client.get(entry.find(f"{ATOM}link").get("href").removeprefix(ORIGIN)).status_code == 200


@pytest.mark.parametrize("dataset", ["patients", "reel-tarifs"])
def test_schema_org_uses_its_own_words_only_and_the_page_holds_the_same(dataset: str):
    told = client.get(f"/jeux/{dataset}/schema.jsonld").json()
    assert 50 <= len(told["description"]) <= 5000
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', client.get(f"/jeux/{dataset}").text)
    assert json.loads(found[1]) == told

    assert strange_words(told) == []
    assert strange_words({"@type": "Datenset", "name": [{"titel": ""}]}) == ["Datenset", "titel"]


def strange_words(value: object) -> list[str]:
    """The types and properties that schema.org doesn't have."""
    if isinstance(value, list):
        return [word for one in value for word in strange_words(one)]
    if not isinstance(value, dict):
        return []
    words = [
        str(inner) if name == "@type" else name for name, inner in value.items() if name not in ("@context", "@id")
    ]
    return [word for word in words if word not in SDO] + strange_words(list(value.values()))


@pytest.mark.parametrize("dataset", ["patients", "reel-tarifs"])
def test_croissant_is_valid_for_its_own_library(tmp_path: Path, dataset: str):
    path = tmp_path / "croissant.json"
    path.write_bytes(client.get(f"/jeux/{dataset}/croissant.json").content)
    found = mlcroissant.Dataset(jsonld=path)
    issues = found.metadata.issues
    assert not issues.errors
    assert not issues.warnings
    broken = json.loads(path.read_bytes())
    del broken["distribution"][0]["sha256"]
    path.write_text(json.dumps(broken), "utf-8")
    with pytest.raises(mlcroissant.ValidationError, match="sha256"):
        mlcroissant.Dataset(jsonld=path)


def test_the_data_package_is_valid_and_its_table_fits_its_schema(tmp_path: Path):
    with listening(create_app(Settings(archive=shared_office().archive))) as port:
        package = Package(f"http://127.0.0.1:{port}/jeux/patients/datapackage.json")
        report = package.validate()
        assert report.valid, report.flatten(["message"])
        rows = package.resources[0].read_rows()
        broken = package.to_descriptor()
        broken["resources"][0]["schema"]["fields"][1]["type"] = "integer"
        path = tmp_path / "datapackage.json"
        path.write_text(json.dumps(broken), "utf-8")
        assert not Package(str(path)).validate().valid
    assert [row["ntop"] for row in rows] == [row["ntop"] for row in patients_rows()]
    assert {row["ntop_statut"] for row in rows if row["ntop"] is None} == {"NS"}
    assert rows[0]["annee"] == 2022


def test_an_unknown_dataset_has_no_metadata():
    for name in ("schema.jsonld", "croissant.json", "datapackage.json"):
        assert client.get(f"/jeux/x/{name}").status_code == 404
