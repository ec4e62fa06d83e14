"""Parquet downloads."""

import io

import pyarrow.parquet as pq
import pytest
from tests.helpers.portal_release import Reader, client_of, patients_rows, shared_office, shared_store

from seuil.portal.store import Limits, Store

reader = Reader()
PARQUET = "/patients/exports/parquet"


def file_of(content: bytes) -> pq.ParquetFile:
    return pq.ParquetFile(io.BytesIO(content))


def test_all_of_a_dataset_is_the_file_that_was_signed():
    assert reader.get(PARQUET).content == shared_store().served().file("patients").read_bytes()
    assert reader.get(PARQUET, limit=-1, where=" ").content == reader.get(PARQUET).content


def test_part_of_it_can_be_fetched():
    part = reader.get(PARQUET, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"PAR1")


@pytest.mark.parametrize("batch_rows", [5, 1000])
def test_written_anew_it_is_the_same_table(batch_rows):
    client = client_of(Store.open(shared_office().archive, limits=Limits(batch_rows=batch_rows)))
    url = f"/api/explore/v2.1/catalog/datasets{PARQUET}"
    released = pq.read_table(shared_store().served().file("patients"))
    for parameters in ({"parquet_compression": "snappy"}, {"select": "*"}, {"where": "annee >= date'2000'"}):
        table = file_of(client.get(url, params=parameters).content).read()
        assert table.replace_schema_metadata() == released


@pytest.mark.parametrize(("asked", "found"), [("snappy", "SNAPPY"), ("zstd", "ZSTD"), ("", "SNAPPY")])
def test_compression(asked, found):
    content = reader.get(PARQUET, parquet_compression=asked, limit=3).content
    assert file_of(content).metadata.row_group(0).column(0).compression == found


def test_rows_of_a_query_with_the_status_beside():
    query = {"select": "annee, ntop as n", "where": 'territoire = "2A"', "order_by": "annee desc"}
    assert file_of(reader.get(PARQUET, **query).content).schema_arrow.names == ["annee", "n"]
    content = reader.get(PARQUET, **query, hidden="columns").content
    rows = [row for row in reversed(patients_rows()) if row["territoire"] == "2A"]
    rows.sort(key=lambda row: -row["annee"])
    found = file_of(content).read().to_pylist()
    assert sorted(map(str, found)) == sorted(
        str({"annee": row["annee"], "n": row["ntop"], "n_statut": row["ntop_statut"]}) for row in rows
    )
    assert [row["annee"] for row in found] == [2023] * 3 + [2022] * 3


def test_nothing_found_is_a_table_without_rows():
    table = file_of(reader.get(PARQUET, where='territoire = "nope"').content).read()
    assert (table.num_rows, table.column_names) == (0, list(patients_rows()[0]))


def test_metadata_travel_in_the_file():
    metadata = file_of(reader.get(PARQUET, limit=1).content).schema_arrow.metadata
    said = {key.decode(): value.decode() for key, value in metadata.items() if key.startswith(b"seuil.")}
    assert said == {
        "seuil.dataset": "patients",
        "seuil.release": "1",
        "seuil.title": "Patients pris en charge",
        "seuil.publisher": "Caisse d’essai",
        "seuil.licence": "Licence Ouverte 2.0",
        "seuil.licence_url": "https://example.org/licence?v=2",
        "seuil.purpose": "Rendre possibles des études",
        "seuil.disclaimer": "Caisse d’essai n’est pas responsable des dommages qui résulteraient d’une réutilisation "
        "de ces données à d’autres fins que celles pour lesquelles elles sont publiées.",
    }


@pytest.mark.parametrize("limit", [-1, 3])
def test_headers(limit):
    headers = reader.get(PARQUET, limit=limit).headers
    assert headers["content-type"] == "application/vnd.apache.parquet"
    assert headers["content-disposition"] == 'attachment; filename="patients.parquet"'
    assert headers["seuil-disclaimer"].startswith("The publisher is not liable for harm")
