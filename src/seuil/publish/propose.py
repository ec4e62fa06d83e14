"""Makes proposals: of new content, or of the served release without one of its datasets."""

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from seuil.archive import clock
from seuil.archive.layout import DATASETS, FIELD, ROOT, check_name, metadata_path
from seuil.archive.strict import metadata_bytes
from seuil.archive.tufapi import Metadata, TargetFile, Targets
from seuil.model.errors import ReleaseError
from seuil.publish.current import newest_root, served_metadata, served_release
from seuil.publish.disk import PRIVATE, chunks_of, exclusive, is_private, make_folders, put
from seuil.publish.proposal import CONTENT, LIST, Proposal, read_proposal
from seuil.publish.repository import RELEASE_LIFE


def propose(archive: Path, contents: Mapping[str, Path], workspace: Path, *, now: datetime, note: str = "") -> Proposal:
    """Propose a release of these files (logical name -> file), numbered one higher than the one that is served.

    The files are copied to `workspace/release-N`, beside the unsigned list of them. The same files, clock and note give
    the same bytes. A proposal of the same number is replaced if nobody has signed it, and kept, signatures and all, if
    it is the same. Raises ReleaseError if it has been signed and is another, if a name is not safe, or if a file can't
    be read.
    """
    if not contents:
        raise ReleaseError("a release without files can't be proposed")
    root = newest_root(archive)
    served = served_metadata(archive)
    number = 1 if served is None else served.targets.version + 1
    make_folders(PRIVATE, workspace)
    if not is_private(workspace):
        raise ReleaseError(f"{workspace}: others can enter the workspace; expected the mode 0700")
    folder = workspace / f"release-{number}"
    with exclusive(workspace, "another proposal"):
        draft = workspace / f".draft-{number}"
        _remove(draft)
        listed = {}
        for name, path in sorted(contents.items()):
            listed[name] = _copy_in(draft / CONTENT, check_name(name), path)
        moment = clock.utc(now)
        targets = Targets(version=number, expires=moment + RELEASE_LIFE, targets=listed)
        targets.unrecognized_fields[FIELD] = {"proposed": clock.text(moment), "note": note}
        put(PRIVATE, draft / LIST, [metadata_bytes(Metadata(targets))])
        put(PRIVATE, draft / ROOT, chunks_of(archive / metadata_path("root", root.version)))
        return _settle(draft, folder)


def withdraw(
    archive: Path,
    folders: Sequence[str],
    workspace: Path,
    *,
    now: datetime,
    note: str = "",
    instead: Mapping[str, Path] | None = None,
) -> Proposal:
    """Propose the release that is served without the files of some folders (`jeux/<dataset>/...`).

    instead: files that change with it, such as the catalogue that names the dataset. Like any release it needs two
    signatures. Earlier releases stay in the archive, as what was published can't be made unknown. Raises ReleaseError
    if the release has nothing in them, and as `propose` does.
    """
    release = served_release(archive)
    gone = tuple(f"{DATASETS}/{check_name(name)}/" for name in folders)
    kept = {name: path for name, path in release.files.items() if not name.startswith(gone)}
    if len(kept) == len(release.files):
        raise ReleaseError(f"release {release.number} has no dataset {', '.join(folders)}; nothing to withdraw")
    return propose(archive, kept | dict(instead or {}), workspace, now=now, note=note)


def discard(proposal_dir: Path) -> None:
    """Remove a proposal, signatures and all. Raises ReleaseError if the folder is not one."""
    read_proposal(proposal_dir)
    _remove(proposal_dir)


def _copy_in(content: Path, name: str, source: Path) -> TargetFile:
    """Copy a file and describe the very bytes that were copied, whatever happens to the source later."""
    digest = hashlib.sha256()
    length = 0
    target = content / name
    if not source.is_file():
        raise ReleaseError(f"{source}: there is no such file, to be proposed as {name}")
    put(PRIVATE, target, chunks_of(source))
    for chunk in chunks_of(target):
        digest.update(chunk)
        length += len(chunk)
    return TargetFile(length, {"sha256": digest.hexdigest()}, name)


def _settle(draft: Path, folder: Path) -> Proposal:
    """Put a draft in the place of the proposal, unless that would lose signatures."""
    if folder.exists():
        proposed, earlier = read_proposal(draft), read_proposal(folder)
        if proposed.targets.signed_bytes == earlier.targets.signed_bytes:
            _remove(draft)
            return earlier
        if earlier.targets.signatures:
            _remove(draft)
            raise ReleaseError(f"{folder}: another proposal has been signed here; publish or discard that one first")
        _remove(folder)
    PRIVATE.rename(draft, folder)
    PRIVATE.sync(folder.parent)
    return read_proposal(folder)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
