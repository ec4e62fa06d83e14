"""Places of territories: the field `geo_point_2d`, and what can be asked of it."""

import io
import json

import pyarrow.parquet as pq
import pytest
from tests.helpers.portal_release import Reader

from seuil.portal.charts.areas import BETWEEN, area_of, geometry_of
from seuil.portal.charts.outlines import borders
from seuil.portal.store.places import middles

reader = Reader()
RECORDS = "/patients/records"
CORSICA = '{"type": "Polygon", "coordinates": [[[8, 41], [10, 41], [10, 43], [8, 43], [8, 41]]]}'
PARIS = "geom'POINT(2.35 48.85)'"
ONE = {"group_by": "territoire", "limit": 100}


def codes(where: str) -> list[str]:
    return [row["territoire"] for row in reader.json(RECORDS, where=where, **ONE)["results"]]


def test_every_department_has_its_middle():
    assert len(middles()) == 101
    lon, lat, _ = middles()["75"]
    assert (lon, lat) == (pytest.approx(2.34, abs=0.02), pytest.approx(48.86, abs=0.02))
    assert middles()["974"][:2] == (pytest.approx(55.53, abs=0.05), pytest.approx(-21.13, abs=0.05))


def test_a_place_is_there_for_who_names_it():
    found = reader.json(RECORDS, select="territoire, geo_point_2d", limit=4, where='pathologie = "ALL"')["results"]
    assert found[1]["geo_point_2d"] == {"lon": pytest.approx(2.342, abs=0.01), "lat": pytest.approx(48.857, abs=0.01)}
    assert "geo_point_2d" not in reader.json(RECORDS, limit=1)["results"][0]


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("within_distance(geo_point_2d, geom'POINT(2.35 48.85)', 50km)", ["75"]),
        ("within_distance(geo_point_2d, geom'POINT(2.35 48.85)', 30 mi)", ["75"]),
        ("distance(geo_point_2d, geom'POINT(2.35 48.85)') < 50000", ["75"]),
        ("in_bbox(geo_point_2d, 41, 8, 43, 10)", ["2A"]),
        ("within(geo_point_2d, geom'POLYGON((-6 47, 0 47, 0 50, -6 50, -6 47))')", ["22"]),
        (f"intersects(geo_point_2d, geom'{CORSICA}')", ["2A"]),
        ("disjoint(geo_point_2d, geom'POLYGON((-6 41, 10 41, 10 51, -6 51))')", []),
        ("within(geo_point_2d, geom'POLYGON((-6 41, 10 41, 10 51, -6 51), (8 41, 10 41, 10 43, 8 43))')",
         ["22", "75", "FR"]),
    ],
)  # fmt: skip
def test_places_can_be_asked_for(where, found):
    assert codes(where) == found


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (f"distance(geo_point_2d, {PARIS}, 50km)", f"within_distance(geo_point_2d, {PARIS}, 50km)"),
        (f"geometry(geo_point_2d, geom'{CORSICA}')", f"within(geo_point_2d, geom'{CORSICA}')"),
        (f"geometry(geo_shape, geom'{CORSICA}', INTERSECTS)", f"intersects(geo_shape, geom'{CORSICA}')"),
        (f"polygon(geo_point_2d, geom'{CORSICA}')", f"within(geo_point_2d, geom'{CORSICA}')"),
        (f"not geometry(geo_point_2d, geom'{CORSICA}', disjoint)", f"not disjoint(geo_point_2d, geom'{CORSICA}')"),
    ],
)  # fmt: skip
def test_filters_of_before_still_mean_the_same(before, now):
    assert codes(before) == codes(now) != []


def test_no_other_mode_of_geometry():
    status, code, _ = reader.error(RECORDS, where=f"geometry(geo_point_2d, geom'{CORSICA}', touches)")
    assert (status, code) == (400, "ODSQLSyntaxError")


@pytest.mark.parametrize("field", ["geo_point_2d", "geo_shape"])
def test_places_are_no_facets(field):
    status, code, message = reader.error("/patients/facets", facet=field)
    assert (status, code) == (400, "ODSQLError")
    assert f"{field} is a {field}" in message


def test_distance_and_envelope():
    (paris,) = reader.json(
        RECORDS, select="distance(geo_point_2d, geom'POINT(9 42)') as d", limit=1, where='territoire = "75"'
    )["results"]
    assert paris["d"] == pytest.approx(922_000, rel=0.01)
    (box,) = reader.json(RECORDS, select="envelope(geo_point_2d) as e, bbox(geo_point_2d) as b", limit=1)["results"]
    assert box["e"] == box["b"]
    assert box["e"]["geometry"]["type"] == "Polygon"
    west, south = box["e"]["geometry"]["coordinates"][0][0]
    assert (west, south) == (pytest.approx(-2.9, abs=0.2), pytest.approx(41.9, abs=0.2))


def test_a_file_of_features_has_the_places_of_its_rows():
    feature = reader.json("/patients/exports/geojson", where='territoire = "75"', limit=1)["features"][0]
    assert feature["geometry"]["coordinates"] == [pytest.approx(2.34, abs=0.02), pytest.approx(48.86, abs=0.02)]
    assert "geo_point_2d" not in feature["properties"]
    metres = reader.json("/patients/exports/geojson", where='territoire = "75"', limit=1, epsg=3857)
    assert metres["features"][0]["geometry"]["coordinates"] == [
        pytest.approx(260_700, rel=0.01), pytest.approx(6_250_000, rel=0.01),
    ]  # fmt: skip
    assert metres["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::3857"
    csv = reader.get("/patients/exports/csv", select="geo_point_2d", where='territoire = "75"', limit=1).text
    assert csv.splitlines()[1].startswith("48.8")


@pytest.mark.parametrize(
    "where",
    ["geo_point_2d = 3", "within_distance(territoire, geom'POINT(1 2)', 1km)", "within(geo_point_2d, geom'LINE(1 2)')",
     "in_bbox(geo_point_2d, 1)", "within_distance(geo_point_2d, geom'POINT(1 2)', 1 day)"],
)  # fmt: skip
def test_what_can_t_be_asked_of_a_place_is_refused(where):
    assert reader.error(RECORDS, where=where)[0] == 400


PARIS_BOX = "POLYGON((2.3 48.8, 2.4 48.8, 2.4 48.9, 2.3 48.9, 2.3 48.8))"


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("intersects(geo_shape, geom'POINT(2.35 48.85)')", ["75", "FR"]),
        (f"intersects(geo_shape, geom'{PARIS_BOX}')", ["75", "FR"]),
        ("intersects(geo_shape, geom'LINESTRING(-4 48.3, 2.35 48.85)')", ["22", "75", "FR"]),
        (f"intersects(geo_shape, geom'{CORSICA}')", ["2A", "FR"]),
        ("intersects(geo_shape, geom'POINT(-30 10)')", []),
        ("within(geo_shape, geom'POLYGON((1 48, 3 48, 3 49.5, 1 49.5))')", ["75"]),
        (f"within(geo_shape, geom'{PARIS_BOX}')", []),
        ("within(geo_shape, geom'POLYGON((-6 41, 10 41, 10 52, -6 52), (2 48.5, 3 48.5, 3 49, 2 49))')", ["22", "2A"]),
        ("disjoint(geo_shape, geom'POLYGON((-6 45, 10 45, 10 52, -6 52))')", ["2A"]),
        ("in_bbox(geo_shape, 48.8, 2.3, 48.9, 2.4)", ["75", "FR"]),
        ("within_distance(geo_shape, geom'POINT(2.6 48.85)', 5km)", []),
        ("within_distance(geo_shape, geom'POINT(2.6 48.85)', 15km)", ["75", "FR"]),
        ("geo_shape is not null", ["22", "2A", "75", "FR"]),
    ],
)
def test_areas_can_be_asked_for(where, found):
    assert codes(where) == found


def test_an_area_is_a_feature_whose_inner_borders_are_gone():
    rows = reader.json(RECORDS, select="territoire, geo_shape", where='pathologie = "ALL"', limit=2)["results"]
    france, paris = (row["geo_shape"] for row in rows)
    assert (paris["type"], paris["geometry"]["type"], paris["properties"]) == ("Feature", "Polygon", {})
    (ring,) = paris["geometry"]["coordinates"]
    assert ring[0] == ring[-1]
    assert 2.22 < min(lon for lon, _ in ring) < max(lon for lon, _ in ring) < 2.48
    assert france["geometry"]["type"] == "MultiPolygon"
    # The departments of this list, none of which borders another, and isles.
    assert len(france["geometry"]["coordinates"]) >= 3
    assert "geo_shape" not in reader.json(RECORDS, limit=1)["results"][0]


def test_areas_in_files():
    asked = {"select": "territoire, geo_shape", "where": 'territoire = "75"', "limit": 1}
    (feature,) = reader.json("/patients/exports/geojson", **asked)["features"]
    assert (feature["geometry"]["type"], feature["properties"]) == ("Polygon", {"territoire": "75"})
    (moved,) = reader.json("/patients/exports/geojson", **asked, epsg="3857")["features"]
    assert moved["geometry"]["coordinates"][0][0] == pytest.approx((260_000, 6_250_000), rel=0.1)
    text = reader.get("/patients/exports/csv", **asked).text
    assert '"{""type"":""Feature"",""geometry"":{""type"":""Polygon""' in text
    frame = pq.read_table(io.BytesIO(reader.get("/patients/exports/parquet", **asked).content))
    assert json.loads(frame["geo_shape"][0].as_py())["geometry"] == feature["geometry"]
    assert reader.get("/patients/exports/xlsx", **asked).status_code == 200


def test_too_many_questions_about_areas_are_refused():
    one = "intersects(geo_shape, geom'POINT(2.35 48.85)')"
    assert codes(" or ".join([one] * 20)) == ["75", "FR"]
    status, code, message = reader.error(RECORDS, where=" or ".join([one] * 21))
    assert (status, code) == (400, "ODSQLError")
    assert "21 times about shapes, at most 20" in message


def test_points_can_be_grouped_by_squares():
    asked = {"group_by": "geo_cluster(geo_point_2d, 6)", "select": "count(*) as n"}
    found = reader.json(RECORDS, **asked)["results"]
    assert sum(row["n"] for row in found) == 24
    middles_ = [row["geo_cluster(geo_point_2d, 6)"]["cluster_centroid"] for row in found]
    side = 360 / 2**6
    assert all((middle["lat"] / side - 0.5) % 1 == (middle["lon"] / side - 0.5) % 1 == 0 for middle in middles_)
    assert len(reader.json(RECORDS, group_by="geo_cluster(geo_point_2d, 1)")["results"]) == 2
    for wrong in ("geo_cluster(geo_point_2d, 26)", "geo_cluster(geo_point_2d)", "geo_cluster(ntop, 3)"):
        assert reader.error(RECORDS, group_by=wrong)[:2] == (400, "ODSQLError")
    assert reader.get("/patients/exports/csv", **asked).status_code == 200


def test_what_is_made_of_departments_has_their_area():
    every = area_of(BETWEEN.join(sorted(borders())))
    parts = [polygon for code in borders() for polygon in area_of(code)]
    assert _area(every) == pytest.approx(_area(parts))
    (paris,) = area_of("75+77+78+91+92+93+94+95")
    assert len(paris) == 1  # no hole: inner borders are gone
    assert geometry_of("33")["type"] == "Polygon"


def _area(polygons):
    def size(ring):
        return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True)))

    return sum(size(outer) - sum(map(size, holes)) for outer, *holes in polygons)
