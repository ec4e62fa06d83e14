"""The power goes at any step of a publication: readers keep the earlier release, and running it again finishes."""

from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.helpers.archives import FIRST, NOON, SECOND, Office, archive_files

from seuil.archive.open import open_release
from seuil.archive.verify import verify_archive
from seuil.publish.disk import Disk

LATER = NOON + timedelta(days=1)
NEXT = SECOND | {"jeux/sages-femmes/data.parquet": b"PAR1"}


class PowerCut(BaseException):
    """Nothing may catch it, as nothing catches a power cut."""


class FailingDisk(Disk):
    """Cuts the power at the step `fails_at` (0-based); a write is cut off in its middle. Keeps a record."""

    def __init__(self, fails_at: int | None = None) -> None:
        super().__init__(file_mode=0o644, folder_mode=0o755)
        self.fails_at = fails_at
        self.steps: list[tuple[str, Path]] = []

    def step(self, what: str, path: Path) -> None:
        self.steps.append((what, path))
        if len(self.steps) - 1 == self.fails_at:
            raise PowerCut

    def make_folder(self, path: Path) -> None:
        self.step("make_folder", path)
        super().make_folder(path)

    def write(self, path: Path, chunks: Iterable[bytes]) -> None:
        content = b"".join(chunks)
        super().write(path, [content[: len(content) // 2]])
        self.step("write", path)
        super().write(path, [content])

    def sync(self, path: Path) -> None:
        self.step("sync", path)
        super().sync(path)

    def rename(self, source: Path, target: Path) -> None:
        self.step("rename", target)
        super().rename(source, target)

    def remove(self, path: Path) -> None:
        self.step("remove", path)
        super().remove(path)


@pytest.fixture
def office(tmp_path) -> Office:
    made = Office(tmp_path / "office").open_for_business()
    made.release(FIRST)
    return made


def steps_of_a_publication(office: Office, folder: Path) -> list[tuple[str, Path]]:
    copy = office.copy(folder)
    disk = FailingDisk()
    copy.publish(copy.propose(NEXT, now=LATER), now=LATER, disk=disk)
    return [(what, path.relative_to(copy.archive)) for what, path in disk.steps]


def test_crash_at_every_step(office, tmp_path):
    steps = steps_of_a_publication(office, tmp_path / "whole")
    served_from = steps.index(("rename", Path("metadata/timestamp.json")))
    assert {what for what, _ in steps} == {"make_folder", "write", "sync", "rename"}
    for at in range(len(steps)):
        broken = office.copy(tmp_path / f"crash-{at}")
        proposal = broken.propose(NEXT, now=LATER)
        with pytest.raises(PowerCut):
            broken.publish(proposal, now=LATER, disk=FailingDisk(at))
        served = open_release(broken.archive, now=LATER)
        expected = (1, FIRST) if at <= served_from else (2, NEXT)
        assert (served.number, {name: served.read_bytes(name) for name in served.files}) == expected, steps[at]
        assert broken.publish(proposal, now=LATER + timedelta(hours=1)) == 2
        assert open_release(broken.archive, now=LATER).number == 2
        assert verify_archive(broken.archive, now=LATER).problems == (), steps[at]


def test_second_crash_while_finishing(office):
    proposal = office.propose(NEXT, now=LATER)
    for at in (2, 6, 1):
        with pytest.raises(PowerCut):
            office.publish(proposal, now=LATER, disk=FailingDisk(at))
    assert office.publish(proposal, now=LATER) == 2
    assert verify_archive(office.archive, now=LATER).ok


def test_nothing_is_renamed_before_it_is_safe_on_disk(office, tmp_path):
    steps = steps_of_a_publication(office, tmp_path / "whole")
    for at, (what, path) in enumerate(steps):
        if what == "rename":
            assert steps[at - 1] == ("sync", path.parent / f".partial-{path.name}")
            assert steps[at + 1] == ("sync", path.parent)
    renamed = [str(path) for what, path in steps if what == "rename"]
    assert renamed[-3:] == ["metadata/2.targets.json", "metadata/2.snapshot.json", "metadata/timestamp.json"]
    assert all(name.startswith("targets/") for name in renamed[:-3])


def test_unfinished_publication_is_reported(office):
    proposal = office.propose(NEXT, now=LATER)
    with pytest.raises(PowerCut):
        office.publish(proposal, now=LATER, disk=FailingDisk(6))
    problems = verify_archive(office.archive, now=LATER).problems
    assert problems
    assert all("the publication that it belongs to, run again" in problem.expected for problem in problems)


def test_publishing_again_changes_nothing(office):
    proposal = office.propose(NEXT, now=LATER)
    office.publish(proposal, now=LATER)
    before = archive_files(office.archive)
    assert office.publish(proposal, now=LATER + timedelta(days=3)) == 2
    assert archive_files(office.archive) == before


def test_full_disk_is_told_in_plain_words(office):
    class FullDisk(FailingDisk):
        def sync(self, path: Path) -> None:
            raise OSError(28, "No space left on device", str(path))

    with pytest.raises(Exception, match="No space left on device; put that right and run it again") as caught:
        office.publish(office.propose(NEXT, now=LATER), now=LATER, disk=FullDisk())
    assert type(caught.value).__name__ == "ReleaseError"
    assert open_release(office.archive, now=LATER).number == 1
