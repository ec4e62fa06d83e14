"""From records to proposals: every step of the confidential way that isn't done yet, and nothing that is.

    leaves      count the records of all periods                                  (records)
    periods     of each: cube, pattern, figures, audit, proof, verification       (disclosure; processes of their own)
                those that are published already: taken from the archive          (`frozen`)
    proposal    all periods in one table, definition, code lists, proofs          (figures)

A dataset that was published elsewhere is brought in, in one step.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from seuil.archive.layout import ROOT
from seuil.figures.elsewhere import bring_in
from seuil.figures.periods import of_periods, read_period
from seuil.figures.table import Written, write_table
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import UsageError
from seuil.model.policy import hold
from seuil.records.count import LEAVES_FOLDER, count_leaves
from seuil.records.report import REPORT_FILE
from seuil.workflow import fingerprint as fingerprints
from seuil.workflow.enough import check_enough
from seuil.workflow.frozen import Published, published_years, take_period
from seuil.workflow.period import PROOF, TABLE, Summary, protect_period, read_summary
from seuil.workflow.policy import keep_policy, policy_of_build
from seuil.workflow.pool import Job, run
from seuil.workflow.progress import Event, Tell, silent
from seuil.workflow.workspace import Workspace, busy, is_current, open_workspace, step, write_json

CONTENT, WRITTEN, REPORT = "content", "written.json", "report.json"
DATA = "data.parquet"
WORKERS = 2


@dataclass(frozen=True)
class Source:
    """A dataset to build: its definition file, and the folder of its records (None if it was published elsewhere)."""

    definition: Path
    records: Path | None = None


@dataclass
class Built:
    """A dataset that is ready to be released. periods: confidential summaries of those from records."""

    dataset: str
    folder: Path
    written: Written
    reused: tuple[str, ...]
    made: tuple[str, ...]
    periods: dict[int, Summary] = field(default_factory=dict)


def build(
    sources: Sequence[Source],
    workspace: Path,
    *,
    archive: Path | None = None,
    policy: Path | None = None,
    workers: int = WORKERS,
    tell: Tell = silent,
) -> tuple[Built, ...]:
    """Bring every dataset to a proposal in the workspace. Steps that are done and not stale are reused.

    archive: where years were published before, which are taken from there (`frozen`); by default the one that the
    workspace remembers. policy: the publication policy that every definition is held against first; by default see
    `workflow.policy`.

    Raises PolicyError for a definition that asks for less, DefinitionError and DataError for what doesn't fit,
    UsageError if records are missing, DisclosureError where a dataset can't be published under the guarantee: what was
    finished before is kept, and no proposal is written.
    """
    place = open_workspace(workspace)
    if archive is not None:
        _check_archive(archive)
        place.remember(archive)
    known = place.archive
    works = []
    for source in sources:
        dataset = read_dataset(source.definition)
        years = published_years(known, dataset.id)
        works.append(_Work(dataset, source.records, place, years, tell))
    _check_twice(works)
    rules = policy_of_build(policy, [s.definition for s in sources], place)
    for work in works:
        hold(work.dataset.definition, work.dataset.path, rules)
    with busy(place):
        keep_policy(rules, place)
        for work in works:
            work.count()
            work.check_enough()
        jobs = {key: job for work in works for key, job in work.jobs().items()}
        run(jobs, workers=workers, tell=tell)
        return tuple(work.propose() for work in works)


def read_written(folder: Path) -> Written:
    """What the writer of a proposal's table counted."""
    return Written(**json.loads((folder / WRITTEN).read_bytes()))


def counting(text: str) -> str:
    """What counting says, without its numbers: how many rows a period has is for nobody's screen."""
    return f"counting records, {text.partition(':')[0]}"


def _check_archive(archive: Path) -> None:
    if not (archive / ROOT).is_file():
        raise UsageError(f"{archive}: no archive; expected a folder with {ROOT}")


def _check_twice(works: "Sequence[_Work]") -> None:
    seen: dict[str, Path] = {}
    for work in works:
        other = seen.setdefault(work.dataset.id, work.dataset.path)
        if other != work.dataset.path:
            raise UsageError(f"{other} and {work.dataset.path} are both called {work.dataset.id}; expected two names")


class _Work:
    """One dataset on its way."""

    def __init__(
        self,
        dataset: Dataset,
        records: Path | None,
        workspace: Workspace,
        years: Mapping[int, Published],
        tell: Tell,
    ) -> None:
        self.dataset, self.records, self.workspace, self.tell = dataset, records, workspace, tell
        self.made: list[str] = []
        self.reused: list[str] = []
        self.periods = tuple(sorted(dataset.definition.period.values))
        self.frozen = {p: years[p] for p in self.periods if p in years and years[p].proved}
        self.counted = tuple(p for p in self.periods if p not in self.frozen)
        if self.proved and records is None and self.counted:
            raise UsageError(f"{dataset.id} is made from records; name their folder with --records")

    @property
    def proved(self) -> bool:
        return self.dataset.definition.source == "records"

    def stale(self, name: str, folder: Path, fingerprint: str) -> bool:
        """Whether a step has to run, noted either way."""
        current = is_current(folder, fingerprint)
        (self.reused if current else self.made).append(name)
        if current:
            self.tell(Event(self.dataset.id, name, "reused"))
        return not current

    def count(self) -> None:
        """The step `leaves`."""
        if self.records is None or self.dataset.definition.records is None or not self.counted:
            return
        spec = self.dataset.definition.records
        files = [spec.people.file] + ([spec.memberships.file] if spec.memberships else [])
        secret = self.workspace.secret
        fingerprint = fingerprints.fingerprint(
            definition=fingerprints.definition_hash(self.dataset),
            periods=self.counted,
            records={name: fingerprints.file_state(self.records / name) for name in files},
            secret=fingerprints.secret_hash(secret),
            program=fingerprints.program_hash("model", "records"),
        )
        folder = self.workspace.leaves(self.dataset.id)
        if not self.stale("leaves", folder, fingerprint):
            return
        subject = self.dataset.id
        self.tell(Event(subject, "counting records"))
        with step(folder, fingerprint) as partial:
            count_leaves(
                of_periods(self.dataset, self.counted),
                self.records,
                partial,
                key=secret,
                progress=lambda text: self.tell(Event(subject, counting(text))),
            )
            for leaves in sorted((partial / LEAVES_FOLDER).iterdir()):
                leaves.replace(partial / leaves.name)
            (partial / LEAVES_FOLDER).rmdir()
            (partial / REPORT_FILE).replace(partial / REPORT)
        self.tell(Event(subject, "records counted", "done"))

    def check_enough(self) -> None:
        """Whether enough was counted, now or in an earlier run. Raises DataError."""
        if self.proved and self.counted:
            check_enough(self.dataset, self.workspace.leaves(self.dataset.id) / REPORT, self.counted)

    def jobs(self) -> dict[str, Job[Summary]]:
        """The steps of periods that are stale."""
        if not self.proved:
            return {}
        jobs = {}
        for period in self.periods:
            folder, fingerprint = self.workspace.period(self.dataset.id, period), self._period_fingerprint(period)
            if not self.stale(str(period), folder, fingerprint):
                continue
            key = f"{self.dataset.id} {period}"
            if period in self.frozen:
                jobs[key] = Job(take_period, (self.dataset.path, self.frozen[period], folder, fingerprint))
            else:
                arguments = (
                    self.dataset.path,
                    period,
                    self._leaves(period),
                    self.workspace.secret,
                    folder,
                    fingerprint,
                )
                jobs[key] = Job(protect_period, arguments)
        return jobs

    def propose(self) -> Built:
        """The step `proposal`."""
        folder = self.workspace.proposal(self.dataset.id)
        fingerprint = self._proposal_fingerprint()
        if self.stale("proposal", folder, fingerprint):
            self.tell(Event(self.dataset.id, "putting the proposal together"))
            with step(folder, fingerprint) as partial:
                content = partial / CONTENT
                content.mkdir()
                written = self._released(content / DATA) if self.proved else bring_in(self.dataset, content / DATA)
                for name, path in fingerprints.dataset_files(self.dataset).items():
                    (content / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, content / name)
                write_json(partial / WRITTEN, asdict(written))
            self.tell(Event(self.dataset.id, "proposal ready", "done"))
        summaries = {p: read_summary(self._period(p)) for p in self.periods} if self.proved else {}
        name = self.dataset.id
        return Built(name, folder, read_written(folder), tuple(self.reused), tuple(self.made), summaries)

    def _released(self, path: Path) -> Written:
        """All periods in one table, and their proofs beside it."""
        figures = {p: read_period(self.dataset, p, self._period(p) / TABLE) for p in self.periods}
        for period in self.periods:
            shutil.copytree(self._period(period) / PROOF, path.parent / PROOF / str(period))
        return write_table(self.dataset, figures, path)

    def _leaves(self, period: int) -> Path:
        return self.workspace.leaves(self.dataset.id) / f"{period}.parquet"

    def _period(self, period: int) -> Path:
        return self.workspace.period(self.dataset.id, period)

    def _period_fingerprint(self, period: int) -> str:
        if period in self.frozen:
            return fingerprints.fingerprint(
                definition=fingerprints.definition_hash(self.dataset),
                published=dict(self.frozen[period].hashes),
                program=fingerprints.program_hash("model", "disclosure", "figures", "workflow"),
            )
        return fingerprints.fingerprint(
            definition=fingerprints.definition_hash(self.dataset),
            leaves=fingerprints.file_hash(self._leaves(period)),
            secret=fingerprints.secret_hash(self.workspace.secret),
            program=fingerprints.program_hash("model", "disclosure", "figures", "workflow"),
        )

    def _proposal_fingerprint(self) -> str:
        definition = fingerprints.definition_hash(self.dataset)
        program = fingerprints.program_hash("model", "disclosure", "figures", "workflow")
        if self.proved:
            parts = {str(p): self._period_fingerprint(p) for p in self.periods}
            return fingerprints.fingerprint(definition=definition, periods=parts, program=program)
        assert self.dataset.definition.published is not None
        source = self.dataset.path.parent / self.dataset.definition.published.file
        return fingerprints.fingerprint(
            definition=definition, published=fingerprints.file_hash(source), program=program
        )
