"""Why one cell of a protected table is hidden (confidential): the rule, or the small cells that need it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from seuil.disclosure.cube.figures import Column, Figures
from seuil.explain.attack import attack
from seuil.explain.verdict import Verdict
from seuil.explain.words import steps, target_words
from seuil.model.formulas import round_half_up
from seuil.tables.published import nodes_by_dimension
from seuil.tables.result import ProtectedResult

MOST = 10


@dataclass(frozen=True)
class Explanation:
    """An explanation. needs: hidden cells that would be exposed if this one were shown, small ones first."""

    cell: str
    status: Literal["published", "primary", "secondary", "not published"]
    needs: tuple[str, ...]
    lines: tuple[str, ...]


def parse_cell(words: str) -> dict[str, tuple[str | None, str]]:
    """`territory=D1,sex=f`, or with a level, `territory=dept:01`; dimensions that aren't named are at their total.

    A code may hold a colon: what stands before it is a level only where the table has such a level.
    """
    found: dict[str, tuple[str | None, str]] = {}
    for part in filter(None, (p.strip() for p in words.split(","))):
        name, _, code = part.partition("=")
        found[name.strip()] = (None, code.strip())
    return found


def why(table: ProtectedResult, words: str) -> Explanation:
    """Explain one cell. Raises DataError if there is no such cell."""
    layout, reasons = table.layout, table.reasons
    named = parse_cell(words)
    for name, (_, code) in named.items():
        level, colon, rest = code.partition(":")
        if colon and name in layout.trees and level in layout.trees[name].levels:
            named[name] = (level, rest)
    nodes = nodes_by_dimension(layout, named)
    cell = int(layout.cells({name: np.array([k]) for name, k in nodes.items()})[0])
    name = layout.names.words(cell)
    threshold = layout.spec.definition.threshold
    if not layout.grid.published.flat[cell]:
        return Explanation(name, "not published", (), ("No table publishes it.",))
    if not reasons.hidden[cell]:
        return Explanation(name, "published", (), ("It is published.",))
    if reasons.small[cell]:
        return Explanation(name, "primary", (), (f"It is small: fewer than {threshold}. The rule itself hides it.",))
    return _secondary(table, cell, name)


def _secondary(table: ProtectedResult, cell: int, name: str) -> Explanation:
    shown = table.figures.count.hidden.copy()
    shown.flat[cell] = False
    values = table.figures.count.values.copy()
    values.flat[cell] = round_half_up(int(table.cube.count.flat[cell]), table.layout.grid.rounding)
    figures = Figures(table.figures.grid, Column(values, shown), {})
    audit = attack(figures, table.layout.names, "the table with this figure shown")
    return _told(table, audit, name)


def _told(table: ProtectedResult, audit: Verdict, name: str) -> Explanation:
    small = table.reasons.small
    found = sorted(audit.exposed, key=lambda t: (not (t < len(small) and small[t]), t))
    undecided = [target_words(audit.facts, int(t)) for t in audit.undecided]
    needs = tuple(target_words(audit.facts, t) for t in found)
    lines = ["It is not small. It is hidden to protect others."]
    if found:
        what = "1 hidden figure" if len(found) == 1 else f"{len(found):,} hidden figures"
        lines.append(f"Were it shown, {what} would be exposed:")
    for target in found[:MOST]:
        status = "small" if target < len(small) and small[target] else "itself hidden to protect others"
        lines.append(f"- {target_words(audit.facts, target)} ({status})")
        lines += [f"    {line}" for step in steps(audit.facts, audit.exposed[target]) for line in step.splitlines()]
    if len(found) > MOST:
        lines.append(f"and {len(found) - MOST:,} more")
    if undecided:
        lines.append(f"For {len(undecided):,} more no proof was found: {', '.join(undecided[:MOST])}.")
    if not found and not undecided:
        lines.append("Were it alone shown, every other hidden figure would still be safe: it is not needed by itself.")
    return Explanation(name, "secondary", (*needs, *undecided), tuple(lines))
