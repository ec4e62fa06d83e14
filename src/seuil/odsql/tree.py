"""What a clause says, word for word: the syntax tree of ODSQL. Nothing here knows the dataset's fields.

`span` is the place of a node in the text of its clause (0-based, end excluded). It is no part of what the node says:
two nodes are equal when they say the same.
"""

from dataclasses import dataclass, field
from typing import Literal

Span = tuple[int, int]
ComparisonOperator = Literal["=", "!=", ">", ">=", "<", "<="]
ArithmeticOperator = Literal["+", "-", "*", "/"]


@dataclass(frozen=True, kw_only=True)
class Node:
    span: Span = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True)
class FieldName(Node):
    name: str


@dataclass(frozen=True)
class TextLiteral(Node):
    value: str


@dataclass(frozen=True)
class NumberLiteral(Node):
    value: int | float


@dataclass(frozen=True)
class BooleanLiteral(Node):
    value: bool


@dataclass(frozen=True)
class DateLiteral(Node):
    """`text` as written between the quotes; it has been read as a date."""

    text: str


@dataclass(frozen=True)
class GeometryLiteral(Node):
    """`text` as written between the quotes, WKT or GeoJSON; it has been read as a geometry."""

    text: str


@dataclass(frozen=True)
class Star(Node):
    """`*`, as in `select=*`, `count(*)` or an open end of a range."""


@dataclass(frozen=True)
class Distinct(Node):
    """`distinct field`, as in `count(distinct field)`."""

    value: "Value"


@dataclass(frozen=True)
class Pattern(Node):
    """Names that begin or end alike, as in `include(pop*)`."""

    text: str


@dataclass(frozen=True)
class Quantity(Node):
    """A number with its unit: `10km`, `1 day`."""

    number: float
    unit: str


@dataclass(frozen=True)
class Named(Node):
    """An argument by its name: `days=-7`."""

    name: str
    value: "TextLiteral | NumberLiteral | BooleanLiteral | FieldName"


@dataclass(frozen=True)
class Bounds(Node):
    """The bounds of ranges, `[10, 20, *]`; a bracket turned outwards (`]10, 20[`) opens its end."""

    values: tuple["ValueLiteral | Star", ...]
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True)
class Call(Node):
    """A function by its name in small letters. `parenthesis` is where its `(` stands."""

    function: str
    arguments: tuple["Argument", ...]
    parenthesis: int = field(default=0, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True)
class Arithmetic(Node):
    operator: ArithmeticOperator
    left: "Value"
    right: "Value"


@dataclass(frozen=True)
class Negative(Node):
    """`-value`; in an order, the field from its greatest value on."""

    value: "Value"


ValueLiteral = TextLiteral | NumberLiteral | BooleanLiteral | DateLiteral
Value = FieldName | ValueLiteral | GeometryLiteral | Call | Arithmetic | Negative
Argument = Value | Star | Distinct | Pattern | Quantity | Named | Bounds


@dataclass(frozen=True)
class Comparison(Node):
    operator: ComparisonOperator
    left: Value
    right: Value


@dataclass(frozen=True)
class OneOf(Node):
    """`field IN (value, ...)`"""

    field: FieldName
    values: tuple[ValueLiteral, ...]


@dataclass(frozen=True)
class InRange(Node):
    """`field IN [low..high]`; a bracket turned outwards (`]low..high[`) leaves its bound out."""

    field: FieldName
    low: ValueLiteral
    high: ValueLiteral
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True)
class Holds(Node):
    """`value IN field`: a multivalued field holds the value."""

    value: ValueLiteral
    field: FieldName


@dataclass(frozen=True)
class IsNull(Node):
    field: FieldName


@dataclass(frozen=True)
class IsBoolean(Node):
    """`field IS TRUE` or `field IS FALSE`"""

    field: FieldName
    value: bool


@dataclass(frozen=True)
class Like(Node):
    """`field LIKE "words"`"""

    field: FieldName
    text: str


@dataclass(frozen=True)
class FullText(Node):
    """A string alone: its words are searched in all text fields."""

    text: str


@dataclass(frozen=True)
class Not(Node):
    condition: "Condition"


@dataclass(frozen=True)
class And(Node):
    """Two conditions or more."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True)
class Or(Node):
    """Two conditions or more."""

    conditions: tuple["Condition", ...]


# A field alone is a boolean field, a call alone a predicate such as `search("...")`.
Condition = (
    Comparison | OneOf | InRange | Holds | IsNull | IsBoolean | Like | FullText | FieldName | Call | Not | And | Or
)


@dataclass(frozen=True)
class SelectItem(Node):
    expression: Value | Star
    label: str | None = None


@dataclass(frozen=True)
class GroupItem(Node):
    expression: Value
    label: str | None = None


@dataclass(frozen=True)
class OrderItem(Node):
    expression: Value
    descending: bool = False
