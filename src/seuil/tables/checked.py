"""The proof of a protected table, checked by multiplication."""

from collections.abc import Mapping

from seuil.disclosure.proof import Proof
from seuil.disclosure.verify import Fault, verify
from seuil.model.columns import HIDDEN
from seuil.tables.layout import Asked
from seuil.tables.published import read_published
from seuil.tables.rows import Given


def verify_given(
    given: Given, asked: Asked, proof: Mapping[str, Proof], *, codes: Given | None = None
) -> tuple[Fault, ...]:
    """Whatever is wrong with a published table or with its proof. Raises DataError if the table can't be read."""
    return verify(read_published(given, asked, (HIDDEN,), codes=codes).figures, proof)
