"""What a page shows, taken away: the same rows, with a text that says what they are."""

import csv
import io
from zipfile import ZipFile

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from tests.helpers.small_release import small_release

from seuil.portal.app import create_app
from seuil.portal.settings import Settings

VIEW = "year=2023&territory=*department&age=young&sex=1"


@pytest.fixture(scope="module")
def client() -> TestClient:
    return TestClient(create_app(Settings(archive=small_release().archive)))


def test_the_zip_has_the_rows_of_the_view_and_says_what_they_are(client: TestClient) -> None:
    answer = client.get(f"/jeux/visits/vue.zip?{VIEW}")
    assert answer.headers["content-type"] == "application/zip"
    with ZipFile(io.BytesIO(answer.content)) as packed:
        assert packed.testzip() is None
        assert packed.namelist() == ["donnees.csv", "LISEZMOI.txt"]
        rows = list(csv.DictReader(io.StringIO(packed.read("donnees.csv").decode("utf-8-sig")), delimiter=";"))
        text = packed.read("LISEZMOI.txt").decode().replace("\u00a0", " ")
    assert [row["Territoire"] for row in rows] == ["a", "b", "c", "d"]
    assert {row["Sexe"] for row in rows} == {"1"}
    for told in ("Visites", "Année : 2023", "Age : Jeunes (young)", "Sexe : Hommes (1)", "publication=1",
                 "Publication n° 1", "http://testserver/preuve", "NS : non significatif"):  # fmt: skip
        assert told in text
    assert client.get(f"/jeux/visits/vue.zip?{VIEW}").content == answer.content
    english = client.get(f"/en/jeux/visits/vue.zip?{VIEW}")
    with ZipFile(io.BytesIO(english.content)) as packed:
        assert packed.namelist() == ["donnees.csv", "README.txt"]


def test_the_page_leads_to_every_form_of_the_view(client: TestClient) -> None:
    page = client.get(f"/jeux/visits?{VIEW}").text.replace("&amp;", "&")
    table = page[page.index('<p class="take">') :]
    links = [part.partition('"')[0] for part in table[: table.index("</p>")].split('href="')[1:]]
    kinds = [client.get(link).headers["content-type"].partition(";")[0] for link in links]
    assert kinds == [
        "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip",
    ]  # fmt: skip
    book = load_workbook(io.BytesIO(client.get(links[1]).content))
    assert book.active is not None
    assert book.active.max_row == 5


def test_unchanged_it_is_not_sent_again(client: TestClient) -> None:
    tag = client.get(f"/jeux/visits/vue.zip?{VIEW}").headers["etag"]
    assert client.get(f"/jeux/visits/vue.zip?{VIEW}", headers={"If-None-Match": tag}).status_code == 304
    assert client.get("/jeux/nothing/vue.zip").status_code == 404


def test_a_page_fixed_to_another_release_says_so(client: TestClient) -> None:
    assert "L’adresse demande" not in client.get(f"/jeux/visits?{VIEW}&publication=1").text
    assert "L’adresse demande la publication" in client.get(f"/jeux/visits?{VIEW}&publication=7").text
