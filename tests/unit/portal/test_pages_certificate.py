"""The certificate of a release, as readers see it, and the publication rules on the policy page."""

import re
from html import unescape

import pytest
from tests.helpers.portal_fakes import FakeStore, reader
from tests.helpers.portal_release import shared_store

from seuil.catalogue.certificate import PolicyEntry, read_certificate, write_certificate

FRENCH = (
    "Certificat de la publication n° 3",
    "contrôleur cccccccccccccccc",
    "11 patients",
    "publié ailleurs, non prouvé",
    "montant visites : caché si un seul en a plus de 85 %",
    "protégé aussi pour l’unité patient : seuil 11, 85 %",
    "vœu de cacher : Vœu public",
    "connu par ailleurs (ce que cela dévoile est accepté) : Recensement",
    "publiée à nouveau : 2022, dans la publication nº 2 (1 mars 2026), à la place de la publication nº 1 : ",
    "déclaré vide : Vide par nature",
    "exception : threshold vaut 5, les règles disent 11 : Données anciennes",
    "exception : measures.visites.p_percent_up_to vaut 50000, les règles disent tous les totaux : Au-delà, 5 000",
    "ancien (tout le jeu) : 2019, 2020",
    "patient.threshold: 20 -> 11",
    "Les étapes et les fichiers",
)
ENGLISH = (
    "Certificate of release no. 3",
    "published elsewhere, not proved",
    "wish to hide: Public wish",
    "exception: threshold is 5, the rules say 11: Old data",
    "exception: measures.visites.p_percent_up_to is 50000, the rules say all totals: Above, 5,000",
    "ancien (the whole dataset): 2019, 2020",
    "Test rules",
)


def words(path: str, store: FakeStore | None = None) -> str:
    """What a person reads, all kinds of spaces as one."""
    page = reader(store=store).get(path)
    assert page.status_code == 200
    text = " ".join(unescape(re.sub(r"<[^>]+>", "", page.text.replace("</td>", " ").replace("</th>", " "))).split())
    return text.replace(" : ", ": ").replace(" :", ":")


@pytest.mark.parametrize(("path", "told"), [("/certificat", FRENCH), ("/en/certificat", ENGLISH)])
def test_certificate_page_tells_all_that_the_certificate_says(path: str, told: tuple[str, ...]) -> None:
    page = words(path)
    for sentence in told:
        assert sentence.replace(" : ", ": ") in page


def test_note_of_a_release_is_shown_as_text() -> None:
    assert "<script>alert" not in reader().get("/certificat").text


def test_certificate_as_a_file_is_the_certificate() -> None:
    answer = reader().get("/certificat.json")
    assert answer.headers["content-type"] == "application/json"
    assert write_certificate(read_certificate(answer.content)) == answer.content


@pytest.mark.parametrize("path", ["/certificat", "/en/certificat", "/certificat.json"])
def test_release_without_a_certificate_has_no_such_page(path: str) -> None:
    store = FakeStore()
    store.certificate = None
    assert reader(store=store).get(path).status_code == 404
    assert "/certificat" not in reader(store=store).get("/").text


def test_store_reads_a_release_from_before_certificates() -> None:
    assert shared_store().served().certificate is None


def test_policy_page_shows_the_rules_of_the_release() -> None:
    page = words("/protection-des-donnees")
    assert "Règles de publication que des machines contrôlent" in page
    assert "patient 11 85 % 10 % justified cachés shown, hidden, cost Secret statistique" in page
    assert "toutes les autres 12" in page
    assert "Machine-checked publication rules" in words("/en/protection-des-donnees")


@pytest.mark.parametrize(("days", "late"), [(100_000, False), (-1, True)])
def test_policy_text_that_is_too_old_is_said_to_be_due(days: int, late: bool) -> None:
    store = FakeStore()
    assert store.certificate is not None
    rules: PolicyEntry = store.certificate.policy.model_copy(update={"privacy_text_days": days})
    store.certificate = store.certificate.model_copy(update={"policy": rules})
    assert ("il doit être revu" in words("/protection-des-donnees", store)) is late
