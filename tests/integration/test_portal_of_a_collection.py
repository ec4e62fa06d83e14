"""What readers find of a collection: each dataset in its own columns, pages with all codes and statuses."""

import csv
import re
from collections.abc import Iterator
from html import unescape
from io import StringIO
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.helpers.collections_office import open_collections_office
from tests.integration.test_collection import TOGETHER

from seuil.archive import clock
from seuil.portal.app import create_app
from seuil.portal.settings import Settings
from seuil.publish.keys import RELEASE_SIGNERS
from seuil.workflow import release

API = "/api/explore/v2.1/catalog/datasets"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    now = clock.utc(None)
    office = open_collections_office(tmp_path_factory.mktemp("office"), now)
    office.make(
        office.define("visits", TOGETHER.replace("period: year}", "period: date, label: {fr: année, en: year}}", 1))
    )
    proposal = release.propose(office.archive, office.workspace, now=now, workers=1).folder
    for role in RELEASE_SIGNERS:
        release.sign_as(proposal, office.keys, role)
    release.publish(office.archive, proposal, office.keys, now=now)
    yield TestClient(create_app(Settings(archive=Path(office.archive))))


def test_the_api_speaks_the_columns_of_the_dataset(client: TestClient) -> None:
    found = client.get(f"{API}/by-age").json()
    assert [(f["name"], f["type"]) for f in found["fields"]] == [
        ("annee", "date"), ("region", "text"), ("dept", "text"), ("age", "text"), ("effectif", "text"),
        ("effectif_integer", "int"),
    ]  # fmt: skip
    asked = {"where": 'dept!="999" and age="Tous" and year(annee)=2022', "order_by": "dept"}
    rows = client.get(f"{API}/by-age/records", params=asked).json()["results"]
    assert [(row["annee"], row["region"], row["dept"]) for row in rows] == [
        ("2022", "N", "a"), ("2022", "N", "b"), ("2022", "S", "c"), ("2022", "S", "d"),
    ]  # fmt: skip


def test_a_hidden_figure_is_ns_as_text_and_null_as_number(client: TestClient) -> None:
    rows = client.get(f"{API}/by-age/records", params={"where": 'effectif="NS"', "limit": 50}).json()["results"]
    assert rows
    assert {row["effectif_integer"] for row in rows} == {None}


def test_an_export_has_its_columns_and_labels(client: TestClient) -> None:
    text = client.get(f"{API}/by-age/exports/csv?use_labels=true&lang=fr").text.removeprefix("\ufeff")
    rows = list(csv.reader(StringIO(text), delimiter=";"))
    assert rows[0] == ["année", "region", "dept", "age", "effectif", "effectif_integer"]
    assert rows[1][:4] == ["2022", "99", "999", "Tous"]
    assert len(rows) == 22


def test_a_page_shows_names_and_statuses_whatever_the_columns(client: TestClient) -> None:
    page = client.get("/jeux/by-age").text
    for text in ("Ain", "Bray", "Caux", "NS"):
        assert text in page
    assert "Sexe" not in page


def test_the_call_of_a_page_gives_its_rows_in_the_columns_of_the_dataset(client: TestClient) -> None:
    for asked, expected in (
        ("territory=a", {("N", "a")}),
        ("territory=N", {("N", "999")}),
        ("territory=*region", {("N", "999"), ("S", "999")}),
        ("territory=*department", {("N", "a"), ("N", "b"), ("S", "c"), ("S", "d")}),
        ("territory=T", {("99", "999")}),
    ):
        page = unescape(client.get(f"/jeux/by-age?{asked}&age=*band&year=*").text)
        (call,) = set(re.findall(r"https?://[^\s<\"]*/records\?[^\s<\"']*", page))
        found = client.get(call[call.index("/api") :]).json()
        assert {(row["region"], row["dept"]) for row in found["results"]} == expected, call
        assert {row["age"] for row in found["results"]} == {"Jeunes", "Vieux"}


def test_the_certificate_names_both_datasets(client: TestClient) -> None:
    page = client.get("/certificat").text
    assert "Par âge" in page
    assert "Par sexe" in page
