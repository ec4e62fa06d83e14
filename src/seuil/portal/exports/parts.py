"""Requests for parts of a file (`Range`), settled before the file is sent: RFC 9110, section 14.

What sends the files (`FileResponse`) refuses a header that it can't read, and refuses in plain text. Here such a header
counts as none, as the standard has it; parts that begin behind the end of the file are left out; and where no part is
left the API refuses as it always does.
"""

import re

from fastapi import Request

from seuil.model.errors import SeuilError

_LISTED = re.compile(r"\s*bytes\s*=(.*)", re.IGNORECASE)
_PART = re.compile(r"\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*")
_Part = tuple[str, str]


class UnsatisfiableRangeError(SeuilError):
    """None of the parts that are asked for lies in the file. size: its bytes."""

    def __init__(self, said: str, size: int) -> None:
        self.size = size
        super().__init__(f"The range {said} lies outside the file, which has {size} bytes.")


def settle_parts(request: Request, headers: dict[str, str], size: int) -> None:
    """Leave in the request the parts that can be sent. headers: of the answer; size: of the file, in bytes.

    Raises UnsatisfiableRangeError.
    """
    said = request.headers.get("range")
    if said is None:
        return
    condition = request.headers.get("if-range")
    # Who has parts of another version of the file wants all of this one.
    holds = condition is None or condition in (headers.get("ETag"), headers.get("Last-Modified"))
    asked = _parts(said) if holds else []
    parts = [part for part in asked if _lies_within(part, size)]
    if asked and not parts:
        raise UnsatisfiableRangeError(said, size)
    others = [(name, value) for name, value in request.scope["headers"] if name != b"range"]
    settled = "bytes=" + ",".join(f"{first}-{last}" for first, last in parts)
    request.scope["headers"] = [*others, (b"range", settled.encode())] if parts else others


def _parts(said: str) -> list[_Part]:
    """The first and the last byte of each part, as they are said; none where the header can't be read."""
    listed = _LISTED.fullmatch(said)
    found = [_PART.fullmatch(one) for one in listed[1].split(",") if one.strip()] if listed else []
    parts = [(one[1], one[2]) for one in found if one is not None]
    return parts if len(parts) == len(found) and all(map(_is_sound, parts)) else []


def _is_sound(part: _Part) -> bool:
    first, last = part
    return bool(first or last) and not (first and last and int(first) > int(last))


def _lies_within(part: _Part, size: int) -> bool:
    first, last = part
    return int(first) < size if first else min(int(last), size) > 0
