"""A Frictionless data package with the schema of its table: https://specs.frictionlessdata.io/data-package/.

Its one resource is CSV with commas, in which hidden cells are empty and `<measure>_statut` says NS.
"""

import re

from seuil.catalogue.entry import FieldEntry
from seuil.model.columns import HIDDEN, MISSING
from seuil.portal.metadata.dataset import Described
from seuil.portal.metadata.schema_org import Json

_QUERY = "?hidden=empty&delimiter=%2C&with_bom=false"
_TYPES = {"text": "string", "int": "integer", "double": "number", "boolean": "boolean", "date": "year"}


def datapackage(described: Described) -> Json:
    """The package."""
    entry = described.entry
    name = re.sub(r"[^a-z0-9._-]+", "-", entry.id.lower())
    licence: Json = {"name": re.sub(r"[^A-Za-z0-9._-]+", "-", entry.licence), "title": entry.licence}
    if entry.licence_url:
        licence["path"] = entry.licence_url
    statuses = {field.hidden_by for field in entry.fields if field.hidden_by}
    return {
        "profile": "tabular-data-package",
        "name": name,
        "id": described.page("fr"),
        "title": entry.title.fr,
        "description": described.description,
        "homepage": described.page("fr"),
        "version": f"{described.release}.0.0",
        "created": f"{described.day}T00:00:00Z",
        "keywords": [word.fr for word in entry.keywords],
        "licenses": [licence],
        "contributors": [{"title": entry.publisher.fr, "role": "publisher"}],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name,
                "path": described.file("csv", _QUERY),
                "scheme": "https" if described.origin.startswith("https") else "http",
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "doubleQuote": True, "header": True},
                "schema": {
                    "fields": [_field(field, field.name in statuses) for field in entry.fields],
                    "missingValues": [""],
                },
            }
        ],
    }


def _field(field: FieldEntry, is_status: bool) -> Json:
    told: Json = {"name": field.name, "title": field.label.fr or field.name}
    told["type"] = "string" if field.multivalued else _TYPES[field.type]
    if is_status:
        told["description"] = f"{HIDDEN} : masqué ; {MISSING} : absent ; vide : montré."
        told["constraints"] = {"enum": [HIDDEN, MISSING]}
    return told
