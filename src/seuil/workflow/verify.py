"""Verify a published release from its folder alone: signatures, every byte, and the proof by multiplication."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from seuil.archive.collection import dataset_of
from seuil.archive.open import open_release
from seuil.archive.problem import Problem
from seuil.archive.release import Release
from seuil.archive.verify import verify_archive
from seuil.catalogue.build import read_catalogue
from seuil.catalogue.certificate import Certificate
from seuil.model.policy import PolicyFile, read_policy
from seuil.workflow.certificate import Head, certificate_of, certificate_problems, release_before, text_problems
from seuil.workflow.changes import changes_problems
from seuil.workflow.policy import policy_problems
from seuil.workflow.progress import Event, Tell, silent
from seuil.workflow.release_check import check_files, collections_of
from seuil.workflow.release_files import CATALOGUE
from seuil.workflow.same_people import ever_published, same_people_problems
from seuil.workflow.vintages import history_problems


@dataclass(frozen=True)
class FolderVerdict:
    """What was found. release: the number of the release that is served, None if it can't be opened.

    files, bytes: of the whole archive. proved: datasets whose proof holds. seconds: of each of these. certificate: of
    the release, made anew, if nothing in it is wrong; served: what its signed metadata say.
    """

    release: int | None
    files: int
    bytes: int
    proved: tuple[str, ...]
    problems: tuple[Problem, ...]
    seconds: dict[str, float]
    certificate: Certificate | None = None
    served: Release | None = None

    @property
    def ok(self) -> bool:
        """Whether nothing at all is wrong."""
        return not self.problems


def verify_folder(
    archive: Path,
    *,
    trusted_root: bytes | None = None,
    policy: Path | None = None,
    now: datetime | None = None,
    workers: int = 2,
    tell: Tell = silent,
) -> FolderVerdict:
    """Verify an archive: what is wrong is named, whatever it is.

    trusted_root: a root that the caller knows; by default the archive's own. policy: a publication policy of the
    reader's own, against which every definition is held beside that of the release; exceptions count only if it grants
    them. now: by default the system's clock. The proofs are looked at only where every byte is as it was signed.
    """

    def bytes_(path: str, done: int, total: int) -> None:
        tell(Event("archive", f"checking signatures and bytes: {path.rpartition('/')[2]}", "running", done, total))

    own = None if policy is None else read_policy(policy)
    verdict = verify_archive(archive, trusted_root=trusted_root, now=now, progress=bytes_)
    tell(Event("archive", "signatures and bytes checked", "done"))
    if not verdict.ok:
        return FolderVerdict(verdict.release, verdict.files, verdict.bytes, (), verdict.problems, {})
    release = open_release(archive, now=now, trusted_root=trusted_root)
    checked = check_files(release.files, workers=workers, tell=tell)
    head = Head.of(release)
    problems = [*checked.problems, *text_problems(release.files, head.proposed)]
    problems += same_people_problems(ever_published(archive))
    certificate = None
    if not checked.problems:
        certificate = certificate_of(release.files, checked, head, release_before(archive, release.number))
        problems += certificate_problems(release.files, certificate)
        names = list(collections_of(read_catalogue(release.read_bytes(CATALOGUE))))
        problems += history_problems(archive, release.files, names, release.number)
        problems += changes_problems(archive, release.files, release.number)
    if problems:
        certificate = None
    if own is not None:
        problems += _own_problems(release, own)
    return FolderVerdict(
        release.number,
        verdict.files,
        verdict.bytes,
        checked.proved,
        tuple(sorted(problems)),
        checked.seconds,
        certificate,
        release,
    )


def _own_problems(release: Release, policy: PolicyFile) -> Iterator[Problem]:
    """What the definitions of a release ask for below a reader's policy."""
    for name in collections_of(read_catalogue(release.read_bytes(CATALOGUE))):
        with dataset_of(release.files, name) as dataset:
            yield from policy_problems(dataset, policy, str(policy.path), own=False)
