"""Proposals of datasets into a release: checked, proposed, signed by two people, published.

Nothing is proposed whose proof does not verify: the very files of the release are read back and checked first, those of
datasets that stay as they are included. Proofs of years that were verified in this workspace before, and that have not
changed since, are not multiplied again (`verified`); who signs and who reads does it for every year.
"""

import hashlib
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from seuil.archive import clock
from seuil.archive.collection import DEFINITION
from seuil.archive.layout import DATASETS
from seuil.archive.release import Release
from seuil.catalogue.build import catalogue_of, entry_of, read_catalogue, write_catalogue
from seuil.catalogue.certificate import CERTIFICATE
from seuil.catalogue.changes import CHANGES
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
from seuil.workflow.certificate import Head, add_certificate, release_before, text_problems
from seuil.workflow.changes import add_changes
from seuil.workflow.policy import policy_of_release
from seuil.workflow.progress import Tell, silent
from seuil.workflow.release_check import check_files
from seuil.workflow.release_files import CATALOGUE
from seuil.workflow.same_people import counted_in, ever_published, refuse_same_people
from seuil.workflow.verified import Verified
from seuil.workflow.vintages import give_reason, refuse_changes
from seuil.workflow.work import CONTENT, read_written
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
    new_vintage: str | None = None,
    workers: int = 2,
    tell: Tell = silent,
) -> Proposal:
    """Propose a release of the workspace's datasets (all that are ready, by default), and of those served beside them.

    policy: the publication policy that is signed with it; by default see `workflow.policy`. Every definition of the
    release must keep it. new_vintage: the public reason for years that were built as new vintages. Raises UsageError if
    a dataset is not ready, ProofError if anything in the release is not as it must be, DisclosureError if a published
    year has changed and is no new vintage, or one that tells what others hide (`vintages`): then nothing is proposed.
    """
    if not workspace.exists():  # nothing to propose, so none is made
        raise UsageError(f"{workspace}: no such workspace; expected the folder that `seuil build` made")
    moment, place = clock.utc(now), open_workspace(workspace)
    served = _served(archive)
    with tempfile.TemporaryDirectory(prefix=".catalogue-", dir=place.folder) as folder:
        named = _ready(place, datasets)
        files = content_of(place, named, served, moment.date(), Path(folder))
        files |= {POLICY: policy_of_release(policy, place, served).path}
        refuse_same_people([*counted_in(files), *ever_published(archive)])
        number = 1 if served is None else served.number + 1
        files = give_reason(archive, files, named, new_vintage, number, moment.date(), Path(folder))
        memory = Verified(place.verified)
        whole = _certified(archive, files, served, Path(folder), moment, note, memory, workers, tell)
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
    """Propose the release that is served without one of its collections. What is left is checked as by `propose`.

    Raises UsageError if `dataset` is one of several of a collection: what is proved as one goes as one.
    """
    moment, place = clock.utc(now), open_workspace(workspace)
    served = served_release(archive)
    catalogue = read_catalogue(served.read_bytes(CATALOGUE))
    for entry in catalogue.entries:
        if entry.id == dataset != entry.collection:
            raise UsageError(f"{dataset} is proved in {entry.collection}; withdraw that, or build it without {dataset}")
    kept = Catalogue(entries=tuple(entry for entry in catalogue.entries if entry.collection != dataset))
    gone = sorted(folders_of(catalogue.entries, [dataset]))
    with tempfile.TemporaryDirectory(prefix=".catalogue-", dir=place.folder) as folder:
        path = Path(folder) / CATALOGUE
        path.write_bytes(write_catalogue(kept))
        files = {n: p for n, p in served.files.items() if not n.startswith(tuple(f"{DATASETS}/{g}/" for g in gone))}
        files |= {CATALOGUE: path, POLICY: policy_of_release(None, place, served).path}
        memory = Verified(place.verified)
        whole = _certified(archive, files, served, Path(folder), moment, note, memory, workers, tell)
        instead = {name: whole[name] for name in (CATALOGUE, POLICY, CERTIFICATE, CHANGES)}
        return withdraw_files(archive, gone, place.releases, now=moment, note=note, instead=instead)


def _certified(
    archive: Path,
    files: Mapping[str, Path],
    served: Release | None,
    folder: Path,
    moment: datetime,
    note: str,
    memory: Verified,
    workers: int,
    tell: Tell,
) -> dict[str, Path]:
    """The files of a release with its certificate and its changes, written into `folder`.

    Raises ProofError if anything is wrong.
    """
    head = Head(1 if served is None else served.number + 1, clock.text(moment), note)
    checked = check_files(files, workers=workers, tell=tell, memory=memory)
    problems = [*checked.problems, *text_problems(files, head.proposed)]
    if problems:
        lines = [f"  {problem}" for problem in problems[:NAMED]]
        lines += [f"  and {len(problems) - NAMED} more"] if len(problems) > NAMED else []
        raise ProofError("\n".join(["nothing is proposed, since this does not hold:", *lines]))
    certified = add_certificate(files, checked, head, release_before(archive, head.release), folder)
    return add_changes(archive, certified, head.release, folder)


def sign_as(proposal: Path, keys: Path, role: str, passphrase: Passphrase | None = None) -> Signatures:
    """Sign a proposal with the key of a role, after `review` unless it was made a moment ago."""
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
        gone = folders_of(entries.values(), datasets)
        files = {n: p for n, p in served.files.items() if n.startswith(f"{DATASETS}/") and n.split("/")[1] not in gone}
    for name in datasets:
        mine = _proposed(workspace, name)
        proposed = _entries(workspace, name, day)
        if _is_served(served, folders_of(proposed, [name]), mine):
            proposed = [e.model_copy(update={"modified": entries[e.id].modified}) for e in proposed if e.id in entries]
        entries = {k: e for k, e in entries.items() if e.collection != name or k in {e.id for e in proposed}}
        for entry in proposed:
            other = entries.get(entry.id)
            if other is not None and other.collection != name:
                raise UsageError(f"{entry.id}: a dataset of {name} and one of {other.collection}; expected two names")
            entries[entry.id] = entry
        files |= mine
    path = folder / CATALOGUE
    path.write_bytes(write_catalogue(catalogue_of(entries.values())))
    return files | {CATALOGUE: path}


def folders_of(entries: Iterable[Entry], collections: Collection[str]) -> set[str]:
    """The folders that hold some collections and their datasets."""
    return {*collections, *(entry.id for entry in entries if entry.collection in collections)}


def is_served(served: Release, files: Mapping[str, Path]) -> bool:
    """Whether a release holds just these files, beside its certificate and its changes, which are made of them."""
    return files.keys() == served.targets.keys() - {CERTIFICATE, CHANGES} and all(
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
    return {f"{DATASETS}/{path.relative_to(content).as_posix()}": path for path in paths}


def _entries(workspace: Workspace, name: str, modified: date) -> list[Entry]:
    """The datasets of a collection as they are proposed."""
    folder = workspace.proposal(name)
    written, dataset = read_written(folder).datasets, read_dataset(folder / CONTENT / name / DEFINITION)
    return [
        entry_of(dataset, view, rows=one.rows, modified=modified, hidden=one.hidden, cells=one.cells)
        for view in dataset.views
        for one in (written[view.id],)
    ]


def _is_served(served: Release | None, folders: Collection[str], files: Mapping[str, Path]) -> bool:
    if served is None:
        return False
    mine = {n: t for n, t in served.targets.items() if n.startswith(f"{DATASETS}/") and n.split("/")[1] in folders}
    return mine.keys() == files.keys() and all(_sha256(path) == mine[n].sha256 for n, path in files.items())


def _sha256(path: Path) -> str:
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()
