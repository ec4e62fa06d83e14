"""The store opens a verified release, and nothing else."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.helpers.portal_release import PortalOffice, patients_rows, shared_office, shared_store, tarifs_rows

from seuil.model.errors import QueryError, ReleaseError, SeuilError
from seuil.odsql import Request, compile_export
from seuil.portal.store import Limits, Store
from seuil.portal.store.errors import UnknownDatasetError


@pytest.fixture
def office(tmp_path) -> PortalOffice:
    return PortalOffice(tmp_path).start()


def parquet_bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def test_catalogue_and_release():
    store = shared_store()
    assert [entry.id for entry in store.catalogue.entries] == ["patients", "reel-tarifs"]
    assert store.release.number == 1
    assert store.entry("patients").rows == len(patients_rows())


def test_schema_is_that_of_the_catalogue():
    fields = {field.name: field for field in shared_store().schema("patients").fields}
    assert list(fields) == list(patients_rows()[0])
    assert (fields["annee"].type, fields["ntop"].type, fields["taux"].type) == ("date", "int", "double")
    assert (fields["ntop"].hidden_by, fields["ntop_statut"].hidden_by) == ("ntop_statut", None)
    assert fields["territoire"].facet
    quarter = shared_store().schema("reel-tarifs").fields[0]
    assert (quarter.name, quarter.type) == ("trimestre", "int")


def test_rows_are_those_of_the_file_in_its_order():
    page = shared_store().rows("patients", equal={}, limit=1000)
    assert (page.total, page.rows) == (len(patients_rows()), patients_rows())


def test_rows_by_value_column_order_and_place():
    expected = [row for row in patients_rows() if row["annee"] == 2023 and row["pathologie"] == "DIA"]
    expected.sort(key=lambda row: row["territoire"])
    page = shared_store().rows(
        "patients",
        equal={"annee": 2023, "pathologie": "DIA"},
        columns=["territoire", "ntop"],
        order_by=["territoire"],
        limit=2,
        offset=1,
    )
    assert page.total == 4
    assert page.rows == [{"territoire": row["territoire"], "ntop": row["ntop"]} for row in expected[1:3]]


@pytest.mark.parametrize("value", ["75' OR '1'='1", '"; DROP VIEW jeu_0; --', "$1", "75\0"])
def test_values_are_never_sql(value):
    assert shared_store().rows("patients", equal={"territoire": value}).total == 0


def test_unknown_column_is_refused():
    store = shared_store()
    for arguments in ({"columns": ["_row"]}, {"order_by": ["1; --"]}, {"equal": {"nope": 1}}):
        with pytest.raises(QueryError, match=r"patients has no column .*; it has annee, "):
            store.rows("patients", **{"equal": {}} | arguments)


def test_unknown_dataset():
    store = shared_store()
    for ask in (
        store.entry,
        store.schema,
        lambda name: store.size(name, "csv"),
        lambda name: store.rows(name, equal={}),
    ):
        with pytest.raises(UnknownDatasetError, match=r"^The requested dataset nope does not exist\.$") as raised:
            ask("nope")
        assert isinstance(raised.value, SeuilError)


def test_only_the_signed_file_has_a_known_size():
    store = shared_store()
    assert store.size("patients", "parquet") == store.served().file("patients").stat().st_size
    assert store.size("patients", "csv") is None


def test_run_streams_batches():
    store = Store.open(shared_office().archive, limits=Limits(batch_rows=4))
    compiled = compile_export(Request(), store.schema("reel-tarifs"), store.served().relation("reel-tarifs"))
    batches = list(store.run("reel-tarifs", compiled))
    assert len(batches) > 1
    assert pa.Table.from_batches(batches).select(range(len(compiled.columns))).to_pylist() == tarifs_rows()


def test_altered_release_is_not_opened(office):
    office.publish_now(office.contents())
    (data,) = office.archive.glob("targets/jeux/patients/*.data.parquet")
    content = bytearray(data.read_bytes())
    content[len(content) // 2] ^= 1
    data.write_bytes(content)
    with pytest.raises(ReleaseError, match=r"patients.*is altered"):
        Store.open(office.archive)


def test_root_that_is_not_trusted(office):
    office.publish_now(office.contents())
    with pytest.raises(ReleaseError):
        Store.open(office.archive, trusted_root=(shared_office().archive / "root.json").read_bytes())


def test_files_that_do_not_fit_the_catalogue(office):
    contents = office.contents()
    table = pa.Table.from_pylist(patients_rows())
    name = "jeux/patients/data.parquet"
    for content, problem in (
        (b"PAR1", "is no Parquet file"),
        (parquet_bytes(table.drop(["npop"])), "has the columns annee, .*; the catalogue says annee, "),
        (parquet_bytes(table.set_column(0, "annee", pa.array(["2022"] * len(table)))), "column annee holds string"),
        (None, "has no file jeux/patients/data.parquet"),
    ):
        changed = contents | {name: content}
        office.publish_now({key: value for key, value in changed.items() if value is not None})
        with pytest.raises(ReleaseError, match=problem):
            Store.open(office.archive)


@pytest.mark.parametrize("order", ["ntop", "-ntop"])
def test_rows_without_a_value_come_last_in_either_order(order: str) -> None:
    found = [row["ntop"] for row in shared_store().rows("patients", equal={}, order_by=[order], limit=100).rows]
    shown = [value for value in found if value is not None]
    assert found == sorted(shown, reverse=order.startswith("-")) + [None] * (len(found) - len(shown))
    assert None in found


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 50])
@pytest.mark.parametrize("offset", [0, 1, 3, 4, 5])
def test_every_page_says_how_many_rows_there_are(limit: int, offset: int) -> None:
    found = shared_store().rows("patients", equal={"annee": 2023, "pathologie": "DIA"}, limit=limit, offset=offset)
    assert found.total == 4
    assert len(found.rows) == max(0, min(limit, 4 - offset))
