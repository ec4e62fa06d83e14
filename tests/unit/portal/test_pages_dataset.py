"""The page of a dataset: figures, what stands in for them, filters, paging, downloads, the API call."""

import re
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from tests.helpers.portal_fakes import (
    ABSENT_DEPARTMENT,
    HIDDEN_DEPARTMENT,
    MISSING_DEPARTMENT,
    TRAPS,
    FakeStore,
    reader,
)

from seuil.catalogue.entry import Catalogue
from seuil.portal.settings import Settings


def table_of(html: str) -> list[list[str]]:
    """Texts of the cells of the table, row by row."""
    table = re.search(r'<table class="data[^>]*>.*?<tbody>(.*?)</tbody>', html, re.DOTALL)
    assert table is not None
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", table[1], re.DOTALL)
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
    link = '<a href="/jeux/patients/chiffre\\?[^"]*"[^>]*>'
    assert re.search(f'<td class="num hidden">{link}<abbr title="Non significatif">NS</abbr></a></td>', html)


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
    assert '<th scope="row">Mayotte</th><td class="num outside">Hors de cet extrait</td>' in html


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
    assert "412 cases sur 18\u202f360" in proved
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
    assert "Aucun jeu de données ne contient tous ces mots." in client.get("/?q=yyyyy+zzz").text


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


def test_a_view_of_one_cell_begins_with_its_figure() -> None:
    one = "annee=2023&pathologie=dia&territoire=33&age=tous&sexe=2"
    html = reader().get(f"/jeux/patients?{one}").text
    headline = re.search(r'<div class="headline">(.*?)</div>\s*<p class="lead">', html, re.DOTALL)
    assert headline is not None
    assert "2023 · Diabète · Gironde · Tous âges · Femmes" in headline[1]
    [[patients, population, rate]] = table_of(html)
    assert all(f"<dd>{text}" in headline[1] for text in (patients, population, rate))
    each = one.replace("territoire=33", "territoire=*departement")
    assert 'class="headline"' not in reader().get(f"/jeux/patients?{each}").text
    hidden = reader().get(f"/jeux/patients?{one.replace('33', HIDDEN_DEPARTMENT)}").text
    assert re.search(r'class="why"><a href="/jeux/patients/chiffre\?[^"]+#why" rel="nofollow">Pourquoi NS', hidden)


def test_the_first_view_is_not_everybody() -> None:
    assert '<option value="dia" selected>' in reader().get("/jeux/patients").text


def test_rows_are_sorted_by_a_figure_and_hidden_ones_come_last() -> None:
    client = reader()

    def rates(order: str) -> list[str]:
        return [
            row[3]
            for page in (1, 2, 3)
            for row in table_of(client.get(f"/jeux/patients?_tri={order}&_page={page}").text)
        ]

    def numbers(order: str) -> list[float]:
        *shown, hidden = rates(order)
        assert hidden == "NS"
        return [float(text.replace(",", ".")) for text in shown]

    assert len(numbers("prev")) == 100
    assert numbers("prev") == sorted(numbers("prev"))
    assert numbers("-prev") == sorted(numbers("prev"), reverse=True)
    assert sorted(rates("prev")) == sorted(rates(""))
    assert "une valeur qui n’existe pas (_tri)" in client.get("/jeux/patients?_tri=sexe").text


def test_headings_sort_down_then_up_then_as_before() -> None:
    client, asked, seen = reader(), "/jeux/patients?sexe=2", []
    for _ in range(3):
        html = client.get(asked).text
        heading = re.search(r'<th scope="col" class="num"([^>]*)><a class="sort" href="([^"]*)">Taux de patients', html)
        assert heading is not None
        asked = unescape(heading[2]).removesuffix("#table")
        seen.append((heading[1].strip(), parse_qs(urlsplit(asked).query).get("_tri")))
        assert "sexe=2" in asked
    assert seen == [("", ["-prev"]), ('aria-sort="descending"', ["prev"]), ('aria-sort="ascending"', None)]
    sorted_page = client.get("/jeux/patients?_tri=-prev").text
    assert '<input type="hidden" name="_tri" value="-prev">' in sorted_page
    assert re.search(r'rel="next" href="[^"]*_tri=-prev[^"]*_page=2#table"', sorted_page)


def test_what_is_seen_can_be_taken_away() -> None:
    html = reader().get("/jeux/patients?pathologie=dia&_page=2&_tri=-prev").text
    found = re.search(r'<a class="button" href="([^"]*)" download>Télécharger ce tableau', html)
    assert found is not None
    call = urlsplit(unescape(found[1]))
    assert call.path == "/api/explore/v2.1/catalog/datasets/patients/exports/csv"
    asked = parse_qs(call.query)
    assert asked["where"] == ['pathologie="dia" and territoire_niveau="departement" and age="tous" and sexe="9"']
    assert (asked["refine"], asked["order_by"], asked["lang"]) == (["annee:2023"], ["prev desc"], ["fr"])
    assert asked["select"][0].split(",")[3:5] == ["territoire", "territoire_libelle"]
    assert "limit" not in asked


def test_figures_are_cited_with_release_date_and_address() -> None:
    html = reader(Settings(public_url="https://donnees.example")).get("/jeux/patients?sexe=2").text
    found = re.search(r'id="citation">(.*?)</p>', html)
    assert found is not None
    text = unescape(found[1])
    assert text.startswith("Caisse nationale de démonstration, «\u00a0Patients pris en charge par pathologie\u00a0»")
    assert "publication n°\u00a03 du 25 novembre 2026" in text
    assert "https://donnees.example/jeux/patients?annee=2023" in text
    assert "sexe=2" in text


def test_a_rounded_ten_says_what_it_means() -> None:
    proved, elsewhere = reader().get("/jeux/patients").text, reader().get("/jeux/reel-honoraires").text
    assert '<dt class="sign">10</dt><dd>arrondi\u00a0: veut dire de 11 à 14</dd>' in proved
    assert "veut dire" not in elsewhere
    assert "veut dire" not in reader().get("/jeux/visites").text


def test_a_picture_of_what_nobody_chose_is_none() -> None:
    store = FakeStore()
    [entry] = [e for e in store.catalogue.entries if e.id == "patients"]
    territory = entry.dimensions[1]
    departments = territory.model_copy(update={"nodes": territory.nodes[1:]})
    dimensions = (entry.dimensions[0], departments, *entry.dimensions[2:])
    store.catalogue = Catalogue(entries=(entry.model_copy(update={"dimensions": dimensions}),))
    html = reader(store=store).get("/jeux/patients").text
    assert re.findall(r'<h3 id="picture-(\w+)"', html) == ["map"]
    chosen = reader(store=store).get("/jeux/patients?territoire=33").text
    assert re.findall(r'<h3 id="picture-(\w+)"', chosen) == ["map", "ages", "periods"]


def test_several_choices_of_a_filter_are_rows_and_columns_are_chosen() -> None:
    asked = "annee=2023&pathologie=dia&territoire=33&territoire=40&territoire=*departement&sexe=2&age=tous"
    html = reader().get(f"/jeux/patients?{asked}&_colonnes=ntop").text
    whole = table_of(reader().get(f"/jeux/patients?{asked}").text)
    assert table_of(html) == [row[:2] for row in whole]
    assert {row[0] for row in whole} == {"Gironde", "Landes"}
    assert html.count('type="checkbox" name="territoire" value="33" checked') == 1
    assert 'in ("33","40")' in unquote(html) and "select=" in html
    assert '<p class="notice" role="status">' in reader().get("/jeux/patients?_colonnes=rien").text
