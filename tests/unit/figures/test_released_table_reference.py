"""docs/reference/released-table.md names every status and every kind of column."""

import re
from pathlib import Path

from seuil.figures.values import STATUSES
from seuil.model.columns import label_column, level_column, status_column

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "released-table.md").read_text(encoding="utf-8")


def test_every_status_is_documented() -> None:
    (section,) = re.findall(r"^## Status\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(STATUSES)


def test_every_kind_of_column_is_documented() -> None:
    (section,) = re.findall(r"^## Columns\n(.*?)(?=^##)", PAGE, re.MULTILINE | re.DOTALL)
    dimension, measure = "<dimension>", "<measure>"
    assert re.findall(r"^\| `(<[^`]*)` \|", section, re.MULTILINE) == [
        *(dimension, level_column(dimension), label_column(dimension)),
        *(measure, status_column(measure)),
    ]
