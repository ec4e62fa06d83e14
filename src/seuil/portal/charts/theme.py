"""Colours and letters of every picture: those of light in assets/css/tokens.css."""

from typing import Any

from seuil.portal.charts.points import Status, Words

INK = "#1f2a37"
INK_SOFT = "#566273"
LINE = "#d5dbe3"
ACCENT = "#0f5c7a"
SEQUENCE = ("#d9ecf2", "#a3cfdf", "#62a9c4", "#2a7d9f", "#0b4f6c")
"""Five classes from light to dark, of one hue: also readable in grey."""

FILL = {
    Status.HIDDEN: "url(#hachures)",
    Status.MISSING: "#b9b4a9",
    Status.EMPTY: "#ffffff",
    Status.OUTSIDE: "#eeece7",
}
"""Fills of what has no figure. The page holds the pattern `hachures`."""

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"
TEXT_SIZE = 12
LETTER = 7
"""Pixels that a letter of that size takes at most, on average."""

NARROW = 480
"""Pixels below which a picture has a phone's width."""


def config(words: Words) -> dict[str, Any]:
    """Vega-Lite's configuration: calm axes, no frame, numbers as the language writes them."""
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "locale": {
            "number": {"decimal": words.decimal, "thousands": words.thousands, "grouping": [3], "currency": ["", ""]}
        },
        "axis": {
            "labelColor": INK_SOFT,
            "titleColor": INK_SOFT,
            "labelFontSize": TEXT_SIZE,
            "titleFontSize": TEXT_SIZE,
            "titleFontWeight": "normal",
            "gridColor": LINE,
            "domainColor": LINE,
            "tickColor": LINE,
        },
        "legend": {
            "labelColor": INK,
            "titleColor": INK,
            "labelFontSize": TEXT_SIZE,
            "titleFontSize": TEXT_SIZE,
            "titleFontWeight": 600,
            "titleLimit": 0,
            "labelLimit": 0,
            "symbolType": "square",
            "symbolSize": 260,
            "symbolStrokeWidth": 1,
        },
    }
