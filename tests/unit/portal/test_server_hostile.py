"""Requests that no browser sends: each is answered, refused or cut off at once, and the next reader is served."""

import gzip
import socket
from collections.abc import Iterator

import httpx
import pytest
from tests.helpers.portal_release import DATASETS, shared_office
from tests.helpers.portal_server import listening

from seuil.portal.app import create_app
from seuil.portal.settings import Settings

RECORDS = f"{DATASETS}/patients/records"
FILE = f"{DATASETS}/patients/exports/parquet"
BOMB = gzip.compress(b"[" * 20_000_000)
MCP = "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with listening(create_app(Settings(archive=shared_office().archive))) as found:
        yield found


def asked(line: str, headers: str = "", body: bytes = b"") -> bytes:
    return f"{line} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{headers}\r\n".encode("latin-1") + body


def posted(body: bytes, headers: str = "") -> bytes:
    return asked("POST /mcp", f"{MCP}Content-Length: {len(body)}\r\n{headers}", body)


@pytest.mark.parametrize(
    ("request_", "statuses"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", {400}),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n", {400}),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200), {400}),
        (asked("GET /\xff\xfe"), {400}),
        (asked(f"GET {RECORDS}?limit=1&limit=2"), {400}),
        (asked(f"GET {RECORDS}?where=" + "a" * 50_000), {400}),
        (asked(f"GET {RECORDS}?where=" + "a" * 2_000_000), {400, None}),
        (asked(f"GET {RECORDS}?" + "&".join(f"refine=territoire:{k}" for k in range(500))), {200}),
        (asked(f"GET {RECORDS}?where=%ff%fe%00"), {400}),
        (asked(f"GET {DATASETS}/..%2f..%2fetc/exports/csv"), {404}),
        (asked("GET /archive/../../../etc/passwd"), {404}),
        (asked("GET /", "X: " + "a" * 300_000 + "\r\n"), {400, 431, None}),
        (asked(f"GET {RECORDS}?limit=1", "Host: evil\r\nX-Forwarded-Host: evil\r\n"), {400}),
        (asked(f"GET {FILE}", "Range: bytes=" + ",".join("0-" for _ in range(2_000)) + "\r\n"), {200, 206, 416}),
        (
            asked(f"GET {FILE}", "Range: bytes=" + ",".join(f"{2 * k}-{2 * k}" for k in range(2_000)) + "\r\n"),
            {200, 416},
        ),
        (asked(f"POST {RECORDS}", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", b"0\r\n\r\n"), {400, 405}),
        (asked("POST /mcp", f"{MCP}Content-Length: -1\r\n"), {400}),
        (posted(BOMB, "Content-Encoding: gzip\r\n"), {400, 413, 415}),
        (posted(b"[" * 100_000), {400, 413, None}),
        (asked("G" * 5_000 + " /"), {405}),
        (asked("CONNECT x:80"), {404, 405}),
    ],
    ids=range(21),
)
def test_a_hostile_request_is_no_fault_of_the_server(port: int, request_: bytes, statuses: set[int | None]) -> None:
    assert status_of(port, request_) in statuses
    assert httpx.get(f"http://127.0.0.1:{port}{RECORDS}?limit=1").status_code == 200


def status_of(port: int, request: bytes) -> int | None:
    """The status of the answer; None where the connection was cut."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        try:
            client.sendall(request)
            line = client.makefile("rb").readline().split()
        except (ConnectionResetError, BrokenPipeError):
            return None
    return int(line[1]) if line else None
