"""What stands in a column, as a text or as a number, the same from Parquet and from CSV.

Nothing here can fail on a value: what is no number is null, and what is no amount is a code that says why.
"""

from enum import IntEnum

import ibis
import ibis.expr.types as ir

from seuil.model.delimited import SPACES
from seuil.model.limits import PARTS
from seuil.records.engines.dialect import BARE, is_bare, to_float

LARGEST_AMOUNT = 10**12  # whole units; in parts of them it is far from what 64 bits hold

_OUTER = f"^[{SPACES}]+|[{SPACES}]+$"
_DASHES = "-\u2010\u2011\u2012\u2013\u2212"
_GAPS = SPACES + "'\u2019"  # what stands between thousands somewhere


class Wrong(IntEnum):
    """Why a value is no amount. Amounts are never negative, so that these codes stand in the place of one."""

    MISSING = -1
    SPACES = -2
    COMMA = -3
    NEGATIVE = -4
    TOO_LARGE = -5
    NO_NUMBER = -6
    DIFFERS = -7  # rows of one unit that agree in everything but this amount


def is_tidy(column: ir.Column) -> ir.BooleanColumn:
    """Whether there is a value that has certainly no spaces around it."""
    return is_bare(column).fill_null(False) if column.type().is_string() else column.notnull()


def as_text(column: ir.Column, *, tidy: bool = False) -> ir.Column:
    """The text without spaces around it; a whole number in a column of floats has no decimals, as in CSV.

    tidy: whether all values are known to be `is_tidy`.
    """
    kind = column.type()
    if kind.is_string() and tidy:
        return column
    if kind.is_string():
        # Trimming takes 2 microseconds a row, which is most of counting; few rows need it.
        return ibis.ifelse(column.re_search(BARE), column, column.re_replace(_OUTER, ""))
    if kind.is_floating():
        whole = column == column.floor()
        in_range = column.abs() < 2.0**53
        small = ibis.ifelse(in_range, column, 0.0)  # a database may look at a branch that isn't taken
        return ibis.ifelse(whole & in_range, small.floor().cast("int64").cast("string"), column.cast("string"))
    return column.cast("string")


def as_number(column: ir.Column) -> ir.Column:
    """A finite float, null where there is none."""
    if not column.type().is_numeric():
        return to_float(as_text(column))
    number = column.cast("float64")
    return ibis.ifelse(number.isnan() | number.isinf(), ibis.null("float64"), number)


def as_amount(column: ir.Column, times: float, parts: int = PARTS) -> ir.Column:
    """`times` x the number in parts of a unit, halves up; one of `Wrong` where there is none from 0 to LARGEST_AMOUNT.

    The engine looks for what is wrong only in values that are no amounts.
    """
    scaled = as_number(column) * times
    fits = ((scaled >= 0) & (scaled <= LARGEST_AMOUNT)).fill_null(False)
    if column.type().is_string():
        fits = fits & ~column.contains("_")  # the engine, and only programs, read 1_000 as a number
    return ibis.ifelse(fits, _in_parts(scaled, parts), _wrong(column, scaled).cast("int64"))


def _in_parts(scaled: ir.Column, parts: int) -> ir.Column:
    """To the nearest part, halves up; an amount above 0 is one part at least, for its contributor counts."""
    nearest = (scaled * parts + 0.5).floor().cast("int64")
    return nearest if parts == 1 else ibis.greatest(nearest, ibis.ifelse(scaled > 0, 1, 0).cast("int64"))


def _wrong(column: ir.Column, scaled: ir.Column) -> ir.Column:
    """The first of `Wrong` that a value is, which is no amount."""
    negative, too_large = (scaled < 0).fill_null(False), (scaled > LARGEST_AMOUNT).fill_null(False)
    if not column.type().is_string():
        return ibis.cases(
            (column.isnull(), Wrong.MISSING.value),
            (negative, Wrong.NEGATIVE.value),
            (too_large, Wrong.TOO_LARGE.value),
            else_=Wrong.NO_NUMBER.value,
        )
    text = as_text(column)
    digits = f"[0-9][{_GAPS}]+[0-9]"
    return ibis.cases(
        ((text.isnull() | (text == "")), Wrong.MISSING.value),
        (negative, Wrong.NEGATIVE.value),
        (too_large, Wrong.TOO_LARGE.value),
        (text.re_search(digits), Wrong.SPACES.value),
        (text.re_search("[0-9],[0-9]"), Wrong.COMMA.value),
        (text.re_search(f"^[{_DASHES}(][^a-zA-Z]*[0-9]|[0-9][{_DASHES})]$"), Wrong.NEGATIVE.value),
        else_=Wrong.NO_NUMBER.value,
    )


def is_period(column: ir.Column, period: int) -> ir.BooleanColumn:
    """Whether the column says that period; null where it says nothing.

    Of whole numbers this is a bare comparison: with anything around it, DuckDB would read all row groups of Parquet.
    """
    return column == period if column.type().is_integer() else as_number(column) == float(period)
