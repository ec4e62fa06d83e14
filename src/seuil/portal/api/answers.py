"""Answers of the API: JSON, errors, entity tags, and who may read them from other sites (everybody)."""

import hashlib
import logging
from collections.abc import Callable, Coroutine
from functools import cache
from importlib.metadata import version
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from seuil.model.errors import QueryError, SeuilError
from seuil.odsql import RefusedQueryError
from seuil.portal.store.errors import BusyError, QueryTooCostlyError, UnknownDatasetError
from seuil.portal.store.served import ServedRelease

_log = logging.getLogger(__name__)

JSON = "application/json; charset=utf-8"
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Disposition, ETag, Link, Seuil-Disclaimer, Seuil-Release",
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def json_answer(content: object, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """`content` as JSON."""
    return Response(orjson.dumps(content), status, headers=headers, media_type=JSON)


def preflight() -> Response:
    """What a browser wants to know before it sends a script's request from another site."""
    return Response(status_code=204, headers=_PREFLIGHT)


def error_answer(error: SeuilError) -> Response:
    """The answer to a question that can't be answered: `{"error_code": ..., "message": ...}`."""
    match error:
        case UnknownDatasetError():
            return _refusal(404, "NotFoundResource", str(error))
        case RefusedQueryError():
            return _refusal(400, error.error_code, str(error))
        case QueryError():
            return _refusal(400, "ODSQLError", str(error))
        case QueryTooCostlyError():
            # Not 5xx: clients repeat those, and the same query would cost as much again.
            return _refusal(400, "QueryTooCostly", str(error))
        case BusyError():
            return _refusal(503, "ServerBusy", str(error), {"Retry-After": str(error.retry_seconds)})
        case _:
            _log.error("a request failed: %s", error)
            return _refusal(500, "ServerError", "An error occurred on the server.")


def not_found(path: str) -> Response:
    """The answer for an address that is no resource of the API."""
    return _refusal(404, "NotFoundResource", f"The requested resource {path} does not exist.")


def entity_tag(served: ServedRelease, dataset_id: str | None, origin: str) -> str:
    """The tag of every answer about a dataset, or about the catalogue: release number, and hash of what it depends on.

    One tag does for all questions, since a tag is only compared with others of the same URL. Raises
    UnknownDatasetError.
    """
    rests_on = (served.sha256(None), served.sha256(dataset_id), origin, _program())
    return f'"{served.number}-{hashlib.sha256(" ".join(rests_on).encode()).hexdigest()[:20]}"'


def matches(request: Request, tag: str) -> bool:
    """Whether the reader already has the answer with this tag."""
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return tag in known or "*" in known


def caching(tag: str) -> dict[str, str]:
    """Headers: keep the answer, and ask each time whether it still holds."""
    return {"ETag": tag, "Cache-Control": "no-cache"}


@cache
def _program() -> str:
    return version("seuil")


def _refusal(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    return json_answer({"error_code": code, "message": message}, status=status, headers=headers)


class ApiRoute(APIRoute):
    """A route whose errors are answers, and whose answers may be read from every site."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with both added."""
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handler(request)
            except SeuilError as error:
                response = error_answer(error)
            response.headers.update(_OPEN)
            return response

        return answer
