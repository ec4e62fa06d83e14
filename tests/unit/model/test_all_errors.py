"""Everything that is wrong with a definition is told at once, each with its line and what is expected."""

import ast
import shutil
from pathlib import Path

import pytest
from tests.helpers.wording import INSTRUCTIONS

from seuil.model.codelist import read_code_list
from seuil.model.dataset import read_dataset
from seuil.model.errors import MOST_TOLD, CombinedDefinitionError, DefinitionError

TINY = Path(__file__).parents[1] / "records" / "data" / "tiny"
MODEL = Path(__file__).parents[3] / "src" / "seuil" / "model"


@pytest.fixture
def broken(tmp_path: Path):
    """The tiny definition with words replaced: what `read_dataset` says of it, by line."""

    def told(*changes: tuple[str, str]) -> list[str]:
        folder = tmp_path / "tiny"
        shutil.copytree(TINY, folder)
        path = folder / "tiny.yaml"
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, old
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        with pytest.raises(DefinitionError) as problem:
            read_dataset(path)
        return str(problem.value).splitlines()

    return told


def test_fields_that_are_wrong_are_told_together(broken):
    said = broken(("threshold: 11", "threshold: many"), ("unit: patient", "unite: patient"))
    assert [line.partition("tiny.yaml:")[2].partition(" found")[0] for line in said] == [
        "1: unit:",
        "4: threshold:",
        "3: unite:",
    ]


def test_code_lists_that_are_wrong_are_told_together(broken):
    said = broken(("codes/places.csv", "codes/nowhere.csv"), ("codes/ages.csv", "codes/ageless.csv"))
    assert [line.partition("tiny.yaml:")[2].partition(";")[0] for line in said] == [
        "8: dimensions.place.codes: found 'codes/nowhere.csv', no such file",
        "9: dimensions.age.codes: found 'codes/ageless.csv', no such file",
    ]


def test_what_fields_say_together_is_told_together(broken):
    said = broken(("      fees: {", "      fee: {"), ("place: [b]", "place: [nowhere-at-all]"))
    assert [line.partition("tiny.yaml:")[2].partition(";")[0] for line in said] == [
        "27: records.people.amounts: found nothing for fees",
        "28: records.people.amounts.fee: found 'fee'",
        "17: empty.1.where.place: found 'nowhere-at-all'",
    ]


def test_what_one_field_says_several_times_is_told_each_time(broken):
    said = broken(("place: [b]", "place: [x, y]"), ("age: [old]", "age: [z]"), ("age: [young]", "ages: [young]"))
    assert [line.partition(": found ")[2].partition(";")[0] for line in said] == ["'ages'", "'x'", "'y'", "'z'"]


def test_lines_of_code_lists_that_are_wrong_are_told_together(tmp_path: Path):
    codes = tmp_path / "codes.csv"
    codes.write_text("code,parent,level,label_fr,low\nT,X,total,,\nA,,,a,\nA,B,age,a,ten\n", encoding="utf-8")
    with pytest.raises(CombinedDefinitionError) as problem:
        read_code_list(codes)
    assert [(error.line, error.field) for error in problem.value.errors] == [
        (2, "parent"),
        (3, "level"),
        (3, "parent"),
        (4, "low"),
        (4, "code"),
        (4, "parent"),
    ]


def test_of_many_the_first_are_told_and_how_many_more():
    errors = [DefinitionError("a.yaml", k, "f", "x", "y") for k in range(MOST_TOLD + 1_234)]
    said = str(CombinedDefinitionError(errors)).splitlines()
    assert (len(said), said[-1]) == (MOST_TOLD + 1, "... and 1,234 more")


def test_one_error_is_one(broken):
    assert len(broken(("threshold: ", "threshold: many "))) == 1


def test_the_first_is_what_the_error_says_of_itself():
    errors = [DefinitionError("a.yaml", k, f"f{k}", "x", "y") for k in (3, 5)]
    both = CombinedDefinitionError(errors)
    assert (both.line, both.field, len(both.errors)) == (3, "f3", 2)


def instructions(source: str) -> list[str]:
    """What is said to be expected in a source, as it is written, where it reads as an order or repeats the word."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ("DefinitionError", "fail"):
            found.append(node.args[-1])
        elif (
            isinstance(node, ast.Raise)
            and isinstance(node.exc, ast.Call)
            and ast.unparse(node.exc.func) == "ValueError"
        ):
            found += node.exc.args
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "expected":
            found.append(node.value)
    texts = [ast.unparse(node).removeprefix("f").strip("'\"") for node in found if not isinstance(node, ast.Name)]
    return [text for text in texts if text.split(" ")[0] in INSTRUCTIONS]


@pytest.mark.parametrize("path", sorted(MODEL.glob("*.py")), ids=lambda path: path.name)
def test_what_is_expected_is_named_and_not_ordered(path: Path):
    """`expected` stands before it, once: also where no test brings the error about."""
    assert instructions(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "raise DefinitionError(path, 1, 'f', 'x', 'expected a code')",
        "self.fail('f', 'x', f'say {x}')",
        "raise ValueError('add one')",
        "expected = 'leave it out'",
    ],
)
def test_such_an_order_is_seen(source: str):
    assert len(instructions(source)) == 1
