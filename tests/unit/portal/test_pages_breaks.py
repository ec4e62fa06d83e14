"""A break in a series: no line and no sentence leads across it, and every trend that it concerns says why."""

import re
from html import unescape

import pytest
from tests.helpers.portal_fakes import FakeStore, reader

from seuil.catalogue.entry import Break, Catalogue
from seuil.model.text import Text
from seuil.portal.pages.breaks import broken, comparable

NOTE = Text(fr="Nouveau <repérage>", en="New way to find patients")
OF_DIABETES = Break(period=2023, where={"pathologie": ("dia",)}, note=NOTE)
PAGE = "/pages/data-pathologies/?territoire=33&pathologie="


def page(path: str, *breaks: Break) -> str:
    """A page of a release whose dataset of patients has these breaks."""
    store = FakeStore()
    first, *others = store.catalogue.entries
    store.catalogue = Catalogue(entries=(first.model_copy(update={"breaks": breaks}), *others))
    answer = reader(store=store).get(path)
    assert answer.status_code == 200
    return unescape(answer.text)


def trend(html: str) -> str:
    return html[html.index('id="evolution"') : html.index('id="carte"')]


def test_no_line_and_no_change_leads_across() -> None:
    before, after = (page(f"{PAGE}dia", *breaks) for breaks in ((), (OF_DIABETES,)))
    assert trend(before).count('class="trend own"') == trend(before).count('class="trend grey"') == 1
    assert 'class="trend' not in trend(after)
    assert "En hausse depuis 2022" in before
    assert "depuis 2022" not in after
    assert trend(after).count('class="break"') == 1
    assert "2023\u00a0: rupture de série. Nouveau <repérage>" in trend(after)
    assert "rupture" not in before


def test_it_concerns_its_own_nodes_alone() -> None:
    assert page(f"{PAGE}rare", OF_DIABETES) == page(f"{PAGE}rare")
    elsewhere = OF_DIABETES.model_copy(update={"where": {"pathologie": ("dia",), "territoire": ("40",)}})
    assert trend(page(f"{PAGE}dia", elsewhere)) == trend(page(f"{PAGE}dia"))


@pytest.mark.parametrize(
    "path",
    ["/jeux/patients?pathologie=dia", "/jeux/patients/integrer/periodes?pathologie=dia",
     "/jeux/patients/images/periodes.svg?pathologie=dia", "/jeux/patients/graphique?_par=_periodes&pathologie=dia",
     "/jeux/patients/graphique?_par=_periodes&pathologie=dia&_forme=barres",
     "/jeux/patients/images/graphique.svg?_par=_periodes&pathologie=dia"],
)  # fmt: skip
def test_every_picture_over_years_says_so(path: str) -> None:
    note = "2023\u00a0: rupture de série. Nouveau <repérage>"
    assert note in page(path, OF_DIABETES)
    assert note not in page(path.replace("dia", "rare"), OF_DIABETES)


def test_of_a_chart_that_is_split_by_conditions_each_picture_has_its_own() -> None:
    html = page(
        "/jeux/patients/graphique?_par=_periodes&_selon=pathologie:%3D&pathologie=dia&pathologie=rare", OF_DIABETES
    )
    pictures = re.findall(r"<figure.*?</figure>", html, re.DOTALL)
    assert len(pictures) == 2
    assert ["rupture" in picture for picture in pictures] == ["Diabète" in picture for picture in pictures]
    places = page("/jeux/patients/graphique?_par=_periodes&_selon=territoire:%3D&territoire=33&territoire=40")
    assert {"Gironde", "Landes"} <= set(re.findall(r'<text class="name own"[^>]*>([^<]*)', places))


def test_the_page_of_the_dataset_lists_them() -> None:
    whole = Break(period=2022, where={}, note=Text(fr="Autres registres", en="Other registers"))
    html = page("/jeux/patients", whole, OF_DIABETES)
    listed = html[html.index('id="breaks"') : html.index('id="fields"')]
    assert re.findall(r"<li>(.*?)</li>", listed) == [
        "<strong>2022</strong>\u00a0: Autres registres",
        "<strong>2023</strong> (Pathologie\u00a0: Diabète)\u00a0: Nouveau <repérage>",
    ]
    assert "Breaks in the series" in page("/en/jeux/patients", whole)
    assert 'id="breaks"' not in page("/jeux/patients")


@pytest.mark.parametrize(
    ("years", "places", "with_2016"),
    [((), set(), [2014, 2015, 2016]), ((2015,), {1}, [2015, 2016]), ((2013, 2016), {2}, [2016]),
     ((2017,), {3}, [2014, 2015, 2016]), ((2014,), set(), [2014, 2015, 2016])],
)  # fmt: skip
def test_where_lines_break_and_what_can_be_compared(
    years: tuple[int, ...], places: set[int], with_2016: list[int]
) -> None:
    breaks = [Break(period=year, where={}, note=NOTE) for year in years]
    periods = (2014, 2015, 2016, 2017)
    assert broken(breaks, periods) == places
    assert comparable(breaks, periods, 2016) == with_2016
