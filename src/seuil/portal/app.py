"""The portal as an ASGI application, over the release that an archive serves."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute
from starlette_compress import CompressMiddleware, add_compress_type

from seuil.model.errors import UsageError
from seuil.portal.disconnect import StopWhenGone
from seuil.portal.kept_pages import KeptPages
from seuil.portal.logs import RequestLog
from seuil.portal.networks import read_networks
from seuil.portal.pages.chart_routes import chart_router
from seuil.portal.pages.console import console_router
from seuil.portal.pages.errors import install_error_pages
from seuil.portal.pages.figure_routes import figure_router
from seuil.portal.pages.images import images_router
from seuil.portal.pages.proof import proof_router
from seuil.portal.pages.releases import releases_router
from seuil.portal.pages.routes import pages_router
from seuil.portal.pages.site import Site
from seuil.portal.pages.source import ArchiveShown, DataSource
from seuil.portal.pages.subjects.routes import subjects_router
from seuil.portal.rate_limit import RateLimit
from seuil.portal.security import SecurityHeaders
from seuil.portal.settings import Settings

COMPRESSED_FROM = 500
"""Bytes of an answer from which it is compressed, if the reader takes zstd, br or gzip."""
_TEXTS = ("text/csv", "application/jsonl", "application/vnd.google-earth.kml+xml", "text/turtle", "text/n3")
"""Types of files that are texts, which the middleware doesn't know of."""


def create_app(settings: Settings) -> FastAPI:
    """The portal of the archive that the settings name: pages, API and exports.

    Raises ReleaseError that names what is wrong where the archive's release can't be trusted, UsageError where the root
    or the folder of the state can't be read.
    """
    from seuil.archive.memory import Memory
    from seuil.portal.api import asked_most, router
    from seuil.portal.api.openapi import install_openapi
    from seuil.portal.archive_files import ArchiveFiles, archive_router
    from seuil.portal.feeds.routes import feeds_router
    from seuil.portal.health import health_router
    from seuil.portal.mcp.endpoint import install_mcp
    from seuil.portal.package import package_router
    from seuil.portal.store import Store

    memory = None if settings.state is None else Memory(settings.state, settings.archive)
    root = _root(settings)
    store = Store.open(settings.archive, trusted_root=root, memory=memory)
    archive = ArchiveFiles(store, settings.archive, root, settings.public_url)
    api = router(store, public_url=settings.public_url)
    routers = [
        api,
        health_router(store),
        archive_router(archive),
        package_router(store, settings),
        feeds_router(store, settings, lambda: archive.files().metadata),
    ]
    app = assemble(settings, store.served, routers, archive, asked_most(api))
    install_openapi(app, store, settings.public_url)
    install_mcp(app, store, settings.public_url)
    if settings.metrics_for.strip():
        from seuil.portal.metrics import install_metrics

        install_metrics(app, store, read_networks(settings.metrics_for, "SEUIL_METRICS_FOR"))
    return app


def _root(settings: Settings) -> bytes | None:
    if settings.root is None:
        return None
    try:
        return settings.root.read_bytes()
    except OSError as error:
        raise UsageError(f"{settings.root}: {error.strerror}; expected a root.json that you kept") from None


def assemble(
    settings: Settings,
    current: Callable[[], DataSource],
    routers: Sequence[APIRouter] = (),
    archive: ArchiveShown | None = None,
    first: Sequence[BaseRoute] = (),
) -> FastAPI:
    """The application that shows the release that `current` gives: its pages, and `routers` beside them.

    archive: the archive that the release is from, where its files are given out. first: routes to try before others.
    """
    # FastAPI's own documentation pages load scripts from another host: they stay off.
    app = FastAPI(title=settings.site_name.fr, openapi_url=None, docs_url=None, redoc_url=None)
    site = Site(settings, current)
    app.router.routes.extend(first)
    app.include_router(console_router(site))  # before the API, which answers every address below its own
    for router in routers:
        app.include_router(router)
    app.include_router(pages_router(site))
    app.include_router(chart_router(site))
    app.include_router(figure_router(site))
    app.include_router(images_router(site))
    app.include_router(proof_router(site, archive))
    app.include_router(releases_router(site, archive))
    app.include_router(subjects_router(site))
    install_error_pages(app, site)
    # What is added last is outermost: pages are packed and kept first; a reader who leaves stops that; refusals get
    # the security headers too.
    for media_type in _TEXTS:
        add_compress_type(media_type)
    app.add_middleware(CompressMiddleware, minimum_size=COMPRESSED_FROM)
    app.add_middleware(KeptPages, current=current, settings=settings)
    app.add_middleware(StopWhenGone)
    if settings.requests_per_minute:
        unlimited = read_networks(settings.unlimited, "SEUIL_UNLIMITED")
        app.add_middleware(RateLimit, per_minute=settings.requests_per_minute, unlimited=unlimited)
    app.add_middleware(SecurityHeaders)
    if settings.log_requests:
        app.add_middleware(RequestLog)
    return app
