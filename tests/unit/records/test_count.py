"""Counting: what is set aside and why, what is written and for whose eyes, and what never is."""

import json
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import DataError, UsageError
from seuil.records.check import Finding, check
from seuil.records.count import count_leaves
from seuil.records.engine import Limits

ROOT = Path(__file__).parents[3]
PEOPLE = ("who", "year", "dept", "years", "cents", "visits")
ILL = ("person", "annee", "top")
GOOD = ("p1", 2022, "A", 40, 100, 1)


def leaves(workspace: Path, period: int) -> list[dict[str, object]]:
    return pq.read_table(workspace / "leaves" / f"{period}.parquet").to_pylist()


@pytest.mark.parametrize(
    ("rows", "reason", "aside"),
    [
        ([("", 2022, "A", 40, 1, 1)], "no identifier", 1),
        ([("p2", 1999, "A", 40, 1, 1)], "period that is not the definition's", 1),
        ([("p2", "", "A", 40, 1, 1)], "period that is not the definition's", 1),
        ([("p2", 2022, "A", -3, 1, 1)], "value of age that fits no code", 1),
        ([("p2", 2022, "A", 40, "", 1)], "fees is no amount", 1),
        ([("p2", 2022, "A", 40, -1, 1)], "fees is no amount", 1),
        ([("p2", 2022, "A", 40, 1, "n.a.")], "visits is no amount", 1),
        ([("p2", 2022, "b", 80, 1, 1)], "in a combination that is declared empty", 1),
        ([GOOD], "repeats a row that counts", 1),
        ([("p2", 2022, "A", 40, 1, 1), ("p2", 2022, "A", 70, 1, 1)],
         "unit with several rows in a period that differ: none of them counts", 2),
    ],
)  # fmt: skip
def test_a_person_that_does_not_count(tiny: Dataset, write, tmp_path: Path, key: bytes, rows, reason, aside):
    report = count_leaves(tiny, write([GOOD, *rows]), tmp_path / "ws", key=key)
    people = report.files[0]
    assert (people.rows, people.counted, people.set_aside) == (1 + len(rows), 1, {reason: aside})
    assert [row["n"] for row in leaves(tmp_path / "ws", 2022)] == [1]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (("", 2022, "g1"), "no identifier"),
        (("p1", 2024, "g1"), "period that is not the definition's"),
        (("p1", 2022, "h"), "value of condition that fits no code"),
        (("p1", 2023, "g1"), "unit that is not among the counted people of its period"),
        (("p9", 2022, "g1"), "unit that is not among the counted people of its period"),
        (("p3", 2022, "g2"), "in a combination that is declared empty"),
        (("p1", 2022, "g1"), "repeats a row that counts"),
    ],
)
def test_a_membership_that_does_not_count(tiny: Dataset, write, tmp_path: Path, key: bytes, row, reason):
    folder = write([GOOD, ("p3", 2022, "A", 3, 0, 0)], [("p1", 2022, "g1"), row])
    report = count_leaves(tiny, folder, tmp_path / "ws", key=key)
    ill = report.files[1]
    assert (ill.rows, ill.counted, ill.set_aside) == (2, 1, {reason: 1})
    nodes = {(r["condition"], r["age"]): r["n"] for r in leaves(tmp_path / "ws", 2022)}
    assert nodes == {("all", "adult"): 1, ("all", "young"): 1, ("g", "adult"): 1, ("g1", "adult"): 1}


def test_a_unit_counts_once_in_a_group(tiny: Dataset, write, tmp_path: Path, key: bytes):
    folder = write([GOOD, ("p2", 2022, "A", 50, 300, 2)], [("p1", 2022, t) for t in ("g1", "g2", "g")])
    count_leaves(tiny, folder, tmp_path / "ws", key=key)
    rows = {r["condition"]: r for r in leaves(tmp_path / "ws", 2022)}
    assert {c: r["n"] for c, r in rows.items()} == {"all": 2, "g": 1, "g1": 1, "g2": 1}
    total = rows["all"]
    amounts = [total[f"fees{part}"] for part in ("", "_contributors", "_largest", "_second")]
    assert amounts == [4, 2, 3, 1]
    assert [rows["g"][f"fees{part}"] for part in ("", "_contributors", "_largest", "_second")] == [1, 1, 1, 0]


def test_columns_are_those_of_the_contract(tiny: Dataset, write, tmp_path: Path, key: bytes):
    count_leaves(tiny, write([]), tmp_path / "ws", key=key)
    for period in (2022, 2023):
        schema = pq.read_schema(tmp_path / "ws" / "leaves" / f"{period}.parquet")
        parts = ("", "_contributors", "_largest", "_second")
        assert schema.names == [
            "condition",
            "place",
            "age",
            "n",
            *(f"{m}{p}" for m in ("fees", "visits") for p in parts),
        ]
        assert [str(t) for t in schema.types] == ["string"] * 3 + ["int64"] * 9


def test_unknown_values_go_to_the_unknown_leaf(tiny: Dataset, write, tmp_path: Path, key: bytes):
    folder = write([("p1", 2022, "", 1, 0, 0), ("p2", 2022, "north", 1, 0, 0), ("p3", 2023, "c", 1, 0, 0)])
    report = count_leaves(tiny, folder, tmp_path / "ws", key=key)
    assert report.files[0].unknown == {"place": 3}
    assert [(r["place"], r["n"]) for r in leaves(tmp_path / "ws", 2022)] == [("nowhere", 2)]


def test_only_its_owner_can_read_the_workspace(tiny: Dataset, write, tmp_path: Path, key: bytes):
    workspace = tmp_path / "ws"
    report = count_leaves(tiny, write([GOOD]), workspace, key=key)
    modes = {p.relative_to(workspace).as_posix(): stat.S_IMODE(p.stat().st_mode) for p in workspace.rglob("*")}
    files = {"leaves/2022.parquet", "leaves/2023.parquet", "records.json"}
    assert modes == {"leaves": 0o700} | dict.fromkeys(files, 0o600)
    assert stat.S_IMODE(workspace.stat().st_mode) == 0o700
    written = json.loads((workspace / "records.json").read_text(encoding="utf-8"))
    assert written["units"] == {"2022": 1, "2023": 0}
    assert written["seconds"] == report.seconds


def test_canaries_are_in_no_byte_of_the_workspace(tiny: Dataset, write, tmp_path: Path, key: bytes):
    workspace = tmp_path / "ws"
    people = [("CANARY-0815", 2022, "A", 40, 100, 1), ("CANARY-0816", 2022, "CANARYPLACE", 40, 1, 1)]
    people += [("CANARY-0817", "CANARYYEAR", "A", 40, 1, 1), ("CANARY-0818", 2022, "A", "CANARYAGE", 1, 1)]
    folder = write(people, [("CANARY-0815", 2022, "g1"), ("CANARY-0815", 2022, "CANARYTOP")])
    said: list[str] = []
    report = count_leaves(tiny, folder, workspace, key=key, progress=said.append)
    content = b"".join(p.read_bytes() for p in workspace.rglob("*") if p.is_file())
    for text in (content, repr(report).encode(), "".join(said).encode()):
        assert b"CANARY" not in text
        assert key not in text
    assert report.units[2022] == 2


def test_same_bytes_whatever_the_key_and_the_threads(tmp_path: Path, key: bytes):
    dataset, records = read_dataset(ROOT / "examples/rand/rand.yaml"), ROOT / "examples/rand/records"
    count_leaves(dataset, records, tmp_path / "1", key=key, limits=Limits(threads=1))
    count_leaves(dataset, records, tmp_path / "2", key=key[::-1], limits=Limits(threads=3))
    for period in dataset.definition.period.values:
        file = f"leaves/{period}.parquet"
        assert (tmp_path / "1" / file).read_bytes() == (tmp_path / "2" / file).read_bytes()


def test_rand_equals_pandas(tmp_path: Path, key: bytes):
    dataset, records = read_dataset(ROOT / "examples/rand/rand.yaml"), ROOT / "examples/rand/records"
    report = count_leaves(dataset, records, tmp_path, key=key)
    assert report.files[0].set_aside == {}
    rows = pd.read_csv(records / "rand_hie.csv")
    rows["age"] = pd.cut(rows.xage, [0, 10, 20, 30, 40, 50, 60, 65], right=False).cat.codes
    rows["spending"] = (rows.meddol + 0.5).floordiv(1).astype(int)
    ages = ("00-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-64")
    for period in range(1, 6):
        found = {(r["site"], r["sex"], r["age"]): r for r in leaves(tmp_path, period)}
        groups = rows[rows.year == period].groupby(["site", "female", "age"])
        assert len(found) == len(groups)
        for (site, female, age), group in groups:
            row = found[str(site), "F" if female else "M", ages[age]]
            top = [*sorted(group.spending, reverse=True), 0]
            assert row["n"] == group.zper.nunique() == len(group)
            assert (row["visits"], row["spending"]) == (group.mdvis.sum(), group.spending.sum())
            assert row["spending_contributors"] == (group.spending > 0).sum()
            assert (row["spending_largest"], row["spending_second"]) == (top[0], top[1])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters_of_csv(tiny: Dataset, write, tmp_path: Path, key: bytes, delimiter: str):
    report = count_leaves(tiny, write([GOOD], delimiter=delimiter), tmp_path / "ws", key=key)
    assert report.units == {2022: 1, 2023: 0}


def test_typed_parquet_counts_as_csv_does(tiny: Dataset, write, tmp_path: Path, key: bytes):
    people = [(k, 2022 + k % 2, ("A", "a", "99", None)[k % 4], k * 3.7, k * 149, k % 3) for k in range(40)]
    ill = [(k, 2022 + k % 2, ("g1", "g2", "h")[k % 3]) for k in range(40)]
    folder = write([["" if v is None else v for v in row] for row in people], ill)
    one = count_leaves(tiny, folder, tmp_path / "csv", key=key)
    pd.DataFrame(people, columns=PEOPLE).astype({"who": float}).to_parquet(folder / "people.parquet")
    pd.DataFrame(ill, columns=ILL).astype({"annee": float}).to_parquet(folder / "ill.parquet")
    records = tiny.definition.records
    update = {
        "people": records.people.model_copy(update={"file": "people.parquet"}),
        "memberships": records.memberships.model_copy(update={"file": "ill.parquet"}),
    }
    definition = tiny.definition.model_copy(update={"records": records.model_copy(update=update)})
    other = count_leaves(replace(tiny, definition=definition), folder, tmp_path / "parquet", key=key)
    assert one.units == other.units == {2022: 20, 2023: 15}  # five old people in b, where it is declared empty
    for period in (2022, 2023):
        file = f"leaves/{period}.parquet"
        assert (tmp_path / "csv" / file).read_bytes() == (tmp_path / "parquet" / file).read_bytes()


def test_a_missing_column_is_named_with_what_is_there(tiny: Dataset, write, tmp_path: Path, key: bytes):
    folder = write([GOOD])
    (folder / "people.csv").write_text("who,year,dept,years,cents\np1,2022,A,40,100\n", encoding="utf-8")
    with pytest.raises(DataError) as problem:
        count_leaves(tiny, folder, tmp_path / "ws", key=key)
    expected = f"{folder / 'people.csv'}:1: column visits: no such column; expected one of those in the header, "
    expected += "who, year, dept, years, cents"
    assert str(problem.value) == expected


def test_a_missing_file_is_named(tiny: Dataset, write, tmp_path: Path, key: bytes):
    folder = write([GOOD])
    (folder / "ill.csv").unlink()
    with pytest.raises(DataError, match=r"ill\.csv: no such file"):
        count_leaves(tiny, folder, tmp_path / "ws", key=key)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"SECRET,2022,A,40,100,1,EXTRA\n", "people.csv:3: 7 fields; expected 6, as in the header"),
        (b"SECRET\xff,2022,A,40,100,1\n", "people.csv:3: bytes that are not UTF-8"),
        (b'"SECRET"x,2022,A,40,100,1\n', "people.csv:3: not CSV"),
        (b"p2,2022,A,40,100,1\n" * 5000 + b"SECRET\xff,2022,A,40,100,1\n", "people.csv:5003: bytes that are not UTF-8"),
    ],
)
def test_a_broken_csv_is_refused_without_a_value(tiny: Dataset, write, tmp_path: Path, key: bytes, content, says):
    folder = write([GOOD])
    good = b"who,year,dept,years,cents,visits\np1,2022,A,40,100,1\n"
    (folder / "people.csv").write_bytes(good + content)
    with pytest.raises(DataError) as problem:
        count_leaves(tiny, folder, tmp_path / "ws", key=key)
    assert says in str(problem.value)
    assert "SECRET" not in str(problem.value)
    assert "p1" not in str(problem.value)
    assert [p for p in (tmp_path / "ws").rglob("*") if p.is_file()] == []


def test_a_cut_off_parquet_is_refused(tmp_path: Path, key: bytes):
    dataset = read_dataset(ROOT / "definitions/professionals/professionals.yaml")
    (tmp_path / "professionnels.parquet").write_bytes(b"PAR1 SECRET")
    with pytest.raises(DataError, match="expected a whole Parquet file") as problem:
        count_leaves(dataset, tmp_path, tmp_path / "ws", key=key)
    assert "SECRET" not in str(problem.value)


def test_published_elsewhere_has_no_records(tmp_path: Path, key: bytes):
    dataset = read_dataset(ROOT / "definitions/reel-honoraires/reel-honoraires.yaml")
    with pytest.raises(UsageError, match="no records to count"):
        count_leaves(dataset, tmp_path, tmp_path / "ws", key=key)


def test_check_counts_and_proposes(tiny: Dataset, write, tmp_path: Path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    people = [GOOD, ("p2", 2022, "zz", 10, 0, 0), ("p3", 2022, "A", 40, "SECRET", 1), ("p4", 2022, "A", 90, 1, 1)]
    findings = check(tiny, write(people, [("p1", 2022, "g1"), ("p4", 2022, "g1")]), scratch=scratch)
    assert list(scratch.iterdir()) == []
    assert Finding("problem", "people.csv", "1 of 4 rows set aside: fees is no amount") in findings
    assert Finding("notice", "people.csv", "1 of 4 rows in the unknown leaf of place") in findings
    assert Finding("problem", "tiny, 2023", "no row counts in this period") in findings
    assert Finding("candidate", "condition g", "nobody in any period in age young") in findings
    assert not any("SECRET" in f.what or "zz" in f.what for f in findings)
    declared = [f for f in findings if f.where == "condition g2" and "young" in f.what]
    assert declared == []


def test_check_notices_a_sum_that_may_contain_another(tiny: Dataset, write, tmp_path: Path):
    """Fees are cents here, a hundredth of them counts; visits are less in every leaf, and then in all but one."""
    findings = check(tiny, write([GOOD, ("p2", 2023, "B", 40, 900, 2)]), scratch=tmp_path)
    notice = Finding(
        "notice",
        "measures.fees",
        "fees is never smaller than visits. If fees includes visits, declare the difference as a sum and fees as "
        "`kind: total`",
    )
    assert notice in findings
    assert not any(f.where == "measures.visits" for f in findings)
    findings = check(tiny, write([GOOD, ("p2", 2023, "B", 40, 900, 2), ("p3", 2023, "A", 40, 0, 1)]), scratch=tmp_path)
    assert not any(f.where.startswith("measures.") for f in findings)


@pytest.fixture
def with_second_unit(tiny: Dataset, tmp_path: Path) -> Dataset:
    """The tiny dataset, in which fees rest on the persons who made visits too."""
    folder = tmp_path / "definition"
    shutil.copytree(tiny.path.parent, folder)
    path, text = folder / tiny.path.name, tiny.path.read_text(encoding="utf-8")
    for old, new in (
        ("label: Fees}", "label: Fees, second_unit: {unit: visitor, threshold: 3}}"),
        ("times: 0.01}", "times: 0.01, second_unit: {count: visits, largest: years}}"),
    ):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return read_dataset(path)


def test_a_second_unit_is_added_up_and_its_largest_amount_found(with_second_unit: Dataset, write, tmp_path, key):
    people = [("p1", 2022, "A", 40, 5000, 2), ("p2", 2022, "A", 50, 7000, 5)]
    count_leaves(with_second_unit, write(people), tmp_path / "ws", key=key)
    (row,) = leaves(tmp_path / "ws", 2022)
    assert (row["fees"], row["fees_second_unit"], row["fees_second_unit_largest"]) == (120, 7, 1)  # 50 cents


def test_a_second_unit_that_is_no_number_sets_the_row_aside(with_second_unit: Dataset, write, tmp_path, key):
    report = count_leaves(
        with_second_unit, write([GOOD, ("p2", 2022, "A", 50, 7000, "some")]), tmp_path / "ws", key=key
    )
    assert report.files[0].set_aside == {"fees by visitor is no amount": 1}
