"""What the data-protection policy promises, row by row, stands on the pages."""

import re
from datetime import date
from html import unescape

import pytest
from tests.helpers.portal_fakes import reader

from seuil.model.text import Text
from seuil.portal.settings import Settings

SETTINGS = Settings(
    controller=Text(fr="Caisse Alpha"), host=Text(fr="Hôte Bêta"), general_policy_url="https://alpha.example/politique",
    data_protection_officer=Text(fr="DPO Gamma"), next_release=date(2027, 7, 1),
)  # fmt: skip
POLICY = "/protection-des-donnees"
ROWS = {
    1: (POLICY, "ne concerne que ce site", "https://alpha.example/politique"),
    2: (POLICY, "rendre possibles des études sur la santé et sur son financement"),
    3: (POLICY, "Le responsable du traitement est l’organisme suivant : Caisse Alpha", "RGPD",
        "n° 78-17 du 6 janvier 1978"),
    4: (POLICY, "ni déformées, ni endommagées, ni accessibles à des tiers non autorisés"),
    5: (POLICY, "n’est pas responsable des dommages", "à d’autres fins que celles"),
    6: (POLICY, "L’hébergeur du site agit comme sous-traitant au sens des mêmes textes : Hôte Bêta"),
    7: (POLICY, "ouvertes et en libre-service", "réutiliser, sous la licence"),
    8: (POLICY, "provient du Système national des données de santé (SNDS)"),
    9: (POLICY, "pseudonymisées", "anonymisées qu’ensuite, une fois agrégées par région et par département",
        "puis par classe d’âge"),
    10: (POLICY, "du 7 juin 1951", "l’identification directe ou indirecte d’une personne est rendue impossible"),
    11: (POLICY, "rien n’est dit lorsque moins de 11 patients sont pris en charge"),
    12: (POLICY, "rien n’est dit lorsqu’il y a strictement moins de 5 professionnels"),
    13: (POLICY, "NS (non significatif) dans les données", "« Non significatif » dans les graphiques"),
    14: (POLICY, "des groupes de pathologies, des pathologies, des traitements chroniques et des épisodes de soins"),
    15: (POLICY, "effectifs et densité, secteurs conventionnels, types d’exercice, honoraires totaux et moyens, "
         "prescriptions totales et moyennes, patientèle moyenne"),
    16: (POLICY, "classe d’âge, sexe et territoire (région, département)"),
    17: (POLICY, "mises à jour chaque année. Les séries remontent au plus tôt à 2010", "1 juillet 2027"),
    18: ("/vos-droits", "au directeur de votre caisse d’assurance maladie, par l’intermédiaire de son délégué"),
    19: ("/vos-droits", "CNIL", "3 place de Fontenoy, TSA 80715, 75334 Paris cedex 07"),
    20: (POLICY, "ouverte à tous sur ce site",
         "tenue à jour lorsque les lois ou les services changent", "29 novembre 2026", "25 novembre 2026"),
}  # fmt: skip


def words(path: str) -> str:
    """What a person reads on the page, with the addresses of its links, and all kinds of spaces as one."""
    html = reader(SETTINGS).get(path).text
    links = " ".join(re.findall(r'href="(https?://[^"]*)"', html))
    text = unescape(re.sub(r"<[^>]+>", "", html))
    return " ".join(f"{text} {links}".split())


@pytest.mark.parametrize("row", ROWS)
def test_the_row_is_stated(row: int) -> None:
    path, *said = ROWS[row]
    page = words(path)
    for sentence in said:
        assert sentence in page


@pytest.mark.parametrize("path", ["/", "/jeux/patients", "/mentions-legales", POLICY])
def test_the_disclaimer_of_row_5_stands_on_every_page(path: str) -> None:
    assert "n’est pas responsable des dommages qui résulteraient d’une réutilisation" in words(path)


@pytest.mark.parametrize("path", [POLICY, "/vos-droits"])
def test_both_pages_say_where_to_complain(path: str) -> None:
    assert "3 place de Fontenoy, TSA 80715, 75334 Paris cedex 07" in words(path)


def test_versions_are_listed_and_have_addresses_of_their_own() -> None:
    client = reader(SETTINGS)
    page = client.get(POLICY).text
    assert f'href="{POLICY}/2026-11-30" aria-current="page"' in page
    assert "Il n’y a pas de version antérieure." not in page
    assert "Cette version n’est plus en vigueur." in client.get(f"{POLICY}/2026-11-25").text
    assert client.get(f"{POLICY}/2020-01-01").status_code == 404
    assert client.get(f"{POLICY}/..%2Fsecrecy").status_code == 404


def test_what_changed_between_two_versions_is_shown_word_by_word() -> None:
    client = reader(SETTINGS)
    address = f"{POLICY}/2026-11-29/depuis/2026-11-25"
    assert f'href="{address}"' in client.get(f"{POLICY}/2026-11-29").text
    assert f'href="{POLICY}/2026-11-30/depuis/2026-11-29"' in client.get(POLICY).text
    page = unescape(client.get(address).text)
    gone, come = (re.findall(f"<{tag}>(.*?)</{tag}>", page) for tag in ("del", "ins"))
    assert any("d’abord" in words for words in gone)
    assert any("pseudonymisées" in words for words in come)
    assert "<h2>Comment les personnes sont protégées</h2>" in page
    assert "<h2>Qui est responsable</h2>" not in page, "nothing changed there"
    assert "pseudonymised" in client.get(f"/en{address}").text
    assert client.get(f"{POLICY}/2026-11-29/depuis/2020-01-01").status_code == 404


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_each_promise_says_what_keeps_it_and_where_to_see_that(prefix: str) -> None:
    html = reader(SETTINGS).get(f"{prefix}{POLICY}/promesses").text
    rows = re.findall(r"<tr>\s*<td>(\d+)</td>(.*?)</tr>", html, re.DOTALL)
    assert [int(number) for number, _ in rows] == list(ROWS)
    for _, row in rows:
        [address] = re.findall(r'href="([^"#]*)', row)
        assert reader(SETTINGS).get(address).status_code == 200
    assert f'href="{prefix}{POLICY}/promesses"' in reader(SETTINGS).get(f"{prefix}{POLICY}").text
