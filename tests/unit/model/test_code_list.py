"""Code lists: what a row says, and what can't stand, by line and column."""

from pathlib import Path

import pytest

from seuil.model.codelist import read_code_list
from seuil.model.errors import DefinitionError
from seuil.model.hierarchy import Node
from seuil.model.text import Text

HEADER = "code,parent,level,label_fr,label_en,valid_from,valid_to,low,high,complete\n"


def write(folder: Path, text: str) -> Path:
    path = folder / "codes.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_every_column_is_read(tmp_path: Path) -> None:
    path = write(tmp_path, HEADER + "T,,total,Total,All,,,,,no\n00-04,T,band,de 0 à 4 ans,,2015,2023,0,4,\n")
    hierarchy = read_code_list(path, "overlapping")
    assert hierarchy.kind == "overlapping"
    assert hierarchy.nodes == (
        Node("T", "", "total", Text(fr="Total", en="All"), complete=False),
        Node("00-04", "T", "band", Text(fr="de 0 à 4 ans", en="de 0 à 4 ans"), 2015, 2023, 0, 4),
    )


def test_codes_are_texts_and_a_code_without_label_is_its_own(tmp_path: Path) -> None:
    hierarchy = read_code_list(write(tmp_path, "code,parent,level,label_fr\nFR,,total,France\n01,FR,dept,\n"))
    assert hierarchy.index == {"FR": 0, "01": 1}
    assert hierarchy.nodes[1].label == Text(fr="01", en="01")


def test_a_byte_order_mark_is_no_matter(tmp_path: Path) -> None:
    assert read_code_list(write(tmp_path, "\ufeffcode,parent,level,label_fr\nT,,total,Total\n")).root.code == "T"


@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        ("code,parent,label_fr\n", 1, "level", "no such column; expected the columns code, parent, level, label_fr"),
        (
            "code,parent,level,label_fr,colour\n",
            1,
            "colour",
            "an unknown column; expected besides code, parent, level, label_fr only label_en",
        ),
        (HEADER + "T,,total,T,,,,,,\n,T,a,A,,,,,,\n", 3, "code", "nothing; expected a code in every row"),
        (HEADER + "T,,,T,,,,,,\n", 2, "level", "nothing; expected the level of the node"),
        (HEADER + "T,,total,T,,soon,,,,\n", 2, "valid_from", "'soon'; expected a whole number, or nothing"),
        (HEADER + "T,,total,T,,,2.5,,,\n", 2, "valid_to", "'2.5'; expected a whole number, or nothing"),
        (HEADER + "T,,total,T,,,,x,,\n", 2, "low", "'x'; expected a whole number, or nothing"),
        (HEADER + "T,,total,T,,,,,x,\n", 2, "high", "'x'; expected a whole number, or nothing"),
        (HEADER + "T,,total,T,,,,,,maybe\n", 2, "complete", "'maybe'; expected yes or no"),
        (HEADER, 1, "code", "no code; expected a line for each"),
        (
            HEADER + "T,,total,T,,,,,,\nT,T,a,A,,,,,,\n",
            3,
            "code",
            "found 'T', which stands in line 2 too; expected each code once",
        ),
        (HEADER + "A,T,a,A,,,,,,\nT,,total,T,,,,,,\n", 2, "parent", "found 'T'; expected the total first, without"),
        (HEADER + "T,,total,T,,,,,,\nU,,total,U,,,,,,\n", 3, "parent", "only the first code, the total, has none"),
        (
            HEADER + "T,,total,T,,,,,,\nA,B,a,A,,,,,,\nB,T,a,B,,,,,,\n",
            3,
            "parent",
            "'B'; expected a code that stands above",
        ),
        (HEADER + "T,,total,T,,,,,,\nA\x07,T,a,A,,,,,,\n", 3, "code", "a control character in 'A\\x07'"),
    ],
)
def test_what_can_not_stand_is_named(tmp_path: Path, text: str, line: int | None, field: str, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(DefinitionError) as problem:
        read_code_list(path)
    assert (problem.value.file, problem.value.line, problem.value.field) == (str(path), line, field)
    assert says in str(problem.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="no such file; expected a CSV file beside the definition"):
        read_code_list(tmp_path / "nothing.csv")
    (tmp_path / "latin.csv").write_bytes("code,parent,level,label_fr\nT,,total,Été\n".encode("latin-1"))
    with pytest.raises(DefinitionError, match="not UTF-8"):
        read_code_list(tmp_path / "latin.csv")
