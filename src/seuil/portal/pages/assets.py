"""Style sheets, scripts and outlines, each under an address that changes with its content."""

import hashlib
from functools import cache
from importlib.resources import files
from mimetypes import guess_type

from fastapi import APIRouter, HTTPException, Response

FOREVER = "public, max-age=31536000, immutable"
_FILES = (
    "css/site.css",
    "css/tokens.css",
    "css/subjects.css",
    "js/console.js",
    "js/copy.js",
    "js/letter.js",
    "js/suggest.js",
    "js/witness.js",
    "favicon.svg",
    "geo/departements.topojson",
)

router = APIRouter(prefix="/assets")


@cache
def address(name: str) -> str:
    """Where the browser finds an asset, its version in the address."""
    return f"/assets/{name}?v={hashlib.sha256(_read(name)).hexdigest()[:12]}"


@router.api_route("/{name:path}", methods=["GET", "HEAD"])
def asset(name: str) -> Response:
    """One of the files above."""
    if name not in _FILES:
        raise HTTPException(404)
    return Response(_read(name), media_type=_type(name), headers={"Cache-Control": FOREVER})


@cache
def _read(name: str) -> bytes:
    return files("seuil.portal").joinpath("assets", name).read_bytes()


def _type(name: str) -> str:
    return "application/json" if name.endswith(".topojson") else guess_type(name)[0] or "application/octet-stream"
