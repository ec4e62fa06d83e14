"""Every text is in the catalogues, in French and in English, and every page comes in both."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po
from tests.helpers.portal_fakes import reader

from seuil.portal.pages.documents import read_document
from seuil.portal.pages.locale import Locale, locales
from seuil.portal.settings import Settings

ROOT = Path(__file__).parents[3]
PORTAL = ROOT / "src/seuil/portal"
PAGES = ("/", "/?q=diabete", "/?q=diabete+zzz+gironde", "/jeux/patients?territoire=48", "/jeux/patients?_tri=-prev",
         "/jeux/patients", "/jeux/reel-honoraires", "/jeux/visites", "/protection-des-donnees",
         "/pages/data-pathologies/?pathologie=dia&territoire=33&avec=40", "/pages/data-professionnels-sante-liberaux/",
         "/territoires/", "/territoires/33-gironde", "/pathologies/dia-diabete", "/professions/inf-infirmiers",
         "/vos-droits", "/secret", "/mentions-legales", "/glossaire", "/accessibilite",
         "/protection-des-donnees/promesses", "/certificat", "/nulle-part")  # fmt: skip


def catalogue(path: str) -> Catalog:
    return read_po((PORTAL / "translations" / path).open("rb"))


def messages(found: Catalog) -> list[Message]:
    return [message for message in found if message.id]


def parts(text: object) -> list[str]:
    return [str(part) for part in text] if isinstance(text, (list, tuple)) else [str(text)]


def test_the_template_holds_what_the_code_says() -> None:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    extracted = extract_from_dir(PORTAL, method_map=methods, options_map=options)
    assert {str(message) for _, _, message, _, _ in extracted} == {
        str(tuple(m.id) if isinstance(m.id, (list, tuple)) else m.id) for m in messages(catalogue("messages.pot"))
    }


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_message_is_translated(language: str) -> None:
    found = catalogue(f"{language}/LC_MESSAGES/messages.po")
    assert {m.id for m in messages(found)} == {m.id for m in messages(catalogue("messages.pot"))}
    for message in messages(found):
        assert not message.fuzzy, message.id
        wanted = set(re.findall(r"%\(\w+\)s", parts(message.id)[-1]))
        for text in parts(message.string):
            assert text.strip(), message.id
            assert set(re.findall(r"%\(\w+\)s", text)) == wanted, message.id


@pytest.mark.parametrize("path", PAGES)
def test_every_page_comes_in_both_languages(path: str) -> None:
    client = reader()
    french, english = client.get(path), client.get(f"/en{path}")
    assert french.status_code == english.status_code == (404 if path == "/nulle-part" else 200)
    assert '<html lang="fr">' in french.text
    assert '<html lang="en">' in english.text
    assert "Aller au contenu" in french.text
    assert "Aller au contenu" not in english.text
    assert "Skip to the content" in english.text
    assert "Skip to the content" not in french.text


def test_a_page_leads_to_itself_in_the_other_language() -> None:
    client = reader()
    assert 'href="/en/jeux/patients?sexe=2"' in client.get("/jeux/patients?sexe=2").text
    assert 'href="/jeux/patients?sexe=2"' in client.get("/en/jeux/patients?sexe=2").text


@pytest.mark.parametrize(
    "name", ["rights", "secrecy", "legal", "glossary", "policy/2026-11-25", "policy/2026-11-29", "policy/2026-11-30"]
)
@pytest.mark.parametrize("locale", list(locales().values()), ids=list(locales()))
def test_long_texts_name_what_the_settings_say(name: str, locale: Locale) -> None:
    document = read_document(name, locale, Settings())
    assert document.title
    assert len(document.sections) >= 2
    assert "$" not in document.body


def test_numbers_are_written_as_the_language_does() -> None:
    french, english = locales()["fr"], locales()["en"]
    assert french.number(1234567.891, 1) == "1\u202f234\u202f567,9"
    assert english.number(1234567.891, 1) == "1,234,567.9"
    assert french.size(98_765) == "98,8\u00a0ko"
    assert french.size(999) == "999\u00a0o"
    assert english.size(3_000_000_000_000) == "3,000\u00a0GB"
