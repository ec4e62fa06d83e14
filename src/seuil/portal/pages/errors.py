"""What people read when something goes wrong: pages in plain words, without any detail of the machine."""

from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from seuil.model.errors import SeuilError
from seuil.portal.api.answers import not_allowed, not_found, refusal
from seuil.portal.pages.locale import locales
from seuil.portal.pages.site import Site, language_of
from seuil.portal.security import HEADERS

_RETRY_SECONDS = "10"


def install_error_pages(app: FastAPI, site: Site) -> None:
    """Answer errors outside the API with pages."""

    async def known(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if not _is_api(request):
            return _page(site, request, status)
        return not_allowed(request.method) if status == HTTPStatus.METHOD_NOT_ALLOWED else not_found(request.url.path)

    async def refused(request: Request, error: Exception) -> Response:
        # The store is busy, or what was asked costs too much now: the same page may be answered later.
        if _is_api(request):
            raise error
        answer = _page(site, request, 503)
        answer.headers["Retry-After"] = _RETRY_SECONDS
        return answer

    async def unknown(request: Request, _: Exception) -> Response:
        # This answer passes by every middleware, so it needs the headers itself.
        if _is_api(request):
            return refusal(500, "ServerError", "An error occurred on the server.", HEADERS)
        answer = _page(site, request, 500)
        answer.headers.update(HEADERS)
        return answer

    app.add_exception_handler(HTTPException, known)
    app.add_exception_handler(SeuilError, refused)
    app.add_exception_handler(Exception, unknown)


def _is_api(request: Request) -> bool:
    """Whether programs ask: the first API's downloads stand beside the vendor's pages."""
    path = request.url.path
    return path.startswith("/api/") or (path.startswith("/explore/") and path.rstrip("/").endswith("/download"))


def _page(site: Site, request: Request, status: int) -> Response:
    locale = locales()[language_of(request.url.path)]
    return site.page("error.html", request, locale, site.current(), status=status, code=status, fictitious=False)
