"""Readers who don't read, clients who don't speak, and readers who leave: nobody else notices them."""

import asyncio
import json
import os
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from http.client import HTTPResponse
from pathlib import Path

import httpx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.helpers.portal_release import DATASETS, PortalOffice
from tests.helpers.portal_server import api_of, connect, listening

from seuil.portal.server import impatient
from seuil.portal.store import Limits, Store

EXPORT = f"{DATASETS}/patients/exports/json"
TIMES = 700
"""How often the rows of the small release are repeated: 5 MB of JSON."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    office = PortalOffice(tmp_path_factory.mktemp("office")).start()
    contents = office.contents(("patients",))
    table = pq.read_table(pa.BufferReader(contents["jeux/patients/data.parquet"]))
    sink = pa.BufferOutputStream()
    pq.write_table(pa.concat_tables([table] * TIMES), sink)
    office.publish_now(contents | {"jeux/patients/data.parquet": sink.getvalue().to_pybytes()})
    return office.archive


@pytest.fixture(scope="module")
def port(archive: Path) -> Iterator[int]:
    with listening(
        api_of(Store.open(archive, limits=Limits(export_whole_mb=1, batch_rows=4000))), stalled_seconds=60
    ) as found:
        yield found


def get(port: int, path: str) -> httpx.Response:
    return httpx.get(f"http://127.0.0.1:{port}{path}", timeout=60)


@pytest.mark.parametrize("stalled", [4, 40])
def test_readers_who_have_stopped_reading_keep_nobody_from_an_export(port: int, stalled: int):
    # Each asks for something else, so that nothing is made for two at once.
    clients = [connect(port, f"{EXPORT}?where=npop!={stalled * 1000 + at}") for at in range(stalled)]
    try:
        time.sleep(0.05 * stalled)
        begun = time.monotonic()
        found = get(port, f"{DATASETS}/patients/exports/csv?where=npop!={stalled}")
        assert (found.status_code, found.text.count("\r\n")) == (200, 24 * TIMES + 1)
        assert get(port, f"{DATASETS}/patients/records").status_code == 200
        assert time.monotonic() - begun < 50  # of a machine that does much else
        # Who reads after all gets all of it.
        assert len(json.loads(read_all(clients[0]))) == 24 * TIMES
    finally:
        for client in clients:
            client.close()


def read_all(client: socket.socket) -> bytes:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    answer = HTTPResponse(client)
    answer.begin()
    return answer.read()


def test_fifty_exports_at_once_are_all_answered(port: int):
    with ThreadPoolExecutor(50) as pool:
        paths = [f"{DATASETS}/patients/exports/csv?where=npop!={at}&limit=5000" for at in range(50)]
        found = list(pool.map(lambda path: get(port, path), paths))
    assert [(one.status_code, one.text.count("\r\n")) for one in found] == [(200, 5001)] * 50


def ended(client: socket.socket) -> bool:
    """Whether the server has ended the connection; what it had sent before is read."""
    client.settimeout(5)
    with suppress(ConnectionResetError):
        while client.recv(1 << 16):
            pass
    return True


def test_a_reader_who_takes_nothing_is_cut_off_and_the_disk_is_free_again(archive: Path):
    store = Store.open(archive, limits=Limits(export_cache_mb=0))
    with listening(api_of(store), stalled_seconds=0.5) as port, closing(connect(port, EXPORT)) as client:
        disk = store.served()._turns.disk
        deadline = time.monotonic() + 20
        while not disk.held and time.monotonic() < deadline:
            time.sleep(0.01)
        while disk.held and time.monotonic() < deadline:
            time.sleep(0.05)
        assert disk.held == 0
        assert ended(client)


@pytest.mark.parametrize(
    "path",
    [
        f"{EXPORT}?where=npop>={{at}}",
        f"{DATASETS}/patients/records?group_by=territoire_libelle&where=search('{{at}}00000 paris diabet cotes')",
    ],
)
def test_who_leaves_costs_nothing_any_more(archive: Path, path: str):
    with listening(api_of(Store.open(archive, limits=Limits(export_whole_mb=0)))) as port:
        for at in range(4):
            client = connect(port, path.format(at=at).replace(" ", "%20").replace(">", "%3E"))
            time.sleep(0.05)
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            client.close()
        time.sleep(0.3)  # of a machine that does much else
        before = sum(os.times()[:2])
        time.sleep(0.5)
        assert sum(os.times()[:2]) - before < 0.1


def test_clients_who_say_nothing_or_only_half_are_cut_off():
    async def app(_scope, _receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})

    with listening(app, request_seconds=0.3, lifespan="off") as port:
        silent = socket.create_connection(("127.0.0.1", port))
        half = socket.create_connection(("127.0.0.1", port))
        half.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        later = socket.create_connection(("127.0.0.1", port))
        later.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        found = b""
        while not found.endswith(b"ok"):
            found += later.recv(1000)
        later.sendall(b"GET / HTTP/1.1\r\n")
        begun = time.monotonic()
        for client in (silent, half, later):
            assert ended(client)
            client.close()
        assert time.monotonic() - begun < 3


def test_a_thousand_idle_connections_keep_nobody_from_an_answer(port: int):
    idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(1000)]
    try:
        assert get(port, f"{DATASETS}/patients/records").status_code == 200
    finally:
        for client in idle:
            client.close()


def test_an_answer_that_takes_long_is_waited_for():
    async def app(_scope, _receive, send):
        await asyncio.sleep(0.6)
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    with listening(app, request_seconds=0.2, stalled_seconds=0.2, lifespan="off") as port:
        assert get(port, "/").status_code == 204


def test_answers_are_sent_at_once(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that waits for its reader's confirmation takes 40 ms more for each answer after the first."""
    said: list[int] = []

    def watched(*seconds: float) -> type:
        class Watched(impatient(*seconds)):  # type: ignore[misc]
            def connection_made(self, transport: asyncio.Transport) -> None:
                super().connection_made(transport)
                connection = transport.get_extra_info("socket")
                said.append(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

        return Watched

    monkeypatch.setattr("tests.helpers.portal_server.impatient", watched)
    with listening(api_of(Store.open(archive))) as found:
        assert get(found, f"{DATASETS}/patients").status_code == 200
    assert said == [1]
