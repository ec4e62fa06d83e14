"""What stands in a column, as a text or as a number, the same from Parquet and from CSV.

Nothing here can fail on a value: what is no number is null.
"""

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from seuil.model.delimited import SPACES

BARE = "^[!-~]([ -~]*[!-~])?$"
"""Texts of ASCII without a space at either end."""

LARGEST_AMOUNT = 10**12  # whole units; so that a sum over 9 million rows fits 64 bits


def trim(text: ir.StringValue, characters: ir.StringValue) -> ir.StringValue:
    """DuckDB's own function; Ibis only needs its name and types."""
    raise NotImplementedError  # never run: the engine calls its own function of this name


_trim = ibis.udf.scalar.builtin(trim, signature=((dt.string, dt.string), dt.string))


def as_text(column: ir.Column) -> ir.Column:
    """The text without spaces around it; a whole number in a column of floats has no decimals, as in CSV."""
    kind = column.type()
    if kind.is_string():
        # Trimming a set of characters takes 2 microseconds a row, which is most of counting; few rows need it.
        return ibis.ifelse(column.re_search(BARE), column, _trim(column, ibis.literal(SPACES)))
    if kind.is_floating():
        whole = column == column.floor()
        in_range = column.abs() < 2.0**53
        return ibis.ifelse(whole & in_range, column.try_cast("int64").cast("string"), column.cast("string"))
    return column.cast("string")


def as_number(column: ir.Column) -> ir.Column:
    """A finite float, null where there is none."""
    number = (as_text(column) if column.type().is_string() else column).try_cast("float64")
    return ibis.ifelse(number.isnan() | number.isinf(), ibis.null("float64"), number)


def as_amount(column: ir.Column, times: float) -> ir.Column:
    """`times` x the number, halves up, in whole units; null where it is no number between 0 and LARGEST_AMOUNT."""
    scaled = as_number(column) * times
    fits = (scaled >= 0) & (scaled <= LARGEST_AMOUNT)
    return ibis.ifelse(fits, (scaled + 0.5).floor(), ibis.null("float64")).cast("int64")


def is_period(column: ir.Column, period: int) -> ir.BooleanColumn:
    """Whether the column says that period; false where it says nothing."""
    if column.type().is_integer():
        return (column == period).fill_null(False)
    return (as_number(column) == float(period)).fill_null(False)
