"""Verify a published release from its folder alone: signatures, every byte, and the proof by multiplication."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from seuil.archive.open import open_release
from seuil.archive.problem import Problem
from seuil.archive.verify import verify_archive
from seuil.workflow.progress import Event, Tell, silent
from seuil.workflow.release_check import check_files


@dataclass(frozen=True)
class FolderVerdict:
    """What was found. release: the number of the release that is served, None if it can't be opened.

    files, bytes: of the whole archive. proved: datasets whose proof holds. seconds: of each of these.
    """

    release: int | None
    files: int
    bytes: int
    proved: tuple[str, ...]
    problems: tuple[Problem, ...]
    seconds: dict[str, float]

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.problems


def verify_folder(
    archive: Path,
    *,
    trusted_root: bytes | None = None,
    now: datetime | None = None,
    workers: int = 2,
    tell: Tell = silent,
) -> FolderVerdict:
    """Verify an archive: what is wrong is named, whatever it is.

    trusted_root: a root that the caller knows; by default the archive's own. now: by default the system's clock. The
    proofs are looked at only where every byte is as it was signed.
    """

    def bytes_(path: str, done: int, total: int) -> None:
        tell(Event("archive", f"checking signatures and bytes: {path.rpartition('/')[2]}", "running", done, total))

    verdict = verify_archive(archive, trusted_root=trusted_root, now=now, progress=bytes_)
    tell(Event("archive", "signatures and bytes checked", "done"))
    if not verdict.ok:
        return FolderVerdict(verdict.release, verdict.files, verdict.bytes, (), verdict.problems, {})
    release = open_release(archive, now=now, trusted_root=trusted_root)
    checked = check_files(release.files, workers=workers, tell=tell)
    return FolderVerdict(
        release.number, verdict.files, verdict.bytes, checked.proved, checked.problems, checked.seconds
    )
