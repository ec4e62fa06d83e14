"""Tables that were published elsewhere come in as they stand there, or not at all."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from seuil.figures.elsewhere import bring_in
from seuil.figures.table import Written
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError, UsageError

DEFINITION = """\
id: reel-fees
title: Fees
source: published
unit: professional
threshold: 5
period: {name: annee, values: [2021, 2020]}
dimensions:
  profession: {label: Profession, codes: professions.csv}
  dept: {label: Department, codes: depts.csv}
measures:
  fees: {kind: given, label: Fees, column: hono, decimals: 1}
  excess: {kind: given, label: Excess, column: dep}
tables:
  - levels: {profession: all, dept: [dept]}
published:
  file: fees.csv
  delimiter: ";"
  period: year
  columns:
    profession: {column: job, values: {Ensemble: T, "Médecins; tous": M}}
    dept: {column: dep_code}
  hidden: [NS, ""]
  missing: ["-"]
"""

CODES = {
    "professions.csv": "code,parent,level,label_fr\nT,,total,Ensemble\nM,T,profession,Médecins\n"
    "S,T,profession,Autres\n",
    "depts.csv": "code,parent,level,label_fr,valid_from\nFR,,france,France,\n2A,FR,dept,Corse-du-Sud,\n"
    "01,FR,dept,Ain,\n976,FR,dept,Mayotte,2021\n",
}

HEADER = "year;job;note;dep_code;hono;dep\n"

Bring = Callable[[str], list[tuple[object, ...]]]


@pytest.fixture
def dataset(make_dataset: Callable[[str, Mapping[str, str]], Dataset]) -> Dataset:
    return make_dataset(DEFINITION, CODES)


@pytest.fixture
def bring(dataset: Dataset, tmp_path: Path) -> Bring:
    def rows(text: str) -> list[tuple[object, ...]]:
        (tmp_path / "fees.csv").write_text(HEADER + text, encoding="utf-8")
        bring_in(dataset, tmp_path / "data.parquet")
        table = pq.read_table(tmp_path / "data.parquet")
        names = ("annee", "profession", "dept", "fees", "fees_statut", "excess", "excess_statut")
        return [tuple(row[n] for n in names) for row in table.to_pylist()]

    return rows


def test_figures_come_as_they_stand_in_the_definitions_order(bring: Bring) -> None:
    found = bring(
        "2021;S;x;01;12,5;-3.25\n"
        '2020;"Médecins; tous";;01;NS;-\n'
        "2020;T;;2A;;0\n"
        "2021;Ensemble;;976;1000000;7\n"
        "2020;M;;2A;6.893;NS\n"
    )
    assert found == [
        (2020, "T", "2A", None, "NS", 0.0, None),
        (2020, "M", "2A", 6.893, None, None, "NS"),
        (2020, "M", "01", None, "NS", None, "ND"),
        (2021, "T", "976", 1000000.0, None, 7.0, None),
        (2021, "S", "01", 12.5, None, -3.25, None),
    ]


def test_levels_and_labels_come_from_the_code_lists(bring: Bring, tmp_path: Path) -> None:
    bring("2020;M;;2A;1;1\n")
    row = pq.read_table(tmp_path / "data.parquet").to_pylist()[0]
    assert list(row) == [
        *("annee", "profession", "profession_niveau", "profession_libelle", "dept", "dept_niveau", "dept_libelle"),
        *("fees", "fees_statut", "excess", "excess_statut"),
    ]
    assert (row["profession_niveau"], row["profession_libelle"]) == ("profession", "Médecins")
    assert (row["dept_niveau"], row["dept_libelle"]) == ("dept", "Corse-du-Sud")


def test_rows_and_figures_are_counted(dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "fees.csv").write_text(HEADER + "2020;M;;2A;NS;1\n2020;S;;2A;NS;-\n2021;S;;01;1;1\n", encoding="utf-8")
    assert bring_in(dataset, tmp_path / "d.parquet") == Written(rows=3, cells=6, hidden=2)


def test_no_row_gives_an_empty_table(bring: Bring) -> None:
    assert bring("") == []


def test_the_order_of_the_file_changes_no_byte(dataset: Dataset, tmp_path: Path) -> None:
    lines = ["2020;M;;2A;1;1\n", "2020;S;;01;2;2\n", "2021;T;;976;3;3\n"]
    found = []
    for text in (lines, lines[::-1]):
        (tmp_path / "fees.csv").write_text(HEADER + "".join(text), encoding="utf-8")
        bring_in(dataset, tmp_path / "d.parquet")
        found.append((tmp_path / "d.parquet").read_bytes())
    assert found[0] == found[1]


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter(dataset: Dataset, tmp_path: Path) -> None:
    (tmp_path / "fees.csv").write_bytes(("\ufeff" + HEADER + "2020;M;;2A;1;1\n\n").replace("\n", "\r\n").encode())
    assert bring_in(dataset, tmp_path / "d.parquet").rows == 1


GOOD = "2020;M;;2A;1;1\n"
NUMBER = "expected a number, 'NS' or '' where it is hidden, '-' where there is none"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("2019;M;;01;1;1", "column year: no period of the definition; expected 2020, 2021"),
        ("20;M;;01;1;1", "column year: no period of the definition; expected 2020, 2021"),
        ("2020;X;;01;1;1", "column job: no node of profession; expected a code of professions.csv in 2020"),
        ("2020;M;;1;1;1", "column dep_code: no node of dept; expected a code of depts.csv in 2020"),
        ("2020;M;;976;1;1", "column dep_code: no node of dept; expected a code of depts.csv in 2020"),
        (
            "2020;M;;FR;1;1",
            "column job, dep_code: a cell of none of the definition's tables; expected levels that they name",
        ),
        ("2020;M;;2A;1;1", "column job, dep_code: the cell of line 2 again; expected one row a cell"),
        (
            '2020;"Médecins; tous";;2A;1;1',
            "column job, dep_code: the cell of line 2 again; expected one row a cell",
        ),
        *[(f"2020;M;;01;{x};1", f"column hono: no figure; {NUMBER}") for x in ("ns", "1e3", "1 000", "1,", "nan")],
        ("2020;M;;01;1;1.000.000", f"column dep: no figure; {NUMBER}"),
        ("2020;M;;01;1;" + "9" * 400, f"column dep: no figure; {NUMBER}"),
        ("2020;M;;01;٣;1", f"column hono: no figure; {NUMBER}"),
        ("2020;M;;01;1", "5 fields; expected 6, as in the header"),
        ("2020;M;;01;1;1;1", "7 fields; expected 6, as in the header"),
        ('2020;"M"x;;01;1;1', "not CSV (';' expected after '\"'); expected quotes around whole fields, doubled within"),
    ],
)
def test_what_does_not_fit_is_named_with_line_and_column(bring: Bring, tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(DataError) as problem:
        bring(GOOD + line + "\n")
    assert str(problem.value) == f"{tmp_path / 'fees.csv'}:3: {message}"
    assert not (tmp_path / "data.parquet").exists()


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", "1: nothing in it; expected the header"),
        ("\n" + HEADER, "1: an empty line; expected the header"),
        (
            "Fees by department;;;;;\n" + HEADER,
            "1: a title, or what else is no header; expected the header: it stands in line 2",
        ),
        (
            "year;job;dep_code;dep\n",
            "1: column hono: no such column; expected one of those in the header, year, job, dep_code, dep",
        ),
        ("year;job;dep_code;dep;hono;dep\n", "1: column 6: the name 'dep' of column 4 again; expected another name"),
        ("year;job;dep_code;dep;hono;\n", "1: column 6: no name; expected a name for every column"),
    ],
)
def test_the_header_must_have_each_column_once(dataset: Dataset, tmp_path: Path, header: str, message: str) -> None:
    (tmp_path / "fees.csv").write_text(header, encoding="utf-8")
    with pytest.raises(DataError) as problem:
        bring_in(dataset, tmp_path / "d.parquet")
    assert str(problem.value).startswith(f"{tmp_path / 'fees.csv'}:{message}")


def test_a_file_that_is_not_there_or_not_utf8(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file; expected the published table that the definition names"):
        bring_in(dataset, tmp_path / "d.parquet")
    (tmp_path / "fees.csv").write_bytes((HEADER + "2020;Médecins;;01;1;1\n").encode("latin-1"))
    with pytest.raises(DataError, match="bytes that are not UTF-8"):
        bring_in(dataset, tmp_path / "d.parquet")


def test_a_dataset_from_records_is_not_brought_in(visits: Dataset, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="visits is made from records"):
        bring_in(visits, tmp_path / "d.parquet")


def test_an_overlapping_dimension_that_is_not_the_first(
    make_dataset: Callable[[str, Mapping[str, str]], Dataset], tmp_path: Path
) -> None:
    """Rows follow the definition's order of dimensions, cells the grid's: both must find the same row."""
    definition = DEFINITION.replace("codes: depts.csv}", "codes: depts.csv, kind: overlapping}")
    dataset = make_dataset(definition.replace("tables:\n  - levels: {profession: all, dept: [dept]}\n", ""), CODES)
    assert dataset.overlapping == "dept"
    lines = [f"2020;{p};;{d};{10 * i + j};0\n" for i, p in enumerate("TMS") for j, d in enumerate(("FR", "2A", "01"))]
    (tmp_path / "fees.csv").write_text(HEADER + "".join(lines[::-1]), encoding="utf-8")
    bring_in(dataset, tmp_path / "d.parquet")
    found = pq.read_table(tmp_path / "d.parquet")
    assert found["fees"].to_pylist() == [0, 1, 2, 10, 11, 12, 20, 21, 22]
    assert found["dept"].to_pylist() == ["FR", "2A", "01"] * 3
