"""Fields that hold lists: a row is in the group of each value, and what is hidden there is told as everywhere."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from fastapi.testclient import TestClient
from tests.helpers.portal_release import DATASETS, PortalOffice, client_of, patients_rows

from seuil.catalogue.build import catalogue_of, read_catalogue, write_catalogue
from seuil.catalogue.entry import FieldEntry
from seuil.model.text import Text
from seuil.portal.store import Store

RECORDS = f"{DATASETS}/patients/records"
ROWS = patients_rows()
LISTS = {"ALL": ["1", "2", "1"], "DIA": ["2"], "CAN": None}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    office = PortalOffice(tmp_path_factory.mktemp("lists")).start()
    contents = office.contents(("patients",))
    (entry,) = read_catalogue(contents["catalogue.json"]).entries
    table = pq.read_table(pa.BufferReader(contents[entry.data_file]))
    lists = pa.array([LISTS[str(row["pathologie"])] for row in ROWS], pa.list_(pa.string()))
    sink = pa.BufferOutputStream()
    pq.write_table(table.append_column("niveaux", lists), sink)
    field = FieldEntry(name="niveaux", label=Text(fr="Niveaux", en="Levels"), type="text", facet=True, multivalued=True)
    entry = entry.model_copy(update={"fields": (*entry.fields, field)})
    files = {entry.data_file: sink.getvalue().to_pybytes(), "catalogue.json": write_catalogue(catalogue_of([entry]))}
    office.publish_now(contents | files)
    yield client_of(Store.open(office.archive))


def summed(*conditions: str) -> int:
    found = (row for row in ROWS if row["pathologie"] in conditions and row["annee"] == 2022)
    return sum(int(str(row["ntop"])) for row in found if row["ntop"] is not None)


def test_a_row_is_in_the_group_of_each_of_its_values(client: TestClient) -> None:
    query = {"select": "count(*) as n", "group_by": "niveaux", "where": "annee = date'2022'"}
    assert client.get(RECORDS, params=query).json()["results"] == [
        {"niveaux": "1", "n": 4}, {"niveaux": "2", "n": 8}, {"niveaux": None, "n": 4},
    ]  # fmt: skip
    assert client.get(RECORDS, params=query | {"select": "niveaux as x, count(*)", "limit": 1}).json()["results"] == [
        {"x": "1", "count(*)": 4}
    ]
    csv = client.get(f"{DATASETS}/patients/exports/csv", params=query | {"with_bom": "false"}).text
    assert csv.splitlines() == ["niveaux;n", "1;4", "2;8", ";4"]


def test_what_is_hidden_in_a_group_of_lists_is_told(client: TestClient) -> None:
    query = {"select": "sum(ntop) as t", "group_by": "niveaux", "where": "annee = date'2022'"}
    answer = client.get(RECORDS, params=query)
    found = answer.json()
    assert [row["t"] for row in found["results"]] == [summed("ALL"), summed("ALL", "DIA"), summed("CAN")]
    first, second, third = found["hidden"]["results"]
    assert first == {}  # nothing is hidden of the whole
    for told, seen in ((second, summed("ALL", "DIA")), (third, summed("CAN"))):
        assert (told["t"]["status"], told["t"]["hidden_rows"]) == ("partiel", 1)
        assert told["t"]["min"] <= seen
    assert answer.headers["seuil-hidden"] == "hidden=0, partial=2"
    assert "adds_totals_to_parts" in [warning["code"] for warning in found["hidden"]["warnings"]]


def test_a_group_of_lists_that_is_all_hidden_is_ns(client: TestClient) -> None:
    where = "territoire = '2A' and pathologie = 'DIA' and annee = date'2022'"
    query = {"select": "sum(ntop) as t", "group_by": "niveaux", "where": where}
    found = client.get(RECORDS, params=query).json()
    assert found["results"] == [{"niveaux": "2", "t": None}]
    assert found["hidden"]["results"][0]["t"]["status"] == "NS"
    csv = client.get(f"{DATASETS}/patients/exports/csv", params=query | {"with_bom": "false"}).text
    assert csv.splitlines() == ["niveaux;t", "2;NS"]


def test_the_field_is_described_and_counted_as_a_list(client: TestClient) -> None:
    fields = {field["name"]: field for field in client.get(f"{DATASETS}/patients").json()["fields"]}
    assert fields["niveaux"]["annotations"] == {"facet": [], "multivalued": [","]}
    (facet,) = client.get(f"{DATASETS}/patients/facets", params={"facet": "niveaux"}).json()["facets"]
    assert {value["name"]: value["count"] for value in facet["facets"]} == {"2": 16, "1": 8}
