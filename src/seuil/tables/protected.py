"""Protect a table of counts given by hand (confidential), and what comes of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import narwhals as nw
import pyarrow as pa
import pyarrow.csv as pcsv
from narwhals.typing import IntoDataFrame

from seuil.disclosure.cube import Cube, cube_of
from seuil.disclosure.frame import Figures
from seuil.disclosure.proof import Proof
from seuil.disclosure.protect import Protected, protect
from seuil.disclosure.prover import Progress
from seuil.disclosure.suppress import Price
from seuil.disclosure.task import COUNT
from seuil.model.errors import DisclosureError, ProofError
from seuil.tables.checked import verify_given
from seuil.tables.layout import Asked, Layout
from seuil.tables.leaves import read_leaves_of
from seuil.tables.loss import Loss, Reasons, legacy_words
from seuil.tables.page import Page
from seuil.tables.rows import Given, given
from seuil.tables.written import csv_of, native, table_of

if TYPE_CHECKING:
    import altair

NAMED = 10
NO_SECRET = b"no secret: ties are broken in a way that anybody can repeat"
FAILURES = (
    ("exposed", "what would be published holds it in too narrow a range"),
    ("undecided", "no two tables that differ enough at it were found"),
)


@dataclass(frozen=True, repr=False)
class ProtectedTable:
    """A protected table, proved. All but `frame()`, `csv()` and `proof` is confidential.

    figures: all that is to be published. proof: by base, for `verify`. price: of what is hidden to protect others.
    """

    layout: Layout
    figures: Figures
    cube: Cube
    proof: Mapping[str, Proof]
    seconds: float
    price: Price
    like: nw.DataFrame[Any] | None = None

    @cached_property
    def reasons(self) -> Reasons:
        """Why each cell is hidden (confidential)."""
        return Reasons(self.layout, self.figures, self.cube)

    @cached_property
    def loss(self) -> Loss:
        """How many figures are hidden, and how many of these are small (confidential)."""
        return self.reasons.loss(self.seconds, self.price)

    @cached_property
    def legacy(self) -> tuple[str, ...]:
        """Hidden cells, in words, without a proof: what is known from elsewhere discloses them, which is accepted."""
        return tuple(self.layout.words(int(k)) for k in self.reasons.legacy)

    def table(self, *, reveal: bool = False) -> pa.Table:
        """The rows to be published. reveal: with the column `status`, which is confidential."""
        return table_of(self.layout, self.figures, self.reasons.small if reveal else None)

    def frame(self, *, reveal: bool = False) -> IntoDataFrame:
        """The same, as a frame of the library that the input was of; hidden counts are null."""
        return native(self.table(reveal=reveal), self.like)

    def csv(self, *, reveal: bool = False) -> bytes:
        """The same, as CSV; hidden counts are NS."""
        return csv_of(self.table(reveal=reveal))

    def check(self) -> None:
        """Read the rows back as readers will, and verify the proof from them. Raises ProofError if it doesn't hold."""
        rows = pa.BufferReader(self.csv())
        kinds = dict.fromkeys(self.table().column_names, pa.string())
        table = pcsv.read_csv(rows, convert_options=pcsv.ConvertOptions(column_types=kinds))
        faults = verify_given(given(table, "the protected table"), self.layout.asked, self.proof)
        if faults:
            raise ProofError(f"the proof doesn't hold: {faults[0]}")

    @property
    def report(self) -> Page:
        """The reviewer's report: self-contained HTML, confidential."""
        from seuil.tables.review import review

        return review(self)

    def plot(self, rows: str | None = None, columns: str | None = None, *, reveal: bool = False) -> "altair.Chart":
        """What is hidden, in every combination of two dimensions. reveal: and why, which is confidential.

        rows, columns: dimensions; the first two by default.
        """
        from seuil.tables.plot import plot

        return plot(self, rows, columns, reveal=reveal)

    def __repr__(self) -> str:
        dimensions = ", ".join(f"{n} ({len(t.codes)})" for n, t in self.layout.trees.items())
        definition = self.layout.asked.definition
        rule = f"threshold {definition.threshold}, {definition.level}"
        rule += f", rounded to {definition.rounding}" if definition.rounding else ""
        return (
            f"Protected table (confidential): {dimensions}; {rule}\n"
            f"{self.loss}\n{legacy_words('every hidden figure proved', self.legacy)}, {self.seconds:.2f} s"
        )

    def _repr_html_(self) -> str:
        from seuil.tables.review import summary

        return summary(self)


def protect_given(
    leaves: Given, asked: Asked, secret: bytes | None, progress: Progress | None = None
) -> ProtectedTable:
    """Protect and prove a table. The same rows (in any order) and secret give the same result.

    Raises DataError for rows that can't be read, and DisclosureError where not every hidden cell can be proved.
    """
    started = time.monotonic()
    layout, counts = read_leaves_of(leaves, asked)
    cube = cube_of(layout.frame, counts)
    protected = protect(cube, secret or NO_SECRET, progress=progress)
    if not protected.safe:
        raise DisclosureError(_failure(layout, protected, leaves.name))
    seconds = time.monotonic() - started
    price = protected.prices[COUNT]
    return ProtectedTable(layout, protected.figures, cube, protected.audit.proofs, seconds, price, leaves.frame)


def _failure(layout: Layout, protected: Protected, name: str) -> str:
    size = layout.frame.published.size
    lines: list[str] = []
    for field, reason in FAILURES:
        found: Mapping[str, Any] = getattr(protected.audit, field)
        lines += [f"  {layout.words(int(k) % size)}: {reason}" for cells in found.values() for k in cells]
    more = [f"  and {len(lines) - NAMED} more cells"] if len(lines) > NAMED else []
    told = "\n".join([*lines[:NAMED], *more])
    return f"{name}: this table can't be published under the guarantee; nothing was written:\n{told}"
