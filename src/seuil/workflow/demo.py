"""The whole way on data that anyone may see: made-up national records, real ones of an experiment, published tables.

The last years come first, in one release; then one year after another is added, the newest first, each in a release of
its own that takes the place of the one before. Two years are counted and protected side by side, since one year keeps
but one process busy. Years that are served stay as they are (`frozen`) and cost nothing more, so a run that was stopped
goes on where it was.

The figures that this shows, how many cells are small among them, are shown because these records are made up or public;
for confidential records they never leave the workspace.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from seuil.archive import clock
from seuil.archive.layout import ROOT
from seuil.catalogue.build import read_catalogue
from seuil.model.dataset import Dataset
from seuil.model.errors import UsageError
from seuil.model.policy import POLICY
from seuil.publish.current import served_metadata, served_release
from seuil.publish.keys import RELEASE_SIGNERS, create_keys, load_signer
from seuil.publish.publish import refresh_timestamp
from seuil.publish.repository import create_archive
from seuil.workflow import fingerprint as fingerprints
from seuil.workflow import release
from seuil.workflow.build import Source, build
from seuil.workflow.compile_ahead import compiling
from seuil.workflow.demo_datasets import Contents, MadeUp, contents_of_checkout
from seuil.workflow.policy import policy_of_release
from seuil.workflow.progress import Event, Tell, silent
from seuil.workflow.release_files import CATALOGUE
from seuil.workflow.verify import FolderVerdict, verify_folder
from seuil.workflow.work import Built
from seuil.workflow.workspace import Workspace, is_current, open_workspace, step

RENEW = timedelta(days=7)
KIND, VERIFIED, NOTE = "kind.txt", "verified", "seuil demo"
SUBJECT = "demo"
"""What news of whole years are about."""
FIRST = 2
"""Years of the first release: two, so that readers can compare them."""


@dataclass(frozen=True)
class Stage:
    """A release on the way: the years that it added, none if it was served already. seconds: by what took them."""

    years: tuple[int, ...]
    release: int
    seconds: dict[str, float]

    @property
    def total(self) -> float:
        """Seconds of the whole stage."""
        return sum(self.seconds.values())


@dataclass(frozen=True)
class Demo:
    """What the demo has made. stages: this run's, the last of which holds everything. years: of made-up records.

    verdict: of the last release; None if an earlier run has verified it, and no byte has changed since.
    """

    archive: Path
    built: tuple[Built, ...]
    stages: tuple[Stage, ...]
    years: tuple[int, ...]
    verdict: FolderVerdict | None


def demo(
    folder: Path,
    *,
    scale: float = 0.1,
    years: int | None = FIRST,
    contents: Contents | None = None,
    at_once: int = FIRST,
    workers: int = 2,
    tell: Tell = silent,
) -> Demo:
    """Make the records, build every dataset, sign and publish release after release in `folder`, and verify the last.

    scale: share of the country's people. years: how many years, None for all that there are; those that are served stay
    in any case. contents: what is published, by default that of the checkout. at_once: years of the first release. What
    is unchanged since an earlier run is reused. Raises UsageError if the folder holds a demo of another kind.
    """
    run = _Run(folder, (contents or contents_of_checkout()).read_again(), scale, workers, tell)
    run.check_kind()
    firsts = run.first_years(years, at_once)
    stages: list[Stage] = []
    for first in firsts:
        stage, built = run.stage(first, run.together(first, firsts[-1], at_once))
        stages.append(stage)
        run.tell_stage(stages, to_go=len(firsts) - len(stages))
    verdict = run.verify(stages[-1])
    years_made = tuple(year for year in run.contents.years() if year >= firsts[-1])
    return Demo(run.archive, built, tuple(stages), years_made, verdict)


@dataclass(frozen=True)
class _Run:
    """One run in the demo's folder."""

    folder: Path
    contents: Contents
    scale: float
    workers: int
    tell: Tell

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    def check_kind(self) -> None:
        """Refuse a folder with years of other people or other lines: these would stay, and no others fit to them."""
        kind = fingerprints.fingerprint(scale=self.scale, lines=[one.lines() for one in self.contents.made_up])
        written = self.folder / KIND
        if not self.archive.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            written.write_text(kind, "utf-8")
        elif not written.exists() or written.read_text("utf-8") != kind:
            raise UsageError(
                f"{self.folder}: holds a demo of another scale, of other lines or of an earlier version, and its "
                "published years would stay as they are; delete this folder, or name another with --folder"
            )

    def first_years(self, years: int | None, at_once: int) -> list[int]:
        """The first year of each release that is to be, from what is served on."""
        known, served = self.contents.years(), self._served()
        wanted = known if years is None else known[:years]
        kept = [year for one in self.contents.made_up for year in served.get(one.id, ())]
        start = min(kept, default=wanted[:at_once][-1])
        return [start, *(year for year in wanted if year < start)]

    def together(self, first: int, last: int, at_once: int) -> tuple[int, ...]:
        """The years that are prepared together with `first`, the newest first. last: the last year that is asked for.

        They follow from the list of years alone, so that a run that goes on finds what an earlier one has prepared.
        """
        known = self.contents.years()
        start = known.index(first) // at_once * at_once
        return tuple(year for year in known[start : start + at_once] if year >= last)

    def stage(self, first: int, together: Sequence[int]) -> tuple[Stage, tuple[Built, ...]]:
        """Bring every year from `first` on into the release that is served; those `together` are prepared with it."""
        clocks, served = _Stopwatch(), self._served()
        records = self.folder / "records" / "-".join(map(str, sorted(together)))
        years = {year for one in self.contents.made_up for year in self._missing(one, first, served)}
        with clocks.time("build"), self._compiling():
            if years and min(together) < first:
                self._build(min(together), together, records, proposals=False)
            built = self._build(first, together, records)
        with clocks.time("release"):
            number, new = self._release([one.dataset for one in built])
        if new and first == min(together):
            shutil.rmtree(records, ignore_errors=True)  # a year that is published is never counted again
        return Stage(tuple(sorted(years)), number, clocks.seconds), built

    def _compiling(self) -> AbstractContextManager[None]:
        """Code is compiled ahead by the first stage of a new folder."""
        new = not (self.folder / "workspace").exists()
        sample = self.contents.sample
        return compiling(sample, self.folder) if new and sample is not None else nullcontext()

    def _missing(self, one: MadeUp, first: int, served: Mapping[str, tuple[int, ...]]) -> list[int]:
        """The years of a collection from `first` on that aren't served."""
        return [year for year in one.periods(first) if year not in served.get(one.id, ())]

    def _build(
        self, first: int, together: Sequence[int], records: Path, *, proposals: bool = True
    ) -> tuple[Built, ...]:
        """Build every dataset with its years from `first` on. records: of the years `together`."""
        sources, served = [], self._served()
        for one in self.contents.made_up:
            dataset = one.excerpt(self.folder / "definitions" / one.id, first)
            missing = self._missing(one, first, served)
            if missing:
                self._make_records(one, dataset, records / one.id, [y for y in one.periods(0) if y in together])
            sources.append(Source(dataset.path, records / one.id if missing else None))
        return build(
            [*sources, *self.contents.others],
            self.folder / "workspace",
            archive=self.archive if served else None,
            policy=self.contents.policy,
            workers=self.workers,
            proposals=proposals,
            tell=self.tell,
        )

    def tell_stage(self, stages: Sequence[Stage], to_go: int) -> None:
        """What the last stage has added, how long it took, and about how long the others will take."""
        stage = stages[-1]
        if not stage.years:
            return
        text = f"{', '.join(map(str, stage.years))} in release {stage.release}, took {_duration(stage.total)}"
        if to_go:
            new = [one for one in stages if one.years]
            left = to_go * sum(one.total for one in new) / sum(len(one.years) for one in new)
            text += f"; {to_go} earlier year{'s' if to_go > 1 else ''} to go, about {_duration(left)}"
        self.tell(Event(SUBJECT, text, "done"))

    def verify(self, last: Stage) -> FolderVerdict | None:
        """Verify the release that is served, unless an earlier run has: then its bytes have been compared already."""
        served = served_release(self.archive)
        fingerprint = fingerprints.fingerprint(
            files={name: target.sha256 for name, target in served.targets.items()},
            release=served.number,
            program=fingerprints.program_hash("model", "disclosure", "figures", "archive", "catalogue", "workflow"),
        )
        if is_current(self.folder / VERIFIED, fingerprint):
            self.tell(Event("archive", f"release {served.number} verified", "reused"))
            return None
        started = time.monotonic()
        verdict = verify_folder(self.archive, workers=self.workers, tell=self.tell)
        last.seconds["verify"] = round(time.monotonic() - started, 1)
        if verdict.ok:
            with step(self.folder / VERIFIED, fingerprint):
                pass
        return verdict

    def _served(self) -> dict[str, tuple[int, ...]]:
        """The years of each collection that the archive serves."""
        if served_metadata(self.archive) is None:
            return {}
        catalogue = read_catalogue(served_release(self.archive).read_bytes(CATALOGUE))
        return {entry.collection: entry.periods for entry in catalogue.entries}

    def _make_records(self, one: MadeUp, dataset: Dataset, folder: Path, years: Sequence[int]) -> None:
        """Write the records of some years, unless they are there."""
        codes = {name: list(hierarchy.index) for name, hierarchy in dataset.hierarchies.items()}
        program = fingerprints.program_hash("synthetic")
        fingerprint = fingerprints.fingerprint(scale=self.scale, years=list(years), codes=codes, program=program)
        if is_current(folder, fingerprint):
            self.tell(Event("records", f"records of {one.id}", "reused"))
            return
        with step(folder, fingerprint) as partial:
            one.write(dataset, partial, years, self.scale, self.tell)
        self.tell(Event("records", f"records of {one.id}, {', '.join(map(str, years))}", "done"))

    def _release(self, datasets: list[str]) -> tuple[int, bool]:
        """Sign and publish what was built, unless it is served already. Gives its number, and whether it is new."""
        archive, keys, workspace = self.archive, self.folder / "keys", self.folder / "workspace"
        now = clock.utc(None)
        if not (archive / ROOT).exists():
            public = create_keys(keys)
            create_archive(archive, public, load_signer(keys, "root"), now=now)
        served = _served_number(archive, open_workspace(workspace), datasets, now)
        if served is not None:
            self.tell(Event("release", f"release {served} holds all this", "reused"))
            _keep_fresh(archive, keys, now)
            return served, False
        proposal = release.propose(
            archive, workspace, datasets=datasets, now=now, note=NOTE, workers=self.workers, tell=self.tell
        )
        for role in RELEASE_SIGNERS:
            release.sign_as(proposal.folder, keys, role)
            self.tell(Event("release", f"signed by the {role}", "done"))
        number = release.publish(archive, proposal.folder, keys, now=now)
        self.tell(Event("release", f"release {number} published", "done"))
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


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


class _Stopwatch:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def time(self, stage: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[stage] = round(time.monotonic() - started, 1)
