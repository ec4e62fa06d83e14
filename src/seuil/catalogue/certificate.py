"""The certificate of a release: what was asked, hidden, proved, excepted, left out. `certificate.json` is one.

It is made from the files of the release and the list of the one before, all of them public; whoever verifies a release
makes it anew and compares. Numbers, dates and keys that signing adds stand in the signed metadata (`archive`).
"""

import json
from datetime import date
from typing import Literal

from pydantic import ValidationError

from seuil.catalogue.entry import Frozen
from seuil.model.errors import ReleaseError
from seuil.model.text import Text

CERTIFICATE = "certificate.json"


class UnitLimits(Frozen):
    """The limits of a unit: `model.policy.Limits`. unit: empty for all that are not named."""

    unit: str
    threshold: int
    dominance: int
    p_percent: int
    p_percent_up_to: int | None = None
    level: Literal["justified", "plausible"]
    zeros: Literal["hidden", "shown"]
    wishes: tuple[str, ...]
    reason: Text


class PolicyEntry(Frozen):
    """The publication policy of a release.

    since: whether it is the same as in the release before, another one, or the first. lowered: the limits that were
    stricter there, as `unit.field: before -> now`.
    """

    title: Text
    sha256: str
    since: Literal["first", "same", "changed"]
    lowered: tuple[str, ...]
    limits: tuple[UnitLimits, ...]
    privacy_text_days: int
    privacy_text_reviewed: date | None


class AmountRules(Frozen):
    """The rules of an amount: `model.definition.Sum`."""

    measure: str
    dominance: int
    p_percent: int
    p_percent_up_to: int | None = None
    width: int
    second_unit: str | None
    second_unit_threshold: int | None
    second_unit_dominance: int | None


class WishEntry(Frozen):
    """What a wish asks, and its public reason."""

    ask: Literal["shown", "hidden"] | None
    cost: float
    reason: Text


class KnownEntry(Frozen):
    """What is taken as known from elsewhere: a file, or cells; and whether what it discloses is accepted as legacy."""

    file: str
    legacy: bool
    reason: Text


class ExceptionEntry(Frozen):
    """A field that asks for less than the policy, with both values and the public reason."""

    field: str
    found: int | str
    allowed: int | str
    reason: Text
    written_in: Literal["policy", "definition"]


class ApartEntry(Frozen):
    """A collection of the same unit in the archive that counts other people, and the public reason."""

    collection: str
    reason: Text


class VintageEntry(Frozen):
    """A year that was published again. replaces, release: the last release with its earlier figures, the first without.

    date: when that was proposed. reason: public.
    """

    period: int
    replaces: int
    release: int
    date: date
    reason: Text


class PeriodEntry(Frozen):
    """What is published of a period: figures of all bases, and those of them that are hidden.

    proved: hidden figures with two tables each. legacy: hidden figures without a proof, since what is known from
    elsewhere discloses them. Of a table that was published elsewhere nothing is proved.
    """

    period: int
    figures: int
    hidden: int
    proved: int
    legacy: int


class DatasetEntry(Frozen):
    """A collection, which is asked, hidden and proved as one. datasets: those that readers find of it.

    proved: false for a table that was published elsewhere: what is said of it is its publisher's word.
    """

    id: str
    datasets: tuple[str, ...]
    title: Text
    proved: bool
    unit: str
    threshold: int
    rounding: int | None
    level: Literal["justified", "plausible"]
    zeros: Literal["hidden", "shown"]
    amounts: tuple[AmountRules, ...]
    empty: tuple[Text, ...]
    wishes: tuple[WishEntry, ...]
    known: tuple[KnownEntry, ...]
    vintages: tuple[VintageEntry, ...] = ()
    exceptions: tuple[ExceptionEntry, ...]
    apart_from: tuple[ApartEntry, ...]
    periods: tuple[PeriodEntry, ...]


class LeftOut(Frozen):
    """Periods that the release before had and this one has not. dataset_gone: nothing of the dataset is left."""

    dataset: str
    periods: tuple[int, ...]
    dataset_gone: bool


class Certificate(Frozen):
    """The certificate of a release. previous: the number of the release before, None for the first."""

    release: int
    previous: int | None
    proposed: str
    note: str
    policy: PolicyEntry
    datasets: tuple[DatasetEntry, ...]
    left_out: tuple[LeftOut, ...]


def write_certificate(certificate: Certificate) -> bytes:
    """`certificate.json`: UTF-8, fields in the model's order; the same certificate gives the same bytes."""
    return (json.dumps(certificate.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n").encode()


def read_certificate(content: bytes) -> Certificate:
    """The certificate from the bytes of `certificate.json`. Raises ReleaseError if they are none."""
    try:
        return Certificate.model_validate_json(content)
    except ValidationError as problem:
        error = problem.errors(include_url=False)[0]
        place = ".".join(str(x) for x in error["loc"]) or "file"
        raise ReleaseError(f"{CERTIFICATE}: {place}: {error['msg']}; expected the certificate of the release") from None
