"""Ask an ASGI application without a network: what an answer costs beside the server that would carry it."""

import asyncio
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from fastapi import FastAPI

Message = MutableMapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """Status, and of the body its length and first piece: like a reader who passes it on, nobody keeps the whole."""

    status: int
    length: int
    start: bytes


class Reader:
    """Asks one request after the other, in one event loop."""

    def __init__(self, app: FastAPI) -> None:
        self._app, self._loop = app, asyncio.new_event_loop()

    def get(self, path: str, **query: str) -> Answer:
        """Ask, and read the whole answer."""
        return self.ask(path, urlencode(query))

    def ask(self, path: str, query: str = "") -> Answer:
        """The same with a query as it stands in an address; packed as browsers want it, where the answer can be."""
        return self._loop.run_until_complete(self._get(path, query))

    def close(self) -> None:
        """End the loop and its threads."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _get(self, path: str, query: str) -> Answer:
        start = b""
        length = status = 0
        ended = asyncio.Event()
        asked = False

        async def receive() -> Message:
            nonlocal asked
            if not asked:
                asked = True
                return {"type": "http.request", "body": b"", "more_body": False}
            await ended.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            nonlocal start, length, status
            if message["type"] == "http.response.start":
                status = message["status"]
                return
            piece = message.get("body", b"")
            start = start or piece[:200]
            length += len(piece)

        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.4"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(b"host", b"portal.example"), (b"accept-encoding", b"br")],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
        }
        await self._app(scope, receive, send)
        ended.set()
        return Answer(status, length, start)
