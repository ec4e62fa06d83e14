"""The certificate of a release on one screen: a table on a terminal, plain lines elsewhere, JSON for machines."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from seuil.cli.output import number, table

if TYPE_CHECKING:
    from seuil.archive.release import Release
    from seuil.catalogue.certificate import AmountRules, Certificate, DatasetEntry

HEAD = ("dataset", "year", "unit", "T", "rounding", "level", "zeros", "figures", "hidden", "proved", "legacy")
_LANGUAGE = "en"  # of the commands


def is_terminal() -> bool:
    """Whether results are read on a terminal."""
    return sys.stdout.isatty()


def as_json(certificate: "Certificate | None", release: "Release | None") -> dict[str, Any] | None:
    """The certificate with the dates and keys of the signed metadata."""
    from seuil.archive import clock

    if certificate is None or release is None:
        return None
    return certificate.model_dump(mode="json") | {
        "published": clock.text(release.published),
        "expires": clock.text(release.expires),
        "signatures_needed": release.signatures_needed,
        "signers": [{"role": signer.role, "keyid": signer.keyid} for signer in release.signers],
    }


def certificate_lines(certificate: "Certificate", release: "Release | None" = None, *, rich: bool = False) -> list[str]:
    """The certificate for people. release: whose signed metadata tell dates and keys; None before it is published."""
    rows = [row for dataset in certificate.datasets for row in _rows(dataset)]
    notes = [line for dataset in certificate.datasets for line in _notes(dataset)]
    return [
        *map(_printable, _head(certificate, release)),
        "",
        *(_drawn(rows) if rich else table(HEAD, rows)),
        "",
        *map(_printable, [*notes, *_left_out(certificate)]),
    ]


def _head(certificate: "Certificate", release: "Release | None") -> Iterator[str]:
    number_, note = certificate.release, f": {certificate.note}" if certificate.note else ""
    yield f"certificate of release {number_}{note}"
    dates = f"proposed {certificate.proposed}"
    if release is not None:
        from seuil.archive import clock

        dates += f", published {clock.text(release.published)}, holds until {clock.text(release.expires)}"
        names = ", ".join(f"{signer.role} (key {signer.keyid[:16]})" for signer in release.signers)
        yield dates
        yield f"signed by {len(release.signers)}, {release.signatures_needed} needed: {names}"
    else:
        yield dates
    policy = certificate.policy
    limits = ", ".join(f"{one.unit or 'others'} {one.threshold}" for one in policy.limits)
    before = f"release {certificate.previous}"
    since = {"first": "the first", "same": f"as in {before}", "changed": f"CHANGED since {before}"}[policy.since]
    yield f"publication policy {policy.sha256[:16]}, {since}; smallest thresholds: {limits}"
    yield from (f"  lowered: {line}" for line in policy.lowered)


def _rows(dataset: "DatasetEntry") -> Iterator[tuple[str, ...]]:
    rules = (
        dataset.unit,
        str(dataset.threshold),
        str(dataset.rounding or "exact") if dataset.proved or dataset.rounding else "-",
        dataset.level if dataset.proved else "-",
        dataset.zeros if dataset.proved else "-",
    )
    for period in dataset.periods:
        counts = (number(period.figures), number(period.hidden))
        proof = (number(period.proved), number(period.legacy)) if dataset.proved else ("not proved", "-")
        yield (dataset.id, str(period.period), *rules, *counts, *proof)


def _notes(dataset: "DatasetEntry") -> Iterator[str]:
    """What the table has no column for."""
    if not dataset.proved:
        yield f"{dataset.id}: published elsewhere, not proved here: threshold and figures are its publisher's word"
    if dataset.datasets != (dataset.id,):
        yield f"{dataset.id}: proved as one, read as {', '.join(dataset.datasets)}"
    yield from (f"{dataset.id}: {_amount(amount)}" for amount in dataset.amounts)
    for wish in dataset.wishes:
        asked = f"ask {wish.ask}" if wish.ask else f"cost {wish.cost:g}"
        yield f"{dataset.id}: wish, {asked}: {wish.reason.in_(_LANGUAGE)}"
    for known in dataset.known:
        legacy = ", what it discloses is accepted as legacy" if known.legacy else ""
        what = f"{known.file or 'counts of cells'}{legacy}"
        yield f"{dataset.id}: known from elsewhere, {what}: {known.reason.in_(_LANGUAGE)}"
    for one in dataset.vintages:
        what = f"{one.period} published again in release {one.release} ({one.date}) in place of release {one.replaces}"
        yield f"{dataset.id}: NEW VINTAGE, {what}: {one.reason.in_(_LANGUAGE)}"
    yield from (f"{dataset.id}: declared empty: {reason.in_(_LANGUAGE)}" for reason in dataset.empty)
    for apart in dataset.apart_from:
        yield f"{dataset.id}: counts other people than {apart.collection}: {apart.reason.in_(_LANGUAGE)}"
    for exception in dataset.exceptions:
        values = f"{exception.field} {exception.found}, policy {exception.allowed}"
        why = f"(written in the {exception.written_in}): {exception.reason.in_(_LANGUAGE)}"
        yield f"{dataset.id}: EXCEPTION, {values} {why}"


def _printable(line: str) -> str:
    """A line without what a terminal would obey: notes and reasons come with the archive, whoever made it."""
    return "".join(character if character.isprintable() else "?" for character in line)


def _amount(amount: "AmountRules") -> str:
    up_to = "" if amount.p_percent_up_to is None else f" of at most {amount.p_percent_up_to}"
    p = f"p% {amount.p_percent}{up_to}"
    rules = f"amount {amount.measure}: dominance {amount.dominance} %, {p}, width {amount.width}"
    if amount.second_unit is None:
        return rules
    second = f"threshold {amount.second_unit_threshold}, dominance {amount.second_unit_dominance} %"
    return f"{rules}; {amount.second_unit}: {second}"


def _left_out(certificate: "Certificate") -> Iterator[str]:
    if certificate.previous is None:
        return
    if not certificate.left_out:
        yield f"left out since release {certificate.previous}: nothing"
    for one in certificate.left_out:
        periods = ", ".join(map(str, one.periods))
        what = f"the whole dataset ({periods})" if one.dataset_gone else periods
        yield f"left out since release {certificate.previous}: {one.dataset}: {what}"


def _drawn(rows: list[tuple[str, ...]]) -> list[str]:
    """The same table with rules and headings, as wide as the terminal."""
    from io import StringIO

    from rich import box
    from rich.console import Console
    from rich.table import Table

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for k, name in enumerate(HEAD):
        drawn.add_column(name, justify="left" if k == 0 else "right", overflow="fold")
    for row in rows:
        drawn.add_row(*row)
    out = StringIO()
    Console(file=out, width=Console().width, force_terminal=True).print(drawn)
    return out.getvalue().rstrip("\n").split("\n")
