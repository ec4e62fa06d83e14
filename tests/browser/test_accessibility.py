"""WCAG 2.2 AA as axe judges it: every page and state, on a desktop and a phone, in light, dark and forced colours."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from tests.helpers.portal_pages import PAGES

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
JUDGE = """async (rules) => {
  const { violations } = await axe.run({ runOnly: rules, resultTypes: ["violations"] });
  return violations.flatMap(({ id, nodes }) => nodes.map((n) => `${id}: ${n.target}: ${n.failureSummary}`));
}"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A new page, as wide as a desktop."""
    context = browser.new_context(viewport=DESKTOP)
    yield context.new_page()
    context.close()


def judged(page: Page) -> list[str]:
    """What axe objects to, a line for each element."""
    return list(page.evaluate(JUDGE, RULES))


def judged_in_every_look(page: Page) -> list[str]:
    """The same of a page in each size and colours: it is loaded once and looked at several times."""
    page.evaluate(Axe().axe_script)
    looks: list[tuple[Any, dict[str, Any]]] = [
        (DESKTOP, {"color_scheme": "light"}),
        (DESKTOP, {"color_scheme": "dark"}),
        (PHONE, {"color_scheme": "dark"}),
        (PHONE, {"color_scheme": "light"}),
        (PHONE, {"color_scheme": "dark", "forced_colors": "active"}),
    ]
    found = []
    for size, colours in looks:
        page.set_viewport_size(size)
        page.emulate_media(**colours)
        found += [f"{size['width']} {colours}: {line}" for line in judged(page)]
    return found


@pytest.mark.parametrize("path", [*PAGES, "/nulle-part", "/jeux/patients/integrer/carte"])
def test_nothing_is_objected_to(page: Page, site: str, path: str) -> None:
    page.goto(site + path)
    assert judged_in_every_look(page) == []


def open_all(page: Page) -> None:
    page.eval_on_selector_all("details", "(all) => all.forEach((one) => { one.open = true; })")


def suggest(page: Page) -> None:
    page.fill("#q", "")
    page.locator("#q").press_sequentially("diab")
    page.locator(".suggestions li").first.wait_for()
    page.keyboard.press("ArrowDown")


@pytest.mark.parametrize(("path", "do"), [("/jeux/patients", open_all), ("/", suggest),
                                          ("/pages/data-pathologies/", open_all)])  # fmt: skip
def test_nothing_is_objected_to_in_a_state(page: Page, site: str, path: str, do: Callable[[Page], None]) -> None:
    page.goto(site + path)
    do(page)
    assert judged_in_every_look(page) == []


def test_a_poor_contrast_and_a_missing_name_are_objected_to(page: Page) -> None:
    page.set_content("<html lang=fr><title>t</title><main><h1>t</h1><p style='color:#bbb'>pale</p><input></main>")
    page.evaluate(Axe().axe_script)
    assert {line.partition(":")[0] for line in judged(page)} == {"color-contrast", "label"}
