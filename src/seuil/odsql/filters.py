"""The rows that a request asks for: `where`, `refine` and `exclude` together."""

from collections.abc import Iterator

from seuil.odsql.conditions import condition_of
from seuil.odsql.errors import MalformedQueryError
from seuil.odsql.facet import facets_asked
from seuil.odsql.meaning import (
    Among,
    Begins,
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
    columns_of,
)
from seuil.odsql.parse import parse_where
from seuil.odsql.refine import excluded, read_refinements, refined
from seuil.odsql.request import Request
from seuil.odsql.schema import Field, Schema
from seuil.odsql.scope import Scope

MOST_SEARCHED = 400
"""Words times fields of all full-text searches of a query. Each costs some milliseconds a million rows."""
MOST_SHAPES = 20
"""Questions of a query about shapes. Each is held against a hundred outlines, some milliseconds."""


def conditions_of(request: Request, schema: Schema, released: str | None = None) -> tuple[Condition, ...]:
    """All filters of a request, without the refinements of the field `released`. Raises a RefusedQueryError."""
    setting = request.setting
    texts = (request.where,) if isinstance(request.where, str) else request.where or ()
    filters = tuple(
        condition_of(parse_where(text), Scope(schema, setting, "where", text)) for text in texts if text.strip()
    )
    every = [one for part in filters for one in _single(part)]
    searched = sum(len(one.words) * len(one.columns) for one in every if isinstance(one, Words))
    if searched > MOST_SEARCHED:
        raise MalformedQueryError(
            f"the filter searches {searched} words in fields, at most {MOST_SEARCHED} are searched at once",
            clause="where",
            expected="fewer words, or the fields that they are searched in",
        )
    shapes = sum(isinstance(one, OnShape) for one in every)
    if shapes > MOST_SHAPES:
        problem = f"the filter asks {shapes} times about shapes, at most {MOST_SHAPES} times at once"
        raise MalformedQueryError(problem, clause="where", expected="fewer geometries, or one of several parts")
    facets = {facet.field.name: facet.field for facet in facets_asked(request, schema)}
    refinements = read_refinements("refine", request.refine, schema, facets)
    kept = tuple(refinement for refinement in refinements if refinement.field.name != released)
    exclusions = read_refinements("exclude", request.exclude, schema, facets)
    return (*filters, *refined(kept, setting.zone), *excluded(exclusions, setting.zone))


def measures_in(conditions: tuple[Condition, ...]) -> tuple[str, ...]:
    """The measures that filters compare: rows where they are hidden don't match."""
    found = (field.name for part in conditions for field in _fields(part) if field.hidden_by or field.blank_hides)
    return tuple(dict.fromkeys(found))


def _single(condition: Condition) -> Iterator[Condition]:
    """The conditions that a condition is made of."""
    match condition:
        case Every(parts) | Some(parts):
            for part in parts:
                yield from _single(part)
        case Complement(part):
            yield from _single(part)
        case _:
            yield condition


def _fields(condition: Condition) -> Iterator[Field]:
    match condition:
        case Compare(_, left, right):
            yield from (column.field for value in (left, right) for column in columns_of(value))
        case Among(column) | InBox(column) | Inside(column) | OnShape(column):
            yield column.field
        case Every(parts) | Some(parts):
            for part in parts:
                yield from _fields(part)
        case Complement(part):
            yield from _fields(part)
        case Missing() | Words() | Begins():
            # Whether a measure is there is what its status says anyway; texts are no measures.
            return
