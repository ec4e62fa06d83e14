"""From meaning to DuckDB's SQL, as sqlglot's expressions.

Nothing of a query's text becomes text of the statement: literals become parameters, columns are those of the schema,
and what the query names itself (labels) stays outside, beside the statement.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from seuil.odsql.meaning import (
    Aggregate,
    Among,
    Begins,
    Calculation,
    Column,
    Compare,
    Complement,
    Condition,
    Constant,
    Every,
    Missing,
    Some,
    SortKey,
    Value,
    Words,
    Year,
)
from seuil.odsql.schema import ROW_POSITION
from seuil.odsql.words import SEPARATORS

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    ">": exp.GT,
    ">=": exp.GTE,
    "<": exp.LT,
    "<=": exp.LTE,
}
_ARITHMETIC: dict[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}
_AGGREGATES: dict[str, type[exp.AggFunc]] = {
    "count": exp.Count,
    "sum": exp.Sum,
    "avg": exp.Avg,
    "min": exp.Min,
    "max": exp.Max,
    "median": exp.Median,
}


def named(name: str) -> exp.Column:
    """A column by its name."""
    return exp.column(exp.to_identifier(name, quoted=True))


def row_order() -> exp.Ordered:
    """The order of the file."""
    return exp.Ordered(this=named(ROW_POSITION))


@dataclass
class Writer:
    """Writes the expressions of one statement, and collects its parameters.

    grouped: whether the statement has groups. Without them an aggregate is written over all rows and repeated on each.
    """

    grouped: bool = False
    parameters: list[object] = field(default_factory=list)

    def parameter(self, value: object) -> exp.Parameter:
        """A place for `value`."""
        self.parameters.append(value)
        return exp.Parameter(this=exp.Literal.number(len(self.parameters)))

    def value(self, value: Value) -> exp.Expr:
        """The expression of a value."""
        match value:
            case Column(column) | Year(Column(column)):
                return named(column.name)
            case Constant(constant):
                return self.parameter(constant)
            case Aggregate():
                return self._aggregate(value)
            case Calculation(operator, left, right):
                one, other = self._double(left), self._double(right)
                if operator == "/":
                    other = exp.Nullif(this=other, expression=exp.Literal.number(0))
                return exp.Paren(this=_ARITHMETIC[operator](this=one, expression=other))

    def order(self, key: SortKey) -> exp.Ordered:
        """One key of an order; missing values come last both ways, which is DuckDB's own rule."""
        return exp.Ordered(this=self.value(key.value), desc=key.descending)

    def condition(self, condition: Condition) -> exp.Expr:
        """The expression of a condition: true where it matches, false or null where it doesn't."""
        match condition:
            case Compare(operator, left, right):
                return _COMPARISONS[operator](this=self.value(left), expression=self.value(right))
            case Among():
                return self._among(condition)
            case Missing(column):
                return exp.Is(this=self.value(column), expression=exp.Null())
            case Words():
                return self._words(condition)
            case Begins(columns, text):
                begins = [_call("STARTS_WITH", self.value(column), self.parameter(text)) for column in columns]
                return _joined(exp.Or, begins) if begins else exp.false()
            case Every(conditions):
                return _joined(exp.And, [self.condition(part) for part in conditions]) if conditions else exp.true()
            case Some(conditions):
                return _joined(exp.Or, [self.condition(part) for part in conditions]) if conditions else exp.false()
            case Complement(Missing() as part):
                return exp.Not(this=self.condition(part))
            case Complement(part):
                # Null means no match, so NOT must see a false.
                return exp.Not(this=exp.Coalesce(this=self.condition(part), expressions=[exp.false()]))

    def _aggregate(self, aggregate: Aggregate) -> exp.Expr:
        argument = exp.Star() if aggregate.argument is None else self.value(aggregate.argument)
        written: exp.Expr = _AGGREGATES[aggregate.function](this=argument)
        if not self.grouped:
            written = exp.Window(this=written)
        if aggregate.function == "sum" and aggregate.type == "int":
            # DuckDB sums whole numbers in 128 bits, which Arrow would carry as decimals.
            written = exp.cast(written, exp.DataType.Type.BIGINT)
        return written

    def _double(self, value: Value) -> exp.Expr:
        if isinstance(value, Calculation):
            return self.value(value)
        return exp.cast(self.value(value), exp.DataType.Type.DOUBLE)

    def _among(self, among: Among) -> exp.Expr:
        column = self.value(among.column)
        constants = [self.parameter(constant.value) for constant in among.constants]
        if among.column.field.multivalued:
            return _call("LIST_HAS_ANY", column, exp.Array(expressions=constants))
        return exp.In(this=column, expressions=list(constants))

    def _words(self, search: Words) -> exp.Expr:
        if not search.words:
            return exp.true()
        if not search.columns:
            return exp.false()
        found = []
        for word in search.words:
            sought = self.parameter(f" {word.text}" if word.prefix else f" {word.text} ")
            found.append(_call("CONTAINS", self._spaced(search.columns), _folded(sought)))
        return _joined(exp.And, found)

    def _spaced(self, columns: tuple[Column, ...]) -> exp.Expr:
        """All words of the columns in one text, with one space before and after each."""
        texts = [
            _call("ARRAY_TO_STRING", self.value(column), _text(" ")) if column.field.multivalued else self.value(column)
            for column in columns
        ]
        together = _call("CONCAT_WS", _text(" "), _text(""), *texts, _text(""))
        return _call("REGEXP_REPLACE", _folded(together), _text(SEPARATORS), _text(" "), _text("g"))


def _call(function: str, *arguments: exp.Expr) -> exp.Anonymous:
    return exp.Anonymous(this=function, expressions=list(arguments))


def _text(constant: str) -> exp.Literal:
    """A text of this program, never of a query."""
    return exp.Literal.string(constant)


def _folded(text: exp.Expr) -> exp.Expr:
    return _call("STRIP_ACCENTS", exp.Lower(this=text))


def _joined(connector: type[exp.Connector], parts: Sequence[exp.Expr]) -> exp.Expr:
    """The parts, joined as a balanced tree, so that a long list is no deep one."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return exp.Paren(
        this=connector(this=_joined(connector, parts[:middle]), expression=_joined(connector, parts[middle:]))
    )
