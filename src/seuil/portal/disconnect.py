"""Stops everything that a request has set going once its reader has left."""

import asyncio
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from seuil.portal.store.abort import ABORT, Abort

_READING = ("GET", "HEAD")


class StopWhenGone:
    """ASGI middleware. Requests that only read have no body, so nobody else has to listen to their reader."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer; if the reader leaves meanwhile, interrupt the queries of the request and cancel the rest."""
        if scope["type"] != "http" or scope["method"] not in _READING:
            await self.app(scope, receive, send)
            return
        abort, sent, gone = Abort(), asyncio.Event(), asyncio.Event()

        async def listen() -> Message:
            if not sent.is_set() and not asked:
                asked.append(True)
                return {"type": "http.request", "body": b"", "more_body": False}
            await gone.wait()
            return {"type": "http.disconnect"}

        async def tell(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                sent.set()

        async def watch() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass

        asked: list[bool] = []
        ABORT.set(abort)
        answering = asyncio.ensure_future(self.app(scope, listen, tell))
        watching = asyncio.ensure_future(watch())
        try:
            await asyncio.wait({answering, watching}, return_when=asyncio.FIRST_COMPLETED)
            if not answering.done() and not sent.is_set():
                gone.set()
                abort.stop()
                answering.cancel()
        finally:
            watching.cancel()
        with suppress(asyncio.CancelledError):
            await answering
