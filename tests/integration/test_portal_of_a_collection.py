"""What readers find of a collection: each dataset in its own columns, pages with all codes and statuses."""

import csv
import re
from collections.abc import Iterator
from html import unescape
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from tests.helpers.collections_office import open_collections_office
from tests.helpers.tiny_chain import some_records
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


BY = {"by-age": ("effectif_integer", "region,dept,age"), "by-sex": ("people", "territory,sex")}


@pytest.mark.parametrize("name", BY)
def test_each_figure_has_its_own_bounds_whatever_order_its_collection_has(client: TestClient, name: str) -> None:
    measure, columns = BY[name]
    asked = {"select": f"sum({measure}) as n", "group_by": columns, "hidden": "columns"}
    rows = client.get(f"{API}/{name}/exports/json", params=asked).json()
    hidden = [row for row in rows if row["n_statut"] == "NS"]
    assert {row["n_statut"] for row in rows} == {None, "NS"}
    for row in rows:
        if row in hidden:
            assert row["n_min"] is not None
        else:
            assert row["n_min"] <= row["n"] <= row["n_max"]


@pytest.mark.parametrize("name", BY)
def test_bounds_hold_the_truth_in_every_dataset_of_a_collection(client: TestClient, name: str) -> None:
    measure, columns = BY[name]
    people = [row for row in some_records()["people"] if row[1] == 2022]

    def sums(group_by: str) -> list[dict[str, Any]]:
        asked = {"select": f"sum({measure}) as n", "group_by": group_by, "hidden": "columns"}
        return client.get(f"{API}/{name}/exports/json", params=asked).json()

    truth = [(row, sum(_counts(person, row) for person in people)) for row in sums(columns)]
    for part in columns.split(","):
        for group in sums(part):
            true = sum(n for row, n in truth if row[part] == group[part])
            assert group["n_min"] <= true, (group, true)
            assert group["n_max"] is None or true <= group["n_max"], (group, true)
    for row, true in truth:
        assert row["n_min"] <= true <= row["n_max"], (row, true)


REGIONS = {"a": "N", "b": "N", "c": "S", "d": "S"}


def _counts(person: tuple[object, ...], row: dict[str, str]) -> bool:
    """Whether someone is counted in a row."""
    _, _, dept, age, sex, _ = person
    where = {str(dept), REGIONS.get(str(dept), ""), "T"}
    if "territory" in row:
        return row["territory"] in where and row["sex"] in (sex, "both")
    place = row["region"] if row["dept"] == "999" else row["dept"]
    band = "Jeunes" if int(str(age)) < 40 else "Vieux"
    return ("T" if place == "99" else place) in where and row["age"] in (band, "Tous")
