"""Check the content of a release from its files alone, before it is proposed as after it is published.

Rules, in the order in which they are checked:
 1. `catalogue.json` can be read, and the files are those of its datasets: none is missing, none is of nothing;
 2. the definition and code lists of every collection can be read, and the catalogue says of its datasets what they say;
 3. the table of all its figures is the one that the definition lays out;
 4. of a collection from records, every hidden figure is proved, and lies within the outer bounds that are told of it:
    `disclosure.verify` multiplies and finds nothing wrong;
 5. every dataset is what is rendered from those figures, byte by byte, with as many rows and figures as told;
 6. `policy.yaml` can be read, and every definition asks for as much as it, but for exceptions with a public reason.
The certificate is checked apart (`workflow.certificate`): it is made from what is found here. So are the changes since
the release before (`workflow.changes`).
"""

import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seuil.archive.collection import DATA, DEFINITION, Files, dataset_of
from seuil.archive.layout import DATASETS
from seuil.archive.problem import Problem
from seuil.catalogue.build import entry_of, figures_file, read_catalogue
from seuil.catalogue.certificate import CERTIFICATE, PeriodEntry
from seuil.catalogue.changes import CHANGES
from seuil.catalogue.entry import Catalogue, Entry
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.proof import OuterBounds, Proof
from seuil.disclosure.verify import verify
from seuil.figures.bounds_files import bounds_name, read_bounds
from seuil.figures.periods import read_period, write_period
from seuil.figures.proof_files import proof_names, read_proof
from seuil.figures.render import Rendering, same_table
from seuil.figures.table import Written
from seuil.model.columns import HIDDEN, status_column
from seuil.model.dataset import Dataset
from seuil.model.errors import SeuilError
from seuil.model.policy import POLICY, PolicyFile, read_policy
from seuil.workflow.policy import policy_problems
from seuil.workflow.pool import Job, run
from seuil.workflow.progress import Event, Tell
from seuil.workflow.release_files import CATALOGUE, expected_names, file_of, own_files
from seuil.workflow.verified import Verdict, Verified, verdict_key

RENDERED = "the one that is rendered from the figures of its collection"


@dataclass(frozen=True)
class Found:
    """What a check found in one period of a collection: its figures counted, what is wrong, and how long it took.

    legacy: hidden counts without a proof, since what is known from elsewhere discloses them. datasets: by name, where
    the tables of all periods were checked.
    """

    written: Written
    legacy: int
    problems: tuple[Problem, ...]
    seconds: float
    datasets: dict[str, Written] = field(default_factory=dict)


@dataclass(frozen=True)
class Checked:
    """What a check of a whole release found. By collection: which are proved, seconds of the proofs, the periods."""

    problems: tuple[Problem, ...]
    proved: tuple[str, ...]
    seconds: dict[str, float]
    periods: dict[str, tuple[PeriodEntry, ...]] = field(default_factory=dict)


def check_files(files: Files, *, workers: int, tell: Tell, memory: Verified | None = None) -> Checked:
    """Check a release. files: where the file of each logical name lies. Whatever is wrong is listed, not raised.

    memory: of periods that need not be verified again; without one everything is.
    """
    try:
        catalogue = read_catalogue(file_of(files, CATALOGUE).read_bytes())
    except SeuilError as error:
        return Checked((Problem(CATALOGUE, str(error), "the catalogue of the release"),), (), {})
    problems: list[Problem] = []
    rules = None
    try:
        rules = read_policy(file_of(files, POLICY))
    except SeuilError as error:
        problems.append(Problem(POLICY, str(error), "the publication policy of the release"))
    checks = [_Collection(files, name, entries, memory) for name, entries in collections_of(catalogue).items()]
    for check in checks:
        problems += check.look(rules)
    known = {CATALOGUE, POLICY, CERTIFICATE, CHANGES}.union(*(check.names for check in checks))
    for name in sorted(files.keys() - known):
        problems.append(
            Problem(
                name, "is a file of no dataset", "the catalogue, policy, certificate, and the files of its datasets"
            )
        )
    if problems:
        return Checked(tuple(sorted(problems)), (), {})
    found = run({key: job for check in checks for key, job in check.jobs.items()}, workers=workers, tell=tell)
    for check in checks:
        problems += check.take({key: found[key] for key in check.jobs})
    return Checked(
        tuple(sorted(problems)),
        tuple(check.name for check in checks if check.proved),
        {check.name: check.seconds for check in checks if check.from_records},
        {check.name: check.periods for check in checks if check.periods},
    )


def collections_of(catalogue: Catalogue) -> dict[str, list[Entry]]:
    """The datasets of each collection, in the catalogue's order."""
    found: dict[str, list[Entry]] = {}
    for entry in catalogue.entries:
        found.setdefault(entry.collection, []).append(entry)
    return found


class _Collection:
    """The check of one collection: what its definition says first, then a job a period and one for its tables.

    names: logical names of its files. periods: what the certificate says of each.
    """

    def __init__(self, files: Files, name: str, entries: Sequence[Entry], memory: Verified | None) -> None:
        self.files, self.name, self.entries, self._memory = files, name, entries, memory
        self.names = set().union(*(own_files(files, folder) for folder in (name, *(entry.id for entry in entries))))
        self.jobs: dict[str, Job[Found]] = {}
        self.periods: tuple[PeriodEntry, ...] = ()
        self.seconds, self.proved, self.from_records = 0.0, False, False

    def look(self, rules: PolicyFile | None) -> list[Problem]:
        """Rules 1, 2 and 6."""
        try:
            with dataset_of(self.files, self.name) as dataset:
                self.names = expected_names(dataset)
                self.from_records = dataset.definition.source == "records"
                problems = list(_entry_problems(self.files, self.entries, dataset))
                if rules is not None:
                    problems += policy_problems(dataset, rules, POLICY, own=True)
                if not problems:
                    self._plan(dataset)
                return problems
        except SeuilError as error:
            place = f"{DATASETS}/{self.name}/{DEFINITION}"
            return [Problem(place, str(error), "the definition as it was written")]

    def _plan(self, dataset: Dataset) -> None:
        mine = {name: self.files[name] for name in self.names}
        self.jobs[self.name] = Job(check_tables, (mine, self.name))
        if self.from_records:
            for period in sorted(dataset.definition.period.values):
                self.jobs[f"{self.name} {period}"] = Job(check_period, (mine, self.name, period, self._memory))
        else:
            self.periods = _published_periods(self.files[figures_file(dataset)], dataset)

    def take(self, found: Mapping[str, Found]) -> list[Problem]:
        """What the jobs found."""
        problems = [problem for one in found.values() for problem in one.problems]
        periods = {k: found[key] for k in self.entries[0].periods if (key := f"{self.name} {k}") in found}
        self.seconds = round(sum(one.seconds for one in periods.values()), 2)
        if problems:
            return problems
        for entry in self.entries:
            written = found[self.name].datasets[entry.id]
            counted = (written.rows, written.cells, written.hidden)
            said = (entry.rows, entry.guarantee.cells, entry.guarantee.hidden)
            if counted != said:
                words = "says {} rows, {} figures, {} hidden, of {}".format(*said, entry.id)
                problems.append(Problem(CATALOGUE, words, f"{counted}"))
        if self.from_records:
            self.periods = tuple(
                PeriodEntry(
                    period=period,
                    figures=one.written.cells,
                    hidden=one.written.hidden,
                    proved=one.written.hidden - one.legacy,
                    legacy=one.legacy,
                )
                for period, one in sorted(periods.items())
            )
            self.proved = not problems
        return problems


def check_tables(files: Files, name: str, tell: Tell) -> Found:
    """Rule 5 for all datasets of a collection, and the table of all its figures: a job for a process of its own."""
    started, found, problems = time.monotonic(), dict[str, Written](), list[Problem]()
    with dataset_of(files, name) as dataset, tempfile.TemporaryDirectory(prefix="seuil-") as folder:
        figures, made = files[figures_file(dataset)], Path(folder) / "data.parquet"
        asked = [(view.id, f"{DATASETS}/{view.id}/{DATA}", view) for view in dataset.views]
        asked += [] if dataset.is_one_table else [(f"{name}: all figures", figures_file(dataset), dataset.whole)]
        try:
            rendering = Rendering(dataset, figures)
            for subject, place, view in asked:
                tell(Event(subject, "rendering the table from its figures"))
                found[subject] = rendering.write(view, made)
                same = same_table(files[place], made)
                problems += [] if same else [Problem(place, "is another table", RENDERED)]
                tell(Event(subject, "as its figures" if same else "NOT as its figures", "done"))
        except SeuilError as error:
            problems.append(Problem(figures_file(dataset), str(error), "the table that the definition lays out"))
    return Found(Written(0, 0, 0), 0, tuple(problems), time.monotonic() - started, found)


def check_period(files: Files, name: str, period: int, memory: Verified | None, tell: Tell) -> Found:
    """Rules 3 and 4 for one period of a dataset from records: a job for a process of its own.

    Of a period that is remembered, rule 3 is left to `check_tables`, which reads the figures of every period.
    """
    started = time.monotonic()
    with dataset_of(files, name) as dataset:
        place, folder = figures_file(dataset), _folder(dataset, period)
        evidence = {n.removeprefix(f"{folder}/"): path for n, path in files.items() if n.startswith(f"{folder}/")}
        key = None if memory is None else verdict_key(dataset, period, files[place], evidence)
        known = None if memory is None else memory.recall(dataset, period, key)
        if known is not None:
            tell(Event(f"{name} {period}", "proof verified before", "reused"))
            return Found(known.written, known.legacy, (), time.monotonic() - started)
        tell(Event(f"{name} {period}", "verifying the proof"))
        try:
            figures = read_period(dataset, period, files[place])
            written = _count(figures)
        except SeuilError as error:
            problem = Problem(place, str(error), "the table that the definition lays out")
            return Found(Written(0, 0, 0), 0, (problem,), time.monotonic() - started)
        proofs, bounds, problems = _read_proofs(files, figures)
        if not problems:
            problems = [
                Problem(f"{folder}/{fault.base}", str(fault), "a proof that holds")
                for fault in verify(figures, proofs, bounds)
            ]
        legacy = 0 if problems else _legacy(figures, proofs["count"])
        if memory is not None and not problems:
            memory.remember(dataset, period, key, Verdict(written, legacy))
    tell(Event(f"{name} {period}", "proof verified" if not problems else "the proof does NOT hold", "done"))
    return Found(written, legacy, tuple(problems), time.monotonic() - started)


def _read_proofs(files: Files, figures: Figures) -> tuple[dict[str, Proof], dict[str, OuterBounds], list[Problem]]:
    folder, proofs, bounds = _folder(figures.grid.dataset, figures.grid.period), {}, {}
    for base in ("count", *figures.grid.dataset.sums):
        parts = {part: files[f"{folder}/{name}"] for part, name in proof_names(base).items()}
        try:
            proofs[base] = read_proof(parts)
            bounds[base] = read_bounds(files[f"{folder}/{bounds_name(base)}"])
        except SeuilError as error:
            return {}, {}, [Problem(f"{folder}/{base}", str(error), "the proof as it was made")]
    return proofs, bounds, []


def _folder(dataset: Dataset, period: int) -> str:
    return f"{DATASETS}/{dataset.id}/proof/{period}"


def _legacy(figures: Figures, proof: Proof) -> int:
    """How many hidden counts a proof that holds doesn't list: it lists all but those accepted as legacy."""
    hidden = np.flatnonzero(figures.grid.published & figures.count.hidden)
    return len(np.setdiff1d(hidden, proof.cells))


def _count(figures: Figures) -> Written:
    with tempfile.TemporaryDirectory(prefix="seuil-") as folder:
        return write_period(figures, Path(folder) / "table.parquet")


def _entry_problems(files: Files, entries: Sequence[Entry], dataset: Dataset) -> Iterator[Problem]:
    """Rules 1 and 2."""
    for name in sorted(expected_names(dataset) - files.keys()):
        yield Problem(name, "is missing", "a file of the dataset")
    views = {view.id: view for view in dataset.views}
    if views.keys() != {entry.id for entry in entries}:
        said = ", ".join(entry.id for entry in entries)
        yield Problem(CATALOGUE, f"says of {dataset.id} the datasets {said}", ", ".join(views))
        return
    for entry in entries:
        made = entry_of(
            dataset,
            views[entry.id],
            rows=entry.rows,
            modified=entry.modified,
            hidden=entry.guarantee.hidden,
            cells=entry.guarantee.cells,
        )
        if made != entry:
            fields = [name for name in type(entry).model_fields if getattr(made, name) != getattr(entry, name)]
            yield Problem(CATALOGUE, f"says of {entry.id} other {', '.join(fields)} than its definition", "the same")


def _published_periods(path: Path, dataset: Dataset) -> tuple[PeriodEntry, ...]:
    """Of a table that was published elsewhere: its figures by period, and how many of them are marked as hidden."""
    definition = dataset.definition
    period_name, statuses = definition.period.name, [status_column(name) for name in definition.measures]
    try:
        table = pq.read_table(path, columns=[period_name, *statuses])
    except (OSError, pa.ArrowException):
        return ()  # what is wrong with it is for `check_view` to say
    made = []
    for period in sorted(definition.period.values):
        rows = table.filter(pc.equal(table[period_name], period))
        hidden = sum(pc.sum(pc.equal(rows[name].cast("string"), HIDDEN)).as_py() or 0 for name in statuses)
        figures = rows.num_rows * len(statuses)
        made.append(PeriodEntry(period=period, figures=figures, hidden=hidden, proved=0, legacy=0))
    return tuple(made)
