"""The address `/mcp`: the official SDK's server, without sessions, made when somebody first asks for it.

Importing the SDK takes seconds, so nobody else waits for it, and where it isn't installed there is no such address.
Each request stands for itself, so nothing is kept of whom it came from.
"""

import asyncio
from importlib.util import find_spec
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from seuil.portal.mcp.tools import ORIGIN
from seuil.portal.store import Store

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

PATH = "/mcp"
_MOST_BYTES = 1 << 16
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, Mcp-Method, Mcp-Name, Mcp-Protocol-Version",
    "Access-Control-Max-Age": "86400",
}


def install_mcp(app: FastAPI, store: Store, public_url: str) -> None:
    """Add the address to an application, if the SDK is there."""
    if find_spec("mcp") is not None:
        app.router.routes.append(Route(PATH, endpoint=_Endpoint(store, public_url)))


class _Endpoint:
    """An ASGI application. public_url: scheme and host under which readers reach the portal, if it is set."""

    def __init__(self, store: Store, public_url: str) -> None:
        self._store = store
        self._public_url = public_url
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting: asyncio.Future[StreamableHTTPSessionManager] | None = None
        self._running: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer."""
        if scope["method"] != "POST":
            # Without sessions there is nothing to listen to, and nothing to end.
            status = 204 if scope["method"] == "OPTIONS" else 405
            await Response(status_code=status, headers={**_OPEN, "Allow": "POST, OPTIONS"})(scope, receive, send)
            return
        ORIGIN.set(self._public_url or str(Request(scope).base_url).rstrip("/"))
        manager = await self._manager()

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Access-Control-Allow-Origin"] = "*"
            await send(message)

        await manager.handle_request(scope, receive, tell)

    async def _manager(self) -> "StreamableHTTPSessionManager":
        """The server's session manager, which runs in a task of its own for as long as the event loop does."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop or self._starting is None:
            self._loop, self._starting = loop, loop.create_future()
            self._running = loop.create_task(self._run(self._starting))
        return await asyncio.shield(self._starting)

    async def _run(self, started: "asyncio.Future[StreamableHTTPSessionManager]") -> None:
        from seuil.portal.mcp.server import make_manager

        try:
            manager = await run_in_threadpool(make_manager, self._store, _MOST_BYTES)
            async with manager.run():
                started.set_result(manager)
                await asyncio.Event().wait()
        except Exception as error:
            if not started.done():
                started.set_exception(error)
            raise
