"""An audit in words: the sums that expose, so that a person can redo them on paper; and the same for machines."""

from dataclasses import asdict
from typing import Any

from seuil.explain.bounds import Bound
from seuil.explain.contradictions import contradiction_json, contradiction_words
from seuil.explain.derived import Told
from seuil.explain.facts import Facts, unbounded
from seuil.explain.verdict import Exposure, Verdict

WRAP = 4  # terms on one line of a sum


def target_words(facts: Facts, target: int) -> str:
    """A target in words."""
    names = facts.names
    if target < facts.size:
        return names.words(target)
    terms = sorted(facts.expression(target).items(), key=lambda term: -term[1])
    (first, _), *rest = terms
    return f"[{names.words(first)}] " + " ".join(f"{'+' if k > 0 else '-'} [{names.words(c)}]" for c, k in rest)


def steps(facts: Facts, exposure: Exposure) -> list[str]:
    """How a person works it out, a step each; a step of several lines is a calculation."""
    name, t = target_words(facts, exposure.target), facts.sliding
    range_ = _range(exposure.low, exposure.high)
    if exposure.reason == "shown":
        return [f"It is shown, though it is below {t}: {range_}."]
    if exposure.reason == "cases":
        names = facts.names
        told = [f"If that one is [{names.words(c)}], then [{name}] is {_range(a, b)}." for c, a, b in exposure.cases]
        return [
            f"Nothing would be hidden here if none of the hidden figures were below {t}.",
            *told,
            f"So it is {range_}.",
        ]
    if exposure.reason == "whole numbers":
        return [f"No table of whole numbers fits what is published unless [{name}] is {range_} (found by HiGHS)."]
    if exposure.held is None:
        return [f"Line by line, what is published leaves [{name}] {range_}."]
    low, high = exposure.held.low, exposure.held.high
    same = low.terms == high.terms and low.value == high.value
    bounds = [high] if same else [low, high]
    out = [calculation(facts, exposure.target, b, exactly=same) for b in bounds if b.lines]
    out += _own_bounds(facts, exposure)
    return out if same and len(out) == 1 else [*out, f"[{name}] is {range_}: a range narrower than {t}."]


def _own_bounds(facts: Facts, exposure: Exposure) -> list[str]:
    """Facts about hidden cells that the sums use and that aren't their being 0 or more."""
    held, problem = exposure.held, facts.problem
    used = {c for b in (held.low, held.high) for c in b.terms} if held else set()
    words = facts.names.words
    only = [c for c in sorted(used) if problem.hidden[c] and facts.high[c] < problem.high[c] and c not in facts.told]
    derived = [facts.told[c] for c in sorted(used) if c in facts.told]
    known = problem.implied.known
    elsewhere = [
        c for c in sorted(used) if problem.hidden[c] and (known.low[c] > 0 or not unbounded(int(known.high[c])))
    ]
    return (
        [f"[{words(c)}] is known from elsewhere to be {_range(*_known(facts, c))}." for c in elsewhere]
        + [
            f"[{words(c)}] is below {facts.sliding}: of the hidden figures that hang together here, no other can be, "
            "and without one nothing would be hidden."
            for c in only
        ]
        + [f"[{words(one.cell)}] is {_range(one.low, one.high)}: {one.words}." for one in derived]
    )


def calculation(facts: Facts, target: int, bound: Bound, *, exactly: bool = False) -> str:
    """A bound as a sum that can be redone on paper: what is hidden on one side, what is published on the other.

    exactly: the same sum bounds it on the other side.
    """
    known = [(c, k) for c, k in bound.terms.items() if is_known(facts, c)]
    rest = [(c, -k) for c, k in bound.terms.items() if not is_known(facts, c)]
    values = {c: _at(facts, c, k, bound) for c, k in known}
    total = sum(k * values[c] for c, k in known)
    inexact = any(facts.low[c] != facts.high[c] for c, _ in known) or not all(map(facts.is_equation, bound.lines))
    relation = ("<=" if bound.upper else ">=") if inexact else "="
    words = facts.names.words
    left = [_term(bound.factor, f"[{target_words(facts, target)}]"), *(_term(k, f"[{words(c)}]") for c, k in rest)]
    right = [_term(k, f"[{words(c)}] {_shown(facts, c, values[c])}") for c, k in known]
    lines = [*_wrapped(left), *(f"  {line}" for line in _wrapped(right, relation))]
    lines += [f"  {relation} {total:,}"] if len(known) > 1 else []
    if not all(map(facts.is_equation, bound.lines)):
        lines.append("since a part is never more than its whole, nor a whole more than all its parts together")
    others = [_limit(facts, c, k, bound) for c, k in rest]
    if others:
        told = dict.fromkeys(others)
        lines.append(f"where {'; '.join(told)}")
    side = "exactly" if exactly else "at most" if bound.upper else "at least"
    share = f"{bound.value:,} / {bound.factor}, so " if bound.factor > 1 else ""
    lines.append(f"so [{target_words(facts, target)}] is {side} {share}{bound.limit:,}")
    return "\n".join(lines)


def _known(facts: Facts, cell: int) -> tuple[int, int | None]:
    known = facts.problem.implied.known
    high = int(known.high[cell])
    return int(known.low[cell]), None if unbounded(high) else high


def is_known(facts: Facts, cell: int) -> bool:
    """Whether a cell is published, or follows from what is."""
    return not facts.problem.hidden[cell] and (facts.low[cell] > 0 or not unbounded(int(facts.high[cell])))


def _at(facts: Facts, cell: int, k: int, bound: Bound) -> int:
    return int(facts.high[cell]) if (k > 0) == bound.upper else int(facts.low[cell])


def _shown(facts: Facts, cell: int, value: int) -> str:
    """A figure as it is used, and as it is published where that is something else."""
    published = facts.figures
    if not published.grid.published.flat[cell]:
        return f"{value:,} (not published, but known)"
    told = int(published.count.values.flat[cell])
    return f"{value:,}" if value == told else f"{value:,} (shown as {told:,})"


def _limit(facts: Facts, cell: int, k: int, bound: Bound) -> str:
    """What is known of a hidden cell on the left side of a sum, as far as it is used."""
    name = facts.names.words(cell)
    if (k > 0) == bound.upper:
        return "hidden figures are 0 or more" if facts.low[cell] == 0 else f"[{name}] is {facts.low[cell]} or more"
    return f"[{name}] is {facts.high[cell]:,} or less"


def _term(times: int, words: str) -> str:
    sign = "-" if times < 0 else "+"
    return f"{sign} {words}" if abs(times) == 1 else f"{sign} {abs(times)} x {words}"


def _wrapped(terms: list[str], relation: str = "") -> list[str]:
    """Terms of a sum, some on each line."""
    if not terms:
        return [f"{relation} 0".strip()]
    terms = [terms[0].removeprefix("+ "), *terms[1:]]
    lines = [" ".join(terms[k : k + WRAP]) for k in range(0, len(terms), WRAP)]
    return [f"{relation} {lines[0]}".strip(), *(f"  {line}" for line in lines[1:])]


def _range(low: int, high: int | None) -> str:
    if high is None:
        return f"{low:,} or more"
    return f"exactly {low:,}" if low == high else f"from {low:,} to {high:,}"


def audit_lines(audit: Verdict, most: int) -> list[str]:
    """The whole audit, `most` exposed cells with their sums."""
    facts = audit.facts
    lines = [str(audit.reading)] if audit.reading else []
    lines += [f"left out: {contradiction_words(facts, one)}" for one in audit.left_out[:most]]
    lines += [f"and {len(audit.left_out) - most:,} more left out" for _ in audit.left_out[most : most + 1]]
    lines += [f"left out: {misfit_words(facts, one)}" for one in facts.misfits[:most]]
    lines += [f"and {len(facts.misfits) - most:,} more left out" for _ in facts.misfits[most : most + 1]]
    lines += [derived_words(facts)] if facts.quotients else []
    for target, exposure in list(audit.exposed.items())[:most]:
        lines.append(f"exposed: {target_words(facts, target)}: {_range(exposure.low, exposure.high)}")
        lines += [f"    {line}" for step in steps(facts, exposure) for line in step.splitlines()]
    lines += [f"and {len(audit.exposed) - most:,} more exposed"] if len(audit.exposed) > most else []
    lines += [f"undecided: {target_words(facts, int(t))}{_unexplained(facts, int(t))}" for t in audit.undecided[:most]]
    lines += [f"and {len(audit.undecided) - most:,} more undecided"] if len(audit.undecided) > most else []
    lines += [f"legacy: {target_words(facts, int(t))}" for t in facts.legacy[:most]]
    lines += [f"and {len(facts.legacy) - most:,} more legacy" for _ in facts.legacy[most : most + 1]]
    for interval in list(audit.intervals.values())[:most]:
        lines.append(
            f"bounds: {target_words(facts, interval.target)}: {_range(interval.low, interval.high)} ({interval.by})"
        )
    lines += [f"and {len(audit.intervals) - most:,} more bounds"] if len(audit.intervals) > most else []
    lines += [str(audit.guess)] if audit.guess.hidden else []
    return [*lines, verdict_words(audit)]


def misfit_words(facts: Facts, one: Told) -> str:
    """A derived figure that doesn't fit the figures that it is made of."""
    name, cell = facts.names.words(one.cell), facts.figures.count
    figure = "hidden" if cell.hidden.flat[one.cell] else f"{int(cell.values.flat[one.cell]):,}"
    least = "no whole number" if one.high is not None and one.low > one.high else _range(one.low, one.high)
    return f"[{name}] {figure}: {one.words}, which makes it {least}"


def derived_words(facts: Facts) -> str:
    """What derived figures tell, in numbers of cells."""
    told = derived_json(facts)
    after = "after" if facts.quotients[0].after_rounding else "before"
    how = f", and were computed {after} rounding" if facts.problem.rounded else ""
    return (
        f"derived figures ({', '.join(q.name for q in facts.quotients)}){how}: they tell {told['exactly']:,} counts "
        f"exactly, {told['closer']:,} more closely than these are shown; {told['hidden']:,} of them are hidden"
    )


def derived_json(facts: Facts) -> dict[str, int]:
    """The same for machines."""
    exactly = sum(one.low == one.high for one in facts.told.values())
    hidden = sum(bool(facts.problem.hidden[cell]) for cell in facts.told)
    misfits = {"left_out": len(facts.misfits)} if facts.misfits else {}
    return {"exactly": exactly, "closer": len(facts.told) - exactly, "hidden": hidden} | misfits


def _unexplained(facts: Facts, target: int) -> str:
    """What is told of a figure that no rule explains: none of those that hang together with it can be small."""
    if target in facts.ties:
        return f": {facts.ties[target].words}, so that what it tells is not known"
    group = int(facts.group[target])
    needs_one = facts.problem.justified and facts.keeps_rules and group not in facts.free
    if not needs_one or group not in facts.members or len(facts.small_ones(group)):
        return ""
    return f": no rule explains why it is hidden: nothing that hangs together with it can be below {facts.sliding}"


def verdict_words(audit: Verdict) -> str:
    """The verdict in one line."""
    verdict = "every other hidden figure is safe" if len(audit.facts.legacy) else "every hidden figure is safe"
    shown = sum(e.reason in ("shown", "follows") for e in audit.exposed.values())
    hidden, others = int(audit.facts.figures.count.hidden.sum()), len(audit.verdicts) - shown
    counts = f"{hidden:,} hidden figure{'' if hidden == 1 else 's'}"
    counts += f", and {others - hidden:,} that would follow from them" if others > hidden else ""
    counts += f": {len(audit.safe):,} safe"
    counts += f", {len(audit.exposed) - shown:,} exposed, {len(audit.undecided):,} undecided"
    if len(audit.facts.legacy):
        counts += f", {len(audit.facts.legacy):,} disclosed by what is known and accepted (legacy)"
    small = f"; {shown:,} small figures shown" if shown else ""
    if not audit.left_out and not audit.facts.misfits:
        return f"{counts}{small}: {verdict if audit.is_safe else 'NOT safe'}"
    lines, misfits = len(audit.left_out), len(audit.facts.misfits)
    counts += f"; {lines:,} {'lines that don' if lines > 1 else 'line that doesn'}'t add up left out" if lines else ""
    derived = "derived figures that don" if misfits > 1 else "derived figure that doesn"
    counts += f"; {misfits:,} {derived}'t fit left out" if misfits else ""
    safe = not audit.exposed and not len(audit.undecided)
    return f"{counts}{small}: {'NOT proved safe, for no table has these figures' if safe else 'NOT safe'}"


def audit_json(audit: Verdict) -> dict[str, Any]:
    """The whole audit. Cells are named by the codes of their dimensions."""
    facts = audit.facts
    cells = []
    for target, verdict in audit.verdicts.items():
        entry: dict[str, Any] = {
            "cell": _cell_json(facts, target),
            "name": target_words(facts, target),
            "verdict": verdict,
        }
        if target in audit.exposed:
            entry |= _exposure_json(facts, audit.exposed[target])
        if target in audit.intervals:
            found = audit.intervals[target]
            entry["bounds"] = {"at_least": found.low, "at_most": found.high, "by": found.by}
        cells.append(entry)
    return {
        "safe": audit.is_safe,
        **({"read": audit.reading.as_json()} if audit.reading else {}),
        "threshold": facts.sliding,
        "hidden": len(facts.targets),
        **({"legacy": len(facts.legacy)} if len(facts.legacy) else {}),
        "proved": len(audit.safe),
        "exposed": len(audit.exposed),
        "undecided": len(audit.undecided),
        "guess": asdict(audit.guess),
        **({"left_out": [contradiction_json(facts, one) for one in audit.left_out]} if audit.left_out else {}),
        **({"derived": derived_json(facts)} if facts.quotients else {}),
        "cells": cells,
    }


def _cell_json(facts: Facts, target: int) -> dict[str, str] | list[dict[str, Any]]:
    names = facts.names
    if target < facts.size:
        return names.name(target)
    return [{"cell": names.name(c), "times": k} for c, k in facts.expression(target).items()]


def _exposure_json(facts: Facts, exposure: Exposure) -> dict[str, Any]:
    entry: dict[str, Any] = {"at_least": exposure.low, "at_most": exposure.high, "reason": exposure.reason}
    entry["words"] = steps(facts, exposure)
    if exposure.held is not None:
        entry["shortest"] = exposure.held.shortest
        entry["sums"] = [_bound_json(facts, b) for b in (exposure.held.low, exposure.held.high) if b.lines]
    return entry


def _bound_json(facts: Facts, bound: Bound) -> dict[str, Any]:
    names = facts.names
    figures: list[dict[str, Any]] = []
    others: list[dict[str, Any]] = []
    for cell, k in bound.terms.items():
        entry = {"cell": names.name(cell), "times": k, "value": _at(facts, cell, k, bound)}
        (figures if is_known(facts, cell) else others).append(entry)
    return {
        "bound": "at most" if bound.upper else "at least",
        "limit": bound.limit,
        "times": bound.factor,
        "figures": figures,
        "hidden": others,
    }
