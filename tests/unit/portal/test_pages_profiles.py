"""A page for each territory, condition and profession: its figures beside those around it, true as published."""

import re
from html import unescape

import pytest
from tests.helpers.portal_fakes import HIDDEN_DEPARTMENT, FakeStore, reader

GIRONDE = "/territoires/33-gironde"


def rows_of(html: str, title: str) -> dict[str, list[str]]:
    """The table of a section: first cell to the others."""
    table = html[html.index(f'id="{title}"') :]
    table = table[: table.index("</table>")]
    found = {}
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table, re.DOTALL):
        cells = [
            unescape(re.sub(r"<[^>]+>", "", cell)).strip()
            for cell in re.findall(r"<t[hd][^>]*>.*?</t[hd]>", row, re.DOTALL)
        ]
        found[cells[0]] = cells[1:]
    return found


def test_a_territory_has_its_conditions_beside_the_country() -> None:
    equal = {"territoire": "33", "age": "tous", "sexe": "9", "annee": 2023, "pathologie": "dia"}
    own = FakeStore().rows("patients", equal=equal).rows[0]
    country = FakeStore().rows("patients", equal=equal | {"territoire": "FR"}).rows[0]
    cells = rows_of(reader().get(GIRONDE).text, "s-condition")["Diabète"]
    assert cells[0] == f"{own['ntop']:,}".replace(",", "\u202f")
    assert cells[1:3] == [f"{row['prev']:.2f}".replace(".", ",") for row in (own, country)]
    assert ("de plus" in cells[3]) == (own["prev"] > country["prev"])


def test_a_territory_has_its_neighbours_and_the_country_beside_it() -> None:
    near = rows_of(reader().get(GIRONDE).text, "near")
    assert list(near)[1:] == [
        "Gironde",
        "Charente-Maritime",
        "Dordogne",
        "Landes",
        "Lot-et-Garonne",
        "France",
    ]


def test_nothing_is_said_of_what_is_hidden() -> None:
    cells = rows_of(reader().get(f"/territoires/{HIDDEN_DEPARTMENT}-lozere").text, "s-condition")["Diabète"]
    assert cells[:2] == ["NS", "NS"]
    assert cells[3] == ""


def test_the_country_is_compared_with_nothing() -> None:
    html = reader().get("/territoires/FR-france").text
    assert "Par rapport à la France" not in html
    assert "Diabète" in html


@pytest.mark.parametrize(
    ("asked", "own"),
    [
        ("/territoires/33", GIRONDE),
        ("/territoires/33-bordeaux", GIRONDE),
        ("/territoires/971", "/territoires/971-guadeloupe"),
        ("/en/territoires/33", f"/en{GIRONDE}"),
        ("/pathologies/dia", "/pathologies/dia-diabete"),
        ("/professions/inf", "/professions/inf-infirmiers"),
    ],
)
def test_a_page_has_one_address(asked: str, own: str) -> None:
    answer = reader().get(asked, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (308, own)
    assert reader().get(own).status_code == 200


@pytest.mark.parametrize("path", ["/territoires/zz", "/territoires/3", "/pathologies/zz", "/professions/zz"])
def test_what_no_code_list_has_has_no_page(path: str) -> None:
    assert reader().get(path).status_code == 404


def test_every_territory_is_listed() -> None:
    html = reader().get("/territoires/").text
    listed = html[html.index('class="place-list"') :]
    assert set(re.findall(r'href="/territoires/([0-9AB]+)-', listed)) >= {"33", "2A", "971"}


def test_a_condition_has_its_figures_sexes_and_departments() -> None:
    html = reader().get("/pathologies/dia-diabete").text
    assert "Diabète chez les personnes de tous âges, en France, en 2023" in html
    assert list(rows_of(html, "table-1"))[1:] == ["Hommes", "Femmes"]
    assert 'id="classement"' in html


def test_a_profession_has_its_page() -> None:
    html = reader().get("/professions/inf-infirmiers").text
    assert "<h1>Infirmiers</h1>" in html
    assert 'id="classement"' in html


def test_a_release_without_subjects_has_none_of_these_pages() -> None:
    store = FakeStore()
    store.catalogue = store.catalogue.model_copy(update={"entries": store.catalogue.entries[2:]})
    for path in ("/territoires/", GIRONDE, "/pathologies/dia", "/professions/inf"):
        assert reader(store=store).get(path).status_code == 404
