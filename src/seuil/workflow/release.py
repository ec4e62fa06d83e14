"""Proposals of datasets into a release: checked, proposed, signed by two people, published.

Nothing is proposed whose proof does not verify: the very files of the release are read back and checked first, those of
datasets that stay as they are included.
"""

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from seuil.archive import clock
from seuil.archive.release import Release
from seuil.catalogue.build import catalogue_of, entry_of, read_catalogue, write_catalogue
from seuil.catalogue.certificate import CERTIFICATE
from seuil.catalogue.entry import Catalogue, Entry
from seuil.model.dataset import read_dataset
from seuil.model.errors import ProofError, UsageError
from seuil.model.policy import POLICY
from seuil.publish.current import served_metadata, served_release
from seuil.publish.keys import load_signer
from seuil.publish.proposal import Proposal
from seuil.publish.propose import propose as propose_files
from seuil.publish.propose import withdraw as withdraw_files
from seuil.publish.publish import publish as publish_proposal
from seuil.publish.sign import Signatures, sign
from seuil.workflow.build import CONTENT, read_written
from seuil.workflow.certificate import Head, add_certificate, release_before, text_problems
from seuil.workflow.frozen import refuse_changes
from seuil.workflow.policy import policy_of_release
from seuil.workflow.progress import Tell, silent
from seuil.workflow.release_check import CATALOGUE, FOLDER, check_files
from seuil.workflow.workspace import Workspace, open_workspace

NAMED = 10
Passphrase = Callable[[], str]


def propose(
    archive: Path,
    workspace: Path,
    *,
    datasets: Sequence[str] = (),
    policy: Path | None = None,
    now: datetime | None = None,
    note: str = "",
    workers: int = 2,
    tell: Tell = silent,
) -> Proposal:
    """Propose a release of the workspace's datasets (all that are ready, by default), and of those served beside them.

    policy: the publication policy that is signed with it; by default see `workflow.policy`. Every definition of the
    release must keep it. Raises UsageError if a dataset is not ready, ProofError if anything in the release is not as
    it must be, DisclosureError if a published year has changed (`frozen`): then nothing is proposed.
    """
    moment, place = clock.utc(now), open_workspace(workspace)
    served = _served(archive)
    with tempfile.TemporaryDirectory(prefix=".catalogue-", dir=place.folder) as folder:
        named = _ready(place, datasets)
        files = content_of(place, named, served, moment.date(), Path(folder))
        files |= {POLICY: policy_of_release(policy, place, served).path}
        whole = _certified(archive, files, served, Path(folder), moment, note, workers, tell)
        refuse_changes(archive, files, named)
        proposal = propose_files(archive, whole, place.releases, now=moment, note=note)
        place.remember(archive)
        return proposal


def withdraw(
    archive: Path,
    workspace: Path,
    dataset: str,
    *,
    now: datetime | None = None,
    note: str = "",
    workers: int = 2,
    tell: Tell = silent,
) -> Proposal:
    """Propose the release that is served without one of its datasets. What is left is checked as by `propose`."""
    moment, place = clock.utc(now), open_workspace(workspace)
    served = served_release(archive)
    catalogue = read_catalogue(served.read_bytes(CATALOGUE))
    kept = Catalogue(entries=tuple(entry for entry in catalogue.entries if entry.id != dataset))
    with tempfile.TemporaryDirectory(prefix=".catalogue-", dir=place.folder) as folder:
        path = Path(folder) / CATALOGUE
        path.write_bytes(write_catalogue(kept))
        files = {n: p for n, p in served.files.items() if not n.startswith(f"{FOLDER}/{dataset}/")}
        files |= {CATALOGUE: path, POLICY: policy_of_release(None, place, served).path}
        whole = _certified(archive, files, served, Path(folder), moment, note, workers, tell)
        instead = {name: whole[name] for name in (CATALOGUE, POLICY, CERTIFICATE)}
        return withdraw_files(archive, dataset, place.releases, now=moment, note=note, instead=instead)


def _certified(
    archive: Path,
    files: Mapping[str, Path],
    served: Release | None,
    folder: Path,
    moment: datetime,
    note: str,
    workers: int,
    tell: Tell,
) -> dict[str, Path]:
    """The files of a release with its certificate, written into `folder`. Raises ProofError if anything is wrong."""
    head = Head(1 if served is None else served.number + 1, clock.text(moment), note)
    checked = check_files(files, workers=workers, tell=tell)
    problems = [*checked.problems, *text_problems(files, head.proposed)]
    if problems:
        lines = [f"  {problem}" for problem in problems[:NAMED]]
        lines += [f"  and {len(problems) - NAMED} more"] if len(problems) > NAMED else []
        raise ProofError("\n".join(["nothing is proposed, since this does not hold:", *lines]))
    return add_certificate(files, checked, head, release_before(archive, head.release), folder)


def sign_as(proposal: Path, keys: Path, role: str, passphrase: Passphrase | None = None) -> Signatures:
    """Sign a proposal with the key of a role."""
    return sign(proposal, load_signer(keys, role, passphrase))


def publish(
    archive: Path, proposal: Path, keys: Path, *, now: datetime | None = None, passphrase: Passphrase | None = None
) -> int:
    """Publish a proposal that both have signed; the keys of snapshot and timestamp lie in one folder."""
    snapshot, timestamp = (load_signer(keys, role, passphrase) for role in ("snapshot", "timestamp"))
    return publish_proposal(archive, proposal, snapshot, timestamp, now=clock.utc(now))


def content_of(
    workspace: Workspace, datasets: Sequence[str], served: Release | None, day: date, folder: Path
) -> dict[str, Path]:
    """The files of a release by logical name, but for policy and certificate. The catalogue is written into `folder`.

    day: when datasets that are not as they are served were modified. Those served and not named stay as they are.
    """
    files: dict[str, Path] = {}
    entries: dict[str, Entry] = {}
    if served is not None:
        entries = {entry.id: entry for entry in read_catalogue(served.read_bytes(CATALOGUE)).entries}
        files = {
            n: p for n, p in served.files.items() if n.startswith(f"{FOLDER}/") and n.split("/")[1] not in datasets
        }
    for name in datasets:
        mine = _proposed(workspace, name)
        day_of_data = entries[name].modified if name in entries and _is_served(served, name, mine) else day
        entries[name] = _entry(workspace, name, day_of_data)
        files |= mine
    path = folder / CATALOGUE
    path.write_bytes(write_catalogue(catalogue_of(entries.values())))
    return files | {CATALOGUE: path}


def is_served(served: Release, files: Mapping[str, Path]) -> bool:
    """Whether a release holds just these files, beside its certificate, which is made of them."""
    return files.keys() == served.targets.keys() - {CERTIFICATE} and all(
        _sha256(path) == served.targets[name].sha256 for name, path in files.items()
    )


def _served(archive: Path) -> Release | None:
    return served_release(archive) if served_metadata(archive) is not None else None


def _ready(workspace: Workspace, datasets: Sequence[str]) -> list[str]:
    ready = workspace.proposals()
    for name in datasets:
        if name not in ready:
            raise UsageError(
                f"{name}: no proposal in {workspace.folder}; build it first (there: {', '.join(ready) or 'none'})"
            )
    if not ready:
        raise UsageError(f"{workspace.folder}: no dataset is ready; build one first")
    return list(datasets) or ready


def _proposed(workspace: Workspace, name: str) -> dict[str, Path]:
    content = workspace.proposal(name) / CONTENT
    paths = [path for path in sorted(content.rglob("*")) if path.is_file()]
    return {f"{FOLDER}/{name}/{path.relative_to(content).as_posix()}": path for path in paths}


def _entry(workspace: Workspace, name: str, modified: date) -> Entry:
    folder = workspace.proposal(name)
    written = read_written(folder)
    dataset = read_dataset(folder / CONTENT / "definition.yaml")
    return entry_of(dataset, rows=written.rows, modified=modified, hidden=written.hidden, cells=written.cells)


def _is_served(served: Release | None, name: str, files: Mapping[str, Path]) -> bool:
    if served is None:
        return False
    mine = {logical: target for logical, target in served.targets.items() if logical.startswith(f"{FOLDER}/{name}/")}
    return mine.keys() == files.keys() and all(_sha256(path) == mine[n].sha256 for n, path in files.items())


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
