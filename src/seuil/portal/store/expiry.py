"""Until when the release that is served can be opened, and what the log says of it before and after."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from seuil.archive import clock
from seuil.archive.release import Release

_log = logging.getLogger(__name__)
_RENEW = "renew the timestamp with `seuil archive refresh`, which holds for as long as its release and its root do"


@dataclass(frozen=True)
class Validity:
    """status: `expiring` within the days of the setting, `expired` when no start succeeds. days: whole ones left."""

    status: Literal["ok", "expiring", "expired"]
    days: int


def validity_of(release: Release, now: datetime, warning_days: int) -> Validity:
    """How long a release can still be opened."""
    if release.expires <= now:
        return Validity("expired", 0)
    days = (release.expires - now).days
    return Validity("expiring" if days < warning_days else "ok", days)


class ExpiryLog:
    """Tells the log once a day of a release that is, or will soon be, out of date."""

    def __init__(self, warning_days: int) -> None:
        self._warning_days = warning_days
        self._told: object = None

    def look(self, release: Release, now: datetime | None = None) -> None:
        """Tell, unless this day's state has been told."""
        moment = now or datetime.now(UTC)
        found = validity_of(release, moment, self._warning_days)
        state = (release.expires, found.status, moment.date())
        if found.status == "ok" or state == self._told:
            return
        self._told = state
        until = clock.text(release.expires)
        if found.status == "expired":
            text = "release %s is out of date since %s: it stays served, but the portal can't be restarted; %s"
            _log.error(text, release.number, until, _RENEW)
        else:
            text = "release %s can be opened until %s, for %s days more; %s"
            _log.warning(text, release.number, until, found.days, _RENEW)
