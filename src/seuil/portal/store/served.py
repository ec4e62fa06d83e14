"""One verified release, open for queries. It never changes: a request that began on it ends on it.

Its files are the portal's own copy (`archive.copy`): whatever happens in the archive later, readers get what was
signed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from seuil.archive.layout import TARGETS
from seuil.archive.release import Release
from seuil.catalogue.build import read_catalogue
from seuil.catalogue.certificate import CERTIFICATE, Certificate, read_certificate
from seuil.catalogue.entry import Catalogue, Entry
from seuil.model.errors import QueryError, ReleaseError
from seuil.odsql import Compiled, OutputColumn, Schema
from seuil.portal.store import listing
from seuil.portal.store.columns import check_columns, schema_of
from seuil.portal.store.connection import identifier, locked_connection
from seuil.portal.store.errors import QueryTooCostlyError, UnknownDatasetError
from seuil.portal.store.limits import Limits
from seuil.portal.store.queries import Batches, Queries, Room, Row, Turns

_CATALOGUE = "catalogue.json"


@dataclass(frozen=True)
class Page:
    """Some rows of a table by column, and how many there are in all."""

    total: int
    rows: list[dict[str, object]]


class ServedRelease:
    """The catalogue and the tables of a release. All methods may be called from any thread."""

    def __init__(self, release: Release, room: Room, limits: Limits, turns: Turns) -> None:
        """Open a verified release, copied into `room`. Raises ReleaseError where its files don't fit its catalogue."""
        self.release = release
        self.catalogue: Catalogue = read_catalogue(release.read_bytes(_CATALOGUE))
        self.certificate: Certificate | None = (
            read_certificate(release.read_bytes(CERTIFICATE)) if CERTIFICATE in release.targets else None
        )
        self._limits = limits
        self._entries = {entry.id: entry for entry in self.catalogue.entries}
        self._schemas = {entry.id: schema_of(entry) for entry in self.catalogue.entries}
        tables = {self.relation(entry.id): self.file(entry.id) for entry in self.catalogue.entries}
        for entry in self.catalogue.entries:
            check_columns(entry, self.file(entry.id))
        targets = (release.archive / TARGETS).resolve()
        statements = listing.listing_statements(self.catalogue)
        connect = partial(locked_connection, targets, tables, statements, limits)
        self._queries = Queries(connect, limits, turns, room)

    @property
    def number(self) -> int:
        """The number of the release."""
        return self.release.number

    def entry(self, dataset_id: str) -> Entry:
        """What the catalogue says of a dataset. Raises UnknownDatasetError."""
        try:
            return self._entries[dataset_id]
        except KeyError:
            raise UnknownDatasetError(dataset_id) from None

    def schema(self, dataset_id: str) -> Schema:
        """What queries may name. Raises UnknownDatasetError."""
        self.entry(dataset_id)
        return self._schemas[dataset_id]

    def relation(self, dataset_id: str) -> str:
        """The name of a dataset's view, for the compiler of queries. Raises UnknownDatasetError."""
        return f"jeu_{self.catalogue.entries.index(self.entry(dataset_id))}"

    def file(self, dataset_id: str) -> Path:
        """The verified Parquet file of a dataset. Raises UnknownDatasetError, and ReleaseError if it isn't there."""
        name = self.entry(dataset_id).data_file
        try:
            return self.release.files[name].resolve()
        except KeyError:
            raise ReleaseError(f"release {self.number} has no file {name}, which its catalogue names") from None

    def sha256(self, dataset_id: str | None) -> str:
        """The hash that was signed for a dataset's table, or for the catalogue. Raises UnknownDatasetError."""
        name = _CATALOGUE if dataset_id is None else self.entry(dataset_id).data_file
        return self.release.targets[name].sha256

    def size(self, dataset_id: str, fmt: str) -> int | None:
        """Bytes of a download; None for formats that are made as they are sent. Raises UnknownDatasetError."""
        target = self.release.targets[self.entry(dataset_id).data_file]
        return target.length if fmt == "parquet" else None

    def rows(
        self,
        dataset_id: str,
        *,
        equal: Mapping[str, str | int],
        columns: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        limit: int = 50,
        offset: int = 0,
    ) -> Page:
        """Rows whose columns equal the given values, in the table's own order by default.

        Raises UnknownDatasetError, QueryError for a column that isn't there, and what `fetch` raises.
        """
        known = [field.name for field in self.entry(dataset_id).fields]
        shown = known if columns is None else list(columns)
        for name in (*shown, *equal, *order_by):
            if name not in known:
                raise QueryError(f"{dataset_id} has no column {name}; it has {', '.join(known)}")
        conditions = " AND ".join(f"{identifier(name)} = ${at}" for at, name in enumerate(equal, start=1))
        source = f"FROM {identifier(self.relation(dataset_id))}" + (f" WHERE {conditions}" if equal else "")
        order = ", ".join((*(identifier(name) for name in order_by), "_row"))
        values = list(equal.values())
        places = f"LIMIT ${len(values) + 1} OFFSET ${len(values) + 2}"
        selected = ", ".join(identifier(name) for name in shown)
        found = self._queries.fetch(f"SELECT {selected} {source} ORDER BY {order} {places}", [*values, limit, offset])
        (total,) = self._queries.fetch(f"SELECT count(*) {source}", values)[0]
        return Page(int(str(total)), [dict(zip(shown, row, strict=True)) for row in found])

    def fetch(self, compiled: Compiled) -> list[Row]:
        """The rows of a query for a page. Raises QueryTooCostlyError, BusyError, QueryError."""
        return self._queries.fetch(compiled.sql, compiled.parameters)

    def count(self, compiled: Compiled) -> int | None:
        """How many rows match, None with groups. Raises as `fetch` does."""
        if compiled.count_sql is None:
            return None
        return int(str(self._queries.fetch(compiled.count_sql, compiled.count_parameters)[0][0]))

    def stream(self, compiled: Compiled, dataset_id: str) -> Batches:
        """The rows of a query for an export, in Arrow batches.

        Raises as `fetch` does, and QueryTooCostlyError where there are more rows than an export may have.
        """
        most = self._limits.export_rows
        if self.entry(dataset_id).rows > most:
            counted = f"SELECT count(*) FROM ({compiled.sql}) AS counted"
            found = int(str(self._queries.fetch(counted, compiled.parameters)[0][0]))
            if found > most:
                raise QueryTooCostlyError(f"The export has {found} rows; at most {most} are exported at once.")
        return self._queries.stream(compiled.sql, compiled.parameters)

    def whole(self, dataset_id: str) -> Compiled:
        """The query for all of a dataset in the order of its file.

        Without ORDER BY: DuckDB keeps the order of a file, and sorting a whole table is what would cost memory.
        """
        schema = self.schema(dataset_id)
        names = [field.name for field in schema.fields]
        sql = f"SELECT {', '.join(map(identifier, names))} FROM {identifier(self.relation(dataset_id))}"
        columns = tuple(
            OutputColumn(
                field.name,
                field.type,
                field.multivalued,
                None if field.hidden_by is None else names.index(field.hidden_by),
            )
            for field in schema.fields
        )
        return Compiled(sql, (), None, (), columns, grouped=False)
