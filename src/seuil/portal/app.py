"""The portal as an ASGI application: one release, opened once, read by every request."""

from collections.abc import Sequence

from fastapi import APIRouter, FastAPI

from seuil.portal.pages.errors import install_error_pages
from seuil.portal.pages.routes import pages_router
from seuil.portal.pages.site import Site
from seuil.portal.pages.source import DataSource
from seuil.portal.security import SecurityHeaders
from seuil.portal.settings import Settings


def assemble(settings: Settings, source: DataSource, routers: Sequence[APIRouter] = ()) -> FastAPI:
    """The application that shows `source`: its pages, and `routers` beside them."""
    # FastAPI's own documentation pages load scripts from another host: they stay off.
    app = FastAPI(title=settings.site_name.fr, docs_url=None, redoc_url=None)
    site = Site(settings, source)
    for router in routers:
        app.include_router(router)
    app.include_router(pages_router(site))
    install_error_pages(app, site)
    app.add_middleware(SecurityHeaders)
    return app
