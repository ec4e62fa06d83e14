"""Sends a file that is being made: whole where it is small, else as far as it has come."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Request, Response
from fastapi.responses import FileResponse
from starlette.types import Receive, Scope, Send

from seuil.model.errors import SeuilError
from seuil.portal.exports.parts import settle_parts
from seuil.portal.store.spool import Reader

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Download:
    """A file for one reader.

    whole: up to which size in bytes it is made before it is sent, unless others wait (`busy`): who reads then shows it,
    and isn't taken for one who doesn't. seconds: to wait for its first bytes.
    """

    reader: Reader
    headers: dict[str, str]
    media_type: str
    whole: int
    seconds: float
    busy: Callable[[], bool]

    async def answer(self, request: Request) -> Response:
        """The answer, once the file is so far. Raises what goes wrong until then.

        Parts can only be told of a file that is there, so who asks for some waits for all of it.
        """
        spool = self.reader.spool
        try:
            await spool.wait(0, self.seconds)
            while not spool.done and ("range" in request.headers or (spool.size <= self.whole and not self.busy())):
                await spool.wait(spool.size)
        except BaseException:
            self.reader.close()
            raise
        if spool.done:
            return whole_file(request, self.reader, self.headers, self.media_type)
        return GrowingFile(self.reader, self.headers, self.media_type)


def whole_file(request: Request, reader: Reader, headers: dict[str, str], media_type: str) -> Response:
    """A file that is there, or the parts of it that are asked for. Raises UnsatisfiableRangeError."""
    try:
        settle_parts(request, headers, reader.spool.size)
    except BaseException:
        reader.close()
        raise
    return WholeFile(reader, headers, media_type)


class WholeFile(FileResponse):
    """A file that is there, with its length, of which parts can be asked for."""

    def __init__(self, reader: Reader, headers: dict[str, str], media_type: str) -> None:
        super().__init__(reader.spool.path, headers=headers, media_type=media_type)
        self._reader = reader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._reader.close()


class GrowingFile(Response):
    """A file that is sent while it is made. Where that fails the connection ends before the file does."""

    def __init__(self, reader: Reader, headers: dict[str, str], media_type: str) -> None:
        super().__init__(headers=headers, media_type=media_type)
        del self.headers["content-length"]
        self._reader = reader

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send it."""
        try:
            await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
            async for piece in self._reader.pieces():
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        except SeuilError as error:
            _log.warning("a download was cut off: %s", error)
            return
        finally:
            self._reader.close()
        await send({"type": "http.response.body", "body": b"", "more_body": False})
