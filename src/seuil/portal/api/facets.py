"""What the API answers of facets: their values with counts, paths and times by levels.

A value below another one is told once that other one is refined, as the vendor's service does: of `modified` the years,
with `refine=modified:2026` the months of 2026 too.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from seuil.odsql import (
    Facet,
    Refinement,
    Request,
    Schema,
    compile_declared_facets,
    is_hierarchical,
    read_refinements,
)
from seuil.portal.api.asked import Asked, Json, Prepared, Reply
from seuil.portal.api.hidden import filter_warnings, hidden_header
from seuil.portal.api.parameters import read_query
from seuil.portal.exports.keys import in_zone
from seuil.portal.store.queries import Row

_TIMES = ("%Y", "%m", "%d")
_BETWEEN_TIMES = "/"


def facets(asked: Asked, dataset_id: str) -> Prepared:
    """The values of facets with their counts, all declared facets by default. Raises as `questions.records` does."""
    schema = asked.served.schema(dataset_id)
    return facets_of(asked, schema, asked.served.relation(dataset_id))


def facets_of(asked: Asked, schema: Schema, relation: str) -> Prepared:
    """The values of facets of a table."""
    request = read_query(asked.query)
    compiled = compile_declared_facets(request, schema, relation)

    def answer() -> Reply:
        counted = asked.served.fetch_all([query for _, query in compiled])
        content = [
            {"name": facet.field.name, "facets": facet_values(rows, facet, request, schema)}
            for (facet, _), rows in zip(compiled, counted, strict=True)
        ]
        told: Json = {"links": [], "facets": content}
        # The filters are the same for all facets.
        warnings, header = (
            (filter_warnings(compiled[0][1]), hidden_header(compiled[0][1], ())) if compiled else ([], {})
        )
        return Reply(told | ({"hidden": {"results": [], "warnings": warnings}} if warnings else {}), header)

    return answer


def facet_values(rows: Iterable[Row], facet: Facet, request: Request, schema: Schema) -> list[Json]:
    """The values of a facet, those that the request excludes at the end."""

    def named(parameter: str, raw: tuple[str, ...]) -> list[str]:
        found = read_refinements(parameter, raw, schema, {facet.field.name: facet.field})
        return [_written(one) for one in found if one.field.name == facet.field.name]

    chosen = named("refine", request.refine)
    counted = [(value, int(str(count))) for value, count in (row[:2] for row in rows)]
    if is_hierarchical(facet):
        values = _levels(counted, facet, chosen, request.setting.zone)
    else:
        texts = [(_text(value), count) for value, count in counted]
        values = [_value(text, text, count, refined=text in chosen) for text, count in texts]
    values.extend({"name": one, "value": one, "state": "excluded"} for one in named("exclude", request.exclude))
    return values


def _value(name: str, path: str, count: int, *, refined: bool) -> Json:
    return {"name": name, "value": path, "count": count, "state": "refined" if refined else "displayed"}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _written(refinement: Refinement) -> str:
    """A refinement as the values of its facet are written: `21` of a number with decimals is `21.0`."""
    value = refinement.value
    match refinement.field.type:
        case "int":
            return str(int(value))
        case "double":
            return str(float(value))
        case "boolean":
            return value.lower()
        case "date":
            return value.strip()[:4]
        case "datetime":
            return _BETWEEN_TIMES.join(part.zfill(2) for part in value.strip().replace("-", "/").split("/"))
    return value


def _levels(counted: Iterable[tuple[object, int]], facet: Facet, chosen: Sequence[str], zone: str) -> list[Json]:
    """Paths or times as a hierarchy. zone: of whose clocks."""
    between = facet.field.separator or _BETWEEN_TIMES
    counts: dict[tuple[str, ...], int] = {}
    for value, count in counted:
        parts = _parts(value, between, zone)
        for depth in range(1, len(parts) + 1):
            counts[parts[:depth]] = counts.get(parts[:depth], 0) + count
    below: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for parts in counts:
        below.setdefault(parts[:-1], []).append(parts)
    opened = {tuple(one.split(between))[:depth] for one in chosen for depth in range(1, one.count(between) + 2)}

    def told(parts: tuple[str, ...]) -> list[Json]:
        values = []
        for inner in _sorted(below.get(parts, []), counts, facet):
            value = _value(inner[-1], between.join(inner), counts[inner], refined=inner in opened)
            further = told(inner) if inner in opened else []
            values.append({**value, "facets": further} if further else value)
        return values

    return told(())[: facet.limit]


def _parts(value: object, between: str, zone: str) -> tuple[str, ...]:
    if isinstance(value, datetime):
        return tuple(in_zone(value, zone).strftime(form) for form in _TIMES)
    return tuple(str(value).split(between))


def _sorted(
    found: Iterable[tuple[str, ...]], counts: dict[tuple[str, ...], int], facet: Facet
) -> list[tuple[str, ...]]:
    # Times go by the clock unless something else is asked for: so they did in the vendor's answers.
    by_name = sorted(found)
    descending = facet.sort.startswith("-")
    match facet.sort.removeprefix("-"):
        case "count" if facet.field.type != "datetime":
            return sorted(by_name, key=lambda parts: counts[parts], reverse=descending)
        case "num":
            return sorted(by_name, key=lambda parts: _number(parts[-1]), reverse=descending)
        case "alphanum" if descending:
            return by_name[::-1]
    return by_name


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("-inf")
