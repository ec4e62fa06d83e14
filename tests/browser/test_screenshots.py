"""The pictures of docs/explanation/portal.md: each page can be taken as people see it, and is not blank.

`make screenshots SITE=http://127.0.0.1:8000` takes them of the demo that is served there, and writes them into
docs/images/portal; they are looked at before they are kept. The tests take the same pages of a small release.
"""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "images" / "portal"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
SMALL = "/pages/data-pathologies/?pathologie=dia&territoire=33"
DEMO = "/pages/data-pathologies/?pathologie=DIA_CAT_CAT&territoire=33"
POLICY = "/protection-des-donnees/2026-11-29/depuis/2026-11-25"
RIGHTS = "/vos-droits?departement=76&droit=effacement"
PROFESSIONS = "/pages/data-professionnels-sante-liberaux/"
HIDDEN = "/jeux/effectifs/chiffre?annee=2025&condition=CAN_SEI_ACT&age=35-39&sexe=2&territoire=48"
SHOTS: dict[str, tuple[str, str, dict[str, int], str]] = {
    "home": ("/", "/", DESKTOP, "light"),
    "home-dark": ("/", "/", DESKTOP, "dark"),
    "search-phone": ("/?q=diabete+gironde+femmes", "/?q=diabete+gironde+femmes", PHONE, "light"),
    "conditions": (SMALL, DEMO, DESKTOP, "light"),
    "conditions-phone": (SMALL, DEMO, PHONE, "light"),
    "conditions-dark": (f"{SMALL}#carte", f"{DEMO}#carte", DESKTOP, "dark"),
    "professions": (
        f"{PROFESSIONS}?profession=inf&territoire=33",
        f"{PROFESSIONS}?profession=infirmiers&territoire=33",
        DESKTOP,
        "light",
    ),
    "territory": ("/territoires/33-gironde", "/territoires/33-gironde", DESKTOP, "light"),
    "dataset": (
        "/jeux/patients?territoire=33&territoire=40#table",
        "/jeux/effectifs?condition=DIA_CAT_CAT&age=tsage&sexe=9&territoire=33&territoire=40#table",
        DESKTOP,
        "light",
    ),
    "chart": (
        "/jeux/patients/graphique?_par=_periodes&_selon=sexe:*sexe#graphique",
        "/jeux/effectifs/graphique?condition=DIA_CAT_CAT&_par=_periodes&_selon=sexe:*sexe#graphique",
        DESKTOP,
        "light",
    ),
    "figure": ("/jeux/patients/chiffre?annee=2023&pathologie=dia&territoire=75", HIDDEN, DESKTOP, "light"),
    "proof": ("/preuve", "/preuve", DESKTOP, "light"),
    "rights-phone": (RIGHTS, RIGHTS, PHONE, "light"),
    "policy-difference": (POLICY, POLICY, DESKTOP, "dark"),
}
"""By name: the page of the small release and that of the demo, the size, the colours."""
assert len(SHOTS) == 14


@pytest.mark.parametrize("name", SHOTS)
def test_the_page_can_be_taken(browser: Browser, site: str, tmp_path: Path, name: str) -> None:
    small, of_demo, size, colours = SHOTS[name]
    demo = os.environ.get("SEUIL_SCREENSHOTS")
    look: dict[str, Any] = {"viewport": size, "color_scheme": colours, "reduced_motion": "reduce"}
    context = browser.new_context(**look)
    page = context.new_page()
    answer = page.goto(demo.rstrip("/") + of_demo if demo else site + small)
    assert answer is not None and answer.ok
    taken = page.screenshot(path=tmp_path / f"{name}.png")
    context.close()
    assert len(taken) > 10_000
    if demo:
        FOLDER.mkdir(parents=True, exist_ok=True)
        (FOLDER / f"{name}.png").write_bytes(taken)


def test_the_document_shows_each_of_them() -> None:
    text = (ROOT / "docs" / "explanation" / "portal.md").read_text(encoding="utf-8")
    assert sorted(path.stem for path in FOLDER.glob("*.png")) == sorted(SHOTS)
    assert all(f"../images/portal/{name}.png" in text for name in SHOTS)
