"""docs/reference/definition.md names every field of a definition and every column of a code list, where they belong."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from seuil.model import codelist, definition, layout, record_files
from seuil.model.dataset import read_dataset
from seuil.model.strict import Strict
from seuil.model.text import Text

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "definition.md"
FOUND = (m for module in (definition, record_files, layout) for m in vars(module).values())
# A model that others are made of is no section: its fields stand with each of them.
STRICT = dict.fromkeys(m for m in FOUND if isinstance(m, type) and issubclass(m, Strict) and not m.__subclasses__())
MODELS = [*STRICT, Text]


def section(heading: str) -> str:
    """What stands below a heading."""
    (found,) = re.findall(rf"(?ms)^##+ {heading}\n(.*?)(?=^##|\Z)", PAGE.read_text(encoding="utf-8"))
    return str(found)


def documented(heading: str) -> list[str]:
    """Names in the first column of the table below a heading."""
    return re.findall(r"(?m)^\| `(\w+)` \|", section(heading))


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_field_is_documented_and_no_other(model: type[BaseModel]) -> None:
    assert model.model_fields
    assert documented(model.__name__) == list(model.model_fields)


def test_every_column_of_a_code_list_is_documented() -> None:
    assert documented("Code lists") == [*codelist.REQUIRED, *codelist.OPTIONAL]


def test_required_is_what_the_models_require() -> None:
    for model in MODELS:
        said = re.findall(r"(?m)^\| `(\w+)` \|.*\| required \|$", section(model.__name__))
        assert said == [name for name, field in model.model_fields.items() if field.is_required()], model.__name__


def test_the_example_stands(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (tmp_path / "visits.yaml").write_text(example, encoding="utf-8")
    (tmp_path / "sites.csv").write_text("code,parent,level,label_fr\nT,,total,Total\n", encoding="utf-8")
    assert read_dataset(tmp_path / "visits.yaml").id == "visits"
