"""Croissant 1.0, for those who train models: https://docs.mlcommons.org/croissant/docs/croissant-spec.html.

The one file is the signed Parquet table. A hidden value is null there, and `<measure>_statut` says NS.
"""

from seuil.catalogue.entry import FieldType
from seuil.model.columns import HIDDEN
from seuil.portal.metadata.dataset import Described
from seuil.portal.metadata.schema_org import Json

_CONTEXT: Json = {
    "@language": "fr",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES: dict[FieldType, str] = {
    "text": "sc:Text",
    "int": "sc:Integer",
    "double": "sc:Float",
    "boolean": "sc:Boolean",
    "date": "sc:Integer",
}
_FILE = "table"


def croissant(described: Described) -> Json:
    """The dataset as Croissant."""
    entry = described.entry
    fields = [
        {
            "@type": "cr:Field",
            "@id": f"rows/{field.name}",
            "name": field.name,
            "description": _text(field.label.fr or field.name, hides=field.hidden_by is not None),
            "dataType": _TYPES[field.type],
            "source": {"fileObject": {"@id": _FILE}, "extract": {"column": field.name}},
        }
        | ({"repeated": True} if field.multivalued else {})
        for field in entry.fields
    ]
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": entry.id,
        "alternateName": entry.title.fr,
        "description": described.description,
        "url": described.page("fr"),
        "license": entry.licence_url or entry.licence,
        "creator": {"@type": "Organization", "name": entry.publisher.fr, "url": f"{described.origin}/"},
        "publisher": {"@type": "Organization", "name": entry.publisher.fr, "url": f"{described.origin}/"},
        "keywords": [word.fr for word in entry.keywords],
        "inLanguage": "fr",
        "version": f"{described.release}.0.0",
        "datePublished": described.day,
        "dateModified": entry.modified.isoformat(),
        "isLiveDataset": False,
        "citeAs": f"{entry.publisher.fr}, {entry.title.fr}, publication {described.release}, {described.page('fr')}",
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": _FILE,
                "name": f"{entry.id}.parquet",
                "description": "La table signée",
                "contentUrl": described.file("parquet"),
                "encodingFormat": "application/x-parquet",
                "sha256": described.sha256,
            }
        ],
        "recordSet": [{"@type": "cr:RecordSet", "@id": "rows", "name": "rows", "field": fields}],
    }


def _text(label: str, *, hides: bool) -> str:
    return f"{label} (vide si {HIDDEN} : voir le statut)" if hides else label
