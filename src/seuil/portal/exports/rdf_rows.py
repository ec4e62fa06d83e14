"""Rows as RDF: Turtle (and N3, of which it is a part), RDF/XML, JSON-LD. Each row is a node without a name.

A property is the field's name behind `urn:seuil:jeux:<dataset>#`, with an underscore for what XML can't have in a name.
What is hidden or missing has no value; its status stands where that is selected. A place has latitude and longitude in
the W3C's vocabulary, a list a value each.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal
from xml.sax.saxutils import escape

import orjson
import pyarrow as pa

from seuil.odsql import FieldType
from seuil.portal.exports.gpx import printable
from seuil.portal.exports.json_array import rows_of
from seuil.portal.exports.keys import Key

RdfFormat = Literal["turtle", "n3", "rdfxml", "jsonld"]
_GEO = "http://www.w3.org/2003/01/geo/wgs84_pos#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_TYPES: dict[FieldType, str] = {
    "int": "integer", "double": "double", "boolean": "boolean", "date": "gYear", "datetime": "dateTime",
}  # fmt: skip
_OTHER = re.compile("[^A-Za-z0-9_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff-]")
_ESCAPED = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_Row = list[tuple[str, FieldType, object]]
"""Names of properties with the type and the value of each, one a value."""


def rdf_chunks(
    batches: Iterator[pa.RecordBatch], keys: Sequence[Key], fmt: RdfFormat, dataset_id: str
) -> Iterator[bytes]:
    """The file, a piece a batch."""
    space = f"urn:seuil:jeux:{dataset_id}#"
    names = properties([key.name for key in keys])
    head, written, tail, between = _FORMS[fmt]
    before = head(space)
    for batch in batches:
        rows = [written(_values(row, keys, names)) for row in rows_of(batch, keys)]
        if rows:
            yield (before + between.join(rows)).encode()
            before = between
    yield (tail if before == between else before + tail).encode()


def properties(names: Sequence[str]) -> list[str]:
    """The names as XML can have them, no two alike: `count(*)` is `count___`."""
    found: list[str] = []
    for name in names:
        plain = _OTHER.sub("_", name)
        plain = plain if plain[:1].isalpha() or plain.startswith("_") else f"_{plain}"
        number, unique = 1, plain
        while unique in found:
            number += 1
            unique = f"{plain}_{number}"
        found.append(unique)
    return found


def _values(row: dict[str, object], keys: Sequence[Key], names: Sequence[str]) -> _Row:
    found: _Row = []
    for key, name, value in zip(keys, names, row.values(), strict=True):
        if value is not None:
            found.extend((name, key.type, one) for one in (value if isinstance(value, list) else [value]))
    return found


def _text(kind: FieldType, value: object) -> str:
    if kind == "boolean":
        return "true" if value else "false"
    return orjson.dumps(value).decode() if isinstance(value, dict) else printable(str(value))


def _turtle(row: _Row) -> str:
    said = []
    for name, kind, value in row:
        if kind == "geo_point_2d" and isinstance(value, dict):
            said.append(f":{name} [ geo:lat {value['lat']!r} ; geo:long {value['lon']!r} ]")
        else:
            known = f"^^xsd:{_TYPES[kind]}" if kind in _TYPES else ""
            said.append(f':{name} "{_text(kind, value).translate(_ESCAPED)}"{known}')
    return f"[] {' ; '.join(said)} .\n" if said else ""


def _xml(row: _Row) -> str:
    said = []
    for name, kind, value in row:
        if kind == "geo_point_2d" and isinstance(value, dict):
            inside = f"<geo:lat>{value['lat']}</geo:lat><geo:long>{value['lon']}</geo:long>"
            said.append(f'<{name} rdf:parseType="Resource">{inside}</{name}>')
        else:
            known = f' rdf:datatype="{_XSD}{_TYPES[kind]}"' if kind in _TYPES else ""
            said.append(f"<{name}{known}>{escape(_text(kind, value))}</{name}>")
    return f"<rdf:Description>{''.join(said)}</rdf:Description>\n"


def _json(row: _Row) -> str:
    said: dict[str, object] = {}
    for name, kind, value in row:
        known: object = value
        if kind == "geo_point_2d" and isinstance(value, dict):
            known = {"geo:lat": value["lat"], "geo:long": value["lon"]}
        elif kind in _TYPES:
            known = {"@type": f"xsd:{_TYPES[kind]}", "@value": _text(kind, value)}
        elif isinstance(value, dict):
            known = _text(kind, value)
        if name in said:
            before = said[name]
            said[name] = [*(before if isinstance(before, list) else [before]), known]
        else:
            said[name] = known
    return orjson.dumps(said).decode()


def _turtle_head(space: str) -> str:
    prefixes = {"": space, "geo": _GEO, "xsd": _XSD}
    return "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items())


def _xml_head(space: str) -> str:
    spaces = f'xmlns="{escape(space)}" xmlns:geo="{_GEO}" xmlns:rdf="{_RDF}"'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rdf:RDF {spaces}>\n'


def _json_head(space: str) -> str:
    context = {"@vocab": space, "geo": _GEO, "xsd": _XSD}
    return f'{{"@context":{orjson.dumps(context).decode()},"@graph":['


_FORMS = {
    "turtle": (_turtle_head, _turtle, "", ""),
    "n3": (_turtle_head, _turtle, "", ""),
    "rdfxml": (_xml_head, _xml, "</rdf:RDF>\n", ""),
    "jsonld": (_json_head, _json, "]}", ","),
}
