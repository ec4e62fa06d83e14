"""Attack a published table: a verdict for every hidden cell, and how those that are exposed can be worked out.

0. Lines that contradict each other are found, named and left out (`contradictions`).
1. A figure that is shown below the threshold, or follows from those that are shown, is exposed as it stands.
2. `disclosure.audit` proves what it can, by whole tables.
3. Of what it doesn't prove, a sum of published figures is looked for that holds the cell in too narrow a range.
4. At the level `justified`, so is one for each case of which hidden cell is the small one.
5. What is left is decided by integer programs where it hangs together with few cells; else it is undecided.
"""

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from seuil.disclosure import tuning
from seuil.disclosure.arrays import Ints
from seuil.disclosure.audit import audit
from seuil.disclosure.constraints.problem import COUNT, prepare
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.progress import Progress
from seuil.disclosure.proof import Proof
from seuil.disclosure.witness.search import WitnessSearch
from seuil.explain.bounds import BoundPair, hold, hold_by, range_by_lp
from seuil.explain.contradictions import consistent, fractional_table
from seuil.explain.derived import Quotients
from seuil.explain.facts import Facts, facts_of, unbounded
from seuil.explain.integer_range import whole_range
from seuil.explain.lp_range import Ranges
from seuil.explain.table_audit import TableAudit
from seuil.explain.verdict import Exposure, Interval
from seuil.model.cells import CellNames
from seuil.model.errors import DisclosureError

MOST_CASES = 6
MOST_EXACT = 300  # sums that are looked for until they are the shortest; the others are short


def attack(
    figures: Figures,
    names: CellNames,
    name: str,
    *,
    quotients: tuple[Quotients, ...] = (),
    intervals: bool = False,
    progress: Progress | None = None,
) -> TableAudit:
    """Audit what is public. name: what messages call the table. quotients: derived figures that are shown too.

    Raises DataError where figures contradict what is known of them by themselves, so that no line can be left out.
    """
    facts, left_out = consistent(facts_of(figures, names, quotients), name)
    proof, safe, exposed = _proved(facts, progress)
    if len(facts.targets) and not len(safe):
        facts, more_left_out = consistent(facts, name, left_out, thorough=True)
        if len(more_left_out) > len(left_out):
            left_out = more_left_out
            proof, safe, exposed = _proved(facts, progress)
    safe = np.setdiff1d(safe, list(facts.ties)).astype(np.int64)
    found = {e.target: e for e in _as_they_stand(facts)}
    closed = _only_small_ones(facts)
    plain = _Known(facts, Ranges(facts))
    known = plain if closed is facts else _Known(closed, Ranges(closed))
    open_ = [int(t) for t in np.setdiff1d(facts.targets, safe) if int(t) not in found]
    more: list[int] = []
    undecided: list[int] = []
    for k, target in enumerate(open_):
        verdict = _why(plain, known, target, target in exposed, exact=len(found) < MOST_EXACT)
        if verdict is None:
            undecided.append(target)
        elif isinstance(verdict, Exposure):
            found[target] = verdict
        elif target in facts.ties:
            undecided.append(target)
        else:
            more.append(target)
        if progress is not None:
            progress("explained", k + 1, len(open_))
    proved = np.array(sorted([*safe.tolist(), *more]), np.int64)
    ranges = _intervals(known, progress) if intervals else {}
    return TableAudit(known.facts, proved, found, np.array(undecided, np.int64), ranges, proof, left_out=left_out)


def _proved(facts: Facts, progress: Progress | None) -> tuple[dict[str, Proof], Ints, set[int]]:
    """The proofs of `audit`, what they prove, and what it finds exposed."""
    if facts.keeps_rules and not facts.left_out.any() and not facts.told:
        try:
            result = audit(facts.figures, progress=progress)
        except DisclosureError:
            return {}, np.zeros(0, np.int64), set(facts.targets.tolist())
        return dict(result.proofs), result.proofs[COUNT].cells, set(result.exposed[COUNT].tolist())
    # Sums of leaves would say again what a line that is left out says: with one, cells are searched by their lines.
    rounded = facts.problem.rounded and not facts.left_out.any()
    justified = facts.problem.justified and facts.keeps_rules
    problem = replace(facts.problem, low=facts.low, high=facts.high, justified=justified, rounded=rounded)
    try:
        prepared = prepare(problem)
    except DisclosureError:
        return {}, np.zeros(0, np.int64), set(facts.targets.tolist())
    search = WitnessSearch(prepared.system, prepared.targets, 1, aggregated=prepared.aggregated)
    exposed = set(np.setdiff1d(prepared.cells, prepared.aggregated.cells).tolist())
    low, high = prepared.system.low, prepared.system.high
    shown = high - low < problem.sliding + (problem.grid.rounding or 0)
    if not search.find_base(np.where(shown, (low + high) // 2, low), inside=not problem.rounded):
        # Where most cells aren't published, local search finds no way from there; from a table with fractions it does.
        near = fractional_table(facts)
        if near is None or not search.find_base(np.rint(near)[prepared.system.cell].astype(np.int64), inside=True):
            return {}, np.zeros(0, np.int64), exposed
    for effort in tuning.TUNING.audit.rounds:
        if len(search.open):
            search.widen(effort, progress=progress)
    return {}, np.setdiff1d(prepared.aggregated.cells, search.left), exposed


def _as_they_stand(facts: Facts) -> list[Exposure]:
    """Small figures that are shown, or that follow from what is shown."""
    low, high = facts.tight
    shown = [Exposure(int(c), "shown", int(low[c]), int(high[c])) for c in np.flatnonzero(facts.shown_small)]
    follows = []
    for target in facts.leaked.tolist():
        held = _Known(facts, Ranges(facts)).hold(target, exact=True)
        if held is not None:
            follows.append(Exposure(target, "follows", held.low.limit, held.high.limit, held))
    return shown + follows


def _only_small_ones(facts: Facts) -> Facts:
    """With what follows from every group's holding a small cell, where but one of its cells can be it (2e)."""
    if not facts.problem.justified or not facts.keeps_rules:
        return facts
    for _ in range(len(facts.members)):
        ones = [(g, s) for g in facts.members if g not in facts.free and len(s := facts.small_ones(g)) == 1]
        new = [int(s[0]) for _, s in ones if s[0] < facts.size and facts.high[s[0]] >= facts.sliding]
        if not new:
            break
        for cell in new:
            facts = facts.with_small(cell)
    return facts


@dataclass(frozen=True)
class _Known:
    """Facts, and the ranges that they leave."""

    facts: Facts
    ranges: Ranges

    def hold(self, target: int, *, exact: bool) -> BoundPair | None:
        near = hold(self.facts, target, exact=exact)
        return near or hold_by(self.facts, target, self.ranges.bounds(target), exact=exact)


def _why(
    plain: _Known, known: _Known, target: int, is_exposed: bool, *, exact: bool
) -> Exposure | Literal["safe"] | None:
    """Why a target is exposed; or that it is safe after all; or nothing, if it can't be decided.

    known: the facts and what follows from which cells must be small; sums that do without are looked for first.
    """
    held = plain.hold(target, exact=exact) or (known.hold(target, exact=exact) if known is not plain else None)
    facts = known.facts
    if held is not None:
        own = list(held.high.terms) == [target] and not held.high.lines
        return Exposure(target, "alone" if own else "sum", held.low.limit, held.high.limit, held)
    cases = _by_cases(facts, target)
    if cases is not None:
        return cases
    found = whole_range(facts, target)
    if found is not None:
        if found.high is None or found.high - found.low >= facts.sliding:
            return "safe"
        return Exposure(target, "whole numbers", found.low, found.high)
    if is_exposed and target < facts.size:
        low, high = (int(x[target]) for x in facts.tight)
        # A figure alone in its group is exposed since it must be small; where it can't be, nothing is known of it
        if facts.group[target] in facts.free or len(facts.small_ones(int(facts.group[target]))):
            return Exposure(target, "lines", low, None if unbounded(high) else high)
    return None


def _by_cases(facts: Facts, target: int) -> Exposure | None:
    """Whichever cell of the group is the small one, the target is held in the same narrow range."""
    if not facts.problem.justified or not facts.keeps_rules or target >= facts.size:
        return None
    if int(facts.group[target]) in facts.free:
        return None
    small = facts.small_ones(int(facts.group[target]))
    if not 1 < len(small) <= MOST_CASES or (small >= facts.size).any():
        return None
    cases = []
    for cell in small.tolist():
        low, high = range_by_lp(facts.with_small(cell), target)
        if low is None or high is None:
            return None
        cases.append((cell, low.limit, high.limit))
    possible = [c for c in cases if c[1] <= c[2]]
    low_, high_ = min(c[1] for c in possible), max(c[2] for c in possible)
    return Exposure(target, "cases", low_, high_, cases=tuple(cases)) if high_ - low_ < facts.sliding else None


def _intervals(known: _Known, progress: Progress | None) -> dict[int, Interval]:
    facts = known.facts
    found: dict[int, Interval] = {}
    for k, target in enumerate(facts.targets.tolist()):
        whole = whole_range(facts, target)
        if whole is not None:
            found[target] = Interval(target, whole.low, whole.high, "whole numbers")
        else:
            low, high = known.ranges.bounds(target)
            found[target] = Interval(target, low.limit if low else 0, high.limit if high else None, "LP")
        if progress is not None:
            progress("intervals", k + 1, len(facts.targets))
    return found
