"""From the meaning of values to DuckDB's SQL, as sqlglot's expressions.

Nothing of a query's text becomes text of the statement: literals become parameters, columns are those of the schema,
and what the query names itself (labels) stays outside, beside the statement.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlglot import exp

from seuil.model.columns import HIDDEN
from seuil.odsql.meaning import (
    Aggregate,
    Buckets,
    Calculation,
    Cluster,
    Column,
    Constant,
    DateFormat,
    Distance,
    HiddenRows,
    Limit,
    Local,
    Moment,
    Negative,
    OfText,
    Part,
    Present,
    Random,
    Steps,
    TimeSteps,
    Value,
)
from seuil.odsql.schema import ROW_POSITION, Field
from seuil.odsql.sql_dates import date_value
from seuil.odsql.sql_parts import call, named, number, once, status_of, text, together
from seuil.odsql.sql_ranges import range_value

_ARITHMETIC: dict[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul, "/": exp.Div}
_AGGREGATES = {
    "count": "COUNT", "sum": "SUM", "avg": "AVG", "min": "MIN", "max": "MAX", "median": "MEDIAN",
    "percentile": "QUANTILE_CONT", "stddev": "STDDEV_POP", "variance": "VAR_POP",
}  # fmt: skip
_EARTH_RADIUS = 6_371_008  # metres: the mean radius of the International Union of Geodesy and Geophysics, rounded


@dataclass
class Writer:
    """Writes the expressions of one statement, and collects its parameters.

    given: values that a subquery has made already, by the names of its columns.
    """

    parameters: list[object] = field(default_factory=list)
    given: Mapping[Value, str] = field(default_factory=dict)

    def parameter(self, value: object) -> exp.Parameter:
        """A place for `value`."""
        self.parameters.append(value)
        return exp.Parameter(this=exp.Literal.number(len(self.parameters)))

    def value(self, value: Value) -> exp.Expr:
        """The expression of a value."""
        if value in self.given:
            return named(self.given[value])
        match value:
            case Column(column):
                return named(column.name)
            case Constant(constant):
                return self.parameter(constant)
            case Aggregate():
                return self._aggregate(value)
            case HiddenRows(statuses, blanks):
                tests: list[exp.Expr] = [exp.Is(this=self.value(column), expression=exp.Null()) for column in blanks]
                if statuses:
                    tests.append(exp.EQ(this=status_of(statuses), expression=text(HIDDEN)))
                return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=together(exp.Or, tests)))
            case Limit():
                return self._limit(value)
            case Present(columns, single):
                told = [self.value(column) for column in columns]
                (one,) = told if len(told) == 1 else [call("LIST_VALUE", *told)]
                if single:
                    return call("LIST_VALUE", call("ANY_VALUE", one))
                return call("LIST", exp.Distinct(expressions=[one]))
            case Calculation():
                return self._calculation(value)
            case Negative(inner):
                return exp.Paren(this=exp.Neg(this=self.number(inner, value.type == "int")))
            case Random(seed):
                return call("HASH", named(ROW_POSITION), self.parameter(seed))
            case OfText("length", inner) if self._is_list(inner):
                return call("LEN", self.value(inner))
            case OfText(function, inner):
                return call(function.upper(), self.value(inner))
            case Distance():
                return self._distance(value)
            case Cluster():
                return self._cluster(value)
            case Moment() | Local() | Part() | DateFormat():
                return date_value(self, value)
            case Steps() | TimeSteps() | Buckets():
                return range_value(self, value)

    def _is_list(self, value: Value) -> bool:
        """Whether it is a list of texts, not each of them in turn, as where rows are grouped by them."""
        return isinstance(value, Column) and value.field.multivalued and value not in self.given

    def _aggregate(self, aggregate: Aggregate) -> exp.Expr:
        if aggregate.argument is None:
            return exp.Count(this=exp.Star())
        if aggregate.function == "envelope":
            return self._envelope(aggregate.argument)
        arguments = [self.value(aggregate.argument)]
        if aggregate.distinct and self._is_list(aggregate.argument):
            lists = call("LIST", exp.Distinct(expressions=arguments))
            # Null where no row has a list.
            return call("COALESCE", call("LEN", call("LIST_DISTINCT", call("FLATTEN", lists))), number(0))
        if aggregate.distinct:
            return exp.Count(this=exp.Distinct(expressions=arguments))
        if aggregate.fraction is not None:
            arguments.append(self.parameter(aggregate.fraction))
        written: exp.Expr = call(_AGGREGATES[aggregate.function], *arguments)
        if aggregate.function == "sum" and aggregate.type == "int":
            # DuckDB sums whole numbers in 128 bits, which Arrow would carry as decimals.
            written = exp.cast(written, exp.DataType.Type.BIGINT)
        return written

    def _limit(self, limit: Limit) -> exp.Expr:
        """The same aggregate of the lowest or highest values: all of them grow with what they are taken of."""
        match limit.aggregate:
            case Aggregate(argument=Column(column)) as aggregate:
                bound = Field(column.upper_bound if limit.highest else column.lower_bound, "double")
                found = self.value(replace(aggregate, argument=Column(bound), type="double"))
                if not limit.highest:
                    return found
                # One value without a highest leaves the aggregate without one.
                lowest, highest = (exp.Count(this=named(name)) for name in (column.lower_bound, column.upper_bound))
                return exp.Case().when(exp.EQ(this=lowest, expression=highest), found)
        raise AssertionError(limit)

    def _envelope(self, point: Value) -> exp.Expr:
        place = once(self.value(point))
        sides = [
            call(function, call("STRUCT_EXTRACT", place(), text(axis)))
            for function, axis in (("MIN", "lon"), ("MIN", "lat"), ("MAX", "lon"), ("MAX", "lat"))
        ]
        return exp.Array(expressions=sides)

    def _cluster(self, cluster: Cluster) -> exp.Expr:
        point, side = once(self.value(cluster.value)), once(self.parameter(cluster.degrees))

        def middle(axis: str) -> exp.Expr:
            steps = call("FLOOR", exp.Div(this=call("STRUCT_EXTRACT", point(), text(axis)), expression=side()))
            return exp.Mul(
                this=exp.Paren(this=exp.Add(this=steps, expression=exp.Literal.number(0.5))), expression=side()
            )

        found = exp.Struct(
            expressions=[exp.PropertyEQ(this=exp.to_identifier(a), expression=middle(a)) for a in ("lat", "lon")]
        )
        return exp.Case().when(exp.Not(this=exp.Is(this=point(), expression=exp.Null())), found)

    def _calculation(self, value: Calculation) -> exp.Expr:
        whole = value.type == "int"
        one, other = self.number(value.left, whole), self.number(value.right, whole)
        if value.operator == "/":
            other = exp.Nullif(this=other, expression=number(0))
        return exp.Paren(this=_ARITHMETIC[value.operator](this=one, expression=other))

    def number(self, value: Value, whole: bool) -> exp.Expr:
        """A number in 64 bits, or in floating point, in which no number of a query overflows."""
        if isinstance(value, Calculation | Negative) and (value.type == "int") == whole:
            return self.value(value)
        return exp.cast(self.value(value), exp.DataType.Type.BIGINT if whole else exp.DataType.Type.DOUBLE)

    def _distance(self, value: Distance) -> exp.Expr:
        """The haversine formula."""
        place = once(self.value(value.value))
        lat, lon = (
            call("RADIANS", call("STRUCT_EXTRACT", place(), text(axis))) for axis in ("lat", "lon")
        )  # fmt: skip
        other_lat = once(call("RADIANS", self.parameter(value.lat)))
        other_lon = call("RADIANS", self.parameter(value.lon))
        across = call("POW", call("SIN", _half(exp.Sub(this=other_lat(), expression=lat.copy()))), number(2))
        along = call("POW", call("SIN", _half(exp.Sub(this=other_lon, expression=lon))), number(2))
        scaled = exp.Mul(this=call("COS", lat), expression=exp.Mul(this=call("COS", other_lat()), expression=along))
        angle = call("ASIN", call("LEAST", number(1), call("SQRT", exp.Add(this=across, expression=scaled))))
        return exp.Paren(this=exp.Mul(this=number(2 * _EARTH_RADIUS), expression=angle))


def _half(angle: exp.Expr) -> exp.Expr:
    return exp.Div(this=exp.Paren(this=angle), expression=number(2))
