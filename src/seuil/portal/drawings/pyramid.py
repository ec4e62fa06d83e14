"""Ages as bars, of two sexes back to back: hidden figures are hatched stubs of one length, whatever they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from seuil.portal.charts.points import Status
from seuil.portal.drawings.line import Mark

ROW = 18
_BAR = 14
_HEAD = 22
_STUB = 5.0
"""Per cent of the picture that a hidden bar takes."""


@dataclass(frozen=True)
class Band:
    """An age and a figure for each side. chosen: whether it is the reader's."""

    label: str
    sides: tuple[Mark, ...]
    chosen: bool = False


def pyramid(bands: Sequence[Band], heads: Sequence[str], title: str) -> Markup:
    """The picture, the oldest on top. heads: names of the one or two sides."""
    highest = max((m.value for band in bands for m in band.sides if m.value is not None), default=0.0) or 1.0
    middle, room = (50.0, 42.0) if len(heads) > 1 else (16.0, 82.0)
    gap = 8.0 if len(heads) > 1 else 0.0
    parts = []
    for side, head in enumerate(heads):
        left = side == 0 and len(heads) > 1
        x, anchor = (middle - gap, "end") if left else (middle + gap, "start")
        parts.append(
            Markup('<text class="head" x="{x}%" y="12" text-anchor="{anchor}">{head}</text>').format(
                x=x, anchor=anchor, head=head
            )
        )
    for row, band in enumerate(reversed(bands)):
        y = _HEAD + row * ROW
        at, anchor = (middle, "middle") if len(heads) > 1 else (middle - 1, "end")
        parts.append(
            Markup('<text class="tick{chosen}" x="{x}%" y="{y}" text-anchor="{anchor}">{label}</text>').format(
                chosen=" chosen" if band.chosen else "", x=at, y=y + 11, anchor=anchor, label=band.label
            )
        )
        for side, mark in enumerate(band.sides):
            left = side == 0 and len(heads) > 1
            parts.append(_bar(mark, left=left, start=middle - gap if left else middle + gap, room=room - gap, y=y,
                              highest=highest, chosen=band.chosen))  # fmt: skip
    return Markup(
        '<svg class="drawing" width="100%" height="{height}" role="img" aria-label="{title}">{parts}</svg>'
    ).format(height=_HEAD + len(bands) * ROW, title=title, parts=Markup("").join(parts))


def _bar(mark: Mark, *, left: bool, start: float, room: float, y: int, highest: float, chosen: bool) -> Markup:
    if mark.value is None:
        length, kind = (_STUB, "hatched") if mark.status is Status.HIDDEN else (0.0, "none")
    else:
        length, kind = room * mark.value / highest, "bar chosen" if chosen else "bar"
    return Markup(
        '<rect class="{kind}" x="{x:.2f}%" y="{y}" width="{width:.2f}%" height="{height}"><title>{text}</title></rect>'
    ).format(kind=kind, x=start - length if left else start, y=y, width=length, height=_BAR, text=mark.text)
