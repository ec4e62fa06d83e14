"""A trend: a line over periods with the range of each figure, others in grey, hatching where one is hidden."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from seuil.portal.charts.points import Status
from seuil.portal.drawings.scale import Number, Scale, scale_of

_HEIGHT, _LOW = 200, 84
_TICKS, _FEW_TICKS = 6, 2
_FOOT = 26
_ABOVE, _BELOW = -10, 20
_MOST_LABELS = 6


@dataclass(frozen=True)
class Mark:
    """A figure of a period. low, high: what it can truly be. text: as people read it, or why there is none."""

    value: float | None
    status: Status
    text: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Line:
    """A place over all periods. grey: it stands beside the one that the picture is of.

    broken: places of the marks that no line leads to, since they don't continue those before.
    """

    name: str
    marks: tuple[Mark, ...]
    grey: bool = False
    broken: frozenset[int] = frozenset()

    @property
    def figures(self) -> tuple[float, ...]:
        """All that a scale has to hold: figures, and what they can truly be."""
        return tuple(v for mark in self.marks for v in (mark.value, mark.low, mark.high) if v is not None)


@dataclass(frozen=True)
class _Frame:
    """Where things stand: along the picture in per cent, up and down in pixels."""

    scale: Scale
    count: int
    height: int

    def x(self, k: float) -> str:
        return f"{100 * (k + 0.5) / self.count:.2f}%"

    def y(self, value: float) -> str:
        return f"{self.height * (1 - self.scale.share(value)):.1f}"


def line_chart(
    lines: Sequence[Line],
    periods: Sequence[int],
    title: str,
    number: Number,
    *,
    small: bool = False,
    reach: Sequence[float] = (),
) -> Markup:
    """The picture, low where it is small. lines: the one that it is of comes last, each with a mark a period.

    number: writes the ticks. reach: figures of pictures beside it, for one scale.
    """
    values = [*(figure for line in lines for figure in line.figures), *reach]
    near_zero = not values or min(values) < max(values) / 2
    scale = scale_of(values, zero=near_zero, ticks=_FEW_TICKS if small else _TICKS)
    frame = _Frame(scale, len(periods), _LOW if small else _HEIGHT)
    parts = [*_grid(frame, number), *_periods(periods, frame)]
    parts += [_break(k, frame) for k in sorted(lines[-1].broken)] if lines else []
    for line in lines:
        parts += list(_line(line, frame))
    if not small or len(lines) > 1:
        parts += list(_names(lines, frame))
    return Markup(
        '<div class="plot"><svg class="drawing" width="100%" height="{height}" role="img" aria-label="{title}">{parts}'
        "</svg></div>"
    ).format(height=frame.height + _FOOT, title=title, parts=Markup("").join(parts))


def _grid(frame: _Frame, number: Number) -> Iterator[Markup]:
    for tick in frame.scale.ticks:
        y = frame.y(tick)
        yield Markup('<line class="grid" x1="0" x2="100%" y1="{y}" y2="{y}"/>').format(y=y)
        text = number(tick, frame.scale.decimals)
        yield Markup('<text class="tick" x="0" dx="-6" y="{y}" dy="4" text-anchor="end">{text}</text>').format(
            y=y, text=text
        )


def _periods(periods: Sequence[int], frame: _Frame) -> Iterator[Markup]:
    every = -(-len(periods) // _MOST_LABELS)
    for k, period in enumerate(periods):
        if (len(periods) - 1 - k) % every == 0:
            yield Markup('<text class="tick" x="{x}" y="{y}" text-anchor="middle">{period}</text>').format(
                x=frame.x(k), y=frame.height + 18, period=period
            )


def _line(line: Line, frame: _Frame) -> Iterator[Markup]:
    kind = "grey" if line.grey else "own"
    for k, mark in enumerate(line.marks):
        if mark.status is Status.HIDDEN and not line.grey:
            yield _hatch(k, frame, mark.text)
        before = line.marks[k - 1] if k else None
        if mark.value is not None and before is not None and before.value is not None and k not in line.broken:
            yield Markup('<line class="trend {kind}" x1="{x1}" x2="{x2}" y1="{y1}" y2="{y2}"/>').format(
                kind=kind, x1=frame.x(k - 1), x2=frame.x(k), y1=frame.y(before.value), y2=frame.y(mark.value)
            )
    for k, mark in enumerate(line.marks):
        if mark.value is None:
            continue
        if not line.grey and mark.low is not None and mark.high is not None and mark.low < mark.high:
            yield Markup('<line class="span" x1="{x}" x2="{x}" y1="{y1}" y2="{y2}"/>').format(
                x=frame.x(k), y1=frame.y(mark.low), y2=frame.y(mark.high)
            )
        yield Markup('<circle class="dot {kind}" cx="{x}" cy="{y}" r="{r}"><title>{text}</title></circle>').format(
            kind=kind, x=frame.x(k), y=frame.y(mark.value), r=3 if line.grey else 4, text=mark.text
        )


def _break(k: int, frame: _Frame) -> Markup:
    return Markup('<line class="break" x1="{x}" x2="{x}" y1="0" y2="{y}"/>').format(x=frame.x(k - 0.5), y=frame.height)


def _hatch(k: int, frame: _Frame, text: str) -> Markup:
    return Markup(
        '<rect class="hatched" x="{x}" width="{width}" y="0" height="{height}"><title>{text}</title></rect>'
        '<text class="hatch-name" x="{middle}" y="{y}" text-anchor="middle">NS</text>'
    ).format(
        x=frame.x(k - 0.35),
        width=f"{70 / frame.count:.2f}%",
        height=frame.height,
        text=text,
        middle=frame.x(k),
        y=frame.height / 2,
    )


def _names(lines: Sequence[Line], frame: _Frame) -> Iterator[Markup]:
    """Each line's name at its last figure: above the highest line, below the others where there is room."""
    ends = []
    for line in lines:
        last = next(((k, m.value) for k, m in reversed(list(enumerate(line.marks))) if m.value is not None), None)
        if last is not None:
            ends.append((last[1], line, last[0]))
    for place, (value, line, k) in enumerate(sorted(ends, key=lambda end: -end[0])):
        yield Markup(
            '<text class="name {kind}" x="{x}" dx="8" y="{y}" dy="{dy}" text-anchor="end">{name}</text>'
        ).format(
            kind="grey" if line.grey else "own",
            x=frame.x(k),
            y=frame.y(value),
            dy=_BELOW if place and float(frame.y(value)) + _BELOW <= frame.height else _ABOVE,
            name=line.name,
        )
