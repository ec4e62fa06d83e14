"""Classes of the style sheet that fill a map: five shades from light to dark, and one for each reason of no figure."""

from seuil.portal.charts.classes import CLASSES
from seuil.portal.charts.points import Status

NO_FIGURE = {Status.HIDDEN: "hatched", Status.MISSING: "missing", Status.EMPTY: "empty", Status.OUTSIDE: "outside"}


def shade(k: int, count: int) -> str:
    """The k-th of `count` shades, from 0, spread over all that there are; the middle one where there is one only."""
    darkest = CLASSES - 1
    return f"c{darkest // 2 if count == 1 else round(k * darkest / (count - 1))}"
