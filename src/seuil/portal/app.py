"""The portal as an ASGI application, over the release that an archive serves."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter, FastAPI

from seuil.portal.pages.errors import install_error_pages
from seuil.portal.pages.routes import pages_router
from seuil.portal.pages.site import Site
from seuil.portal.pages.source import DataSource
from seuil.portal.security import SecurityHeaders
from seuil.portal.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The portal of the archive that the settings name: pages, API and exports.

    Raises ReleaseError that names what is wrong where the archive's release can't be trusted.
    """
    from seuil.portal.api import router
    from seuil.portal.store import Store

    store = Store.open(settings.archive)
    return assemble(settings, store.served, [router(store, public_url=settings.public_url)])


def assemble(settings: Settings, current: Callable[[], DataSource], routers: Sequence[APIRouter] = ()) -> FastAPI:
    """The application that shows the release that `current` gives: its pages, and `routers` beside them."""
    # FastAPI's own documentation pages load scripts from another host: they stay off.
    app = FastAPI(title=settings.site_name.fr, docs_url=None, redoc_url=None)
    site = Site(settings, current)
    for router in routers:
        app.include_router(router)
    app.include_router(pages_router(site))
    install_error_pages(app, site)
    app.add_middleware(SecurityHeaders)
    return app
