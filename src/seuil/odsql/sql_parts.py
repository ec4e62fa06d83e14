"""The small parts of DuckDB's SQL that expressions are put together from, and what writes them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from sqlglot import exp

from seuil.odsql.meaning import Value
from seuil.odsql.schema import ROW_POSITION


class Writes(Protocol):
    """What writes the expressions of one statement: `sql.Writer`."""

    def parameter(self, value: object) -> exp.Parameter:
        """A place for `value`."""

    def value(self, value: Value) -> exp.Expr:
        """The expression of a value."""

    def number(self, value: Value, whole: bool) -> exp.Expr:
        """The expression of a number, in 64 bits or in floating point."""


def once(first: exp.Expr) -> Callable[[], exp.Expr]:
    """An expression that is written several times with the same parameters."""
    return lambda: first.copy()


def named(name: str) -> exp.Column:
    """A column by its name."""
    return exp.column(exp.to_identifier(name, quoted=True))


def call(function: str, *arguments: exp.Expr) -> exp.Anonymous:
    """A function of DuckDB."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def text(constant: str) -> exp.Literal:
    """A text of this program, never of a query."""
    return exp.Literal.string(constant)


def number(constant: int) -> exp.Expr:
    """A number of this program, never of a query."""
    return exp.Literal.number(constant)


def together(connector: type[exp.Binary], parts: Sequence[exp.Expr]) -> exp.Expr:
    """The parts, joined as a balanced tree, so that a long list is no deep one."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return exp.Paren(
        this=connector(this=together(connector, parts[:middle]), expression=together(connector, parts[middle:]))
    )


def status_of(statuses: Sequence[str]) -> exp.Expr:
    """What hides a value that depends on measures with these status fields: NS goes before ND, in the alphabet too."""
    if len(statuses) == 1:
        return named(statuses[0])
    return call("GREATEST", *(named(status) for status in statuses))


def each_of(values: exp.Expr) -> exp.Expr:
    """A row for each different value of a list, one with a missing value for a list without any."""
    listed = call("LIST_DISTINCT", values)
    some = exp.GT(this=call("LEN", listed), expression=number(0))
    nothing = exp.cast(exp.Array(expressions=[exp.Null()]), exp.DataType.build("VARCHAR[]", dialect="duckdb"))
    return call("UNNEST", exp.Case(default=nothing).when(some, listed.copy()))


def labelled(value: exp.Expr, name: str) -> exp.Alias:
    """A value under a name. It is moved, not copied: sqlglot's copies are a fifth of the time of a statement."""
    found = exp.alias_(value, name, quoted=True, copy=False)
    assert isinstance(found, exp.Alias)
    return found


def selected(columns: Iterable[exp.Expr], source: exp.Table | exp.Subquery) -> exp.Select:
    """A SELECT of columns, which are moved too."""
    return exp.Select().select(*columns, copy=False).from_(source, copy=False)


def row_order() -> exp.Ordered:
    """The order of the file."""
    return exp.Ordered(this=named(ROW_POSITION))
