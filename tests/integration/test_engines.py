"""The same records give the same leaves, to the byte, and the same report, whichever database counts them."""

import csv
import gzip
import json
import os
import random
import shutil
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from tests.helpers import postgresql_server
from tests.helpers.fees_by_kind import HEADS, some_fees, write_definition, write_fees

from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import DataError, UsageError
from seuil.records.count import count_leaves
from seuil.records.engines.profiles import Database

KEY = bytes(range(32))
TINY = Path(__file__).parents[1] / "unit" / "records" / "data" / "tiny"
PEOPLE = ("who", "year", "dept", "years", "cents", "visits")
ILL = ("person", "annee", "top")
YEARS = ("2022", "2022", "2022", "2023", "2023", "2021", "soon", " 2022", "2022.0", "")
DEPTS = ("A", "A", "a", " b", "b\u00a0", "c", "99", "north", "zz", "", "\u2009A\n")
AGES = ("0", "17", "17.99", "18", "64.5", "65", "101", "-1", "old", "young", "nan", "inf", "1e999", "1_0", "")
CENTS = ("0", "49", "50", "150", "100", "123456", "1e3", "-1", "much", "nan", "1e30", "1,5", "1 000", "1\u202f0", "")
VISITS = ("0", "1", "2", "3", "2.5", "-2", "12345678901234567890", "")
TOPS = ("g1", "g2", "g", "h", "all", "zz", "")


def _missing(what: str) -> None:
    """Skip, but where everything has to be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is not installed")
    pytest.skip(f"{what} is not installed")


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    pytest.importorskip("psycopg") if not os.environ.get("CI") else __import__("psycopg")
    if postgresql_server.installed() is None:
        _missing("PostgreSQL")
    with postgresql_server.running() as address:
        yield address


@pytest.fixture(scope="module")
def spark() -> str:
    pytest.importorskip("pyspark") if not os.environ.get("CI") else __import__("pyspark")
    if shutil.which("java") is None:
        _missing("Java")
    return "local[2]"


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """The tiny dataset with a second unit: its visits, of which the largest has as many fees as its age."""
    folder = tmp_path_factory.mktemp("definition") / "tiny"
    shutil.copytree(TINY, folder)
    path = folder / "tiny.yaml"
    text = path.read_text(encoding="utf-8")
    text = text.replace("label: Fees}", "label: Fees, second_unit: {unit: visitor, threshold: 3}}")
    text = text.replace("times: 0.01}", "times: 0.01, second_unit: {count: visits, largest: years}}")
    path.write_text(text, encoding="utf-8")
    assert read_dataset(path).sums["fees"].second_unit
    return read_dataset(path)


@pytest.fixture(scope="module")
def heads(tmp_path_factory: pytest.TempPathFactory, records: Path) -> tuple[Dataset, Path]:
    """One year of the tiny dataset without amounts, counted by combinations of values; and what DuckDB counts."""
    folder = tmp_path_factory.mktemp("heads")
    shutil.copytree(TINY, folder / "tiny")
    path = folder / "tiny" / "tiny.yaml"
    lines = path.read_text(encoding="utf-8").replace("[2022, 2023]", "[2022]").splitlines()
    amounts = ("amounts:", "fees:", "visits:")
    path.write_text("\n".join(line for line in lines if not line.strip().startswith(amounts)), encoding="utf-8")
    dataset = read_dataset(path)
    assert not dataset.sums
    count_leaves(dataset, records, folder / "expected", key=KEY)
    return dataset, folder / "expected"


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """People who stand once, twice and against themselves, with all that can be wrong in a field."""
    draw, folder = random.Random(7), tmp_path_factory.mktemp("records")
    who = [f"p{k}" for k in range(300)] + ["é", "\u200ap1 ", ""]
    people = [[draw.choice(column) for column in (who, YEARS, DEPTS, AGES, CENTS, VISITS)] for _ in range(700)]
    ill = [[draw.choice(column) for column in (who, YEARS, TOPS)] for _ in range(1200)]
    for name, columns, rows in (("people.csv", PEOPLE, people), ("ill.csv", ILL, ill)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([columns, *rows])
    return folder


@pytest.fixture(scope="module")
def fees(tmp_path_factory: pytest.TempPathFactory) -> tuple[Dataset, Path, Path]:
    """Amounts of several kinds a person, some of them wrong: the dataset, its records, and what DuckDB counts."""
    folder = tmp_path_factory.mktemp("fees")
    dataset = read_dataset(write_definition(folder / "fees"))
    people, amounts = some_fees()
    wrong = [
        ("person-001", 2023, "q", "much", 1, 1),
        ("person-002", 2023, "?", 30, 2, 9),
        ("nobody", 2023, "q", 9, 1, 9),
    ]
    write_fees(folder / "records", people, [*amounts, *wrong, *amounts[:9]])
    count_leaves(dataset, folder / "records", folder / "expected", key=KEY)
    return dataset, folder / "records", folder / "expected"


@pytest.fixture(scope="module")
def expected(dataset: Dataset, records: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What DuckDB counts, which a readable counter agrees with (`tests/property/test_records_count.py`)."""
    workspace = tmp_path_factory.mktemp("expected")
    count_leaves(dataset, records, workspace, key=KEY)
    return workspace


def same(workspace: Path, expected: Path, ending: str = "") -> None:
    """ending: what the names of the files have here, and not there."""
    names = sorted(path.name for path in (expected / "leaves").iterdir())
    assert sorted(path.name for path in (workspace / "leaves").iterdir()) == names
    for name in names:
        assert (workspace / "leaves" / name).read_bytes() == (expected / "leaves" / name).read_bytes(), name
    one, other = (json.loads((place / "records.json").read_text()) for place in (workspace, expected))
    assert one.pop("seconds") and other.pop("seconds")
    for file in one["files"]:
        file["file"] = file["file"].removesuffix(ending)
    assert one == other


def test_spark_counts_the_same(dataset: Dataset, records: Path, expected: Path, spark: str, tmp_path: Path):
    count_leaves(dataset, records, tmp_path / "ws", key=KEY, database=Database(spark))
    same(tmp_path / "ws", expected)


def test_spark_counts_the_same_amounts_of_kinds(fees: tuple[Dataset, Path, Path], spark: str, tmp_path: Path):
    dataset, records, expected = fees
    count_leaves(dataset, records, tmp_path / "ws", key=KEY, database=Database(spark))
    same(tmp_path / "ws", expected)


def test_spark_counts_the_same_heads(heads: tuple[Dataset, Path], records: Path, spark: str, tmp_path: Path):
    dataset, expected = heads
    count_leaves(dataset, records, tmp_path / "ws", key=KEY, database=Database(spark))
    same(tmp_path / "ws", expected)


def test_a_broken_csv_is_refused_on_spark_without_a_value(dataset: Dataset, spark: str, tmp_path: Path):
    (tmp_path / "people.csv").write_bytes(b"who,year,dept,years,cents,visits\nSECRET\xff,2022,A,40,100,1\n")
    with pytest.raises(DataError, match=r"people\.csv:2: bytes that are not UTF-8"):
        count_leaves(dataset, tmp_path, tmp_path / "ws", key=KEY, database=Database(spark))


def compressed(records: Path, folder: Path, ending: str, pack: Callable[[bytes], bytes], dataset: Dataset) -> Dataset:
    """Records that lie compressed in a folder, and the definition that names them."""
    said = dataset.definition.records
    assert said is not None
    assert said.memberships is not None
    folder.mkdir()
    for path in records.iterdir():
        (folder / f"{path.name}{ending}").write_bytes(pack(path.read_bytes()))
    files = {
        "people": said.people.model_copy(update={"file": said.people.file + ending}),
        "memberships": said.memberships.model_copy(update={"file": said.memberships.file + ending}),
    }
    return replace(dataset, definition=dataset.definition.model_copy(update={"records": said.model_copy(update=files)}))


@pytest.mark.parametrize(
    ("ending", "pack"),
    [
        (".gz", gzip.compress),
        (".zst", zstandard.compress),
        (".zst", lambda data: zstandard.compress(data[:999], 19) + zstandard.compress(data[999:])),
    ],
)
def test_spark_counts_the_same_of_compressed_files(
    ending, pack, dataset: Dataset, records: Path, expected: Path, spark: str, tmp_path: Path
):
    named = compressed(records, tmp_path / "packed", ending, pack, dataset)
    count_leaves(named, tmp_path / "packed", tmp_path / "ws", key=KEY, database=Database(spark))
    same(tmp_path / "ws", expected, ending)


def test_zstd_that_spark_can_not_unpack_is_told_what_to_do(dataset: Dataset, records: Path, spark: str, tmp_path: Path):
    notes = struct.pack("<II", 0x184D2A50, 5) + b"notes"
    named = compressed(records, tmp_path / "packed", ".zst", lambda data: zstandard.compress(data) + notes, dataset)
    with pytest.raises(DataError, match=r"zstd that Spark can't unpack; expected .*, \.csv\.gz or Parquet$"):
        count_leaves(named, tmp_path / "packed", tmp_path / "ws", key=KEY, database=Database(spark))
    count_leaves(named, tmp_path / "packed", tmp_path / "here", key=KEY)


@contextmanager
def schema_of(address: str, records: Path, tables: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """A schema `claims` that holds records as tables of texts, where an empty field is nothing; at the end none of ours
    is there."""
    import psycopg

    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA claims")
        for name, columns in tables.items():
            connection.execute(f"CREATE TABLE claims.{name} ({', '.join(f'{c} text' for c in columns)})")
            copy = f"COPY claims.{name} FROM STDIN WITH (FORMAT csv, HEADER true)"
            with connection.cursor() as cursor, cursor.copy(copy) as into:
                into.write((records / f"{name}.csv").read_bytes())
        yield address
        kept = "SELECT count(*) FROM pg_class WHERE relname LIKE 'seuil%'"
        assert connection.execute(kept).fetchone() == (0,), "a table of ours is still there"
        connection.execute("DROP SCHEMA claims CASCADE")


@pytest.fixture
def claims(postgresql: str, records: Path) -> Iterator[str]:
    with schema_of(postgresql, records, {"people": PEOPLE, "ill": ILL}) as address:
        yield address


def test_postgresql_counts_the_same_amounts_of_kinds(fees: tuple[Dataset, Path, Path], postgresql: str, tmp_path: Path):
    dataset, records, expected = fees
    with schema_of(postgresql, records, HEADS) as address:
        count_leaves(dataset, Path("claims"), tmp_path / "ws", key=KEY, database=Database(address))
    same(tmp_path / "ws", expected)


def test_postgresql_counts_the_same(dataset: Dataset, expected: Path, claims: str, tmp_path: Path):
    count_leaves(dataset, Path("claims"), tmp_path / "ws", key=KEY, database=Database(claims))
    same(tmp_path / "ws", expected)


def test_postgresql_counts_the_same_heads(heads: tuple[Dataset, Path], claims: str, tmp_path: Path):
    dataset, expected = heads
    count_leaves(dataset, Path("claims"), tmp_path / "ws", key=KEY, database=Database(claims))
    same(tmp_path / "ws", expected)


def test_postgresql_counts_the_same_from_numbers(dataset: Dataset, claims: str, tmp_path: Path):
    """Tables with columns of numbers, where nothing wrong can stand, as the same in Parquet."""
    import duckdb
    import psycopg

    numbers = "who text, year integer, dept text, years double precision, cents numeric, visits bigint"
    draw = random.Random(8)
    rows = [
        (
            f"p{k}",
            draw.choice((2022, 2023)),
            draw.choice("Aac"),
            draw.choice((1.5, 18, 70)),
            draw.randrange(9999),
            k % 7,
        )
        for k in range(300)
    ]
    with psycopg.connect(claims, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE claims.people; CREATE TABLE claims.people ({numbers})")
        cursor.executemany("INSERT INTO claims.people VALUES (%s, %s, %s, %s, %s, %s)", rows)
        cursor.execute("TRUNCATE claims.ill")
    count_leaves(dataset, Path("claims"), tmp_path / "ws", key=KEY, database=Database(claims))
    with duckdb.connect() as local:
        local.execute(f"CREATE TABLE people ({numbers.replace('numeric', 'decimal(18, 3)')})")
        local.executemany("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?)", rows)
        local.execute(f"COPY people TO '{tmp_path}/people.csv'")
    (tmp_path / "ill.csv").write_text("person,annee,top\n")
    count_leaves(dataset, tmp_path, tmp_path / "local", key=KEY)
    same(tmp_path / "ws", tmp_path / "local")


def test_a_table_or_column_that_is_not_there_is_named(dataset: Dataset, claims: str, tmp_path: Path):
    with pytest.raises(DataError, match=r"elsewhere\.people: no such table"):
        count_leaves(dataset, Path("elsewhere"), tmp_path / "ws", key=KEY, database=Database(claims))
    import psycopg

    with psycopg.connect(claims, autocommit=True) as connection:
        connection.execute("ALTER TABLE claims.people DROP COLUMN visits")
    with pytest.raises(DataError, match=r"claims\.people: column visits: no such column; expected one of who, year"):
        count_leaves(dataset, Path("claims"), tmp_path / "ws", key=KEY, database=Database(claims))


@pytest.mark.usefixtures("postgresql")  # its library, that is
def test_a_server_that_is_not_there_is_told(dataset: Dataset, tmp_path: Path):
    nowhere = Database("postgresql://seuil@127.0.0.1:1/postgres")
    with pytest.raises(UsageError, match="expected a PostgreSQL server"):
        count_leaves(dataset, Path("claims"), tmp_path / "ws", key=KEY, database=nowhere)
