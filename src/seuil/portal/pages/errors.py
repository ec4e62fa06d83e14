"""What people read when something goes wrong: pages in plain words, without any detail of the machine."""

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from seuil.model.errors import SeuilError
from seuil.portal.pages.locale import locales
from seuil.portal.pages.site import Site, language_of
from seuil.portal.security import HEADERS

_RETRY_SECONDS = "10"


def install_error_pages(app: FastAPI, site: Site) -> None:
    """Answer errors outside the API with pages."""

    async def known(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        if _is_api(request) and isinstance(error, HTTPException):
            return await http_exception_handler(request, error)
        return _page(site, request, status)

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
            return JSONResponse(
                {"error_code": "ServerError", "message": "An error occurred on the server."}, 500, headers=HEADERS
            )
        answer = _page(site, request, 500)
        answer.headers.update(HEADERS)
        return answer

    app.add_exception_handler(HTTPException, known)
    app.add_exception_handler(SeuilError, refused)
    app.add_exception_handler(Exception, unknown)


def _is_api(request: Request) -> bool:
    return request.url.path.startswith("/api/")


def _page(site: Site, request: Request, status: int) -> Response:
    locale = locales()[language_of(request.url.path)]
    return site.page("error.html", request, locale, site.current(), status=status, code=status, fictitious=False)
