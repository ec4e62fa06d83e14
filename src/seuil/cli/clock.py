"""The time that commands go by."""

import os
from datetime import UTC, datetime

from seuil.model.errors import UsageError

VARIABLE = "SOURCE_DATE_EPOCH"


def now() -> datetime:
    """The system's clock, or the seconds since 1970 in SOURCE_DATE_EPOCH, so that a release can be made again exactly
    (https://reproducible-builds.org/specs/source-date-epoch/). Raises UsageError if that is no whole number.
    """
    fixed = os.environ.get(VARIABLE)
    if fixed is None:
        return datetime.now(UTC)
    if not fixed.isdecimal():
        raise UsageError(f"{VARIABLE} is {fixed!r}; expected whole seconds since 1970")
    return datetime.fromtimestamp(int(fixed), UTC)
