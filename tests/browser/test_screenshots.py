"""The pictures of docs/explanation/portal.md: each page can be taken as people see it, and is not blank.

`make screenshots` writes them into docs/images/portal; they are looked at before they are kept.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "images" / "portal"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
CONDITION = "/pages/data-pathologies/?pathologie=dia&territoire=33"
SHOTS: dict[str, tuple[str, dict[str, int], str]] = {
    "home": ("/", DESKTOP, "light"),
    "home-dark": ("/", DESKTOP, "dark"),
    "search-phone": ("/?q=diabete+gironde+femmes", PHONE, "light"),
    "conditions": (CONDITION, DESKTOP, "light"),
    "conditions-phone": (CONDITION, PHONE, "light"),
    "conditions-dark": (f"{CONDITION}#carte", DESKTOP, "dark"),
    "professions": ("/pages/data-professionnels-sante-liberaux/?profession=inf&territoire=33", DESKTOP, "light"),
    "territory": ("/territoires/33-gironde", DESKTOP, "light"),
    "dataset": ("/jeux/patients?territoire=33&territoire=40#table", DESKTOP, "light"),
    "chart": ("/jeux/patients/graphique?_par=_periodes&_selon=sexe:*sexe#graphique", DESKTOP, "light"),
    "figure": ("/jeux/patients/chiffre?annee=2023&pathologie=dia&territoire=75", DESKTOP, "light"),
    "proof": ("/preuve", DESKTOP, "light"),
    "rights-phone": ("/vos-droits?departement=76&droit=effacement", PHONE, "light"),
    "policy-difference": ("/protection-des-donnees/2026-11-29/depuis/2026-11-25", DESKTOP, "dark"),
}
assert len(SHOTS) == 14


@pytest.mark.parametrize("name", SHOTS)
def test_the_page_can_be_taken(browser: Browser, site: str, tmp_path: Path, name: str) -> None:
    path, size, colours = SHOTS[name]
    look: dict[str, Any] = {"viewport": size, "color_scheme": colours, "reduced_motion": "reduce"}
    context = browser.new_context(**look)
    page = context.new_page()
    assert page.goto(site + path)
    taken = page.screenshot(path=tmp_path / f"{name}.png")
    context.close()
    assert len(taken) > 10_000
    if os.environ.get("SEUIL_SCREENSHOTS"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(taken)


def test_the_document_shows_each_of_them() -> None:
    text = (ROOT / "docs" / "explanation" / "portal.md").read_text(encoding="utf-8")
    assert sorted(path.stem for path in FOLDER.glob("*.png")) == sorted(SHOTS)
    assert all(f"../images/portal/{name}.png" in text for name in SHOTS)
