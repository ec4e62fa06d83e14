"""How places spread: a dot each along a scale, stacked where they would touch; the chosen one and the whole named."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from seuil.portal.drawings.scale import Number, scale_of

_RADIUS = 4
_STEP = 2 * _RADIUS + 1
_COLUMNS = 60
"""Dots of one column, this share of the width, are stacked."""


@dataclass(frozen=True)
class Dot:
    """A place with its figure, as a number and as people read it."""

    name: str
    value: float
    text: str
    chosen: bool = False


def dot_strip(dots: Sequence[Dot], whole: Dot | None, title: str, number: Number) -> Markup:
    """The picture. whole: the figure of the whole country, a line across."""
    scale = scale_of([d.value for d in dots] + ([whole.value] if whole else []), zero=False)
    columns: dict[int, int] = {}
    parts, placed = [], []
    for dot in sorted(dots, key=lambda d: (not d.chosen, d.value)):
        share = scale.share(dot.value)
        column = round(share * _COLUMNS)
        columns[column] = level = columns.get(column, 0) + 1
        placed.append((dot, share, level))
    height = 34 + max(columns.values(), default=1) * _STEP
    base = height - 4
    for tick in scale.ticks:
        x = f"{100 * scale.share(tick):.2f}%"
        parts.append(Markup('<line class="grid" x1="{x}" x2="{x}" y1="20" y2="{y}"/>').format(x=x, y=base))
        parts.append(
            Markup('<text class="tick" x="{x}" y="{y}" text-anchor="middle">{text}</text>').format(
                x=x, y=height + 14, text=number(tick, scale.decimals)
            )
        )
    if whole is not None:
        x = f"{100 * scale.share(whole.value):.2f}%"
        parts.append(Markup('<line class="trend grey" x1="{x}" x2="{x}" y1="16" y2="{y}"/>').format(x=x, y=base))
        parts.append(_name(whole, scale.share(whole.value), 11, "grey"))
    for dot, share, level in reversed(placed):
        kind, radius = ("own", _RADIUS + 2) if dot.chosen else ("other", _RADIUS)
        told = escape(f"{dot.name} : {dot.text}")
        place = f'cx="{100 * share:.2f}%" cy="{base - level * _STEP + _RADIUS}" r="{radius}"'
        parts.append(Markup(f'<circle class="dot {kind}" {place}><title>{told}</title></circle>'))
    chosen = next((place for place in placed if place[0].chosen), None)
    if chosen is not None:
        parts.append(_name(chosen[0], chosen[1], 27, "own"))
    return Markup(
        '<div class="strip"><svg class="drawing" width="100%" height="{height}" role="img" aria-label="{title}">{parts}'
        "</svg></div>"
    ).format(height=height + 20, title=title, parts=Markup("").join(parts))


def _name(dot: Dot, share: float, y: int, kind: str) -> Markup:
    anchor = "start" if share < 1 / 3 else "end" if share > 2 / 3 else "middle"
    return Markup('<text class="name {kind}" x="{x:.2f}%" y="{y}" text-anchor="{anchor}">{name} {text}</text>').format(
        kind=kind, x=100 * share, y=y, anchor=anchor, name=dot.name, text=dot.text
    )
