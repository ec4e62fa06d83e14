"""Colours and letters of a picture that is a file of its own: the rules of the pages' sheets, their tokens put in."""

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

_OWN = (
    ".paper { fill: var(--paper); }",
    ".title { font: 600 18px var(--font); fill: var(--ink); }",
    ".panel { font: 600 14px var(--font); fill: var(--ink); }",
    ".subtitle, .key { font: 13px var(--font); fill: var(--ink); }",
    ".note { font: 12px var(--font); fill: var(--ink-soft); }",
)
_DRAWN = re.compile(r"\.(drawing|grid|trend|break|dot|span|hatch\w*|bar|area|box|disc|outlined|place)\b")
_DARK, _NIGHT = "@media (prefers-color-scheme: dark)", "@media screen and (prefers-color-scheme: dark)"


@cache
def style(*, dark: bool = True) -> str:
    """The rules. A selector with a state of a page, such as `:hover`, is left out.

    dark: with those of a dark page, for whoever follows them. A converter to pixels gets the light ones alone.
    """
    light = _tokens(":root {")
    rules = [(_filled(rule, light), _filled(rule, light | _tokens(_NIGHT))) for rule in (*_OWN, *_drawn())]
    by_night = "".join(night for day, night in rules if night != day)
    return "".join(day for day, _ in rules) + (f"{_DARK} {{ {by_night} }}" if dark else "")


@cache
def policy() -> str:
    """The content security policy of such a file in a browser: its own style, by its hash, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@cache
def hatch() -> str:
    """The pattern that hatched shapes are filled with."""
    sheet = _read("assets/hatch.svg")
    return sheet[sheet.index("<defs>") : sheet.index("</defs>") + len("</defs>")]


def _drawn() -> list[str]:
    """The rules for drawings, as the sheet of the pages has them."""
    sheet = _read("assets/css/subjects.css")
    start = sheet.index("/* Pictures */")
    plain = re.sub(r"/\*.*?\*/", "", sheet[start : sheet.index("@media", start)])
    return [
        f"{selector.strip()} {{ {' '.join(body.split())} }}"
        for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", plain)
        if _DRAWN.search(selector) and ":" not in selector
    ]


def _tokens(block: str) -> dict[str, str]:
    """The tokens of a block of the sheet of tokens, by how it begins."""
    sheet = _read("assets/css/tokens.css")
    start = sheet.index(block)
    return dict(re.findall(r"(--[\w-]+): ([^;]+);", sheet[start : sheet.index("}", start)]))


def _filled(rule: str, tokens: dict[str, str]) -> str:
    return re.sub(r"var\((--[\w-]+)\)", lambda token: tokens[token[1]], rule)


def _read(name: str) -> str:
    return files("seuil.portal").joinpath(name).read_text(encoding="utf-8")
