"""Readers' questions about one figure and one view, end to end, on a release from records with its proofs.

6 how do I cite it; 7 a link to exactly this; 8 take the picture, embed it; 9 download what I see; 10 why is this NS;
11 what changed; 12 check the proof myself. Each on a desktop and a phone, with and without JavaScript.
"""

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Browser, Page, expect

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
VIEW = "/jeux/visits?year=2023&territory=*department&age=young&sex=*sex"


@dataclass(frozen=True)
class Reader:
    """Somebody with a browser. scripts: whether it runs them."""

    page: Page
    scripts: bool


@pytest.fixture(params=[(DESKTOP, True), (DESKTOP, False), (PHONE, True), (PHONE, False)], ids=str)
def reader(browser: Browser, real_site: str, request: pytest.FixtureRequest) -> Iterator[Reader]:
    size, scripts = request.param
    context = browser.new_context(viewport=size, java_script_enabled=scripts, base_url=real_site)
    refused: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    yield Reader(page, scripts)
    assert refused == []
    context.close()


def test_why_is_this_ns(reader: Reader) -> None:
    page = reader.page
    page.goto(VIEW)
    page.locator("#table td.hidden a").first.click()
    expect(page.locator(".figure-value")).to_contain_text("NS")
    expect(page.locator("#why .lead")).to_contain_text("personne ne peut savoir")
    expect(page.locator("#why .lead")).to_be_in_viewport()
    tables = page.locator(".witness-table")
    assert tables.count() % 2 == 0
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth") if reader.scripts else True
    low, high = (int(tables.nth(k).locator("td.own").get_attribute("data-value") or "") for k in (0, 1))
    assert abs(high - low) >= 5, "the threshold of professionals"
    page.locator(".witness summary").first.click()
    sums = page.locator(".witness").first.locator(".additions li")
    assert sums.count() >= 3
    for text in sums.all_inner_texts():
        parts, _, total = text.replace("\u202f", "").rpartition(" = ")
        numbers = [int(word) for word in parts.split() if word.isdigit()]
        assert sum(numbers[-parts.count("+") - 1 :]) == int(total), text
    said = page.locator(".checked").first
    if reader.scripts:
        expect(said).to_contain_text("tout est juste")
        assert "right" in (said.get_attribute("class") or "")
    else:
        expect(said).to_have_text("")


def test_a_false_addition_is_seen_by_the_browser(browser: Browser, real_site: str) -> None:
    """The script can say that something is wrong: one number is altered on the way."""
    page = browser.new_context(base_url=real_site).new_page()
    page.goto(VIEW)
    address = page.locator("#table td.hidden a").first.get_attribute("href") or ""
    body = page.request.get(address).text()
    at = body.index('data-value="') + len('data-value="')
    altered = f"{body[:at]}9{body[at:]}"
    page.route("**/chiffre?*", lambda route: route.fulfill(body=altered, content_type="text/html"))
    page.goto(address)
    expect(page.locator(".checked").first).to_contain_text("ne concorde pas")


def test_how_do_i_cite_it_and_link_to_exactly_this(reader: Reader) -> None:
    page = reader.page
    page.goto(VIEW)
    figure = page.locator("#table td.shown a").first
    told = figure.inner_text()
    figure.click()
    expect(page.locator(".figure-value strong")).to_have_text(told)
    citation = page.locator("#citation").inner_text()
    assert told in citation
    address = citation.split()[-1]
    assert address.endswith("publication=1")
    page.goto(address)
    expect(page.locator(".figure-value strong")).to_have_text(told)
    with page.expect_download() as bibtex:
        page.get_by_role("link", name="BibTeX").click()
    assert bibtex.value.path().read_text().startswith("@misc{visits-")


def test_what_i_see_can_be_taken_away(reader: Reader) -> None:
    page = reader.page
    page.goto(VIEW)
    seen = page.locator("#table tbody tr").count()
    with page.expect_download() as sheet:
        page.get_by_role("link", name="XLSX", exact=True).click()
    assert sheet.value.path().read_bytes().startswith(b"PK")
    with page.expect_download() as packed:
        page.get_by_role("link", name="ZIP avec").click()
    with ZipFile(Path(packed.value.path())) as whole:
        rows = list(csv.reader(io.StringIO(whole.read("donnees.csv").decode("utf-8-sig")), delimiter=";"))
    assert len(rows) - 1 == seen


def test_the_picture_can_be_taken_and_embedded(reader: Reader, real_site: str, elsewhere: Callable[[str], str]) -> None:
    page = reader.page
    page.goto(VIEW)
    figure = page.locator(".picture-ages")
    expect(figure.locator("svg.drawing")).to_be_visible()
    figure.get_by_text("Emporter ce graphique").click()
    for kind, start in (("SVG", b"<svg"), ("PNG", b"\x89PNG")):
        with page.expect_download() as taken:
            figure.get_by_role("link", name=kind).click()
        assert taken.value.path().read_bytes().startswith(start)
    code = figure.locator("code").inner_text()
    assert code.startswith(f'<iframe src="{real_site}/jeux/visits/integrer/ages?')
    page.goto(elsewhere(f'<link rel="icon" href="data:,"><p>Un journal</p>{code}'))
    framed = page.frame_locator("iframe")
    expect(framed.locator("svg.drawing")).to_be_visible()
    expect(framed.locator(".embed-from")).to_contain_text("publication n°")


def test_a_chart_of_ones_own_can_be_taken_and_embedded(
    reader: Reader, real_site: str, elsewhere: Callable[[str], str]
) -> None:
    page = reader.page
    page.goto("/jeux/visits/graphique?_par=age:*band&_selon=sex:*sex&territory=T&_mesure=people")
    panels = page.locator("#graphique svg.drawing")
    told = page.locator("#graphique tbody td").all_inner_texts()
    page.get_by_text("Emporter ce graphique").click()
    with page.expect_download() as taken:
        page.locator("#emporter").get_by_role("link", name="SVG").click()
    svg = taken.value.path().read_text(encoding="utf-8")
    assert all(text in svg for text in told if text[0].isdigit())
    count = panels.count()
    assert count > 1
    code = page.locator("#emporter code").inner_text()
    assert code.startswith(f'<iframe src="{real_site}/jeux/visits/integrer/graphique?')
    page.goto(elsewhere(f'<link rel="icon" href="data:,"><p>Un journal</p>{code}'))
    expect(page.frame_locator("iframe").locator("svg.drawing")).to_have_count(count)


def test_what_changed_in_the_last_release(reader: Reader) -> None:
    page = reader.page
    page.goto("/")
    page.locator("footer").get_by_role("link", name="Publication n°").click()
    expect(page.locator("#publication-1")).to_contain_text("2022 ajoutée (72 lignes)")
    expect(page.locator("#publication-1 h2")).to_be_in_viewport()


def test_check_the_proof_myself(reader: Reader) -> None:
    page = reader.page
    page.goto("/jeux/visits")
    page.get_by_role("link", name="Chacun peut le vérifier").click()
    listed = page.get_by_role("link", name="liste").get_attribute("href") or ""
    addresses = page.request.get(listed).text().split()
    assert addresses[0].endswith("/archive/root.json")
    for address in addresses[:3]:
        assert page.request.get(address).ok
