"""JSON downloads."""

import pytest
from tests.helpers.portal_release import Reader, api_row, client_of, patients_rows, shared_office, tarifs_rows

from seuil.portal.store import Limits, Store

reader = Reader()
JSON = "/patients/exports/json"


def test_bare_array_of_all_rows():
    assert reader.json(JSON) == [api_row(row) for row in patients_rows()]
    assert reader.json("/reel-tarifs/exports/json") == tarifs_rows()


def test_hidden_is_null_and_has_its_status_beside_it_where_columns_are_asked_for():
    where = "territoire = \"2A\" and annee = date'2022'"
    assert reader.json(JSON, select="ntop", where=where) == [{"ntop": 400}, {"ntop": None}, {"ntop": None}]
    assert reader.json(JSON, select="ntop", where=where, hidden="columns") == [
        {"ntop": 400, "ntop_statut": None}, {"ntop": None, "ntop_statut": "NS"}, {"ntop": None, "ntop_statut": "NS"},
    ]  # fmt: skip


def test_same_rows_as_records():
    query = {"where": "ntop > 300", "order_by": "taux desc", "select": "annee, taux, npop as n", "limit": 7}
    assert reader.json(JSON, **query) == reader.json("/patients/records", **query)["results"]


def test_nothing_found_is_an_empty_array():
    assert reader.get(JSON, where='territoire = "nope"').content == b"[]"
    assert reader.get(JSON, limit=0).content == b"[]"


@pytest.mark.parametrize("batch_rows", [1, 5])
def test_pieces_don_t_show(batch_rows):
    client = client_of(Store.open(shared_office().archive, limits=Limits(batch_rows=batch_rows)))
    assert client.get(f"/api/explore/v2.1/catalog/datasets{JSON}").content == reader.get(JSON).content


def test_headers():
    headers = reader.get(JSON).headers
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert headers["content-disposition"] == 'attachment; filename="patients.json"'
    assert headers["seuil-disclaimer"].startswith("The publisher is not liable for harm")
