"""What is known from elsewhere when a cube is protected: what stays hidden, what can't be, and what is said of it."""

from dataclasses import replace

import numpy as np
import pytest
from tests.helpers.brute_force import Oracle
from tests.helpers.strategies import PERIOD, dataset, tree

from seuil.disclosure.audit import audit
from seuil.disclosure.constraints.external import legacy_of
from seuil.disclosure.cube.cube import Amounts, Cube, Leaves, cube_of
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.proof import Proof
from seuil.disclosure.protect import Protected, protect
from seuil.disclosure.verify import verify
from seuil.model.errors import DisclosureError
from seuil.model.known import Fact

SITES = "T all,a T leaf,b T leaf,c T leaf,d T leaf"
COUNTS = (1, 5, 7, 9)  # of the leaves; small are those below 3


def cube(*facts: Fact, spec: str = SITES, counts: tuple[int, ...] = COUNTS, **rules: object) -> Cube:
    made = dataset({"site": tree(spec)}, **{"threshold": 3, **rules})
    leaves = np.array(counts, np.int64).reshape(1, -1)
    return cube_of(grid_of(replace(made, known=facts), PERIOD), Leaves(leaves, {}))


def fact(code: str, low: int = 0, high: int | None = None, *, hidden: bool = False, legacy: bool = False) -> Fact:
    return Fact({"site": (code,)}, None, low, high, hidden, legacy)


def hidden(result: Protected) -> set[str]:
    grid = result.figures.grid
    return {grid.axes[0].nodes[k].code for _, k in np.argwhere(result.figures.count.hidden)}


def checked(result: Protected) -> Oracle:
    """What enumeration says of a result that is to be published."""
    assert result.safe
    assert verify(result.figures, result.audit.proofs) == ()
    oracle = Oracle(result.figures)
    assert not oracle.exposed
    return oracle


@pytest.mark.parametrize("code", ["b", "c", "d", "T"])
def test_what_was_hidden_stays_hidden(code):
    result = protect(cube(fact(code, hidden=True)), b"")
    assert hidden(result) >= {"a", code}
    checked(result)


def test_verify_refuses_a_figure_that_was_hidden():
    result = protect(cube(fact("T", hidden=True), fact("a", hidden=True)), b"")
    shown = result.figures.count
    shown = Column(np.where(shown.hidden, 0, shown.values), shown.hidden & (np.arange(5) != 0))
    shown.values[0, 0] = sum(COUNTS)
    faults = verify(replace(result.figures, count=shown), result.audit.proofs)
    assert [str(f) for f in faults] == ["rule 1: count, site=T: a figure that an earlier release hides"]


def test_what_was_hidden_needs_a_reason_now():
    with pytest.raises(DisclosureError, match="hidden in an earlier release, but nothing hides them now: b"):
        protect(cube(fact("b", hidden=True), counts=(4, 5, 7, 9), tables=[{"levels": {"site": ["leaf"]}}]), b"")
    wish = {"where": {"site": ["b"]}, "ask": "hidden", "reason": "it was hidden before"}
    result = protect(cube(fact("b", hidden=True), counts=(4, 5, 7, 9), wishes=[wish]), b"")
    assert "b" in hidden(result)
    checked(result)


def test_known_parts_are_no_protection():
    """b and c are known: only d or the total can hide a."""
    result = protect(cube(fact("b", 5, 5), fact("c", 6, 7)), b"")
    assert hidden(result) in ({"a", "d"}, {"a", "T"})
    checked(result)


def test_an_earlier_release_that_shows_what_another_pattern_hides():
    facts = [fact(code, n, n) for code, n in zip("bcd", COUNTS[1:], strict=True)] + [fact("a", hidden=True)]
    assert not protect(cube(*facts), b"").safe, "with the total hidden, a can only be the small one"
    result = protect(cube(*facts, level="plausible"), b"")
    assert hidden(result) == {"a", "T"}, "every other cell was shown before"
    checked(result)
    with pytest.raises(DisclosureError, match="what is known tells too much of hidden counts: a; expected"):
        protect(cube(*facts, fact("T", sum(COUNTS), sum(COUNTS))), b"")


@pytest.mark.parametrize("rounding", [None, 2])
@pytest.mark.parametrize("level", ["justified", "plausible"])
def test_legacy_is_accepted_and_named(rounding, level):
    facts = [fact(code, n, n, legacy=True) for code, n in zip("bcdT", (*COUNTS[1:], sum(COUNTS)), strict=True)]
    accepted = protect(cube(*facts, fact("a", hidden=True, legacy=True), rounding=rounding, level=level), b"")
    assert hidden(accepted) == {"a"}
    assert legacy_of(accepted.figures).tolist() == [1]
    assert not len(accepted.audit.proofs["count"].cells)
    checked(accepted)
    with pytest.raises(DisclosureError, match="tells too much of hidden counts: a"):
        protect(cube(*facts, fact("a", hidden=True), rounding=rounding, level=level), b"")


def test_a_legacy_cell_may_be_the_small_one():
    result = protect(cube(fact("a", 1, 2, legacy=True), fact("b", hidden=True)), b"")
    assert hidden(result) >= {"a", "b"}
    assert legacy_of(result.figures).tolist() == [1]
    assert checked(result).ranges[2][1] > COUNTS[1]


def test_data_that_do_not_fit_are_named_without_their_counts():
    with pytest.raises(
        DisclosureError, match="the counts don't fit what is known, or declared empty: b; expected"
    ) as caught:
        protect(cube(fact("b", 6, 8)), b"")
    assert not set("0123456789") & set(str(caught.value).replace(str(PERIOD), ""))


def test_knowledge_that_contradicts_itself():
    facts = [fact("T", 10, 10), *(fact(code, 4) for code in "abc")]
    with pytest.raises(DisclosureError, match="what is known from elsewhere contradicts itself: "):
        protect(cube(*facts), b"")


def test_wishes_can_not_show_what_was_hidden():
    wish = {"where": {"site": ["b"]}, "ask": "shown", "reason": "it is so agreed"}
    with pytest.raises(DisclosureError, match="ask for counts to be shown that an earlier release hides: b"):
        protect(cube(fact("b", hidden=True), wishes=[wish]), b"")


def test_an_unpublished_leaf_that_is_known_is_no_protection():
    spec = "T all,a T leaf,b T leaf,c T leaf,u T unknown"
    result = protect(cube(fact("u", 9, 9), spec=spec), b"")
    assert len(hidden(result)) == 2, "the unknown leaf takes nothing up"
    checked(result)
    small = protect(cube(fact("u", 1, 2), spec=spec, counts=(5, 7, 9, 1)), b"")
    assert len(hidden(small)) == 2, "it is not told exactly"
    checked(small)


def test_verify_refuses_a_witness_that_what_is_known_rules_out():
    grid = cube(fact("a", high=4), spec="T all,a T leaf,b T leaf", counts=(2, 6), level="plausible").grid
    count = Column(np.array([[8, 0, 0]]), np.array([[False, True, True]]))
    figures = Figures(grid, count, {})
    proof = Proof(*(np.array(x) for x in ([0, 8], [0, 2], [0, 1], [5, -5], [1, 2], [0, 1], [1, 0], [0])))
    found = verify(figures, {"count": proof})
    assert [str(f) for f in found] == ["rule 5: count, site=a: what the rules don't allow in table 1: 5"]
    proved = audit(figures)
    assert proved.safe
    assert verify(figures, proved.proofs) == ()


def test_amounts_are_not_concerned():
    known = cube(fact("b", 5, 5), fact("T", hidden=True), measures=MEASURES)
    one, other = (protect(replace(c, sums={"m": AMOUNTS}), b"") for c in (known, cube(measures=MEASURES)))
    assert one.safe
    assert other.safe
    assert verify(one.figures, one.audit.proofs) == ()
    assert one.figures.sums["m"].hidden[0, 2] == one.figures.count.hidden[0, 2]


MEASURES = {"n": {"kind": "count", "label": "n"}, "m": {"kind": "sum", "label": "m"}}
AMOUNTS = Amounts(
    *(
        np.array([[2 * sum(COUNTS), *(2 * n for n in COUNTS)]]) if k == 0 else np.array([[sum(COUNTS), *COUNTS]])
        for k in range(2)
    ),
    *(np.array([[2 * (n > k) for n in (sum(COUNTS), *COUNTS)]]) for k in range(2)),
)
