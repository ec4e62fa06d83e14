"""Counts what a release says otherwise than the one before, from the files of both."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from seuil.archive.collection import Files, dataset_of
from seuil.archive.content import Target
from seuil.archive.earlier import checked_path, earlier_targets
from seuil.archive.problem import Problem
from seuil.catalogue.build import read_catalogue
from seuil.catalogue.changes import CHANGES, CollectionChanges, PeriodChanges, ReleaseChanges, write_changes
from seuil.catalogue.entry import Entry
from seuil.figures.changes import Changes, changes_between
from seuil.model.dataset import Dataset
from seuil.model.errors import DataError
from seuil.workflow.release_check import collections_of
from seuil.workflow.release_files import CATALOGUE, figures_name


def changes_of(archive: Path, files: Files, number: int) -> ReleaseChanges:
    """What release `number`, of these files, changes of the one before it in an archive. Raises ReleaseError."""
    before = _Earlier(archive, number - 1) if number > 1 else None
    now = collections_of(read_catalogue(files[CATALOGUE].read_bytes()))
    then = {} if before is None else before.collections
    found = [_collection(files, name, entries, before) for name, entries in now.items()]
    for name, entries in then.items():
        if name not in now and before is not None:
            found.append(_gone(before, name, entries))
    return ReleaseChanges(release=number, previous=None if before is None else number - 1, collections=tuple(found))


def add_changes(archive: Path, files: Files, number: int, folder: Path) -> dict[str, Path]:
    """The files of a release with its changes, which are written into `folder`."""
    path = folder / CHANGES
    path.write_bytes(write_changes(changes_of(archive, files, number)))
    return dict(files) | {CHANGES: path}


def changes_problems(archive: Path, files: Files, number: int) -> Iterator[Problem]:
    """Whether the published changes are not those that are made anew."""
    if CHANGES in files and files[CHANGES].read_bytes() != write_changes(changes_of(archive, files, number)):
        yield Problem(CHANGES, "differs from what this release and the one before say", "the changes between them")


class _Earlier:
    """The release before. Its files are checked as they are read."""

    def __init__(self, archive: Path, number: int) -> None:
        self.archive = archive
        self.targets: Mapping[str, Target] = earlier_targets(archive, number)
        catalogue = read_catalogue(checked_path(archive, self.targets[CATALOGUE]).read_bytes())
        self.collections = collections_of(catalogue)

    def files(self, name: str) -> Files:
        """The files of a collection."""
        found = {n: t for n, t in self.targets.items() if n.startswith(f"jeux/{name}/") and "/proof/" not in n}
        return {n: checked_path(self.archive, target) for n, target in found.items()}


def _collection(files: Files, name: str, entries: list[Entry], before: _Earlier | None) -> CollectionChanges:
    table = files[figures_name(files, name)]
    with dataset_of(files, name) as dataset:
        if before is None or name not in before.collections:
            periods = [_only(dataset, table, period, new=True) for period in dataset.definition.period.values]
            return _told(name, entries, dataset, "new", periods)
        earlier = before.files(name)
        with dataset_of(earlier, name) as then:
            was = earlier[figures_name(earlier, name)]
            then_periods, now_periods = then.definition.period.values, dataset.definition.period.values
            periods = [_only(dataset, table, period, new=True) for period in now_periods if period not in then_periods]
            periods += [_only(then, was, period, new=False) for period in then_periods if period not in now_periods]
            columns: tuple[str, ...] = ()
            for period in now_periods:
                if period in then_periods:
                    found = changes_between(then, was, dataset, table, period)
                    columns = found.columns or columns
                    periods += [_between(period, found)] if found != Changes(columns=found.columns) else []
            kind = "changed" if periods or columns else "same"
            return _told(name, entries, dataset, kind, sorted(periods, key=lambda one: one.period), columns)


def _gone(before: _Earlier, name: str, entries: list[Entry]) -> CollectionChanges:
    files = before.files(name)
    with dataset_of(files, name) as dataset:
        table = files[figures_name(files, name)]
        periods = [_only(dataset, table, period, new=False) for period in dataset.definition.period.values]
        return _told(name, entries, dataset, "gone", periods)


def _told(
    name: str,
    entries: list[Entry],
    dataset: Dataset,
    kind: str,
    periods: list[PeriodChanges],
    columns: tuple[str, ...] = (),
) -> CollectionChanges:
    return CollectionChanges.model_validate(
        {
            "id": name,
            "datasets": tuple(entry.id for entry in entries),
            "title": dataset.definition.title,
            "kind": kind,
            "periods": tuple(periods),
            "columns": columns,
        }
    )


def _between(period: int, found: Changes) -> PeriodChanges:
    return PeriodChanges(
        period=period,
        kind="changed",
        added=found.added,
        left_out=found.left_out,
        hidden=found.hidden,
        shown=found.shown,
        revised=found.changed,
    )


def _only(dataset: Dataset, table: Path, period: int, *, new: bool) -> PeriodChanges:
    """A period that only one of the releases has: its rows."""
    name = dataset.definition.period.name
    try:
        rows = int(pc.sum(pc.equal(pq.read_table(table, columns=[name])[name], period)).as_py() or 0)
    except (OSError, KeyError, pa.ArrowException):
        raise DataError(f"{table}: can't be read; expected a released table of {dataset.id}") from None
    return PeriodChanges(
        period=period,
        kind="new" if new else "gone",
        added=rows if new else 0,
        left_out=0 if new else rows,
        hidden=0,
        shown=0,
        revised=0,
    )
