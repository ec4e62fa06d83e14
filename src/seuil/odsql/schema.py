"""What a query may name: the fields of one dataset."""

import dataclasses
from dataclasses import dataclass
from typing import Literal, Protocol

from seuil.odsql.errors import MalformedQueryError
from seuil.odsql.geometry import Geometry
from seuil.odsql.words import Word

FieldType = Literal["text", "int", "double", "boolean", "date", "datetime", "geo_point_2d", "geo_shape", "geo_cluster"]

ROW_POSITION = "_row"
"""The hidden column with the position of each row in its file; it gives pages a stable order."""


class Shapes(Protocol):
    """The shapes behind a `geo_shape` field, of which a dataset has few: which fit, by what the column holds."""

    def meeting(self, geometry: Geometry) -> tuple[str, ...]:
        """Those that have a point in common with a geometry."""

    def inside(self, geometry: Geometry) -> tuple[str, ...]:
        """Those that lie within a geometry."""

    def near(self, lon: float, lat: float, metres: float) -> tuple[str, ...]:
        """Those of which a point is at most so far away."""


class Texts(Protocol):
    """The different values of a text field, where they are few: which of them a search finds."""

    def having(self, word: Word) -> tuple[str, ...] | None:
        """Those that have a word; None where they aren't few."""


@dataclass(frozen=True)
class Field:
    """A field that can be queried, under the name of its column.

    type: `date` is of year precision: an INTEGER year in the file, the text "2023" in JSON. `datetime` is a TIMESTAMP
    in UTC, `geo_point_2d` a STRUCT of `lon` and `lat` in degrees, `geo_shape` a text that names one of `shapes`;
    `geo_cluster`, a STRUCT too, is what `geo_cluster()` makes, and no field's.
    facet: offered as a filter. disjunctive: several refinements of it add up (OR) instead of narrowing (AND).
    separator: between the parts of a text that is a path, from its root on, None for texts that are none.
    multivalued: the column is a list of texts.
    hidden_by: for a measure, the name of the status field that says NS where the measure is hidden.
    blank_hides: for a measure without a status field, whether a missing value is a hidden one.
    adds_up: whether it is a measure, so that it is told what its sums are taken over.
    bounded: for a measure, whether the relation has two columns more, `lower_bound` and `upper_bound` of its name, with
    the lowest and highest that each value can be; the latter is null where that isn't known.
    shapes, texts: what is known of the values of a shape or a text.
    """

    name: str
    type: FieldType
    label: str = ""
    facet: bool = False
    disjunctive: bool = False
    separator: str | None = None
    multivalued: bool = False
    hidden_by: str | None = None
    blank_hides: bool = False
    adds_up: bool = False
    bounded: bool = False
    shapes: Shapes | None = dataclasses.field(default=None, compare=False, repr=False)
    texts: Texts | None = dataclasses.field(default=None, compare=False, repr=False)

    @property
    def lower_bound(self) -> str:
        """The column with the lowest that each value can be."""
        return f"_min_{self.name}"

    @property
    def upper_bound(self) -> str:
        """The column with the highest that each value can be."""
        return f"_max_{self.name}"


@dataclass(frozen=True)
class Schema:
    """The fields of a dataset, in the order of its columns.

    implicit: further ones that the relation has, but `*` leaves out: they are there for who names them.
    Names differ by more than case, since DuckDB ignores it, and none begins with an underscore: such columns
    (`_row`, and those that the SQL names for itself) are never within a query's reach.
    Raises ValueError where the fields break these rules: that is a fault of the program, not of a query.
    """

    fields: tuple[Field, ...]
    implicit: tuple[Field, ...] = ()

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for field in (*self.fields, *self.implicit):
            if not field.name or field.name.startswith("_") or "\0" in field.name:
                raise ValueError(f"a field can't be called {field.name!r}")
            if field.name.casefold() in seen:
                raise ValueError(f"two fields are called {field.name!r}")
            if field.multivalued and field.type != "text":
                raise ValueError(f"{field.name!r} is multivalued, so it must be a text")
            seen.add(field.name.casefold())
        for field in self.fields:
            if field.hidden_by is not None and field.hidden_by not in self:
                raise ValueError(f"{field.name!r} is hidden by {field.hidden_by!r}, which is no field")

    def __contains__(self, name: object) -> bool:
        return any(field.name == name for field in (*self.fields, *self.implicit))

    def field(self, name: str, *, clause: str, position: int | None = None) -> Field:
        """The field called `name`, letter for letter. Raises MalformedQueryError (a QueryError) if there is none."""
        for field in (*self.fields, *self.implicit):
            if field.name == name:
                return field
        known = ", ".join(field.name for field in self.fields)
        raise MalformedQueryError(
            f"Unknown field: {name}", clause=clause, position=position, expected=f"one of {known}", hint=False
        )

    @property
    def texts(self) -> tuple[Field, ...]:
        """The fields that a full-text search reads."""
        return tuple(field for field in self.fields if field.type == "text")
