"""Which rows the first API asks for: `q`, `refine.<field>`, `exclude.<field>`, `geofilter.*`, as a request of v2.1."""

import json
import re

from starlette.datastructures import QueryParams

from seuil.odsql import InvalidParameterError, Request, Schema, disjunctive_fields
from seuil.portal.api.legacy_query import filter_of
from seuil.portal.store.places import PLACE

_NUMBER = re.compile(r"-?[0-9]{1,7}(\.[0-9]{1,20})?")
_PAIR = re.compile(r"\(\s*([^(),]+)\s*,\s*([^(),]+)\s*\)")
_FORMS = {
    "geofilter.distance": "latitude,longitude,metres",
    "geofilter.polygon": "(latitude,longitude) three times or more, with commas between",
    "geofilter.bbox": "latitude,longitude,latitude,longitude of two corners",
}


def filtered(query: QueryParams, schema: Schema) -> Request:
    """The filters of a URL, and what it says of facets, zone and language. Raises InvalidParameterError."""
    words = filter_of(query.get("q") or query.get("query") or "", schema)
    places = [_place(name, value, schema) for name, value in query.multi_items() if name in _FORMS and value.strip()]
    return Request(
        where=(words, *places),
        refine=_by_field(query, "refine."),
        exclude=_by_field(query, "exclude."),
        facets=_facets(query),
        disjunctive=disjunctive_fields(query.multi_items()),
        timezone=query.get("timezone"),
        lang=query.get("lang"),
    )


def needs_places(schema: Schema) -> None:
    """Raises InvalidParameterError where the rows of a dataset have no place."""
    if PLACE not in schema:
        raise InvalidParameterError("dataset", "one without places", "one whose territories are departments")


def _place(name: str, value: str, schema: Schema) -> str:
    """A filter of places as ODSQL writes it."""
    needs_places(schema)
    if name == "geofilter.polygon":
        corners = [(_degrees(name, value, lat), _degrees(name, value, lon)) for lat, lon in _PAIR.findall(value)]
        if len(corners) < 3 or _PAIR.sub("", value).strip(" ,()"):
            raise InvalidParameterError(name, value, _FORMS[name])
        ring = ", ".join(f"{lon} {lat}" for lat, lon in (*corners, corners[0]))
        return f"within({PLACE}, geom'POLYGON(({ring}))')"
    numbers = [_degrees(name, value, part) for part in value.split(",")]
    if name == "geofilter.distance" and len(numbers) == 3 and not numbers[2].startswith("-"):
        return f"within_distance({PLACE}, geom'POINT({numbers[1]} {numbers[0]})', {numbers[2]}m)"
    if name == "geofilter.bbox" and len(numbers) == 4:
        return f"in_bbox({PLACE}, {', '.join(numbers)})"
    raise InvalidParameterError(name, value, _FORMS[name])


def _degrees(name: str, value: str, part: str) -> str:
    if not _NUMBER.fullmatch(part.strip()):
        raise InvalidParameterError(name, value, _FORMS[name])
    return part.strip()


def _by_field(query: QueryParams, prefix: str) -> tuple[str, ...]:
    return tuple(
        f"{name.removeprefix(prefix)}:{value}"
        for name, value in query.multi_items()
        if name.startswith(prefix) and value
    )


def _facets(query: QueryParams) -> tuple[str, ...]:
    """The facets by name, each in the order of `facetsort.<field>`."""
    found = []
    for name in dict.fromkeys(name for name in query.getlist("facet") if name.strip()):
        sort = query.get(f"facetsort.{name}", "").strip()
        found.append(f"facet(name={json.dumps(name)}, sort={json.dumps(sort)})" if sort else name)
    return tuple(found)
