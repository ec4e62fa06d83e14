"""A verdict that shows itself: in words, as JSON, as a page, in a notebook."""

from dataclasses import dataclass
from pathlib import Path

from seuil.explain.report import audit_page, summary
from seuil.explain.verdict import Verdict
from seuil.explain.words import audit_json, audit_lines
from seuil.figures.proof_files import write_proofs
from seuil.html import Page


@dataclass(frozen=True, repr=False)
class TableAudit(Verdict):
    """The audit of a published table."""

    def as_json(self) -> dict[str, object]:
        """The report for machines."""
        return audit_json(self)

    def lines(self, most: int = 20) -> list[str]:
        """The report in words."""
        return audit_lines(self, most)

    @property
    def report(self) -> Page:
        """The report as a page."""
        return audit_page(self)

    def write_proofs(self, folder: Path) -> None:
        """Write the proof of what is proved into a folder, which is made."""
        write_proofs(folder, self.proof)

    def __repr__(self) -> str:
        return "\n".join(self.lines(5))

    def _repr_html_(self) -> str:
        return summary(self)
