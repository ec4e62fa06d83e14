"""A rank that is told holds for every value that the published figures leave open."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st
from tests.helpers.portal_fakes import TERRITORY, FakeStore

from seuil.portal.charts.points import Status
from seuil.portal.pages.subjects.ranges import Range, Reading
from seuil.portal.pages.subjects.ranking import ENDS, rank

MEASURE = FakeStore().entry("patients").measures[0]


@st.composite
def figures(draw: st.DrawFn) -> list[tuple[Reading, Fraction]]:
    """Readings of some places, each with a value that it can truly have."""
    found = []
    for _ in range(draw(st.integers(1, 25))):
        low = draw(st.integers(0, 60))
        high = low + draw(st.integers(0, 3))
        published = draw(st.integers(low, high))
        reading = Reading(MEASURE, float(published), Status.SHOWN, "", Range(Fraction(low), Fraction(high)), True)
        found.append((reading, Fraction(draw(st.integers(low, high)))))
    return found


@given(figures())
def test_a_rank_is_the_true_one(found: list[tuple[Reading, Fraction]]) -> None:
    nodes = TERRITORY.nodes[1 : len(found) + 1]
    ranking = rank([(node, reading) for node, (reading, _) in zip(nodes, found, strict=True)])
    true = {node.code: value for node, (_, value) in zip(nodes, found, strict=True)}
    for place in (*ranking.top, *ranking.bottom):
        if place.rank is not None:
            others = [value for code, value in true.items() if code != place.node.code]
            assert place.rank == 1 + sum(value > true[place.node.code] for value in others)
            assert all(value != true[place.node.code] for value in others)


@given(figures(), st.sampled_from([Status.HIDDEN, Status.MISSING]))
def test_no_rank_is_told_beside_a_figure_that_is_not_shown(
    found: list[tuple[Reading, Fraction]], status: Status
) -> None:
    hidden = Reading(MEASURE, None, status, "NS", None, True)
    places = zip(TERRITORY.nodes, [hidden, *(reading for reading, _ in found)], strict=False)
    ranking = rank(list(places))
    assert ranking.hidden == 1
    assert all(place.rank is None for place in ranking.places)


def test_places_far_apart_are_ranked_at_both_ends() -> None:
    readings = [
        Reading(MEASURE, 10.0 * k, Status.SHOWN, "", Range(Fraction(10 * k - 4), Fraction(10 * k + 5)), True)
        for k in range(1, 21)
    ]
    ranking = rank(list(zip(TERRITORY.nodes, readings, strict=False)))
    assert [place.rank for place in ranking.top] == [1, 2, 3, 4, 5]
    assert [place.rank for place in ranking.bottom] == [20, 19, 18, 17, 16]
    assert len(ranking.top) == len(ranking.bottom) == ENDS
