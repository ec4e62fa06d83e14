"""A published year is frozen: its figures stay what they were, whatever becomes of records, secret or program.

Two builds of the same records under two secrets hide different cells, and together tell the small ones exactly; so do
two years of which one has a late correction. Rules:
 1. a dataset's year that any release of the archive holds is published; its figures are those of the newest of these;
 2. `build` takes a published year, figures and proof, from the archive, and makes it again only as a new vintage.
`propose` compares (`vintages`). A year may be left out of a later release, and a dataset withdrawn: if it comes back,
then as it was.
"""

import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from seuil.archive.collection import DEFINITION, dataset_of
from seuil.archive.content import Target
from seuil.archive.earlier import checked_path, earlier_targets
from seuil.archive.layout import DATASETS
from seuil.disclosure.constraints.external import legacy_of
from seuil.disclosure.constraints.outer import outer_bounds
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.disclosure.verify import verify
from seuil.figures.bounds_files import bounds_name, write_bounds
from seuil.figures.changes import Changes, changes_between
from seuil.figures.periods import read_period, write_period
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.errors import DisclosureError
from seuil.publish.current import served_metadata
from seuil.workflow.digests import Digests, digests_of
from seuil.workflow.fingerprint import file_hash
from seuil.workflow.period import PROOF, SUMMARY, TABLE, Summary, read_evidence, read_summary
from seuil.workflow.progress import Event, Tell
from seuil.workflow.release_files import figures_name
from seuil.workflow.verified import Verified, verdict_key
from seuil.workflow.workspace import step, write_json

_HINT = "a published year stays as it was"


@dataclass(frozen=True)
class Published:
    """A dataset's year as it was last published. files: of the dataset in that release, by logical name.

    hashes: SHA-256 of the table and of the year's proof, by logical name. digest: of the year's figures in that table
    (`figures_digest`), which stays the same in a table of more years.
    """

    dataset: str
    period: int
    release: int
    proved: bool
    files: Mapping[str, Path]
    hashes: Mapping[str, str]
    digest: str

    @property
    def content(self) -> dict[str, str]:
        """What tells this publication of the year from another one: its figures and its proof."""
        proof = {name: sha256 for name, sha256 in self.hashes.items() if f"/{PROOF}/" in name}
        return proof | {"figures": self.digest}

    @property
    def table(self) -> Path:
        """The table of all figures, of all years of that release."""
        return self.files[figures_name(self.files, self.dataset)]

    @property
    def proof(self) -> Mapping[str, Path]:
        """The files of the year's proof, by the name that each has in the folder of a proof."""
        prefix = f"{DATASETS}/{self.dataset}/{PROOF}/{self.period}/"
        return {n.removeprefix(prefix): path for n, path in self.files.items() if n.startswith(prefix)}


@dataclass(frozen=True)
class Publication:
    """A dataset as a release holds it, its table unlike that of the next release.

    digests: of the figures of each of its years (`figures_digest`). files: of it, by logical name.
    """

    dataset: str
    release: int
    digests: Mapping[int, str]
    proved: bool
    files: Mapping[str, Path]
    targets: Mapping[str, Target]

    def year(self, period: int) -> Published:
        """One of its years."""
        prefix = f"{DATASETS}/{self.dataset}/"
        hashes = _hashes(self.targets, prefix, period)
        return Published(self.dataset, period, self.release, self.proved, self.files, hashes, self.digests[period])


def publications(
    archive: Path | None, dataset: str, before: int | None = None, digests: Digests | None = None
) -> Iterator[Publication]:
    """Every table of a dataset that some release holds, the newest first. before: only of releases below this number.

    digests: where those of tables that were read before are remembered. Raises ReleaseError if the archive is altered.
    """
    served = None if archive is None else served_metadata(archive)
    if archive is None or served is None:
        return
    seen: set[str] = set()
    for number in range(min(served.targets.version, (before or served.targets.version + 1) - 1), 0, -1):
        prefix = f"{DATASETS}/{dataset}/"
        targets = {n: t for n, t in earlier_targets(archive, number).items() if n.startswith(prefix)}
        table = targets.get(figures_name(targets, dataset))
        if table is None or table.sha256 in seen or f"{prefix}{DEFINITION}" not in targets:
            continue
        seen.add(table.sha256)
        files = {name: checked_path(archive, target) for name, target in targets.items()}
        with dataset_of(files, dataset) as then:
            place, proved = files[figures_name(files, dataset)], then.definition.source == "records"
            found = digests_of(then, place) if digests is None else digests.of(then, place, table.sha256)
        yield Publication(dataset, number, found, proved, files, targets)


def vintages_of(
    archive: Path | None, dataset: str, before: int | None = None, digests: Digests | None = None
) -> dict[int, list[Published]]:
    """Every year that was published, with each of its vintages, the newest first: other figures than the one before.

    digests: as of `publications`. Raises ReleaseError if the archive is altered.
    """
    found: dict[int, list[Published]] = {}
    for one in publications(archive, dataset, before, digests):
        for period in one.digests:
            year, newer = one.year(period), found.setdefault(period, [])
            if not newer or _differ(newer[-1], year):
                newer.append(year)
    return found


def changes_from(year: Published, dataset: Dataset, table: Path) -> Changes:
    """What a table says otherwise than a publication of one of its years."""
    with dataset_of(year.files, year.dataset) as then:
        return changes_between(then, year.table, dataset, table, year.period)


def _differ(year: Published, other: Published) -> bool:
    if year.digest == other.digest:  # of the names of columns too
        return False
    with dataset_of(year.files, year.dataset) as dataset:
        return bool(changes_from(other, dataset, year.table))


def figures_of(year: Published, dataset: Dataset) -> tuple[Figures, Figures]:
    """Figures of a published year under its own definition, and the same in the cells of the dataset as it is now.

    Raises DisclosureError if these are other cells.
    """
    with dataset_of(year.files, year.dataset) as then:
        figures = read_period(then, year.period, year.table)
    return figures, _in_grid(figures, dataset)


def take_period(
    definition: Path, year: Published, folder: Path, fingerprint: str, memory: Verified, tell: Tell
) -> Summary:
    """Rule 2: a published year's figures and proof into the folder of its step, verified under the definition of today.

    memory: of years that were verified under it before. Raises DisclosureError if that lays out other cells for the
    year, or if the proof doesn't hold under its rules.
    """
    dataset = read_dataset(definition)
    subject, started = f"{dataset.id} {year.period}", time.monotonic()
    tell(Event(subject, "taking the published year from the archive"))
    _, figures = figures_of(year, dataset)
    earlier = _own_summary(folder, year)
    with step(folder, fingerprint) as partial:
        written = write_period(figures, partial / TABLE)
        (partial / PROOF).mkdir()
        for name, path in year.proof.items():
            shutil.copyfile(path, partial / PROOF / name)
        if not all((partial / PROOF / bounds_name(base)).exists() for base in ("count", *dataset.sums)):
            write_bounds(partial / PROOF, outer_bounds(figures))  # it was published before releases told them
        names = tuple(figures.grid.names.assignments(k) for k in legacy_of(figures).tolist())
        evidence = {path.name: path for path in (partial / PROOF).iterdir()}
        key = verdict_key(dataset, year.period, partial / TABLE, evidence)
        if memory.recall(dataset, year.period, key) is None:
            faults = verify(figures, *read_evidence(dataset, partial / PROOF))
            if faults:
                raise DisclosureError(
                    f"{dataset.id}, {year.period}: {_HINT}, but its proof does not hold under the definition as it is "
                    f"now: {faults[0]}; expected the rules that it was published under (release {year.release})"
                )
        seconds = {"protect": 0.0, "audit": 0.0, "verify": round(time.monotonic() - started, 2)}
        summary = earlier or Summary(written.rows, written.cells, written.hidden, {}, seconds, names)
        write_json(partial / SUMMARY, asdict(summary))
    tell(Event(subject, f"as published in release {year.release}", "done"))
    return summary


def _hashes(targets: Mapping[str, Target], prefix: str, period: int) -> dict[str, str]:
    wanted = f"{prefix}{PROOF}/{period}/"
    table = figures_name(targets, prefix.split("/")[1])
    return {n: t.sha256 for n, t in sorted(targets.items()) if n == table or n.startswith(wanted)}


def _in_grid(figures: Figures, dataset: Dataset) -> Figures:
    """The same figures as those of a dataset whose definition has changed elsewhere, in labels or other years."""
    then, now = figures.grid, grid_of(dataset, figures.grid.period)
    if not _same_cells(then, now):
        raise DisclosureError(
            f"{dataset.id}, {now.period}: {_HINT}, but the definition and code lists lay out other cells for it than "
            "those that were published; expected the same codes, parents, levels, tables and sums for that year "
            "(give new codes `valid_from`, old ones `valid_to`)"
        )
    return replace(figures, grid=now)


def _same_cells(then: Grid, now: Grid) -> bool:
    """Whether counts and sums are of the same cells."""
    same = then.grids.keys() == now.grids.keys() and _same_grid(then, now)
    return same and all(_same_grid(then.grids[name], now.grids[name]) for name in then.grids)


def _same_grid(then: Grid, now: Grid) -> bool:
    def tree(grid: Grid) -> list[list[tuple[str, str, str]]]:
        hierarchies = [*grid.axes, *([grid.overlapping] if grid.overlapping else [])]
        return [[(n.code, n.parent, n.level) for n in h.nodes] for h in hierarchies]

    return (
        then.base.dimensions == now.base.dimensions
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
