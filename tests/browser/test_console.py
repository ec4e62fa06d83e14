"""The API's console in Chromium: it runs a call in the page, without scripts too, and nothing is objected to."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import serving
from tests.browser.test_accessibility import judged_in_every_look
from tests.helpers.portal_release import shared_office

from seuil.portal.app import create_app
from seuil.portal.settings import Settings

CONSOLE = "/api/explore/v2.1/console?dataset_id=patients"


@pytest.fixture(scope="module")
def portal() -> Iterator[str]:
    with serving(create_app(Settings(archive=shared_office().archive))) as address:
        yield address


def asked(page: Page) -> None:
    page.get_by_label("limit").fill("1")
    page.get_by_label("refine").fill("territoire:75\nannee:2023")
    page.get_by_role("button", name="Lancer l’appel").click()


def test_the_answer_is_shown_in_the_page(browser: Browser, portal: str) -> None:
    page = browser.new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.on("request", lambda request: None if request.url.startswith(portal) else refused.append(request.url))
    page.goto(portal + CONSOLE)
    asked(page)
    expect(page.locator("[data-body]")).to_contain_text('"territoire": "75"')
    expect(page.locator("[data-address]")).to_contain_text("refine=territoire%3A75&refine=annee%3A2023")
    assert judged_in_every_look(page) == []
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert refused == []
    page.close()


def test_without_scripts_the_form_leads_to_the_answer(browser: Browser, portal: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(portal + CONSOLE)
    asked(page)
    expect(page.locator("body")).to_contain_text('"total_count":3')
    context.close()
