"""Files for maps, each read back by another program than the one that wrote it."""

import io
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import gpxpy
import pyarrow as pa
import pyogrio
import pytest
import shapefile
from tests.helpers.portal_release import Reader, patients_rows, shared_office

from seuil.portal.exports.geojson import geojson_chunks
from seuil.portal.exports.keys import Key, keys_of
from seuil.portal.exports.ogr_file import ogr_chunks, short_names
from seuil.portal.store import Limits, Store
from seuil.portal.store.errors import QueryTooCostlyError

reader = Reader()
PARIS = (2.3425, 48.8565)
WHERE = {"where": "annee = date'2022' and pathologie = 'DIA'"}
KML = "{http://www.opengis.net/kml/2.2}"


def content(fmt: str, **parameters: object) -> bytes:
    answer = reader.get(f"/patients/exports/{fmt}", **parameters)
    assert answer.status_code == 200, answer.text
    return answer.content


def test_kml_has_a_placemark_with_its_name_place_and_fields():
    root = ElementTree.fromstring(content("kml", **WHERE))
    marks = root.findall(f".//{KML}Placemark")
    assert [mark.findtext(f"{KML}name") for mark in marks][:2] == ["France", "Paris"]
    assert marks[1].findtext(f"{KML}Point/{KML}coordinates") == f"{PARIS[0]},{PARIS[1]}"
    told = [{one.get("name"): one.text for one in mark.iter(f"{KML}SimpleData")} for mark in marks]
    assert (told[1]["ntop"], told[3].get("ntop"), told[3]["ntop_statut"]) == ("730", None, "NS")


def test_shapefile_is_a_zip_that_others_read(tmp_path: Path):
    with zipfile.ZipFile(io.BytesIO(content("shp"))) as archive:
        archive.extractall(tmp_path)
        assert sorted(Path(name).suffix for name in archive.namelist()) == [".cpg", ".dbf", ".prj", ".shp", ".shx"]
    with shapefile.Reader(str(tmp_path / "patients")) as found:
        rows = found.shapeRecords()
    assert len(rows) == len(patients_rows())
    for row, expected in zip(rows, patients_rows(), strict=True):
        assert row.record["ntop"] == expected["ntop"]
        assert row.record["ntop_statu"] == (expected["ntop_statut"] or "")
        assert row.record["territoi_3"] == expected["territoire_libelle"]
    assert tuple(rows[3].shape.points[0]) == PARIS


def test_shapefile_s_names_are_ten_letters_no_two_alike():
    assert short_names(["territoire", "territoire_niveau", "Territoire_libelle", "été", "€"]) == [
        "territoire", "territoi_2", "territoi_3", "ete", "field",
    ]  # fmt: skip


@pytest.mark.parametrize("fmt", ["fgb", "shp"])
def test_places_are_in_the_reference_system_that_is_asked_for(tmp_path: Path, fmt: str):
    path = tmp_path / f"x.{'zip' if fmt == 'shp' else fmt}"
    path.write_bytes(content(fmt, epsg=3857, **WHERE))
    meta, _, geometry, _ = pyogrio.raw.read(path)
    assert meta["crs"] == "EPSG:3857"
    assert int.from_bytes(geometry[1][1:5], "little") == 1
    info = pyogrio.read_info(path, force_total_bounds=True)
    assert info["total_bounds"][0] == pytest.approx(-318_864, abs=500)


AREA = {"select": "territoire, geo_shape, ntop, ntop_statut", **WHERE}


@pytest.mark.parametrize("fmt", ["fgb", "shp", "kml"])
def test_the_area_is_the_geometry_where_it_is_selected(tmp_path: Path, fmt: str):
    path = tmp_path / f"x.{'zip' if fmt == 'shp' else fmt}"
    path.write_bytes(content(fmt, **AREA))
    _, table = pyogrio.raw.read_arrow(path)
    rows = table.to_pylist()
    expected = [row["ntop"] for row in patients_rows() if (row["annee"], row["pathologie"]) == (2022, "DIA")]
    assert [row["ntop"] and int(row["ntop"]) for row in rows] == expected
    assert rows[3]["ntop_statut" if fmt != "shp" else "ntop_statu"] == "NS"
    found = pyogrio.read_info(path, force_total_bounds=True)["total_bounds"]
    assert found == pytest.approx((-3.66, 41.37, 9.41, 48.9), abs=0.05)
    shapes = [next(value for value in row.values() if isinstance(value, bytes)) for row in rows]
    assert {int.from_bytes(shape[1:5], "little") % 1000 for shape in shapes} <= {3, 6}  # polygons, one or several


def test_an_envelope_is_an_area_too(tmp_path: Path):
    path = tmp_path / "x.fgb"
    path.write_bytes(content("fgb", select="envelope(geo_point_2d) as e", group_by="annee", **WHERE))
    west, _, _, north = pyogrio.read_info(path, force_total_bounds=True)["total_bounds"]
    assert (west, north) == pytest.approx((-2.8, 48.8), abs=0.3)


@pytest.mark.parametrize("fmt", ["geojson", "fgb", "shp"])
def test_any_horizontal_system_can_be_asked_for(tmp_path: Path, fmt: str):
    path = tmp_path / f"x.{'zip' if fmt == 'shp' else fmt}"
    query = {"select": "territoire, geo_point_2d, geo_shape", "where": "territoire = '75'", "limit": 1}
    path.write_bytes(content(fmt, epsg=2154, **query))  # Lambert 93, in metres
    info = pyogrio.read_info(path, force_total_bounds=True)
    assert info["crs"] == "EPSG:2154"
    assert info["total_bounds"] == pytest.approx((641_000, 6_857_500, 661_000, 6_867_200), abs=2_500)


def test_a_place_that_a_system_cannot_show_has_no_geometry():
    pole = pa.array([{"lon": 0.0, "lat": -90.0}, {"lon": 3.0, "lat": 46.5}])
    batch = pa.RecordBatch.from_arrays([pole], names=["p"])
    written = b"".join(geojson_chunks(iter([batch]), (Key("p", 0, "geo_point_2d"),), 2154))
    nowhere, centre = (feature["geometry"] for feature in json.loads(written)["features"])
    assert nowhere is None
    assert centre["coordinates"] == pytest.approx([700_000, 6_600_000])  # the origin of Lambert 93


def test_flatgeobuf_has_every_row_and_type(tmp_path: Path):
    path = tmp_path / "x.fgb"
    path.write_bytes(content("fgb"))
    meta, table = pyogrio.raw.read_arrow(path)
    rows = table.to_pylist()
    expected = patients_rows()
    assert [row["ntop"] for row in rows] == [row["ntop"] for row in expected]
    assert [row["taux"] for row in rows] == [row["taux"] for row in expected]
    assert meta["geometry_type"] == "Point"


def test_gpx_has_a_waypoint_for_each_row_with_a_place():
    found = gpxpy.parse(content("gpx", **WHERE).decode())
    assert [(point.name, point.longitude, point.latitude) for point in found.waypoints][1] == ("Paris", *PARIS)
    assert [point.description for point in found.waypoints] == [None] * 4
    told = content(
        "gpx", name_field="pathologie_libelle", description_field_list="territoire,ntop", use_extension="true", **WHERE
    )
    found = gpxpy.parse(told.decode())
    assert [(point.name, point.description) for point in found.waypoints][1:] == [
        ("Diabète", "75, 730"), ("Diabète", "22, 530"), ("Diabète", "2A"),
    ]  # fmt: skip
    fields = {one.get("name"): one.text for one in found.waypoints[3].extensions}
    assert (fields["ntop_statut"], "ntop" in fields) == ("NS", False)


@pytest.mark.parametrize("fmt", ["kml", "shp", "fgb", "gpx"])
@pytest.mark.parametrize(
    "parameters",
    [
        {"where": "ntop > 100000"},
        {"select": "annee, ntop", "limit": 3},
        {"select": "sum(ntop) as été, envelope(geo_point_2d) as e", "group_by": "territoire"},
        {"hidden": "columns"},
        {"compressed": "true"},
    ],
)
def test_any_question_can_be_asked_of_any_of_them(fmt: str, parameters: dict[str, object]):
    assert content(fmt, **parameters)
    assert content(fmt, **parameters) == content(fmt, **parameters)


def test_the_same_rows_are_the_same_bytes():
    for fmt in ("kml", "shp", "fgb", "gpx"):
        one, other = (content(fmt, where=f"annee=date'2022'{' ' * n}") for n in (0, 1))
        assert one == other


def test_a_file_that_is_too_large_is_refused():
    served = Store.open(shared_office().archive, limits=Limits(batch_rows=1)).served()
    compiled = served.whole("patients")
    batches = served.stream(compiled, "patients")
    options = {"title": "x", "epsg": 4326, "folder": served.folder}
    with pytest.raises(QueryTooCostlyError, match="ask for fewer rows"):
        list(ogr_chunks(batches, batches.schema, keys_of(compiled), "kml", most_bytes=100, **options))
    assert not list(served.folder.iterdir())


def test_names_of_files():
    for fmt, ending, kind in (
        ("shp", "zip", "application/zip"),
        ("kml", "kml", "application/vnd.google-earth.kml+xml"),
        ("gpx", "gpx", "application/gpx+xml"),
        ("fgb", "fgb", "application/vnd.flatgeobuf"),
    ):
        headers = reader.get(f"/patients/exports/{fmt}", **WHERE).headers
        assert headers["content-disposition"] == f'attachment; filename="patients.{ending}"'
        assert headers["content-type"] == kind
