"""A map of the departments: mainland France, and insets for what lies overseas and for Paris."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from seuil.portal.charts.classes import class_of
from seuil.portal.charts.outlines import OBJECT
from seuil.portal.charts.points import Point, Words, statuses
from seuil.portal.charts.theme import FILL, INK_SOFT, LETTER, NARROW, SEQUENCE, config

FULL_WIDTH = 600
_HEIGHT = 665
_SYMBOL = 34
"""Pixels of a legend entry beside its text."""

_STROKE = "#8a94a3"
_FRAME = "#c9d0d9"


@dataclass(frozen=True)
class Inset:
    """A part of the map with its own projection. Lengths are pixels at FULL_WIDTH; `at` is the middle of the inset."""

    name: str
    codes: tuple[str, ...]
    center: tuple[float, float]
    scale: float
    at: tuple[float, float]


_OVERSEAS = ("971", "972", "973", "974", "976")
_ROW = 592
_SIZE = 92
INSETS = (
    Inset("Paris", ("75", "92", "93", "94"), (2.34, 48.84), 7600, (50, _ROW)),
    Inset("Guadeloupe", ("971",), (-61.42, 16.18), 5200, (150, _ROW)),
    Inset("Martinique", ("972",), (-61.02, 14.64), 7600, (250, _ROW)),
    Inset("Guyane", ("973",), (-53.1, 3.95), 1080, (350, _ROW)),
    Inset("La Réunion", ("974",), (55.53, -21.13), 6400, (450, _ROW)),
    Inset("Mayotte", ("976",), (45.16, -12.82), 10500, (550, _ROW)),
)


def department_map(
    points: Sequence[Point],
    words: Words,
    *,
    lower: Sequence[float],
    labels: Sequence[str],
    outlines: str | dict[str, Any],
    width: int = FULL_WIDTH,
) -> dict[str, Any]:
    """The specification of the map, `width` pixels wide.

    points: one a department. lower, labels: the classes (`classes.bounds`) and a legend entry for each.
    outlines: the TopoJSON itself or its address.
    """
    ratio = width / FULL_WIDTH
    rows = [
        {"code": p.code, "nom": p.label, "texte": p.text, "classe": _class(p, words, lower, labels)} for p in points
    ]
    used = statuses(points)
    scale = alt.Scale(
        domain=[*labels, *(words.of(s) for s in used)], range=[*_colours(len(labels)), *(FILL[s] for s in used)]
    )
    legend = alt.Legend(
        title=words.measure,
        orient="bottom",
        direction="horizontal",
        columns=_legend_columns([*labels, *(words.of(s) for s in used)], width),
        symbolStrokeColor=_STROKE,
        offset=4,
    )
    fill = alt.Fill("classe:N", scale=scale, legend=legend, sort=None)
    tooltip = [
        alt.Tooltip("nom:N", title=words.title),
        alt.Tooltip("texte:N", title=words.measure),
    ]
    layers = [
        _land(_OVERSEAS, fill, tooltip, others=True).project(
            type="conicConformal",
            parallels=[44, 49],
            rotate=[-3, 0, 0],
            center=[0, 46.5],
            scale=3150 * ratio,
            translate=[309 * ratio, 252 * ratio],
        )
    ]
    for inset in INSETS:
        layers += [_box(inset, ratio), _inset(inset, ratio, fill, tooltip)]
        if width >= NARROW:
            layers.append(_name(inset, ratio))
    spec: dict[str, Any] = (
        alt.layer(*layers, data=_data(outlines))
        .transform_lookup(
            lookup="properties.code",
            from_=alt.LookupData(alt.InlineData(values=rows), key="code", fields=["nom", "texte", "classe"]),
        )
        .properties(width=width, height=round(_HEIGHT * ratio), description=words.measure)
        .configure(**config(words))
        .to_dict()
    )
    return spec


def _legend_columns(entries: Sequence[str], width: int) -> int:
    """As many as fit, three at most: a legend wider than the map would make the map smaller."""
    longest = max(len(entry) for entry in entries)
    return max(1, min(3, width // (longest * LETTER + _SYMBOL)))


def _class(point: Point, words: Words, lower: Sequence[float], labels: Sequence[str]) -> str:
    if point.value is None:
        return words.of(point.status)
    return labels[class_of(point.value, lower)]


def _colours(count: int) -> tuple[str, ...]:
    """`count` colours of the sequence, spread from its light to its dark end."""
    if count == 1:
        return (SEQUENCE[2],)
    return tuple(SEQUENCE[round(k * (len(SEQUENCE) - 1) / (count - 1))] for k in range(count))


def _data(outlines: str | dict[str, Any]) -> alt.InlineData | alt.UrlData:
    form = alt.TopoDataFormat(type="topojson", feature=OBJECT)
    if isinstance(outlines, str):
        return alt.UrlData(url=outlines, format=form)
    return alt.InlineData(values=outlines, format=form)


def _land(codes: tuple[str, ...], fill: alt.Fill, tooltip: list[alt.Tooltip], *, others: bool = False) -> alt.Chart:
    """The departments of these codes, or all others."""
    test = f"indexof({json.dumps(codes)}, datum.properties.code) {'<' if others else '>='} 0"
    mark = alt.Chart().mark_geoshape(stroke=_STROKE, strokeWidth=0.5)
    land: alt.Chart = mark.transform_filter(test).encode(fill=fill, tooltip=tooltip)
    return land


def _inset(inset: Inset, ratio: float, fill: alt.Fill, tooltip: list[alt.Tooltip]) -> alt.Chart:
    x, y = inset.at
    drawn: alt.Chart = _land(inset.codes, fill, tooltip).project(
        type="mercator", center=list(inset.center), scale=inset.scale * ratio, translate=[x * ratio, y * ratio]
    )
    return drawn


def _box(inset: Inset, ratio: float) -> alt.Chart:
    x, y, half = inset.at[0] * ratio, inset.at[1] * ratio, _SIZE * ratio / 2
    box: alt.Chart = (
        alt.Chart(alt.InlineData(values=[{}]))
        .mark_rect(stroke=_FRAME, fill="transparent", cornerRadius=3, tooltip=None)
        .encode(x=alt.value(x - half), x2=alt.value(x + half), y=alt.value(y - half), y2=alt.value(y + half))
    )
    return box


def _name(inset: Inset, ratio: float) -> alt.Chart:
    x, y = inset.at
    name: alt.Chart = (
        alt.Chart(alt.InlineData(values=[{"texte": inset.name}]))
        .mark_text(fontSize=11, color=INK_SOFT)
        .encode(x=alt.value(x * ratio), y=alt.value((y + _SIZE / 2 + 12) * ratio), text="texte:N")
    )
    return name
