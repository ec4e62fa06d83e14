"""What a query may name: the fields of one dataset."""

from dataclasses import dataclass
from typing import Literal

from seuil.odsql.errors import MalformedQueryError

FieldType = Literal["text", "int", "double", "boolean", "date"]

ROW_POSITION = "_row"
"""The hidden column with the position of each row in its file; it gives pages a stable order."""


@dataclass(frozen=True)
class Field:
    """A field that can be queried, under the name of its column.

    type: `date` is of year precision: an INTEGER year in the file, the text "2023" in JSON.
    facet: offered as a filter. disjunctive: several refinements of it add up (OR) instead of narrowing (AND).
    multivalued: the column is a list of texts.
    hidden_by: for a measure, the name of the status field that says NS where the measure is hidden.
    """

    name: str
    type: FieldType
    label: str = ""
    facet: bool = False
    disjunctive: bool = False
    multivalued: bool = False
    hidden_by: str | None = None


@dataclass(frozen=True)
class Schema:
    """The fields of a dataset, in the order of its columns.

    Names differ by more than case, since DuckDB ignores it, and none begins with an underscore: such columns
    (`_row`, and those that the SQL names for itself) are never within a query's reach.
    Raises ValueError where the fields break these rules: that is a fault of the program, not of a query.
    """

    fields: tuple[Field, ...]

    def __post_init__(self) -> None:
        seen: set[str] = set()
        for field in self.fields:
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
        return any(field.name == name for field in self.fields)

    def field(self, name: str, *, clause: str, position: int | None = None) -> Field:
        """The field called `name`, letter for letter. Raises MalformedQueryError (a QueryError) if there is none."""
        for field in self.fields:
            if field.name == name:
                return field
        known = ", ".join(field.name for field in self.fields)
        raise MalformedQueryError(
            f"Unknown field: {name}", clause=clause, position=position, expected=f"one of {known}"
        )

    @property
    def texts(self) -> tuple[Field, ...]:
        """The fields that a full-text search reads."""
        return tuple(field for field in self.fields if field.type == "text")
