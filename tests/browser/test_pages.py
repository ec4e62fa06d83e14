"""The pages as a browser shows them: nothing is refused, nothing leaves, everything can be reached."""

import re
from collections.abc import Iterator
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect
from tests.helpers.portal_pages import PAGES

DATASETS = [path for path in PAGES if "/jeux/" in path and "/chiffre" not in path]
WIDTHS = [360, 1280]

WATCH = """() => {
  window.violations = [];
  const note = (event) => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`);
  document.addEventListener("securitypolicyviolation", note);
}"""


class Watched:
    """A page, and what went wrong on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.requests: list[str] = []
        self.complaints: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.add_init_script(f"({WATCH})()")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def violations(self) -> list[str]:
        """What the content security policy refused."""
        return list(self.page.evaluate("() => window.violations"))


@pytest.fixture
def watched(browser: Browser) -> Iterator[Watched]:
    """A new page of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield Watched(context.new_page())
    context.close()


def draw_all(page: Page) -> int:
    """Look at every picture; how many there are."""
    places = page.locator(".canvas svg.drawing")
    for k in range(places.count()):
        places.nth(k).scroll_into_view_if_needed()
        expect(places.nth(k)).to_be_visible()
    return places.count()


PICTURES = {
    "/jeux/patients": 3,
    "/en/jeux/patients": 3,
    "/jeux/patients/graphique": 2,  # one each of women and men
    "/jeux/visites/graphique": 1,
    "/jeux/reel-honoraires": 1,
    "/jeux/visites": 1,
}
"""How many pictures there are on a page."""


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_refused_and_nothing_leaves_this_host(watched: Watched, site: str, path: str) -> None:
    watched.page.goto(site + path)
    assert draw_all(watched.page) == PICTURES.get(path.partition("?")[0], 0)
    assert watched.complaints == []
    assert watched.violations() == []
    assert all(url.startswith(site + "/") for url in watched.requests)
    assert watched.page.context.cookies() == []


def test_the_watch_sees_what_the_policy_refuses(watched: Watched, site: str) -> None:
    watched.page.goto(site + "/")
    watched.page.evaluate(
        """() => { const i = new Image(); i.src = "http://127.0.0.2:9/x.png"; document.body.append(i); }"""
    )
    watched.page.wait_for_function("() => window.violations.length === 1")
    assert watched.violations()[0].startswith("img-src")


def test_hidden_departments_are_hatched_and_say_so(watched: Watched, site: str) -> None:
    page = watched.page
    page.goto(site + "/jeux/patients")
    draw_all(page)
    assert page.locator("pattern#hachures").count() == 1
    hatched = page.locator(".picture-map svg.map path.hatched")
    assert hatched.count() == 1
    assert hatched.evaluate("(shape) => getComputedStyle(shape).fill") == 'url("#hachures")'
    expect(hatched.locator("title")).to_have_text("Lozère : Non significatif")
    expect(page.locator(".picture-map .keys")).to_contain_text("Non significatif")
    hatched.click()
    expect(page.locator("#table .fixed")).to_contain_text("Lozère")


def test_a_known_figure_and_a_known_ns_are_read(watched: Watched, site: str) -> None:
    page = watched.page
    page.goto(site + "/jeux/patients")
    lozere = page.locator("#table tbody tr", has_text="Lozère")
    expect(lozere.locator("td").nth(0)).to_have_text("NS")
    page.select_option("#f-territoire", "75")
    page.get_by_role("button", name="Afficher").click()
    expect(page.locator("#table .fixed")).to_contain_text("Paris")
    expect(page.locator("#table tbody tr td").nth(1)).to_have_text("1\u202f392\u202f100")


def test_the_call_can_be_copied(browser: Browser, site: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(site + "/jeux/patients")
    page.get_by_role("button", name="Copier l’appel").click()
    expect(page.get_by_role("button", name="Copié")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == page.locator("#api-call").inner_text().strip()
    context.close()


def test_everything_works_without_javascript(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site + "/")
    page.fill("#q", "diabète")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name="Patients pris en charge par pathologie").click()
    expect(page.locator(".picture-map svg.map")).to_be_visible()
    page.locator(".picture-map summary").first.click()
    expect(page.locator(".picture-map td.hidden")).to_have_text("Non significatif")
    page.select_option("#f-sexe", "2")
    page.get_by_role("button", name="Afficher").click()
    expect(page.locator("#table .fixed")).to_contain_text("Femmes")
    page.get_by_role("link", name="Page suivante").click()
    expect(page.locator("#table .count")).to_contain_text("51")
    expect(page.get_by_role("button", name="Copier l’appel")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PAGES)
def test_pages_fit_every_width(browser: Browser, site: str, path: str, width: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.goto(site + path)
    draw_all(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") == width
    context.close()


@pytest.mark.parametrize("path", PAGES)
def test_the_structure_can_be_listened_to(watched: Watched, site: str, path: str) -> None:
    page = watched.page
    page.goto(site + path)
    draw_all(page)
    assert page.locator("main").count() == page.locator("body > header").count() == page.locator("footer").count() == 1
    assert page.locator("h1").count() == 1
    levels = [int(tag[1]) for tag in page.eval_on_selector_all("h1, h2, h3, h4", "(all) => all.map((e) => e.tagName)")]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels)), levels
    names = page.eval_on_selector_all(
        "nav",
        "(all) => all.map((e) => e.ariaLabel || document.getElementById(e.getAttribute('aria-labelledby')).innerText)",
    )
    assert len(names) == len(set(names))
    assert (
        page.eval_on_selector_all(
            "input:not([type=hidden]), select", "(all) => all.filter((e) => !e.labels.length).length"
        )
        == 0
    )
    assert page.eval_on_selector_all("img:not([alt])", "(all) => all.length") == 0
    assert (
        page.eval_on_selector_all("a, button, summary", "(all) => all.filter((e) => !e.textContent.trim()).length") == 0
    )
    assert page.eval_on_selector_all("table", "(all) => all.filter((e) => !e.querySelector('th')).length") == 0
    unnamed = "(all) => all.filter((e) => e.getAttribute('role') !== 'img' || !e.getAttribute('aria-label')).length"
    assert page.eval_on_selector_all(".canvas svg:not([aria-hidden])", unnamed) == 0
    ids = page.eval_on_selector_all("main [id]", "(all) => all.map((e) => e.id)")
    assert len(ids) == len(set(ids))


def test_the_keyboard_reaches_the_content_first(watched: Watched, site: str) -> None:
    page = watched.page
    page.goto(site + "/jeux/patients")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Aller au contenu")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_links_between_pages_lead_somewhere(watched: Watched, site: str) -> None:
    page = watched.page
    seen: set[str] = set()
    for path in PAGES:
        page.goto(site + path)
        found = page.eval_on_selector_all("a[href^='/']", "(all) => all.map((a) => a.getAttribute('href'))")
        seen |= {
            re.sub(r"#.*", "", href) for href in found if not re.search(r"^(/en)?/api/|\.zip\?", href)
        }  # need a store
        anchors = page.eval_on_selector_all("a[href^='#']", "(all) => all.map((a) => a.getAttribute('href').slice(1))")
        assert all(page.locator(f"[id='{anchor}']").count() == 1 for anchor in anchors)
    # One of each shape: filters and pages of subjects are hundreds of addresses of the same few routes.
    shapes = {shape_of(href): href for href in sorted(seen, reverse=True)}
    assert len(shapes) > 15
    for href in shapes.values():
        assert page.request.get(site + href).ok, href


def shape_of(href: str) -> tuple[str, frozenset[str]]:
    """The first two parts of an address and the names of its parameters."""
    parts = urlsplit(href)
    return "/".join(parts.path.split("/")[:3]), frozenset(parse_qs(parts.query, keep_blank_values=True))
