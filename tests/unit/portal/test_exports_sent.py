"""Downloads as they are sent: nothing is read before it is asked for, and a reader who leaves takes nothing along."""

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.helpers.portal_release import shared_office

from seuil.portal.exports.csv_text import CsvForm
from seuil.portal.exports.export import Pieces, csv_export, sent
from seuil.portal.store import Limits, Store
from seuil.portal.store.errors import BusyError


@pytest.fixture
def store() -> Store:
    return Store.open(shared_office().archive, limits=Limits(exports_at_once=1, batch_rows=1))


def begun(store: Store) -> Pieces:
    served = store.served()
    return csv_export(served, served.entry("patients"), served.whole("patients"), CsvForm(), None)


def run(reading: Coroutine[object, object, list[bytes]]) -> list[bytes]:
    """Run it in a thread of its own: a browser test before may have left its loop running in this one."""
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(asyncio.run, reading).result()


async def read(pieces: Pieces, most: int) -> list[bytes]:
    file = sent(next(pieces), pieces)
    found = []
    async for piece in file:
        found.append(piece)
        if len(found) == most:
            break
    await file.aclose()
    return found


def test_one_piece_a_batch(store):
    assert len(run(read(begun(store), 1000))) == store.entry("patients").rows


@pytest.mark.parametrize("most", [1, 3, 1000])
def test_turn_is_free_after_a_reader_who_leaves(store, most):
    pieces = begun(store)
    assert run(read(pieces, most))
    next(begun(store))


def test_turn_is_free_after_a_reader_who_never_came(store):
    pieces = begun(store)
    file = sent(next(pieces), pieces)
    with pytest.raises(BusyError):
        next(begun(store))
    del file, pieces
    next(begun(store))
