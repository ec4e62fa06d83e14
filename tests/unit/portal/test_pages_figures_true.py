"""Every figure on the pages of subjects is the release's, and none that is hidden is on any of them."""

import random
import re
from html import unescape

import pytest
from tests.helpers.portal_fakes import AGE, SEX, TERRITORY, FakeStore, Row, reader

CANARY = 987_654
PAGES = (
    "/",
    "/?q=diabete lozere",
    "/pages/data-pathologies/?pathologie=dia&territoire=48&avec=33&avec=rare",
    "/pages/data-pathologies/?pathologie=rare&age=10-19&sexe=2&taux=standardise",
    "/pages/data-professionnels-sante-liberaux/?profession=inf&territoire=48",
    "/territoires/48-lozere",
    "/territoires/FR-france",
    "/pathologies/dia-diabete",
    "/professions/inf-infirmiers",
    "/jeux/patients?territoire=48",
)


def with_canaries() -> FakeStore:
    """A release whose files, against all rules, hold a number where its status says NS."""

    def told(row: Row) -> Row:
        hidden = [name for name in row if row.get(f"{name}_statut") == "NS"]
        return row | dict.fromkeys(hidden, CANARY)

    return FakeStore().replace_rows("patients", told).replace_rows("reel-honoraires", told)


def test_the_canaries_are_there() -> None:
    rows = with_canaries().rows("patients", equal={"territoire": "48"}).rows
    assert rows[0]["ntop"] == CANARY


@pytest.mark.parametrize("path", [f"{prefix}{path}" for path in PAGES for prefix in ("", "/en")])
def test_nothing_that_is_hidden_is_on_a_page(path: str) -> None:
    digits = re.sub(r"[\s\u00a0\u202f,.]", "", unescape(reader(store=with_canaries()).get(path).text))
    assert str(CANARY) not in digits
    assert "9876" not in re.sub(r"v=[0-9a-f]+", "", digits)


def test_two_hundred_figures_at_random_are_the_releases() -> None:
    chance = random.Random(27)
    client, store = reader(), FakeStore()
    for _ in range(67):  # of three figures each
        place, age, sex = (chance.choice(d.nodes) for d in (TERRITORY, AGE, SEX))
        condition, year = chance.choice(("dia", "rare", "tout")), chance.choice((2022, 2023))
        equal: dict[str, str | int] = {"pathologie": condition, "territoire": place.code, "age": age.code}
        row = store.rows("patients", equal=equal | {"sexe": sex.code, "annee": year}).rows[0]
        asked = {k: str(v) for k, v in equal.items()} | {"sexe": sex.code, "annee": str(year)}
        html = client.get("/pages/data-pathologies/", params=asked).text
        answer = html[html.index('id="reponse"') : html.index('class="tabs"')]
        figures = [
            unescape(re.sub(r"<[^>]+>", "", one)).replace("\u202f", "").split()[0]
            for one in re.findall(r'<p class="told-figure[^"]*">(.*?)</p>', answer)
        ]
        if row["ntop"] is None:
            assert figures[:2] == ["NS", "NS"]
        elif row["ntop"] == 0:
            assert figures[0] == "personne,"
        else:
            assert figures[0] == str(row["ntop"])
            assert float(figures[1].replace(",", ".")) == row["prev"]
        assert figures[2] == str(row["npop"])
