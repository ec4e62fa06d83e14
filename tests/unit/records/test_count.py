"""Counting: what is set aside and why, what is written and for whose eyes, and what never is."""

import json
import re
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from seuil.disclosure.cube.grid import grid_of
from seuil.figures.leaf_files import read_leaves
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import DataError, UsageError
from seuil.model.limits import PARTS
from seuil.records.check import Finding, check
from seuil.records.count import count_leaves
from seuil.records.engines.engine import Limits

ROOT = Path(__file__).parents[3]
PEOPLE = ("who", "year", "dept", "years", "cents", "visits")
ILL = ("person", "annee", "top")
AMOUNT = re.compile("(fees|visits|spending)(_largest|_second|_second_unit_largest)?")
GOOD = ("p1", 2022, "A", 40, 100, 1)


def leaves(workspace: Path, period: int) -> list[dict[str, object]]:
    """Rows of a file of leaves, amounts in whole units."""
    rows = pq.read_table(workspace / "leaves" / f"{period}.parquet").to_pylist()
    return [{k: v / PARTS if AMOUNT.fullmatch(k) else v for k, v in row.items()} for row in rows]


@pytest.mark.parametrize(
    ("rows", "reason", "aside"),
    [
        ([("", 2022, "A", 40, 1, 1)], "no identifier", 1),
        ([("p2", 1999, "A", 40, 1, 1)], "period that is not the definition's", 1),
        ([("p2", "", "A", 40, 1, 1)], "period that is not the definition's", 1),
        ([("p2", 2022, "A", -3, 1, 1)], "value of age that fits no code", 1),
        ([("p2", 2022, "A", "", 1, 1)], "no value of age", 1),
        ([("p2", 2022, "A", "17,5", 1, 1)], "value of age that fits no code", 1),
        ([("p2", 2022, "b", 80, 1, 1)], "in a combination that is declared empty", 1),
        ([GOOD], "repeats a row that counts", 1),
        ([("p2", 2022, "A", 40, 1, 1), ("p2", 2022, "A", 70, 1, 1)],
         "unit with several rows in a period that differ in a dimension: none of them counts", 2),
    ],
)  # fmt: skip
def test_a_person_that_does_not_count(tiny: Dataset, write, tmp_path: Path, key: bytes, rows, reason, aside):
    report = count_leaves(tiny, write([GOOD, *rows]), tmp_path / "ws", key=key)
    people = report.files[0]
    assert (people.rows, people.counted, people.set_aside) == (1 + len(rows), 1, {reason: aside})
    assert [row["n"] for row in leaves(tmp_path / "ws", 2022)] == [1]


MISSING, SPACES, COMMA = "no amount is given", "the amount has spaces", "the amount has a comma"
NEGATIVE, LARGE, NO_NUMBER = "the amount is negative", "the amount is too large", "the amount is no number"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", MISSING),
        ("  ", MISSING),
        ("37611,50", COMMA),
        ("1,234", COMMA),
        ("1,234.50", COMMA),
        ("-37,5", COMMA),
        ("37 611", SPACES),
        ("37\u00a0611", SPACES),
        ("37\u202f611", SPACES),
        ("37\u2009611,50", SPACES),
        ("37'611", SPACES),
        ("37\u2019611", SPACES),
        ("-37611", NEGATIVE),
        ("-0.01", NEGATIVE),
        ("\u221237611", NEGATIVE),
        ("(37611)", NEGATIVE),
        ("37611-", NEGATIVE),
        ("1e30", LARGE),
        ("n.a.", NO_NUMBER),
        ("nan", NO_NUMBER),
        ("-inf", NO_NUMBER),
        ("1_000", NO_NUMBER),
        ("37611 \u20ac", NO_NUMBER),
        ("12-05-2022", NO_NUMBER),
        ("0x10", NO_NUMBER),
    ],
)
def test_person_whose_amount_is_wrong_counts_and_is_left_out_of_that_sum_alone(
    tiny: Dataset, write, tmp_path: Path, key: bytes, text: str, reason: str
):
    report = count_leaves(tiny, write([GOOD, ("p2", 2022, "A", 40, text, 7)]), tmp_path / "ws", key=key)
    (row,) = leaves(tmp_path / "ws", 2022)
    assert (row["n"], row["fees"], row["fees_contributors"]) == (2, 1, 1)
    assert (row["fees_largest"], row["fees_second"]) == (1, 0)
    assert (row["visits"], row["visits_contributors"]) == (8, 2)
    people = report.files[0]
    assert (people.rows, people.counted, people.set_aside) == (2, 2, {})
    ((measure, found),) = people.left_out.items()
    ((why, rows),) = found.items()
    assert (measure, rows) == ("fees", 1)
    assert why.startswith(reason)
    assert "expected" in why


@pytest.mark.parametrize("text", ["0", "-0", " 5 ", "+5", "1e3", "\u00a05", "5\u202f"])
def test_amount_that_is_one_is_not_left_out(tiny: Dataset, write, tmp_path: Path, key: bytes, text: str):
    report = count_leaves(tiny, write([("p2", 2022, "A", 40, text, text)]), tmp_path / "ws", key=key)
    assert report.files[0].left_out == {}


def test_cell_in_which_nobody_has_an_amount_has_a_sum_of_nothing(tiny: Dataset, write, tmp_path: Path, key: bytes):
    count_leaves(tiny, write([("p1", 2022, "A", 40, "-1", 1)], [("p1", 2022, "g1")]), tmp_path / "ws", key=key)
    for row in leaves(tmp_path / "ws", 2022):
        parts = [row[f"fees{part}"] for part in ("", "_contributors", "_largest", "_second")]
        assert (row["n"], parts) == (1, [0, 0, 0, 0])


def test_amounts_are_added_before_they_are_rounded(tiny: Dataset, write, tmp_path: Path, key: bytes):
    """Of 41 people with 40 cents 41 contribute, and what they have is 16.40; each for himself would have nothing."""
    people = [(f"p{k}", 2022, "A", 40, 40, 0) for k in range(41)] + [("q", 2022, "A", 40, "0.0001", 0)]
    count_leaves(tiny, write(people), tmp_path / "ws", key=key)
    (row,) = leaves(tmp_path / "ws", 2022)
    assert (row["n"], row["fees_contributors"]) == (42, 42)
    assert row["fees"] == 16.4001, "the least that there is stands for what is less"
    grid = grid_of(tiny, 2022)
    fees = read_leaves(tmp_path / "ws" / "leaves" / "2022.parquet", grid).sums["fees"]
    assert (fees.total.sum(), fees.contributors.sum()) == (16, 42)


@pytest.mark.parametrize("other", ["200", "-20", "12,5"])
def test_unit_whose_rows_differ_in_an_amount_alone_is_left_out_of_that_sum(
    tiny: Dataset, write, tmp_path: Path, key: bytes, other: str
):
    rows = [GOOD, ("p2", 2022, "A", 40, "100", 1), ("p2", 2022, "A", 40, other, 1)]
    report = count_leaves(tiny, write(rows), tmp_path / "ws", key=key)
    (row,) = leaves(tmp_path / "ws", 2022)
    assert (row["n"], row["fees"], row["fees_contributors"], row["visits"]) == (2, 1, 1, 2)
    assert report.files[0].set_aside == {"repeats a row that counts": 1}
    ((why, n),) = report.files[0].left_out["fees"].items()
    assert n == 1
    assert why.startswith({"200": "several rows", "-20": NEGATIVE, "12,5": COMMA}[other])


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
    rows["spending"] = (rows.meddol * PARTS + 0.5).floordiv(1).astype(int)
    ages = ("00-9", "10-19", "20-29", "30-39", "40-49", "50-59", "60-64")
    for period in range(1, 6):
        found = {(r["site"], r["sex"], r["age"]): r for r in leaves(tmp_path, period)}
        groups = rows[rows.year == period].groupby(["site", "female", "age"])
        assert len(found) == len(groups)
        for (site, female, age), group in groups:
            row = found[str(site), "F" if female else "M", ages[age]]
            top = [*sorted(group.spending, reverse=True), 0]
            assert row["n"] == group.zper.nunique() == len(group)
            assert (row["visits"], row["spending"]) == (group.mdvis.sum(), group.spending.sum() / PARTS)
            assert row["spending_contributors"] == (group.spending > 0).sum()
            assert (row["spending_largest"], row["spending_second"]) == (top[0] / PARTS, top[1] / PARTS)


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


def test_file_of_records_may_be_a_link_of_the_operator_s(tiny: Dataset, write, tmp_path: Path, key: bytes):
    folder = write([GOOD])
    (tmp_path / "elsewhere").mkdir()
    (folder / "people.csv").rename(tmp_path / "elsewhere" / "2022.csv")
    (folder / "people.csv").symlink_to(tmp_path / "elsewhere" / "2022.csv")
    (tmp_path / "link").symlink_to(folder)
    assert count_leaves(tiny, tmp_path / "link", tmp_path / "ws", key=key).units == {2022: 1, 2023: 0}


def test_link_that_leads_to_no_file_is_named(tiny: Dataset, write, tmp_path: Path, key: bytes):
    folder = write([GOOD])
    for target in (tmp_path / "nothing.csv", tmp_path, folder / "people.csv"):
        (folder / "people.csv").unlink()
        (folder / "people.csv").symlink_to(target)
        with pytest.raises(DataError, match=r"people\.csv: a link that leads to no file"):
            count_leaves(tiny, folder, tmp_path / "ws", key=key)


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
    dataset = read_dataset(ROOT / "definitions/professionnels/professionnels.yaml")
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
    no_number = "the amount is no number; expected digits, with a point before decimals"
    assert Finding("problem", "people.csv", f"1 of 4 rows left out of fees: {no_number}") in findings
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


def test_check_names_a_total_that_is_larger_than_a_figure_may_be(tiny: Dataset, write, tmp_path: Path):
    """Each amount may be; what they add up to may not. visits is one below it."""
    people = [("p1", 2022, "A", 40, 6e13, 2**39), ("p2", 2022, "B", 40, 6e13, 2**39 - 1), ("p3", 2023, "A", 40, 100, 1)]
    found = [f for f in check(tiny, write(people), scratch=tmp_path) if "2^40" in f.what]
    assert [(f.kind, f.where) for f in found] == [("problem", "measures.fees, 2022")]
    assert "`times` of the amount" in found[0].what


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
    assert (row["fees"], row["fees_second_unit"], row["fees_second_unit_largest"]) == (120, 7, 0.5)


def test_second_unit_that_is_no_number_leaves_the_row_out_of_the_whole_sum(with_second_unit, write, tmp_path, key):
    report = count_leaves(
        with_second_unit, write([GOOD, ("p2", 2022, "A", 50, 7000, "some")]), tmp_path / "ws", key=key
    )
    (row,) = leaves(tmp_path / "ws", 2022)
    parts = ("", "_contributors", "_largest", "_second", "_second_unit", "_second_unit_largest")
    assert (row["n"], *(row[f"fees{part}"] for part in parts)) == (2, 1, 1, 1, 0, 1, 0.4)
    left_out = report.files[0].left_out
    assert {measure: sum(rows.values()) for measure, rows in left_out.items()} == {"fees": 1, "visits": 1}
    assert next(iter(left_out["fees"])).startswith("number by visitor: the amount is no number")
