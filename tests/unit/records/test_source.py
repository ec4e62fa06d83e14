"""A name of the definition stands for a file, compressed or not, or for a folder of files that are read as one."""

import gzip
import random
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import zstandard

from seuil.model.dataset import Dataset
from seuil.model.errors import DataError
from seuil.records.count import count_leaves

GOOD = [("p1", 2022, "A", 40, 100, 1), ("p2", 2022, "B", 30, 0, 0), ("p3", 2023, "A", 70, 5, 2)]
COLUMNS = ["who", "year", "dept", "years", "cents", "visits"]


def of_file(dataset: Dataset, file: str) -> Dataset:
    records = dataset.definition.records
    assert records is not None
    people = records.people.model_copy(update={"file": file})
    return replace(
        dataset,
        definition=dataset.definition.model_copy(update={"records": records.model_copy(update={"people": people})}),
    )


@pytest.fixture
def expected(tiny: Dataset, write: Callable[..., Path], tmp_path: Path, key: bytes) -> dict[int, bytes]:
    """The leaves of one plain file."""
    count_leaves(tiny, write(GOOD), tmp_path / "expected", key=key)
    return {year: (tmp_path / "expected" / "leaves" / f"{year}.parquet").read_bytes() for year in (2022, 2023)}


def leaves(tiny: Dataset, file: str, tmp_path: Path, key: bytes) -> dict[int, bytes]:
    count_leaves(of_file(tiny, file), tmp_path / "records", tmp_path / "ws", key=key)
    return {year: (tmp_path / "ws" / "leaves" / f"{year}.parquet").read_bytes() for year in (2022, 2023)}


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".zst", zstandard.compress)])
def test_a_compressed_csv_is_read(ending, pack, tiny: Dataset, expected, tmp_path: Path, key: bytes):
    plain = tmp_path / "records" / "people.csv"
    (tmp_path / "records" / f"people.csv{ending}").write_bytes(pack(plain.read_bytes()))
    plain.unlink()
    assert leaves(tiny, f"people.csv{ending}", tmp_path, key) == expected


@pytest.mark.parametrize(("ending", "pack"), [(".gz", gzip.compress), (".zst", zstandard.compress)])
def test_a_cut_off_compressed_csv_is_refused(ending, pack, tiny: Dataset, write, tmp_path: Path, key: bytes):
    write(GOOD)
    packed = pack(b"who,year,dept,years,cents,visits\n" + b"SECRET,2022,A,40,100,1\n" * 9000)
    (tmp_path / "records" / f"people.csv{ending}").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(DataError) as problem:
        leaves(tiny, f"people.csv{ending}", tmp_path, key)
    assert f"people.csv{ending}" in str(problem.value)
    assert "SECRET" not in str(problem.value)


@pytest.mark.parametrize(
    ("ending", "pack", "unpacker"),
    [
        (".gz", gzip.compress, lambda: zlib.decompressobj(wbits=31)),
        (".zst", zstandard.compress, lambda: zstandard.ZstdDecompressor().decompressobj()),
    ],
)
def test_one_that_is_cut_off_after_a_whole_row_is_refused(
    ending, pack, unpacker, tiny: Dataset, write, tmp_path: Path, key: bytes
):
    """The database would count the rows that there are: nine in ten of the people, as if they were all."""
    header = b"who,year,dept,years,cents,visits"
    rows = [b"p%027d,2022,A,%02d,%022d,1\n" % (k, k % 90, random.Random(k).randrange(10**9)) for k in range(9000)]
    assert {len(row) for row in rows} == {64}
    packed = pack(header.ljust(127, b" ") + b"\n" + b"".join(rows))
    write(GOOD)
    path, found = tmp_path / "records" / f"people.csv{ending}", 0
    for end in range(len(packed) * 99 // 100, len(packed)):
        if len(unpacker().decompress(packed[:end])) % 64 not in (0, 63):
            continue
        found += 1
        path.write_bytes(packed[:end])
        with pytest.raises(DataError, match=rf"people\.csv{ending}: can't be unpacked; expected a whole file"):
            leaves(tiny, f"people.csv{ending}", tmp_path, key)
        if found == 5:
            break
    assert found


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_folder_of_years_is_read_as_one_table(kind: str, tiny: Dataset, expected, tmp_path: Path, key: bytes):
    """As Spark writes it, the year in the folder's name alone, and files that are no records beside."""
    frame = pd.DataFrame(GOOD, columns=COLUMNS)
    root = tmp_path / "records" / "people"
    for year, part in frame.groupby("year"):
        place = root / f"year={year}"
        place.mkdir(parents=True)
        rows = part.drop(columns="year")
        rows.to_csv(place / "part-0.csv", index=False) if kind == "csv" else rows.to_parquet(place / "part-0.parquet")
    (root / "_SUCCESS").write_text("")
    assert leaves(tiny, "people", tmp_path, key) == expected


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "no file of records in it"),
        ({"a.csv": "who,year,dept,years,cents,visits\n", "b.parquet": ""}, "expected one kind in a folder"),
        (
            {"a.csv": "who,year,dept,years,cents,visits\n", "b.csv": "year,who,dept,years,cents,visits\n"},
            "b.csv:1: another header",
        ),
        ({"a.csv": "who,year,dept,years,cents,visits\n", "b.csv": "who,year,dept,years,cents\n"}, "column visits"),
        (
            {"year=2022/a.csv": "who,dept,years,cents,visits\n", "a.csv": "who,year,dept,years,cents,visits\n"},
            "expected the same for all",
        ),
    ],
)
def test_a_folder_that_is_no_table_is_told(files, says, tiny: Dataset, write, tmp_path: Path, key: bytes):
    root = write(GOOD) / "people"
    root.mkdir()
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as problem:
        leaves(tiny, "people", tmp_path, key)
    assert says in str(problem.value)
