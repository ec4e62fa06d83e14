"""An audit as a page: the verdict, the exposed cells with their sums, and every hidden cell."""

from html import escape

from seuil.explain.contradictions import contradiction_words
from seuil.explain.verdict import Verdict
from seuil.explain.words import derived_words, steps, target_words, verdict_words
from seuil.html import Page, html_table, page, text

MOST_SUMS = 500
MOST_CELLS = 5_000
KINDS = {"exposed": "bad", "undecided": "warn", "safe": "", "legacy": "warn"}


def summary(audit: Verdict) -> str:
    """What a notebook shows (HTML)."""
    read = text("p", str(audit.reading)) if audit.reading else ""
    return read + _banner(audit) + _exposed(audit, 5)


def audit_page(audit: Verdict) -> Page:
    """The whole report."""
    definition = audit.facts.figures.grid.dataset.definition
    rounding = f"rounded to {definition.rounding}" if definition.rounding else "exact"
    rules = [
        ("threshold", str(definition.threshold)),
        ("figures", rounding),
        ("level of the guarantee", definition.level),
        ("zeros", definition.zeros),
        ("published figures", f"{int(audit.facts.figures.grid.published.sum()):,}"),
        ("hidden figures", f"{int(audit.facts.figures.count.hidden.sum()):,}"),
    ]
    parts = [
        text("h1", "Audit of a published table"),
        *([text("p", str(audit.reading))] if audit.reading else []),
        _banner(audit),
        text("p", _MEANING.format(t=definition.threshold)),
        *([text("p", _LEGACY)] if len(audit.facts.legacy) else []),
        html_table(("rule", "value"), rules),
        text("p", f"{_capital(str(audit.guess))}."),
    ]
    if audit.facts.quotients:
        parts.append(text("p", derived_words(audit.facts)))
    if audit.left_out:
        parts += [text("h2", "Lines that don't add up, and are left out")]
        parts += [text("p", contradiction_words(audit.facts, one)) for one in audit.left_out[:MOST_SUMS]]
    if audit.exposed:
        parts += [text("h2", "Exposed, and the sums that expose them"), _exposed(audit, MOST_SUMS)]
    if audit.verdicts:
        parts += [text("h2", "Every hidden figure"), _every(audit)]
    return page("Audit of a published table", parts)


_MEANING = (
    "Only what is published was used. A hidden figure is safe if two tables that could have been published exactly "
    "like this one differ at it by {t} or more; it is exposed if it can be held in a range narrower than that; "
    "undecided if neither was shown, which counts as exposed."
)
_LEGACY = (
    "Legacy figures are disclosed by what was known before, which the definition accepts: nothing is promised of them."
)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _banner(audit: Verdict) -> str:
    kind = "bad" if not audit.is_safe else "warn" if len(audit.facts.legacy) else "good"
    return text("p", verdict_words(audit), f"banner {kind}")


def _exposed(audit: Verdict, most: int) -> str:
    out = []
    for target, exposure in list(audit.exposed.items())[:most]:
        lines = "".join(
            f'<div class="calc">{escape(step)}</div>' if "\n" in step else text("p", step)
            for step in steps(audit.facts, exposure)
        )
        short = exposure.held is not None and exposure.held.shortest
        note = text("p", "No sum of fewer published figures does it.", "soft") if short else ""
        out.append(f'<section class="sum">{text("h3", target_words(audit.facts, target))}{lines}{note}</section>')
    if len(audit.exposed) > most:
        out.append(text("p", f"and {len(audit.exposed) - most:,} more: see the JSON report"))
    return "\n".join(out)


def _every(audit: Verdict) -> str:
    head = ["figure", "verdict"] + (["at least", "at most", "by"] if audit.intervals else [])
    rows, kinds = [], []
    for target, verdict in list(audit.verdicts.items())[:MOST_CELLS]:
        row = [target_words(audit.facts, target), verdict]
        if audit.intervals:
            found = audit.intervals.get(target)
            high = "" if found is None else "no limit" if found.high is None else f"{found.high:,}"
            row += ["", "", ""] if found is None else [f"{found.low:,}", high, found.by]
        rows.append(row)
        kinds.append(KINDS[verdict])
    more = len(audit.verdicts) - MOST_CELLS
    note = text("p", f"and {more:,} more: see the JSON report") if more > 0 else ""
    return html_table(head, rows, numbers=(2, 3), kinds=kinds) + note
