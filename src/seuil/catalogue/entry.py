"""What a release says of its datasets. `catalogue.json` is one `Catalogue`; nothing in it comes from hidden figures."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from seuil.model.definition import Role
from seuil.model.text import Text

FieldType = Literal["text", "int", "double", "boolean", "date"]


class Frozen(BaseModel):
    """A frozen part of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Node(Frozen):
    """A value of a dimension: see `model.hierarchy.Node`.

    values: what stands in the dimension's `fields` for it. note: what it counts, if the code list says so.
    """

    code: str
    parent: str
    level: str
    label: Text
    values: tuple[str | None, ...] = ()
    note: Text = Text()


class Dimension(Frozen):
    """A dimension with the nodes that the dataset publishes, in display order.

    column, level_column, label_column: of the table that pages read (`Entry.figures_file`). fields: the dataset's own
    columns that tell its nodes apart, where these are others. first: the code that pages open on, if one is named.
    """

    name: str
    label: Text
    column: str
    level_column: str
    label_column: str
    kind: Literal["additive", "overlapping"]
    role: Role
    facet: bool
    total: str
    nodes: tuple[Node, ...]
    fields: tuple[str, ...] = ()
    first: str = ""


class Measure(Frozen):
    """A measure: its column and the one that says `NS` where it is hidden (null otherwise), of the table of pages.

    of, by, times: a mean or a ratio is `times` the published `of`, divided by the published `by`. elsewhere: codes by
    dimension; where a row is at one of those of every dimension named, the figure is that of another cell, such as the
    women alone. fixed: dimensions of which a total shows the same node in every row.
    """

    name: str
    label: Text
    kind: Literal["count", "sum", "total", "mean", "ratio", "external", "given"]
    unit_label: Text
    decimals: int
    status_column: str
    of: str = ""
    by: str = ""
    times: int = 1
    elsewhere: tuple[dict[str, tuple[str, ...]], ...] = ()
    fixed: tuple[str, ...] = ()


class FieldEntry(Frozen):
    """A column of the released table. A `date` is a year. multivalued: it holds lists of texts.

    hidden_by: of a measure, the column that says why it is null, if the dataset has one. of: the name of the period,
    the dimension or the measure that it shows, if any.
    """

    name: str
    label: Text
    type: FieldType
    facet: bool = False
    multivalued: bool = False
    hidden_by: str | None = None
    of: str = ""


class Part(Frozen):
    """Which rows a dataset has of the table with all figures of its collection.

    file: logical name of that table. tables: the levels of each dimension, of one table after another. left_out: codes
    by dimension; rows at one of those of every dimension named are not the dataset's.
    """

    file: str
    tables: tuple[dict[str, tuple[str, ...]], ...]
    left_out: tuple[dict[str, tuple[str, ...]], ...]


class Break(Frozen):
    """A period from which on the figures of some cells don't continue those before it. note: what changed.

    where: codes by dimension; it concerns the cells at one of those of every dimension named.
    """

    period: int
    where: dict[str, tuple[str, ...]]
    note: Text


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
    """A dataset of a release.

    collection: what it is protected in; the folder of that name holds definition, code lists and proofs. part: where
    its figures stand with their codes and statuses, if not in its own table.
    """

    id: str
    collection: str
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
    part: Part | None = None
    breaks: tuple[Break, ...] = ()

    @property
    def data_file(self) -> str:
        """Logical name of its table in the release."""
        return f"jeux/{self.id}/data.parquet"

    @property
    def figures_file(self) -> str:
        """Logical name of the table that pages read: of its figures, with codes, levels and statuses."""
        return self.data_file if self.part is None else self.part.file

    @property
    def period_fields(self) -> tuple[FieldEntry, ...]:
        """The columns of the period."""
        return tuple(field for field in self.fields if field.of == self.period)


class Catalogue(Frozen):
    """All datasets of a release, in the order of the home page."""

    entries: tuple[Entry, ...]
