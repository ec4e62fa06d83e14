"""The whole way on data that anyone may see: made-up national records, real ones of an experiment, published tables.

The figures that this shows, how many cells are small among them, are shown because these records are made up or public;
for confidential records they never leave the workspace.
"""

import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import seuil
from seuil.archive import clock
from seuil.model.errors import UsageError
from seuil.model.policy import POLICY
from seuil.publish.current import served_metadata, served_release
from seuil.publish.keys import RELEASE_SIGNERS, create_keys, load_signer
from seuil.publish.publish import refresh_timestamp
from seuil.publish.repository import create_archive
from seuil.synthetic.patients import write_patients
from seuil.synthetic.professionals import write_professionals
from seuil.workflow import fingerprint as fingerprints
from seuil.workflow import release
from seuil.workflow.build import Built, Source, build
from seuil.workflow.policy import policy_of_release
from seuil.workflow.progress import Event, Tell, silent
from seuil.workflow.verify import FolderVerdict, verify_folder
from seuil.workflow.workspace import Workspace, is_current, open_workspace, step

RENEW = timedelta(days=7)


@dataclass(frozen=True)
class Demo:
    """What the demo has made. release: its number; published: whether it is new. seconds: by stage."""

    archive: Path
    built: tuple[Built, ...]
    release: int
    published: bool
    verdict: FolderVerdict
    seconds: dict[str, float]


def demo(folder: Path, *, scale: float = 0.1, workers: int = 2, tell: Tell = silent) -> Demo:
    """Make the records, build every dataset, sign and publish a release in `folder`, and verify it.

    scale: share of the country's people. What is unchanged since an earlier run is reused.
    """
    home = _checkout()
    clocks = _Stopwatch()
    records, policy = folder / "records", home / "definitions" / POLICY
    with clocks.time("records"):
        make_records(records, scale, tell)
    with clocks.time("build"):
        built = build(list(_sources(home, records)), folder / "workspace", policy=policy, workers=workers, tell=tell)
    with clocks.time("release"):
        number, new = _release(folder, [one.dataset for one in built], workers, tell)
    with clocks.time("verify"):
        verdict = verify_folder(folder / "archive", workers=workers, tell=tell)
    return Demo(folder / "archive", built, number, new, verdict, clocks.seconds)


def make_records(folder: Path, scale: float, tell: Tell = silent) -> None:
    """Write the made-up records, unless they are there."""
    fingerprint = fingerprints.fingerprint(scale=scale, program=fingerprints.program_hash("synthetic"))
    if is_current(folder, fingerprint):
        tell(Event("records", "made-up records", "reused"))
        return
    with step(folder, fingerprint) as partial:
        write_patients(partial, scale=scale, progress=lambda text: tell(Event("records", f"patients, {text}")))
        write_professionals(partial, progress=lambda text: tell(Event("records", f"professionals, {text}")))
    tell(Event("records", "records made up", "done"))


def _checkout() -> Path:
    """The checkout that holds the demo's definitions."""
    for place in (Path.cwd(), Path(seuil.__file__).parents[2]):
        if (place / "definitions" / "patients").is_dir() and (place / "examples" / "rand").is_dir():
            return place
    raise UsageError("the demo needs the folders definitions/ and examples/ of a checkout; run it there")


def _sources(home: Path, records: Path) -> Iterable[Source]:
    definitions = home / "definitions"
    yield Source(definitions / "patients" / "patients.yaml", records)
    yield Source(definitions / "professionals" / "professionals.yaml", records)
    yield Source(home / "examples" / "rand" / "rand.yaml", home / "examples" / "rand" / "records")
    for path in sorted(definitions.glob("reel-*/reel-*.yaml")):
        yield Source(path)


def _release(folder: Path, datasets: list[str], workers: int, tell: Tell) -> tuple[int, bool]:
    """Sign and publish what was built, unless it is served already. Gives its number, and whether it is new."""
    archive, keys, workspace = folder / "archive", folder / "keys", folder / "workspace"
    now = clock.utc(None)
    if not (archive / "root.json").exists():
        public = create_keys(keys)
        create_archive(archive, public, load_signer(keys, "root"), now=now)
    place = open_workspace(workspace)
    served = _served_number(archive, place, datasets, now)
    if served is not None:
        tell(Event("release", f"release {served} holds all this", "reused"))
        _keep_fresh(archive, keys, now)
        return served, False
    proposal = release.propose(
        archive, workspace, datasets=datasets, now=now, note="seuil demo", workers=workers, tell=tell
    )
    for role in RELEASE_SIGNERS:
        release.sign_as(proposal.folder, keys, role)
        tell(Event("release", f"signed by the {role}", "done"))
    number = release.publish(archive, proposal.folder, keys, now=now)
    tell(Event("release", f"release {number} published", "done"))
    return number, True


def _served_number(archive: Path, workspace: Workspace, datasets: list[str], now: datetime) -> int | None:
    """The number of the release that is served, if it holds just what would be proposed."""
    if served_metadata(archive) is None:
        return None
    served = served_release(archive)
    with tempfile.TemporaryDirectory(prefix=".catalogue-", dir=workspace.folder) as temporary:
        files = release.content_of(workspace, datasets, served, now.date(), Path(temporary))
        files |= {POLICY: policy_of_release(None, workspace, served).path}
        return served.number if release.is_served(served, files) else None


def _keep_fresh(archive: Path, keys: Path, now: datetime) -> None:
    """Renew the timestamp of an archive that could soon not be opened any more."""
    served = served_metadata(archive)
    if served is not None and served.expires - now < RENEW:
        refresh_timestamp(archive, load_signer(keys, "timestamp"), now=now)


class _Stopwatch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[stage] = round(time.monotonic() - started, 1)
