"""The HTTP server around the portal: Uvicorn, which doesn't wait for clients who neither read nor speak.

Rules, each of one connection:
 1. a request has to arrive within `request_seconds` of its first byte, the first one of the connection being made;
 2. what waits to be sent has to be taken within `stalled_seconds`, or the connection is cut;
 3. what is to be sent is sent at once;
 4. it is taken one at a time, so that several processes on one socket take as many as they can answer.
"""

import asyncio
import resource
import socket

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from seuil.portal.logs import log_json
from seuil.portal.settings import Settings

_OTHER_FILES = 1024
_WAITING = 2048
"""Connections that wait to be taken."""


def answer(app: FastAPI, settings: Settings, listener: socket.socket) -> None:
    """Answer on a bound socket until a signal says to stop."""
    _allow_connections(settings.connections)
    log_json()
    config = uvicorn.Config(
        app,
        http=impatient(settings.request_seconds, settings.stalled_seconds),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        limit_concurrency=settings.connections,
        # Readers who stop reading have their time; a server that is to stop doesn't wait for all of it.
        timeout_graceful_shutdown=5,
        # So many does asyncio take at once: all that there are, by default, while other processes have nothing to do.
        backlog=1,
    )
    _Server(config).run(sockets=[listener])


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and have connections wait."""
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(_WAITING)  # asyncio has told the system its own number


def _allow_connections(most: int) -> None:
    """Let the process have as many open files as connections need, if the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = most + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard)
        )


def impatient(request_seconds: float, stalled_seconds: float) -> type[H11Protocol]:
    """Uvicorn's protocol with the two limits, in seconds."""

    class Impatient(H11Protocol):
        _request_timer: asyncio.TimerHandle | None = None
        _stalled_timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            super().connection_made(transport)
            # asyncio sees to it only where a socket was made by the name of its protocol. Without it the second half of
            # an answer waits for the reader to confirm the first, 40 ms.
            connection: socket.socket = transport.get_extra_info("socket")
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._request_timer = self.loop.call_later(request_seconds, self._cut)

        def data_received(self, data: bytes) -> None:
            if self._request_timer is None and self._is_idle:
                self._request_timer = self.loop.call_later(request_seconds, self._cut)
            super().data_received(data)
            if not self._is_idle:
                self._forget_request_timer()

        def pause_writing(self) -> None:
            super().pause_writing()
            self._stalled_timer = self.loop.call_later(stalled_seconds, self._cut)

        def resume_writing(self) -> None:
            self._forget_stalled_timer()
            super().resume_writing()

        def connection_lost(self, exc: Exception | None) -> None:
            self._forget_request_timer()
            self._forget_stalled_timer()
            super().connection_lost(exc)

        @property
        def _is_idle(self) -> bool:
            return self.cycle is None or self.cycle.response_complete

        def _cut(self) -> None:
            self.transport.abort()

        def _forget_request_timer(self) -> None:
            if self._request_timer is not None:
                self._request_timer.cancel()
                self._request_timer = None

        def _forget_stalled_timer(self) -> None:
            if self._stalled_timer is not None:
                self._stalled_timer.cancel()
                self._stalled_timer = None

    return Impatient
