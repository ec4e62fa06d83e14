"""Someone who can write in the archive's folder: whatever they change is found and named."""

import itertools
import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.helpers.archives import FIRST, NOON, SECOND, Office, archive_files

from seuil.archive.open import open_release
from seuil.archive.verify import verify_archive
from seuil.model.errors import ReleaseError

SAMPLES = 500


@pytest.fixture(scope="module")
def office(tmp_path_factory) -> Office:
    """Two releases, the second with the first's dataset unchanged."""
    made = Office(tmp_path_factory.mktemp("office")).open_for_business()
    made.release(FIRST)
    made.release(SECOND, now=NOON + timedelta(days=1))
    return made


@pytest.fixture
def archive(office, tmp_path) -> Path:
    return office.copy(tmp_path / "copy").archive


def sampled_places(files: dict[str, bytes], count: int) -> list[tuple[str, int]]:
    """Places spread over every file, the first and last byte of each among them."""
    draw = random.Random(11)
    places = {(name, at) for name, data in files.items() for at in (0, len(data) - 1)}
    names = sorted(files)
    for name in itertools.cycle(names):
        if len(places) == count:
            break
        places.add((name, draw.randrange(len(files[name]))))
    return sorted(places)


def test_every_altered_byte_in_500_places_is_found(archive):
    files = archive_files(archive)
    places = sampled_places(files, SAMPLES)
    assert len(places) == SAMPLES
    assert {name for name, _ in places} == set(files)
    bit = random.Random(5)
    for name, at in places:
        altered = bytearray(files[name])
        altered[at] ^= 1 << bit.randrange(8)
        (archive / name).write_bytes(altered)
        verdict = verify_archive(archive, now=NOON)
        assert any(problem.file == name for problem in verdict.problems), (name, at)
        (archive / name).write_bytes(files[name])
    assert verify_archive(archive, now=NOON).ok


@pytest.mark.soak
def test_every_byte_of_every_metadata_file_is_watched(archive):
    """The lowest bit, and bit 5, which turns a digit of a signature into another way to write the same."""
    for name, data in archive_files(archive).items():
        if not name.endswith(".json") or name.startswith("targets/"):
            continue
        for at in range(len(data)):
            for bit in (0, 5):
                altered = bytearray(data)
                altered[at] ^= 1 << bit
                (archive / name).write_bytes(altered)
                assert not verify_archive(archive, now=NOON).ok, (name, at, bit)
        (archive / name).write_bytes(data)


def test_upper_case_signature_is_valid_but_not_what_was_written(archive):
    """A bit that TUF itself would not miss: hexadecimal digits mean the same in either case."""
    file = archive / "metadata" / "timestamp.json"
    before, mark, after = file.read_text().partition('"sig": "')
    file.write_text(before + mark + after[:128].upper() + after[128:])
    assert open_release(archive, now=NOON).number == 2
    (problem,) = verify_archive(archive, now=NOON).problems
    assert problem.file == "metadata/timestamp.json"
    assert "altered outside what is signed" in problem.found


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_other_content_of_any_file_is_found(office, data):
    files = archive_files(office.archive)
    name = data.draw(st.sampled_from(sorted(files)))
    start = data.draw(st.integers(0, len(files[name])))
    stop = data.draw(st.integers(start, min(start + 8, len(files[name]))))
    patch = data.draw(st.binary(max_size=8))
    altered = files[name][:start] + patch + files[name][stop:]
    target = office.archive / name
    try:
        target.write_bytes(altered)
        verdict = verify_archive(office.archive, now=NOON)
    finally:
        target.write_bytes(files[name])
    assert verdict.ok == (altered == files[name])


def test_fraction_in_place_of_a_version_is_found(archive):
    """`10` and `1.` are one byte apart, and a fraction can't be written in what TUF signs."""
    file = archive / "metadata" / "1.snapshot.json"
    file.write_text(file.read_text().replace('"version": 1', '"version": 1.5'))
    (problem,) = verify_archive(archive, now=NOON).problems
    assert problem.file == "metadata/1.snapshot.json"


def test_file_swapped_with_another_signed_one(archive):
    one, other = sorted((archive / "targets" / "jeux").rglob("*.data.parquet"))
    one_bytes, other_bytes = one.read_bytes(), other.read_bytes()
    one.write_bytes(other_bytes)
    other.write_bytes(one_bytes)
    named = {problem.file for problem in verify_archive(archive, now=NOON).problems}
    assert named == {path.relative_to(archive).as_posix() for path in (one, other)}
    with pytest.raises(ReleaseError, match="too"):
        open_release(archive, now=NOON)


def test_missing_file_is_named(archive):
    (gone,) = (archive / "targets").rglob("*.notes.txt")
    gone.unlink()
    (problem,) = verify_archive(archive, now=NOON).problems
    assert (problem.file, problem.found) == (gone.relative_to(archive).as_posix(), "is missing")
    with pytest.raises(ReleaseError, match=r"notes\.txt: is missing; expected the 4 bytes"):
        open_release(archive, now=NOON)


@pytest.mark.parametrize(
    ("content", "words"), [(b"neu", "too short, 3 bytes"), (b"neuf!", "too long, 5 bytes"), (b"neuF", "altered")]
)
def test_what_is_wrong_with_a_file_is_said(archive, content, words):
    (file,) = (archive / "targets").rglob("*.notes.txt")
    file.write_bytes(content)
    with pytest.raises(ReleaseError, match=words):
        open_release(archive, now=NOON)


@pytest.mark.parametrize("name", ["notes.txt", "metadata/9.targets.json", "metadata/x", "targets/jeux/extra.csv"])
def test_extra_file_is_found(archive, name):
    (archive / name).write_bytes(b"{}")
    (problem,) = verify_archive(archive, now=NOON).problems
    assert problem.file == name
    assert "unexpected file" in problem.found


def test_link_to_a_file_outside_is_found_though_its_content_is_right(archive, tmp_path):
    (file,) = (archive / "targets").rglob("*.notes.txt")
    outside = tmp_path / "outside"
    file.rename(outside)
    file.symlink_to(outside)
    assert {problem.found for problem in verify_archive(archive, now=NOON).problems} == {"is a symbolic link"}
    with pytest.raises(ReleaseError, match="symbolic link"):
        open_release(archive, now=NOON)


def test_linked_folder_is_found(archive, tmp_path):
    (archive / "targets").rename(tmp_path / "elsewhere")
    (archive / "targets").symlink_to(tmp_path / "elsewhere")
    assert "targets" in {problem.file for problem in verify_archive(archive, now=NOON).problems}
    with pytest.raises(ReleaseError, match="targets: is a symbolic link"):
        open_release(archive, now=NOON)


def test_deleted_earlier_release_is_found(archive):
    for role in ("targets", "snapshot"):
        (archive / "metadata" / f"1.{role}.json").unlink()
    assert open_release(archive, now=NOON).number == 2
    found = {problem.file: problem.found for problem in verify_archive(archive, now=NOON).problems}
    assert found == {"metadata/1.snapshot.json": "is missing", "metadata/1.targets.json": "is missing"}


def test_all_problems_are_listed(archive):
    (file,) = (archive / "targets").rglob("*.notes.txt")
    file.write_bytes(b"")
    (archive / "extra").write_bytes(b"")
    (archive / "metadata" / "1.root.json").write_bytes(b"{}")
    named = [problem.file for problem in verify_archive(archive, now=NOON).problems]
    assert {"extra", "metadata/1.root.json"} <= set(named)


def test_changed_after_it_was_opened(archive):
    release = open_release(archive, now=NOON)
    release.files["catalogue.json"].write_bytes(b"{}")
    with pytest.raises(ReleaseError, match="changed since the release was opened"):
        release.read_bytes("catalogue.json")


@pytest.mark.parametrize("name", ["1.targets.json", "2.snapshot.json", "2.targets.json"])
def test_missing_metadata_is_named(archive, name):
    (archive / "metadata" / name).unlink()
    found = {problem.file: problem.found for problem in verify_archive(archive, now=NOON).problems}
    assert found == {f"metadata/{name}": "is missing"}
    if name.startswith("2."):
        with pytest.raises(ReleaseError, match=f"metadata/{name}: is missing"):
            open_release(archive, now=NOON)


def test_metadata_under_the_name_of_another(archive):
    shutil.copy(archive / "metadata" / "1.snapshot.json", archive / "metadata" / "2.snapshot.json")
    with pytest.raises(ReleaseError, match=r"2\.snapshot\.json: is altered"):
        open_release(archive, now=NOON)
    (problem,) = verify_archive(archive, now=NOON).problems
    assert (problem.file, problem.found) == ("metadata/2.snapshot.json", "holds version 1")
    shutil.copy(archive / "metadata" / "2.targets.json", archive / "metadata" / "2.snapshot.json")
    (problem,) = verify_archive(archive, now=NOON).problems
    assert problem.found == "holds metadata of the role targets"


def test_folder_in_the_place_of_a_file(archive):
    (file,) = (archive / "targets").rglob("*.notes.txt")
    file.unlink()
    file.mkdir()
    (problem,) = verify_archive(archive, now=NOON).problems
    assert problem.found == "is not a file"
