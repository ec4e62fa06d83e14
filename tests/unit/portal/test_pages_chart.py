"""The chart that a reader builds: its figures are the published ones, and no total stands beside its parts unasked."""

import re
from html import unescape

import pytest
from starlette.datastructures import QueryParams
from tests.helpers.portal_fakes import FakeStore, reader

from seuil.catalogue.entry import Node
from seuil.portal.pages.chart import MOST_SPLIT, PERIODS, Chart, read_chart
from seuil.portal.pages.locale import locales

STORE = FakeStore()
ENTRY = next(entry for entry in STORE.catalogue.entries if entry.id == "patients")
FRENCH = locales()["fr"]
ASKED = (
    "",
    "_par=territoire:*departement",
    "_par=territoire:*departement&_selon=sexe:*sexe&_forme=barres",
    "territoire=33&territoire=40&_par=territoire:%3D&_selon=sexe:*sexe&age=tous&pathologie=dia",
    "_par=_periodes&_selon=sexe:*sexe&_forme=courbe&territoire=33",
    "_par=age:*classe&_selon=age:*classe&_mesure=ntop",
    "_par=rien&_selon=rien&_forme=rien",
)


def chart(query: str) -> Chart:
    return read_chart(STORE, ENTRY, QueryParams(query), FRENCH)


@pytest.mark.parametrize("query", ASKED)
def test_each_figure_is_the_published_one(query: str) -> None:
    found = chart(query)
    measure = found.view.measure.name
    shown = 0
    for panel, node in zip(found.panels, found.split.nodes if found.split else (None,), strict=True):
        for point in panel.picture.points:
            equal = dict(found.view.equal)
            equal[ENTRY.period if found.by.dimension is None else found.by.dimension.column] = (
                int(point.code) if found.by.dimension is None else point.code
            )
            if node is not None and found.split is not None and found.split.dimension is not None:
                equal[found.split.dimension.column] = node.code
            rows = STORE.rows("patients", equal=equal).rows
            assert len(rows) <= 1
            assert point.value == (rows[0][measure] if rows else None)
            shown += point.value is not None
    assert shown > 0


@pytest.mark.parametrize("query", ["", "territoire=33", "pathologie=dia&territoire=75"])
def test_what_stands_side_by_side_is_never_a_total_and_its_part(query: str) -> None:
    for axis in chart(query).can_be_by:
        codes = {node.code for node in axis.nodes}
        known = {node.code: node for node in (axis.dimension.nodes if axis.dimension else ())}
        assert not any(codes & set(_above(node, known)) for node in axis.nodes)


def test_parts_of_the_chosen_node_are_offered_and_few_nodes_split() -> None:
    found = chart("territoire=R75")
    whole = next(node for d in ENTRY.dimensions if d.name == "territoire" for node in d.nodes if node.parent)
    offered = chart(f"territoire={whole.parent}")
    keys = {axis.key for axis in found.can_be_by} | {axis.key for axis in offered.can_be_by}
    assert PERIODS in keys and "territoire:*departement" in keys
    assert all(1 < len(axis.nodes) <= MOST_SPLIT for axis in found.can_split)


@pytest.mark.parametrize(("level", "offered"), [("sexe", False), ("autre", True)])
def test_parts_of_the_total_are_offered_where_no_level_has_them_all(level: str, offered: bool) -> None:
    sex = next(dimension for dimension in ENTRY.dimensions if dimension.name == "sexe")
    last = sex.nodes[-1].model_copy(update={"level": level})
    told = sex.model_copy(update={"nodes": (*sex.nodes[:-1], last)})
    dimensions = tuple(told if one == sex else one for one in ENTRY.dimensions)
    entry = ENTRY.model_copy(update={"dimensions": dimensions})
    axes = {axis.key: axis for axis in read_chart(STORE, entry, QueryParams(""), FRENCH).can_be_by}
    assert ("sexe:+" in axes) == offered
    if offered:
        assert [node.parent for node in axes["sexe:+"].nodes] == [sex.total] * (len(sex.nodes) - 1)


def test_pictures_beside_each_other_have_one_scale() -> None:
    found = chart("_par=age:*classe&_selon=sexe:*sexe&_mesure=ntop")
    widths = [
        float(width)
        for panel in found.panels
        for width in re.findall(r'"bar"[^>]*width="([\d.]+)%', panel.drawn.markup)
    ]
    values = [p.value for panel in found.panels for p in panel.picture.points if p.value is not None]
    assert len(widths) == len(values) > 2
    assert widths[values.index(max(values))] == max(widths)
    assert {
        round(width / value, 4) for width, value in zip(widths, values, strict=True) if value > max(values) / 4
    } == {round(max(widths) / max(values), 4)}


def test_the_page_has_the_table_and_what_can_be_taken_away() -> None:
    html = unescape(reader().get("/jeux/patients/graphique?territoire=33&territoire=40&_par=territoire:%3D").text)
    table = html.partition('<table class="plain">')[2]
    assert re.findall(r'<th scope="row">([^<]*)', table) == ["Gironde", "Landes"]
    assert "territoire=33&territoire=40" in html and "exports/csv" in html
    assert reader().get("/jeux/rien/graphique").status_code == 404


@pytest.mark.parametrize("query", ASKED)
def test_the_file_and_the_frame_have_every_picture_with_the_figures_of_the_table(query: str) -> None:
    found, client = chart(query), reader()
    texts = [point.text for panel in found.panels for point in panel.picture.points]
    for path in ("images/graphique.svg", "integrer/graphique"):
        answer = client.get(f"/jeux/patients/{path}?{query}")
        assert answer.status_code == 200
        pictures = answer.text.partition("<main>")[2] or answer.text  # not the title of the page
        told = [title.rpartition(" : ")[2] for title in re.findall(r"<title>([^<]* : [^<]*)</title>", pictures)]
        assert {unescape(title) for title in told} <= set(texts)
        shown = [p for panel in found.panels for p in panel.picture.points if p.value is not None]
        assert len(told) >= len(shown)
        assert all(panel.name in unescape(answer.text) for panel in found.panels)
    assert client.get(f"/jeux/patients/images/graphique.png?{query}").content.startswith(b"\x89PNG")


def test_the_page_offers_the_chart_as_file_and_frame_of_the_same_view() -> None:
    client, query = reader(), "_par=age:*classe&_selon=sexe:*sexe&_mesure=ntop&territoire=33"
    page = client.get(f"/jeux/patients/graphique?{query}").text
    for found in (
        r'href="([^"]+/images/graphique\.svg\?[^"]+)"',
        r'src="http://testserver([^"]+/integrer/graphique\?[^"]+)"',
    ):
        address = re.search(found, page)
        assert address is not None
        again = chart(unescape(address[1]).partition("?")[2])
        assert (again.title, again.subtitle, again.shape) == (chart(query).title, chart(query).subtitle, "barres")
        assert client.get(unescape(address[1])).status_code == 200
    svg = client.get(f"/jeux/patients/images/graphique.svg?{query}").text
    assert "/jeux/patients/graphique?" in re.sub(r"</?text[^>]*>", "", svg) and "publication=3" in svg


def test_a_chart_of_a_dataset_that_is_not_there_has_no_file() -> None:
    assert reader().get("/jeux/rien/images/graphique.svg").status_code == 404
    assert reader().get("/jeux/patients/images/graphique.gif").status_code == 404


def _above(node: Node, known: dict[str, Node]) -> list[str]:
    found = []
    while node.parent in known and node.parent not in found:
        found.append(node.parent)
        node = known[node.parent]
    return found
