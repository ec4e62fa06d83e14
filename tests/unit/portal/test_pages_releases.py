"""What changed, in words that agree with their numbers."""

from tests.helpers.portal_fakes import reader

from seuil.catalogue.changes import PeriodChanges
from seuil.portal.pages.locale import locales
from seuil.portal.pages.releases import period_told, periods_told


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


def test_several_new_years_in_a_row_are_one_sentence() -> None:
    none = {"left_out": 0, "hidden": 0, "shown": 0, "revised": 0}

    def said(*kinds: tuple[int, str, int]) -> list[str]:
        periods = [
            PeriodChanges.model_validate({"period": p, "kind": kind, "added": rows, **none}) for p, kind, rows in kinds
        ]
        return [text.replace("\u202f", " ") for text in periods_told(periods, locales()["fr"])]

    three = [(year, "new", 1000 + year - 2010) for year in (2010, 2011, 2012)]
    assert said(*three) == ["2010 à 2012 ajoutées (3 003 lignes)"]
    assert said(*three[:2]) == ["2010 ajoutée (1 000 lignes)", "2011 ajoutée (1 001 lignes)"]
    gap = (2014, "new", 5)
    assert said(*three, gap) == ["2010 à 2012 ajoutées (3 003 lignes)", "2014 ajoutée (5 lignes)"]
    assert said((2009, "gone", 0), *three, (2013, "gone", 0))[1:2] == said(*three)


def test_without_an_archive_the_served_release_is_told() -> None:
    page = reader().get("/publications").text
    assert "Publication n°\u00a03 du 25 novembre 2026" in page
    assert "2022–2023" in page
