import subprocess
import sys
from datetime import timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.helpers.archives import FIRST, NOON, Office, archive_files

from seuil.archive.open import open_release
from seuil.archive.verify import verify_archive
from seuil.model.errors import ReleaseError

NAMES = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_.=-]{0,6}(/[A-Za-z0-9_][A-Za-z0-9_.=-]{0,6}){0,2}", fullmatch=True)


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    made = Office(tmp_path_factory.mktemp("office")).open_for_business()
    made.release(FIRST)
    return made


def test_opening_writes_nothing_in_the_archive(office):
    before = {path: path.stat().st_mtime_ns for path in office.archive.rglob("*")}
    open_release(office.archive, now=NOON)
    verify_archive(office.archive, now=NOON)
    assert {path: path.stat().st_mtime_ns for path in office.archive.rglob("*")} == before


def test_files_are_read_where_they_lie(office):
    release = open_release(office.archive, now=NOON)
    assert set(release.files) == set(FIRST)
    assert all(path.is_relative_to(office.archive) for path in release.files.values())


def test_file_that_the_release_does_not_have(office):
    with pytest.raises(ReleaseError, match=r"release 1 has no file secret\.csv"):
        open_release(office.archive, now=NOON).read_bytes("secret.csv")


def test_release_can_not_be_changed(office):
    release = open_release(office.archive, now=NOON)
    with pytest.raises(TypeError):
        release.files["catalogue.json"] = office.folder
    with pytest.raises(TypeError):
        release.targets["x"] = release.targets["catalogue.json"]


def test_the_clock_is_the_one_that_is_given(office):
    """Fails if python-tuf's Updater no longer takes the time that `trust` gives it."""
    end = NOON + timedelta(days=30)
    assert open_release(office.archive, now=end - timedelta(seconds=1)).expires == end
    with pytest.raises(ReleaseError, match="out of date"):
        open_release(office.archive, now=end)


def test_verdict_counts_what_was_checked(office):
    files = archive_files(office.archive)
    calls = []
    verdict = verify_archive(office.archive, now=NOON, progress=lambda *call: calls.append(call))
    assert (verdict.release, verdict.files, verdict.bytes) == (1, len(files), sum(map(len, files.values())))
    assert [path for path, _, _ in calls] == sorted(name for name in files if name.startswith("targets/"))
    assert calls[0][1] == 0
    assert calls[-1][1] + len(files[calls[-1][0]]) == calls[-1][2] == sum(map(len, FIRST.values()))


@settings(max_examples=15, deadline=None)
@given(st.dictionaries(NAMES, st.binary(max_size=40), min_size=1, max_size=5))
def test_what_is_published_is_what_is_read(tmp_path_factory, contents):
    folders = {parent for name in contents for parent in name.split("/")[:-1]}
    assume(not folders & {name.split("/")[-1] for name in contents})
    made = Office(tmp_path_factory.mktemp("office")).open_for_business()
    made.release(contents)
    release = open_release(made.archive, now=NOON)
    assert {name: release.read_bytes(name) for name in release.files} == contents
    assert verify_archive(made.archive, now=NOON).ok


def test_reading_side_needs_nothing_of_the_confidential_zone():
    code = "import sys, seuil.archive.open, seuil.archive.verify; print([m for m in sys.modules if 'publish' in m])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
