"""Someone who would have readers take what two people did not sign, what is old, or what is theirs."""

import shutil
from datetime import timedelta

import pytest
from tests.helpers.archives import FIRST, NOON, SECOND, Office

from seuil.archive.open import open_release
from seuil.archive.strict import metadata_bytes
from seuil.archive.tufapi import Metadata, Snapshot, TargetFile, Targets, Timestamp
from seuil.archive.verify import verify_archive
from seuil.model.errors import ReleaseError, UsageError
from seuil.publish.publish import refresh_timestamp
from seuil.publish.repository import renew_root
from seuil.publish.sign import sign, status


@pytest.fixture
def office(tmp_path) -> Office:
    made = Office(tmp_path / "office").open_for_business()
    made.release(FIRST)
    return made


def test_one_signature_is_refused_before_publication(office):
    proposal = office.propose(SECOND, signed_by=["statistician"])
    with pytest.raises(ReleaseError, match="1 valid of 2 signatures"):
        office.publish(proposal)
    assert open_release(office.archive, now=NOON).number == 1


def test_the_same_key_twice_counts_once(office):
    proposal = office.propose(SECOND, signed_by=["checker", "checker"])
    assert status(proposal).signed == ("checker",)
    with pytest.raises(ReleaseError, match=r"1 valid of 2 signatures \(checker\)"):
        office.publish(proposal)


def test_a_publisher_who_skips_the_check_is_found_by_readers(office):
    """Whoever holds the two online keys, but not those of both people, can't make a release."""
    metadata = office.archive / "metadata"
    targets = Metadata[Targets].from_file(str(metadata / "1.targets.json"))
    targets.sign(office.signer("checker"))
    data = metadata_bytes(targets)
    (metadata / "1.targets.json").write_bytes(data)
    for name, kind, role in (("1.snapshot.json", Snapshot, "snapshot"), ("timestamp.json", Timestamp, "timestamp")):
        above = Metadata[kind].from_file(str(metadata / name))
        fixed = above.signed.meta["targets.json"] if kind is Snapshot else above.signed.snapshot_meta
        fixed.length, fixed.hashes = len(data), type(fixed).from_data(1, data, ["sha256"]).hashes
        above.sign(office.signer(role))
        data = metadata_bytes(above)
        (metadata / name).write_bytes(data)
    with pytest.raises(ReleaseError, match=r"1\.targets\.json: .*1 valid of 2 signatures \(checker\)"):
        open_release(office.archive, now=NOON)
    (problem,) = verify_archive(office.archive, now=NOON).problems
    assert problem.file == "metadata/1.targets.json"


def test_signature_of_a_stranger_beside_the_right_one(office, tmp_path):
    """Readers don't mind, as TUF counts the right ones only; but it is not what was written."""
    stranger = Office(tmp_path / "stranger").open_for_business()
    file = office.archive / "metadata" / "timestamp.json"
    metadata = Metadata[Timestamp].from_file(str(file))
    metadata.sign(stranger.signer("timestamp"), append=True)
    file.write_bytes(metadata_bytes(metadata))
    assert open_release(office.archive, now=NOON).number == 1
    (problem,) = verify_archive(office.archive, now=NOON).problems
    assert (problem.file, problem.expected) == ("metadata/timestamp.json", "1 valid signature and no others")


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (TargetFile(1, {"sha256": "ab" * 32}, "../../x"), "can't name a file of a release"),
        (TargetFile(1, {"sha256": "../x"}, "x"), "is not a SHA-256"),
        (TargetFile(1, {"sha512": "ab" * 64}, "x"), "expected sha256 alone"),
    ],
)
def test_even_both_signers_can_not_lead_out_of_the_archive(office, target, words):
    proposal = office.propose(SECOND, signed_by=[])
    listed = Metadata[Targets].from_file(str(proposal / "targets.json"))
    listed.signed.targets = {target.path: target}
    for role in ("statistician", "checker"):
        listed.sign(office.signer(role), append=True)
    (proposal / "targets.json").write_bytes(metadata_bytes(listed))
    with pytest.raises(ReleaseError, match=words):
        office.publish(proposal)


def test_key_of_another_role_does_not_sign_releases(office):
    proposal = office.propose(SECOND, signed_by=[])
    with pytest.raises(UsageError, match="the key of the timestamp does not sign releases"):
        sign(proposal, office.signer("timestamp"))


def test_list_altered_after_the_first_signature(office):
    proposal = office.propose(SECOND, signed_by=["statistician"])
    listed = Metadata[Targets].from_file(str(proposal / "targets.json"))
    del listed.signed.targets["jeux/patients/notes.txt"]
    (proposal / "targets.json").write_bytes(metadata_bytes(listed))
    with pytest.raises(ReleaseError, match="the signature of the statistician does not fit"):
        sign(proposal, office.signer("checker"))


@pytest.mark.parametrize("name", ["content/catalogue.json", "content/extra.csv"])
def test_content_altered_after_it_was_signed(office, name):
    proposal = office.propose(SECOND)
    (proposal / name).write_bytes(b"other")
    with pytest.raises(ReleaseError, match=name):
        office.publish(proposal)
    assert verify_archive(office.archive, now=NOON).ok


def test_older_archive_is_refused_by_those_who_saw_the_newer(office, tmp_path):
    old = office.copy(tmp_path / "old").archive
    later = NOON + timedelta(days=2)
    office.release(SECOND, now=later)
    seen = open_release(office.archive, now=later).seen
    assert open_release(old, now=later).number == 1
    with pytest.raises(ReleaseError, match=r"timestamp\.json: is older than what was seen before"):
        open_release(old, now=later, seen=seen)


def test_old_timestamp_put_back_leaves_the_newer_release_unexpected(office):
    timestamp = office.archive / "metadata" / "timestamp.json"
    old = timestamp.read_bytes()
    office.release(SECOND, now=NOON + timedelta(days=1))
    timestamp.write_bytes(old)
    named = {problem.file for problem in verify_archive(office.archive, now=NOON).problems}
    assert {"metadata/2.targets.json", "metadata/2.snapshot.json"} <= named


def test_same_archive_opens_again_with_what_was_seen(office):
    seen = open_release(office.archive, now=NOON).seen
    assert open_release(office.archive, now=NOON, seen=seen).number == 1
    office.release(SECOND)
    assert open_release(office.archive, now=NOON, seen=seen).number == 2


def test_out_of_date_timestamp_is_refused_until_refreshed(office):
    late = NOON + timedelta(days=31)
    with pytest.raises(ReleaseError, match=r"timestamp\.json: is out of date since 2026-03-31T12:00:00Z"):
        open_release(office.archive, now=late)
    assert "out of date" in verify_archive(office.archive, now=late).problems[0].found
    assert verify_archive(office.archive, now=late).release is None
    until = refresh_timestamp(office.archive, office.signer("timestamp"), now=late)
    assert open_release(office.archive, now=late).expires == until == late + timedelta(days=30)


def test_a_timestamp_can_not_mend_a_release_that_is_out_of_date(office):
    with pytest.raises(ReleaseError, match="targets metadata is out of date since 2027-03-01"):
        refresh_timestamp(office.archive, office.signer("timestamp"), now=NOON + timedelta(days=366))


def test_out_of_date_root_is_refused_until_renewed(office):
    late = NOON + timedelta(days=731)
    office.release(SECOND, now=late)
    with pytest.raises(ReleaseError, match=r"root\.json: is out of date since 2028-02-29"):
        open_release(office.archive, now=late)
    assert renew_root(office.archive, office.signer("root"), now=late) == 2
    assert open_release(office.archive, now=late).number == 2
    assert verify_archive(office.archive, now=late).ok


def test_root_by_a_stranger_is_refused(office, tmp_path):
    stranger = Office(tmp_path / "stranger").open_for_business()
    renew_root(stranger.archive, stranger.signer("root"), now=NOON)
    shutil.copy(stranger.archive / "metadata" / "2.root.json", office.archive / "metadata")
    with pytest.raises(ReleaseError, match=r"2\.root\.json: "):
        open_release(office.archive, now=NOON)
    assert "metadata/2.root.json" in {problem.file for problem in verify_archive(office.archive, now=NOON).problems}


def test_whole_archive_by_a_stranger_is_refused_by_those_who_know_the_root(office, tmp_path):
    known = (office.archive / "root.json").read_bytes()
    stranger = Office(tmp_path / "stranger").open_for_business()
    stranger.release(FIRST)
    assert open_release(stranger.archive, now=NOON).number == 1
    with pytest.raises(ReleaseError, match=r"timestamp\.json: .*0 valid of 1"):
        open_release(stranger.archive, now=NOON, trusted_root=known)
    found = {
        problem.file: problem.found
        for problem in verify_archive(stranger.archive, now=NOON, trusted_root=known).problems
    }
    assert found["root.json"] == "is not the root that is trusted"
    assert open_release(office.archive, now=NOON, trusted_root=known).number == 1


def test_archive_without_a_release(tmp_path):
    empty = Office(tmp_path).open_for_business()
    with pytest.raises(ReleaseError, match="no release has been published here"):
        open_release(empty.archive, now=NOON)


def test_folder_that_is_no_archive(tmp_path):
    with pytest.raises(ReleaseError, match=r"root\.json: is missing"):
        open_release(tmp_path, now=NOON)
    assert not verify_archive(tmp_path, now=NOON).ok
    assert not verify_archive(tmp_path / "nowhere", now=NOON).ok
