"""The audit of tables given by hand on random tiny cubes, judged by enumeration of all admissible tables.

What it calls safe is safe, what it calls exposed is exposed; its bounds hold in every admissible table, and those by
whole numbers are met; and every sum that it tells is worked out again here, from the leaves.
"""

from collections import Counter
from random import Random

import pytest
from tests.helpers.brute_force import Oracle, TooLargeError
from tests.helpers.strategies import Case, random_case

from seuil.explain.attack import attack
from seuil.explain.bounds import Bound
from seuil.explain.table_audit import TableAudit

SOME, ALL = range(40), range(40, 600)


def attacked(case: Case) -> TableAudit:
    return attack(case.figures, case.figures.grid.names, "tiny", intervals=True)


def redo(oracle: Oracle, target: int, bound: Bound) -> None:
    """A sum as it is told: its two sides are the same sum of leaves, or one is no more than the other in any table."""
    left = bound.factor * oracle.rows[target] - sum(k * oracle.rows[c] for c, k in bound.terms.items())
    slack = oracle.tables @ left
    if all(row < len(oracle.lines) for row in bound.lines):
        assert not left.any()
    assert (slack <= 0).all() if bound.upper else (slack >= 0).all()
    reached = bound.factor * (oracle.tables @ oracle.rows[target])
    assert (reached <= bound.value).all() if bound.upper else (reached >= bound.value).all()


def check(seed: int) -> Counter[str]:
    try:
        case = random_case(Random(seed))
    except TooLargeError:
        return Counter(["too large"])
    oracle, audit = case.oracle, attacked(case)
    legacy = {oracle.number[c] for c in oracle.excused & oracle.hidden}
    assert {target for target, verdict in audit.verdicts.items() if verdict == "legacy"} == legacy, seed
    assert sorted(audit.verdicts.keys() - legacy) == oracle.to_prove, seed
    exposed = set(oracle.exposed)
    for target, verdict in audit.verdicts.items():
        if verdict not in ("undecided", "legacy"):
            assert (verdict == "exposed") == (target in exposed), f"seed {seed}, cell {target}: {verdict}"
    for target, found in audit.exposed.items():
        low, high = oracle.ranges[target]
        assert found.low <= low, seed
        assert found.high is not None, seed
        assert high <= found.high, seed
        if found.held is not None:
            redo(oracle, target, found.held.low)
            redo(oracle, target, found.held.high)
    met = 0
    for target, interval in audit.intervals.items():
        low, high = oracle.ranges[target]
        assert interval.low <= low, f"seed {seed}, cell {target}"
        assert interval.high is None or high <= interval.high, f"seed {seed}, cell {target}"
        if interval.by == "whole numbers":
            met += 1
            assert interval.low == low, f"seed {seed}, cell {target}"
            # A leaf without a bound is cut by the enumeration, so it can't tell the highest value of its cells
            if not (oracle.bounds < 0).any():
                assert interval.high == high, f"seed {seed}, cell {target}"
    sums = sum(len(e.held.high.lines) > 0 for e in audit.exposed.values() if e.held is not None)
    return Counter(audit.verdicts.values()) + Counter({"sums": sums, "met": met})


def test_verdicts_bounds_and_sums_are_those_of_enumeration() -> None:
    found = sum((check(seed) for seed in SOME), Counter())
    assert found["safe"] > 40, found
    assert found["exposed"] > 40, found
    assert found["sums"] > 20, found
    assert found["met"] > 100, found
    assert found["undecided"] <= 0.02 * found["exposed"], found


@pytest.mark.soak
@pytest.mark.parametrize("seed", ALL)
def test_more_of_them(seed: int) -> None:
    check(seed)
