"""What changed, in words that agree with their numbers."""

from tests.helpers.portal_fakes import reader

from seuil.catalogue.changes import PeriodChanges
from seuil.portal.pages.locale import locales
from seuil.portal.pages.releases import period_told


def told(language: str = "fr", **counts: int) -> str:
    none = {"added": 0, "left_out": 0, "hidden": 0, "shown": 0, "revised": 0}
    one = PeriodChanges.model_validate({"period": 2023, "kind": "changed", **none, **counts})
    return period_told(one, locales()["fr" if language == "fr" else "en"]).replace("\u00a0", " ").replace("\u202f", " ")


def test_every_kind_of_change_is_told_and_nothing_else() -> None:
    assert told(revised=1) == "2023 : 1 chiffre révisé"
    assert told(revised=1200, hidden=2, shown=1) == (
        "2023 : 1 200 chiffres révisés, 2 chiffres nouvellement cachés, 1 chiffre nouvellement montré"
    )
    assert told("en", added=2, left_out=1) == "2023: 2 rows added, 1 row left out"


def test_without_an_archive_the_served_release_is_told() -> None:
    page = reader().get("/publications").text
    assert "Publication n°\u00a03 du 25 novembre 2026" in page
    assert "2022–2023" in page
