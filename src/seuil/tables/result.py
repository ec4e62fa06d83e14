"""What comes of protecting a table of counts: figures, proof, loss, and its rows (confidential)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import narwhals as nw
import pyarrow as pa
import pyarrow.csv as pcsv
from narwhals.typing import IntoDataFrame

from seuil.disclosure.cube.cube import Cube
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.proof import Proof
from seuil.disclosure.suppress import Price
from seuil.explain.reading import Reading
from seuil.figures.proof_files import write_proofs
from seuil.model.errors import ProofError
from seuil.tables.audit import verify_given
from seuil.tables.frame_input import given
from seuil.tables.frame_output import csv_of, native, table_of
from seuil.tables.layout import Layout
from seuil.tables.loss import Loss, Reasons


@dataclass(frozen=True, repr=False)
class ProtectedResult:
    """A protected table, proved. All but `frame()`, `csv()` and `proof` is confidential.

    figures: all that is to be published. proof: by base, for `verify`. price: of what is hidden to protect others.
    reading: what was found in the rows.
    """

    layout: Layout
    figures: Figures
    cube: Cube
    proof: Mapping[str, Proof]
    seconds: float
    price: Price
    reading: Reading
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
        return tuple(self.layout.names.words(int(k)) for k in self.reasons.legacy)

    def table(self, *, reveal: bool = False) -> pa.Table:
        """The rows to be published. reveal: with the column `status`, which is confidential."""
        return table_of(self.layout, self.figures, self.reasons.small if reveal else None)

    def frame(self, *, reveal: bool = False) -> IntoDataFrame:
        """The same, as a frame of the library that the input was of; hidden counts are null."""
        return native(self.table(reveal=reveal), self.like)

    def csv(self, *, reveal: bool = False) -> bytes:
        """The same, as CSV; hidden counts are NS."""
        return csv_of(self.table(reveal=reveal))

    def write_proofs(self, folder: Path) -> None:
        """Write the proof into a folder, which is made."""
        write_proofs(folder, self.proof)

    def check(self) -> None:
        """Read the rows back as readers will, and verify the proof from them. Raises ProofError if it doesn't hold."""
        rows = pa.BufferReader(self.csv())
        kinds = dict.fromkeys(self.table().column_names, pa.string())
        table = pcsv.read_csv(rows, convert_options=pcsv.ConvertOptions(column_types=kinds))
        faults = verify_given(given(table, "the protected table"), self.layout.spec, self.proof)
        if faults:
            raise ProofError(f"the proof doesn't hold: {faults[0]}")
