"""The page of one figure: what it says, how it is cited, where it leads."""

import re
from datetime import date
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from tests.helpers.portal_fakes import HIDDEN_DEPARTMENT, MISSING_DEPARTMENT, FakeStore, reader
from tests.helpers.small_release import small_release

from seuil.portal.app import create_app
from seuil.portal.pages.citation import Citation
from seuil.portal.settings import Settings

PARIS = "/jeux/patients/chiffre?annee=2023&pathologie=dia&territoire=75&age=tous&sexe=9&_mesure=ntop"


def text_of(html: str) -> str:
    body = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)).replace("\xa0", " "))


def test_it_says_the_figure_what_it_counts_and_what_rounding_leaves_open() -> None:
    store = FakeStore()
    row = store.rows(
        "patients", equal={"annee": 2023, "pathologie": "dia", "territoire": "75", "age": "tous", "sexe": "9"}
    ).rows[0]
    page = text_of(reader(store=store).get(PARIS).text)
    value = int(str(row["ntop"]))
    told, low, high = (f"{value + d:,}".replace(",", " ") for d in (0, -5, 4))
    assert told in page
    assert f"arrondi : de {low} à {high}" in page
    assert "Paris" in page
    assert "Publication n° 3 du 25 novembre 2026" in page


@pytest.mark.parametrize(("department", "words"), [(HIDDEN_DEPARTMENT, "NS non significatif")])
def test_a_hidden_one_says_why(department: str, words: str) -> None:
    page = text_of(reader().get(PARIS.replace("=75", f"={department}")).text)
    assert words in page
    assert "Pourquoi NS" in page


def test_of_a_table_published_elsewhere_it_proves_nothing() -> None:
    html = reader().get("/jeux/reel-honoraires").text
    found = re.search(r'<td class="num hidden"><a href="([^"]+)"', html)
    if found is None:  # only gaps there: ask for a missing one
        page = text_of(reader().get(f"/jeux/reel-honoraires/chiffre?territoire={MISSING_DEPARTMENT}").text)
        assert "ND" in page
        return
    assert "Ce site n’en peut rien prouver" in text_of(reader().get(unescape(found[1])).text)


def test_every_cell_of_the_table_leads_to_its_figure() -> None:
    html = reader().get("/jeux/patients?pathologie=dia&age=tous&sexe=9&territoire=*departement&_page=2").text
    links = [unescape(link) for link in re.findall(r'<td class="num (?:shown|hidden)"><a href="([^"]+)"', html)]
    assert len(links) > 100
    for link in links[:3]:
        assert reader().get(link).status_code == 200
        assert parse_qs(urlsplit(link).query)["pathologie"] == ["dia"]


@pytest.mark.parametrize(
    "query", ["annee=1999", "territoire=zz", "_mesure=zz", "pathologie=", "territoire=*departement", "annee=*"]
)
def test_an_address_of_no_figure_is_not_found(query: str) -> None:
    assert reader().get(f"/jeux/patients/chiffre?{query}").status_code == 404


def test_the_fixed_address_says_when_another_release_is_served() -> None:
    same = text_of(reader().get(f"{PARIS}&publication=3").text)
    other = text_of(reader().get(f"{PARIS}&publication=2").text)
    assert "L’adresse demande" not in same
    assert "L’adresse demande la publication n° 2. Ce site sert la publication n° 3" in other


def test_it_is_cited_as_text_bibtex_and_ris() -> None:
    page = reader().get(PARIS).text
    bib, ris = (
        reader().get(unescape(re.search(rf'href="([^"]+\.{kind}\?[^"]+)"', page)[1]))
        for kind in ("bib", "ris")  # type: ignore[index]
    )
    assert bib.headers["content-type"].startswith("application/x-bibtex")
    assert bib.text.startswith("@misc{patients-ntop-2023-dia-75-tous-9,\n")
    assert bib.text.count("{") == bib.text.count("}")
    assert "publication=3" in bib.text
    assert ris.text.startswith("TY  - DATA\r\n")
    assert ris.text.rstrip().endswith("ER  -")
    assert "UR  - http://testserver/jeux/patients/chiffre?" in ris.text
    assert reader().get(PARIS.replace("chiffre", "chiffre.pdf")).status_code == 404


def test_a_citation_escapes_the_signs_of_bibtex() -> None:
    citation = Citation(
        "a b", "Fonds & cie", "50 % {des} $", "1 %", "n° 1", "Site_1",
        date(2026, 1, 2), "https://x.example/?a=%7B&b={", "fr",
    )  # fmt: skip
    assert r"author = {{Fonds \& cie}}" in citation.bibtex
    assert r"title = {{50 \% \{des\} \$}}" in citation.bibtex
    assert "url = {https://x.example/?a=%7B&b=%7B}" in citation.bibtex


@pytest.fixture(scope="module")
def real() -> TestClient:
    return TestClient(create_app(Settings(archive=small_release().archive)))


def test_the_tables_stand_in_the_page_with_their_sums(real: TestClient) -> None:
    """Without a script: what it adds up again is written there."""
    html = real.get("/jeux/visits?year=2023&territory=*&age=*&sex=*").text
    links = re.findall(r'<td class="num hidden"[^>]*><a href="([^"]+_mesure=people[^"]*)"', html)
    assert links
    for link in links:
        page = real.get(unescape(link)).text
        tables = re.findall(r'<table class="witness-table">.*?</table>', page, re.DOTALL)
        assert len(tables) == 2
        values = []
        for table in tables:
            rows = re.findall(r"<tr class[^>]*>(.*?)</tr>", table, re.DOTALL)
            numbers = [[int(v) for v in re.findall(r'data-value="(\d+)"', row)] for row in rows]
            assert [sum(column[:-1]) for column in zip(*numbers, strict=True)] == [
                c[-1] for c in zip(*numbers, strict=True)
            ]
            own = re.search(r'class="num own"[^>]*data-value="(\d+)" data-told="NS"', table)
            assert own is not None
            values.append(int(own[1]))
            for row in numbers:
                assert f"{' + '.join(f'{v:,}'.replace(',', chr(0x202F)) for v in row[:-1])} = " in page
        assert values[0] + 5 <= values[1] or values[1] + 5 <= values[0]
