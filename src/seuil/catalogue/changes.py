"""What a release says otherwise than the one before, counted: `changes.json` is one `ReleaseChanges`.

It is made from the files of both releases, all of them public; whoever verifies an archive makes it anew and compares.
Counts only: which figures they are is for whoever compares the tables. Releases from before there were any have none.
"""

import json
from typing import Literal

from pydantic import ValidationError

from seuil.catalogue.entry import Frozen
from seuil.model.errors import ReleaseError
from seuil.model.text import Text

CHANGES = "changes.json"


class PeriodChanges(Frozen):
    """A period of a collection, in its table of all figures.

    added, left_out: rows that only this release, or only the one before, has. hidden, shown: figures that were shown
    before and are hidden now, and the other way round. revised: figures that are shown in both, with another value.
    """

    period: int
    kind: Literal["new", "gone", "changed"]
    added: int
    left_out: int
    hidden: int
    shown: int
    revised: int


class CollectionChanges(Frozen):
    """A collection. periods: those that are not as they were. columns: dimensions and measures of only one of them."""

    id: str
    datasets: tuple[str, ...]
    title: Text
    kind: Literal["new", "gone", "changed", "same"]
    periods: tuple[PeriodChanges, ...]
    columns: tuple[str, ...]


class ReleaseChanges(Frozen):
    """previous: the release before, None for the first, of which everything is new."""

    release: int
    previous: int | None
    collections: tuple[CollectionChanges, ...]


def write_changes(changes: ReleaseChanges) -> bytes:
    """`changes.json`: UTF-8, fields in the model's order; the same changes give the same bytes."""
    return (json.dumps(changes.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n").encode()


def read_changes(content: bytes) -> ReleaseChanges:
    """The changes from the bytes of `changes.json`. Raises ReleaseError if they are none."""
    try:
        return ReleaseChanges.model_validate_json(content)
    except ValidationError as problem:
        error = problem.errors(include_url=False)[0]
        place = ".".join(str(x) for x in error["loc"]) or "file"
        raise ReleaseError(f"{CHANGES}: {place}: {error['msg']}; expected the changes of the release") from None
