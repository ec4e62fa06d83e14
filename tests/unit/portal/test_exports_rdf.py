"""Rows as RDF and as points of interest, read by others."""

import struct

import pytest
import rdflib
from rdflib.namespace import XSD
from tests.helpers.portal_release import Reader, patients_rows

FIELD = rdflib.Namespace("urn:seuil:jeux:patients#")
GEO = rdflib.Namespace("http://www.w3.org/2003/01/geo/wgs84_pos#")
PARSED = {"turtle": "turtle", "n3": "n3", "rdfxml": "xml", "jsonld": "json-ld"}


def graph(fmt: str, **parameters: object) -> rdflib.Graph:
    answer = Reader().get(f"/patients/exports/{fmt}", **parameters)
    assert answer.status_code == 200
    return rdflib.Graph().parse(data=answer.text, format=PARSED[fmt])


@pytest.mark.parametrize("fmt", PARSED)
def test_each_row_is_a_node_with_its_values(fmt):
    found = graph(fmt)
    nodes = list(found.subjects(FIELD.territoire))
    assert len(nodes) == len(patients_rows())
    told = {
        (
            str(found.value(n, FIELD.annee)),
            str(found.value(n, FIELD.territoire)),
            str(found.value(n, FIELD.pathologie)),
        ): n
        for n in nodes
    }
    for row in patients_rows():
        node = told[str(row["annee"]), str(row["territoire"]), str(row["pathologie"])]
        value = found.value(node, FIELD.ntop)
        assert (None if value is None else value.toPython()) == row["ntop"]
        status = found.value(node, FIELD.ntop_statut)
        assert (None if status is None else str(status)) == row["ntop_statut"]
        assert str(found.value(node, FIELD.territoire_libelle)) == row["territoire_libelle"]
    year = found.value(nodes[0], FIELD.annee)
    assert isinstance(year, rdflib.Literal)
    assert year.datatype == XSD.gYear


@pytest.mark.parametrize("fmt", PARSED)
def test_places_and_expressions(fmt):
    found = graph(fmt, select="geo_point_2d, count(*), ntop * 2 as été", where="territoire = '75'", limit=1)
    (node,) = set(found.subjects(FIELD["count___"]))
    place = found.value(node, FIELD.geo_point_2d)
    assert float(str(found.value(place, GEO.lat))) == pytest.approx(48.86, abs=0.05)
    assert found.value(node, FIELD["été"]).toPython() == 1600


@pytest.mark.parametrize("fmt", PARSED)
def test_no_rows_and_rows_of_nothing_are_a_graph_too(fmt):
    assert len(graph(fmt, where="ntop > 100000000")) == 0
    assert len(graph(fmt, select="ntop", where="ntop is null")) == 0


def test_points_of_interest_have_place_and_name():
    content = Reader().get("/patients/exports/ov2", where="pathologie = 'ALL' and annee = date'2022'").content
    found, at = [], 0
    while at < len(content):
        kind, length, lon, lat = struct.unpack_from("<BIii", content, at)
        assert kind == 2
        found.append((content[at + 13 : at + length - 1].decode("latin-1"), lon / 100_000, lat / 100_000))
        assert content[at + length - 1] == 0
        at += length
    assert len(found) == 4
    (paris,) = [place for place in found if place[0] == "Paris"]
    assert paris[1:] == pytest.approx((2.34, 48.86), abs=0.05)
