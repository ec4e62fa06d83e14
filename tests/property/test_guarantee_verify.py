"""`verify` against enumeration: it takes every true proof, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from tests.helpers.brute_force import Oracle, TooLargeError
from tests.helpers.strategies import Case, cases, random_case, with_sum

from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.proof import Proof
from seuil.disclosure.verify import verify

SAMPLE, FULL = range(300), range(300, 4_000)


def changed(array: np.ndarray, place: int, value: int) -> np.ndarray:
    out = array.copy()
    out[place] = value
    return out


def altered_proofs(draw: Random, oracle: Oracle, proof: Proof) -> Iterator[tuple[Proof, bool | None]]:
    """A proof with one thing altered, and whether it holds (None: enumeration decides)."""
    for field in ("base", "move_change", "move_change"):
        numbers = getattr(proof, field)
        if len(numbers):
            place = draw.randrange(len(numbers))
            yield replace(proof, **{field: changed(numbers, place, numbers[place] + draw.choice([-1, 1]))}), None
    if len(proof.move_variable):
        place, variable = draw.randrange(len(proof.move_variable)), draw.randrange(len(proof.base))
        yield replace(proof, move_variable=changed(proof.move_variable, place, variable)), None
    if len(proof.move_from) > 1:
        place = draw.randrange(1, len(proof.move_from))
        yield replace(proof, move_from=changed(proof.move_from, place, draw.randrange(place + 1))), None
    if len(proof.cells):
        place, table = draw.randrange(len(proof.cells)), draw.randrange(len(proof.move_start))
        yield replace(proof, low=proof.high, high=proof.low), True
        yield replace(proof, low=changed(proof.low, place, table)), None
        yield replace(proof, low=changed(proof.low, place, proof.high[place])), False
        fields = ("cells", "low", "high")
        yield replace(proof, **{f: np.delete(getattr(proof, f), place) for f in fields}), False
        yield replace(proof, **{f: np.append(getattr(proof, f), getattr(proof, f)[place]) for f in fields}), False
    others = sorted(set(oracle.rows) - set(oracle.to_prove))
    if others:
        table = draw.randrange(len(proof.move_start))
        more = (("cells", draw.choice(others)), ("low", table), ("high", table))
        yield replace(proof, **{f: np.append(getattr(proof, f), x) for f, x in more}), False


def altered_columns(draw: Random, oracle: Oracle, true_values: np.ndarray) -> Iterator[Column]:
    """The column with one cell altered; no proof of the old one holds for it."""
    column, step = oracle.column, oracle.rounding or 1
    hidden, shown = sorted(oracle.hidden - oracle.excused), sorted(oracle.shown - oracle.excused)
    if hidden:
        cell = draw.choice(hidden)
        value = int(true_values[cell]) // step * step
        yield Column(changed(column.values, cell, value), changed(column.hidden, cell, False))
    if shown:
        cell = draw.choice(shown)
        value = int(column.values[cell])
        yield Column(changed(column.values, cell, value + draw.choice([-step, step])), column.hidden)
        yield Column(changed(column.values, cell, 0), changed(column.hidden, cell, True))


def check_alterations(draw: Random, figures: Figures, oracles: dict[str, Oracle], true: dict[str, np.ndarray]) -> None:
    proofs = {name: oracle.proof() for name, oracle in oracles.items()}
    assert verify(figures, proofs) == ()
    for name, oracle in oracles.items():
        for proof, holds in altered_proofs(draw, oracle, proofs[name]):
            expected = oracle.holds(proof) if holds is None else holds
            assert (verify(figures, {**proofs, name: proof}) == ()) == expected, (name, proof)
        for column in altered_columns(draw, oracle, true[name]):
            if name == "count":
                assert verify(replace(figures, count=column), proofs), column
            else:
                assert verify(replace(figures, sums={name: column}), proofs), column
        without = {k: p for k, p in proofs.items() if k != name}
        assert [f.rule for f in verify(figures, without)] == [2]


def cells(oracle: Oracle, leaves: np.ndarray) -> np.ndarray:
    return np.array([leaves @ oracle.rows[k] for k in range(len(oracle.cells))]).reshape(oracle.grid.shape)


def check_safe_count(draw: Random, case: Case) -> None:
    figures = replace(case.figures, sums={})
    check_alterations(draw, figures, {"count": case.oracle}, {"count": cells(case.oracle, case.leaves)})


def check_any_count(case: Case) -> None:
    """The best proof that there is fails in exactly the cells that are exposed."""
    faults = verify(case.figures, {"count": case.oracle.proof()})
    assert {f.rule for f in faults} <= {8}
    exposed = len(case.oracle.exposed)
    assert len(faults) == (exposed if exposed <= 10 else 11)


def check_sum(draw: Random) -> bool:
    case = random_case(draw, safe=True)
    figures = with_sum(draw, case)
    oracle = Oracle(figures, "m")
    try:
        exposed = oracle.exposed
    except TooLargeError:
        return False
    proofs = {"count": case.oracle.proof(), "m": oracle.proof()}
    faults = verify(figures, proofs)
    assert bool(faults) == bool(exposed)
    assert {(f.rule, f.base) for f in faults} <= {(8, "m")}
    if not exposed:
        true = np.where(oracle.column.hidden, 1, oracle.column.values)  # any figure will do for a hidden cell
        check_alterations(draw, figures, {"count": case.oracle, "m": oracle}, {"count": true, "m": true})
    return not exposed


def count_checks(seeds: range) -> None:
    for seed in seeds:
        check_safe_count(Random(seed), random_case(Random(seed), safe=True))
        check_any_count(random_case(Random(seed)))


def sum_checks(seeds: range) -> None:
    proved = sum(check_sum(Random(seed)) for seed in seeds)
    assert proved > len(seeds) // 5  # not vacuous


def test_counts_are_verified_as_enumeration_says():
    count_checks(SAMPLE)


@pytest.mark.soak
def test_counts_are_verified_as_enumeration_says_in_full():
    count_checks(FULL)


def test_sums_are_verified_as_enumeration_says():
    sum_checks(SAMPLE[:100])


@pytest.mark.soak
def test_sums_are_verified_as_enumeration_says_in_full():
    sum_checks(FULL)


@settings(max_examples=30, deadline=None)
@given(cases())
def test_an_exposed_cell_has_no_proof(case: Case):
    check_any_count(case)
