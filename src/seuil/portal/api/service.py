"""How every question is answered: found sound, compared with what the reader has, made once, sent."""

from collections.abc import Callable
from dataclasses import replace

import orjson
from fastapi import Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams

from seuil.odsql import Request as Query
from seuil.portal.api.answers import JSON
from seuil.portal.api.asked import Asked, Prepared
from seuil.portal.api.caching import caching, entity_tag, matches
from seuil.portal.api.catalogue_exports import (
    CATALOGUE_MEDIA_TYPES,
    CatalogueFormat,
    catalogue_file,
    compiled_listing,
)
from seuil.portal.api.hidden import file_header
from seuil.portal.api.parameters import refuse_contradictions
from seuil.portal.exports.export import (
    ENDINGS,
    MEDIA_TYPES,
    Form,
    Format,
    Shape,
    compiled_export,
    export_pieces,
    is_whole,
)
from seuil.portal.exports.notice import notice_headers
from seuil.portal.exports.parts import settle_parts
from seuil.portal.exports.sending import Download, whole_file
from seuil.portal.store import Store
from seuil.portal.store.cache import Body
from seuil.portal.store.served import ServedRelease


class Service:
    """Answers about a store. public_url: scheme and host under which readers reach it; by default those they ask for.

    Its methods are plain functions, run in threads: the store blocks while it reads.
    """

    def __init__(self, store: Store, public_url: str) -> None:
        self._store = store
        self._public_url = public_url

    def served(self) -> ServedRelease:
        """The release to answer from."""
        return self._store.served()

    def asked(self, request: Request, base: str, query: QueryParams | None = None) -> Asked:
        """A request below `base`, with its own parameters or others that mean the same.

        Raises InvalidParameterError where they contradict each other.
        """
        query = request.query_params if query is None else query
        refuse_contradictions(query)
        return Asked(self.served(), query, self.origin(request), base, request.url.path)

    def origin(self, request: Request) -> str:
        """Scheme and host under which the reader reaches the portal."""
        return self._public_url or str(request.base_url).rstrip("/")

    def answer(
        self, request: Request, asked: Asked, dataset_id: str | None, prepare: Callable[[], Prepared]
    ) -> Response:
        """JSON. prepare: finds the question sound or refuses it, which a tag doesn't save it from."""
        served = asked.served
        tag = entity_tag(served, dataset_id, request, asked.origin)
        headers = caching(tag, served)
        same = matches(request, tag)
        kept = served.answers.get(tag) if tag is not None else None
        if kept is None:
            prepared = prepare()
            if request.method == "HEAD" and not same:
                return head(headers, JSON)
            reply = None if same else prepared()
            kept = None if reply is None else Body(orjson.dumps(reply.content), reply.headers)
            if tag is not None and kept is not None:
                served.answers.put(tag, kept)
        if same or kept is None:
            return Response(status_code=304, headers=headers)
        return Response(kept.content, headers={**headers, **kept.headers}, media_type=JSON)

    async def send(self, request: Request, prepare: Callable[[], Response | Download]) -> Response:
        """A file. prepare: finds the question sound or refuses it, in a thread."""
        found = await run_in_threadpool(prepare)
        return found if isinstance(found, Response) else await found.answer(request)

    def download(
        self,
        request: Request,
        asked: Asked,
        dataset_id: str,
        fmt: Format,
        query: Query,
        form: Form,
        described: str,
        shape: Shape | None = None,
    ) -> Response | Download:
        """A file, for `send`.

        described: address of the dataset's metadata. shape: another one of JSON's rows than the plain.
        """
        served = asked.served
        query = replace(query, positions=shape is not None, blanks=form.csv.hidden == "columns")
        compiled = compiled_export(served, dataset_id, query, fmt)
        tag = entity_tag(served, dataset_id, request, asked.origin)
        notice = notice_headers(served.entry(dataset_id), served.number, asked.origin, described)
        name = f"{dataset_id}.{ENDINGS.get(fmt, fmt)}{'.gzip' if form.compressed else ''}"
        headers = {
            **caching(tag, served),
            **notice,
            **file_header(compiled),
            "Content-Disposition": f'attachment; filename="{name}"',
        }
        media_type = "application/gzip" if form.compressed else MEDIA_TYPES[fmt]
        if matches(request, tag):
            return Response(status_code=304, headers=headers)
        kept = served.files.get(tag) if tag is not None else None
        if kept is not None and (reader := kept.reader()) is not None:
            return whole_file(request, reader, headers, media_type)
        if request.method == "HEAD":
            return head(headers, media_type)
        entry = served.entry(dataset_id)
        reader = served.make(tag, client_of(request), lambda: export_pieces(served, entry, compiled, fmt, form, shape))
        whole = served.limits.export_whole_mb << 20
        seconds = served.limits.export_wait_seconds
        return Download(reader, headers, media_type, whole, seconds, lambda: served.busy)

    def catalogue_file(self, request: Request, asked: Asked, fmt: CatalogueFormat) -> Response:
        """The catalogue in a format. Raises RefusedQueryError."""
        served = asked.served
        compiled_listing(asked, fmt)
        tag = entity_tag(served, None, request, asked.origin)
        name = fmt if "." in fmt else f"catalog.{fmt}"
        headers = {**caching(tag, served), "Content-Disposition": f'attachment; filename="{name}"'}
        media_type = CATALOGUE_MEDIA_TYPES[fmt]
        if matches(request, tag):
            return Response(status_code=304, headers=headers)
        kept = served.answers.get(tag) if tag is not None else None
        if kept is None and request.method == "HEAD":
            return head(headers, media_type)
        if kept is None:
            kept = Body(catalogue_file(asked, fmt), {})
            if tag is not None:
                served.answers.put(tag, kept)
        return Response(kept.content, headers=headers, media_type=media_type)

    def signed_file(self, request: Request, asked: Asked, dataset_id: str, described: str) -> Response:
        """The table of a dataset, as it was signed."""
        served = asked.served
        tag = entity_tag(served, dataset_id, request, asked.origin)
        headers = {
            **caching(tag, served),
            **notice_headers(served.entry(dataset_id), served.number, asked.origin, described),
            "Content-Disposition": f'attachment; filename="{dataset_id}.parquet"',
        }
        if matches(request, tag):
            return Response(status_code=304, headers=headers)
        # The file is opened after this returns: until it is sent, the copy that it lies in has to stay.
        keep = BackgroundTask(served.entry, dataset_id)
        file = served.file(dataset_id)
        settle_parts(request, headers, file.stat().st_size)
        return FileResponse(file, headers=headers, media_type=MEDIA_TYPES["parquet"], background=keep)


def client_of(request: Request) -> str:
    """Who asks: the address that the server sees, or a trusted proxy tells."""
    return request.client.host if request.client is not None else ""


def is_signed_file(query: Query, form: Form, fmt: Format, *, compression_said: bool) -> bool:
    """Whether a request asks for the very file that was signed."""
    plain = fmt == "parquet" and not compression_said and not form.compressed and form.csv.hidden != "columns"
    return plain and is_whole(query)


def head(headers: dict[str, str], media_type: str) -> Response:
    """The answer to a request for headers alone, for which no query is run."""
    response = Response(headers=headers, media_type=media_type)
    # Nothing has been made, so nothing is known of its length.
    del response.headers["content-length"]
    return response
