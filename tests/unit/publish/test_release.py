"""The way from files to a served release, when nothing goes wrong, and what is refused on it."""

import os
import shutil
import stat
from datetime import timedelta

import pytest
from tests.helpers.archives import FIRST, NOON, SECOND, Office, archive_files

from seuil.archive.open import open_release
from seuil.archive.verify import verify_archive
from seuil.model.errors import ReleaseError, UsageError
from seuil.publish.disk import exclusive
from seuil.publish.keys import ROLES, public_key
from seuil.publish.propose import discard, propose, withdraw
from seuil.publish.publish import publish, refresh_timestamp
from seuil.publish.repository import create_archive, renew_root
from seuil.publish.sign import sign, status


@pytest.fixture
def office(tmp_path) -> Office:
    return Office(tmp_path / "office").open_for_business()


def content_of(release) -> dict[str, bytes]:
    return {name: release.read_bytes(name) for name in release.files}


def modes(folder) -> set[tuple[bool, int]]:
    return {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in folder.rglob("*")}


def test_two_releases(office):
    assert office.release(FIRST) == 1
    later = NOON + timedelta(days=3, microseconds=5)
    assert office.release(SECOND, now=later) == 2
    release = open_release(office.archive, now=later)
    assert content_of(release) == SECOND
    assert (release.number, release.published) == (2, NOON + timedelta(days=3))
    assert release.expires == NOON + timedelta(days=33)
    assert verify_archive(office.archive, now=later).ok


def test_same_inputs_and_clock_give_the_same_bytes(office, tmp_path):
    twin = office.copy(tmp_path / "twin")
    for one in (office, twin):
        one.release(FIRST)
        one.release(SECOND, now=NOON + timedelta(days=1))
    twin_files = archive_files(twin.archive)
    assert archive_files(office.archive) == twin_files
    assert {name.split("/")[0] for name in twin_files} == {"root.json", "metadata", "targets"}


def test_order_of_signing_does_not_show(office, tmp_path):
    twin = office.copy(tmp_path / "twin")
    one = office.propose(FIRST, signed_by=["statistician", "checker"])
    other = twin.propose(FIRST, signed_by=["checker", "statistician"])
    assert (one / "targets.json").read_bytes() == (other / "targets.json").read_bytes()


def test_modes_of_the_two_zones(office):
    previous = os.umask(0o077)
    try:
        office.release(FIRST)
    finally:
        os.umask(previous)
    assert modes(office.archive) == {(True, 0o755), (False, 0o644)}
    assert modes(office.workspace) == {(True, 0o700), (False, 0o600)}
    assert stat.S_IMODE(office.archive.stat().st_mode) == 0o755
    assert stat.S_IMODE(office.workspace.stat().st_mode) == 0o700


def test_unchanged_file_is_stored_once(office):
    office.release(FIRST)
    office.release(SECOND)
    assert len(list((office.archive / "targets").rglob("*.data.parquet"))) == 2


def test_status_names_who_signed(office):
    proposal = office.propose(FIRST, signed_by=[])
    assert status(proposal).signed == ()
    after_one = sign(proposal, office.signer("checker"))
    assert (after_one.signed, after_one.unsigned, after_one.complete) == (("checker",), ("statistician",), False)
    assert str(after_one) == "release 1: 1 of 2 signatures (checker)"
    assert sign(proposal, office.signer("statistician")).complete


def test_proposal_does_not_follow_its_source(office):
    proposal = office.propose(FIRST)
    (office.folder / "built" / "catalogue.json").write_bytes(b"changed later")
    office.publish(proposal)
    assert content_of(open_release(office.archive, now=NOON)) == FIRST


def test_note_is_signed_with_the_release(office):
    proposal = propose(office.archive, office.files(FIRST), office.workspace, now=NOON, note="Données de 2024")
    for role in ("statistician", "checker"):
        sign(proposal.folder, office.signer(role))
    office.publish(proposal.folder)
    custom = open_release(office.archive, now=NOON).custom
    assert custom == {"note": "Données de 2024", "proposed": "2026-03-01T12:00:00Z"}
    assert verify_archive(office.archive, now=NOON).ok


def test_unsigned_proposal_is_replaced_signed_one_is_kept(office):
    office.propose(SECOND, signed_by=[])
    signed = office.propose(FIRST, signed_by=["checker"])
    assert office.propose(FIRST, signed_by=[]) == signed
    assert status(signed).signed == ("checker",)
    with pytest.raises(ReleaseError, match="another proposal has been signed here; publish or discard"):
        office.propose(SECOND)
    discard(signed)
    office.propose(SECOND)


def test_only_proposals_are_discarded(tmp_path):
    (tmp_path / "precious").mkdir()
    with pytest.raises(ReleaseError, match="expected the folder of a proposal"):
        discard(tmp_path / "precious")
    assert (tmp_path / "precious").is_dir()


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "a/../b", ".hidden", "é.csv", "a b", "", "x" * 161, "a\\b"])
def test_unsafe_names_are_refused(office, name):
    (office.folder / "file").write_bytes(b"")
    with pytest.raises(ReleaseError, match="can't name a file of a release"):
        propose(office.archive, {name: office.folder / "file"}, office.workspace, now=NOON)


def test_what_can_not_be_proposed(office):
    with pytest.raises(ReleaseError, match="without files"):
        propose(office.archive, {}, office.workspace, now=NOON)
    with pytest.raises(ReleaseError, match=r"there is no such file, to be proposed as a\.csv"):
        propose(office.archive, {"a.csv": office.folder / "none"}, office.workspace, now=NOON)
    (office.folder / "shared").mkdir(mode=0o755)
    with pytest.raises(ReleaseError, match="others can enter the workspace"):
        propose(office.archive, office.files(FIRST), office.folder / "shared", now=NOON)


def test_proposal_of_another_number_is_refused(office):
    first = office.propose(FIRST)
    shutil.copytree(first, office.folder / "kept")
    office.publish(first)
    discard(office.workspace / "release-1")
    office.release(SECOND)
    with pytest.raises(ReleaseError, match="this is a proposal of release 1, the next one is 3"):
        office.publish(office.folder / "kept")


def test_proposal_that_waited_too_long(office):
    proposal = office.propose(FIRST)
    with pytest.raises(ReleaseError, match="out of date since 2027-03-01T12:00:00Z; propose it again"):
        office.publish(proposal, now=NOON + timedelta(days=365))


def test_wrong_online_key_is_refused_before_anything_is_written(office):
    proposal = office.propose(FIRST)
    before = archive_files(office.archive)
    with pytest.raises(UsageError, match="not the archive's timestamp key"):
        publish(office.archive, proposal, office.signer("snapshot"), office.signer("snapshot"), now=NOON)
    assert archive_files(office.archive) == before


def test_withdrawn_dataset_is_left_out_after_two_signatures(office):
    office.release(SECOND)
    catalogue = office.files({"catalogue.json": b'{"datasets": ["medecins"]}'})
    proposal = withdraw(office.archive, ["patients"], office.workspace, now=NOON, instead=catalogue)
    with pytest.raises(ReleaseError, match="0 valid of 2"):
        office.publish(proposal.folder)
    for role in ("statistician", "checker"):
        sign(proposal.folder, office.signer(role))
    assert office.publish(proposal.folder) == 2
    left = content_of(open_release(office.archive, now=NOON))
    assert left == {
        "catalogue.json": b'{"datasets": ["medecins"]}',
        "jeux/medecins/data.parquet": FIRST["jeux/medecins/data.parquet"],
    }
    assert verify_archive(office.archive, now=NOON).ok


def test_withdraw_of_what_is_not_there(office):
    with pytest.raises(ReleaseError, match="no release has been published here yet"):
        withdraw(office.archive, ["patients"], office.workspace, now=NOON)
    office.release(FIRST)
    with pytest.raises(ReleaseError, match="release 1 has no dataset patient; nothing to withdraw"):
        withdraw(office.archive, ["patient"], office.workspace, now=NOON)


def test_publication_after_the_timestamp_ran_out(office):
    office.release(FIRST)
    late = NOON + timedelta(days=90)
    office.release(SECOND, now=late)
    assert open_release(office.archive, now=late).number == 2


def test_nothing_to_refresh(office):
    with pytest.raises(ReleaseError, match="no release has been published here yet"):
        refresh_timestamp(office.archive, office.signer("timestamp"), now=NOON)


def test_one_publication_at_a_time(office):
    proposal = office.propose(FIRST)
    with (
        exclusive(office.archive, "another publication"),
        pytest.raises(ReleaseError, match="another publication is under way"),
    ):
        office.publish(proposal)


def test_archive_is_made_once_and_by_the_keys_it_names(office, tmp_path):
    keys = {role: public_key(office.folder / "keys", role) for role in ROLES}
    with pytest.raises(ReleaseError, match="there is an archive here already"):
        create_archive(office.archive, keys, office.signer("root"), now=NOON)
    with pytest.raises(ReleaseError, match="0 valid of 1 signatures"):
        create_archive(tmp_path / "new", keys, office.signer("checker"), now=NOON)
    with pytest.raises(UsageError, match="the checker has the key of the statistician"):
        create_archive(tmp_path / "new", keys | {"checker": keys["statistician"]}, office.signer("root"), now=NOON)
    without = {role: key for role, key in keys.items() if role != "snapshot"}
    with pytest.raises(UsageError, match="the key of the snapshot is missing"):
        create_archive(tmp_path / "new", without, office.signer("root"), now=NOON)
    assert not (tmp_path / "new").exists()


def test_root_is_renewed_by_the_root_key_alone(office):
    with pytest.raises(ReleaseError, match="0 valid of 1 signatures"):
        renew_root(office.archive, office.signer("checker"), now=NOON)
    (office.archive / "root.json").write_bytes(b"{}")
    with pytest.raises(ReleaseError, match=r"root\.json: is missing, or is not what"):
        renew_root(office.archive, office.signer("root"), now=NOON)
