"""A portal that really listens, in a thread, for tests of what only happens between sockets."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from fastapi import FastAPI
from tests.helpers.portal_release import client_of

from seuil.portal.disconnect import StopWhenGone
from seuil.portal.server import impatient
from seuil.portal.store import Store


@contextmanager
def listening(
    app: object, *, request_seconds: float = 20, stalled_seconds: float = 30, **options: object
) -> Iterator[int]:
    """Serve an application on a free port of 127.0.0.1, which is what is given."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        http = impatient(request_seconds, stalled_seconds)
        config = uvicorn.Config(app, http=http, log_level="warning", timeout_graceful_shutdown=1, **options)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def api_of(store: Store) -> FastAPI:
    """The API of a store as the portal has it."""
    app = client_of(store).app
    assert isinstance(app, FastAPI)
    app.add_middleware(StopWhenGone)
    return app


def connect(port: int, path: str, *, source: str = "127.0.0.1") -> socket.socket:
    """A client that has asked for something and read nothing."""
    # A small window: what the system keeps for a reader must not hide that he doesn't read.
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.bind((source, 0))
    client.connect(("127.0.0.1", port))
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    return client
