"""From the text of a clause to its syntax tree."""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Literal, cast

from lark import Lark
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken, VisitError
from lark.lexer import PatternStr

from seuil.model.errors import QueryError
from seuil.odsql import tree
from seuil.odsql.build import NoConditionError, TreeBuilder, UnreadableTokenError
from seuil.odsql.errors import MalformedQueryError, QuerySyntaxError
from seuil.odsql.grammar import GRAMMAR
from seuil.odsql.templates import Parsed, filled, has_all, template_of

LONGEST_CLAUSE = 20_000
"""Characters that a clause may have. The longest take a third of a second to compile; no recorded one has 2,000."""

_KEPT = 500
"""Characters of a clause up to which its tree is kept."""

DEEPEST_CLAUSE = 60
"""Levels that a clause may be nested; keeps every walk over a tree far from Python's limit, and DuckDB's."""

_Start = Literal["where", "select", "group_by", "order_by", "facet"]

_READABLE = {
    "NAME": "a field",
    "QUOTED_NAME": "a field",
    "STRING": "a text in quotes",
    "NUMBER": "a number",
    "DATE": "date'YYYY'",
    "BOOLEAN": "true or false",
    "CONSTANT": "NULL, TRUE or FALSE",
    "DIRECTION": "ASC or DESC",
    "OPERATOR": "a comparison such as = or >=",
    "BRACKET": "[ or ]",
    "SIGN": "+ or -",
    "PATTERN": "names such as pop*",
    "QUANTITY": "a quantity such as 1 day or 10km",
    "GEOMETRY": "geom'POINT(lon lat)'",
    "$END": "the end",
}


def parse_where(text: str, clause: str = "where") -> tree.Condition:
    """Read a filter. Raises QuerySyntaxError (a QueryError) where it isn't one. `clause` is its name in messages."""
    return cast(tree.Condition, _parse("where", text, clause))


def parse_select(text: str) -> tuple[tree.SelectItem, ...]:
    """Read a select list. Raises QuerySyntaxError (a QueryError) where it isn't one."""
    return cast(tuple[tree.SelectItem, ...], _parse("select", text, "select"))


def parse_group_by(text: str) -> tuple[tree.GroupItem, ...]:
    """Read a list of groups. Raises QuerySyntaxError (a QueryError) where it isn't one."""
    return cast(tuple[tree.GroupItem, ...], _parse("group_by", text, "group_by"))


def parse_order_by(text: str) -> tuple[tree.OrderItem, ...]:
    """Read an order. Raises QuerySyntaxError (a QueryError) where it isn't one."""
    return cast(tuple[tree.OrderItem, ...], _parse("order_by", text, "order_by"))


def parse_facet(text: str) -> tree.FieldName | tree.Call:
    """Read one facet, a field or `facet(...)`. Raises QuerySyntaxError (a QueryError) where it isn't one."""
    return cast(tree.FieldName | tree.Call, _parse("facet", text, "facet"))


@cache
def _parser() -> Lark:
    return Lark(
        GRAMMAR,
        parser="lalr",
        lexer="contextual",
        start=["where", "select", "group_by", "order_by", "facet"],
        propagate_positions=True,
    )


def _parse(start: _Start, text: str, clause: str) -> Parsed:
    # Readers ask the same of other pages, and of several facets at once. A tree is frozen; a long one would take room.
    return _kept(start, text, clause) if len(text) <= _KEPT else _read(start, text, clause)


@lru_cache(maxsize=256)
def _kept(start: _Start, text: str, clause: str) -> Parsed:
    template = template_of(text)
    parsed = None if template is None else _read_template(start, template.text, template.stand_ins)
    return _read(start, text, clause) if template is None or parsed is None else filled(parsed, template)


@lru_cache(maxsize=256)
def _read_template(start: _Start, text: str, stand_ins: tuple[tree.Span, ...]) -> Parsed | None:
    """The tree of a template, None where its constants can't be put in."""
    try:
        parsed = _read(start, text, start)
    except QueryError:
        return None
    return parsed if has_all(parsed, stand_ins) else None


def _read(start: _Start, text: str, clause: str) -> Parsed:
    if len(text) > LONGEST_CLAUSE:
        raise MalformedQueryError(
            f"the clause has {len(text)} characters, at most {LONGEST_CLAUSE} are allowed", clause=clause
        )
    try:
        parsed: Parsed = TreeBuilder().transform(_parser().parse(text, start=start))
    except UnexpectedInput as error:
        raise _syntax_error(error, clause, text) from None
    except VisitError as error:
        raise _unreadable(error, clause, text) from None
    if _deeper_than(parsed, DEEPEST_CLAUSE):
        raise MalformedQueryError(f"the clause is nested more than {DEEPEST_CLAUSE} levels deep", clause=clause)
    return parsed


def _syntax_error(error: UnexpectedInput, clause: str, text: str) -> QuerySyntaxError:
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        position, found = int(error.token.start_pos or 0), str(error.token)
        expected = error.accepts or error.expected
    elif isinstance(error, UnexpectedCharacters):
        position, found = int(error.pos_in_stream or 0), str(error.char)
        expected = set(error.allowed or ())
    else:
        position, found = len(text), "end of query"
        expected = (error.accepts or error.expected) if isinstance(error, UnexpectedToken) else set()
    return QuerySyntaxError(found, clause=clause, text=text, position=position, expected=_readable(expected))


def _unreadable(error: VisitError, clause: str, text: str) -> Exception:
    cause = error.orig_exc
    if isinstance(cause, NoConditionError):
        rest = text[cause.span[1] :].lstrip()
        found, position = (rest[0], len(text) - len(rest)) if rest else ("end of query", len(text))
        return QuerySyntaxError(found, clause=clause, text=text, position=position, expected=_READABLE["OPERATOR"])
    if not isinstance(cause, UnreadableTokenError):
        return cause
    return QuerySyntaxError(cause.found, clause=clause, text=text, position=cause.position, expected=cause.expected)


def _readable(terminals: set[str]) -> str:
    patterns = {terminal.name: terminal.pattern for terminal in _parser().terminals}
    words = set()
    for name in terminals:
        pattern = patterns.get(name)
        if name in _READABLE:
            words.add(_READABLE[name])
        elif isinstance(pattern, PatternStr):
            words.add(pattern.value)
        elif name.startswith("_"):
            words.add(name.removeprefix("_"))
    return ", ".join(sorted(words))


def _deeper_than(parsed: object, limit: int) -> bool:
    level = list(_nodes(parsed))
    for _ in range(limit):
        level = [child for node in level for part in vars(node).values() for child in _nodes(part)]
        if not level:
            return False
    return True


def _nodes(part: object) -> Iterator[tree.Node]:
    if isinstance(part, tree.Node):
        yield part
    elif isinstance(part, tuple):
        yield from (node for node in part if isinstance(node, tree.Node))
