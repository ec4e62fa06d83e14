"""What a release says of its datasets. `catalogue.json` is one `Catalogue`; nothing in it comes from hidden figures."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from seuil.model.text import Text

FieldType = Literal["text", "int", "double", "boolean", "date"]


class Frozen(BaseModel):
    """A frozen part of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Node(Frozen):
    """A value of a dimension: see `model.hierarchy.Node`."""

    code: str
    parent: str
    level: str
    label: Text


class Dimension(Frozen):
    """A dimension with the nodes that the dataset publishes, in display order. `column` is its code's field."""

    name: str
    label: Text
    column: str
    level_column: str
    label_column: str
    kind: Literal["additive", "overlapping"]
    role: Literal["territory", "age", "sex", "other"]
    facet: bool
    total: str
    nodes: tuple[Node, ...]


class Measure(Frozen):
    """A measure: its field and the field that says `NS` where it is hidden (null otherwise)."""

    name: str
    label: Text
    kind: Literal["count", "sum", "total", "mean", "ratio", "given"]
    unit_label: Text
    decimals: int
    status_column: str


class FieldEntry(Frozen):
    """A column of the released table. A `date` is a whole year."""

    name: str
    label: Text
    type: FieldType
    facet: bool = False
    hidden_by: str | None = None


class Guarantee(Frozen):
    """What is promised and proved of a dataset; `proved` is false for tables published elsewhere.

    cells and hidden count published cells of all periods and bases; how many of them are small is nobody's to know.
    """

    proved: bool
    unit: Text
    units: Text
    threshold: int
    rounding: int | None
    level: Literal["justified", "plausible"]
    zeros: Literal["hidden", "shown"]
    cells: int
    hidden: int


class Entry(Frozen):
    """A dataset of a release."""

    id: str
    title: Text
    description: Text
    purpose: Text
    origin: Text
    source: Literal["records", "published"]
    fictitious: bool
    publisher: Text
    licence: str
    licence_url: str
    keywords: tuple[Text, ...]
    themes: tuple[Text, ...]
    period: str
    period_label: Text
    periods: tuple[int, ...]
    dimensions: tuple[Dimension, ...]
    measures: tuple[Measure, ...]
    fields: tuple[FieldEntry, ...]
    rows: int
    modified: date
    guarantee: Guarantee

    @property
    def data_file(self) -> str:
        """Logical name of its table in the release."""
        return f"jeux/{self.id}/data.parquet"


class Catalogue(Frozen):
    """All datasets of a release, in the order of the home page."""

    entries: tuple[Entry, ...]
