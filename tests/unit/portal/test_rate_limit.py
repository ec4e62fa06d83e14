"""How much one client may ask, whom the portal takes for a client, and what it tells the operator of itself."""

import json
import logging
import re
import time

import httpx
import pytest
from fastapi.testclient import TestClient
from tests.helpers.portal_release import DATASETS, shared_office
from tests.helpers.portal_server import listening

from seuil.model.errors import UsageError
from seuil.portal.app import create_app
from seuil.portal.logs import JsonLines
from seuil.portal.networks import client_key, is_in, read_networks
from seuil.portal.settings import Settings

RECORDS = f"{DATASETS}/patients/records"


def client(address: str = "192.0.2.1", **settings: object) -> TestClient:
    app = create_app(Settings(archive=shared_office().archive, **settings))
    return TestClient(app, client=(address, 1234))


def test_every_answer_says_how_many_requests_are_left():
    reader = client(requests_per_minute=3)
    for left in (2, 1, 0):
        answer = reader.get(RECORDS)
        assert answer.status_code == 200
        assert (answer.headers["x-ratelimit-limit"], answer.headers["x-ratelimit-remaining"]) == ("3", str(left))
        assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00", answer.headers["x-ratelimit-reset"])
        assert answer.headers["ratelimit-policy"] == '"minute";q=3;w=60'
        assert re.fullmatch(rf'"minute";r={left};t=\d+', answer.headers["ratelimit"])


def test_who_asks_more_is_told_when_to_come_back_and_others_are_answered(monkeypatch: pytest.MonkeyPatch):
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now)  # else a slow machine lets a part of the minute go by
    reader = client(requests_per_minute=2)
    for _ in range(2):
        assert reader.get(RECORDS).status_code == 200
    refused = reader.get(RECORDS)
    assert refused.status_code == 429
    assert refused.headers["x-content-type-options"] == "nosniff"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["access-control-allow-origin"] == "*"
    told = refused.json()
    assert (told["error_code"], told["errorcode"], told["call_limit"]) == ("TooManyRequests", 10002, 2)
    assert told["error"] == told["message"]
    assert reader.get("/").status_code == 429
    assert TestClient(reader.app, client=("192.0.2.2", 1)).get(RECORDS).status_code == 200


@pytest.mark.parametrize("path", ["/health", "/assets/favicon.svg"])
def test_health_and_style_sheets_aren_t_counted(path: str):
    reader = client(requests_per_minute=1)
    for _ in range(3):
        found = reader.get(path)
        assert (found.status_code, "x-ratelimit-limit" in found.headers) == (200, False)


@pytest.mark.parametrize(
    ("address", "settings"),
    [
        ("127.0.0.1", {}),
        ("::1", {}),
        ("192.0.2.1", {"unlimited": "192.0.2.0/24"}),
        ("192.0.2.1", {"requests_per_minute": 0}),
    ],
)
def test_the_machine_itself_and_named_networks_aren_t_counted(address: str, settings: dict[str, object]):
    reader = client(address, **{"requests_per_minute": 1, **settings})
    answers = [reader.get(RECORDS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    left = None if "requests_per_minute" in settings else "1"
    assert [answer.headers.get("x-ratelimit-remaining") for answer in answers] == [left] * 3


def test_a_proxy_s_word_is_taken_only_where_the_operator_says_so():
    app = create_app(Settings(archive=shared_office().archive, requests_per_minute=1, unlimited=""))
    asked = [{"X-Forwarded-For": f"192.0.2.{at}"} for at in (1, 2, 1)]
    trusted = {"proxy_headers": True, "forwarded_allow_ips": "127.0.0.1"}
    with listening(app, **trusted) as port:
        told = [httpx.get(f"http://127.0.0.1:{port}{RECORDS}", headers=one).status_code for one in asked]
    assert told == [200, 200, 429]
    with listening(app, proxy_headers=False) as port:
        told = [httpx.get(f"http://127.0.0.1:{port}{RECORDS}", headers=one).status_code for one in asked]
    assert told == [200, 429, 429]


def test_addresses_of_one_customer_are_one_client():
    assert client_key("2001:db8:1:2:3::1") == client_key("2001:db8:1:2:4::9") != client_key("2001:db8:1:3::1")
    assert client_key("192.0.2.1") != client_key("192.0.2.2")


def test_networks_are_read_or_refused():
    found = read_networks("127.0.0.1, 10.0.0.0/8,::1", "X")
    assert [is_in(a, found) for a in ("10.1.2.3", "::ffff:127.0.0.1", "::1", "11.0.0.1", "testclient")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    with pytest.raises(UsageError, match="SEUIL_UNLIMITED: 'home' does not appear"):
        read_networks("home", "SEUIL_UNLIMITED")


def test_nobody_reads_metrics_unless_the_operator_says_who():
    assert client("127.0.0.1").get("/metrics").status_code == 404
    assert client("192.0.2.1", metrics_for="127.0.0.1").get("/metrics").status_code == 404


def test_metrics_count_requests_by_route_and_tell_the_state_of_the_store():
    reader = client("127.0.0.1", metrics_for="127.0.0.1")
    reader.get(RECORDS)
    reader.get("/nowhere")
    text = reader.get("/metrics").text
    route = "/api/explore/v2.1/catalog/datasets/{dataset_id}/records"
    assert f'http_requests_total{{handler="{route}",method="GET",status="2xx"}} 1.0' in text
    assert 'handler="none",method="GET",status="4xx"} 1.0' in text
    for name in (
        "seuil_release 1.0",
        "seuil_spool_bytes",
        "seuil_exports_waiting 0.0",
        "seuil_release_expires_seconds",
    ):
        assert name in text
    assert "127.0.0.1" not in text


def test_requests_are_written_without_who_asked_for_what(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, "seuil.requests"):
        client(log_requests=True).get(f"{RECORDS}?where=territoire='75'", headers={"User-Agent": "Mosaic"})
    (record,) = [one for one in caplog.records if one.name == "seuil.requests"]
    line = JsonLines().format(record)
    told = json.loads(line)
    assert (told["method"], told["status"], told["level"]) == ("GET", 200, "info")
    assert told["route"].endswith("/{dataset_id}/records")
    assert told["bytes"] > 0
    for secret in ("192.0.2.1", "Mosaic", "territoire", "75"):
        assert secret not in line.replace(told["time"], "")


def test_a_fault_is_one_line_with_its_traceback():
    try:
        raise ValueError("two\nlines")
    except ValueError:
        record = logging.getLogger("x").makeRecord(
            "x", logging.ERROR, "f", 1, "a %s", ("fault",), __import__("sys").exc_info()
        )
    line = JsonLines().format(record)
    assert "\n" not in line
    assert json.loads(line)["message"] == "a fault"
    assert "ValueError" in json.loads(line)["exception"]
