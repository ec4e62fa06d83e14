"""The store: opens the archive's release, and follows when another one is published."""

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from seuil.archive.copy import copy_release
from seuil.archive.layout import METADATA, TIMESTAMP
from seuil.archive.memory import Memory
from seuil.archive.release import Release
from seuil.catalogue.entry import Catalogue, Entry
from seuil.model.errors import ReleaseError, SeuilError
from seuil.odsql import Compiled, Schema
from seuil.portal.store.expiry import ExpiryLog
from seuil.portal.store.limits import Limits
from seuil.portal.store.queries import Room, Rows, Turns
from seuil.portal.store.served import Page, ServedRelease

_log = logging.getLogger(__name__)

_Fingerprint = tuple[int, int, int] | None


class Store:
    """What the portal reads: the release that is served now.

    A request that asks more than one question takes `served()` once and asks that, so that all its answers come from
    one release. A new release that can't be opened is logged, and the one before stays served.
    """

    def __init__(self, archive: Path, limits: Limits, trusted_root: bytes | None, memory: Memory | None) -> None:
        self.limits = limits
        self._archive = archive
        self._trusted_root = trusted_root
        self._memory = memory
        self._turns = Turns(limits)
        self._opened = self._fingerprint()
        self._served = self._open(None)
        self._expiry = ExpiryLog(limits.expiry_warning_days)
        self._expiry.look(self._served.release)
        self._checked = time.monotonic()
        self._refreshing = threading.Lock()
        self._last_problem = ""

    @classmethod
    def open(
        cls,
        archive: Path,
        *,
        limits: Limits | None = None,
        trusted_root: bytes | None = None,
        memory: Memory | None = None,
    ) -> "Store":
        """Open and verify the release that the archive serves, and copy it into a private folder.

        limits: by default those of the environment. trusted_root: the bytes of the root where trust starts, by default
        the archive's own. memory: what was trusted at an earlier start, after which nothing older is taken; nothing is
        remembered where it is None. Raises ReleaseError that names the file and what is wrong with it.
        """
        return cls(archive, limits or Limits(), trusted_root, memory)

    def served(self) -> ServedRelease:
        """The release to answer from. Every `reload_seconds` it looks, cheaply, whether there is another one."""
        if time.monotonic() - self._checked >= self.limits.reload_seconds:
            self._checked = time.monotonic()
            self._expiry.look(self._served.release)
            if self._fingerprint() != self._opened and not self._refreshing.locked():
                # Verifying reads every file: the request at hand doesn't wait for it.
                threading.Thread(target=self.refresh, name="seuil-refresh", daemon=True).start()
        return self._served

    def refresh(self) -> bool:
        """Serve the archive's newest release if it isn't the one that is served. Says whether it changed."""
        with self._refreshing:
            found = self._fingerprint()
            if found == self._opened:
                return False
            try:
                served = self._open(self._served)
            except SeuilError as error:
                self._tell(str(error))
                return False
            self._served, self._opened, self._last_problem = served, found, ""
            _log.info("release %s is served", served.number)
            return True

    @property
    def spooled_bytes(self) -> int:
        """Bytes of files that are being sent or kept."""
        return self._turns.disk.held

    @property
    def waiting_exports(self) -> int:
        """Exports that wait for their turn."""
        return self._turns.exports.waiting

    @property
    def release(self) -> Release:
        """Which release is served."""
        return self.served().release

    @property
    def catalogue(self) -> Catalogue:
        """Its datasets."""
        return self.served().catalogue

    def entry(self, dataset_id: str) -> Entry:
        """See `ServedRelease.entry`."""
        return self.served().entry(dataset_id)

    def schema(self, dataset_id: str) -> Schema:
        """See `ServedRelease.schema`."""
        return self.served().schema(dataset_id)

    def size(self, dataset_id: str, fmt: str) -> int | None:
        """See `ServedRelease.size`."""
        return self.served().size(dataset_id, fmt)

    def rows(
        self,
        dataset_id: str,
        *,
        equal: Mapping[str, str | int | tuple[str, ...]],
        columns: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        limit: int = 50,
        offset: int = 0,
    ) -> Page:
        """See `ServedRelease.rows`."""
        return self.served().rows(
            dataset_id, equal=equal, columns=columns, order_by=order_by, limit=limit, offset=offset
        )

    def run(self, dataset_id: str, compiled: Compiled) -> Rows:
        """See `ServedRelease.stream`."""
        return self.served().stream(compiled, dataset_id)

    def _open(self, before: ServedRelease | None) -> ServedRelease:
        earlier = None if before is None else before.release
        seen = earlier.seen if earlier else self._memory.read() if self._memory else None
        room = Room()
        try:
            release = copy_release(
                self._archive, room.folder / "release", trusted_root=self._trusted_root, seen=seen, before=earlier
            )
        except ReleaseError as error:
            if earlier or not (seen and self._memory):
                raise
            raise ReleaseError(
                f"{error}. What was seen of this archive before lies in {self._memory.file}: expected the same keys "
                "and nothing older. If the archive was recreated on purpose, remove that file"
            ) from None
        served = ServedRelease(release, room, self.limits, self._turns)
        served.prepare()
        if self._memory is not None:
            self._memory.write(release.seen)
        return served

    def _fingerprint(self) -> _Fingerprint:
        """Changes whenever `timestamp.json`, the one file that says what is served, is replaced."""
        try:
            found = (self._archive / METADATA / TIMESTAMP).stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _tell(self, problem: str) -> None:
        """Log a problem once, however often it is met."""
        if problem != self._last_problem:
            self._last_problem = problem
            _log.error("release %s stays served: the new one can't be: %s", self._served.number, problem)
