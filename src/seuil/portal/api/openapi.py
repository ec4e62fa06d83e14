"""The description of the API for machines, whole: what operations refer to, where it is, and the data's licence."""

from typing import Any

from fastapi import APIRouter, FastAPI, Response
from fastapi.openapi.utils import get_openapi

from seuil.portal.api.answers import ApiRoute, json_answer
from seuil.portal.api.documentation import SCHEMAS
from seuil.portal.store import Store

_ABOUT = (
    "The Explore API v2.1 over datasets whose hidden figures are proved. Read-only and open: no key, no registration. "
    "A hidden value is null in JSON and NS in CSV; what aggregates leave out is told in `hidden`."
)


def install_openapi(app: FastAPI, store: Store, public_url: str = "") -> None:
    """Let an application describe itself. public_url: scheme and host under which readers reach it."""

    def description() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes)
            made["info"]["license"] = _licence(store)
            made["servers"] = [{"url": public_url or "/"}]
            made["components"] = {"schemas": SCHEMAS | made.get("components", {}).get("schemas", {})}
            app.openapi_schema = made
        return app.openapi_schema

    def answer() -> Response:
        return json_answer(description())

    vars(app)["openapi"] = description  # as FastAPI's documents say to extend it
    routes = APIRouter(route_class=ApiRoute, include_in_schema=False)  # which scripts of every site may read
    routes.add_api_route("/openapi.json", answer, methods=["GET", "HEAD"], response_class=Response)
    app.include_router(routes)


def _licence(store: Store) -> dict[str, str]:
    """The licence of the first dataset: a portal has one, as a rule; each dataset's metadata name its own."""
    for entry in store.served().catalogue.entries:
        return {"name": entry.licence} | ({"url": entry.licence_url} if entry.licence_url else {})
    return {"name": "none: there is no dataset"}
