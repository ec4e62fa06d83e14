"""What one reader may cost."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from tests.helpers.portal_release import client_of, patients_rows, shared_office, shared_store

from seuil.archive.layout import TARGETS
from seuil.model.errors import QueryError
from seuil.odsql import Request, compile_records
from seuil.portal.store import Limits, Store
from seuil.portal.store.abort import ABORT, Abort
from seuil.portal.store.connection import locked_connection
from seuil.portal.store.errors import AbortedError, BusyError, QueryTooCostlyError
from seuil.portal.store.plain import answer
from seuil.portal.store.queries import Queries, Turns

ENDLESS = "SELECT count(*) FROM range(3000000) a, range(3000000) b WHERE a.range % 7 = b.range % 5"
LONG = "SELECT range FROM range(100000)"


def queries(turns: Turns | None = None, **limits: float) -> Queries:
    chosen = Limits(**limits)
    targets = (shared_store().release.archive / TARGETS).resolve()
    return Queries(partial(locked_connection, targets, {}, (), chosen), chosen, turns or Turns(chosen))


def test_query_is_stopped_in_time_and_the_next_one_works():
    asked = queries(query_seconds=0.2)
    begun = time.monotonic()
    with pytest.raises(QueryTooCostlyError, match="takes too long"):
        asked.fetch(ENDLESS)
    assert time.monotonic() - begun < 5
    assert asked.fetch("SELECT $1 + 1", [1]) == [(2,)]


def test_stopping_one_query_leaves_others_alone():
    asked = queries(query_seconds=0.5)
    with ThreadPoolExecutor(2) as pool:
        endless = pool.submit(asked.fetch, ENDLESS)
        others = [asked.fetch("SELECT count(*) FROM range(1000)") for _ in range(20)]
        assert isinstance(endless.exception(), QueryTooCostlyError)
    assert others == [[(1000,)]] * 20


def test_work_on_arrays_waits_for_its_turn_and_is_stopped_as_a_query_is():
    limits = {"query_seconds": 0.1, "queries_at_once": 1}
    turns, abort = Turns(Limits(**limits)), Abort()
    asked = queries(turns, **limits)

    def endless(check: Callable[[], None]) -> None:
        while True:
            check()

    def left(check: Callable[[], None]) -> None:
        abort.stop()
        check()

    with pytest.raises(QueryTooCostlyError, match="takes too long"):
        asked.run(endless)
    with turns.query(), pytest.raises(BusyError):
        asked.run(lambda check: check())
    ABORT.set(abort)
    try:
        with pytest.raises(AbortedError):
            asked.run(left)
    finally:
        ABORT.set(Abort())


def test_each_condition_on_arrays_looks_at_the_time():
    served, steps = shared_store().served(), []
    where = "annee = date'2022' and (ntop > 5 or not territoire in ('75', '2A', '2B'))"
    plan = compile_records(Request(where=where), served.schema("patients"), served.relation("patients")).plan
    vectors = served._copies.vectors(served.relation("patients"))
    assert answer(plan, vectors, lambda: steps.append(1)) is not None
    assert len(steps) >= 8


def test_many_threads_get_their_own_answers():
    asked = queries(queries_at_once=3)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: asked.fetch("SELECT $1 * 2", [n]), range(60)))
    assert answers == [[(2 * n,)] for n in range(60)]


def test_query_waits_for_its_turn_and_gives_up():
    limits = {"query_seconds": 0.3, "queries_at_once": 1}
    turns = Turns(Limits(**limits))
    asked = queries(turns, **limits)
    with turns.query(), pytest.raises(BusyError, match="Too many queries"):
        asked.fetch("SELECT 1")
    assert asked.fetch("SELECT 1") == [(1,)]


def test_export_is_stopped_when_the_engine_has_spent_its_time_and_that_of_the_reader_does_not_count():
    asked = queries(export_seconds=0.2, batch_rows=10)
    with pytest.raises(QueryTooCostlyError, match="takes too long"):
        next(asked.stream(ENDLESS))
    slow = asked.stream("SELECT range FROM range(30)")
    next(slow)
    time.sleep(0.3)
    assert [batch.num_rows for batch in slow] == [10, 10]


def test_rows_are_read_until_they_are_closed():
    asked = queries(batch_rows=1000)
    first = asked.stream(LONG)
    first.close()
    first.close()
    assert list(first) == []
    assert sum(batch.num_rows for batch in asked.stream(LONG)) == 100_000
    with pytest.raises(ValueError, match="single SELECTs"):
        asked.stream("SELECT 1; SELECT 2")


def test_what_nobody_waits_for_is_stopped_at_once():
    asked, abort = queries(queries_at_once=1), Abort()

    def ask() -> None:
        ABORT.set(abort)
        asked.fetch(ENDLESS)

    with ThreadPoolExecutor(2) as pool:
        running, waiting = pool.submit(ask), pool.submit(ask)
        time.sleep(0.2)
        begun = time.monotonic()
        abort.stop()
        assert isinstance(running.exception(), AbortedError)
        assert isinstance(waiting.exception(), AbortedError)
        assert time.monotonic() - begun < 0.5
        assert isinstance(pool.submit(ask).exception(), AbortedError)
    assert asked.fetch("SELECT 1") == [(1,)]


def test_memory_is_bounded():
    asked = queries(memory_mb=64, temporary_mb=1)
    with pytest.raises(QueryTooCostlyError, match="too much memory"):
        asked.fetch("SELECT list(range || 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx') FROM range(20000000)")
    assert asked.fetch("SELECT 1") == [(1,)]


def test_result_out_of_range_is_the_query_s_fault():
    with pytest.raises(QueryError, match="out of range"):
        queries().fetch("SELECT CAST(sum(x) AS BIGINT) FROM (VALUES (9223372036854775807), (1)) t(x)")


def test_export_of_too_many_rows_is_refused_before_it_begins():
    client = client_of(Store.open(shared_office().archive, limits=Limits(export_rows=8)))
    base = "/api/explore/v2.1/catalog/datasets"
    for fmt in ("csv", "json"):
        refused = client.get(f"{base}/patients/exports/{fmt}")
        assert refused.status_code == 400
        assert refused.json() == {
            "error_code": "QueryTooCostly",
            "message": f"The export has {len(patients_rows())} rows; at most 8 are exported at once.",
        }
    assert len(client.get(f"{base}/patients/exports/json", params={"limit": 8}).json()) == 8
    assert len(client.get(f"{base}/patients/exports/json", params={"group_by": "territoire"}).json()) == 4
    assert len(client.get(f"{base}/reel-tarifs/exports/json").json()) == 6
    assert client.get(f"{base}/patients/exports/parquet").status_code == 200  # the file itself: no query runs


def test_limits_come_from_the_environment(monkeypatch):
    monkeypatch.setenv("SEUIL_QUERY_SECONDS", "2.5")
    assert Limits().query_seconds == 2.5


def test_busy_portal_says_when_to_come_back():
    limits = Limits(exports_at_once=1, export_wait_seconds=0.2)
    store, free = Store.open(shared_office().archive, limits=limits), threading.Event()
    held = store.served().make(None, "another", lambda: [b"x"] if free.wait(10) else [])
    response = client_of(store).get("/api/explore/v2.1/catalog/datasets/patients/exports/csv")
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert response.json()["error_code"] == "ServerBusy"
    free.set()
    held.close()
    assert client_of(store).get("/api/explore/v2.1/catalog/datasets/patients/exports/csv").status_code == 200
