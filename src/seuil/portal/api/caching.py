"""What a reader may keep: tags of answers, and whether the reader's copy still holds.

A release never changes, so an answer is made of the release, the address and what is asked there. What depends on the
clock (`now()`) or on chance (`random()`) is never kept.
"""

import hashlib
import re
from email.utils import format_datetime
from functools import cache
from importlib.metadata import version

from fastapi import Request

from seuil.portal.store.served import ServedRelease

_CHANGING = re.compile(r"\b(now|random)\s*\(", re.IGNORECASE)


def entity_tag(served: ServedRelease, dataset_id: str | None, request: Request, origin: str) -> str | None:
    """The tag of an answer about a dataset, or about the catalogue; None where the same question may get another one.

    Parameters count in any order, empty ones not at all. Raises UnknownDatasetError.
    """
    asked = sorted((name, value) for name, value in request.query_params.multi_items() if value)
    if any(_CHANGING.search(value) for _, value in asked):
        return None
    about = (served.sha256(None), served.sha256(dataset_id), origin, _program(), request.url.path.rstrip("/"))
    told = hashlib.sha256(repr((*about, asked)).encode()).hexdigest()
    return f'"{served.number}-{told[:20]}"'


def matches(request: Request, tag: str | None) -> bool:
    """Whether the reader already has the answer with this tag."""
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    return tag is not None and (tag in known or "*" in known)


def caching(tag: str | None, served: ServedRelease) -> dict[str, str]:
    """Headers: keep the answer, and ask each time whether it still holds; or don't keep it at all."""
    if tag is None:
        return {"Cache-Control": "no-store"}
    published = format_datetime(served.release.published, usegmt=True)
    return {"ETag": tag, "Last-Modified": published, "Cache-Control": "no-cache"}


@cache
def _program() -> str:
    return version("seuil")
