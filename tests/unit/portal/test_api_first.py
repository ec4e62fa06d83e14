"""What the first API computes: analyses, clusters and boxes of places, previews; and the formats of its answers."""

import csv
import io
import json

import pytest
from tests.helpers.portal_release import Reader, patients_rows

from seuil.portal.api.legacy_series import Series, add_up

client = Reader().client
ROWS = patients_rows()
COUNT = {"y.n.func": "COUNT"}
SUM = {"y.n.func": "SUM", "y.n.expr": "ntop"}
PARIS = {"refine.territoire": "75"}


def get(path, **parameters):
    return client.get(f"/api/records/1.0/{path}/", params={"dataset": "patients", **parameters})


def answer(path, **parameters):
    response = get(path, **parameters)
    assert response.status_code == 200, response.text
    return response.json()


def shown(rows):
    return [row["ntop"] for row in rows if row["ntop"] is not None]


def test_an_analysis_has_a_row_for_each_group():
    assert answer("analyze", x="annee", **COUNT) == [{"x": {"year": 2022}, "n": 12}, {"x": {"year": 2023}, "n": 12}]
    assert answer("analyze", x="pathologie", **COUNT, **PARIS) == [{"x": x, "n": 2} for x in ("ALL", "CAN", "DIA")]
    two = answer("analyze", x=["annee", "pathologie"], maxpoints=1, **COUNT)
    assert two == [{"x": {"annee": {"year": 2022}, "pathologie": "ALL"}, "n": 4}]
    assert answer("analyze", x="annee", periodic="month", **COUNT) == [{"x": {"month": 1}, "n": 24}]


def test_what_a_series_leaves_out_stands_beside_it():
    response = get("analyze", x="pathologie", **SUM, **{"refine.annee": "2022"})
    by_group = {row.pop("x"): row for row in response.json()}
    assert by_group["ALL"] == {"n": sum(shown(r for r in ROWS if (r["annee"], r["pathologie"]) == (2022, "ALL")))}
    told = by_group["DIA"]
    seen = sum(shown(r for r in ROWS if (r["annee"], r["pathologie"]) == (2022, "DIA")))
    assert (told["n"], told["n_statut"]) == (seen, "partiel")
    assert told["n_min"] <= seen
    assert told["n_max"] is None  # nothing that is published bounds them above
    assert response.headers["seuil-hidden"] == "hidden=0, partial=2"


HIDDEN = {"refine.territoire": "2A", "refine.pathologie": "DIA"}


def test_what_is_all_hidden_is_ns_and_never_blank():
    for row in answer("analyze", x="annee", **SUM, **HIDDEN):
        assert (row["n"], row["n_statut"]) == (None, "NS")
        assert (row["n_min"], row["n_max"]) == (0, None)
    (header, *rows) = csv.reader(io.StringIO(get("analyze", x="annee", format="csv", **SUM, **HIDDEN).text))
    assert [cell for row in (header, *rows) for cell in row[0].split(";")[:3]] == [
        "x", "n", "n_statut", "2022", "NS", "NS", "2023", "NS", "NS",
    ]  # fmt: skip
    by_measure = answer("analyze", x="ntop", **COUNT, **HIDDEN)
    assert by_measure == [{"x": None, "x_statut": "NS", "n": 2}]


def test_series_add_up_with_what_they_leave_out():
    growing = {**SUM, "y.n.cumulative": "true", "refine.annee": "2022", "refine.pathologie": "DIA"}
    rows = answer("analyze", x="territoire", sort="-x", **growing)
    plain = [
        r["ntop"]
        for r in sorted(ROWS, key=lambda r: str(r["territoire"]))
        if (r["annee"], r["pathologie"]) == (2022, "DIA")
    ]
    assert [row["x"] for row in rows] == ["22", "2A", "75", "FR"]
    assert [row["n"] for row in rows] == [plain[0], plain[0], plain[0] + plain[2], plain[0] + plain[2] + plain[3]]
    assert ["n_statut" in row for row in rows] == [False, True, True, True]
    assert all(row["n_min"] <= row["n"] and row["n_max"] is None for row in rows[1:])


def test_bounds_add_up_too():
    hidden = {"n": None, "n_statut": "NS", "n_min": 1, "n_max": 4}
    rounded = {"n": 20, "n_min": 15, "n_max": 24}
    nothing = {"n": None, "n_min": None, "n_max": None}
    rows = [dict(rounded), dict(hidden), dict(nothing), dict(rounded), {**hidden, "n_max": None}]
    add_up(rows, [Series("n", "sum(`n`)", cumulative=True)])
    assert rows == [
        {"n": 20},
        {"n": 20, "n_statut": "partiel", "n_min": 16, "n_max": 28},
        {"n": 20, "n_statut": "partiel", "n_min": 16, "n_max": 28},
        {"n": 40, "n_statut": "partiel", "n_min": 31, "n_max": 52},
        {"n": 40, "n_statut": "partiel", "n_min": 32, "n_max": None},
    ]


def test_what_adds_up_is_bounded_as_the_figures_are_that_it_is_made_of():
    where = {"refine.annee": "2022", "refine.pathologie": "DIA"}
    rows = answer("analyze", x="territoire", sort="-x", **SUM, **where, **{"y.n.cumulative": "true"})
    low = client.get(
        "/api/explore/v2.1/catalog/datasets/patients/records",
        params={"select": "sum(ntop) as n", "where": "annee = date'2022' and pathologie = 'DIA'", "limit": 1},
    ).json()["hidden"]["results"][0]["n"]["min"]
    assert rows[-1]["n_min"] == low  # of shown figures less than they show, since they are rounded
    twice = {"y.n.func": "SUM", "y.n.expr": "ntop * 2", "y.n.cumulative": "true"}
    for row in answer("analyze", x="territoire", sort="-x", **twice, **where)[1:]:
        assert row.keys() == {"x", "n", "n_statut"}  # nothing is known of what is calculated


@pytest.mark.parametrize(("sort", "first"), [("n", "FR"), ("-n", "2A"), ("x", "FR"), ("-x", "22")])
def test_an_analysis_is_sorted(sort, first):
    series = {"y.n.func": "MAX", "y.n.expr": "ntop", "refine.pathologie": "ALL"}
    assert answer("analyze", x="territoire", sort=sort, **series)[0]["x"] == first


def test_series_may_be_calculated():
    (row,) = answer(
        "analyze",
        x="territoire",
        **{"y.a.func": "SUM", "y.a.expr": "ntop / 10 + 1", "y.b.func": "SUMSQUARES", "y.b.expr": "ntop"},
        **{"y.c.func": "STDDEV", "y.c.expr": "ntop", **PARIS, "refine.annee": "2022", "refine.pathologie": "ALL"},
    )
    assert row == {"x": "75", "a": 81.0, "b": 640_000, "c": 0.0}


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({}, "Invalid value for x"),
        ({"x": "nope", **COUNT}, "Unknown field: nope"),
        ({"x": "annee"}, "y.<name>.func"),
        ({"x": "annee", "y.n.func": "MODE"}, "one of COUNT, SUM"),
        ({"x": "annee", "y.n.func": "SUM"}, "y.n.expr"),
        ({"x": "annee", "y.n.func": "SUM", "y.n.expr": "ntop), sum(npop"}, "one expression a series"),
        ({"x": "annee", "y.n.func": "SUM", "y.n.expr": "sqrt(ntop)"}, "unexpected ("),
        ({"x": "annee", "y.n.func": "AVG", "y.n.expr": "ntop", "y.n.cumulative": "true"}, "cumulative"),
        ({"x": "annee", "y.x.func": "COUNT"}, "another name"),
        ({"x": "annee", "sort": "m", **COUNT}, "Invalid value for sort"),
        ({"x": "annee", "maxpoints": 20_001, **COUNT}, "maxpoints"),
        ({"x": "annee", "precision": "century", **COUNT}, "precision"),
        ({"x": "annee", "periodic": "week", **COUNT}, "periodic"),
        ({"x": "annee", "format": "rss", **COUNT}, "Invalid value for format"),
        ({"x": "annee", "format": "jsonp", **COUNT}, "callback"),
        ({"x": "annee", "callback": "alert(1)//", **COUNT}, "callback"),
        ({"x": "annee", "pretty_print": "yes", **COUNT}, "pretty_print"),
        ({"x": "annee", "geofilter.distance": "1,2", **COUNT}, "latitude,longitude,metres"),
        ({"x": "annee", "geofilter.polygon": "(1,2),(3,4)", **COUNT}, "geofilter.polygon"),
        ({"x": "annee", "geofilter.bbox": "1,2,3,a", **COUNT}, "geofilter.bbox"),
        ({"x": "annee", **{f"y.n{k}.func": "COUNT" for k in range(21)}}, "at most 20"),
    ],
)
def test_what_an_analysis_cannot_be_is_refused(parameters, says):
    response = get("analyze", **parameters)
    told = response.json()
    assert response.status_code == 400
    assert told["error_code"] in ("InvalidRESTParameterError", "ODSQLError", "ODSQLSyntaxError")
    assert says in told["message"] == told["error"]


def test_answers_in_other_formats():
    script = get("analyze", x="annee", callback="take.it", **COUNT)
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert script.text.startswith("/**/take.it([{") and script.text.endswith(");")
    assert get("analyze", x="annee", pretty_print="true", **COUNT).text.startswith("[\n  {\n")
    found = answer("search", format="geojson", rows=1, fields="ntop", **PARIS)
    (feature,) = found["features"]
    assert (found["type"], feature["properties"]["fields"]["ntop"]) == ("FeatureCollection", 800)
    assert feature["geometry"]["coordinates"] == pytest.approx([2.34, 48.86], abs=0.01)


def test_one_record():
    (found,) = answer("search", rows=1, **PARIS)["records"]
    address = f"/api/datasets/1.0/patients/records/{found['recordid']}/"
    assert client.get(address).json() == found
    missing = client.get("/api/datasets/1.0/patients/records/nope/")
    assert (missing.status_code, missing.json()["error_code"]) == (404, "NotFoundResource")


@pytest.mark.parametrize(
    ("geofilter", "count"),
    [
        ({}, 24),
        ({"geofilter.distance": "48.85,2.35,50000"}, 6),
        ({"geofilter.bbox": "41,8,43,10"}, 6),
        ({"geofilter.polygon": "((41,8),(41,10),(43,10),(43,8))"}, 6),
        ({"geofilter.distance": "0,0,10"}, 0),
    ],
)
def test_the_box_around_places(geofilter, count):
    found = answer("boundingbox", **geofilter)
    assert (found["count"], len(found["bbox"])) == (count, 4 if count else 0)
    if geofilter == {"geofilter.bbox": "41,8,43,10"}:
        assert found["bbox"] == pytest.approx([8.99, 41.86] * 2, abs=0.05)


CLUSTERS = {"clusterprecision": 5, "clusterdistance": 60}


def test_places_that_lie_together_are_clusters():
    found = answer("geocluster", shapeprecision=2, **CLUSTERS, **SUM, **{"refine.annee": "2022"})
    assert sum(cluster["count"] for cluster in found["clusters"]) == 12
    assert found["count"] == {"max": 3, "min": 3}
    corsica = min(found["clusters"], key=lambda cluster: cluster["cluster_center"][0])
    assert corsica["cluster"] == {"type": "Point", "coordinates": corsica["cluster_center"][::-1]}
    assert corsica["series"]["n_statut"] == "partiel"
    assert found["series"]["n"]["min"] == min(cluster["series"]["n"] for cluster in found["clusters"])
    together = answer("geocluster", **{**CLUSTERS, "clusterprecision": 0, "clusterdistance": 1000})
    west, east = sorted(together["clusters"], key=lambda cluster: cluster["cluster_center"][1])
    assert (west["count"], east["count"]) == (6, 18)
    assert (west["cluster"]["type"], east["cluster"]["type"]) == ("Point", "Polygon")
    assert "cluster" not in answer("geocluster", clustermode="heatmap", **CLUSTERS)["clusters"][0]
    assert "series" not in east


def test_a_cluster_of_hidden_figures_says_so():
    (cluster,) = answer("geocluster", **CLUSTERS, **SUM, **HIDDEN)["clusters"]
    assert (cluster["series"]["n"], cluster["series"]["n_statut"]) == (None, "NS")


@pytest.mark.parametrize(
    "parameters",
    [
        {"clusterprecision": 5},
        {"clusterdistance": 60},
        {**CLUSTERS, "clusterdistance": 0},
        {**CLUSTERS, "clustermode": "stars"},
        {**CLUSTERS, "shapeprecision": 25},
        {**CLUSTERS, "clusterprecision": "x"},
        {**CLUSTERS, **SUM, "y.n.cumulative": "true"},
    ],
)
def test_what_a_cluster_cannot_be_is_refused(parameters):
    assert get("geocluster", **parameters).status_code == 400


def test_areas_are_previewed_once_each():
    found = answer("geopreview", rows=2, **{"refine.annee": "2022"})
    assert [area["count"] for area in found] == [3, 3]
    assert len({area["geo_digest"] for area in answer("geopreview")}) == 4
    assert {area["geometry"]["type"] for area in found} <= {"Polygon", "MultiPolygon"}
    assert get("geopreview", rows=-1).status_code == 400


def test_catalogue_has_no_places():
    response = client.get("/api/datasets/1.0/search/", params={"geofilter.distance": "1,2,3"})
    assert response.status_code == 400
    assert json.loads(client.get("/api/datasets/1.0/search/", params={"pretty_print": "true"}).text)["nhits"] == 2
