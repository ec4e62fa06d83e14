"""A release that is published while another is served."""

import gc
import logging
import shutil
import threading
import time

import pytest
from tests.helpers.portal_release import PortalOffice, patients_rows

from seuil.portal.store import Limits, Store


@pytest.fixture
def office(tmp_path) -> PortalOffice:
    office = PortalOffice(tmp_path / "office")
    office.folder.mkdir()
    office.start().publish_now(office.contents(("patients",)))
    return office


def ids(store: Store) -> list[str]:
    return [entry.id for entry in store.catalogue.entries]


def test_nothing_new(office):
    assert not Store.open(office.archive).refresh()


def test_new_release_is_served_and_the_old_one_ends_its_requests(office):
    store = Store.open(office.archive)
    before = store.served()
    office.publish_now(office.contents(("reel-tarifs", "patients")))
    assert store.refresh()
    assert (store.release.number, ids(store)) == (2, ["reel-tarifs", "patients"])
    assert store.rows("patients", equal={}).total == len(patients_rows())
    assert before.number == 1
    assert before.rows("patients", equal={}).total == len(patients_rows())


def test_file_that_is_made_stays_until_its_reader_has_it(office):
    store = Store.open(office.archive)
    reader = store.served().make("tag", "client", lambda: [b"content"])
    until = time.monotonic() + 10
    while not reader.spool.done and time.monotonic() < until:
        time.sleep(0.01)
    path = reader.spool.path
    office.publish_now(office.contents())
    assert store.refresh()
    gc.collect()
    assert path.read_bytes() == b"content"
    reader.close()
    del reader
    gc.collect()
    assert not path.parent.exists()


def test_served_finds_it_by_itself(office):
    store = Store.open(office.archive, limits=Limits(reload_seconds=0))
    office.publish_now(office.contents())
    until = time.monotonic() + 10
    while store.served().number == 1 and time.monotonic() < until:
        time.sleep(0.01)
    assert store.served().number == 2


def test_it_looks_only_now_and_then(office):
    store = Store.open(office.archive, limits=Limits(reload_seconds=3600))
    office.publish_now(office.contents())
    assert store.served().number == 1
    assert not [thread for thread in threading.enumerate() if thread.name == "seuil-refresh"]


def test_broken_release_leaves_the_old_one_served_and_is_told_once(office, caplog):
    store = Store.open(office.archive)
    office.publish_now(office.contents() | {"jeux/patients/data.parquet": b"PAR1 no table PAR1"})
    with caplog.at_level(logging.ERROR):
        assert not store.refresh()
        assert not store.refresh()
    (record,) = caplog.records
    assert record.getMessage() == (
        "release 1 stays served: the new one can't be: "
        "jeux/patients/data.parquet: is no Parquet file; rebuild the release"
    )
    assert (store.release.number, ids(store)) == (1, ["patients"])
    office.publish_now(office.contents())
    assert store.refresh()
    assert store.release.number == 3


def test_archive_put_back_is_refused(office, tmp_path, caplog):
    shutil.copytree(office.archive, tmp_path / "first")
    office.publish_now(office.contents())
    store = Store.open(office.archive)
    shutil.rmtree(office.archive)
    shutil.copytree(tmp_path / "first", office.archive)
    assert not store.refresh()
    assert "is older than what was seen before" in caplog.text
    assert store.release.number == 2


def test_archive_that_goes_away(office):
    store = Store.open(office.archive)
    (office.archive / "metadata" / "timestamp.json").unlink()
    assert not store.refresh()
    assert ids(store) == ["patients"]


def test_folders_for_temporary_files_go_with_their_release(office, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    store = Store.open(office.archive)
    (first,) = temporary.iterdir()
    office.publish_now(office.contents())
    assert store.refresh()
    (second,) = temporary.iterdir()
    assert first != second
