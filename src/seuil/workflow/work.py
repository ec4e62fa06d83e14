"""The steps of one collection on its way from records to a proposal, each done if what it reads has changed.

What a step reads is its fingerprint (`model.parts`): a text of the definition makes new tables of the same figures, and
nothing is counted or proved again; a new year touches no other one.
"""

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from secrets import token_hex

from seuil.archive.collection import DATA, FIGURES
from seuil.figures.elsewhere import bring_in
from seuil.figures.periods import of_periods, read_made
from seuil.figures.render import Rendering
from seuil.figures.table import Written, write_table
from seuil.model.dataset import Dataset
from seuil.model.errors import UsageError
from seuil.model.leaf_names import amounts_file
from seuil.model.parts import counting_part, protection_part
from seuil.records.count import LEAVES_FOLDER, count_leaves
from seuil.records.report import REPORT_FILE
from seuil.workflow import fingerprint as fingerprints
from seuil.workflow.counting import Counting
from seuil.workflow.enough import check_enough
from seuil.workflow.frozen import Published, take_period
from seuil.workflow.new_vintage import check_new_vintage
from seuil.workflow.period import PROOF, TABLE, Summary, protect_period, read_summary
from seuil.workflow.pool import Job
from seuil.workflow.progress import Event, Tell
from seuil.workflow.reissue import with_vintages
from seuil.workflow.verified import Verified
from seuil.workflow.workspace import Workspace, is_current, scratch, step, write_json

CONTENT, WRITTEN, REPORT, LEAVES = "content", "written.json", "report.json", "leaves.parquet"


@dataclass(frozen=True)
class Tables:
    """What the writers of a proposal counted: of all figures of a collection, and of each of its datasets."""

    whole: Written
    datasets: dict[str, Written]


@dataclass
class Built:
    """A collection that is ready to be released. periods: confidential summaries of those from records.

    reissued: years that are new vintages, to be proposed with a reason.
    """

    dataset: str
    folder: Path
    tables: Tables
    reused: tuple[str, ...]
    made: tuple[str, ...]
    periods: dict[int, Summary] = field(default_factory=dict)
    reissued: tuple[int, ...] = ()


def read_written(folder: Path) -> Tables:
    """What the writers of a proposal's tables counted."""
    found = json.loads((folder / WRITTEN).read_bytes())
    return Tables(Written(**found["whole"]), {name: Written(**one) for name, one in found["datasets"].items()})


def counting(text: str) -> str:
    """What counting says, without its numbers: how many rows a period has is for nobody's screen."""
    return f"counting records, {text.partition(':')[0]}"


class Work:
    """One collection on its way. vintages: all publications of each published year, the newest first."""

    def __init__(
        self,
        dataset: Dataset,
        records: Path | None,
        workspace: Workspace,
        vintages: Mapping[int, list[Published]],
        reissue: Sequence[int],
        tell: Tell,
        how: Counting | None = None,
    ) -> None:
        self.dataset, self.records, self.workspace, self.tell = dataset, records, workspace, tell
        self.how = how or Counting()
        self.database = self.how.database(dataset.path)
        self._run = token_hex()
        self.made: list[str] = []
        self.reused: list[str] = []
        self.periods = tuple(sorted(dataset.definition.period.values))
        self.vintages = vintages
        published = {p: vintages[p][0] for p in self.periods if p in vintages and vintages[p][0].proved}
        self.reissued = tuple(p for p in published if self.proved and p in reissue)
        self.frozen = {p: year for p, year in published.items() if p not in self.reissued}
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
        """The steps `leaves` that are stale, all in one pass over the records."""
        if self.records is None or self.dataset.definition.records is None or not self.counted:
            return
        stale = tuple(
            p for p in self.counted if self.stale(f"leaves {p}", self._counting(p), self._counting_fingerprint(p))
        )
        if not stale:
            return
        subject = self.dataset.id
        self.tell(Event(subject, "counting records"))
        with scratch(self.workspace.dataset(subject)) as place:
            count_leaves(
                of_periods(self.dataset, stale),
                self.records,
                place,
                key=self.workspace.secret,
                database=self.database,
                limits=self.how.limits,
                progress=lambda text: self.tell(Event(subject, counting(text))),
            )
            for period in stale:
                with step(self._counting(period), self._counting_fingerprint(period)) as partial:
                    counted = place / LEAVES_FOLDER / f"{period}.parquet"
                    for ours, written in zip(self._leaves(partial), self._leaves_of(counted), strict=True):
                        written.replace(ours)
                    shutil.copyfile(place / REPORT_FILE, partial / REPORT)
        self.tell(Event(subject, "records counted", "done"))

    def check_enough(self) -> None:
        """Whether enough was counted, now or in an earlier run. Raises DataError."""
        for period in self.counted if self.proved else ():
            check_enough(self.dataset, self._counting(period) / REPORT, (period,))

    def take_vintages(self) -> None:
        """From here on the dataset is one that knows what earlier vintages told, if there are any."""
        if self.proved:
            anew = {p: (self.vintages[p], self._counting(p) / LEAVES) for p in self.reissued}
            self.dataset = with_vintages(self.dataset, self.vintages, anew, self.workspace.definition(self.dataset.id))

    def check_vintages(self) -> None:
        """Whether new vintages tell nothing together with earlier ones. Raises DisclosureError, UsageError."""
        for period in self.reissued:
            leaves, table = self._counting(period) / LEAVES, self._period(period) / TABLE
            check_new_vintage(self.dataset, period, self.vintages[period], leaves, table)

    def jobs(self) -> dict[str, Job[Summary]]:
        """The steps of periods that are stale."""
        if not self.proved:
            return {}
        jobs = {}
        for period in self.periods:
            folder, fingerprint = self.workspace.period(self.dataset.id, period), self._period_fingerprint(period)
            if not self.stale(str(period), folder, fingerprint):
                continue
            key, memory = f"{self.dataset.id} {period}", Verified(self.workspace.verified)
            if period in self.frozen:
                jobs[key] = Job(take_period, (self.dataset.path, self.frozen[period], folder, fingerprint, memory))
            else:
                arguments = (
                    self.dataset.path,
                    period,
                    self._counting(period) / LEAVES,
                    self.workspace.secret,
                    folder,
                    fingerprint,
                    memory,
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
                content = partial / CONTENT / self.dataset.id
                for name, path in fingerprints.dataset_files(self.dataset).items():
                    (content / name).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(path, content / name)
                write_json(partial / WRITTEN, asdict(self._write_tables(content)))
            self.tell(Event(self.dataset.id, "proposal ready", "done"))
        summaries = {p: read_summary(self._period(p)) for p in self.periods} if self.proved else {}
        name = self.dataset.id
        steps = tuple(self.reused), tuple(self.made)
        return Built(name, folder, read_written(folder), *steps, summaries, self.reissued)

    def _write_tables(self, content: Path) -> Tables:
        """All figures in one table with their proofs beside it, and each dataset. content: the collection's folder."""
        dataset = self.dataset
        whole = content / (DATA if dataset.is_one_table else FIGURES)
        figures = {p: read_made(dataset, p, self._period(p) / TABLE) for p in self.periods} if self.proved else {}
        for period in figures:
            shutil.copytree(self._period(period) / PROOF, content / PROOF / str(period))
        told = write_table(dataset, figures, whole) if self.proved else bring_in(dataset, whole)
        if dataset.is_one_table:
            return Tables(told, {dataset.id: told})
        rendering = None if self.proved else Rendering(dataset, whole)
        written = {}
        for view in dataset.views:
            path = content.parent / view.id / DATA
            path.parent.mkdir(exist_ok=True)
            written[view.id] = rendering.write(view, path) if rendering else write_table(dataset, figures, path, view)
        return Tables(told, written)

    def _counting(self, period: int) -> Path:
        return self.workspace.leaves(self.dataset.id, period)

    def _leaves(self, folder: Path) -> list[Path]:
        """The files of leaves of a period in its folder."""
        return self._leaves_of(folder / LEAVES)

    def _leaves_of(self, path: Path) -> list[Path]:
        return [path, *(amounts_file(path, name) for name, m in self.dataset.sums.items() if m.kinds)]

    def _period(self, period: int) -> Path:
        return self.workspace.period(self.dataset.id, period)

    def _counting_fingerprint(self, period: int) -> str:
        spec = self.dataset.definition.records
        assert spec is not None and self.records is not None
        files = dict.fromkeys(file.file for file in spec.files.values())
        return fingerprints.fingerprint(
            definition=counting_part(self.dataset, period),
            records={name: self._state(self.records / name) for name in files},
            secret=fingerprints.secret_hash(self.workspace.secret),
            program=fingerprints.program_hash("model", "records"),
        )

    def _state(self, path: Path) -> object:
        """Whether records are those that were counted; of tables in a database nobody can say, so each run counts."""
        return fingerprints.file_state(path) if self.database.reads_files else self._run

    def _period_fingerprint(self, period: int) -> str:
        if period in self.frozen:
            return fingerprints.fingerprint(
                definition=protection_part(self.dataset, period),
                published=self.frozen[period].content,
                program=fingerprints.program_hash("model", "disclosure", "figures", "workflow"),
            )
        return fingerprints.fingerprint(
            definition=protection_part(self.dataset, period),
            leaves=[fingerprints.file_hash(path) for path in self._leaves(self._counting(period))],
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
