"""Whether a year that was published may be published with other figures: from what is public alone.

Rules, for every publication of the year before (its vintages):
 1. `vintages.yaml` of the dataset names it, with what it told (`model.vintages`);
 2. what it hid is hidden, counts and sums;
 3. a count that it showed and that is hidden now is known at its old figure, so that the proof holds for readers who
    know that figure; a sum that it showed is not hidden;
 4. the new vintage has a public reason, and the release in which it went out.
Whether a changed amount rests on too few is looked at where contributors are known (`new_vintage`).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from seuil.archive.collection import Files, dataset_of
from seuil.archive.layout import DATASETS
from seuil.archive.problem import Problem
from seuil.disclosure.arrays import Bools, Ints
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid
from seuil.figures.periods import read_period
from seuil.model.dataset import Dataset
from seuil.model.errors import DisclosureError, UsageError
from seuil.model.formulas import interval
from seuil.model.text import Text
from seuil.model.vintages import VINTAGES, Vintage, vintages_bytes
from seuil.workflow.fingerprint import file_hash
from seuil.workflow.frozen import Published, changes_from, figures_of, vintages_of
from seuil.workflow.release_files import figures_name

_HINT = (
    "build with --archive, which takes published years from the archive as they are; one goes out with other figures "
    "only as a new vintage: build with --reissue YEAR, propose with --new-vintage REASON"
)


def bounds_told(then: Figures) -> tuple[Ints, Ints]:
    """(cells) lowest and highest count that a publication of a year left possible where it showed a count."""
    grid, values = then.grid, then.count.values
    low, high = interval(0, grid.rounding)
    some = values > 0
    least = np.where(some, np.maximum(values + low, grid.threshold), 0)
    return least.astype(np.int64), np.where(some, values + high, 0).astype(np.int64)


def shown_cells(grid: Grid, column: Column) -> Bools:
    """Published cells of a base of which a figure stands there, but for those that are declared empty."""
    return np.asarray(grid.published & ~column.hidden & ~grid.empty)


def vintage_faults(now: Figures, then: Figures, old: Figures) -> Iterator[str]:
    """What a new vintage tells that it must not (rules 2 and 3). old: in the cells of `now`, as `then` in its own."""
    earlier = old.columns()
    for name, (grid, new) in now.columns().items():
        _, before = earlier[name]
        yield from _told(grid, name, before.hidden & shown_cells(grid, new), "hidden before and shown now")
        fallen = shown_cells(grid, before) & new.hidden & ~grid.empty
        if grid.base.counts:
            low, high = bounds_told(then)
            fallen &= (grid.elsewhere.low < low) | (grid.elsewhere.high > high)
            yield from _told(grid, name, fallen, "hidden now, shown before with a figure that has changed")
        else:
            yield from _told(grid, name, fallen, "an amount shown before and hidden now")


def _told(grid: Grid, name: str, cells: Bools, what: str) -> Iterator[str]:
    if cells.any():
        yield f"{name}, {grid.named(cells)}: {what}"


def changed_years(
    archive: Path, files: Files, name: str, before: int | None = None
) -> Iterator[tuple[Published, list[str]]]:
    """Of a dataset of a release, publications of a year with other figures, and what is wrong with there being others.

    files: of the release, by logical name. before: only publications in releases below this number.
    """
    table = files[figures_name(files, name)]
    digest = file_hash(table)
    with dataset_of(files, name) as dataset:
        proved = dataset.definition.source == "records"
        for period, years in vintages_of(archive, name, before).items():
            if period not in dataset.definition.period.values:
                continue
            for year in years:
                if digest in year.hashes.values() or not (proved or year.proved):
                    continue
                if changes := changes_from(year, dataset, table):
                    named = {one.replaces: one for one in dataset.vintages if one.period == period}
                    wrong = _wrong(dataset, table, year) if year.release in named else [str(changes)]
                    yield year, list(wrong)


def _wrong(dataset: Dataset, table: Path, year: Published) -> Iterator[str]:
    now = read_period(dataset, year.period, table)
    then, old = figures_of(year, dataset)
    yield from vintage_faults(now, then, old)


def refuse_changes(archive: Path, files: Files, datasets: Sequence[str]) -> None:
    """Refuse a release in which a published year has changed against the rules. Raises DisclosureError naming years."""
    told = [
        f"  {name}, {year.period}, as published in release {year.release}: {'; '.join(wrong)}"
        for name in datasets
        for year, wrong in changed_years(archive, files, name)
        if wrong
    ]
    if told:
        raise DisclosureError("\n".join(["nothing is proposed, since a published year stays as it was:", *told, _HINT]))


def give_reason(
    archive: Path,
    files: Files,
    datasets: Sequence[str],
    reason: str | None,
    release: int,
    day: date,
    folder: Path,
) -> dict[str, Path]:
    """The files of a release, its new vintages with number, day and reason (rule 4), written into `folder`.

    Raises UsageError for a new vintage without a reason, or a reason without one.
    """
    whole, served, new = dict(files), _served_vintages(archive, datasets), []
    for name in datasets:
        with dataset_of(files, name) as dataset:
            vintages = dataset.vintages
        if not any(one.release is None for one in vintages):
            continue
        done = []
        for one in vintages:
            earlier = served[name].get((one.period, one.replaces))
            if one.release is not None or earlier is not None:
                done.append(earlier or one)
                continue
            new.append(f"{name} {one.period}")
            done.append(
                one.model_copy(
                    update={"release": release, "date": day, "reason": Text(fr=reason or "", en=reason or "")}
                )
            )
        path = folder / f"{name}-{VINTAGES}"
        path.write_bytes(vintages_bytes(tuple(done)))
        whole[f"{DATASETS}/{name}/{VINTAGES}"] = path
    if new and not (reason or "").strip():
        raise UsageError(f"new vintages of {', '.join(new)}: say the public reason with --new-vintage REASON")
    if reason is not None and not new:
        refuse_changes(archive, files, datasets)
        raise UsageError("--new-vintage: no year was built as a new vintage; build with --reissue YEAR first")
    return whole


def _served_vintages(archive: Path, datasets: Sequence[str]) -> Mapping[str, Mapping[tuple[int, int], Vintage]]:
    """Entries of the newest release of each dataset, by year and what they replace."""
    found = {}
    for name in datasets:
        years = vintages_of(archive, name)
        newest = max((all_[0] for all_ in years.values()), key=lambda year: year.release, default=None)
        found[name] = {} if newest is None else {(v.period, v.replaces): v for v in entries_of(newest)}
    return found


def entries_of(year: Published) -> tuple[Vintage, ...]:
    """The entries of the release in which a year was published."""
    with dataset_of(year.files, year.dataset) as then:
        return then.vintages


def history_problems(archive: Path, files: Files, datasets: Sequence[str], release: int) -> Iterator[Problem]:
    """What readers of all releases find wrong with the years of a published one that were published before."""
    for name in datasets:
        place = figures_name(files, name)
        with dataset_of(files, name) as dataset:
            if dataset.definition.source != "records":
                continue
            for one in dataset.vintages:
                if one.release is None or one.date is None or one.reason is None or one.release > release:
                    found = f"a new vintage of {one.period} without reason, day and release"
                    yield Problem(f"{DATASETS}/{name}/{VINTAGES}", found, "all three")
        for year, wrong in changed_years(archive, files, name, release):
            for found in wrong:
                what = f"{year.period} was published in release {year.release} with other figures: {found}"
                yield Problem(place, what, "the same figures, or a new vintage that keeps what was hidden")
