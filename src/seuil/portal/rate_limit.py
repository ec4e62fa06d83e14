"""How many requests one client may send in a minute; every answer says how many are left.

Counted are requests of pages, of the API and of the Model Context Protocol, not those of style sheets. A client is an
address, of IPv6 the network of one customer; it is kept for two minutes, in memory only. Where the limit is reached the
answer is 429, with the keys of the API's errors and those of the vendor's quotas.
"""

import math
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seuil.portal.networks import Network, client_key, is_in

_NOT_COUNTED = ("/assets/", "/health", "/metrics")
_WINDOW_SECONDS = 60
_VENDOR_CODE = 10002


class RateLimit:
    """ASGI middleware. per_minute: requests of one client. unlimited: networks whose clients aren't counted."""

    def __init__(self, app: ASGIApp, per_minute: int, unlimited: Sequence[Network]) -> None:
        self.app = app
        self._per_minute = per_minute
        self._unlimited = unlimited
        self._item = RateLimitItemPerMinute(per_minute)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or refuse it."""
        counted = scope["type"] == "http" and scope.get("client") and not scope["path"].startswith(_NOT_COUNTED)
        if not counted:
            await self.app(scope, receive, send)
            return
        if is_in(scope["client"][0], self._unlimited):
            # Scripts look for the headers: who isn't counted always has all of them left.
            headers = self._headers(self._per_minute, time.time() + _WINDOW_SECONDS)
        else:
            key = client_key(scope["client"][0])
            allowed = self._limiter.hit(self._item, key)
            state = self._limiter.get_window_stats(self._item, key)
            headers = self._headers(state.remaining, state.reset_time)
            if not allowed:
                await self._refusal(state.reset_time, headers)(scope, receive, send)
                return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def _headers(self, remaining: int, reset: float) -> dict[str, str]:
        """The vendor's headers, and those that the IETF's draft has for the same."""
        return {
            "X-RateLimit-Limit": str(self._per_minute),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(_moment(reset)),
            "RateLimit-Policy": f'"minute";q={self._per_minute};w={_WINDOW_SECONDS}',
            "RateLimit": f'"minute";r={remaining};t={_seconds_until(reset)}',
        }

    def _refusal(self, reset: float, headers: dict[str, str]) -> Response:
        message = f"Too many requests: one client may send {self._per_minute} in a minute. See Retry-After."
        content = {
            "error_code": "TooManyRequests",
            "message": message,
            "errorcode": _VENDOR_CODE,
            "error": message,
            "call_limit": self._per_minute,
            "limit_time_unit": "minute",
            "reset_time": _moment(reset).isoformat().replace("+00:00", "Z"),
        }
        told = {**headers, "Retry-After": str(_seconds_until(reset)), "Access-Control-Allow-Origin": "*"}
        return Response(orjson.dumps(content), 429, headers=told, media_type="application/json; charset=utf-8")


def _moment(reset: float) -> datetime:
    return datetime.fromtimestamp(math.ceil(reset), UTC)


def _seconds_until(reset: float) -> int:
    return max(1, math.ceil(reset - time.time()))
