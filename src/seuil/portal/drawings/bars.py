"""Bars over the categories of a dimension: what is hidden is a hatched stub of one length, whatever it is."""

from collections.abc import Sequence

from markupsafe import Markup

from seuil.portal.charts.points import Point, Status

_ROW, _BAR = 24, 16
_START, _ROOM = 34.0, 46.0
"""Per cent of the picture where bars begin, and how long the longest is: names stand before, figures behind."""

_STUB = 6.0
_LETTERS = 24
"""Of a name; a longer one is cut, and whole in its title and in the table beside the picture."""


def bar_chart(points: Sequence[Point], title: str, reach: Sequence[float] = ()) -> Markup:
    """The picture. A figure below 0 has no bar, only its number.

    reach: figures of pictures beside it, for one scale.
    """
    highest = max((*reach, *(p.value for p in points if p.value is not None)), default=0.0)
    parts = [_row(point, k * _ROW, highest if highest > 0 else 1.0) for k, point in enumerate(points)]
    return Markup(
        '<svg class="drawing bars" width="100%" height="{height}" role="img" aria-label="{title}">{parts}</svg>'
    ).format(height=max(len(points), 1) * _ROW, title=title, parts=Markup("").join(parts))


def _row(point: Point, y: int, highest: float) -> Markup:
    if point.value is None:
        length, kind = (_STUB, "hatched") if point.status is Status.HIDDEN else (0.0, "none")
    else:
        length, kind = _ROOM * max(point.value, 0.0) / highest, "bar"
    name = point.label if len(point.label) <= _LETTERS else point.label[: _LETTERS - 1] + "…"
    return Markup(
        '<g><title>{label} : {text}</title><text class="tick" x="{names}%" y="{base}" text-anchor="end">{name}</text>'
        '<rect class="{kind}" x="{start}%" y="{top}" width="{length:.2f}%" height="{bar}"/>'
        '<text class="value" x="{end:.2f}%" dx="5" y="{base}">{told}</text></g>'
    ).format(
        label=point.label,
        text=point.text,
        names=_START - 1.5,
        base=y + 16,
        name=name,
        kind=kind,
        start=_START,
        top=y + 4,
        length=length,
        bar=_BAR,
        end=_START + length,
        told="NS" if point.status is Status.HIDDEN else point.text,
    )
