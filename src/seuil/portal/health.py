"""`/health`: whether a release is served, and until when it can be opened. For the operator's monitoring."""

from datetime import UTC, datetime

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from seuil.archive import clock
from seuil.portal.store import Store
from seuil.portal.store.expiry import validity_of

PATH = "/health"


def health_router(store: Store) -> APIRouter:
    """The address. It answers 200 for as long as a release is served; what to watch is `status`."""
    router = APIRouter(include_in_schema=False)

    def health() -> Response:
        release = store.release
        found = validity_of(release, datetime.now(UTC), store.limits.expiry_warning_days)
        content = {
            "status": found.status,
            "release": release.number,
            "published": clock.text(release.published),
            "expires": clock.text(release.expires),
            "days_left": found.days,
        }
        return JSONResponse(content, headers={"Cache-Control": "no-store"})

    router.add_api_route(PATH, health, methods=["GET", "HEAD"])
    return router
