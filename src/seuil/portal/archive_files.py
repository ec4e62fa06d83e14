"""`/archive/...`: the signed files themselves, so that readers can verify what the portal shows. Read only.

`/archive/fichiers.txt` has the address of each, one a line: `wget -x -nH -i fichiers.txt` makes a copy of the archive.
"""

import hashlib
import threading
from mimetypes import guess_type
from pathlib import Path
from weakref import WeakKeyDictionary

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from seuil.archive.history import PastRelease, history_of
from seuil.archive.layout import ROOT, TIMESTAMP
from seuil.archive.public_files import PublicFiles, public_files
from seuil.portal.archive_paths import LIST, PATH
from seuil.portal.store import Store
from seuil.portal.store.served import ServedRelease

_FOREVER = "public, max-age=31536000, immutable"
_ASK = "no-cache"


class ArchiveFiles:
    """The files beside the release that is served, and the releases before it, listed once for each release."""

    def __init__(self, store: Store, archive: Path, root: bytes | None, public_url: str) -> None:
        self._store, self._archive, self._root, self._public_url = store, archive, root, public_url
        self._lock = threading.Lock()
        self._found: WeakKeyDictionary[ServedRelease, PublicFiles] = WeakKeyDictionary()
        self._history: WeakKeyDictionary[ServedRelease, tuple[PastRelease, ...]] = WeakKeyDictionary()

    def files(self) -> PublicFiles:
        """The files of the archive as it stands with the served release. Raises ReleaseError."""
        return self._files(self._store.served())

    def history(self) -> tuple[PastRelease, ...]:
        """The release that is served and those before it. Raises ReleaseError."""
        served = self._store.served()
        with self._lock:
            if served not in self._history:
                self._history[served] = history_of(self._archive, served.number)
            return self._history[served]

    def _files(self, served: ServedRelease) -> PublicFiles:
        with self._lock:
            if served not in self._found:
                self._found[served] = public_files(self._archive, served.release, self._root)
            return self._found[served]

    def listed(self, request: Request) -> Response:
        """The addresses of all files."""
        origin = self._public_url or str(request.base_url).rstrip("/")
        lines = "".join(f"{origin}{PATH}/{path}\n" for path in self.files().paths)
        return Response(lines, media_type="text/plain; charset=utf-8", headers={"Cache-Control": _ASK})

    def file(self, path: str, request: Request) -> Response:
        """One of them."""
        served = self._store.served()
        found = self._files(served)
        if (data := found.metadata.get(path)) is not None:
            return _metadata(path, data, request)
        place = found.file(path)
        if place is None:
            raise HTTPException(404)
        tag = f'"{found.targets[path].sha256}"'
        headers = {"ETag": tag, "Cache-Control": _FOREVER}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        # The file is opened after this returns: until it is sent, the copy that it lies in has to stay.
        keep = BackgroundTask(getattr, served, "number")
        kind = guess_type(path)[0] or "application/octet-stream"
        return FileResponse(place, headers=headers, media_type=kind, background=keep)


def _metadata(path: str, data: bytes, request: Request) -> Response:
    tag = f'"{hashlib.sha256(data).hexdigest()}"'
    changing = path == ROOT or path.endswith(f"/{TIMESTAMP}")
    headers = {"ETag": tag, "Cache-Control": _ASK if changing else _FOREVER}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(data, media_type="application/json", headers=headers)


def archive_router(files: ArchiveFiles) -> APIRouter:
    """The addresses."""
    router = APIRouter(prefix=PATH, include_in_schema=False)
    router.add_api_route(f"/{LIST}", files.listed, methods=["GET", "HEAD"])
    router.add_api_route("/{path:path}", files.file, methods=["GET", "HEAD"])
    return router
