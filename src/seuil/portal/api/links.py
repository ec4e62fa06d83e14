"""Links of answers: `{"href": address, "rel": what it is}`."""

from collections.abc import Iterable
from urllib.parse import urlencode

from seuil.portal.api.asked import Asked, Json


def link(href: str, rel: str) -> Json:
    """One link."""
    return {"href": href, "rel": rel}


def formats(address: str, names: Iterable[str]) -> list[Json]:
    """A link to each format of an export."""
    return [link(f"{address}/{name}", name) for name in names]


def pages(asked: Asked, limit: int, offset: int, total: int | None) -> list[Json]:
    """The page itself, and the first, last, next and previous ones. total: rows, None where it isn't known."""
    links = [link(_page(asked, limit, offset), "self"), link(_page(asked, limit, 0), "first")]
    if limit > 0 and total is not None:
        last = max(0, (total - 1) // limit * limit)
        links.append(link(_page(asked, limit, last), "last"))
        if offset + limit < total:
            links.append(link(_page(asked, limit, offset + limit), "next"))
    if limit > 0 and offset > 0:
        links.append(link(_page(asked, limit, max(0, offset - limit)), "prev"))
    return links


def _page(asked: Asked, limit: int, offset: int) -> str:
    others = [(name, value) for name, value in asked.query.multi_items() if name not in ("limit", "offset")]
    page = [*others, ("limit", str(limit)), ("offset", str(offset))]
    return f"{asked.origin}{asked.path.rstrip('/')}?{urlencode(page)}"
