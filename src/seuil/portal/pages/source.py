"""What the pages ask of the store of a release: `portal.store` gives it."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from seuil.archive.history import PastRelease
from seuil.archive.public_files import PublicFiles
from seuil.archive.release import Signer
from seuil.catalogue.certificate import Certificate
from seuil.catalogue.entry import Catalogue
from seuil.portal.proofs.why import Witnessed

Equal = str | int | tuple[str, ...]
"""What a column must be: a value, or one of several."""


class ReleaseInfo(Protocol):
    """Which release is served."""

    @property
    def number(self) -> int:
        """Its number."""

    @property
    def published(self) -> date:
        """When it was published: a day, or a moment."""

    @property
    def signers(self) -> Sequence[Signer]:
        """Who has signed it."""

    @property
    def signatures_needed(self) -> int:
        """How many signatures a release needs."""


class RowPage(Protocol):
    """Some rows of a table, and how many there are in all."""

    @property
    def total(self) -> int:
        """Rows that fit the filters."""

    @property
    def rows(self) -> Sequence[Mapping[str, object]]:
        """The rows asked for."""


class DataSource(Protocol):
    """A verified release, open for reading."""

    @property
    def release(self) -> ReleaseInfo:
        """Which release it is."""

    @property
    def catalogue(self) -> Catalogue:
        """Its datasets."""

    @property
    def certificate(self) -> Certificate | None:
        """Its certificate; None of a release from before there were any."""

    def size(self, dataset_id: str, fmt: str) -> int | None:
        """Bytes of a download, None where they are not known beforehand."""

    def rows(
        self,
        dataset_id: str,
        *,
        equal: Mapping[str, Equal],
        columns: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        limit: int = 50,
        offset: int = 0,
    ) -> RowPage:
        """Rows whose columns have the given values, or one of several, in the table's own order by default.

        order_by: columns, from the highest value down where a `-` stands before the name; what has no value comes last.
        """

    def why(self, dataset_id: str, period: int, codes: Mapping[str, str], measure: str) -> tuple[Witnessed, ...]:
        """What is proved of a hidden figure: of each count or sum that it is made of and that is hidden.

        codes: of every dimension. Nothing where the dataset was published elsewhere, or was disclosed before.
        """


class ArchiveShown(Protocol):
    """The archive that a release is from. Both methods raise ReleaseError where it is not as it was signed."""

    def files(self) -> PublicFiles:
        """Every file, by path."""

    def history(self) -> Sequence[PastRelease]:
        """The release that is served, then those before it."""
