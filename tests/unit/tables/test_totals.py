"""Totals under any name: compared, never added; refused where nothing is said of them, unless chance may make them."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from tests.unit.tables.conftest import DIMENSIONS, LEAVES, arrow

from seuil.cli import run
from seuil.model.errors import DataError, UsageError
from seuil.tables.api import audit, protect, verify

HEAD = "unit: patient\nthreshold: 11\ncount: n\ndimensions:\n"
PARTS = [("A", 3, 5), ("B", 160, 40), ("C", 50, 57)]


def by_sex(total: str, where: int = 0) -> pa.Table:
    """Departments by sex with a total for each, which stands at a place among the codes."""
    rows = []
    for dept, f, m in PARTS:
        sexes = [("f", f), ("m", m)]
        sexes.insert(where, (total, f + m))
        rows += [(dept, sex, n) for sex, n in sexes]
    return pa.table(dict(zip(("dept", "sex", "n"), map(list, zip(*rows, strict=True)), strict=True)))


@pytest.mark.parametrize("name", ["Ensemble", "Tous", "99", "9", "Les deux sexes", "Both sexes", "T", "f+m", "x"])
@pytest.mark.parametrize("where", [0, 1, 2])
def test_a_total_that_is_not_said_to_be_one_is_refused_whatever_its_name(name: str, where: int) -> None:
    with pytest.raises(DataError, match="totals are made, not read") as error:
        protect(by_sex(name, where), ["dept", "sex"], "n")
    assert "column sex" in str(error.value)
    assert f"`total: {name}`" in str(error.value)
    assert not any(str(f + m) in str(error.value).replace("row ", "") for _, f, m in PARTS if f + m > 9)


def test_a_total_that_is_said_to_be_one_is_compared_and_left_out() -> None:
    without = by_sex("Ensemble").filter(pa.compute.not_equal(by_sex("Ensemble")["sex"], "Ensemble"))
    plain = protect(without, ["dept", "sex"], "n")
    table = protect(by_sex("Ensemble"), ["dept", "sex"], "n", totals={"sex": "Ensemble"})
    assert table.csv() == plain.csv()
    assert table.reading.totals == {"dept": (), "sex": ("Ensemble",)}
    assert (table.reading.rows, table.reading.leaves, table.reading.total_rows) == (9, 6, 3)
    assert repr(table).splitlines()[1].startswith("read: 9 rows, 6 leaves, 3 rows of totals (dept none, sex Ensemble)")
    assert verify(table.frame(), table.proof, ["dept", "sex"], totals={"sex": "Ensemble"}) == ()
    assert audit(table.frame(), ["dept", "sex"], totals={"sex": ["Ensemble", "Tous"]}).is_safe


def test_every_library_reads_totals_alike() -> None:
    table = by_sex("Ensemble")
    first = protect(table, ["dept", "sex"], "n", totals={"sex": "Ensemble"}).csv()
    for frame in (table.to_pandas(), table.to_pandas(strings_to_categorical=True)):
        assert protect(frame, ["dept", "sex"], "n", totals={"sex": "Ensemble"}).csv() == first
        with pytest.raises(DataError, match="'Ensemble'"):
            protect(frame, ["dept", "sex"], "n")


def test_a_total_that_is_not_the_sum_is_refused_by_row_without_a_figure(tmp_path: Path, capsys) -> None:
    (tmp_path / "l.csv").write_text("dept,sex,n\nA,f,3\nA,m,5\nA,Ensemble,9\nB,f,160\nB,m,40\nB,Ensemble,200\n")
    (tmp_path / "t.yaml").write_text(HEAD + "  dept: {levels: [dept]}\n  sex: {levels: [sex], total: Ensemble}\n")
    out = tmp_path / "o.csv"
    assert run(["protect", str(tmp_path / "l.csv"), "--definition", str(tmp_path / "t.yaml"), "--out", str(out)]) == 1
    said = capsys.readouterr().err
    assert "column n: in row 3 (line 4) a total (dept A) that is not the sum of its leaves" in said
    assert not out.exists()
    assert "9" not in said.replace("(line 4)", "").replace(str(tmp_path), "")


def test_several_dimensions_have_totals_of_their_own() -> None:
    rows = [(d, s, n) for d, f, m in PARTS for s, n in (("f", f), ("m", m), ("99", f + m))]
    rows += [("FR", s, sum(n for _, sex, n in rows if sex == s)) for s in ("f", "m", "99")]
    frame = pd.DataFrame(rows, columns=["dept", "sex", "n"])
    with pytest.raises(DataError, match="totals are made"):
        protect(frame, ["dept", "sex"], "n")
    with pytest.raises(DataError, match=r"column dept: .*'FR', its counts are the sums of the others"):
        protect(frame, ["dept", "sex"], "n", totals={"sex": "99"})
    table = protect(frame, ["dept", "sex"], "n", totals={"sex": "99", "dept": "FR"})
    assert table.reading.totals == {"dept": ("FR",), "sex": ("99",)}
    assert table.frame()["n"].iloc[0] == 315


def test_totals_of_a_hierarchy_stand_at_any_level() -> None:
    text = LEAVES + "R1,TOTAL,f,55\nFrance,France,f,144\nR1,Ensemble,Ensemble,185\nTOTAL,TOTAL,TOTAL,483\n"
    totals = {"territory": ["France", "Ensemble"], "sex": "Ensemble"}
    table = protect(arrow(text), DIMENSIONS, "n", totals=totals)
    assert table.csv() == protect(arrow(LEAVES), DIMENSIONS, "n").csv()
    assert table.reading.total_rows == 4
    assert table.reading.totals["territory"] == ("TOTAL", "France", "Ensemble")
    with pytest.raises(DataError, match=r"in row 13 a total .territory R1, sex f. that is not the sum"):
        protect(arrow(text.replace("f,55\nFrance", "f,56\nFrance")), DIMENSIONS, "n", totals=totals)
    with pytest.raises(DataError, match="a total without any row of its parts"):
        protect(arrow(LEAVES + "R9,TOTAL,f,5\n"), DIMENSIONS, "n")
    with pytest.raises(DataError, match="a code below TOTAL"):
        protect(arrow(LEAVES + "TOTAL,D1,f,3\n"), DIMENSIONS, "n")


def test_a_total_among_the_leaves_of_each_region_is_refused_by_its_name() -> None:
    text = LEAVES + "".join(f"R{r},Ensemble,{s},{n}\n" for r, s, n in ((1, "f", 55), (1, "m", 130), (2, "f", 89)))
    with pytest.raises(DataError, match="column dept: in row 13, row 14, row 15 'Ensemble'"):
        protect(arrow(text), DIMENSIONS, "n")


def test_a_level_among_its_own_leaves_is_refused() -> None:
    """Regions in a flat list of departments are sums of those that stand beside them."""
    rows = [line.split(",") for line in LEAVES.splitlines()[1:]]
    text = "place,sex,n\n"
    for region in ("R1", "R2"):
        here = [(d, s, int(n)) for r, d, s, n in rows if r == region]
        text += "".join(f"{region},{s},{sum(n for _, sex, n in here if sex == s)}\n" for s in "fm")
        text += "".join(f"{d},{s},{n}\n" for d, s, n in here)
    with pytest.raises(DataError, match="'R1', its counts are the sums of those of D1, D2, D3: totals"):
        protect(arrow(text), ["place", "sex"], "n")
    assert protect(arrow(text), ["place", "sex"], "n", totals={"place": "TOTAL"}).reading.leaves == 16


@pytest.mark.parametrize(
    "text",
    [
        "a,n\nx,5\ny,7\nz,12\n",  # chance makes such a sum
        "a,b,n\nx,p,0\nx,q,0\ny,p,0\ny,q,0\nz,p,0\nz,q,40\n",  # nobody anywhere is no evidence
        "a,b,n\nx,p,40\nx,q,90\ny,p,40\ny,q,90\n",  # two codes that are equal are no total and its part
        "a,n\nx,100\ny,200\nz,300\n",  # round numbers add up more often
        "a,n\nEnsemble,40\n",  # alone
        "a,n\nAll other causes,40\nHeart,30\nTotal hip replacement,50\n",
        "a,n\n1,30\n2,50\n9,60\n",  # unknown sex, not the sum
    ],
)
def test_what_chance_may_make_is_no_total(text: str) -> None:
    names = text.split("\n", 1)[0].split(",")[:-1]
    assert protect(arrow(text), names, "n", threshold=2).reading.total_rows == 0


def test_the_total_of_a_code_list_is_read_under_its_own_code(tmp_path: Path) -> None:
    (tmp_path / "dept.csv").write_text(
        "code,parent,level,label_fr\nFR,,total,France\nR1,FR,region,\nD1,R1,dept,\nD2,R1,dept,\nD3,R1,dept,\n"
    )
    (tmp_path / "t.yaml").write_text(HEAD + "  dept: {codes: dept.csv, total: 99}\n")
    for total in ("FR", "99", "TOTAL"):
        rows = f"dept,n\n{total},95\nR1,95\nD1,30\nD2,25\nD3,40\n"
        table = protect(arrow(rows), definition=tmp_path / "t.yaml")
        assert table.reading.totals == {"dept": (total,)}
        assert table.reading.total_rows == 2
        found = audit(
            arrow(rows.replace("30", "NS").replace("n\n", "m\n")).rename_columns(["dept", "n"]),
            definition=tmp_path / "t.yaml",
        )
        assert found.exposed, "30 is the difference"
    (tmp_path / "t.yaml").write_text(HEAD + "  dept: {codes: dept.csv, total: D1}\n")
    with pytest.raises(DataError, match="'D1' as `total`, which its code list has below the total"):
        protect(arrow("dept,n\nD1,30\n"), definition=tmp_path / "t.yaml")


def test_totals_of_a_dimension_that_there_is_not_are_told() -> None:
    with pytest.raises(UsageError, match="totals: no dimension 'sexe'; expected one of dept, sex"):
        protect(by_sex("T"), ["dept", "sex"], "n", totals={"sexe": "T"})


HIDDEN = "dept,n\n{0},300\nA,NS\nB,NS\nC,280\nD,15\n"


@pytest.mark.parametrize("name", ["Ensemble", "9", "99", "999", "Tous", "_T", "France", "France métropolitaine", "X"])
@pytest.mark.parametrize("last", [False, True])
def test_an_audit_asks_what_a_code_is_where_no_row_is_the_total(name: str, last: bool) -> None:
    head, total, *parts = HIDDEN.format(name).splitlines()
    lines = [head, *parts, total] if last else [head, total, *parts]
    columns = list(zip(*(line.split(",") for line in lines[1:]), strict=True))
    frame = pa.table({"dept": list(columns[0]), "n": list(columns[1])})
    with pytest.raises(DataError, match=f"`total: {name}`"):
        audit(frame, ["dept"])
    found = audit(frame, ["dept"], totals={"dept": name})
    assert {e.high for e in found.exposed.values()} == {5}
    assert found.reading is not None
    assert found.lines()[0].startswith(f"read: 5 rows, 4 leaves, 1 row of totals (dept {name}), 0 rows added up; 3 f")
    assert audit(frame, ["dept"], totals={"dept": "TOTAL"}, level="plausible").is_safe, "it was said to be none"


def test_an_audit_finds_a_total_of_any_name_by_its_sums() -> None:
    rows = [(d, s, n) for d, f, m in PARTS for s, n in (("f", f), ("m", m), ("TOTAL", f + m))]
    rows += [("X", s, sum(n for _, sex, n in rows if sex == s)) for s in ("f", "m", "TOTAL")]
    frame = pd.DataFrame(rows, columns=["dept", "sex", "n"])
    frame["n"] = ["NS" if n < 11 else str(n) for n in frame["n"]]
    with pytest.raises(DataError, match="column dept: in row 10, row 11, row 12 'X', which may be the total"):
        audit(frame, ["dept", "sex"])
    assert audit(frame, ["dept", "sex"], totals={"dept": "X"}).exposed


def test_a_total_beside_totals_under_another_name_is_refused() -> None:
    frame = pa.table({"sex": ["TOTAL", "Ensemble", "f", "m"], "n": ["90", "90", "40", "50"]})
    with pytest.raises(DataError, match="'Ensemble', called as totals are"):
        audit(frame, ["sex"])
    assert audit(frame.slice(1), ["sex"], totals={"sex": "Ensemble"}).is_safe


PASTED = "dept,sex,n\nA,f,30\nA,m,50\nB,f,60\nB,m,40\n"


def test_a_file_that_was_pasted_twice_is_refused() -> None:
    rows = PASTED.split("\n", 1)[1]
    for more, said in (
        (rows, "every combination stands in several rows, the first in row 1, row 5"),
        ("A,f,30\n", "in row 1, row 5 a row that stands twice, the same in every column"),
        (rows.replace("30", "31"), "every combination stands in several rows"),
    ):
        with pytest.raises(DataError, match=said):
            protect(arrow(PASTED + more), ["dept", "sex"], "n")
    table = protect(arrow(PASTED + rows), ["dept", "sex"], "n", add_up=True)
    assert (table.reading.added_up, table.frame()["n"][0].as_py()) == (8, 360)
    some = protect(arrow(PASTED + "A,f,7\n"), ["dept", "sex"], "n")
    assert (some.reading.rows, some.reading.leaves, some.reading.added_up) == (5, 4, 2)
    people = protect(arrow(PASTED.replace(",30", ",1") + "A,f,1\n" * 20), ["dept", "sex"], "n")
    assert people.reading.added_up == 21


def test_rows_are_not_added_to_totals_of_a_column_that_is_no_dimension() -> None:
    text = "dept,age,n\nA,0-4,30\nA,5-9,20\nA,Tous,50\nB,0-4,11\nB,5-9,20\nB,Tous,31\n"
    with pytest.raises(DataError, match="column age: in row 3, row 6 'Tous', in a column that is no dimension"):
        protect(arrow(text), ["dept"], "n", add_up=True)


@pytest.mark.parametrize("said", ["Ensemble", "00"])
def test_a_total_is_looked_for_where_what_was_said_is_in_no_row(tmp_path: Path, capsys, said: str) -> None:
    (tmp_path / "t.yaml").write_text(
        f"unit: patient\nthreshold: 11\ncount: n\ndimensions:\n  area: {{levels: [area]}}\n"
        f"  sex: {{levels: [sex], total: {said}}}\n"
    )
    rows = [("A", 3, 5), ("B", 160, 41), ("C", 50, 57)]
    lines = [f"{area},f,{f}\n{area},m,{m}\n{area},00,{f + m}\n" for area, f, m in rows]
    (tmp_path / "t.csv").write_text("area,sex,n\n" + "".join(lines))
    out = tmp_path / "o.csv"
    command = ["protect", str(tmp_path / "t.csv"), "--definition", str(tmp_path / "t.yaml"), "--out", str(out)]
    assert run([*command, "--open"]) == 1
    assert not out.exists()
    # In quotes: without them YAML reads a number, and 0 is in no row either.
    assert 'expected `total: "00"`' in capsys.readouterr().err


def test_an_audit_refuses_regions_among_their_departments() -> None:
    rows = [("01", 60, 117, 58), ("02", 91, 182, 77), ("R1", 151, 299, 135)]
    rows += [("03", 33, 66, 29), ("04", None, 14, 23), ("R2", 40, 80, 52)]
    cells = [(area, age, n) for area, *ages in rows for age, n in zip("xyz", ages, strict=True)]
    frame = pd.DataFrame(cells, columns=["area", "age", "n"])
    with pytest.raises(DataError, match="'R1', its counts are the sums of those of 01, 02"):
        audit(frame, ["area", "age"], threshold=11)


def test_totals_are_whole_numbers_too_in_python() -> None:
    lines = [f"{area},1,{n}\n{area},2,{n + 3}\n{area},9,{2 * n + 3}\n" for area, n in (("A", 40), ("B", 3))]
    text = "area,sex,n\n" + "".join(lines)
    said = protect(arrow(text), ["area", "sex"], count="n", threshold=11, secret=b"", totals={"sex": 9})
    assert said.reading.totals["sex"] == ("9",)
    with pytest.raises(UsageError, match="totals: found None for 'sex'; expected a code"):
        protect(arrow(text), ["area", "sex"], count="n", threshold=11, secret=b"", totals={"sex": None})
