"""The portal as an ASGI application, over the release that an archive serves."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter, FastAPI

from seuil.model.errors import UsageError
from seuil.portal.pages.errors import install_error_pages
from seuil.portal.pages.routes import pages_router
from seuil.portal.pages.site import Site
from seuil.portal.pages.source import DataSource
from seuil.portal.security import SecurityHeaders
from seuil.portal.settings import Settings


def create_app(settings: Settings) -> FastAPI:
    """The portal of the archive that the settings name: pages, API and exports.

    Raises ReleaseError that names what is wrong where the archive's release can't be trusted, UsageError where the root
    or the folder of the state can't be read.
    """
    from seuil.archive.memory import Memory
    from seuil.portal.api import router
    from seuil.portal.health import health_router
    from seuil.portal.store import Store

    memory = None if settings.state is None else Memory(settings.state, settings.archive)
    store = Store.open(settings.archive, trusted_root=_root(settings), memory=memory)
    routers = [router(store, public_url=settings.public_url), health_router(store)]
    return assemble(settings, store.served, routers)


def _root(settings: Settings) -> bytes | None:
    if settings.root is None:
        return None
    try:
        return settings.root.read_bytes()
    except OSError as error:
        raise UsageError(f"{settings.root}: {error.strerror}; expected a root.json that you kept") from None


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
