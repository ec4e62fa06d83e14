"""The one reader of delimited text: what it finds, what it refuses, and where."""

from pathlib import Path

import pytest

from seuil.model.delimited import SPACES, DelimitedError, Form, delimiter_of, form_of, read_lines

GOOD = "dept;âge;n\n01;00-04;40\n2A;05-09;7\n"


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "t.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def rows(form: Form) -> list[list[str]]:
    return [line.fields for line in read_lines(form)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_of_the_header_is_found(tmp_path: Path, delimiter: str) -> None:
    form = form_of(write(tmp_path, GOOD.replace(";", delimiter)))
    assert (form.delimiter, form.columns) == (delimiter, ("dept", "âge", "n"))
    assert rows(form) == [["01", "00-04", "40"], ["2A", "05-09", "7"]]


def test_the_columns_looked_for_decide_where_several_delimiters_stand_in_the_header(tmp_path: Path) -> None:
    path = write(tmp_path, "code;label, long, and longer\n01;x\n")
    assert form_of(path, ["code"]).delimiter == ";"
    assert form_of(path, delimiter=";").columns == ("code", "label, long, and longer")


@pytest.mark.parametrize("encoding", ["windows-1252", "iso-8859-1"])
def test_another_encoding_is_read_if_it_is_said(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, GOOD.encode(encoding))
    assert form_of(path, encoding=encoding).columns == ("dept", "âge", "n")
    with pytest.raises(DelimitedError, match=r"t\.csv:1: bytes that are not UTF-8; expected UTF-8; save the file as"):
        form_of(path)


def test_bytes_that_do_not_decode_are_found_in_their_line(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD.encode() + b"01;05-09;1\n" * 3000 + b"\xe9;00-04;1\n")
    with pytest.raises(DelimitedError) as caught:
        rows(form_of(path))
    assert caught.value.line == 3004


def test_a_byte_order_mark_spaces_and_empty_lines_are_no_matter(tmp_path: Path) -> None:
    form = form_of(write(tmp_path, "\ufeff dept ;\u00a0âge; n\r\n\r\n 01\u202f;00-04 ;40\r\n"))
    assert form.columns == ("dept", "âge", "n")
    assert [(line.number, line.fields) for line in read_lines(form)] == [(3, ["01", "00-04", "40"])]


def test_fields_in_quotes_may_hold_delimiters_and_line_ends(tmp_path: Path) -> None:
    form = form_of(write(tmp_path, 'a,b\n"x, ""y""","1\n2"\n3,4\n'))
    assert [(line.number, line["a"], line["b"]) for line in read_lines(form)] == [(3, 'x, "y"', "1\n2"), (4, "3", "4")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ":1: nothing in it; expected the header"),
        ("\ndept,n\n", ":1: an empty line; expected the header"),
        ("Counts,,\ndept,age,n\n", ":1: a title, or what else is no header; expected the header: it stands in line 2"),
        ("Counts\n\ndept;age;n\n", ":1: a title, or what else is no header; expected the header: it stands in line 3"),
        ("dept,n,\n01,4,\n", ":1: column 3: no name; expected a name for every column"),
        ("dept,n,n\n01,4,5\n", ":1: column 3: the name 'n' of column 2 again; expected another name"),
        ("dept,age\n01,4\n", ":1: column n: no such column; expected one of those in the header, dept, age"),
        ("dept,n\n01,4\n02\n", ":3: 1 field; expected 2, as in the header"),
        ('dept,n\n01,4\n"02"x,5\n', ":3: not CSV ("),
        ('dept,n\n01,4\n"02,5\n', ":3: not CSV (unexpected end of data)"),
        (b"PK\x03\x04zip", ": a spreadsheet (.xlsx) or another archive; expected delimited text"),
        (b"PAR1", ": a Parquet file; expected delimited text"),
        ("dept,n\n".encode("utf-16"), ": text in UTF-16; expected delimited text: save it as UTF-8"),
        (b"dept,n\n01,\0\n", ": bytes that are no text; expected delimited text in UTF-8"),
    ],
)
def test_what_is_no_table_is_told_with_its_line(tmp_path: Path, content: str | bytes, said: str) -> None:
    path = write(tmp_path, content)
    with pytest.raises(DelimitedError) as caught:
        rows(form_of(path, ["dept", "n"]))
    assert str(caught.value).startswith(f"{path}{said}")


def test_a_confidential_file_without_a_header_shows_nothing_of_its_first_row(tmp_path: Path) -> None:
    path = write(tmp_path, "p1;2022;17\np2;2022;18\n")
    with pytest.raises(DelimitedError) as caught:
        form_of(path, ["id", "year"], public=False)
    said = str(caught.value).removeprefix(str(path))  # the folder's name is no value of the file
    assert "p1" not in said
    assert "17" not in said
    twice = write(tmp_path, "p1;p1;17\n")
    with pytest.raises(DelimitedError) as caught:
        form_of(twice, ["id"], public=False)
    assert "p1" not in str(caught.value).removeprefix(str(twice))


def test_a_delimiter_can_be_named() -> None:
    assert [delimiter_of(said) for said in ("tab", "\\t", ";", "semicolon")] == ["\t", "\t", ";", ";"]
    for said in ("", ";;", '"', "a", "1", "\n"):
        with pytest.raises(ValueError, match="one character, such as tab"):
            delimiter_of(said)


def test_spaces_for_engines_are_those_that_are_stripped_here() -> None:
    assert {"\u00a0", "\u202f", "\u2009", "\t", " "} <= set(SPACES)
    assert not SPACES.strip()
