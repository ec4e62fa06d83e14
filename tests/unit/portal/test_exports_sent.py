"""Downloads as they are sent: made once, at the engine's speed; a reader who leaves takes nothing along."""

import asyncio
import gc
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from tests.helpers.portal_release import shared_office

from seuil.portal.store import Limits, Store
from seuil.portal.store.abort import ABORT, Abort, current_abort
from seuil.portal.store.errors import AbortedError, BusyError, QueryTooCostlyError
from seuil.portal.store.fair import FairQueue
from seuil.portal.store.served import ServedRelease
from seuil.portal.store.spool import Disk, Reader

_Found = TypeVar("_Found")


def opened(**limits: float) -> ServedRelease:
    return Store.open(shared_office().archive, limits=Limits(**limits)).served()


def run(reading: Coroutine[object, object, _Found]) -> _Found:
    """Run it in a thread of its own: a browser test before may have left its loop running in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, reading).result()


async def read(reader: Reader, most: int = 1000) -> list[bytes]:
    found = []
    async for piece in reader.pieces():
        found.append(piece)
        if len(found) == most:
            break
    return found


def until(true: Callable[[], bool]) -> None:
    for _ in range(200):
        if true():
            return
        time.sleep(0.01)
    raise AssertionError("it never came to be")


def test_a_file_is_made_once_for_all_who_ask_meanwhile_and_once_it_is_kept():
    served, made, free = opened(), [], threading.Event()

    def pieces() -> Iterator[bytes]:
        made.append(1)
        yield b"one"
        free.wait(10)
        yield b"two"

    readers = [served.make("tag", "client", pieces) for _ in range(3)]
    free.set()
    assert [b"".join(run(read(reader))) for reader in readers] == [b"onetwo"] * 3
    assert made == [1]
    until(lambda: served.files.get("tag") is not None)
    assert served.files.get("tag").path.read_bytes() == b"onetwo"


def test_what_is_there_is_read_before_the_rest_is_made():
    served, free = opened(), threading.Event()

    def pieces() -> Iterator[bytes]:
        yield b"one"
        free.wait(10)
        yield b"two"

    reader = served.make(None, "client", pieces)
    assert run(read(reader, 1)) == [b"one"]
    free.set()
    assert b"".join(run(read(reader))) == b"onetwo"


def test_a_file_that_its_last_reader_leaves_is_given_up():
    served, stopped = opened(exports_at_once=1), threading.Event()

    def pieces() -> Iterator[bytes]:
        abort = current_abort()
        with abort.calling(stopped.set):
            yield b"one"
            assert stopped.wait(10)

    one, other = served.make("tag", "client", pieces), served.make("tag", "client", pieces)
    one.close()
    one.close()
    assert run(read(other, 1)) == [b"one"]
    assert not stopped.is_set()
    del other  # an answer that is never begun
    assert stopped.wait(1)
    # Its turn is free, and who asks for it again gets it.
    assert run(read(served.make("tag", "client", lambda: [b"again"]))) == [b"again"]


def test_a_file_that_was_given_up_in_the_queue_is_never_begun():
    served, free, begun = opened(exports_at_once=1), threading.Event(), []
    held = served.make(None, "client", lambda: [b"x"] if free.wait(10) else [])
    served.make(None, "client", lambda: begun.append(1) or [b"never"]).close()
    last = served.make(None, "client", lambda: [b"last"])
    free.set()
    assert run(read(last)) == [b"last"]
    assert not begun
    held.close()


def test_what_goes_wrong_is_told_to_every_reader():
    served = opened()

    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise QueryTooCostlyError("too long")

    reader = served.make("tag", "client", pieces)
    with pytest.raises(QueryTooCostlyError, match="too long"):
        run(read(reader))
    assert run(read(served.make("tag", "client", lambda: [b"again"]))) == [b"again"]


def test_files_go_with_their_last_reader_and_so_do_their_bytes():
    served = opened(export_cache_mb=0)
    reader = served.make("tag", "client", lambda: [b"x" * 1000])
    run(read(reader))
    path = reader.spool.path
    assert path.exists()
    assert served._turns.disk.held == 1000
    reader.close()
    del reader
    gc.collect()
    until(lambda: not path.exists())
    assert served._turns.disk.held == 0


def test_a_file_that_takes_more_than_a_client_s_share_is_refused_and_others_are_not():
    served = opened(client_spool_mb=1, spool_mb=3)
    large = served.make(None, "one", lambda: [b"x" * (1 << 19)] * 3)
    with pytest.raises(QueryTooCostlyError, match="more than 1 MB"):
        run(read(large))
    assert len(run(read(served.make(None, "other", lambda: [b"x" * (1 << 18)] * 3)))) == 3


def test_the_disk_counts_bytes_of_each_client_and_of_all():
    told: list[int] = []
    disk = Disk(30, 20)
    disk.changed = lambda: told.append(disk.held)
    disk.take("one", 20)
    assert (disk.has_room("one"), disk.has_room("other")) == (False, True)
    with pytest.raises(QueryTooCostlyError):
        disk.take("other", 11)
    disk.take("other", 10)
    assert not disk.has_room("third")
    disk.give_back("one", 20)
    assert told == [10]
    assert disk.has_room("one")


def test_jobs_run_a_few_at_a_time_and_each_client_in_turn():
    free, order, ended = threading.Event(), [], threading.Semaphore(0)
    queue = FairQueue(1, 10, lambda _: True)
    queue.submit("first", lambda: free.wait(10))

    def job(name: str) -> Callable[[], None]:
        def run_it() -> None:
            order.append(name)
            ended.release()

        return run_it

    for client in ("a", "a", "a", "b", "c", "c"):
        queue.submit(client, job(client))
    free.set()
    for _ in range(6):
        assert ended.acquire(timeout=5)
    assert "".join(order) == "abcaca"


def test_a_job_that_is_ahead_of_its_reader_lets_others_go_first_and_goes_on_afterwards():
    order, ended, free = [], threading.Event(), threading.Event()
    queue = FairQueue(1, 10, lambda _: True)

    def ahead() -> None:
        order.append("begun")
        free.wait(10)
        queue.pause()
        order.append("gone on")
        queue.pause()  # nobody waits: it goes on
        ended.set()

    queue.submit("one", ahead)
    for name in "ab":
        queue.submit("one", lambda name=name: order.append(name))
    free.set()
    assert ended.wait(5)
    assert order == ["begun", "a", "b", "gone on"]


def test_a_paused_job_that_nobody_wants_any_more_ends_and_its_turn_is_free():
    queue, free, abort, told = FairQueue(1, 10, lambda _: True), threading.Event(), Abort(), []

    def ahead() -> None:
        ABORT.set(abort)
        free.wait(10)
        try:
            queue.pause()
        except AbortedError:
            told.append("aborted")

    queue.submit("one", ahead)
    blocked, last = threading.Event(), threading.Event()
    queue.submit("one", lambda: blocked.wait(10))
    free.set()
    time.sleep(0.05)
    abort.stop()
    until(lambda: told == ["aborted"])
    queue.submit("one", last.set)
    assert not last.wait(0.1)
    blocked.set()
    assert last.wait(5)


def test_a_client_may_have_so_many_that_wait_and_no_more():
    free, queue = threading.Event(), FairQueue(1, 2, lambda _: True)
    for _ in range(3):
        queue.submit("one", lambda: free.wait(10))
    with pytest.raises(BusyError):
        queue.submit("one", lambda: None)
    queue.submit("other", free.set)
    free.set()


def test_a_client_without_room_waits_until_there_is_some():
    room, ran = [False], threading.Event()
    queue = FairQueue(2, 10, lambda _: room[0])
    queue.submit("one", ran.set)
    assert not ran.wait(0.1)
    room[0] = True
    queue.look()
    assert ran.wait(1)


def test_a_reader_who_waits_in_vain_is_told_to_come_back():
    served, free = opened(exports_at_once=1), threading.Event()
    held = served.make(None, "client", lambda: [b"x"] if free.wait(10) else [])
    with pytest.raises(BusyError, match="Too many exports"):
        run(held.spool.wait(0, 0.05))
    free.set()


def test_a_reader_who_is_gone_reads_nothing_more():
    served = opened()
    reader = served.make(None, "client", lambda: [b"x" * (1 << 20)] * 2)

    async def leave() -> None:
        async for _ in reader.pieces():
            current_abort_of_this_task.stop()

    current_abort_of_this_task = Abort()

    async def with_abort() -> None:
        ABORT.set(current_abort_of_this_task)
        await leave()

    with pytest.raises(AbortedError):
        run(with_abort())
