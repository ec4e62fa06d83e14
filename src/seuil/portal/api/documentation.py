"""What OpenAPI says of the API: parameters and answers. Handlers read the URL themselves, and tell its mistakes."""

from seuil.odsql.limits import DEFAULT_ROWS, LAST_ROW, MOST_GROUPS, MOST_ROWS

Doc = dict[str, object]

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
    "select", "Fields and expressions, each with an optional `as label`: `annee, sum(ntop) as n`.", _TEXT
)
WHERE = _parameter("where", 'A filter: `ntop > 100 and territoire = "75"`.', _TEXT)
REFINE = _parameter("refine", "`field:value`; repeatable.", _REPEATED)
EXCLUDE = _parameter("exclude", "`field:value`, the opposite of `refine`; repeatable.", _REPEATED)
GROUP_BY = _parameter("group_by", "Fields, each with an optional `as label`.", _TEXT)
ORDER_BY = _parameter("order_by", "Fields, labels or aggregates, each with an optional `asc` or `desc`.", _TEXT)
LANG = _parameter("lang", "Language of labels: `fr` (default) or `en`.", _TEXT)
FACET = _parameter("facet", "The facet to be answered; repeatable; all by default.", _REPEATED)
LIMIT = _parameter(
    "limit",
    f"Rows: {DEFAULT_ROWS} by default, at most {MOST_ROWS}; with `group_by` all by default, at most {MOST_GROUPS}.",
    {"type": "integer", "minimum": -1, "maximum": MOST_GROUPS},
)
OFFSET = _parameter(
    "offset",
    f"Rows to skip; offset + limit is at most {LAST_ROW}, with `group_by` {MOST_GROUPS}.",
    {"type": "integer", "minimum": 0, "maximum": MOST_GROUPS},
)
EXPORT_LIMIT = _parameter("limit", "Rows; all by default.", {"type": "integer", "minimum": -1})
DELIMITER = _parameter(
    "delimiter", "`;` (default), `,`, `|` or a tab.", {"type": "string", "enum": [";", ",", "|", "\t"]}
)
WITH_BOM = _parameter("with_bom", "Begin with a byte order mark; true by default.", _TRUTH)
QUOTE_ALL = _parameter("quote_all", "Quote every text; false by default.", _TRUTH)
USE_LABELS = _parameter("use_labels", "Labels instead of names in the header; false by default.", _TRUTH)
COMPRESSION = _parameter(
    "parquet_compression", "`zstd` (default) or `snappy`.", {"type": "string", "enum": ["zstd", "snappy"]}
)

FILTERS = (WHERE, REFINE, EXCLUDE)
RECORDS = (SELECT, *FILTERS, GROUP_BY, ORDER_BY, LIMIT, OFFSET, LANG)
EXPORT = (SELECT, *FILTERS, GROUP_BY, ORDER_BY, EXPORT_LIMIT, LANG)
EXPORT_OPTIONS = {
    "csv": (DELIMITER, WITH_BOM, QUOTE_ALL, USE_LABELS),
    "json": (),
    "parquet": (COMPRESSION,),
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
FILE: Doc = {"type": "string", "format": "binary"}


def operation(answer: Doc, media_type: str, *, dataset: bool, parameters: tuple[Doc, ...] = ()) -> Doc:
    """What OpenAPI says of an operation beside its name and its summary."""
    responses: dict[str, Doc] = {
        "200": {"description": "The answer.", "content": {media_type: {"schema": answer}}},
        "304": {"description": "The reader's copy still holds."},
        "400": _failure("A query that can't be answered."),
        "503": _failure("Too many queries at once."),
    }
    if dataset:
        responses["404"] = _failure("No such dataset.")
    return {"parameters": [*([DATASET_ID] if dataset else []), *parameters], "responses": responses}


def _failure(description: str) -> Doc:
    return {"description": description, "content": {"application/json": {"schema": _ERROR}}}
