"""Pictures that the server draws: what is hidden tells nothing of its size, what is shown stands where it should."""

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.helpers.portal_fakes import FakeStore, Row, reader

from seuil.portal.charts.outlines import names, neighbours
from seuil.portal.charts.points import Status
from seuil.portal.drawings.departments import Area, department_map
from seuil.portal.drawings.dots import Dot, dot_strip
from seuil.portal.drawings.line import Line, Mark, line_chart
from seuil.portal.drawings.pyramid import Band, pyramid
from seuil.portal.drawings.scale import scale_of


def number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}"


def shown(value: float) -> Mark:
    return Mark(value, Status.SHOWN, str(value), value - 5, value + 4)


HIDDEN = Mark(None, Status.HIDDEN, "NS")


@given(st.lists(st.floats(0, 1e9, allow_nan=False), min_size=1, max_size=20), st.booleans())
@example([5e-324], True)
def test_every_value_lies_on_its_scale(values: list[float], zero: bool) -> None:
    scale = scale_of(values, zero=zero)
    assert scale.low < scale.high
    assert 2 <= len(scale.ticks) <= 12
    assert all(-1e-6 <= scale.share(value) <= 1 + 1e-6 for value in values)


def test_a_line_stops_at_a_hidden_year_and_hatches_it() -> None:
    marks = (shown(100), shown(120), HIDDEN, shown(140), shown(150))
    svg = line_chart([Line("Gironde", marks)], [2019, 2020, 2021, 2022, 2023], "t", number)
    assert svg.count('class="trend own"') == 2
    assert svg.count('class="hatched"') == 1
    assert svg.count('class="dot own"') == 4


def test_a_range_is_drawn_through_its_point() -> None:
    svg = line_chart([Line("a", (shown(100), shown(120)))], [1, 2], "t", number)
    for span, dot in zip(re.findall(r'class="span".*?y1="([\d.]+)" y2="([\d.]+)"', svg),
                         re.findall(r'class="dot own" cx="[^"]+" cy="([\d.]+)"', svg), strict=True):  # fmt: skip
        assert float(span[1]) < float(dot) < float(span[0])


def test_hidden_bars_have_one_length_whatever_they_hide() -> None:
    bands = [Band("0–4", (HIDDEN, HIDDEN)), Band("5–9", (shown(1000), HIDDEN)), Band("10–14", (shown(10), shown(20)))]
    svg = pyramid(bands, ("Hommes", "Femmes"), "t")
    widths = re.findall(r'class="hatched" x="[^"]+" y="[^"]+" width="([^"]+)"', svg)
    assert len(widths) == 3
    assert len(set(widths)) == 1


def test_every_place_has_a_dot_and_the_chosen_one_its_name() -> None:
    dots = [Dot(f"n{k}", k / 7, str(k), chosen=k == 3) for k in range(40)]
    svg = dot_strip(dots, Dot("France", 2.5, "2,5"), "t", number)
    assert svg.count("<circle") == 40
    assert ">n3 3<" in svg
    assert ">France 2,5<" in svg


def test_no_two_dots_lie_on_each_other() -> None:
    svg = dot_strip([Dot(f"n{k}", 5.0, "5", chosen=False) for k in range(12)], None, "t", number)
    places = re.findall(r'<circle class="[^"]+" cx="([^"]+)" cy="([^"]+)"', svg)
    assert len(places) == len(set(places)) == 12


def test_the_area_of_a_disc_is_the_figure() -> None:
    areas = {"33": Area("land", "Gironde", share=1.0), "40": Area("land", "Landes", share=0.25)}
    radii = sorted(float(r) for r in re.findall(r'class="disc"[^>]* r="([\d.]+)"', department_map(areas, (), "")))
    assert radii[1] ** 2 / radii[0] ** 2 == pytest.approx(4)


def test_a_hidden_department_has_no_disc() -> None:
    areas = {"33": Area("land", "Gironde", share=1.0), "40": Area("hatched", "Landes : NS")}
    assert department_map(areas, (), "").count('class="disc"') == 1


def test_every_department_is_drawn() -> None:
    svg = department_map({code: Area("c0", name) for code, name in names().items()}, ("33",), "Gironde")
    assert set(re.findall(r"<title>([^<]+)</title>", svg)) >= {n for n in names().values() if "'" not in n}
    assert svg.count('class="outlined"') == 1


def test_neighbours_share_a_border_both_ways() -> None:
    found = neighbours()
    assert found["33"] == ("17", "24", "40", "47")
    assert found["974"] == ()
    assert all(code in found[other] for code, others in found.items() for other in others)


def test_numbers_of_people_are_discs_and_rates_are_fills() -> None:
    html = reader().get("/jeux/patients?_mesure=ntop").text
    assert html.count('class="disc"') > 90
    assert not re.findall(r'<path class="area c\d"', html)
    assert 'class="disc"' not in reader().get("/jeux/patients?_mesure=prev").text


def test_what_is_impossible_by_definition_has_no_colour_of_the_scale() -> None:
    def none(row: Row) -> Row:
        nobody = {"ntop": 0, "prev": 0.0, "ntop_statut": None, "prev_statut": None}
        return row | nobody if row["territoire"] == "24" else row

    html = reader(store=FakeStore().replace_rows("patients", none)).get("/jeux/patients?_mesure=prev").text
    kinds = re.findall(r'<path class="area ([^"]+)"[^>]*><title>Dordogne : ([^<]+)</title>', html)
    assert kinds == [("empty", "personne, par définition")]


def test_distances_on_the_map_are_those_of_france() -> None:
    """From Brest to Strasbourg it is about as far as from Dunkirk to Perpignan: 920 and 960 km."""
    svg = department_map({code: Area("c0", name) for code, name in names().items()}, (), "")
    points = [
        (float(x), float(y)) for x, y in re.findall(r'<path class="area c0" d="M([\d.]+)[ ]?(-?[\d.]+)', svg)[:96]
    ]
    width = max(x for x, _ in points) - min(x for x, _ in points)
    height = max(y for _, y in points) - min(y for _, y in points)
    assert 0.8 < width / height < 1.25
    assert math.hypot(width, height) > 500


@pytest.mark.parametrize("values", [(82.0, 83.0), (0.0, 1.0), (7.0,), (1.0, 40.0)])
def test_no_tick_stands_between_whole_numbers(values: tuple[float, ...]) -> None:
    scale = scale_of(values, zero=False, ticks=6)
    assert scale.decimals == 0
    assert all(tick.is_integer() for tick in map(float, scale.ticks))
