"""A published year is frozen: its figures stay what they were, whatever becomes of records, secret or program.

Two builds of the same records under two secrets hide different cells, and together tell the small ones exactly; so do
two years of which one has a late correction. Rules:
 1. a dataset's year that any release of the archive holds is published; its figures are those of the newest of these;
 2. `build` takes a published year, figures and proof, from the archive, and never makes it again;
 3. `propose` refuses a release in which a published year has other figures, and says how many, of which kind.
A year may be left out of a later release, and a dataset withdrawn: if it comes back, then as it was.
"""

import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from seuil.archive.content import Target
from seuil.archive.earlier import checked_path, earlier_targets
from seuil.archive.layout import DATASETS
from seuil.disclosure.constraints.external import legacy_of
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.disclosure.verify import verify
from seuil.figures.changes import changes_between
from seuil.figures.periods import read_period, write_period
from seuil.figures.proof_files import proof_names, read_proof
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import DisclosureError
from seuil.publish.current import served_metadata
from seuil.workflow.fingerprint import file_hash
from seuil.workflow.period import PROOF, SUMMARY, TABLE, Summary, read_summary
from seuil.workflow.progress import Event, Tell
from seuil.workflow.release_check import Files, dataset_of
from seuil.workflow.workspace import step, write_json

DATA = "data.parquet"
_HINT = "a published year stays as it was"


@dataclass(frozen=True)
class Published:
    """A dataset's year as it was last published. files: of the dataset in that release, by logical name.

    hashes: SHA-256 of the table and of the year's proof, by logical name.
    """

    dataset: str
    period: int
    release: int
    proved: bool
    files: Mapping[str, Path]
    hashes: Mapping[str, str]

    @property
    def table(self) -> Path:
        """The released table, of all years of that release."""
        return self.files[f"{DATASETS}/{self.dataset}/{DATA}"]

    @property
    def proof(self) -> Mapping[str, Path]:
        """The files of the year's proof, by the name that each has in the folder of a proof."""
        prefix = f"{DATASETS}/{self.dataset}/{PROOF}/{self.period}/"
        return {n.removeprefix(prefix): path for n, path in self.files.items() if n.startswith(prefix)}


def published_years(archive: Path | None, dataset: str) -> dict[int, Published]:
    """Every year of a dataset that some release holds (rule 1). Raises ReleaseError if the archive is altered."""
    served = None if archive is None else served_metadata(archive)
    if archive is None or served is None:
        return {}
    found: dict[int, Published] = {}
    seen: set[str] = set()
    for number in range(served.targets.version, 0, -1):
        prefix = f"{DATASETS}/{dataset}/"
        targets = {n: t for n, t in earlier_targets(archive, number).items() if n.startswith(prefix)}
        table = targets.get(prefix + DATA)
        if table is None or table.sha256 in seen:
            continue
        seen.add(table.sha256)
        files = {name: checked_path(archive, target) for name, target in targets.items()}
        with dataset_of(files, dataset) as then:
            periods, proved = then.definition.period.values, then.definition.source == "records"
        for period in periods:
            if period not in found:
                found[period] = Published(dataset, period, number, proved, files, _hashes(targets, prefix, period))
    return found


def refuse_changes(archive: Path, files: Files, datasets: Iterator[str] | list[str]) -> None:
    """Rule 3, for the datasets of a release. files: by logical name. Raises DisclosureError that names every year."""
    told = []
    for name in datasets:
        table = files[f"{DATASETS}/{name}/{DATA}"]
        years, digest = published_years(archive, name), file_hash(table)
        with dataset_of(files, name) as now:
            proved = now.definition.source == "records"
            for period in sorted(set(now.definition.period.values) & years.keys()):
                year = years[period]
                if year.hashes[f"{DATASETS}/{name}/{DATA}"] == digest or not (proved or year.proved):
                    continue
                with dataset_of(year.files, name) as then:
                    changes = changes_between(then, year.table, now, table, period)
                if changes:
                    told.append(f"  {name}, {period}, as published in release {year.release}: {changes}")
    if told:
        lines = [f"nothing is proposed, since {_HINT}:", *told]
        lines.append("build with --archive, which takes published years from the archive as they are")
        raise DisclosureError("\n".join(lines))


def take_period(definition: Path, year: Published, folder: Path, fingerprint: str, tell: Tell) -> Summary:
    """Rule 2: a published year's figures and proof into the folder of its step, verified under the definition of today.

    Raises DisclosureError if that lays out other cells for the year, or if the proof doesn't hold under its rules.
    """
    dataset = read_dataset(definition)
    subject, started = f"{dataset.id} {year.period}", time.monotonic()
    tell(Event(subject, "taking the published year from the archive"))
    with dataset_of(year.files, year.dataset) as then:
        figures = _in_grid(read_period(then, year.period, year.table), dataset)
    earlier = _own_summary(folder, year)
    with step(folder, fingerprint) as partial:
        written = write_period(figures, partial / TABLE)
        (partial / PROOF).mkdir()
        for name, path in year.proof.items():
            shutil.copyfile(path, partial / PROOF / name)
        bases = ("count", *dataset.sums)
        proofs = {b: read_proof({k: partial / PROOF / n for k, n in proof_names(b).items()}) for b in bases}
        faults = verify(figures, proofs)
        if faults:
            raise DisclosureError(
                f"{dataset.id}, {year.period}: {_HINT}, but its proof does not hold under the definition as it is now: "
                f"{faults[0]}; expected the rules that it was published under (release {year.release})"
            )
        names = tuple(figures.grid.names.assignments(k) for k in legacy_of(figures).tolist())
        seconds = {"protect": 0.0, "audit": 0.0, "verify": round(time.monotonic() - started, 2)}
        summary = earlier or Summary(written.rows, written.cells, written.hidden, {}, seconds, names)
        write_json(partial / SUMMARY, asdict(summary))
    tell(Event(subject, f"as published in release {year.release}", "done"))
    return summary


def _hashes(targets: Mapping[str, Target], prefix: str, period: int) -> dict[str, str]:
    wanted = f"{prefix}{PROOF}/{period}/"
    return {n: t.sha256 for n, t in sorted(targets.items()) if n == prefix + DATA or n.startswith(wanted)}


def _in_grid(figures: Figures, dataset: Dataset) -> Figures:
    """The same figures as those of a dataset whose definition has changed elsewhere, in labels or other years."""
    then, now = figures.grid, grid_of(dataset, figures.grid.period)
    if not _same_cells(then, now) or then.dataset.sums.keys() != dataset.sums.keys():
        raise DisclosureError(
            f"{dataset.id}, {now.period}: {_HINT}, but the definition and code lists lay out other cells for it than "
            "those that were published; expected the same codes, parents, levels, tables and sums for that year "
            "(give new codes `valid_from`, old ones `valid_to`)"
        )
    return replace(figures, grid=now)


def _same_cells(then: Grid, now: Grid) -> bool:
    def tree(grid: Grid) -> list[list[tuple[str, str, str]]]:
        hierarchies = [*grid.axes, *([grid.overlapping] if grid.overlapping else [])]
        return [[(n.code, n.parent, n.level) for n in h.nodes] for h in hierarchies]

    return (
        then.dataset.additive == now.dataset.additive
        and then.shape == now.shape
        and tree(then) == tree(now)
        and bool((then.published == now.published).all())
    )


def _own_summary(folder: Path, year: Published) -> Summary | None:
    """What was noted when this very workspace made the year, if it did: the same proof is the sign."""
    own = {name: folder / PROOF / name for name in year.proof}
    prefix = f"{DATASETS}/{year.dataset}/{PROOF}/{year.period}/"
    made = (folder / SUMMARY).is_file() and all(
        path.is_file() and file_hash(path) == year.hashes[prefix + name] for name, path in own.items()
    )
    return read_summary(folder) if made else None
