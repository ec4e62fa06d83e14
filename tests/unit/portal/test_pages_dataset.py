"""The page of a dataset: figures, what stands in for them, filters, paging, downloads, the API call."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.helpers.portal_fakes import (
    ABSENT_DEPARTMENT,
    HIDDEN_DEPARTMENT,
    MISSING_DEPARTMENT,
    TRAPS,
    FakeStore,
    reader,
)

from seuil.portal.settings import Settings


def table_of(html: str) -> list[list[str]]:
    """Texts of the cells of the table, row by row."""
    table = re.search(r'<table class="data">.*?<tbody>(.*?)</tbody>', html, re.DOTALL)
    assert table is not None
    rows = re.findall(r"<tr>(.*?)</tr>", table[1], re.DOTALL)
    cells = (re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows)
    return [[unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


def test_a_known_figure_reads_in_french() -> None:
    store = FakeStore()
    row = store.rows(
        "patients", equal={"annee": 2023, "pathologie": "dia", "territoire": "75", "age": "tous", "sexe": "9"}
    ).rows[0]
    html = reader(store=store).get("/jeux/patients?pathologie=dia&territoire=75").text
    assert table_of(html) == [
        [
            f"{row['ntop']:,}".replace(",", "\u202f"),
            f"{row['npop']:,}".replace(",", "\u202f"),
            f"{row['prev']:.2f}".replace(".", ","),
        ]
    ]


def test_hidden_figures_read_ns_and_stay_hidden() -> None:
    html = reader().get(f"/jeux/patients?territoire={HIDDEN_DEPARTMENT}").text
    [[patients, population, rate]] = table_of(html)
    assert (patients, rate) == ("NS", "NS")
    assert population.replace("\u202f", "").isdigit()
    assert '<td class="num hidden"><abbr title="Non significatif">NS</abbr></td>' in html


def test_missing_and_empty_are_two_other_things() -> None:
    missing = reader().get(f"/jeux/reel-honoraires?territoire={MISSING_DEPARTMENT}").text
    assert table_of(missing) == [["ND"]]
    assert '<abbr title="Non disponible">ND</abbr>' in missing
    absent = reader().get(f"/jeux/reel-honoraires?territoire={ABSENT_DEPARTMENT}").text
    assert "Le jeu de données n’a pas de ligne pour ce choix." in absent
    assert table_of(reader().get("/jeux/visites?site=sea&age=00-09").text) == [["–"]]


def test_tables_beside_pictures_say_it_in_words() -> None:
    html = reader().get("/jeux/reel-honoraires").text
    assert '<th scope="row">Lozère</th><td class="num hidden">Non significatif</td>' in html
    assert '<th scope="row">Creuse</th><td class="num missing">Non disponible</td>' in html
    assert '<th scope="row">Mayotte</th><td class="num empty">Vide</td>' in html


def test_by_default_the_last_year_is_spread_over_departments() -> None:
    rows = table_of(reader().get("/jeux/patients").text)
    assert len(rows) == 50
    assert rows[0][0] == "Ain"
    assert len(rows[0]) == 4


def test_pages_follow_each_other_and_end() -> None:
    client = reader()
    names = [row[0] for page in (1, 2, 3) for row in table_of(client.get(f"/jeux/patients?_page={page}").text)]
    assert len(names) == len(set(names)) == 101
    assert "Lignes 101 à 101 sur 101" in client.get("/jeux/patients?_page=3").text
    assert table_of(client.get("/jeux/patients?_page=99").text)[0][0] == names[-1]
    second = client.get("/jeux/patients?_page=2&sexe=2").text
    assert re.search(r'rel="prev" href="/jeux/patients\?[^"]*sexe=2[^"]*#table"', second)
    assert re.search(r'rel="next" href="/jeux/patients\?[^"]*_page=3#table"', second)


def test_all_years_and_levels_get_columns_of_their_own() -> None:
    rows = table_of(reader().get("/jeux/patients?annee=*&territoire=FR&sexe=*sexe").text)
    assert [row[:2] for row in rows] == [["2022", "Hommes"], ["2022", "Femmes"], ["2023", "Hommes"], ["2023", "Femmes"]]


def test_the_form_keeps_what_was_chosen() -> None:
    html = reader().get("/jeux/patients?annee=2022&sexe=2&territoire=FR&_mesure=ntop").text
    for chosen in ("2022", "2", "FR", "ntop"):
        assert f'<option value="{chosen}" selected>' in html


def test_values_that_do_not_exist_are_named() -> None:
    html = reader().get("/jeux/patients?sexe=x&annee=1&_mesure=y&_page=-3").text
    assert "une valeur qui n’existe pas (annee, sexe, _mesure)" in html
    assert len(table_of(html)) == 50


def test_the_api_call_asks_for_what_is_shown() -> None:
    settings = Settings(public_url="https://donnees.example")
    html = reader(settings).get("/jeux/patients?pathologie=dia&_page=2").text
    found = re.search(r'<code id="api-call">(.*?)</code>', html)
    assert found is not None
    call = urlsplit(unescape(found[1]))
    assert (call.scheme, call.netloc) == ("https", "donnees.example")
    assert call.path == "/api/explore/v2.1/catalog/datasets/patients/records"
    assert parse_qs(call.query) == {
        "select": ["annee,pathologie,territoire,age,sexe,ntop,ntop_statut,npop,npop_statut,prev,prev_statut"],
        "where": ['pathologie="dia" and territoire_niveau="departement" and age="tous" and sexe="9"'],
        "refine": ["annee:2023"],
        "limit": ["50"],
        "offset": ["50"],
    }


def test_downloads_say_their_size() -> None:
    html = reader().get("/jeux/patients").text
    for file_format in ("csv", "json", "parquet"):
        assert f'href="/api/explore/v2.1/catalog/datasets/patients/exports/{file_format}"' in html
    assert "1,2\u00a0Mo" in html
    assert "98,8\u00a0ko" in html
    assert "préparé à l’envoi" in html


def test_labels_are_text_and_never_markup() -> None:
    html = reader().get("/jeux/patients?pathologie=rare&territoire=FR").text
    assert TRAPS not in html
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html
    found = reader().get("/?q=<script>alert(1)</script>").text
    assert "<script>alert" not in found


@pytest.mark.parametrize(("dataset", "banner"), [("patients", True), ("reel-honoraires", False), ("visites", False)])
def test_made_up_data_say_so(dataset: str, banner: bool) -> None:
    html = reader().get(f"/jeux/{dataset}").text
    assert ("<strong>Données fictives</strong>" in html) == banner
    assert ("badge-fictitious" in html) == banner


def test_what_is_proved_and_what_is_not() -> None:
    proved, elsewhere = reader().get("/jeux/patients").text, reader().get("/jeux/reel-honoraires").text
    assert "aucun chiffre sur moins de 11 patients" in proved
    assert "412 valeurs sur 18\u202f360" in proved
    assert "deux tableaux compatibles" in proved
    assert "publié ailleurs, non prouvé ici" in elsewhere
    assert "deux tableaux compatibles" not in elsewhere
    assert "aucun chiffre sur moins" not in elsewhere


def test_home_lists_and_finds_whatever_the_case_and_accents() -> None:
    client = reader()
    assert client.get("/").text.count('class="card"') == 3
    found = client.get("/?q=DIABETE").text
    assert "1 jeu de données" in found
    assert 'href="/jeux/patients"' in found
    assert "Aucun jeu de données ne contient tous ces mots." in client.get("/?q=diabete+zzz").text


def test_the_footer_names_the_release() -> None:
    assert "Publication n°\u00a03 du 25 novembre 2026" in reader().get("/secret").text
    assert "vérifié" in reader().get("/secret").text


def test_an_incomplete_table_opens_where_it_has_rows() -> None:
    client = reader(store=FakeStore().without("visites", "age", "tous"))
    html = client.get("/jeux/visites").text
    assert [row[0] for row in table_of(html)] == ["Dayton", "Seattle"]
    assert '<option value="00-09" selected>' in html
    assert "n’a pas de ligne pour ce choix" in client.get("/jeux/visites?age=tous").text
    emptied = FakeStore().without("visites", "annee", 1)
    assert "n’a pas de ligne pour ce choix" in reader(store=emptied).get("/jeux/visites").text


def test_the_page_says_what_becomes_of_zeros() -> None:
    assert "cachés, comme tout petit nombre" in reader().get("/jeux/patients").text
    assert "Zéros" not in reader().get("/jeux/reel-honoraires").text
