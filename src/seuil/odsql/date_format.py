"""The patterns of `date_format`: letters stand for parts of a date, all else for itself.

| symbols | gives |
|---|---|
| yy, YY; yyyy, YYYY | year, two digits; four |
| xx; xxxx | year of the week (ISO 8601), two digits; four |
| M, MM; MMM, MMMM | month as a number; as a name, short and long |
| w, ww | week of its year |
| D, DD, DDD; d, dd | day of the year; of the month |
| e; E, EEEE | day of the week, Monday 1; as a name, short and long |
| H, HH; m, mm; s, ss | hour, minute, second |

Numbers have at least as many digits as the symbol has letters. Text stands in single quotes where it has letters; two
single quotes are one.
"""

import re
from functools import cache
from typing import Literal

from babel import Locale

from seuil.odsql.meaning import Piece

SYMBOLS = frozenset("yYxwDdeEMHms")
LANGUAGES = ("fr", "en", "nl", "pt", "it", "ar", "de", "es", "ca", "eu", "sv")
"""Languages of the Explore API, in which days and months have names."""

_TOKEN = re.compile(r"'((?:[^']|'')*)'|(([A-Za-z])\3*)|([^A-Za-z']+)")
_LONGEST = 8
_Width = Literal["abbreviated", "wide"]


def read_pattern(pattern: str, language: str) -> tuple[Piece, ...]:
    """The pieces of a pattern. Raises ValueError that says what can't be read."""
    pieces = []
    position = 0
    while position < len(pattern):
        match = _TOKEN.match(pattern, position)
        if match is None:
            raise ValueError("a quote that doesn't end")
        quoted, symbol, letter, plain = match.groups()
        if symbol is not None:
            if letter not in SYMBOLS or len(symbol) > _LONGEST:
                raise ValueError(f"{symbol} is no part of a date; text stands in single quotes")
            pieces.append(Piece(symbol, names=_names(symbol, language)))
        else:
            pieces.append(Piece(None, plain if plain is not None else quoted.replace("''", "'") or "'"))
        position = match.end()
    return tuple(pieces)


@cache
def _names(symbol: str, language: str) -> tuple[str, ...]:
    """The names that a symbol writes, the first of its month or of its day of the week first."""
    width: _Width = "wide" if len(symbol) >= 4 else "abbreviated"
    locale = Locale.parse(language)
    if symbol[0] == "E":
        return tuple(locale.days["format"][width][day] for day in range(7))
    if symbol[0] == "M" and len(symbol) >= 3:
        return tuple(locale.months["format"][width][month] for month in range(1, 13))
    return ()
