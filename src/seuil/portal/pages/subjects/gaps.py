"""Years in which a trend has no figure though nothing is kept secret: the line has a gap there, and this says why.

Mayotte's population begins in 2014, a specialty when it is counted apart: what a table doesn't have stays a gap, and
no line leads across it.
"""

from collections.abc import Sequence
from itertools import groupby

from seuil.portal.charts.points import Status
from seuil.portal.drawings.line import Line
from seuil.portal.pages.locale import Locale


def gaps(line: Line, periods: Sequence[int], locale: Locale) -> tuple[str, ...]:
    """A sentence for each run of such years; nothing where no year has a figure or is hidden."""
    marks = list(zip(periods, line.marks, strict=True))
    if all(mark.status in (Status.OUTSIDE, Status.MISSING) for mark in line.marks):
        return ()
    found = []
    for status, run in groupby(marks, key=lambda one: one[1].status):
        years = [period for period, _ in run]
        if status in (Status.OUTSIDE, Status.MISSING):
            found.append(_said(status, years[0], years[-1], locale))
    return tuple(found)


def _said(status: Status, first: int, last: int, locale: Locale) -> str:
    span = str(first) if first == last else locale.gettext("%(first)s to %(last)s", first=first, last=last)
    if status is Status.MISSING:
        return locale.gettext("%(years)s: there is no figure (ND), so the line has a gap.", years=span)
    return locale.gettext("%(years)s: this dataset has no such row, so the line has a gap.", years=span)
