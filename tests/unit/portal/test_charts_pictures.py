"""Pictures in Vega-Lite, for who wants to change them: what is hidden is hatched, and no hidden figure is in them."""

import json
from importlib.resources import files
from typing import Any

import pytest
import vl_convert
from tests.helpers.portal_fakes import HIDDEN_DEPARTMENT, reader

from seuil.portal.charts.bars import columns_fit
from seuil.portal.charts.map import INSETS, department_map
from seuil.portal.charts.outlines import names
from seuil.portal.charts.points import Point, Status, Words

WORDS = Words(
    "Département", "Taux (%)", "Non significatif", "Non disponible", "Vide", "Hors de cet extrait", ",", "\u202f"
)


def rows_of(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows that a specification brings along, the outlines left out."""
    lists = spec["datasets"].values() if "datasets" in spec else [spec["data"]["values"]]
    return [row for rows in lists for row in rows if "nom" in row]


def fill_of(spec: dict[str, Any]) -> dict[str, Any]:
    """The first scale of fills in it."""
    return next(layer["encoding"]["fill"]["scale"] for layer in spec["layer"] if "fill" in layer.get("encoding", {}))


def test_the_map_hatches_what_is_hidden() -> None:
    spec = reader().get("/jeux/patients/carte.json").json()
    scale = fill_of(spec)
    assert dict(zip(scale["domain"], scale["range"], strict=True))["Non significatif"] == "url(#hachures)"
    lookup = spec["transform"][0]["from"]["data"]
    rows = spec["datasets"][lookup["name"]] if "name" in lookup else lookup["values"]
    assert len(rows) == 101
    hidden = next(row for row in rows if row["code"] == HIDDEN_DEPARTMENT)
    assert (hidden["classe"], hidden["texte"]) == ("Non significatif", "Non significatif")


def test_the_map_tells_hidden_missing_and_empty_apart() -> None:
    scale = fill_of(reader().get("/jeux/reel-honoraires/carte.json").json())
    fills = dict(zip(scale["domain"], scale["range"], strict=True))
    assert len({fills[word] for word in ("Non significatif", "Non disponible", "Hors de cet extrait")}) == 3


def test_bars_hatch_what_is_hidden_at_a_length_that_says_nothing() -> None:
    spec = reader().get("/jeux/patients/graphique.json?_sur=ages&pathologie=rare").json()
    scale = fill_of(spec)
    assert scale["range"][scale["domain"].index("Non significatif")] == "url(#hachures)"
    rows = rows_of(spec)
    [hidden] = [row for row in rows if row["texte"] == "Non significatif"]
    assert hidden["nom"] == "10 à 19 ans"
    assert all(hidden["valeur"] > row["valeur"] for row in rows if row is not hidden)


def test_years_are_columns() -> None:
    spec = reader().get("/jeux/patients/graphique.json?_sur=periodes").json()
    assert [row["nom"] for row in rows_of(spec)] == ["2022", "2023"]


def test_pictures_speak_the_reader_s_language_and_keep_to_the_width() -> None:
    spec = reader().get("/en/jeux/patients/carte.json?_largeur=320").json()
    assert "Not significant" in json.dumps(spec)
    assert spec["width"] == 320
    assert spec["config"]["locale"]["number"]["decimal"] == "."


def test_outlines_are_named_by_their_whole_address() -> None:
    """The specification is taken away: elsewhere it has to find them too."""
    spec = reader().get("/jeux/patients/carte.json").json()
    assert spec["data"]["url"].startswith("http://testserver/assets/geo/departements.topojson?v=")


def test_every_department_is_drawn_once_on_land_or_in_a_frame() -> None:
    assert len(names()) == 101
    assert {code for frame in INSETS for code in frame.codes} <= names().keys()


@pytest.mark.parametrize("width", [320, 600])
def test_the_map_can_be_drawn(width: int) -> None:
    outlines = json.loads(files("seuil.portal").joinpath("assets/geo/departements.topojson").read_text())
    points = [
        Point(code, name, None, Status.HIDDEN, "Non significatif")
        if k == 0
        else Point(code, name, k, Status.SHOWN, str(k))
        for k, (code, name) in enumerate(names().items())
    ]
    spec = department_map(points, WORDS, lower=(50,), labels=("bas", "haut"), outlines=outlines, width=width)
    drawing = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    assert drawing.count("url(#hachures)") >= 2
    assert "Non significatif" in drawing


def test_a_point_has_a_figure_exactly_when_it_is_shown() -> None:
    with pytest.raises(ValueError, match="exactly when it is shown"):
        Point("01", "Ain", 3.0, Status.HIDDEN, "NS")


def test_an_empty_point_has_no_bar() -> None:
    spec = reader().get("/jeux/visites/graphique.json?_sur=ages&site=sea").json()
    found = {row["texte"]: row["valeur"] for row in rows_of(spec)}
    assert found["Vide"] == 0
    assert found["Non significatif"] > 120


def test_many_years_lie_down_on_a_phone() -> None:
    points = [Point(str(year), str(year), 1e5, Status.SHOWN, "100 000") for year in range(2010, 2022)]
    assert columns_fit(points, 1100)
    assert not columns_fit(points, 350)
