"""The page of conditions: a view is a sentence, its figure the answer, and what stands beside them is true of them."""

import re
from html import unescape

import pytest
from tests.helpers.portal_fakes import FakeStore, Row, reader

from seuil.model.text import Text

PAGE = "/pages/data-pathologies/"
GIRONDE = {"pathologie": "dia", "territoire": "33", "annee": "2023"}


def text_of(html: str) -> str:
    """What is read: no tag, no title of a picture's part."""
    bare = re.sub(r"<(svg|script|style|select)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", bare)).replace("\u202f", " ").replace("\xa0", " "))


def test_the_view_is_a_sentence_whose_words_can_be_chosen() -> None:
    html = reader().get(PAGE, params=GIRONDE | {"sexe": "2", "age": "70-79"}).text
    title = "Diabète chez les femmes de 70 à 79 ans, en Gironde, en 2023"
    assert f'<h1 class="unseen">{title}</h1>' in html
    assert re.findall(r'<select id="s-(\w+)"', html) == ["pathologie", "sexe", "age", "territoire", "annee", "with"]
    assert re.findall(r"<option [^>]*selected>([^<]+)<", html) == [
        "Diabète",
        "les femmes",
        "de 70 à 79 ans",
        "en Gironde",
        "en 2023",
    ]
    english = reader().get(f"/en{PAGE}", params=GIRONDE | {"sexe": "2"}).text
    assert "Diabetes among women of all ages, in Gironde, in 2023" in english


def test_the_figure_says_what_its_rounding_leaves_open() -> None:
    store = FakeStore()
    equal = {"pathologie": "dia", "territoire": "33", "age": "70-79", "sexe": "2", "annee": 2023}
    row = store.rows("patients", equal=equal).rows[0]
    count = int(str(row["ntop"]))
    told = text_of(reader().get(PAGE, params=GIRONDE | {"sexe": "2", "age": "70-79"}).text)
    written = f"{count:,}".replace(",", " ")
    assert written in told
    assert f"c’est-à-dire de {count - 5:,} à {count + 4:,}".replace(",", " ") in told


def test_what_is_hidden_says_so_and_nothing_of_its_size() -> None:
    html = reader().get(PAGE, params=GIRONDE | {"territoire": "48"}).text
    answer = html[html.index('id="reponse"') : html.index('class="tabs"')]
    assert "non significatif" in answer
    assert "rien ne permet de dire s’il est petit ou grand" in answer
    assert "En hausse" not in answer
    assert "Plus élevé" not in answer


def test_the_map_leads_to_each_department_and_hatches_what_is_hidden() -> None:
    html = reader().get(PAGE, params=GIRONDE).text
    links = re.findall(r'<a href="([^"]+)" tabindex="-1">', html)
    assert len(set(links)) == 101
    assert any("territoire=48" in link for link in links)
    hatched = re.findall(r'<path class="area hatched"[^>]*><title>([^<]+)</title>', html)
    assert hatched == ["Lozère : non significatif"]
    assert html.count('<path class="outlined"') == 1
    assert '<text class="place"' in html


def test_no_rank_is_given_beside_a_hidden_department() -> None:
    html = reader().get(PAGE, params=GIRONDE).text
    table = html[html.index('class="plain ranking"') :]
    assert "incertain" in table
    assert "1 département n’a pas de chiffre publié" in table.replace("\xa0", " ")


def test_a_rank_is_given_where_all_figures_are_apart() -> None:
    def apart(row: Row) -> Row:
        code = str(row["territoire"])
        place = 1000 * (1 + sum(ord(c) * 7**k for k, c in enumerate(code)) % 997)
        return row | {"ntop": place, "ntop_statut": None, "npop": 10**7, "prev": place / 10**5, "prev_statut": None}

    store = FakeStore().replace_rows("patients", apart)
    html = reader(store=store).get(PAGE, params=GIRONDE).text
    ranks = re.findall(r"<tr[^>]*><td>(\d+)</td>", html)
    assert ranks[:2] == ["1", "2"]


def test_places_and_conditions_stand_side_by_side() -> None:
    html = reader().get(PAGE, params=[*GIRONDE.items(), ("avec", "40"), ("avec", "rare"), ("avec", "zzz")]).text
    assert re.findall(r"<h3>([^<]+)</h3>", html)[:2] == ["Gironde", "Landes"]
    assert html.count('<div class="column">') == 3
    assert "qu’en Gironde" in html


def test_at_most_four_stand_side_by_side() -> None:
    more = [("avec", code) for code in ("40", "24", "47", "17", "64")]
    html = reader().get(PAGE, params=[*GIRONDE.items(), *more]).text
    assert html.count('<div class="column">') == 4
    assert 'id="s-with"' not in html


def test_what_is_impossible_by_definition_is_no_figure() -> None:
    def none(row: Row) -> Row:
        return row | {"ntop": 0, "prev": 0.0, "ntop_statut": None, "prev_statut": None} if row["sexe"] == "1" else row

    html = reader(store=FakeStore().replace_rows("patients", none)).get(PAGE, params=GIRONDE | {"sexe": "1"}).text
    assert "personne, par définition" in html
    assert not re.findall(r'<path class="area c\d"', html)


def test_a_value_that_does_not_exist_is_told() -> None:
    html = reader().get(PAGE, params={"pathologie": "zzz", "annee": "1066"}).text
    assert "pathologie, annee" in html


def test_a_code_list_without_a_definition_says_so() -> None:
    assert "n’en donne pas de définition" in reader().get(PAGE, params=GIRONDE).text


@pytest.mark.parametrize("language", ["", "/en"])
def test_a_release_without_conditions_has_no_such_page(language: str) -> None:
    store = FakeStore()
    store.catalogue = store.catalogue.model_copy(update={"entries": store.catalogue.entries[1:]})
    assert reader(store=store).get(f"{language}{PAGE}").status_code == 404


def test_what_the_code_list_says_of_a_condition_is_told() -> None:
    store = FakeStore()
    entry = store.entry("patients")
    first, *others = entry.dimensions
    note = Text(fr="Qui prend de l’insuline.", en="Who takes insulin.")
    nodes = tuple(n.model_copy(update={"note": note}) if n.code == "dia" else n for n in first.nodes)
    told = entry.model_copy(update={"dimensions": (first.model_copy(update={"nodes": nodes}), *others)})
    store.catalogue = store.catalogue.model_copy(update={"entries": (told, *store.catalogue.entries[1:])})
    html = reader(store=store).get(PAGE, params=GIRONDE).text
    assert "Qui prend de l’insuline." in html
    assert "n’en donne pas de définition" not in html
    assert "Who takes insulin." in reader(store=store).get("/en/pathologies/dia-diabete").text


def test_a_population_of_other_cells_is_a_figure_like_others() -> None:
    store = FakeStore()
    entry = store.entry("patients")
    count, people, rate = entry.measures
    elsewhere = people.model_copy(update={"elsewhere": ({"pathologie": ("rare",)},)})
    told = entry.model_copy(update={"measures": (count, elsewhere, rate)})
    store.catalogue = store.catalogue.model_copy(update={"entries": (told, *store.catalogue.entries[1:])})
    assert reader(store=store).get(PAGE, params=GIRONDE).status_code == 200


def test_tables_published_elsewhere_are_told_as_they_are() -> None:
    store = FakeStore()
    entry = store.entry("patients")
    given = tuple(m.model_copy(update={"kind": "given", "of": "", "by": ""}) for m in entry.measures)
    guarantee = entry.guarantee.model_copy(update={"proved": False})
    told = entry.model_copy(update={"measures": given, "guarantee": guarantee, "source": "published"})
    store.catalogue = store.catalogue.model_copy(update={"entries": (told, *store.catalogue.entries[1:])})
    html = reader(store=store).get(PAGE, params=GIRONDE).text
    assert re.findall(r'<p class="told-label">([^<]+)</p>', html) == [
        "Patients pris en charge",
        "Population",
        "Taux de patients",
    ]
    assert "c’est-à-dire" not in html
    assert "ce site ne prouve rien" in html
    assert len(set(re.findall(r'<path class="area (c\d)"', html))) > 2
    hidden = reader(store=store).get(PAGE, params=GIRONDE | {"territoire": "48"}).text
    assert "L’éditeur de ces tableaux a masqué ce chiffre" in hidden


def test_trends_side_by_side_have_one_scale() -> None:
    html = reader().get("/pages/data-pathologies/?pathologie=dia&territoire=33&avec=rare").text
    beside = html[html.index('id="comparaison"') : html.index('id="evolution"')]
    scales = [re.findall(r'text-anchor="end">([^<]*)</text>', one) for one in beside.split('class="plot"')[1:]]
    ticks = [[text for text in one if re.fullmatch(r"[\d,]+", text)] for one in scales]
    assert len(ticks) == 2
    assert ticks[0] == ticks[1] != []
