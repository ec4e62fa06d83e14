"""The guarantee end to end on random tiny cubes, judged by enumeration of all admissible tables.

For every cube that the program would release: the truth is admissible, every hidden cell is truly safe, and `verify`
takes the proof. For any figures, also those of a bad pattern: what `audit` proves is safe, what it calls exposed is
exposed, and the cells it speaks of are all that there are to prove.
"""

from collections import Counter
from random import Random

import pytest
from tests.helpers.brute_force import Oracle, TooLargeError, cells_of
from tests.helpers.strategies import PERIOD, random_case, random_dataset, random_leaves

from seuil.disclosure.audit import audit
from seuil.disclosure.cube import Cube
from seuil.disclosure.frame import Figures, frame_of
from seuil.disclosure.protect import protect
from seuil.disclosure.verify import verify
from seuil.model.errors import DisclosureError

PROTECTED, AUDITED = range(120), range(60)
ALL_PROTECTED, ALL_AUDITED = range(120, 2_200), range(60, 1_000)


def check_protected(seed: int) -> str:
    """Protect a random cube; what came of it."""
    draw = Random(seed)
    frame = frame_of(random_dataset(draw), PERIOD)
    leaves = random_leaves(draw, frame)
    result = protect(Cube(frame, cells_of(frame, leaves), {}), b"not so secret")
    if not result.audit.safe:
        return "not released"
    assert verify(result.figures, result.audit.proofs) == (), seed
    oracle = Oracle(result.figures)
    assert oracle.admissible(leaves[None, :])[0], f"seed {seed}: the truth is not admissible"
    try:
        assert oracle.exposed == [], f"seed {seed}"
    except TooLargeError:
        return "too large"
    return "released" if oracle.to_prove else "nothing hidden"


def check_audited(seed: int) -> str:
    """Audit the figures of a random pattern; what came of it."""
    case = random_case(Random(seed))
    return compare_audit(seed, case.figures, case.oracle)


def compare_audit(seed: int, figures: Figures, oracle: Oracle) -> str:
    try:
        result = audit(figures)
    except DisclosureError:
        pytest.fail(f"seed {seed}: called impossible, though the truth has these figures")
    exposed, undecided, proved = (
        set(cells.tolist())
        for cells in (result.exposed["count"], result.undecided["count"], result.proofs["count"].cells)
    )
    assert exposed | undecided | proved == set(oracle.to_prove), f"seed {seed}: other cells"
    assert exposed <= set(oracle.exposed), f"seed {seed}: called exposed, though safe"
    assert not proved & set(oracle.exposed), f"seed {seed}: called safe, though exposed"
    assert result.safe == (verify(figures, result.proofs) == ()), f"seed {seed}: verify disagrees"
    if result.safe:
        return "proved"
    return "exposed" if oracle.exposed else "safe, but undecided"


def protected_checks(seeds: range) -> None:
    came = Counter(check_protected(seed) for seed in seeds)
    assert came["released"] > len(seeds) // 2, came  # not vacuous
    assert came["too large"] < len(seeds) // 4, came


def audited_checks(seeds: range) -> None:
    came = Counter(check_audited(seed) for seed in seeds)
    assert came["proved"] > len(seeds) // 5 < came["exposed"], came
    assert came["safe, but undecided"] <= len(seeds) // 20, came


def test_what_is_released_is_safe():
    protected_checks(PROTECTED)


@pytest.mark.soak
def test_what_is_released_is_safe_in_full():
    protected_checks(ALL_PROTECTED)


def test_the_auditor_is_right():
    audited_checks(AUDITED)


@pytest.mark.soak
def test_the_auditor_is_right_in_full():
    audited_checks(ALL_AUDITED)
