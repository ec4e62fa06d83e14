"""JSON Lines, XLSX and GeoJSON downloads, gzip files, and how hidden values are told."""

import gzip
import io
import json

import openpyxl
import pandas as pd
import pytest
from tests.helpers.own_columns import release_with_own_columns
from tests.helpers.portal_release import DATASETS, Reader, api_row, client_of, patients_rows

from seuil.portal.store import Store

reader = Reader()
EXPORTS = "/patients/exports"
CORSICA = "territoire = \"2A\" and annee = date'2022'"


def test_json_lines_are_the_rows_of_json():
    content = reader.get(f"{EXPORTS}/jsonl").content
    assert [json.loads(line) for line in content.splitlines()] == [api_row(row) for row in patients_rows()]
    assert reader.get(f"{EXPORTS}/jsonl", limit=0).content == b""


def sheet(**parameters: str) -> list[tuple[object, ...]]:
    content = reader.get(f"{EXPORTS}/xlsx", **parameters).content
    return list(openpyxl.load_workbook(io.BytesIO(content), read_only=True).active.values)


def test_a_sheet_has_numbers_and_reads_ns_where_they_are_hidden():
    header, *rows = sheet()
    assert header == tuple(patients_rows()[0])
    ntop, status = header.index("ntop"), header.index("ntop_statut")
    assert [row[ntop] for row in rows] == [row["ntop_statut"] or row["ntop"] for row in patients_rows()]
    assert [row[status] for row in rows] == [row["ntop_statut"] for row in patients_rows()]


def test_a_sheet_has_labels_and_nothing_in_hidden_cells_where_that_is_asked_for():
    assert sheet(select="annee, ntop", where=CORSICA, use_labels="true", hidden="empty") == [
        ("Année", "Patients"), (2022, 400), (2022, None), (2022, None),
    ]  # fmt: skip


def test_a_text_is_no_formula():
    assert sheet(select='"=1+1" as f', limit=1) == [("f",), ("=1+1",)]


def test_a_feature_has_all_values_of_its_row():
    found = reader.json(f"{EXPORTS}/geojson", select="pathologie, npop", limit=1)
    assert found == {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": None, "properties": {"pathologie": "ALL", "npop": 10_000}}],
    }
    assert reader.json(f"{EXPORTS}/geojson", limit=0)["features"] == []


@pytest.mark.parametrize("fmt", ["csv", "json", "jsonl", "xlsx", "parquet", "geojson"])
def test_a_gzip_file_holds_the_same_file(fmt):
    plain = reader.get(f"{EXPORTS}/{fmt}", select="annee, npop").content
    packed = reader.get(f"{EXPORTS}/{fmt}", select="annee, npop", compressed="true")
    assert packed.headers["content-disposition"] == f'attachment; filename="patients.{fmt}.gzip"'
    assert packed.headers["content-type"] == "application/gzip"
    assert gzip.decompress(packed.content) == plain


def test_pandas_reads_numbers_where_hidden_cells_are_empty():
    def frame(**parameters: str) -> pd.DataFrame:
        content = reader.get(f"{EXPORTS}/csv", select="ntop", where=CORSICA, **parameters).content
        return pd.read_csv(io.BytesIO(content), sep=";")

    assert frame(hidden="empty")["ntop"].sum() == 400
    assert frame()["ntop"].tolist() == ["400", "NS", "NS"]


def test_columns_tell_of_hidden_values():
    content = reader.get(
        f"{EXPORTS}/csv", select="pathologie, ntop as n", where=CORSICA, hidden="columns", with_bom="false"
    ).content
    assert content.decode() == "pathologie;n;n_statut\r\nALL;400;\r\nDIA;;NS\r\nCAN;;NS\r\n"


@pytest.mark.parametrize("fmt", ["csv", "json", "jsonl", "xlsx", "parquet", "geojson"])
def test_a_small_file_can_be_read_in_parts(fmt):
    query = {"select": "territoire, npop", "order_by": "npop"}
    whole = reader.get(f"{EXPORTS}/{fmt}", **query)
    assert (whole.headers["accept-ranges"], int(whole.headers["content-length"])) == ("bytes", len(whole.content))
    part = reader.get(f"{EXPORTS}/{fmt}", headers={"Range": "bytes=5-9"}, **query)
    assert (part.status_code, part.content) == (206, whole.content[5:10])
    assert part.headers["content-range"] == f"bytes 5-9/{len(whole.content)}"
    last = reader.get(f"{EXPORTS}/{fmt}", headers={"Range": "bytes=999999-, -3"}, **query)
    assert (last.status_code, last.content) == (206, whole.content[-3:])


@pytest.mark.parametrize(
    "address", ["/csv?limit=2", "/parquet", "/parquet?limit=2", "/explore/dataset/patients/download?rows=2"]
)
def test_parts_that_a_file_hasn_t_are_refused_as_the_api_refuses(address):
    path = address if address.startswith("/explore") else f"{DATASETS}{EXPORTS}{address}"
    whole = reader.client.get(path)
    beyond = reader.client.get(path, headers={"Range": "bytes=999999-"})
    assert (beyond.status_code, beyond.json()["error_code"]) == (416, "RangeNotSatisfiable")
    assert ("error" in beyond.json()) == address.startswith("/explore")
    assert beyond.headers["content-range"] == f"bytes */{len(whole.content)}"
    assert beyond.headers["content-type"] == "application/json; charset=utf-8"
    assert beyond.headers["access-control-allow-origin"] == "*"
    changed = reader.client.get(path, headers={"Range": "bytes=999999-", "If-Range": '"another"'})
    assert (changed.status_code, changed.content) == (200, whole.content)


@pytest.mark.parametrize("said", ["bytes=abc", "bytes=5-2", "bytes=-", "bytes=", "lines=1-2", "bytes=0-1,x", "0-1"])
@pytest.mark.parametrize("fmt", ["csv", "parquet"])
def test_a_range_that_can_t_be_read_counts_as_none(fmt, said):
    whole = reader.get(f"{EXPORTS}/{fmt}")
    got = reader.get(f"{EXPORTS}/{fmt}", headers={"Range": said})
    assert (got.status_code, got.content) == (200, whole.content)


@pytest.mark.parametrize(
    ("fmt", "parameters"),
    [
        ("csv", {"hidden": "x"}), ("json", {"compressed": "1"}), ("geojson", {"epsg": "9999"}),
        ("kml", {"epsg": "2154"}), ("csv", {"epsg": "3857"}),
        ("csv", {"list_separator": "0123456789-"}), ("csv", {"timezone": "Paris"}), ("csv", {"lang": "xx"}),
    ],
)  # fmt: skip
def test_an_option_that_isn_t_one_is_refused(fmt, parameters):
    status, code, message = reader.error(f"{EXPORTS}/{fmt}", **parameters)
    assert (status, code) == (400, "InvalidRESTParameterError")
    assert next(iter(parameters)) in message


def test_without_proj_degrees_are_what_there_is(monkeypatch):
    monkeypatch.setattr("seuil.portal.exports.projection.find_spec", lambda _: None)
    assert reader.get(f"{EXPORTS}/geojson", epsg=4326, limit=1).status_code == 200
    status, code, message = reader.error(f"{EXPORTS}/geojson", epsg=2154)
    assert (status, code) == (400, "InvalidRESTParameterError")
    assert "seuil[portal]" in message


def test_measures_without_a_status_get_one_in_columns_of_its_own(tmp_path):
    made = release_with_own_columns(tmp_path, 3)
    client = client_of(Store.open(made.archive))

    def rows(fmt, **parameters):
        response = client.get(f"{DATASETS}/effectifs/exports/{fmt}", params=parameters)
        assert response.status_code == 200, response.text
        return response.json() if fmt == "json" else pd.read_csv(io.BytesIO(response.content), sep=";")

    plain = rows("json", select="ntop, npop")
    told = rows("json", select="ntop, npop", hidden="columns")
    assert told == [
        {name: value for measure in ("ntop", "npop") for name, value in (
            (measure, row[measure]), (f"{measure}_statut", None if row[measure] is not None else "NS")
        )}
        for row in plain
    ]  # fmt: skip
    assert {row["ntop_statut"] for row in told} == {None, "NS"}
    whole = rows("json", hidden="columns")
    assert [(row["ntop"], row["ntop_statut"]) for row in whole] == [(r["ntop"], r["ntop_statut"]) for r in told]
    assert [name for name in whole[0] if name.endswith("_statut")] == ["ntop_statut", "npop_statut"]
    sheet = rows("csv", select="ntop as n", hidden="columns", where="ntop is null", limit=1)
    assert sheet.to_dict("list")["n_statut"] == ["NS"]
    groups = rows("json", group_by="ntop", order_by="ntop", hidden="columns")
    assert groups[-1] == {"ntop": None, "ntop_statut": "NS"}
    assert "ntop_statut" not in rows("json", limit=1)[0]
