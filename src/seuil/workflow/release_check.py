"""Check the content of a release from its files alone, before it is proposed as after it is published.

Rules, in the order in which they are checked:
 1. `catalogue.json` can be read, and the files are those of its datasets: none is missing, none is of nothing;
 2. the definition and code lists of every dataset can be read, and the catalogue says of it what they say;
 3. the released table is the one that the definition lays out, with as many rows, figures and hidden figures as told;
 4. of a dataset from records, every hidden figure is proved: `disclosure.verify` multiplies and finds nothing wrong;
 5. `policy.yaml` can be read, and every definition asks for as much as it, but for exceptions with a public reason.
The certificate is checked apart (`workflow.certificate`): it is made from what is found here.
"""

import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seuil.archive.problem import Problem
from seuil.catalogue.build import entry_of, read_catalogue
from seuil.catalogue.certificate import CERTIFICATE, PeriodEntry
from seuil.catalogue.entry import Catalogue, Entry
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.proof import Proof
from seuil.disclosure.verify import verify
from seuil.figures.columns import schema_of
from seuil.figures.periods import read_period, write_period
from seuil.figures.proof_files import proof_names, read_proof
from seuil.figures.table import Written
from seuil.model.columns import HIDDEN
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import ReleaseError, SeuilError
from seuil.model.policy import POLICY, read_policy
from seuil.workflow.fingerprint import dataset_files
from seuil.workflow.policy import policy_problems
from seuil.workflow.pool import Job, run
from seuil.workflow.progress import Event, Tell

CATALOGUE = "catalogue.json"
FOLDER = "jeux"
Files = Mapping[str, Path]


@dataclass(frozen=True)
class Found:
    """What a check found in one period of a dataset: its figures counted, what is wrong, and how long it took.

    legacy: hidden counts without a proof, since what is known from elsewhere discloses them.
    """

    written: Written
    legacy: int
    problems: tuple[Problem, ...]
    seconds: float


@dataclass(frozen=True)
class Checked:
    """What a check of a whole release found. seconds: of the proofs, by dataset. periods: of each dataset."""

    problems: tuple[Problem, ...]
    proved: tuple[str, ...]
    seconds: dict[str, float]
    periods: dict[str, tuple[PeriodEntry, ...]] = field(default_factory=dict)


def check_files(files: Files, *, workers: int, tell: Tell) -> Checked:
    """Check a release. files: where the file of each logical name lies. Whatever is wrong is listed, not raised."""
    try:
        catalogue = read_catalogue(_bytes(files, CATALOGUE))
    except SeuilError as error:
        return Checked((Problem(CATALOGUE, str(error), "the catalogue of the release"),), (), {})
    problems = []
    jobs: dict[str, Job[Found]] = {}
    rules = None
    try:
        rules = read_policy(_file(files, POLICY))
    except SeuilError as error:
        problems.append(Problem(POLICY, str(error), "the publication policy of the release"))
    for entry in catalogue.entries:
        try:
            with dataset_of(files, entry.id) as dataset:
                problems += list(_entry_problems(files, entry, dataset))
                if rules is not None:
                    problems += list(policy_problems(dataset, rules, POLICY, own=True))
                if dataset.definition.source == "records":
                    for period in sorted(dataset.definition.period.values):
                        jobs[f"{entry.id} {period}"] = Job(
                            check_period, (dict(_own(files, entry.id)), entry.id, period)
                        )
        except SeuilError as error:
            problems.append(
                Problem(f"{FOLDER}/{entry.id}/definition.yaml", str(error), "the definition as it was written")
            )
    problems += _strangers(files, catalogue)
    if not problems:
        found = run(jobs, workers=workers, tell=tell)
        return _together(files, catalogue, found)
    return Checked(tuple(sorted(problems)), (), {})


@contextmanager
def dataset_of(files: Files, name: str) -> Iterator[Dataset]:
    """A dataset as the files of a release define it, laid out in a folder for as long as it is needed."""
    prefix = f"{FOLDER}/{name}/"
    with tempfile.TemporaryDirectory(prefix="seuil-") as folder:
        for logical, path in files.items():
            relative = logical.removeprefix(prefix)
            if logical.startswith(prefix) and relative != "data.parquet" and not relative.startswith("proof/"):
                target = Path(folder) / relative
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, target)
        yield read_dataset(Path(folder) / "definition.yaml")


def expected_names(dataset: Dataset) -> set[str]:
    """Logical names of all files of a dataset in a release."""
    prefix = f"{FOLDER}/{dataset.id}"
    names = {f"{prefix}/data.parquet"} | {f"{prefix}/{name}" for name in dataset_files(dataset)}
    if dataset.definition.source == "records":
        for base in ("count", *dataset.sums):
            for period in dataset.definition.period.values:
                names |= {f"{prefix}/proof/{period}/{name}" for name in proof_names(base).values()}
    return names


def check_period(files: Files, name: str, period: int, tell: Tell) -> Found:
    """Rules 3 and 4 for one period of a dataset from records: a job for a process of its own."""
    started = time.monotonic()
    tell(Event(f"{name} {period}", "verifying the proof"))
    prefix = f"{FOLDER}/{name}"
    with dataset_of(files, name) as dataset:
        try:
            figures = read_period(dataset, period, files[f"{prefix}/data.parquet"])
            written = _count(figures)
        except SeuilError as error:
            problem = Problem(f"{prefix}/data.parquet", str(error), "the table that the definition lays out")
            return Found(Written(0, 0, 0), 0, (problem,), time.monotonic() - started)
        proofs, problems = _read_proofs(files, figures)
        if not problems:
            problems = [
                Problem(f"{_folder(figures)}/{fault.base}", str(fault), "a proof that holds")
                for fault in verify(figures, proofs)
            ]
        legacy = 0 if problems else _legacy(figures, proofs["count"])
    tell(Event(f"{name} {period}", "proof verified" if not problems else "the proof does NOT hold", "done"))
    return Found(written, legacy, tuple(problems), time.monotonic() - started)


def _read_proofs(files: Files, figures: Figures) -> tuple[dict[str, Proof], list[Problem]]:
    folder, proofs = _folder(figures), {}
    for base in ("count", *figures.grid.dataset.sums):
        parts = {part: files[f"{folder}/{name}"] for part, name in proof_names(base).items()}
        try:
            proofs[base] = read_proof(parts)
        except SeuilError as error:
            return {}, [Problem(f"{folder}/{base}", str(error), "the proof as it was made")]
    return proofs, []


def _folder(figures: Figures) -> str:
    return f"{FOLDER}/{figures.grid.dataset.id}/proof/{figures.grid.period}"


def _legacy(figures: Figures, proof: Proof) -> int:
    """How many hidden counts a proof that holds doesn't list: it lists all but those accepted as legacy."""
    hidden = np.flatnonzero(figures.grid.published & figures.count.hidden)
    return len(np.setdiff1d(hidden, proof.cells))


def _count(figures: Figures) -> Written:
    with tempfile.TemporaryDirectory(prefix="seuil-") as folder:
        return write_period(figures, Path(folder) / "table.parquet")


def _entry_problems(files: Files, entry: Entry, dataset: Dataset) -> Iterator[Problem]:
    """Rules 1 and 2, and the rows of rule 3."""
    for name in sorted(expected_names(dataset) - files.keys()):
        yield Problem(name, "is missing", "a file of the dataset")
    made = entry_of(
        dataset,
        rows=entry.rows,
        modified=entry.modified,
        hidden=entry.guarantee.hidden,
        cells=entry.guarantee.cells,
    )
    if made != entry:
        fields = [name for name in type(entry).model_fields if getattr(made, name) != getattr(entry, name)]
        yield Problem(CATALOGUE, f"says of {entry.id} other {', '.join(fields)} than its definition", "the same")
    data = entry.data_file
    if data in files:
        try:
            with pq.ParquetFile(files[data]) as table:
                rows, schema = table.metadata.num_rows, table.schema_arrow
        except (OSError, pa.ArrowException):
            yield Problem(data, "can't be read as Parquet", "a released table")
            return
        if not schema.equals(schema_of(dataset)):
            yield Problem(data, "has other columns or types", "those of the definition")
        if rows != entry.rows:
            yield Problem(data, f"has {rows} rows", f"{entry.rows}, as the catalogue says")


def _strangers(files: Files, catalogue: Catalogue) -> Iterator[Problem]:
    known = {CATALOGUE, POLICY, CERTIFICATE}
    for entry in catalogue.entries:
        try:
            with dataset_of(files, entry.id) as dataset:
                known |= expected_names(dataset)
        except SeuilError:
            known |= _own(files, entry.id).keys()  # what is wrong with it has been said
    for name in sorted(files.keys() - known):
        yield Problem(
            name, "is a file of no dataset", "the catalogue, policy, certificate, and the files of its datasets"
        )


def _together(files: Files, catalogue: Catalogue, found: Mapping[str, Found]) -> Checked:
    problems: list[Problem] = []
    seconds: dict[str, float] = {}
    periods: dict[str, tuple[PeriodEntry, ...]] = {}
    proved = []
    for entry in catalogue.entries:
        mine = {p: found[f"{entry.id} {p}"] for p in entry.periods if f"{entry.id} {p}" in found}
        if not mine:
            periods[entry.id] = _published_periods(files[entry.data_file], entry)
            continue
        problems += [problem for one in mine.values() for problem in one.problems]
        seconds[entry.id] = round(sum(one.seconds for one in mine.values()), 2)
        told = (entry.guarantee.cells, entry.guarantee.hidden)
        counted = (sum(one.written.cells for one in mine.values()), sum(one.written.hidden for one in mine.values()))
        if any(one.problems for one in mine.values()):
            continue
        periods[entry.id] = tuple(
            PeriodEntry(
                period=period,
                figures=one.written.cells,
                hidden=one.written.hidden,
                proved=one.written.hidden - one.legacy,
                legacy=one.legacy,
            )
            for period, one in sorted(mine.items())
        )
        if told == counted:
            proved.append(entry.id)
        else:
            problems.append(
                Problem(CATALOGUE, f"says {told[0]} figures, {told[1]} hidden, of {entry.id}", f"{counted}")
            )
    return Checked(tuple(sorted(problems)), tuple(proved), seconds, periods)


def _published_periods(path: Path, entry: Entry) -> tuple[PeriodEntry, ...]:
    """Of a table that was published elsewhere: its figures by period, and how many of them are marked as hidden."""
    statuses = [measure.status_column for measure in entry.measures]
    table = pq.read_table(path, columns=[entry.period, *statuses])
    made = []
    for period in entry.periods:
        rows = table.filter(pc.equal(table[entry.period], period))
        hidden = sum(pc.sum(pc.equal(rows[name].cast("string"), HIDDEN)).as_py() or 0 for name in statuses)
        figures = rows.num_rows * len(statuses)
        made.append(PeriodEntry(period=period, figures=figures, hidden=hidden, proved=0, legacy=0))
    return tuple(made)


def _own(files: Files, name: str) -> dict[str, Path]:
    return {logical: path for logical, path in files.items() if logical.startswith(f"{FOLDER}/{name}/")}


def _bytes(files: Files, name: str) -> bytes:
    return _file(files, name).read_bytes()


def _file(files: Files, name: str) -> Path:
    if name not in files:
        raise ReleaseError(f"{name} is missing")
    return files[name]
