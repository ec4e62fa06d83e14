"""From a query to the pieces of a file."""

import zlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

import pyarrow as pa

from seuil.catalogue.entry import Entry
from seuil.model.text import Language
from seuil.odsql import Compiled, Request, compile_export
from seuil.portal.exports.csv_text import CsvForm, csv_chunks
from seuil.portal.exports.geojson import geojson_chunks
from seuil.portal.exports.gpx import Waypoints, gpx_chunks
from seuil.portal.exports.json_array import json_chunks, json_lines, portions, shaped_chunks
from seuil.portal.exports.keys import keys_of
from seuil.portal.exports.notice import disclaimer, notice_metadata
from seuil.portal.exports.ogr_file import ogr_chunks
from seuil.portal.exports.ov2 import ov2_chunks
from seuil.portal.exports.parquet_file import Compression, parquet_chunks
from seuil.portal.exports.projection import DEGREES
from seuil.portal.exports.rdf_rows import rdf_chunks
from seuil.portal.exports.xlsx import xlsx_chunks
from seuil.portal.store.places import PLACE
from seuil.portal.store.queries import Rows
from seuil.portal.store.served import ServedRelease

Format = Literal[
    "csv",
    "json",
    "jsonl",
    "xlsx",
    "parquet",
    "geojson",
    "kml",
    "shp",
    "gpx",
    "fgb",
    "ov2",
    "turtle",
    "n3",
    "rdfxml",
    "jsonld",
]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "jsonl": "application/jsonl; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "geojson": "application/geo+json; charset=utf-8",
    "kml": "application/vnd.google-earth.kml+xml",
    "shp": "application/zip",
    "gpx": "application/gpx+xml",
    "fgb": "application/vnd.flatgeobuf",
    "ov2": "application/octet-stream",
    "turtle": "text/turtle; charset=utf-8",
    "n3": "text/n3; charset=utf-8",
    "rdfxml": "application/rdf+xml",
    "jsonld": "application/ld+json",
}
ENDINGS: dict[Format, str] = {"shp": "zip", "turtle": "ttl", "rdfxml": "rdf"}
"""How the name of a file ends, where not by its format."""
PLACED: tuple[Format, ...] = ("geojson", "kml", "shp", "gpx", "fgb", "ov2")
"""Formats in which a row lies somewhere."""

_CODED: tuple[Format, ...] = ("csv", "json", "jsonl")
"""Formats that are the same in whatever batches rows come."""

Pieces = Generator[bytes, None, None]
Shape = Callable[[Compiled, Sequence[tuple[object, ...]]], Sequence[object]]
"""What JSON makes of rows of SQL, where it isn't flat rows."""


@dataclass(frozen=True)
class Form:
    """How a file is written. labels: the language of its header, None for the names of fields.

    compressed: as gzip. waypoints: what those of GPX tell.
    """

    csv: CsvForm = field(default_factory=CsvForm)
    labels: Language | None = None
    parquet: Compression = "snappy"
    epsg: int = DEGREES
    waypoints: Waypoints = field(default_factory=Waypoints)
    compressed: bool = False


def is_whole(request: Request) -> bool:
    """Whether a request asks for all of a dataset, as it is."""
    clauses = (request.select, *(request.where or ()), request.group_by, request.order_by)
    narrowed = any(clause and clause.strip() for clause in clauses) or request.refine or request.exclude
    said = request.facets or request.disjunctive  # narrows nothing, but may be refused
    return not narrowed and not said and not request.offset and request.limit in (None, -1)


def compiled_export(served: ServedRelease, dataset_id: str, request: Request, fmt: Format) -> Compiled:
    """The query of an export. Raises UnknownDatasetError, RefusedQueryError."""
    schema, relation = served.schema(dataset_id), served.relation(dataset_id)
    asks_for_fields = any((clause or "").strip() for clause in (request.select, request.group_by))
    if fmt in PLACED and not asks_for_fields and PLACE in schema:
        return compile_export(replace(request, select=f"*, {PLACE}"), schema, relation)
    if is_whole(request) and not request.positions and not request.blanks:
        return replace(served.whole(dataset_id), zone=request.setting.zone)
    return compile_export(request, schema, relation)


def export_pieces(
    served: ServedRelease, entry: Entry, compiled: Compiled, fmt: Format, form: Form, shape: Shape | None = None
) -> Pieces:
    """A file in pieces. Raises what the store raises."""
    batches = served.stream(compiled, entry.id, coded=fmt in _CODED)
    try:
        if shape is None:
            written = _written(served, entry, compiled, fmt, form, batches)
        else:
            written = shaped_chunks(portions(batches), lambda rows: shape(compiled, rows))
        yield from _gzip(written) if form.compressed else written
    except pa.ArrowException as error:
        raise RuntimeError(f"an export of {entry.id} can't be written: {type(error).__name__}") from error
    finally:
        batches.close()


def _written(
    served: ServedRelease, entry: Entry, compiled: Compiled, fmt: Format, form: Form, batches: Rows
) -> Iterator[bytes]:
    columns_only = form.csv.hidden == "columns"
    cells = keys_of(compiled, form.csv.hidden)
    typed = keys_of(compiled, "columns" if columns_only else "empty")
    match fmt:
        case "csv":
            return csv_chunks(batches, cells, _header(entry, [key.name for key in cells], form), form.csv)
        case "json":
            return json_chunks(portions(batches), typed)
        case "jsonl":
            return json_lines(portions(batches), typed)
        case "geojson":
            return geojson_chunks(portions(batches), typed, form.epsg)
        case "gpx":
            return gpx_chunks(portions(batches), typed, form.waypoints)
        case "ov2":
            return ov2_chunks(portions(batches), typed)
        case "turtle" | "n3" | "rdfxml" | "jsonld":
            return rdf_chunks(portions(batches), typed, fmt, entry.id)
        case "kml" | "shp" | "fgb":
            return ogr_chunks(
                batches,
                batches.schema,
                typed,
                fmt,
                title=entry.id,
                epsg=form.epsg,
                folder=served.folder,
                most_bytes=served.limits.client_spool_mb << 20,
            )
        case "parquet":
            metadata = notice_metadata(entry, served.number)
            return parquet_chunks(batches, batches.schema, typed, form.parquet, metadata)
        case "xlsx":
            return xlsx_chunks(
                batches,
                cells,
                _header(entry, [key.name for key in cells], form),
                title=entry.title.fr,
                comments=disclaimer(entry).fr,
                folder=served.folder,
                list_separator=form.csv.list_separator,
            )


def _header(entry: Entry, names: list[str], form: Form) -> list[str]:
    if form.labels is None:
        return names
    known = {field.name: field.label.in_(form.labels) for field in entry.fields}
    return [known.get(name) or name for name in names]


def _gzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    # No time in its header: the same rows give the same bytes.
    packer = zlib.compressobj(level=6, wbits=zlib.MAX_WBITS | 16)
    for piece in pieces:
        packed = packer.compress(piece)
        if packed:
            yield packed
    yield packer.flush()
