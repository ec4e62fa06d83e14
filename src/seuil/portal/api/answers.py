"""Answers of the API: JSON, errors, entity tags, and who may read them from other sites (everybody)."""

import logging
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.routing import APIRoute

from seuil.model.errors import QueryError, SeuilError
from seuil.odsql import RefusedQueryError
from seuil.portal.api.errors import UnknownRecordError, UnknownResourceError
from seuil.portal.exports.parts import UnsatisfiableRangeError
from seuil.portal.store.errors import BusyError, QueryTooCostlyError, UnknownDatasetError

_log = logging.getLogger(__name__)

JSON = "application/json; charset=utf-8"
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Accept-Ranges, Content-Disposition, Content-Length, Content-Range, ETag, Last-Modified, Link, RateLimit, "
        "RateLimit-Policy, Retry-After, Seuil-Disclaimer, Seuil-Hidden, Seuil-Release, X-RateLimit-Limit, "
        "X-RateLimit-Remaining, X-RateLimit-Reset"
    ),
}
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    # Widgets and clients send headers of their own. The star stands for all but Authorization.
    "Access-Control-Allow-Headers": (
        "*, Accept, Accept-Language, Authorization, Cache-Control, Content-Type, If-Match, If-Modified-Since, "
        "If-None-Match, If-Range, Range, X-Requested-With"
    ),
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
        case UnknownDatasetError() | UnknownRecordError() | UnknownResourceError():
            return refusal(404, "NotFoundResource", str(error))
        case RefusedQueryError():
            return refusal(400, error.error_code, str(error))
        case QueryError():
            return refusal(400, "ODSQLError", str(error))
        case UnsatisfiableRangeError():
            return refusal(416, "RangeNotSatisfiable", str(error), {"Content-Range": f"bytes */{error.size}"})
        case QueryTooCostlyError():
            # Not 5xx: clients repeat those, and the same query would cost as much again.
            return refusal(400, "QueryTooCostly", str(error))
        case BusyError():
            return refusal(503, "ServerBusy", str(error), {"Retry-After": str(error.retry_seconds)})
        case _:
            _log.error("a request failed: %s", error)
            return refusal(500, "ServerError", "An error occurred on the server.")


def not_found(path: str) -> Response:
    """The answer for an address that is no resource of the API."""
    return error_answer(UnknownResourceError(path))


def not_allowed(method: str) -> Response:
    """The answer for a method that the API has no use for."""
    message = f"The method {method} is not allowed: the API is only read. Expected GET, HEAD or OPTIONS."
    return refusal(405, "MethodNotAllowed", message, {"Allow": "GET, HEAD, OPTIONS"})


def refusal(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Response:
    """An error in the API's shape, which every site may read."""
    return json_answer({"error_code": code, "message": message}, status=status, headers={**_OPEN, **(headers or {})})


class ApiRoute(APIRoute):
    """A route whose errors are answers, and whose answers may be read from every site.

    legacy: whether errors have the key `error` too, which clients of the first API read.
    """

    legacy = False

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with both added."""
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handler(request)
            except SeuilError as error:
                response = error_answer(error)
                if self.legacy:
                    told = orjson.loads(response.body)
                    response.body = orjson.dumps(told | {"error": told["message"]})
                    response.headers["content-length"] = str(len(response.body))
            response.headers.update(_OPEN)
            return response

        return answer
