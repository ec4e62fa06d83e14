"""Makes the certificate of a release from its files, and compares the one that is published with it.

Whoever proposes a release makes it after every proof was verified; whoever verifies the release does the same and
compares, so that a certificate says nothing that two people could have signed without its being so.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from seuil.archive import clock
from seuil.archive.collection import Files, dataset_of
from seuil.archive.earlier import earlier_file
from seuil.archive.problem import Problem
from seuil.archive.release import Release
from seuil.catalogue.build import read_catalogue
from seuil.catalogue.certificate import (
    CERTIFICATE,
    AmountRules,
    ApartEntry,
    Certificate,
    DatasetEntry,
    ExceptionEntry,
    KnownEntry,
    LeftOut,
    PeriodEntry,
    PolicyEntry,
    UnitLimits,
    VintageEntry,
    WishEntry,
    read_certificate,
    write_certificate,
)
from seuil.catalogue.entry import Catalogue
from seuil.model.dataset import Dataset
from seuil.model.definition import Sum
from seuil.model.errors import SeuilError
from seuil.model.policy import POLICY, Limits, Policy, judge, lowered, read_policy
from seuil.workflow.release_check import Checked, collections_of
from seuil.workflow.release_files import CATALOGUE


@dataclass(frozen=True)
class Before:
    """The release before: its number, its catalogue, and its policy (None where it had none)."""

    number: int
    catalogue: Catalogue
    policy: Path | None


@dataclass(frozen=True)
class Head:
    """What the list of a release says of it: its number, when it was proposed (as written there), its public note."""

    release: int
    proposed: str
    note: str

    @classmethod
    def of(cls, release: Release) -> "Head":
        """What the list of a published release says."""
        return cls(release.number, release.custom.get("proposed", ""), release.custom.get("note", ""))


def release_before(archive: Path, number: int) -> Before | None:
    """What release `number` of an archive was published after; None if it is the first. Raises ReleaseError."""
    earlier = number - 1
    catalogue = earlier_file(archive, earlier, CATALOGUE) if earlier else None
    if catalogue is None:
        return None
    return Before(earlier, read_catalogue(catalogue.read_bytes()), earlier_file(archive, earlier, POLICY))


def certificate_of(files: Files, checked: Checked, head: Head, before: Before | None) -> Certificate:
    """The certificate of a release of which nothing was found to be wrong. files: by logical name."""
    catalogue = read_catalogue(files[CATALOGUE].read_bytes())
    policy = read_policy(files[POLICY]).policy
    datasets = []
    for name in collections_of(catalogue):
        with dataset_of(files, name) as dataset:
            datasets.append(_dataset(dataset, policy, checked.periods[name]))
    return Certificate(
        release=head.release,
        previous=None if before is None else before.number,
        proposed=head.proposed,
        note=head.note,
        policy=_policy(policy, files[POLICY].read_bytes(), before),
        datasets=tuple(datasets),
        left_out=() if before is None else tuple(_left_out(before.catalogue, catalogue)),
    )


def add_certificate(files: Files, checked: Checked, head: Head, before: Before | None, folder: Path) -> dict[str, Path]:
    """The files of a release and its certificate, which is written into `folder`."""
    path = folder / CERTIFICATE
    path.write_bytes(write_certificate(certificate_of(files, checked, head, before)))
    return dict(files) | {CERTIFICATE: path}


def text_problems(files: Files, proposed: str) -> Iterator[Problem]:
    """Whether the text of the data-protection policy was too old when the release was proposed."""
    try:
        day, text = clock.moment(proposed).date(), read_policy(files[POLICY]).policy.privacy_text
    except (ValueError, KeyError, SeuilError):
        return  # `release_check` has told
    if text.too_old(day):
        found = f"says that the data-protection policy was last reviewed on {text.reviewed}"
        yield Problem(POLICY, found, f"a review at most {text.days} days before {day}")


def certificate_problems(files: Files, made: Certificate) -> Iterator[Problem]:
    """What the published certificate says otherwise than the one that was made anew."""
    if CERTIFICATE not in files:
        yield Problem(CERTIFICATE, "is missing", "the certificate of the release")
        return
    content = files[CERTIFICATE].read_bytes()
    if content == write_certificate(made):
        return
    try:
        said = read_certificate(content)
    except SeuilError as error:
        yield Problem(CERTIFICATE, str(error), "the certificate of the release")
        return
    places = list(_differences(said.model_dump(mode="json"), made.model_dump(mode="json"), "")) or ["in its bytes"]
    more = f" and {len(places) - 3} more" if len(places) > 3 else ""
    yield Problem(CERTIFICATE, f"differs from the release: {'; '.join(places[:3])}{more}", "what its files say")


def _differences(said: object, made: object, place: str) -> Iterator[str]:
    """Where two values of JSON differ, with both."""
    if isinstance(said, dict) and isinstance(made, dict) and said.keys() == made.keys():
        for key in made:
            yield from _differences(said[key], made[key], f"{place}.{key}" if place else key)
    elif isinstance(said, list) and isinstance(made, list) and len(said) == len(made):
        for k, (one, other) in enumerate(zip(said, made, strict=True)):
            yield from _differences(one, other, f"{place}.{k}")
    elif said != made:
        yield f"{place} is {said!r}, not {made!r}" if not isinstance(made, (dict, list)) else place


def _dataset(dataset: Dataset, policy: Policy, periods: tuple[PeriodEntry, ...]) -> DatasetEntry:
    definition = dataset.definition
    return DatasetEntry(
        id=definition.id,
        datasets=tuple(view.id for view in dataset.views),
        title=definition.title,
        proved=definition.source == "records",
        unit=definition.unit.name,
        threshold=definition.threshold,
        rounding=definition.rounding,
        level=definition.level,
        zeros=definition.zeros,
        amounts=tuple(_amount(name, measure) for name, measure in dataset.sums.items()),
        empty=tuple(empty.reason for empty in definition.empty),
        wishes=tuple(WishEntry(ask=w.ask, cost=w.cost, reason=w.reason) for w in definition.wishes),
        known=tuple(KnownEntry(file=k.file, legacy=k.legacy, reason=k.reason) for k in definition.known),
        vintages=tuple(
            VintageEntry(period=v.period, replaces=v.replaces, release=v.release, date=v.date, reason=v.reason)
            for v in dataset.vintages
            if v.release is not None and v.date is not None and v.reason is not None
        ),
        exceptions=tuple(
            ExceptionEntry(
                field=".".join(one.violation.field),
                found=one.violation.found,
                allowed=one.violation.allowed,
                reason=one.reason,
                written_in=one.written_in,
            )
            for one in judge(definition, policy).excused
        ),
        apart_from=tuple(ApartEntry(collection=one.collection, reason=one.reason) for one in definition.apart_from),
        periods=periods,
    )


def _amount(name: str, measure: Sum) -> AmountRules:
    second = measure.second_unit
    return AmountRules(
        measure=name,
        dominance=measure.dominance,
        p_percent=measure.p_percent,
        p_percent_up_to=measure.p_percent_up_to,
        width=measure.width,
        second_unit=None if second is None else second.unit,
        second_unit_threshold=None if second is None else second.threshold,
        second_unit_dominance=None if second is None else second.dominance,
    )


def _policy(policy: Policy, content: bytes, before: Before | None) -> PolicyEntry:
    earlier = None if before is None or before.policy is None else read_policy(before.policy)
    return PolicyEntry(
        title=policy.title,
        sha256=hashlib.sha256(content).hexdigest(),
        since="first" if earlier is None else "same" if earlier.content == content else "changed",
        lowered=() if earlier is None else tuple(lowered(policy, earlier.policy)),
        limits=tuple(_limits(unit, limits) for unit, limits in _all_limits(policy).items()),
        privacy_text_days=policy.privacy_text.days,
        privacy_text_reviewed=policy.privacy_text.reviewed,
    )


def _limits(unit: str, limits: Limits) -> UnitLimits:
    return UnitLimits(unit=unit, **limits.model_dump())


def _all_limits(policy: Policy) -> Mapping[str, Limits]:
    return policy.units | ({"": policy.others} if policy.others is not None else {})


def _left_out(before: Catalogue, now: Catalogue) -> Iterator[LeftOut]:
    periods = {entry.id: set(entry.periods) for entry in now.entries}
    for entry in before.entries:
        gone = tuple(p for p in entry.periods if p not in periods.get(entry.id, set()))
        if gone:
            yield LeftOut(dataset=entry.id, periods=gone, dataset_gone=entry.id not in periods)
