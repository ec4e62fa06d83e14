"""What a query means for one dataset: fields instead of names, checked types, years instead of dates.

Truth has two values. A comparison with a missing value is not a match, whatever the operator (`!=` too), and NOT is the
complement: it matches all rows that its condition doesn't, those with a missing value included.
"""

from dataclasses import dataclass
from typing import Literal

from seuil.odsql.schema import Field, FieldType
from seuil.odsql.tree import ArithmeticOperator, ComparisonOperator
from seuil.odsql.words import Word

AggregateFunction = Literal["count", "sum", "avg", "min", "max", "median"]


@dataclass(frozen=True)
class Column:
    field: Field

    @property
    def type(self) -> FieldType:
        return self.field.type


@dataclass(frozen=True)
class Year:
    """The year of a date column, as a whole number."""

    column: Column
    type: FieldType = "int"


@dataclass(frozen=True)
class Constant:
    """A literal of the query; it only ever reaches the database as a parameter."""

    value: str | int | float | bool
    type: FieldType


@dataclass(frozen=True)
class Calculation:
    """Arithmetic, always in floating point, so that no number of a query overflows. Division by zero is missing."""

    operator: ArithmeticOperator
    left: "Value"
    right: "Value"
    type: FieldType = "double"


@dataclass(frozen=True)
class Aggregate:
    """`argument` None: all rows are counted. Missing (so hidden) values are skipped."""

    function: AggregateFunction
    argument: "Value | None"
    type: FieldType


Value = Column | Year | Constant | Calculation | Aggregate


@dataclass(frozen=True)
class Compare:
    operator: ComparisonOperator
    left: Value
    right: Value


@dataclass(frozen=True)
class Among:
    """The value is one of the constants; for a multivalued column: one of its values is."""

    column: Column
    constants: tuple[Constant, ...]


@dataclass(frozen=True)
class Missing:
    column: Column


@dataclass(frozen=True)
class Words:
    """Each word is found in one of the columns, not always the same one. No words: every row matches."""

    columns: tuple[Column, ...]
    words: tuple[Word, ...]


@dataclass(frozen=True)
class Begins:
    """One of the columns begins with the text, letter for letter."""

    columns: tuple[Column, ...]
    text: str


@dataclass(frozen=True)
class Every:
    """All conditions hold; without conditions, always."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True)
class Some:
    """One of the conditions holds; without conditions, never."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True)
class Complement:
    condition: "Condition"


Condition = Compare | Among | Missing | Words | Begins | Every | Some | Complement

NEVER = Some(())


@dataclass(frozen=True)
class Output:
    """One key of the answer's rows. `labelled` when the query named it itself."""

    name: str
    value: Value
    labelled: bool = False


@dataclass(frozen=True)
class SortKey:
    value: Value
    descending: bool = False


def is_aggregate(value: Value) -> bool:
    """Whether an aggregate is anywhere in the value."""
    match value:
        case Aggregate():
            return True
        case Calculation(_, left, right):
            return is_aggregate(left) or is_aggregate(right)
        case _:
            return False


def bare_columns(value: Value) -> tuple[Column | Year, ...]:
    """The columns that the value reads outside aggregates."""
    match value:
        case Column() | Year():
            return (value,)
        case Calculation(_, left, right):
            return bare_columns(left) + bare_columns(right)
        case _:
            return ()
