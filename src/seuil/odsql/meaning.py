"""What a query means for one dataset: fields instead of names, checked types, years instead of dates.

Truth has two values. A comparison with a missing value is not a match, whatever the operator (`!=` too), and NOT is the
complement: it matches all rows that its condition doesn't, those with a missing value included.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from seuil.odsql.geometry import Geometry
from seuil.odsql.schema import Field, FieldType
from seuil.odsql.tree import ArithmeticOperator, ComparisonOperator
from seuil.odsql.words import Word

AggregateFunction = Literal[
    "count", "sum", "avg", "min", "max", "median", "percentile", "stddev", "variance", "envelope"
]
DatePart = Literal["year", "quarter", "month", "day", "dayofweek", "hour", "minute", "second", "millisecond"]
TextFunction = Literal["lower", "upper", "length"]
Interval = Literal["millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"]


@dataclass(frozen=True)
class Column:
    field: Field

    @property
    def type(self) -> FieldType:
        return self.field.type


@dataclass(frozen=True)
class Constant:
    """A literal of the query; it only ever reaches the database as a parameter. Datetimes are UTC, without zone."""

    value: str | int | float | bool | datetime
    type: FieldType


@dataclass(frozen=True)
class Moment:
    """The first moment of a year, for a column of year precision that has to be compared as a time."""

    value: "Value"
    type: FieldType = "datetime"


@dataclass(frozen=True)
class Local:
    """A time as clocks show it in a time zone; what parts of dates are taken from. zone: a name, or UTC."""

    value: "Value"
    zone: str
    type: FieldType = "datetime"


@dataclass(frozen=True)
class Part:
    """A part of a date, as a whole number. Weeks begin on Monday, day 0."""

    part: DatePart
    value: "Value"
    type: FieldType = "int"


@dataclass(frozen=True)
class DateFormat:
    """A date written by a pattern. pieces: literal texts, and symbols of `date_format.SYMBOLS` with their names."""

    value: "Value"
    pieces: tuple["Piece", ...]
    type: FieldType = "text"


@dataclass(frozen=True)
class Piece:
    """A literal text (`symbol` None), or a symbol; `names` are what a numbered day or month is called."""

    symbol: str | None
    text: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class OfText:
    """A function of a text; of a multivalued one, `length` counts its values."""

    function: TextFunction
    value: "Value"
    type: FieldType


@dataclass(frozen=True)
class Distance:
    """Metres from a point, along a great circle of the mean Earth."""

    value: "Value"
    lon: float
    lat: float
    type: FieldType = "double"


@dataclass(frozen=True)
class Negative:
    value: "Value"
    type: FieldType


@dataclass(frozen=True)
class Calculation:
    """Arithmetic. Whole numbers stay whole but for a quotient; division by zero is missing."""

    operator: ArithmeticOperator
    left: "Value"
    right: "Value"
    type: FieldType = "double"


@dataclass(frozen=True)
class Steps:
    """The range of equal width that a number lies in, as a text such as `[10, 19]`."""

    value: "Value"
    width: int | float
    type: FieldType = "text"


@dataclass(frozen=True)
class TimeSteps:
    """The range of time that a date lies in, as a text such as `[2017-10-10T00:00:00.000Z, ...[`."""

    value: "Value"
    count: int
    unit: Interval
    zone: str
    type: FieldType = "text"


@dataclass(frozen=True)
class Buckets:
    """The range between given bounds that a value lies in, as a text of `names`; outside them all the row is dropped.

    bounds: ascending, one more than names; None: open.
    """

    value: "Value"
    bounds: tuple[int | float | datetime | None, ...]
    names: tuple[str, ...]
    type: FieldType = "text"


@dataclass(frozen=True)
class Cluster:
    """The middle of the square of the globe that a point lies in. degrees: the square's side."""

    value: "Value"
    degrees: float
    type: FieldType = "geo_cluster"


@dataclass(frozen=True)
class Random:
    """A number between 0 and 1 for each row, the same for the same seed."""

    seed: int
    type: FieldType = "double"


@dataclass(frozen=True)
class Aggregate:
    """`argument` None: all rows are counted. Missing (so hidden) values are skipped.

    distinct: each value counts once. fraction: of a percentile, from 0 to 1.
    """

    function: AggregateFunction
    argument: "Value | None"
    type: FieldType
    distinct: bool = False
    fraction: float | None = None


@dataclass(frozen=True)
class HiddenRows:
    """How many rows are hidden, by one of the status fields or by a blank: what an aggregate over them leaves out."""

    statuses: tuple[str, ...]
    blanks: tuple[Column, ...] = ()
    type: FieldType = "int"


@dataclass(frozen=True)
class Limit:
    """The lowest or highest that an aggregate can be, hidden values and rounding taken into account; null: unknown."""

    aggregate: Aggregate
    highest: bool
    type: FieldType = "double"


@dataclass(frozen=True)
class Present:
    """All different values of columns, as a list: what an aggregate is taken over. Of several texts each is a list.

    single: there is one in each group.
    """

    columns: tuple[Column, ...]
    single: bool = False
    type: FieldType = "text"


Range = Steps | TimeSteps | Buckets
Value = (
    Column | Constant | Moment | Local | Part | DateFormat | OfText | Distance | Negative | Calculation | Range
    | Cluster | Random | Aggregate | HiddenRows | Limit | Present
)  # fmt: skip
OverRows = Aggregate | HiddenRows | Limit | Present


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
class InBox:
    """The point lies within the degrees, bounds included; a box may go across the 180th meridian."""

    column: Column
    south: float
    west: float
    north: float
    east: float


@dataclass(frozen=True)
class OnShape:
    """Whether a shape has a point in common with a geometry, lies in it, or is at most `metres` from its point."""

    column: Column
    test: Literal["meeting", "inside", "near"]
    geometry: Geometry
    metres: float = 0.0


@dataclass(frozen=True)
class Inside:
    """The point is one of the geometry's points, or within its rings."""

    column: Column
    geometry: Geometry


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


Condition = Compare | Among | Missing | Words | Begins | InBox | Inside | OnShape | Every | Some | Complement

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


def parts_of(value: Value) -> tuple[Value, ...]:
    """The values that a value is made of, one level down."""
    match value:
        case Column() | Constant() | Random() | Aggregate(argument=None) | HiddenRows() | Limit() | Present():
            return ()
        case Calculation(_, left, right):
            return left, right
        case Aggregate(argument=argument) if argument is not None:
            return (argument,)
        case Moment(inner) | Local(inner) | Part(_, inner) | DateFormat(inner) | OfText(_, inner):
            return (inner,)
        case Distance(inner) | Negative(inner) | Cluster(inner) | Steps(inner) | TimeSteps(inner) | Buckets(inner):
            return (inner,)
    raise AssertionError(value)


def is_aggregate(value: Value) -> bool:
    """Whether an aggregate is anywhere in the value."""
    return isinstance(value, OverRows) or any(is_aggregate(part) for part in parts_of(value))


def bare_columns(value: Value) -> Iterator[Column]:
    """The columns that the value reads outside aggregates."""
    if isinstance(value, Column):
        yield value
    elif not isinstance(value, OverRows):
        for part in parts_of(value):
            yield from bare_columns(part)


def aggregates_of(value: Value) -> Iterator[OverRows]:
    """The aggregates in a value; one never stands in another."""
    if isinstance(value, OverRows):
        yield value
    else:
        for part in parts_of(value):
            yield from aggregates_of(part)


def columns_of(value: Value) -> Iterator[Column]:
    """All columns that a value reads, within aggregates too."""
    if isinstance(value, Column):
        yield value
    for part in parts_of(value):
        yield from columns_of(part)
