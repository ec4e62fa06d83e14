"""Questions of readers, from the home page to the figure of the release, on a desk and on a phone, without scripts too.

Each is answered in at most three choices (a search or a press is one); the answer stands on the screen that the last
choice leads to. The questions are of the kinds that visitors of such a portal asked when it was tried.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.helpers.portal_fakes import HIDDEN_DEPARTMENT, TERRITORY, FakeStore, Row

MOST = 3
DESK, PHONE = (1280, 900), (390, 844)
STORE = FakeStore()
TOTALS = {"age": "tous", "sexe": "9", "annee": 2023}


@dataclass
class Reader:
    """Somebody with a question. choices: how many they have made."""

    page: Page
    site: str
    choices: int = 0

    def open(self, path: str = "/") -> None:
        self.page.goto(self.site + path)

    def search(self, text: str) -> None:
        self.page.fill("#q", text)
        self.page.press("#q", "Enter")
        self.page.wait_for_url("**?q=*")
        self.choices += 1

    def press(self, name: str) -> None:
        self.page.get_by_role("link", name=name).first.click()
        self.choices += 1

    def choose(self, **values: str) -> None:
        for name, value in values.items():
            self.page.select_option(f"#s-{name}", value)
            self.choices += 1
        self.page.locator(".sentence").get_by_role("button").click()

    def sees(self, place: Locator, text: str) -> None:
        """The text stands there, on this screen, after few enough choices."""
        expect(place).to_contain_text(text)
        box = place.bounding_box()
        size = self.page.viewport_size
        assert box is not None
        assert size is not None
        assert 0 <= box["y"] <= box["y"] + min(box["height"], 40) <= size["height"], (text, box)
        assert self.choices <= MOST


@pytest.fixture(params=[(DESK, True), (DESK, False), (PHONE, True), (PHONE, False)], ids=str)
def reader(browser: Browser, site: str, request: pytest.FixtureRequest) -> Iterator[Reader]:
    (width, height), scripts = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, java_script_enabled=scripts, reduced_motion="reduce"
    )
    yield Reader(context.new_page(), site)
    context.close()


def patients(**where: str | int) -> Row:
    return STORE.rows("patients", equal={"pathologie": "dia"} | TOTALS | where).rows[0]


def whole(value: object) -> str:
    return f"{value:,}".replace(",", "\u202f")


def decimal(value: object, digits: int) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def ranked(*, falling: bool) -> list[str]:
    """Names of the departments with the highest or lowest rates."""
    rows = [(node.label.fr, patients(territoire=node.code)["prev"]) for node in TERRITORY.nodes if node.code != "FR"]
    shown = [(name, float(str(rate))) for name, rate in rows if rate is not None]
    return [name for name, _ in sorted(shown, key=itemgetter(1), reverse=falling)][:5]


def figure(page: Page, label: str) -> Locator:
    return page.locator(".told", has_text=label).first.locator(".told-figure")


def test_how_many_women_of_an_age_have_it_in_a_department(reader: Reader) -> None:
    row = patients(territoire="33", age="70-79", sexe="2")
    reader.open()
    reader.search("diabète gironde femmes 70 à 79 ans")
    reader.press("Diabète · Gironde")
    reader.sees(figure(reader.page, "Patients pris en charge"), whole(row["ntop"]))
    low = int(str(row["ntop"])) - 5
    reader.sees(reader.page.locator("#reponse .told-note").first, f"de {whole(low)} à {whole(low + 9)}")


def test_the_same_by_choosing_words(reader: Reader) -> None:
    row = patients(territoire="33", sexe="2")
    reader.open()
    reader.press("Diabète")
    reader.choose(territoire="33", sexe="2")
    reader.sees(figure(reader.page, "Patients pris en charge"), whole(row["ntop"]))


def test_whether_it_rises(reader: Reader) -> None:
    new, old = patients(territoire="33"), patients(territoire="33", annee=2022)
    assert int(str(new["ntop"])) - 5 > int(str(old["ntop"])) + 4
    reader.open()
    reader.search("le diabète augmente-t-il en gironde depuis 2022")
    reader.press("Diabète · Gironde")
    reader.sees(reader.page.locator("#evolution .change-said").first, "En hausse depuis 2022")


def test_what_dermatologists_or_nurses_earn_somewhere(reader: Reader) -> None:
    row = STORE.rows("reel-honoraires", equal={"profession": "inf", "territoire": "75"}).rows[0]
    reader.open()
    reader.search("honoraires des infirmiers à Paris")
    reader.press("Infirmiers · Paris")
    reader.sees(figure(reader.page, "Honoraires moyens"), whole(row["honoraires"]))


def test_where_fees_are_lowest(reader: Reader) -> None:
    rows = STORE.rows("reel-honoraires", equal={"profession": "inf"}, limit=200).rows
    lowest = min((r for r in rows if r["honoraires"] is not None), key=lambda r: int(str(r["honoraires"])))
    reader.open()
    reader.search("départements honoraires infirmiers plus bas")
    reader.press("Infirmiers")
    table = reader.page.locator("#classement table").nth(1)
    reader.sees(table.locator("tbody tr").first, str(lowest["territoire_libelle"]))
    reader.sees(table.locator("tbody tr").first, whole(lowest["honoraires"]))


def test_the_five_departments_with_most(reader: Reader) -> None:
    reader.open()
    reader.search("les cinq départements avec le plus de diabète")
    reader.press("Diabète")
    rows = reader.page.locator("#classement table").first.locator("tbody tr")
    for k, name in enumerate(ranked(falling=True)):
        reader.sees(rows.nth(k), name)


def test_two_departments_side_by_side(reader: Reader) -> None:
    reader.open()
    reader.search("comparer la gironde et les landes diabète")
    reader.press("Comparer")
    columns = reader.page.locator("#comparaison .column")
    expect(columns).to_have_count(2)
    reader.sees(columns.nth(0).locator(".told-figure").first, whole(patients(territoire="33")["ntop"]))
    expect(columns.nth(1).locator(".told-figure").first).to_have_text(whole(patients(territoire="40")["ntop"]))
    reader.sees(reader.page.locator("#comparaison .verdict").first, "Landes")


def test_what_is_counted(reader: Reader) -> None:
    reader.open()
    reader.search("que compte diabète")
    reader.press("Diabète")
    reader.sees(reader.page.locator("#definition"), "Ce que compte")


def test_why_a_figure_is_hidden(reader: Reader) -> None:
    name = next(node.label.fr for node in TERRITORY.nodes if node.code == HIDDEN_DEPARTMENT)
    reader.open()
    reader.search(f"diabète {name}")
    reader.press(f"Diabète · {name}")
    reader.sees(figure(reader.page, "Patients pris en charge"), "non significatif")
    reader.sees(reader.page.locator("#reponse .told-note").first, "rien ne permet de dire s’il est petit ou grand")


def test_what_is_new(reader: Reader) -> None:
    reader.open()
    reader.search("quoi de neuf")
    reader.press("Les publications et ce qui a changé")
    reader.sees(reader.page.locator("h1"), "Publications")


def test_whom_to_write_to_about_my_data(reader: Reader) -> None:
    reader.open()
    reader.search("mes droits")
    reader.press("Vos droits : à qui écrire")
    reader.page.select_option("#f-department", "33")
    reader.page.select_option("#f-right", "acces")
    reader.page.get_by_role("button", name="Rédiger la lettre").click()
    reader.choices += 1
    letter = reader.page.locator("#lettre")
    reader.sees(letter, "CPAM Bordeaux")
    expect(letter).to_contain_text("article 15")


def test_what_the_policy_said_and_what_changed(reader: Reader) -> None:
    reader.open()
    reader.search("politique de protection des données du 25 novembre")
    reader.press("La politique de protection des données")
    reader.press("ce qui a changé depuis le 25 novembre 2026")
    reader.sees(reader.page.locator("h1"), "Ce qui a changé")
    expect(reader.page.locator("ins").first).to_be_visible()
    expect(reader.page.locator("del").first).to_be_visible()


def test_to_download_all(reader: Reader) -> None:
    reader.open()
    reader.search("télécharger tout")
    reader.press("Téléchargements : Patients pris en charge par pathologie")
    reader.sees(reader.page.locator("#downloads"), "CSV")


def test_a_place_with_all_that_is_known_of_it(reader: Reader) -> None:
    reader.open("/territoires/")
    reader.press("Gironde")
    reader.sees(reader.page.locator("h1"), "Gironde")
    cells = reader.page.locator("#s-condition ~ .scroll tbody tr", has_text="Diabète").locator("td")
    expect(cells.nth(0)).to_have_text(whole(patients(territoire="33")["ntop"]))


def test_a_misspelt_question_in_english(reader: Reader) -> None:
    row = patients(territoire="33")
    reader.open("/en/")
    reader.search("diabetis girond")
    reader.press("Diabetes · Gironde")
    reader.sees(figure(reader.page, "Patients in care"), f"{row['ntop']:,}")


def test_a_press_on_the_map_leads_to_a_department(reader: Reader) -> None:
    reader.open("/pages/data-pathologies/?pathologie=dia&territoire=33#carte")
    reader.page.locator('.map a[href*="territoire=24&"] path').click()
    reader.sees(figure(reader.page, "Patients pris en charge"), whole(patients(territoire="24")["ntop"]))


def test_back_and_forward_show_what_was_chosen(reader: Reader) -> None:
    reader.open("/pages/data-pathologies/?pathologie=dia&territoire=33")
    reader.choose(territoire="40")
    expect(figure(reader.page, "Patients pris en charge")).to_have_text(whole(patients(territoire="40")["ntop"]))
    reader.page.go_back()
    expect(figure(reader.page, "Patients pris en charge")).to_have_text(whole(patients(territoire="33")["ntop"]))
    expect(reader.page.locator("#s-territoire")).to_have_value("33")


def test_the_search_box_completes(browser: Browser, site: str) -> None:
    page = browser.new_page()
    page.goto(site + "/")
    page.locator("#q").press_sequentially("diabète gir")
    expect(page.get_by_role("option", name="diabète Gironde")).to_be_visible()
    page.press("#q", "ArrowDown")
    expect(page.locator("#q")).to_have_attribute("aria-activedescendant", "q-list-0")
    page.press("#q", "Enter")
    page.wait_for_url("**?q=*")
    expect(page.get_by_role("link", name="Diabète · Gironde")).to_be_visible()
    page.close()


@pytest.mark.parametrize("path", ["/territoires/33-gironde", "/pathologies/dia-diabete", "/professions/inf-infirmiers"])
def test_pages_of_one_thing_print_on_two_sheets(browser: Browser, site: str, path: str) -> None:
    page = browser.new_page()
    page.goto(site + path)
    printed = page.pdf(format="A4", margin=dict.fromkeys(("top", "bottom", "left", "right"), "15mm"))
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type/Page/") <= 2
    assert b"/Count 1" in printed or b"/Count 2" in printed
    page.close()
