"""Files as people's tools write them, through the commands: read alike, or told with row and line."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from seuil.cli import run
from seuil.model.errors import DataError, UsageError
from seuil.tables.api import audit, protect

Capture = pytest.CaptureFixture[str]

HEAD = "unit: patient\nthreshold: 11\ncount: n\ndimensions:\n"
TWO = HEAD + "  dept: {levels: [dept]}\n  age: {levels: [age]}\n"
BASE = """\
dept,age,n
01,00-04,40
01,05-09,6
01,10-14,30
2A,00-04,20
2A,05-09,25
2A,10-14,33
971,00-04,50
971,05-09,61
971,10-14,77
"""
STATUSES = """\
dept,sex,n,Status
TOTAL,TOTAL,300,V
TOTAL,f,65,V
TOTAL,m,235,V
A,TOTAL,100,V
A,f,7,B
A,m,93,V
B,TOTAL,120,V
B,f,8,B
B,m,112,V
C,TOTAL,80,V
C,f,50,V
C,m,30,V
"""
MARKS = STATUSES.replace(",Status", "").replace(",V", "").replace("7,B", "s").replace("8,B", "s")
MARKS = MARKS.replace("A,m,93", "A,m,c").replace("B,m,112", "B,m,c")


def write(folder: Path, definition: str, content: str | bytes) -> list[str]:
    """The arguments that name a file and its definition."""
    (folder / "t.yaml").write_text(definition, encoding="utf-8")
    (folder / "t.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    return [str(folder / "t.csv"), "--definition", str(folder / "t.yaml")]


def protected(folder: Path, content: str | bytes, *more: str) -> bytes:
    out = folder / "out.csv"
    assert run(["protect", *write(folder, TWO, content), "--out", str(out), *more]) == 0
    return out.read_bytes()


def refused(arguments: list[str], capsys: Capture) -> str:
    assert run(arguments) == 1
    return capsys.readouterr().err


def test_delimiters_marks_spaces_and_encodings_give_the_same_bytes(tmp_path: Path) -> None:
    known = protected(tmp_path, BASE)
    assert protected(tmp_path, BASE.replace(",", ";")) == known
    assert protected(tmp_path, "\ufeff" + BASE.replace(",", ";").replace("\n", "\r\n")) == known
    assert protected(tmp_path, BASE.replace("2A,0", " 2A\u00a0, 0").replace("\n", " \n")) == known
    accented = BASE.replace("971", "Évry").encode("windows-1252")
    assert protected(tmp_path, accented, "--encoding", "windows-1252").decode().count("Évry,dept") == 4
    assert protected(tmp_path, BASE.replace(",", "_"), "--delimiter", "_") == known


def test_bytes_that_are_not_utf8_and_titles_are_told(tmp_path: Path, capsys: Capture) -> None:
    arguments = ["--out", str(tmp_path / "out.csv")]
    latin = write(tmp_path, TWO, ("département" + BASE[4:]).encode("latin-1"))
    assert "t.csv:1: bytes that are not UTF-8; expected" in refused(["protect", *latin, *arguments], capsys)
    titled = write(tmp_path, TWO, "Effectifs par département,,\n" + BASE)
    assert "t.csv:1: a title, or what else" in refused(["protect", *titled, *arguments], capsys)
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2A,05-09,25", "2A,05-sept,25", "in row 5 (line 6) '05-sept'; expected 05-09, which a spreadsheet took"),
        ("2A,05-09,25", "2A,05-09,2 500", "column n: in row 5 (line 6) a space within a number; expected"),
        ("2A,05-09,25", '2A,05-09,"2,5"', "column n: in row 5 (line 6) a decimal comma; expected"),
        ("2A,05-09,25", "2A,05-09,-25", "column n: in row 5 (line 6) a negative number; expected"),
        ("2A,05-09,25", "2A,05-09,nan", "column n: in row 5 (line 6) a text that is no number; expected"),
        ("2A,05-09,25", "2A,05-09,", "column n: in row 5 (line 6) a row without a count; expected"),
        ("2A,05-09,25", ",05-09,25", "column dept: in row 5 (line 6) a row without a code; expected"),
        ("dept,age", "x,age", "no column 'dept'; its columns are x, age, n"),
    ],
)
def test_a_spoilt_row_of_a_confidential_table_is_told_without_its_count(
    tmp_path: Path, capsys: Capture, old: str, new: str, said: str
) -> None:
    assert old in BASE
    files = write(tmp_path, TWO, BASE.replace(old, new))
    errors = refused(["protect", *files, "--out", str(tmp_path / "out.csv")], capsys)
    assert said in errors
    assert "25" not in errors.partition("column n:")[2]
    assert "500" not in errors


def test_a_code_that_lost_its_zero_is_named_with_the_right_one(tmp_path: Path, capsys: Capture) -> None:
    codes = "code,parent,level,label_fr\nFR,,total,France\n01,FR,dept,Ain\n2A,FR,dept,Corse-du-Sud\n"
    (tmp_path / "dept.csv").write_text(codes, encoding="utf-8")
    definition = HEAD + "  dept: {codes: dept.csv}\n  sex: {levels: [sex]}\n"
    files = write(tmp_path, definition, "dept,sex,n\n1,f,40\n1,m,50\n2A,f,44\n2A,m,33\n")
    errors = refused(["protect", *files, "--out", str(tmp_path / "out.csv")], capsys)
    assert "in row 1 (line 2), row 2 (line 3) a code that is no leaf of its code list, '1' (did you mean 01?)" in errors
    files = write(tmp_path, definition, "dept,sex,n\nTOTAL,f,84\n1,f,40\n2A,f,44\n")
    assert "in row 2 (line 3) a code (at that level) that there isn't, '1' (did you mean 01?)" in refused(
        ["audit", *files], capsys
    )


def test_a_flag_tells_which_values_hide_or_is_refused(tmp_path: Path, capsys: Capture) -> None:
    files = ["audit", *write(tmp_path, HEAD + "  dept: {levels: [dept]}\n  sex: {levels: [sex]}\n", STATUSES)]
    assert "it holds B, V); expected --flag Status=VALUES" in refused([*files, "--flag", "Status"], capsys)
    assert "a flag that hides every row (it holds B, V)" in refused([*files, "--flag", "Status=B,V"], capsys)
    assert "no row is 'X' (it holds B, V)" in refused([*files, "--flag", "Status=X"], capsys)
    assert run([*files, "--flag", "Status=B"]) == 1
    assert "2 hidden figures: 0 safe, 2 exposed" in capsys.readouterr().out


def test_the_words_of_our_own_status_are_known(tmp_path: Path, capsys: Capture) -> None:
    text = STATUSES.replace(",V", ",published").replace(",B", ",primary")
    text = text.replace("A,m,93,published", "A,m,NS,secondary").replace("B,m,112,published", "B,m,NS,secondary")
    files = ["audit", *write(tmp_path, HEAD + "  dept: {levels: [dept]}\n  sex: {levels: [sex]}\n", text)]
    assert run([*files, "--flag", "Status"]) == 0
    assert "4 hidden figures: 4 safe" in capsys.readouterr().out


def test_several_marks_stand_for_hidden_figures(tmp_path: Path, capsys: Capture) -> None:
    files = ["audit", *write(tmp_path, HEAD + "  dept: {levels: [dept]}\n  sex: {levels: [sex]}\n", MARKS)]
    assert run([*files, "--hidden", "s", "--hidden", "c"]) == 0
    assert "4 hidden figures: 4 safe" in capsys.readouterr().out
    errors = refused([*files, "--hidden", "s"], capsys)
    assert "in row 6 (line 7) a text that is no number, 'c'; expected" in errors
    assert "--hidden may be repeated" in errors


@pytest.mark.parametrize("text", ["50 (p)", "94*", "nan", "1\u202f234", "12,5", "-3"])
def test_what_is_no_number_is_quoted_where_all_is_public(tmp_path: Path, capsys: Capture, text: str) -> None:
    changed = MARKS.replace("C,f,50", f'C,f,"{text}"')
    files = write(tmp_path, HEAD + "  dept: {levels: [dept]}\n  sex: {levels: [sex]}\n", changed)
    errors = refused(["audit", *files, "--hidden", "s", "--hidden", "c"], capsys)
    assert "in row 11 (line 12) " in errors
    assert repr(text) in errors


ROWS = {"dept": ["a", "a", "b", "b"], "sex": ["f", "m", "f", "m"], "n": [40, 50, 60, 70]}


def test_frames_of_all_libraries_give_the_same() -> None:
    frames = [pd.DataFrame(ROWS), pa.table(ROWS), pd.DataFrame(ROWS).astype({"dept": "category"})]
    tables = [protect(frame, ["dept", "sex"], "n").csv() for frame in frames]
    assert len(set(tables)) == 1
    marked = ["40", "NS", "60", "NS"]
    frames = [kind({**ROWS, "n": marked}) for kind in (pd.DataFrame, pa.table)]
    assert len({str(audit(frame, ["dept", "sex"]).lines()) for frame in frames}) == 1
    for kind in (pd.DataFrame, pa.table):
        with pytest.raises(DataError, match="in row 2 a text that is no number, 'nan'"):
            audit(kind({**ROWS, "n": ["40", "nan", "60", "70"]}), ["dept", "sex"])


def test_frames_that_are_no_table_are_refused_with_what_to_write() -> None:
    frame = pd.DataFrame(ROWS)
    grouped = frame.groupby(["dept", "sex"])
    for wrong, error, said in (
        (grouped[["n"]].sum(), DataError, r"write frame\.reset_index\(\)"),
        (grouped["n"].sum(), UsageError, r"\.reset_index\(\)"),
        (pd.crosstab(frame["dept"], frame["sex"]), DataError, r"a crosstab, .*frame\.stack\(\)\.reset_index"),
        (pd.concat([frame, frame["n"]], axis=1), DataError, "columns of one name|as the name of column 4 again"),
    ):
        with pytest.raises(error, match=said):
            protect(wrong, ["dept", "sex"], "n")
    with pytest.raises(UsageError, match=r"expected a list of columns: \['dept'\]"):
        protect(frame, "dept", "n")
