"""A picture as a file of its own: with title, legend, source and release, as it is put into a report."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from seuil.portal.drawings.style import hatch, style

WIDTH = 640
_EDGE, _TICKS = 20, 60
"""Pixels: around the picture, and for the numbers left of an axis."""

_TITLE, _PANEL, _TEXT, _NOTE = (22, 9.6), (26, 7.6), (18, 6.9), (16, 6.4)
"""Pixels: the height of a line, and the width of a letter on average."""

_KEY, _KEY_ROW = (22, 14), 22
_DRAWING = re.compile(r'<svg class="([^"]*)"([^>]*)>(.*)</svg>', re.DOTALL)
_LINK = re.compile(r"</?a\b[^>]*>")


@dataclass(frozen=True)
class Frame:
    """What stands around the pictures. notes: source, licence, address."""

    title: str
    subtitle: str
    notes: Sequence[str]


@dataclass(frozen=True)
class Drawing:
    """A picture as a page holds it, with whatever stands around its `<svg class="...">`.

    keys: class of a fill and its meaning. name: of one among several. notes: what is to be known of it.
    """

    markup: Markup
    keys: tuple[tuple[str, str], ...]
    name: str = ""
    notes: tuple[str, ...] = ()


def standalone(drawings: Sequence[Drawing], frame: Frame, language: str, *, dark: bool = True) -> str:
    """The file, `WIDTH` wide, one picture below the other.

    dark: whether it turns dark on a dark page; alone and in print it is light.
    """
    sheet = _Sheet()
    sheet.lines(frame.title, "title", _TITLE)
    sheet.lines(frame.subtitle, "subtitle", _TEXT)
    for k, drawing in enumerate(drawings):
        if drawing.name:
            sheet.lines(drawing.name, "panel", _PANEL)
        sheet.drawing(drawing.markup)
        if k + 1 == len(drawings) or drawings[k + 1].keys != drawing.keys:  # said once where all have the same
            sheet.keys(drawing.keys)
        for note in drawing.notes:
            sheet.lines(note, "note", _NOTE)
    for note in frame.notes:
        sheet.lines(note, "note", _NOTE)
    return str(
        Markup(
            '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" '
            'xml:lang="{language}" role="img" aria-label="{title}, {subtitle}"><style>{style}</style>{hatch}'
            '<rect class="paper" width="{width}" height="{height}"/>{parts}</svg>\n'
        ).format(
            width=WIDTH,
            height=sheet.y + _EDGE,
            language=language,
            title=frame.title,
            subtitle=frame.subtitle,
            style=Markup(style(dark=dark)),
            hatch=Markup(hatch()),
            parts=Markup("").join(sheet.parts),
        )
    )


class _Sheet:
    """Fills a page from its top. y: how far it is filled."""

    def __init__(self) -> None:
        self.parts: list[Markup] = []
        self.y = _EDGE - 6

    def lines(self, text: str, css: str, size: tuple[int, float]) -> None:
        height, letter = size
        for line in _wrapped(text, int((WIDTH - 2 * _EDGE) / letter)):
            self.y += height
            self._text(line, css, _EDGE)

    def drawing(self, picture: Markup) -> None:
        found = _DRAWING.search(str(picture))
        if found is None:
            raise ValueError("expected a picture with <svg class=...>")
        kinds, attributes, inside = found.groups()
        box = _attribute(attributes, "viewBox")
        left = _EDGE if box or "bars" in kinds.split() else _EDGE + _TICKS
        width = WIDTH - _EDGE - left
        if box:
            wide, high = map(int, box.split()[2:])
            height = round(width * high / wide)
        else:
            height = int(_attribute(attributes, "height"))
        self.y += 14
        self.parts.append(
            Markup(
                '<svg class="{kinds}" x="{x}" y="{y}" width="{width}" height="{height}"{box} overflow="visible">'
            ).format(
                kinds=kinds,
                x=left,
                y=self.y,
                width=width,
                height=height,
                box=Markup(' viewBox="{box}"').format(box=box) if box else "",
            )
            + Markup(_LINK.sub("", inside))
            + Markup("</svg>")
        )
        self.y += height + 10

    def keys(self, keys: Sequence[tuple[str, str]]) -> None:
        """Two a row; one where a text takes more than half of it, on as many lines as it needs."""
        column, room = 0, (WIDTH - 2 * _EDGE) // 2
        letter = _TEXT[1]
        for fill, text in keys:
            long = (_KEY[0] + 6) + len(text) * letter > room
            if column == 0 or long:
                self.y += _KEY_ROW
                column = 0
            x = _EDGE + column * room
            self.parts.append(
                Markup('<rect class="area {fill}" x="{x}" y="{y}" width="{width}" height="{height}"/>').format(
                    fill=fill, x=x, y=self.y - 12, width=_KEY[0], height=_KEY[1]
                )
            )
            lines = _wrapped(text, int((WIDTH - 2 * _EDGE - _KEY[0] - 6) / letter))
            for k, line in enumerate(lines):
                self.y += _TEXT[0] if k else 0
                self._text(line, "key", x + _KEY[0] + 6)
            column = 0 if long or column else 1
        self.y += 12

    def _text(self, text: str, css: str, x: int) -> None:
        self.parts.append(
            Markup('<text class="{css}" x="{x}" y="{y}">{text}</text>').format(css=css, x=x, y=self.y, text=text)
        )


def _attribute(attributes: str, name: str) -> str:
    """The value of an attribute, empty where there is none."""
    found = re.search(rf'\b{name}="([^"]*)"', attributes)
    return found[1] if found else ""


def _wrapped(text: str, most: int) -> list[str]:
    """Lines of at most so many letters; a longer word, such as an address, is cut."""
    lines: list[str] = []
    for word in text.split(" "):
        pieces = [word[k : k + most] for k in range(0, len(word), most)]
        if pieces and lines and len(lines[-1]) + 1 + len(pieces[0]) <= most:
            lines[-1] += f" {pieces.pop(0)}"
        lines += pieces
    return lines
