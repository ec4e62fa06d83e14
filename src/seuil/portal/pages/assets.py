"""Style sheets, scripts and outlines, each under an address that changes with its content."""

import hashlib
from functools import cache
from importlib.resources import files
from mimetypes import guess_type

from fastapi import APIRouter, HTTPException, Response

from seuil.portal.charts import bundle

FOREVER = "public, max-age=31536000, immutable"
_FILES = ("css/site.css", "js/pictures.js", "js/copy.js", "favicon.svg", "geo/departements.topojson")
_BUNDLE = "js/vega.js"

router = APIRouter(prefix="/assets")


@cache
def address(name: str) -> str:
    """Where the browser finds an asset, its version in the address."""
    if name == _BUNDLE:
        return f"/assets/js/{bundle.name()}"
    return f"/assets/{name}?v={hashlib.sha256(_read(name)).hexdigest()[:12]}"


@router.api_route("/{name:path}", methods=["GET", "HEAD"])
def asset(name: str) -> Response:
    """One of the files above, or the script that draws pictures."""
    if name == f"js/{bundle.name()}":
        content, kind = bundle.script(), "text/javascript"
    elif name in _FILES:
        content, kind = _read(name), _type(name)
    else:
        raise HTTPException(404)
    return Response(content, media_type=kind, headers={"Cache-Control": FOREVER})


@cache
def _read(name: str) -> bytes:
    return files("seuil.portal").joinpath("assets", name).read_bytes()


def _type(name: str) -> str:
    return "application/json" if name.endswith(".topojson") else guess_type(name)[0] or "application/octet-stream"
