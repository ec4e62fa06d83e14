"""From a query to the pieces of a file."""

from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from typing import Literal

import pyarrow as pa
from starlette.concurrency import run_in_threadpool

from seuil.catalogue.entry import Entry
from seuil.model.text import Language
from seuil.odsql import Compiled, Request, compile_export
from seuil.portal.exports.csv_text import CsvForm, csv_chunks
from seuil.portal.exports.json_array import json_chunks
from seuil.portal.exports.keys import keys_of
from seuil.portal.exports.notice import notice_metadata
from seuil.portal.exports.parquet_file import Compression, parquet_chunks
from seuil.portal.store.queries import Batches
from seuil.portal.store.served import ServedRelease

Format = Literal["csv", "json", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "json", "parquet")
MEDIA_TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}

Pieces = Generator[bytes, None, None]


def is_whole(request: Request) -> bool:
    """Whether a request asks for all of a dataset, as it is."""
    clauses = (request.select, *(request.where or ()), request.group_by, request.order_by)
    narrowed = any(clause and clause.strip() for clause in clauses) or request.refine or request.exclude
    return not narrowed and not request.offset and request.limit in (None, -1)


def compiled_export(served: ServedRelease, dataset_id: str, request: Request) -> Compiled:
    """The query of an export. Raises UnknownDatasetError, RefusedQueryError."""
    if is_whole(request):
        return served.whole(dataset_id)
    return compile_export(request, served.schema(dataset_id), served.relation(dataset_id))


def csv_export(
    served: ServedRelease, entry: Entry, compiled: Compiled, form: CsvForm, labels: Language | None
) -> Pieces:
    """A CSV file. labels: the language of the header, None for the names of fields. Raises what the store raises."""
    known = {} if labels is None else {field.name: field.label.in_(labels) for field in entry.fields}
    header = [known.get(column.name) or column.name for column in compiled.columns]
    return _read(served, entry, compiled, lambda batches: csv_chunks(batches, compiled.columns, header, form))


def json_export(served: ServedRelease, entry: Entry, compiled: Compiled) -> Pieces:
    """A JSON file. Raises what the store raises."""
    keys = keys_of(compiled)
    return _read(served, entry, compiled, lambda batches: json_chunks(batches, keys))


def parquet_export(served: ServedRelease, entry: Entry, compiled: Compiled, compression: Compression) -> Pieces:
    """A Parquet file. Raises what the store raises."""
    keys, metadata = keys_of(compiled), notice_metadata(entry, served.number)

    def chunks(batches: Batches) -> Iterator[bytes]:
        return parquet_chunks(batches, batches.schema, keys, compression, metadata)

    return _read(served, entry, compiled, chunks)


def _read(
    served: ServedRelease, entry: Entry, compiled: Compiled, chunks: Callable[[Batches], Iterator[bytes]]
) -> Pieces:
    batches = served.stream(compiled, entry.id)
    try:
        yield from chunks(batches)
    except pa.ArrowException as error:
        raise RuntimeError(f"an export of {entry.id} can't be written: {type(error).__name__}") from error
    finally:
        batches.close()


async def sent(first: bytes, rest: Pieces) -> AsyncGenerator[bytes, None]:
    """The pieces of a file, each made in a thread when the one before has been sent."""
    try:
        yield first
        while (piece := await run_in_threadpool(next, rest, None)) is not None:
            yield piece
    finally:
        rest.close()
