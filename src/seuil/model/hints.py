"""What a text probably was before a spreadsheet, or a person, wrote it otherwise: codes and whole numbers.

Codes: `1` was `01` (a zero is lost), `05-sept` was `05-09` (taken for a date), `2a` is `2A`, `1.0` is `1`.
Numbers: a decimal comma, a space between thousands, a minus, a percent sign, a remark beside the number.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable

MONTHS = (
    ("janv", "jan"),
    ("févr", "fevr", "fév", "fev", "feb"),
    ("mars", "mar"),
    ("avr", "apr"),
    ("mai", "may"),
    ("juin", "jun"),
    ("juil", "jul"),
    ("août", "aout", "aoû", "aug"),
    ("sept", "sep"),
    ("oct",),
    ("nov",),
    ("déc", "dec"),
)
_MONTH = {name: k for k, names in enumerate(MONTHS, start=1) for name in names}
_DATE = re.compile(r"(?:(\d{1,4})[-./ ]([^\W\d_]{3,5})\.?|([^\W\d_]{3,5})\.?[-./ ](\d{1,4}))", re.IGNORECASE)
_WHOLE_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([ T]00:00:00)?|\d{1,2}[/.]\d{1,2}[/.]\d{4}")
_RANGE = re.compile(r"\d+-\d+")
_WHOLE = re.compile(r"[0-9]+")

EMPTY, NEGATIVE, COMMA, SPACE = "nothing", "a negative number", "a decimal comma", "a space within a number"
POINT, NO_NUMBER = "a number that is not whole", "a text that is no number"


def meant(text: str, codes: Collection[str]) -> str | None:
    """The one code that a text most probably stands for; None where it is a code, or nothing speaks for one."""
    if text in codes:
        return None
    found = [code for code in dict.fromkeys(_variants(text)) if code in codes]
    if not found:
        folded = text.casefold().replace(" ", "")
        found = [code for code in codes if code.casefold().replace(" ", "") == folded]
    return found[0] if len(found) == 1 else None


def did_you_mean(text: str, codes: Collection[str]) -> str:
    """A question to add to a message, empty where nothing is known."""
    code = meant(text, codes)
    return f" (did you mean {code}?)" if code is not None else ""


def look_alike(codes: Iterable[str]) -> tuple[str, str] | None:
    """Two codes that one was probably written as: `1` and `01`, `2a` and `2A`, an accent in one character or in two."""
    seen: dict[str, str] = {}
    for code in codes:
        other = seen.setdefault(_bare(code), code)
        if other != code:
            return other, code
    return None


def _bare(code: str) -> str:
    """A code without what is hardly seen: capitals, zeros before a number, spaces, what has no width."""
    text = unicodedata.normalize("NFKC", code).casefold()
    seen = "".join(c for c in text if not c.isspace() and unicodedata.category(c) not in ("Cf", "Cc"))
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", seen)


def date_of(text: str, codes: Collection[str]) -> str | None:
    """The range of numbers that a spreadsheet made a date of; None unless other codes are such ranges."""
    if not any(_RANGE.fullmatch(code) for code in codes):
        return None
    found = list(_from_date(text))
    return found[0] if found else None


def is_whole_date(text: str) -> bool:
    """Whether a text is a day with its year, which a spreadsheet makes of ranges of numbers too: `05/09/2026`."""
    return _WHOLE_DATE.fullmatch(text) is not None


def _variants(text: str) -> list[str]:
    plain = text.removesuffix(".0")
    zeros = [plain.zfill(width) for width in range(len(plain) + 1, len(plain) + 6)] if plain else []
    if "-" in plain:
        zeros += ["-".join(part.zfill(2) for part in plain.split("-"))]
    return [plain, *zeros, *_from_date(text)]


def _from_date(text: str) -> list[str]:
    """`05-sept` was 05-09, and `oct-14` was 10-14; the numbers with and without zeros."""
    match = _DATE.fullmatch(text)
    if match is None:
        return []
    day, month, first, year = match.groups()
    number, name = (day, month) if day is not None else (year, first)
    place = _MONTH.get(name.casefold())
    if place is None or int(number) > 99:
        return []
    pairs = [(int(number), place), (place, int(number))]
    if day is None or number == str(place):
        pairs.reverse()
    return [f"{a:0{width}}-{b:0{width}}" for a, b in pairs for width in (2, 1)]


def why_no_count(text: str) -> str:
    """Why a text is no whole number from 0, in the words of this module."""
    if not text:
        return EMPTY
    plain = re.sub(r"\s", "", text)
    if _WHOLE.fullmatch(plain):
        return SPACE if plain != text else NO_NUMBER
    if re.fullmatch(r"[-\u2212\u2013][0-9]+([.,][0-9]+)?", plain):
        return NEGATIVE
    if re.fullmatch(r"[0-9]+,[0-9]+", plain):
        return COMMA
    if re.fullmatch(r"[0-9]+\.[0-9]+", plain):
        return POINT
    return NO_NUMBER
