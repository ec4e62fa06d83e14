"""The time that commands go by."""

import os
from datetime import UTC, datetime

from seuil.model.errors import UsageError
from seuil.model.formulas import whole_number

VARIABLE = "SOURCE_DATE_EPOCH"
LATEST = int(datetime(9000, 1, 1, tzinfo=UTC).timestamp())  # what is dated may still run for years after it


def now() -> datetime:
    """The system's clock, or the seconds since 1970 in SOURCE_DATE_EPOCH, so that a release can be made again exactly
    (https://reproducible-builds.org/specs/source-date-epoch/). Raises UsageError if that is no whole number.
    """
    fixed = os.environ.get(VARIABLE)
    if fixed is None:
        return datetime.now(UTC)
    seconds = whole_number(fixed)
    if seconds is None or seconds > LATEST:
        raise UsageError(f"{VARIABLE} is {fixed[:80]!r}; expected whole seconds since 1970")
    return datetime.fromtimestamp(seconds, UTC)
