"""A trend says where it has a gap, and of what kind; what is hidden is no gap."""

import pytest

from seuil.portal.charts.points import Status
from seuil.portal.drawings.line import Line, Mark, line_chart
from seuil.portal.pages.locale import locales
from seuil.portal.pages.subjects.gaps import gaps

FRENCH, ENGLISH = locales()["fr"], locales()["en"]
SIGNS = {"o": Status.OUTSIDE, "m": Status.MISSING, "h": Status.HIDDEN, "s": Status.SHOWN}


def line(signs: str) -> Line:
    """A year a letter, from 2010 on."""
    return Line("x", tuple(Mark(1.0 if sign == "s" else None, SIGNS[sign], sign) for sign in signs))


def said(signs: str) -> list[str]:
    return [text.partition(":")[0].strip() for text in gaps(line(signs), range(2010, 2010 + len(signs)), FRENCH)]


@pytest.mark.parametrize(
    ("signs", "years"),
    [("ssss", []), ("hsss", []), ("ooss", ["2010 à 2011"]), ("soss", ["2011"]), ("omsm", ["2010", "2011", "2013"]),
     ("oooo", []), ("oohh", ["2010 à 2011"])],
)  # fmt: skip
def test_each_run_of_years_without_a_row_is_named(signs: str, years: list[str]) -> None:
    assert said(signs) == years


def test_the_two_kinds_are_told_apart() -> None:
    outside, missing = gaps(line("oms"), (2010, 2011, 2012), ENGLISH)
    assert outside == "2010: this dataset has no row for it, hence the gap in the line."
    assert missing == "2011: no figure is available (ND), hence the gap in the line."


def test_no_line_leads_across_a_gap() -> None:
    assert str(line_chart([line("ss")], (2010, 2011), "t", FRENCH.compact)).count('class="trend own"') == 1
    assert str(line_chart([line("sos")], (2010, 2011, 2012), "t", FRENCH.compact)).count('class="trend own"') == 0
