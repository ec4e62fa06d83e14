"""Pictures in pages, as files and in frames: the same figures as in the tables, and no hidden one."""

import re
import xml.etree.ElementTree as ET
from html import unescape

import pytest
from tests.helpers.portal_fakes import HIDDEN_DEPARTMENT, reader

from seuil.portal.charts.points import Point, Status
from seuil.portal.drawings.bars import bar_chart
from seuil.portal.drawings.style import policy, style
from seuil.portal.security import POLICY
from seuil.portal.settings import Settings

SVG = "{http://www.w3.org/2000/svg}"
VIEW = "annee=2023&pathologie=dia&territoire=*departement&age=tous&sexe=9&_mesure=prev"
NAMES = ("carte", "ages", "periodes")


def drawing(name: str, **changes: str) -> ET.Element:
    """A picture as a file, which has to be sound XML."""
    query = "&".join([VIEW, *(f"{k}={v}" for k, v in changes.items())])
    answer = reader().get(f"/jeux/patients/images/{name}.svg?{query}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    return ET.fromstring(answer.content)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_says_what_it_is_and_where_it_is_from(name: str) -> None:
    texts = [text.text or "" for text in drawing(name).iter(f"{SVG}text")]
    whole = " ".join(texts)
    assert texts[0] == "Taux de patients (%)"
    assert "Diabète" in texts[1]
    assert "publication n°\u00a03 du 25 novembre 2026" in whole
    assert "publication=3" in whole.replace(" ", "")
    assert "Licence Ouverte 2.0" in whole


def test_the_map_has_every_department_with_the_text_of_its_table() -> None:
    titles = {title.text for title in drawing("carte").iter(f"{SVG}title")}
    page = reader().get(f"/jeux/patients?{VIEW}").text
    table = re.search(r"picture-map.*?<tbody>(.*?)</tbody>", page, re.DOTALL)
    assert table is not None
    rows = re.findall(r'<th scope="row">(.*?)</th><td[^>]*>(.*?)</td>', table[1])
    assert len(rows) == 101
    assert {f"{unescape(label)} : {unescape(text)}" for label, text in rows} == titles


def test_what_is_hidden_is_hatched_and_has_a_length_that_says_nothing() -> None:
    """Two hidden figures, whatever is shown beside them."""

    def stubs(value: float) -> list[str]:
        points = [
            Point("a", "A", None, Status.HIDDEN, "Non significatif"),
            Point("b", "B", value, Status.SHOWN, str(value)),
        ]  # fmt: skip
        return re.findall(r'<rect class="hatched"[^>]* width="([^"]+)"', str(bar_chart(points, "")))

    assert stubs(3) == stubs(3_000) == ["6.00%"]
    shapes = [path for path in drawing("carte").iter(f"{SVG}path") if "hatched" in (path.get("class") or "")]
    assert [title.text for path in shapes for title in path.iter(f"{SVG}title")] == ["Lozère : Non significatif"]


def test_a_file_carries_its_colours_and_nothing_of_a_page() -> None:
    svg = reader().get(f"/jeux/patients/images/carte.svg?{VIEW}")
    assert "var(" not in svg.text
    assert "href" not in svg.text.replace("xmlns", "")
    assert style() in svg.text
    assert svg.headers["content-security-policy"] == policy()
    assert "unsafe" not in policy()


@pytest.mark.parametrize("name", NAMES)
def test_a_png_is_made_of_it(name: str) -> None:
    answer = reader().get(f"/jeux/patients/images/{name}.png?{VIEW}")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    assert reader().get(f"/jeux/patients/images/{name}.png?{VIEW}").content == answer.content


@pytest.mark.parametrize("path", ["images/carte.gif", "images/x.svg", "integrer/x", "images/carte"])
def test_there_are_no_other_pictures(path: str) -> None:
    assert reader().get(f"/jeux/patients/{path}?{VIEW}").status_code == 404


def test_a_picture_of_a_node_that_nobody_chose_is_not_drawn() -> None:
    assert reader().get("/jeux/visites/images/carte.svg").status_code == 404


def test_other_sites_may_show_a_picture_in_a_frame_and_nothing_else() -> None:
    frame = reader().get(f"/jeux/patients/integrer/carte?{VIEW}")
    assert frame.headers["content-security-policy"] == POLICY.replace("ancestors 'none'", "ancestors *")
    assert "x-frame-options" not in frame.headers
    for path in ("/jeux/patients", f"/jeux/patients/images/carte.svg?{VIEW}", "/"):
        assert reader().get(path).headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in reader().get(path).headers["content-security-policy"]


def test_an_operator_says_which_sites() -> None:
    only = reader(Settings(embed_in="https://journal.example")).get(f"/jeux/patients/integrer/carte?{VIEW}")
    assert "frame-ancestors https://journal.example" in only.headers["content-security-policy"]
    none = reader(Settings(embed_in="'none'")).get(f"/jeux/patients/integrer/carte?{VIEW}")
    assert none.headers["x-frame-options"] == "DENY"
    with pytest.raises(ValueError, match="embed_in"):
        Settings(embed_in="*; script-src *")


def test_the_page_offers_every_picture_as_file_and_frame() -> None:
    page = reader().get(f"/jeux/patients?{VIEW}").text
    for name in NAMES:
        for fmt in ("svg", "png"):
            address = re.search(rf'href="([^"]+/images/{name}\.{fmt}\?[^"]+)"', page)
            assert address is not None
            assert reader().get(unescape(address[1])).status_code == 200
        frame = re.search(rf'&lt;iframe src="(http://testserver[^"]+/integrer/{name}\?[^"]+)"', page)
        assert frame is not None
        assert reader().get(unescape(frame[1])).status_code == 200


def test_a_press_on_a_department_leads_to_it() -> None:
    page = reader().get(f"/jeux/patients?{VIEW}").text
    links = [unescape(link) for link in re.findall(r'<a href="([^"]+)" tabindex="-1"><path', page)]
    assert len(links) >= 100
    assert any(f"territoire={HIDDEN_DEPARTMENT}&" in link for link in links)
    assert reader().get(links[0]).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/jeux/patients?territoire=33", "/pages/data-pathologies/?pathologie=dia&territoire=33",
     "/pathologies/dia-diabete", "/en/pages/data-professionnels-sante-liberaux/?profession=inf",
     "/en/professions/inf-infirmiers"],
)  # fmt: skip
def test_a_shared_link_has_a_title_and_the_map_of_its_view(path: str) -> None:
    page = reader().get(path).text
    told = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))
    assert told["title"] == re.search(r"<title>([^<]*) – [^<]*</title>", page)[1]  # type: ignore[index]
    assert unescape(told["url"]) == f"http://testserver{path}"
    address = unescape(told["image"]).removeprefix("http://testserver")
    assert address.startswith("/en/jeux/" if path.startswith("/en") else "/jeux/")
    picture = reader().get(address)
    assert picture.headers["content-type"] == "image/png"
    svg = unescape(reader().get(address.replace(".png", ".svg")).text)
    if "territoire=33" in path:
        assert 'class="outlined"' in svg
    if "pathologie" in path:
        assert "Diabète" in svg


def test_a_page_without_a_map_is_shared_without_a_picture() -> None:
    page = reader().get("/glossaire").text
    assert 'property="og:title"' in page
    assert "og:image" not in page
    assert "og:" not in reader().get("/nulle-part").text


def test_labels_cannot_leave_their_place() -> None:
    name = '<script>alert("x")</script>'
    points = [Point("a", name, 1.0, Status.SHOWN, name)]
    assert "<script" not in str(bar_chart(points, name))
