"""From records to proposals: every step of the confidential way that isn't done yet, and nothing that is.

    leaves      of each period: count the records, all that are stale in one pass (records)
    definition  what earlier vintages told, beside a copy, where there are any    (`reissue`)
    periods     of each: cube, pattern, figures, audit, proof, verification       (disclosure; processes of their own)
                those that are published already: taken from the archive          (`frozen`),
                but for those that are to be made anew: held against it           (`new_vintage`)
    proposal    all figures and datasets, definition, code lists, proofs          (figures)

A dataset that was published elsewhere is brought in, in one step.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seuil.archive.layout import ROOT
from seuil.model.dataset import read_dataset
from seuil.model.errors import UsageError
from seuil.model.policy import hold
from seuil.workflow.counting import Counting
from seuil.workflow.digests import Digests
from seuil.workflow.frozen import vintages_of
from seuil.workflow.policy import keep_policy, policy_of_build
from seuil.workflow.pool import run
from seuil.workflow.progress import Tell, silent
from seuil.workflow.same_people import counted, ever_published, refuse_same_people
from seuil.workflow.work import Built, Work
from seuil.workflow.workspace import busy, open_workspace

WORKERS = 2


@dataclass(frozen=True)
class Source:
    """A dataset to build: its definition file, and the folder of its records (None if it was published elsewhere)."""

    definition: Path
    records: Path | None = None


def build(
    sources: Sequence[Source],
    workspace: Path,
    *,
    archive: Path | None = None,
    policy: Path | None = None,
    reissue: Sequence[int] = (),
    workers: int = WORKERS,
    how: Counting | None = None,
    proposals: bool = True,
    tell: Tell = silent,
) -> tuple[Built, ...]:
    """Bring every dataset to a proposal in the workspace. Steps that are done and not stale are reused.

    archive: where years were published before, which are taken from there (`frozen`); by default the one that the
    workspace remembers. policy: the publication policy that every definition is held against first; by default see
    `workflow.policy`. reissue: published years that are made anew (`new_vintage`), of every dataset that has them. how:
    records are counted. proposals: without them it ends with the periods, ready for a later build, and gives nothing.

    Raises PolicyError for a definition that asks for less, DefinitionError and DataError for what doesn't fit,
    UsageError if records are missing, DisclosureError where a dataset can't be published under the guarantee, by itself
    or beside others of the same people: what was finished before is kept, and no proposal is written.
    """
    place = open_workspace(workspace)
    if archive is not None:
        _check_archive(archive)
        place.remember(archive)
    known = place.archive
    with busy(place):
        works = []
        for source in sources:
            dataset = read_dataset(source.definition)
            vintages = vintages_of(known, dataset.id, digests=Digests(place.digests))
            works.append(Work(dataset, source.records, place, vintages, reissue, tell, how))
        _check_twice(works)
        _check_published(works, reissue, known)
        asked = [one for work in works if (one := counted(work.dataset)) is not None]
        refuse_same_people([*asked, *ever_published(known)])
        rules = policy_of_build(policy, [s.definition for s in sources], place)
        for work in works:
            hold(work.dataset.definition, work.dataset.path, rules)
        keep_policy(rules, place)
        for work in works:
            work.count()
            work.check_enough()
            work.take_vintages()
        jobs = {key: job for work in works for key, job in work.jobs().items()}
        run(jobs, workers=workers, tell=tell)
        for work in works:
            work.check_vintages()
        return tuple(work.propose() for work in works if proposals)


def _check_archive(archive: Path) -> None:
    if not (archive / ROOT).is_file():
        raise UsageError(f"{archive}: no archive; expected a folder with {ROOT}")


def _check_twice(works: Sequence[Work]) -> None:
    seen: dict[str, Path] = {}
    for work in works:
        for name in dict.fromkeys((work.dataset.id, *(view.id for view in work.dataset.views))):
            other = seen.setdefault(name, work.dataset.path)
            if other != work.dataset.path:
                raise UsageError(f"{other} and {work.dataset.path} both have a dataset {name}; expected two names")


def _check_published(works: Sequence[Work], reissue: Sequence[int], archive: Path | None) -> None:
    for period in reissue:
        if not any(period in work.reissued for work in works):
            where = "no archive is known; name it with --archive" if archive is None else f"none of it in {archive}"
            raise UsageError(f"--reissue {period}: expected a year that was published and proved: {where}")
