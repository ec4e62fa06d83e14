"""The home page leads to answers: doors, figures of the release, a search whose answers are sentences, completion."""

import re
from html import unescape

import pytest
from tests.helpers.portal_fakes import FakeStore, reader

from seuil.portal.pages.subjects.intents import read_intent

CONDITIONS = "/pages/data-pathologies/"


def links(html: str) -> dict[str, str]:
    """Text to address of the answers."""
    return {unescape(text): unescape(address) for address, text in re.findall(r'<h3><a href="([^"]+)">([^<]+)<', html)}


def test_there_is_a_door_for_each_subject() -> None:
    html = reader().get("/").text
    assert f'<h2><a href="{CONDITIONS}">Pathologies</a></h2>' in html
    assert '<h2><a href="/pages/data-professionnels-sante-liberaux/">Professionnels de santé</a></h2>' in html
    assert f'href="{CONDITIONS}?pathologie=dia#reponse"' in html


def test_living_figures_are_those_of_the_release() -> None:
    equal = {"pathologie": "dia", "territoire": "FR", "age": "tous", "sexe": "9", "annee": 2023}
    count = FakeStore().rows("patients", equal=equal).rows[0]["ntop"]
    html = reader().get("/").text
    assert "Diabète chez les personnes de tous âges, en France, en 2023" in html
    assert f"{count:,}".replace(",", "\u202f") in html


def test_an_answer_leads_to_the_sentence() -> None:
    found = links(reader().get("/", params={"q": "diabète gironde femmes"}).text)
    assert (
        found["Diabète · Gironde · Femmes · Tous âges · 2023"]
        == f"{CONDITIONS}?pathologie=dia&territoire=33&age=tous&sexe=2&annee=2023#reponse"
    )


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("le diabète augmente-t-il", "evolution"),
        ("diabète augmente", "evolution"),
        ("départements avec le plus de diabète", "classement"),
        ("carte du diabète", "carte"),
        ("que compte diabète", "definition"),
    ],
)
def test_what_is_wanted_of_a_view_is_led_to(asked: str, part: str) -> None:
    found = links(reader().get("/", params={"q": asked}).text)
    address = next(address for name, address in found.items() if name.startswith("Diabète"))
    assert address.endswith(f"#{part}")


def test_two_places_can_be_compared_at_once() -> None:
    found = links(reader().get("/", params={"q": "comparer diabète gironde et landes"}).text)
    address = found["Comparer\u00a0: Gironde · Landes"]
    assert "territoire=33" in address
    assert "avec=40" in address
    assert address.endswith("#comparaison")
    assert reader().get(address).text.count('<div class="column">') == 2


def test_the_year_since_when_is_not_the_year_that_is_asked_for() -> None:
    assert read_intent("diabète depuis 2015") == ("evolution", "diabète")
    assert read_intent("diabète en 2015") == ("reponse", "diabète en 2015")


def test_words_that_are_all_of_an_intent_are_looked_for() -> None:
    assert read_intent("carte") == ("reponse", "carte")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("gir", "Gironde"),
        ("diabete gir", "diabete Gironde"),
        ("médecins gén", "Médecins généralistes"),
        ("a", None),
        ("", None),
        ("zzzz", None),
    ],
)
def test_what_is_typed_is_completed(typed: str, first: str | None) -> None:
    found = reader().get("/suggestions", params={"q": typed}).json()
    assert (found[0] if found else None) == first
    assert len(found) <= 8


def test_completion_speaks_the_readers_language() -> None:
    assert reader().get("/en/suggestions", params={"q": "diab"}).json() == ["Diabetes"]


def test_a_release_without_subjects_has_a_home_page() -> None:
    store = FakeStore()
    store.catalogue = store.catalogue.model_copy(update={"entries": store.catalogue.entries[2:]})
    html = reader(store=store).get("/").text
    assert 'class="door"' not in html
    assert 'class="living"' not in html
