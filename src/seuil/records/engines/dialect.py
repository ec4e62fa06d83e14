"""What Ibis has no common word for, spelled for the database that runs it."""

from functools import reduce
from operator import and_

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from seuil.model.delimited import SPACES

BARE = "^[!-~]+$"
"""Texts of ASCII without a space."""

NUMBER = r"^[+-]?([0-9]{1,40}[.]?[0-9]{0,40}|[.][0-9]{1,40})([eE][+-]?[0-9]{1,2})?$"
"""Texts that every database reads as the same float, which is finite."""


def sha256(text: ir.StringColumn) -> ir.StringColumn:
    """The digest of a text in UTF-8, in hexadecimal digits."""
    if _of_postgresql(text):
        return _encode(_sha256(_convert_to(text, ibis.literal("UTF8"))), ibis.literal("hex"))
    return text.hexdigest("sha256")


def fingerprint(text: ir.StringColumn) -> ir.Column:
    """The same for the same text, seldom for another one: short where the database hashes quickly, to group by."""
    return _hash(text) if _name(text) == "duckdb" else text


def is_bare(text: ir.StringColumn) -> ir.BooleanColumn:
    """True for texts of `BARE`, and for no text that is empty or has a space around it; null or false for these."""
    if _name(text) != "duckdb":
        return text.re_search(BARE)
    # Of every text there is, DuckDB tells this in little more than half the time that the expression takes.
    ends = (~text.like(f"%{space}") for space in SPACES if space.isascii())
    return reduce(and_, ends, (text >= "!") & (text.length() == _strlen(text)))


def bit_or(bits: ir.IntegerColumn) -> ir.IntegerScalar:
    """Every bit that is set in any of them."""
    return _bit_or(bits)


def to_float(text: ir.StringColumn) -> ir.FloatingColumn:
    """The number that a text says, null where it says none. text: without spaces around it."""
    number = ibis.ifelse(text.re_search(NUMBER), text, ibis.null("string"))
    # A database may look at a branch that isn't taken; where it can, it is told to give nothing instead of an error.
    return number.cast("float64") if _of_postgresql(text) else number.try_cast("float64")


def two_largest(amount: ir.IntegerColumn) -> tuple[ir.IntegerScalar, ir.IntegerScalar]:
    """The two largest of a group, the largest first; null in the place of one that isn't there."""
    if _name(amount) == "duckdb":
        largest_first = _max(amount, 2)
        return largest_first[0], largest_first[1]
    if _of_postgresql(amount):
        largest_first = amount.collect(order_by=amount.desc())
        return largest_first[0], largest_first[1]
    # Spark ends with an error where an array is shorter than the place that is asked for.
    several, negated = amount.count() > 1, amount.negate().collect().sort()
    second = negated[ibis.ifelse(several, 1, 0)].negate()
    return negated[0].negate(), ibis.ifelse(several, second, ibis.null("int64"))


def _of_one(argument: ir.Value) -> ir.Value:
    """Stands for a function of the database, which is called by its name: Ibis takes the number of arguments of this.

    So it never runs.
    """
    raise AssertionError(f"the database's own function is called in place of this, with {argument}")


def _of_two(first: ir.Value, second: ir.Value) -> ir.Value:
    """The same for two arguments."""
    raise AssertionError(f"the database's own function is called in place of this, with {first} and {second}")


_max = ibis.udf.agg.builtin(_of_two, name="max", signature=((dt.int64, dt.int64), dt.Array(dt.int64)))
"""DuckDB's: the largest of a group, as many as the second argument says, the largest first."""
_hash = ibis.udf.scalar.builtin(_of_one, name="hash", signature=((dt.string,), dt.uint64))
"""DuckDB's."""
_strlen = ibis.udf.scalar.builtin(_of_one, name="strlen", signature=((dt.string,), dt.int64))
"""DuckDB's: how many bytes a text has, which is how many characters where all are ASCII."""
_bit_or = ibis.udf.agg.builtin(_of_one, name="bit_or", signature=((dt.int64,), dt.int64))
"""All of them have it, and Ibis not for Spark."""
_convert_to = ibis.udf.scalar.builtin(_of_two, name="convert_to", signature=((dt.string, dt.string), dt.binary))
"""PostgreSQL's: the bytes of a text in an encoding."""
_encode = ibis.udf.scalar.builtin(_of_two, name="encode", signature=((dt.binary, dt.string), dt.string))
"""PostgreSQL's: bytes as a text, such as hexadecimal digits."""
_sha256 = ibis.udf.scalar.builtin(_of_one, name="sha256", signature=((dt.binary,), dt.binary))
"""PostgreSQL's."""


def _of_postgresql(column: ir.Value) -> bool:
    return _name(column) == "postgres"


def _name(value: ir.Value) -> str:
    return str(value.get_backend().name)
