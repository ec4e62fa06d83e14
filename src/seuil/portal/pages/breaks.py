"""Breaks of a series: periods from which on its figures don't continue those before, as the definition says.

No line leads across one, no change is told across it, and its note stands beside every trend that it concerns.
"""

from collections.abc import Mapping, Sequence

from seuil.catalogue.entry import Break, Dimension, Entry
from seuil.portal.pages.locale import Locale


def breaks_of(entry: Entry, codes: Mapping[str, str]) -> tuple[Break, ...]:
    """The breaks of the series of a cell. codes: by dimension."""
    return tuple(one for one in entry.breaks if all(codes.get(name) in among for name, among in one.where.items()))


def broken(breaks: Sequence[Break], periods: Sequence[int]) -> frozenset[int]:
    """The places of the periods that no line leads to: the first one from a break on."""
    later = ((k for k, period in enumerate(periods) if period >= one.period) for one in breaks)
    return frozenset(k for k in (next(places, 0) for places in later) if k)


def comparable(breaks: Sequence[Break], periods: Sequence[int], period: int) -> list[int]:
    """The periods, up to `period`, that no break parts from it."""
    since = max((one.period for one in breaks if one.period <= period), default=periods[0])
    return [p for p in periods if since <= p <= period]


def notes(breaks: Sequence[Break], locale: Locale) -> tuple[str, ...]:
    """A sentence for each."""
    return tuple(
        locale.gettext("%(period)s: break in the series. %(note)s", period=one.period, note=locale.text(one.note))
        for one in breaks
    )


def concerned(entry: Entry, one: Break, locale: Locale) -> str:
    """What a break concerns, in words: the topmost nodes of each dimension that it names; empty for all there is."""
    named = (dimension for dimension in entry.dimensions if dimension.name in one.where)
    return "; ".join(f"{locale.text(d.label)}{locale.gettext(': ')}{_nodes(d, one, locale)}" for d in named)


def _nodes(dimension: Dimension, one: Break, locale: Locale) -> str:
    among = one.where[dimension.name]
    return ", ".join(locale.text(n.label) for n in dimension.nodes if n.code in among and n.parent not in among)
