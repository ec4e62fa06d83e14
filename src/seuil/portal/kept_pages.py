"""Pages, pictures and JSON, kept as they were sent, and tags by which a reader's own copy is known to be the same.

A page is made of the release, its address, this program and its settings, and the day (a text may have become too old
overnight): the same question has the same answer, packed in the same way. What is kept is bounded in bytes, and
addresses are kept as hashes only, since they hold what readers looked for. The tag is of the content.

Answers of the API bring a tag of their own; those without one, which depend on the clock or on chance, are never kept.
Who asks whether a copy still holds is answered by the API itself. Files have caches of their own.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seuil.portal.pages.source import DataSource
from seuil.portal.settings import Settings
from seuil.portal.store.cache import Body, Bounded

_OTHERS = ("/api", "/archive", "/assets", "/health")
_API, _FILES = "/api/explore/", "/exports/"
_CONDITIONAL = (b"if-none-match", b"if-modified-since", b"if-match", b"if-unmodified-since", b"if-range", b"range")
_LARGEST = 4 << 20
"""Bytes of an answer that is gathered; longer ones, and those of unknown length, are passed on as they come."""


class KeptPages:
    """ASGI middleware that makes each page once, tags it, and answers 304 where the reader's copy holds."""

    def __init__(self, app: ASGIApp, current: Callable[[], DataSource], settings: Settings) -> None:
        self.app, self._current = app, current
        self._kept: Bounded[Body] = Bounded(settings.page_cache_mb << 20)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from what is kept, or make the page and keep it."""
        of_api = _asks_api(scope)
        if not of_api and not _asks_page(scope):
            await self.app(scope, receive, send)
            return
        key = self._key(scope)
        page = self._kept.get(key)
        if page is None:
            gathered = _Gathered(send, tagged=of_api)
            await self.app(scope, receive, gathered)
            page = gathered.page()
            if page is None:
                return
            self._kept.put(key, page)
        await _answer(page, scope, send)

    def _key(self, scope: Scope) -> str:
        release, headers = self._current().release, Headers(scope=scope)
        made_of = (
            release.number,
            str(release.published),
            datetime.now(UTC).date().isoformat(),
            scope.get("scheme"),
            headers.get("host", ""),
            headers.get("accept-encoding", ""),
            scope.get("root_path", ""),
            scope["path"],
            scope.get("query_string", b""),
        )
        return hashlib.sha256(repr(made_of).encode()).hexdigest()


def _asks_page(scope: Scope) -> bool:
    return (
        scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and not scope.get("path", "").startswith(_OTHERS)
    )


def _asks_api(scope: Scope) -> bool:
    """Whether JSON of the API is asked for, by a reader who has no copy."""
    path = scope.get("path", "")
    if scope["type"] != "http" or scope["method"] != "GET" or not path.startswith(_API) or _FILES in path:
        return False
    return not any(name in _CONDITIONAL for name, _ in scope["headers"])


class _Gathered:
    """Gathers an answer that can be kept; any other one is passed on. tagged: whether it needs a tag of its own."""

    def __init__(self, send: Send, *, tagged: bool) -> None:
        self._send = send
        self._tagged = tagged
        self._headers: MutableHeaders | None = None
        self._parts: list[bytes] = []

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _keepable(message, tagged=self._tagged):
            self._headers = MutableHeaders(scope=message)
        elif self._headers is not None:
            self._parts.append(message.get("body", b""))
        else:
            await self._send(message)

    def page(self) -> Body | None:
        """What was gathered, with its tag; None where it was passed on."""
        if self._headers is None:
            return None
        content = b"".join(self._parts)
        if not self._tagged:
            # Weak: packed in another way a page is the same page.
            self._headers["etag"] = f'W/"{hashlib.sha256(content).hexdigest()[:24]}"'
        return Body(content, dict(self._headers))


def _keepable(message: Message, *, tagged: bool) -> bool:
    headers = Headers(raw=message["headers"])
    if message["status"] != 200 or headers.get("cache-control") != "no-cache" or ("etag" in headers) != tagged:
        return False
    return int(headers.get("content-length", _LARGEST + 1)) <= _LARGEST


async def _answer(page: Body, scope: Scope, send: Send) -> None:
    tag = page.headers["etag"]
    same = tag.removeprefix("W/") in Headers(scope=scope).get("if-none-match", "")
    told = {"etag": tag, "cache-control": page.headers["cache-control"]} if same else page.headers
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told.items()]
    await send({"type": "http.response.start", "status": 304 if same else 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if same else page.content})
