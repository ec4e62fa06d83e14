"""From the meaning of filters to DuckDB's SQL: true where a row matches, false or null where it doesn't."""

from sqlglot import exp

from seuil.odsql.geometry import Place, Ring
from seuil.odsql.meaning import (
    Among,
    Begins,
    Buckets,
    Column,
    Compare,
    Complement,
    Condition,
    Every,
    InBox,
    Inside,
    Missing,
    OnShape,
    Some,
    Words,
)
from seuil.odsql.sql import Writer
from seuil.odsql.sql_parts import call, named, number, text, together
from seuil.odsql.words import SEPARATORS, Word

_COMPARISONS: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    ">": exp.GT,
    ">=": exp.GTE,
    "<": exp.LT,
    "<=": exp.LTE,
}


def condition(writer: Writer, asked: Condition) -> exp.Expr:
    """The expression of a condition."""
    match asked:
        case Compare(operator, left, right):
            return _COMPARISONS[operator](this=writer.value(left), expression=writer.value(right))
        case Among():
            return _among(writer, asked)
        case Missing(column):
            return exp.Is(this=writer.value(column), expression=exp.Null())
        case Words():
            return _words(writer, asked)
        case Begins(columns, sought):
            begins = [call("STARTS_WITH", writer.value(column), writer.parameter(sought)) for column in columns]
            return together(exp.Or, begins) if begins else exp.false()
        case InBox():
            return _in_box(writer, asked)
        case Inside():
            return _inside(writer, asked)
        case OnShape():
            return _on_shape(writer, asked)
        case Every(parts):
            return together(exp.And, [condition(writer, part) for part in parts]) if parts else exp.true()
        case Some(parts):
            return together(exp.Or, [condition(writer, part) for part in parts]) if parts else exp.false()
        case Complement(Missing() as part):
            return exp.Not(this=condition(writer, part))
        case Complement(part):
            # Null means no match, so NOT must see a false.
            return exp.Not(this=exp.Coalesce(this=condition(writer, part), expressions=[exp.false()]))


def within_bounds(writer: Writer, buckets: Buckets) -> exp.Expr:
    """Whether a row is in one of the ranges, or in the group of missing values."""
    low, high = buckets.bounds[0], buckets.bounds[-1]
    tests: list[exp.Expr] = []
    if low is not None:
        tests.append(exp.GTE(this=writer.value(buckets.value), expression=writer.parameter(low)))
    if high is not None:
        tests.append(exp.LT(this=writer.value(buckets.value), expression=writer.parameter(high)))
    # Missing values compare as null, which is no false.
    return exp.Coalesce(this=together(exp.And, tests), expressions=[exp.true()]) if tests else exp.true()


def _among(writer: Writer, among: Among) -> exp.Expr:
    column = writer.value(among.column)
    constants = [writer.parameter(constant.value) for constant in among.constants]
    if among.column.field.multivalued:
        return call("LIST_HAS_ANY", column, exp.Array(expressions=constants))
    return exp.In(this=column, expressions=list(constants))


def _words(writer: Writer, search: Words) -> exp.Expr:
    if not search.words:
        return exp.true()
    if not search.columns:
        return exp.false()
    # A column by itself, not all of a row's texts in one: DuckDB then looks at each different value once, not each row.
    return together(
        exp.And,
        [together(exp.Or, [_has_word(writer, column, word) for column in search.columns]) for word in search.words],
    )


def _has_word(writer: Writer, column: Column, word: Word) -> exp.Expr:
    values = None if column.field.texts is None else column.field.texts.having(word)
    if values is not None:
        return call("CONTAINS", writer.parameter(list(values)), writer.value(column)) if values else exp.false()
    if word.typos:
        return _has_similar(writer, column, word)
    sought = writer.parameter(f" {word.text}" if word.prefix else f" {word.text} ")
    return call("CONTAINS", _spaced(writer, column), _folded(sought))


def _has_similar(writer: Writer, column: Column, word: Word) -> exp.Expr:
    """Whether some word differs from the one that is sought by so many letters (Damerau-Levenshtein)."""
    differs = call("DAMERAU_LEVENSHTEIN", exp.column("_word"), _folded(writer.parameter(word.text)))
    near = exp.Lambda(
        this=exp.LTE(this=differs, expression=number(word.typos)), expressions=[exp.to_identifier("_word")]
    )
    words = call("STRING_SPLIT", _spaced(writer, column), text(" "))
    return call("LIST_BOOL_OR", call("LIST_TRANSFORM", words, near))


def _spaced(writer: Writer, column: Column) -> exp.Expr:
    """The words of a text, with one space before and after each."""
    value = writer.value(column)
    if column.field.multivalued:
        value = call("ARRAY_TO_STRING", value, text(" "))
    padded = exp.DPipe(this=exp.DPipe(this=text(" "), expression=value), expression=text(" "))
    return call("REGEXP_REPLACE", _folded(padded), text(SEPARATORS), text(" "), text("g"))


def _folded(value: exp.Expr) -> exp.Expr:
    return call("STRIP_ACCENTS", call("LOWER", value))


def _axis(column: Column, axis: str) -> exp.Expr:
    return call("STRUCT_EXTRACT", named(column.field.name), text(axis))


def _in_box(writer: Writer, box: InBox) -> exp.Expr:
    lat, lon = _axis(box.column, "lat"), _axis(box.column, "lon")
    east_of_west = exp.GTE(this=lon, expression=writer.parameter(box.west))
    west_of_east = exp.LTE(this=lon.copy(), expression=writer.parameter(box.east))
    # A box whose west is east of its east goes around the globe's far side.
    between = exp.And if box.west <= box.east else exp.Or
    return together(
        exp.And,
        [
            exp.GTE(this=lat, expression=writer.parameter(box.south)),
            exp.LTE(this=lat.copy(), expression=writer.parameter(box.north)),
            exp.Paren(this=between(this=east_of_west, expression=west_of_east)),
        ],
    )


def _inside(writer: Writer, inside: Inside) -> exp.Expr:
    tests = [_is_at(writer, inside.column, place) for place in inside.geometry.points]
    if inside.geometry.rings:
        tests.append(_within_rings(writer, inside.column, inside.geometry.rings))
    return together(exp.Or, tests) if tests else exp.false()


def _on_shape(writer: Writer, asked: OnShape) -> exp.Expr:
    """Which of the few shapes fit is found here, so that a row is only asked which of them it has."""
    shapes, geometry = asked.column.field.shapes, asked.geometry
    assert shapes is not None  # the field is one of shapes
    match asked.test:
        case "meeting":
            names = shapes.meeting(geometry)
        case "inside":
            names = shapes.inside(geometry)
        case "near":
            names = shapes.near(*geometry.points[0], asked.metres)
    found = [writer.parameter(name) for name in names]
    return exp.In(this=writer.value(asked.column), expressions=list(found)) if found else exp.false()


def _is_at(writer: Writer, column: Column, place: Place) -> exp.Expr:
    lon, lat = place
    return exp.Paren(
        this=exp.And(
            this=exp.EQ(this=_axis(column, "lon"), expression=writer.parameter(lon)),
            expression=exp.EQ(this=_axis(column, "lat"), expression=writer.parameter(lat)),
        )
    )


def _within_rings(writer: Writer, column: Column, rings: tuple[Ring, ...]) -> exp.Expr:
    """Ray casting: a point is inside where a ray from it crosses the rings an odd number of times."""
    edges = [
        [float(x1), float(y1), float(x2), float(y2)]
        for ring in rings
        for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True)
        if y1 != y2
    ]

    def end(place: int) -> exp.Expr:
        return call("LIST_EXTRACT", exp.column("_edge"), number(place))

    lat, lon = _axis(column, "lat"), _axis(column, "lon")
    above = [exp.Paren(this=exp.GT(this=end(place), expression=lat.copy())) for place in (2, 4)]
    slope = exp.Div(
        this=exp.Paren(this=exp.Sub(this=end(3), expression=end(1))),
        expression=exp.Paren(this=exp.Sub(this=end(4), expression=end(2))),
    )
    up = exp.Paren(this=exp.Sub(this=lat, expression=end(2)))
    crossing = exp.Add(this=end(1), expression=exp.Mul(this=up, expression=slope))
    crossed = exp.And(
        this=exp.NEQ(this=above[0], expression=above[1]),
        expression=exp.LT(this=lon, expression=crossing),
    )
    found = call(
        "LIST_FILTER", writer.parameter(edges), exp.Lambda(this=crossed, expressions=[exp.to_identifier("_edge")])
    )
    return exp.EQ(this=exp.Mod(this=call("LEN", found), expression=number(2)), expression=number(1))
