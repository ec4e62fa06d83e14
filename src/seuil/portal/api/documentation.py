"""What OpenAPI says of the API: parameters and answers. Handlers read the URL themselves, and tell its mistakes."""

from seuil.odsql.date_format import LANGUAGES
from seuil.odsql.limits import MOST_GROUPS

Doc = dict[str, object]

N_ = str
"""Marks a text that the console's page translates (gettext). Extraction needs it whole, so numbers are written out."""

_REPEATED: Doc = {"type": "array", "items": {"type": "string"}}
_TEXT: Doc = {"type": "string"}
_TRUTH: Doc = {"type": "boolean"}
_BLANK: Doc = {"type": ["string", "null"], "maxLength": 0, "description": "A blank parameter says nothing."}

DATASET_ID: Doc = {"name": "dataset_id", "in": "path", "required": True, "schema": _TEXT}


def _parameter(name: str, description: str, schema: Doc) -> Doc:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": _or_blank(schema)}


def _or_blank(schema: Doc) -> Doc:
    return schema if schema in (_TEXT, _REPEATED) else {"anyOf": [schema, _BLANK]}


SELECT = _parameter(
    "select", N_("Fields and expressions, each with an optional `as label`: `annee, sum(ntop) as n`."), _TEXT
)
WHERE = _parameter("where", N_('A filter: `ntop > 100 and territoire = "75"`.'), _TEXT)
REFINE = _parameter("refine", N_("`field:value`; repeatable."), _REPEATED)
EXCLUDE = _parameter("exclude", N_("`field:value`, the opposite of `refine`; repeatable."), _REPEATED)
GROUP_BY = _parameter("group_by", N_("Fields, each with an optional `as label`."), _TEXT)
ORDER_BY = _parameter("order_by", N_("Fields, labels or aggregates, each with an optional `asc` or `desc`."), _TEXT)
LANG = _parameter(
    "lang",
    N_("Language of names in `date_format` and, for `fr` (default) and `en`, of titles and labels."),
    {"type": "string", "enum": list(LANGUAGES)},
)
TIMEZONE = _parameter("timezone", N_("Time zone of dates and times, such as `Europe/Paris`; `UTC` by default."), _TEXT)
INCLUDE_LINKS = _parameter("include_links", N_("Add `_links`; false by default."), _TRUTH)
INCLUDE_METAS = _parameter("include_app_metas", N_("Add `_id`, `_timestamp` and `_size`; false by default."), _TRUTH)
FACET = _parameter(
    "facet",
    N_('A facet to be answered (all by default), or how one is meant: `facet(name="...", disjunctive=true)`.'),
    _REPEATED,
)
LIMIT = _parameter(
    "limit",
    N_("Rows: 10 by default, at most 100; with `group_by` all by default, at most 20000."),
    {"type": "integer", "minimum": -1, "maximum": MOST_GROUPS},
)
OFFSET = _parameter(
    "offset",
    N_("Rows to skip; offset + limit is at most 10000, with `group_by` 20000."),
    {"type": "integer", "minimum": 0, "maximum": MOST_GROUPS},
)
EXPORT_LIMIT = _parameter("limit", N_("Rows; all by default."), {"type": "integer", "minimum": -1})
OFFSET_ANY = _parameter("offset", N_("Rows to skip."), {"type": "integer", "minimum": 0})
DELIMITER = _parameter(
    "delimiter", N_("`;` (default), `,`, `|` or a tab."), {"type": "string", "enum": [";", ",", "|", "\t"]}
)
WITH_BOM = _parameter("with_bom", N_("Begin with a byte order mark; true by default."), _TRUTH)
QUOTE_ALL = _parameter("quote_all", N_("Quote every text; false by default."), _TRUTH)
USE_LABELS = _parameter("use_labels", N_("Labels instead of names in the header; false by default."), _TRUTH)
COMPRESSION = _parameter(
    "parquet_compression",
    N_("`snappy` (default) or `zstd`; all of a dataset without any parameter is the file that was signed."),
    {"type": "string", "enum": ["snappy", "zstd"]},
)
LIST_SEPARATOR = _parameter("list_separator", N_("Between the values of a list; `,` by default."), _TEXT)
HIDDEN = _parameter(
    "hidden",
    N_("Hidden values read `NS` (`ns`, default) or nothing (`empty`), or have columns of their own (`columns`)."),
    {"type": "string", "enum": ["ns", "empty", "columns"]},
)
COMPRESSED = _parameter("compressed", N_("As a gzip file; false by default."), _TRUTH)
EPSG = _parameter(
    "epsg",
    N_("Horizontal reference system of places, by its number: 4326 (degrees) by default, such as 3857 or 2154."),
    {"type": "integer", "minimum": 1024, "maximum": 32767},
)

FILTERS = (WHERE, REFINE, EXCLUDE, FACET)
SETTING = (LANG, TIMEZONE)
BESIDE = (INCLUDE_LINKS, INCLUDE_METAS)
RECORDS = (SELECT, *FILTERS, GROUP_BY, ORDER_BY, LIMIT, OFFSET, *SETTING, *BESIDE)
DATASETS = RECORDS
ONE = (SELECT, *SETTING, *BESIDE)
ONE_RECORD = (SELECT, *SETTING)
COUNTED = (*FILTERS, *SETTING)
EXPORT = (SELECT, *FILTERS, GROUP_BY, ORDER_BY, EXPORT_LIMIT, OFFSET_ANY, *SETTING, HIDDEN, COMPRESSED)
CATALOGUE_ROWS = (SELECT, GROUP_BY)
CATALOGUE_EXPORT = (*FILTERS, ORDER_BY, EXPORT_LIMIT, OFFSET_ANY, *SETTING)
INCLUDE_EXPORTS = _parameter(
    "include_exports", N_("Formats of distributions, with commas between; all by default."), _TEXT
)
LABELS_IN_EXPORTS = _parameter(
    "use_labels_in_exports", N_("Whether tables that are listed have labels in their headers; true by default."), _TRUTH
)
CATALOGUE_OPTIONS: dict[str, tuple[Doc, ...]] = {
    "csv": (DELIMITER, LIST_SEPARATOR, WITH_BOM, QUOTE_ALL, USE_LABELS),
    "xlsx": (LIST_SEPARATOR, USE_LABELS),
    **dict.fromkeys(("ttl", "rdf", "jsonld", "dcat"), (INCLUDE_EXPORTS, LABELS_IN_EXPORTS)),
}
EXPORT_OPTIONS: dict[str, tuple[Doc, ...]] = {
    "csv": (DELIMITER, LIST_SEPARATOR, WITH_BOM, QUOTE_ALL, USE_LABELS),
    "json": (),
    "jsonl": (),
    "xlsx": (LIST_SEPARATOR, USE_LABELS),
    "parquet": (COMPRESSION,),
    "geojson": (EPSG,),
    "kml": (),
    "shp": (EPSG,),
    "gpx": (
        _parameter("name_field", N_("Field that names a waypoint; a label by default."), _TEXT),
        _parameter("description_field_list", N_("Fields of its text, with commas between; none by default."), _TEXT),
        _parameter("use_extension", N_("Tell all other fields as extensions; false by default."), _TRUTH),
    ),
    "fgb": (EPSG,),
    **dict.fromkeys(("ov2", "turtle", "n3", "rdfxml", "jsonld"), ()),
}

_ERROR: Doc = {
    "type": "object",
    "required": ["error_code", "message"],
    "properties": {"error_code": _TEXT, "message": _TEXT},
}
RESULTS: Doc = {
    "type": "object",
    "required": ["results"],
    "properties": {
        "total_count": {"type": "integer", "description": "Rows that match; absent with `group_by`."},
        "results": {"type": "array", "items": {"type": "object"}},
        "hidden": {
            "type": "object",
            "description": "What aggregates leave out because it is hidden; absent where that is nothing.",
        },
    },
}
DATASET: Doc = {
    "type": "object",
    "required": ["dataset_id", "metas", "fields"],
    "properties": {"dataset_id": _TEXT, "metas": {"type": "object"}, "fields": {"type": "array"}},
}
FACETS: Doc = {
    "type": "object",
    "required": ["links", "facets"],
    "properties": {"links": {"type": "array"}, "facets": {"type": "array", "items": {"type": "object"}}},
}
LINKS: Doc = {
    "type": "object",
    "required": ["links"],
    "properties": {
        "links": {
            "type": "array",
            "items": {"type": "object", "required": ["href", "rel"], "properties": {"href": _TEXT, "rel": _TEXT}},
        }
    },
}
ROWS: Doc = {"type": "array", "items": {"type": "object"}}
FEATURES: Doc = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {"type": {"const": "FeatureCollection"}, "features": {"type": "array"}},
}
FILE: Doc = {"type": "string", "format": "binary"}


RECORD: Doc = {"type": "object", "description": "The fields of a record."}
ANYTHING: Doc = {}
ATTACHMENTS: Doc = {
    "type": "object",
    "required": ["links", "attachments"],
    "properties": {"links": {"type": "array"}, "attachments": {"type": "array", "items": {"type": "object"}}},
}
RECORD_ID: Doc = {"name": "record_id", "in": "path", "required": True, "schema": _TEXT}


SCHEMAS: dict[str, Doc] = {
    "Error": _ERROR,
    "Results": RESULTS,
    "Dataset": DATASET,
    "Facets": FACETS,
    "Links": LINKS,
    "Attachments": ATTACHMENTS,
    "Features": FEATURES,
}
"""What operations refer to: the components of the description."""


def _reference(schema: Doc) -> Doc:
    name = next((name for name, one in SCHEMAS.items() if one is schema), None)
    return schema if name is None else {"$ref": f"#/components/schemas/{name}"}


def operation(
    description: str,
    answer: Doc,
    media_type: str = "application/json",
    *,
    dataset: bool = False,
    record: bool = False,
    gzip: bool = False,
    parameters: tuple[Doc, ...] = (),
) -> Doc:
    """What OpenAPI says of an operation beside its name. gzip: whether it gives a file, which can be packed and read in
    parts."""
    content: dict[str, Doc] = {media_type: {"schema": _reference(answer)}}
    if gzip:
        content["application/gzip"] = {"schema": FILE}
    responses: dict[str, Doc] = {
        "200": {"description": "The answer.", "content": content},
        "304": {"description": "The reader's copy still holds."},
        "400": _failure("A query that can't be answered."),
        "429": _failure("Too many requests of one client."),
        "503": _failure("Too many queries at once."),
    }
    if gzip:
        responses["206"] = {"description": "The parts that `Range` asks for.", "content": content}
        responses["416"] = _failure("Parts that the file hasn't.")
    if dataset:
        responses["404"] = _failure("No such dataset or record.")
    path = [*([DATASET_ID] if dataset else []), *([RECORD_ID] if record else [])]
    return {"description": description, "parameters": [*path, *parameters], "responses": responses}


def _failure(description: str) -> Doc:
    return {"description": description, "content": {"application/json": {"schema": _reference(_ERROR)}}}
