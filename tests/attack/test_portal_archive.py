"""Someone who can write in the archive, under a running portal or between two starts of it."""

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.helpers.portal_release import DATASETS, PortalOffice, client_of, patients_rows

from seuil.archive.memory import FILE, Memory
from seuil.model.errors import ReleaseError, UsageError
from seuil.portal.store import Store
from seuil.publish.publish import refresh_timestamp


@pytest.fixture
def office(tmp_path: Path) -> PortalOffice:
    office = PortalOffice(tmp_path / "office")
    office.folder.mkdir()
    office.start().publish_now(office.contents())
    return office


def answers(store: Store) -> list[tuple[int, bytes, str]]:
    client = client_of(store)
    paths = ("/patients/records", "/patients/exports/csv", "/patients/exports/parquet", "/reel-tarifs/exports/json")
    found = [client.get(f"{DATASETS}{path}") for path in paths]
    return [(answer.status_code, answer.content, answer.headers["etag"]) for answer in found]


def test_bytes_altered_under_a_running_portal_reach_no_reader(office: PortalOffice) -> None:
    store = Store.open(office.archive)
    expected, draw = answers(store), random.Random(1)
    files = [path for path in office.archive.rglob("*") if path.is_file()]
    for _ in range(15):
        path = draw.choice(files)
        content = bytearray(path.read_bytes())
        content[draw.randrange(len(content))] ^= 1 << draw.randrange(8)
        path.write_bytes(content)
        store.refresh()
        assert answers(store) == expected


def test_archive_removed_under_a_running_portal(office: PortalOffice) -> None:
    store = Store.open(office.archive)
    expected = answers(store)
    shutil.rmtree(office.archive)
    assert not store.refresh()
    assert answers(store) == expected


def test_renewed_timestamp_is_taken_up_without_copying_anew(office: PortalOffice) -> None:
    store = Store.open(office.archive)
    first = store.served().file("patients").stat().st_ino
    later = datetime.now(UTC) + timedelta(days=1)
    refresh_timestamp(office.archive, office.signer("timestamp"), now=later)
    shutil.rmtree(office.archive / "targets")
    assert store.refresh()
    assert store.release.expires > later + timedelta(days=29)
    assert store.served().file("patients").stat().st_ino == first
    assert store.rows("patients", equal={}).total == len(patients_rows())


def test_copy_is_for_its_owner_alone_and_can_not_be_written(office: PortalOffice) -> None:
    store = Store.open(office.archive)  # the folder goes with it
    release = store.release
    assert release.archive.parent.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in release.files.values()} == {0o400}


def test_older_release_is_refused_after_a_restart(office: PortalOffice, tmp_path: Path) -> None:
    shutil.copytree(office.archive, tmp_path / "first")
    office.publish_now(office.contents(("patients",)))
    memory = Memory(tmp_path / "state", office.archive)
    assert Store.open(office.archive, memory=memory).release.number == 2
    shutil.rmtree(office.archive)
    shutil.copytree(tmp_path / "first", office.archive)
    with pytest.raises(ReleaseError, match=r"is older than what was seen before.*seen\.json"):
        Store.open(office.archive, memory=memory)
    memory.file.unlink()
    assert Store.open(office.archive, memory=memory).release.number == 1


def test_release_that_is_seen_while_running_is_remembered(office: PortalOffice, tmp_path: Path) -> None:
    shutil.copytree(office.archive, tmp_path / "first")
    memory = Memory(tmp_path / "state", office.archive)
    store = Store.open(office.archive, memory=memory)
    office.publish_now(office.contents(("patients",)))
    assert store.refresh()
    with pytest.raises(ReleaseError, match="is older than what was seen before"):
        Store.open(tmp_path / "first", memory=memory)


def test_other_keys_are_refused_after_a_restart_and_against_a_pinned_root(office: PortalOffice, tmp_path: Path) -> None:
    known = (office.archive / "root.json").read_bytes()
    memory = Memory(tmp_path / "state", office.archive)
    Store.open(office.archive, memory=memory)
    stranger = PortalOffice(tmp_path / "stranger")
    stranger.folder.mkdir()
    stranger.start().publish_now(stranger.contents())
    assert Store.open(stranger.archive).release.number == 1
    with pytest.raises(ReleaseError, match=r"0 valid of 1.*seen\.json"):
        Store.open(stranger.archive, memory=memory)
    with pytest.raises(ReleaseError, match="0 valid of 1"):
        Store.open(stranger.archive, trusted_root=known)


def test_pinned_root_counts_beside_what_was_remembered(office: PortalOffice, tmp_path: Path) -> None:
    """Whoever pins a root late is not served what was trusted at first sight before."""
    memory = Memory(tmp_path / "state", office.archive)
    Store.open(office.archive, memory=memory)
    stranger = PortalOffice(tmp_path / "stranger")
    stranger.folder.mkdir()
    stranger.start()
    with pytest.raises(ReleaseError):
        Store.open(office.archive, trusted_root=(stranger.archive / "root.json").read_bytes(), memory=memory)


@pytest.mark.parametrize("content", [b"", b"{}", b"[1]", b'{"root": 1, "timestamp": "", "snapshot": ""}', b"\xff"])
def test_damaged_memory_is_not_taken_for_first_sight(content: bytes, office: PortalOffice, tmp_path: Path) -> None:
    memory = Memory(tmp_path, office.archive)
    memory.file.write_bytes(content)
    with pytest.raises(ReleaseError, match=rf"{FILE}: is not what was remembered"):
        Store.open(office.archive, memory=memory)


def test_memory_never_lies_in_the_archive(office: PortalOffice) -> None:
    with pytest.raises(UsageError, match="lies in the archive"):
        Memory(office.archive / "metadata", office.archive)


def test_memory_that_can_not_be_written_is_named(office: PortalOffice, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="file"):
        Store.open(office.archive, memory=Memory(tmp_path / "file" / "state", office.archive))
