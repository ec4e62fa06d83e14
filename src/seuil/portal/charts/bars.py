"""Bars over the categories of a dimension, or columns over periods. A hidden figure is a hatched band, not a 0."""

from collections.abc import Sequence
from typing import Any, Literal

import altair as alt

from seuil.portal.charts.points import Point, Status, Words, statuses
from seuil.portal.charts.theme import ACCENT, FILL, INK, INK_SOFT, LETTER, NARROW, TEXT_SIZE, config

Direction = Literal["bars", "columns"]
BAND = 26
"""Height of a bar with the space around it, in pixels."""

_BAR = 20
_WIDEST_COLUMN = 64
_COLUMNS_HEIGHT = 230
_GAP, _AXIS = 8, 60
"""Pixels that stay free between two figures, and that the axis takes."""

_ROOM, _ROOM_NARROW = 1.2, 1.4
"""The axis reaches beyond the longest bar, so that its figure has a place."""


def bars(points: Sequence[Point], words: Words, *, direction: Direction = "bars", width: int = 600) -> dict[str, Any]:
    """The specification of a bar chart whose whole picture is `width` pixels wide.

    A band as long as the axis stands for what is hidden or missing, so that nothing of its size can be read off it;
    where there is nothing, nothing stands.
    """
    shown = [p.value for p in points if p.value is not None]
    room = _ROOM if width >= NARROW else _ROOM_NARROW
    start, end = room * min([0.0, *shown]), room * (max([0.0, *shown]) or 1.0)
    base = alt.Chart().encode(
        tooltip=[alt.Tooltip("nom:N", title=words.title), alt.Tooltip("texte:N", title=words.measure)]
    )
    length: dict[str, Any] = {
        "scale": alt.Scale(domain=[start, end], nice=False),
        "axis": alt.Axis(tickCount=4 if width >= NARROW else 2, domain=False),
    }
    if direction == "bars":
        base = base.encode(
            alt.Y("nom:N", sort=None, title=None, axis=_names(width)), alt.X("valeur:Q", title=None, **length)
        )
    else:
        base = base.encode(
            alt.X("nom:N", sort=None, title=None, axis=_names(width)), alt.Y("valeur:Q", title=None, **length)
        )
    thickness = _BAR if direction == "bars" else min(_WIDEST_COLUMN, 0.7 * width / max(len(points), 1))
    layers = [base.mark_bar(cornerRadiusEnd=2, size=thickness).encode(fill=_fill(points, words))]
    if shown:
        layers.append(_figures(base, words, direction))
    spec: dict[str, Any] = (
        alt.layer(*layers, data=alt.InlineData(values=[_row(p, words, end) for p in points]))
        .properties(
            width=width,
            height=BAND * max(len(points), 2) if direction == "bars" else _COLUMNS_HEIGHT,
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
            description=words.measure,
        )
        .configure(**config(words))
        .to_dict()
    )
    return spec


def columns_fit(points: Sequence[Point], width: int) -> bool:
    """Whether the figure of every column has a place above it, on a picture that is `width` pixels wide."""
    letters = max((max(len(p.text), len(p.label)) for p in points if p.value is not None), default=0)
    return len(points) * (letters * LETTER + _GAP) <= width - _AXIS


def _row(point: Point, words: Words, end: float) -> dict[str, str | float]:
    length = 0.0 if point.status in (Status.EMPTY, Status.OUTSIDE) else end
    return {
        "nom": point.label,
        "texte": point.text,
        "valeur": length if point.value is None else point.value,
        "sorte": words.of(point.status) if point.value is None else words.measure,
    }


def _names(width: int) -> alt.Axis:
    return alt.Axis(labelLimit=max(90, width // 3), labelAngle=0, ticks=False, labelPadding=6)


def _fill(points: Sequence[Point], words: Words) -> alt.Fill:
    used = statuses(points)
    shown = any(p.status is Status.SHOWN for p in points)
    domain = ([words.measure] if shown else []) + [words.of(s) for s in used]
    colours = ([ACCENT] if shown else []) + [FILL[s] for s in used]
    legend = alt.Legend(title=None, orient="bottom", direction="horizontal", columns=2, symbolStrokeColor=INK_SOFT)
    return alt.Fill("sorte:N", scale=alt.Scale(domain=domain, range=colours), sort=None, legend=legend)


def _figures(base: alt.Chart, words: Words, direction: Direction) -> alt.Chart:
    place: dict[str, Any] = {"align": "left", "dx": 5} if direction == "bars" else {"baseline": "bottom", "dy": -5}
    shown = alt.FieldEqualPredicate(field="sorte", equal=words.measure)
    chart: alt.Chart = base.transform_filter(shown).mark_text(color=INK, fontSize=TEXT_SIZE, **place)
    return chart.encode(text="texte:N")
