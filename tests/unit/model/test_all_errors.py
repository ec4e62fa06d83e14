"""Everything that is wrong with a definition is told at once, each with its line and what is expected."""

import shutil
from pathlib import Path

import pytest

from seuil.model.dataset import read_dataset
from seuil.model.errors import CombinedDefinitionError, DefinitionError

TINY = Path(__file__).parents[1] / "records" / "data" / "tiny"


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
    assert [line.rpartition("/")[2].partition(":")[0] for line in said] == ["nowhere.csv", "ageless.csv"]


def test_what_fields_say_together_is_told_together(broken):
    said = broken(("      fees: {", "      fee: {"), ("place: [b]", "place: [nowhere-at-all]"))
    assert len(said) == 2


def test_one_error_is_one(broken):
    assert len(broken(("threshold: ", "threshold: many "))) == 1


def test_the_first_is_what_the_error_says_of_itself():
    errors = [DefinitionError("a.yaml", k, f"f{k}", "x", "y") for k in (3, 5)]
    both = CombinedDefinitionError(errors)
    assert (both.line, both.field, len(both.errors)) == (3, "f3", 2)
