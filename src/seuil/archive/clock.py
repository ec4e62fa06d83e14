"""One way to say when: UTC, whole seconds, as TUF writes times."""

from datetime import UTC, datetime

BEFORE_EVERYTHING = datetime(1970, 1, 1, tzinfo=UTC)
"""As the time of reading: nothing has expired. For those who must read an archive in order to renew it."""


def utc(now: datetime | None) -> datetime:
    """`now`, or the system's clock for None, in UTC and whole seconds. Raises ValueError for a time without zone."""
    if now is None:
        now = datetime.now(UTC)
    if now.tzinfo is None:
        raise ValueError("a time without a zone can't be compared with the times of a release")
    return now.astimezone(UTC).replace(microsecond=0)


def text(moment: datetime) -> str:
    """`moment` as it is written in metadata and messages: 2026-03-01T12:00:00Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def moment(written: str) -> datetime:
    """Inverse of `text`. Raises ValueError for another form."""
    return datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
