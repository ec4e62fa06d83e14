"""Protect a table of counts given by hand, and show what comes of it (confidential)."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seuil.disclosure.constraints.problem import COUNT
from seuil.disclosure.cube.cube import cube_of
from seuil.disclosure.progress import Progress
from seuil.disclosure.protect import Protected, protect
from seuil.html import Page
from seuil.model.errors import DisclosureError, UsageError
from seuil.tables.frame_input import InputTable
from seuil.tables.layout import Layout
from seuil.tables.leaves import read_leaves_of
from seuil.tables.loss import legacy_words
from seuil.tables.plot import plot as draw
from seuil.tables.report import review, summary
from seuil.tables.result import ProtectedResult
from seuil.tables.spec import TableSpec
from seuil.workflow.secret import SECRET_BYTES, secret_of_user

if TYPE_CHECKING:
    import altair

NAMED = 10
OPEN = b"no secret: ties are broken in a way that anybody can repeat"
FAILURES = (
    ("exposed", "what would be published holds it in too narrow a range"),
    ("undecided", "no two tables that differ enough at it were found"),
)


@dataclass(frozen=True, repr=False)
class ProtectedTable(ProtectedResult):
    """A protected table, proved, that shows itself. All but `frame()`, `csv()` and `proof` is confidential."""

    @property
    def report(self) -> Page:
        """The reviewer's report: self-contained HTML, confidential."""
        return review(self)

    def plot(self, rows: str | None = None, columns: str | None = None, *, reveal: bool = False) -> "altair.Chart":
        """What is hidden, in every combination of two dimensions. reveal: and why, which is confidential.

        rows, columns: dimensions; the first two by default.
        """
        return draw(self, rows, columns, reveal=reveal)

    def __repr__(self) -> str:
        dimensions = ", ".join(f"{n} ({len(t.codes)})" for n, t in self.layout.trees.items())
        definition = self.layout.spec.definition
        rule = f"threshold {definition.threshold}, {definition.level}"
        rule += f", rounded to {definition.rounding}" if definition.rounding else ""
        return (
            f"Protected table (confidential): {dimensions}; {rule}\n{self.reading}\n"
            f"{self.loss}\n{legacy_words('every hidden figure proved', self.legacy)}, {self.seconds:.2f} s"
        )

    def _repr_html_(self) -> str:
        return summary(self)


def protect_given(
    leaves: InputTable,
    spec: TableSpec,
    secret: bytes | None,
    progress: Progress | None = None,
    *,
    add_up: bool = False,
) -> ProtectedTable:
    """Protect and prove a table. The same rows (in any order) and secret give the same result.

    secret: None for the user's own, empty for none at all, with which anybody can repeat the choice (`tie_secret`).
    add_up: rows of the same leaf are parts of it. Raises DataError for rows that can't be read, and DisclosureError
    where not every hidden cell can be proved.
    """
    started = time.monotonic()
    read = read_leaves_of(leaves, spec, add_up_rows=add_up)
    layout = read.layout
    cube = cube_of(layout.grid, read.leaves)
    protected = protect(cube, tie_secret(secret), progress=progress)
    if not protected.safe:
        raise DisclosureError(_failure(layout, protected, leaves.name))
    seconds = time.monotonic() - started
    price = protected.prices[COUNT]
    proofs, figures = protected.audit.proofs, protected.figures
    cells, hidden = int(layout.grid.published.sum()), int(figures.count.hidden.sum())
    reading = replace(read.reading, shown=cells - hidden, hidden=hidden)
    return ProtectedTable(layout, figures, cube, proofs, seconds, price, reading, leaves.frame)


def tie_secret(secret: bytes | None) -> bytes:
    """The bytes that break ties: the user's own secret where none is said; where it is empty, bytes that all know."""
    if secret is None:
        return secret_of_user()
    if not isinstance(secret, bytes):
        raise UsageError(f'secret: found {type(secret).__name__}; expected bytes, 32 random ones (b"" for none)')
    if 0 < len(secret) < SECRET_BYTES:  # so few that they can be tried one after another
        raise UsageError(f'secret: {len(secret)} bytes; expected {SECRET_BYTES} random ones (b"" for none)')
    return secret or OPEN


def _failure(layout: Layout, protected: Protected, name: str) -> str:
    size = layout.grid.published.size
    lines: list[str] = []
    for field, reason in FAILURES:
        found: Mapping[str, Any] = getattr(protected.audit, field)
        lines += [f"  {layout.names.words(int(k) % size)}: {reason}" for cells in found.values() for k in cells]
    more = [f"  and {len(lines) - NAMED} more cells"] if len(lines) > NAMED else []
    told = "\n".join([*lines[:NAMED], *more])
    return f"{name}: this table can't be published under the guarantee; nothing was written:\n{told}"
