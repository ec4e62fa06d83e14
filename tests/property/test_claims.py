"""Every sentence made from a figure is true of it: for each pair of values that published figures leave open."""

import re
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from seuil.portal.pages.locale import locales
from seuil.portal.pages.subjects.claims import beside, by_how_much, compare, since
from seuil.portal.pages.subjects.ranges import Range

FRENCH, ENGLISH = locales()["fr"], locales()["en"]
NUMBER = re.compile(r"\d[\d\u202f,]*")


@st.composite
def truths(draw: st.DrawFn) -> tuple[Range, Fraction]:
    """A published figure's range, and a value that it can truly have."""
    low = draw(st.integers(0, 400) | st.integers(0, 10**7))
    high = low + draw(st.integers(0, 40) | st.integers(0, 10**6))
    below = draw(st.integers(1, 5000))
    value = draw(st.integers(low, high))
    return Range(Fraction(low, below), Fraction(high, below)), Fraction(value, below)


def numbers(text: str) -> list[Fraction]:
    """The numbers of a French text."""
    return [Fraction(found.replace("\u202f", "").replace(",", ".").strip(".")) for found in NUMBER.findall(text)]


def holds(text: str, one: Fraction, other: Fraction) -> bool:
    """Whether the size that a French text tells is true of two values."""
    told = numbers(text)
    if "fois" in text:
        factor = one / other
        return told[0] <= factor <= told[-1]
    change = (one / other - 1) * 100 if "de plus" in text else (1 - one / other) * 100
    if "au moins" in text:
        return change >= told[0]
    if "au plus" in text:
        return 0 < change <= told[0]
    return told[0] <= change <= told[-1]


@given(truths(), truths())
def test_a_sentence_about_two_figures_is_true_of_both(first: tuple[Range, Fraction], second: tuple[Range, Fraction]):
    (one, value), (other, against) = first, second
    claim = compare(one, other)
    if claim.relation == "more":
        assert value > against
    elif claim.relation == "less":
        assert value < against
    elif claim.relation == "same":
        assert value == against
    said = by_how_much(claim, FRENCH)
    assert bool(said) == (claim.relation in ("more", "less"))
    if said and against:
        assert holds(said, value, against), (said, value, against)


@given(truths(), truths())
def test_both_ways_of_saying_it_agree(first: tuple[Range, Fraction], second: tuple[Range, Fraction]):
    one, other = compare(first[0], second[0]), compare(second[0], first[0])
    opposite = {"more": "less", "less": "more", "same": "same", "unclear": "unclear"}
    assert other.relation == opposite[one.relation]


@given(truths(), truths())
def test_no_direction_is_told_that_is_not_proved(first: tuple[Range, Fraction], second: tuple[Range, Fraction]):
    claim = compare(first[0], second[0])
    place, year = beside(claim, "en France", FRENCH), since(claim, "2015", FRENCH)
    assert ("Plus élevé" in place) == ("En hausse" in year) == (claim.relation == "more")
    assert ("Moins élevé" in place) == ("En baisse" in year) == (claim.relation == "less")


def test_a_factor_of_two_is_told_as_a_multiple() -> None:
    claim = compare(Range(Fraction(95), Fraction(104)), Range(Fraction(35), Fraction(44)))
    assert by_how_much(claim, FRENCH) == "de 2,1 à 3,0 fois autant"
    assert beside(claim, "in France", ENGLISH) == "Higher than in France: 2.1 to 3.0 times as much."


def test_overlapping_ranges_prove_nothing() -> None:
    claim = compare(Range(Fraction(755), Fraction(764)), Range(Fraction(745), Fraction(755)))
    assert since(claim, "2015", FRENCH) == "L’arrondi ne permet pas de dire s’il a augmenté ou baissé depuis 2015."


def test_a_small_difference_is_not_told_as_none() -> None:
    claim = compare(Range(Fraction(1001), Fraction(1001)), Range(Fraction(1000), Fraction(1000)))
    assert beside(claim, "à Paris", FRENCH) == "Plus élevé qu’à Paris\u00a0: au plus 1\u00a0% de plus."
