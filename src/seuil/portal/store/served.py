"""One verified release, open for queries. It never changes: a request that began on it ends on it.

Its files are the portal's own copy (`archive.copy`): whatever happens in the archive later, readers get what was
signed.
"""

import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from weakref import WeakValueDictionary

import pyarrow as pa

from seuil.archive.layout import TARGETS
from seuil.archive.release import Release
from seuil.catalogue.build import read_catalogue
from seuil.catalogue.certificate import CERTIFICATE, Certificate, read_certificate
from seuil.catalogue.entry import Catalogue, Entry
from seuil.model.columns import status_column
from seuil.model.errors import QueryError, ReleaseError
from seuil.odsql import Compiled, OutputColumn, Schema
from seuil.odsql.limits import Page as RowsAsked
from seuil.odsql.meaning import Column, Output
from seuil.odsql.plan import Plan
from seuil.odsql.query import with_bounds
from seuil.odsql.request import Statement
from seuil.portal.allocators import give_back_now
from seuil.portal.proofs.bounds import tells_bounds
from seuil.portal.proofs.why import Witnessed
from seuil.portal.store import listing
from seuil.portal.store.bound_vectors import with_bound_vectors
from seuil.portal.store.bounds import bounded_fields, bounds_of, bounds_view, check_bounds
from seuil.portal.store.cache import Body, Bounded
from seuil.portal.store.cells import Cells, write_cells
from seuil.portal.store.columns import check_columns, dates_of, schema_of
from seuil.portal.store.connection import Stored, identifier, locked_connection
from seuil.portal.store.copies import Copies
from seuil.portal.store.errors import QueryTooCostlyError, UnknownDatasetError
from seuil.portal.store.evidence import Evidence
from seuil.portal.store.figures import figure_columns, figures_statement, in_own_order, rows_of, table_of
from seuil.portal.store.limits import Limits
from seuil.portal.store.matching import Found
from seuil.portal.store.paths import path_columns
from seuil.portal.store.places import places_column
from seuil.portal.store.plain import answer, batches
from seuil.portal.store.queries import Queries, Ready, Room, Row, Rows, Turns
from seuil.portal.store.spool import Reader, Spool
from seuil.portal.store.texts import ColumnTexts, Reading
from seuil.portal.store.told_bounds import measures_needed, told_bounds_of
from seuil.portal.store.vectors import Vectors

_CATALOGUE = "catalogue.json"
_AHEAD = 4 << 20
"""Bytes that wait for a reader from which on others go first."""


_READ_AT_ONCE = 500_000
"""Rows that are read into arrays before the release is served, of all tables."""
_COUNTS_KEPT = 1 << 20
"""Bytes of counts that are kept, with the questions that they answer."""


@dataclass(frozen=True)
class _Count:
    """How many rows match. size: bytes of the question."""

    rows: int
    size: int


@dataclass(frozen=True)
class Page:
    """Some rows of a table by column, and how many there are in all."""

    total: int
    rows: list[dict[str, object]]


class ServedRelease:
    """The catalogue and the tables of a release. All methods may be called from any thread.

    folder: for downloads while they are made and sent. answers, files: what has been answered already.
    """

    def __init__(self, release: Release, room: Room, limits: Limits, turns: Turns) -> None:
        """Open a verified release, copied into `room`. Raises ReleaseError where its files don't fit its catalogue."""
        self.release = release
        self.catalogue: Catalogue = read_catalogue(release.read_bytes(_CATALOGUE))
        self.certificate: Certificate | None = (
            read_certificate(release.read_bytes(CERTIFICATE)) if CERTIFICATE in release.targets else None
        )
        self._limits = limits
        self._entries = {entry.id: entry for entry in self.catalogue.entries}
        reading = Reading()
        self._schemas = {
            entry.id: schema_of(entry, partial(ColumnTexts, reading, self.relation(entry.id)))
            for entry in self.catalogue.entries
        }
        for entry in self.catalogue.entries:
            check_columns(entry, self.file(entry.id))
        targets = (release.archive / TARGETS).resolve()
        connect = partial(locked_connection, targets, self._tables(), self._statements(), limits)
        self._queries = Queries(connect, limits, turns, room)
        reading.fetch = self._queries.fetch
        self._copies = Copies(self._queries, room.folder / "arrays")
        self._counts: Bounded[_Count] = Bounded(_COUNTS_KEPT)
        # Not a method of this object: its files go when nobody holds it any more, which a circle would delay.
        wholes = {entry.id: self._whole_relation(entry) for entry in self.catalogue.entries}
        self._evidence = Evidence(release, self._queries.fetch, wholes)
        self._cells: dict[str, Cells | None] = {}
        self._cells_folder = room.folder / "cells"
        self._bounded: set[str] = set()
        self._bounding = threading.Lock()
        self._foreseen: set[str] = set()
        self._room = room
        self.folder = room.folder / "exports"
        self.folder.mkdir(mode=0o700)
        self.answers: Bounded[Body] = Bounded(limits.answer_cache_mb << 20)
        self.files: Bounded[Spool] = Bounded(limits.export_cache_mb << 20)
        self._turns = turns
        self._making: WeakValueDictionary[str, Spool] = WeakValueDictionary()

    def prepare(self) -> None:
        """Number the cells of every dataset, for questions of pages: some seconds a table of ten million rows.

        Small tables are read into arrays too, which takes as long as to ask the engine a first question.
        """
        left = min(_READ_AT_ONCE, self._limits.arrays_to_rows)
        for entry in self.catalogue.entries:
            left -= entry.rows
            if entry.rows and left >= 0:
                self._copies.read(self.relation(entry.id), self._names(entry), entry.rows)
                self._copies.wait()
            relation = self.figures_relation(entry.id)
            self._cells[entry.id] = write_cells(entry, relation, self._queries.stream, self._cells_folder / relation)
        give_back_now()

    @property
    def limits(self) -> Limits:
        """What one reader may cost."""
        return self._limits

    @property
    def busy(self) -> bool:
        """Whether files wait to be made."""
        return self._turns.exports.waiting > 0

    def make(self, tag: str | None, client: str, pieces: Callable[[], Iterable[bytes]]) -> Reader:
        """A reader of a file that is made in its turn, or is being made for another reader.

        tag: of the file, None for one that is never the same. client: for whom it is made. pieces: gives what is
        written. Raises BusyError where the client has too many that wait.
        """
        being_made = self._making.get(tag) if tag is not None else None
        if being_made is not None and (reader := being_made.reader()) is not None:
            return reader
        spool = Spool(self.folder / secrets.token_hex(16), self._turns.disk, client, self._room)

        def job() -> None:
            keep = -1 if tag is None else self._limits.export_cache_mb << 20
            if spool.fill(pieces, _AHEAD, self._turns.exports.pause, keep) and tag is not None:
                self.files.put(tag, spool)

        reader = spool.reader()
        assert reader is not None  # nobody can have given it up yet
        self._turns.exports.submit(client, job)
        if tag is not None:
            self._making[tag] = spool
        return reader

    def _tables(self) -> dict[str, Stored]:
        """The file of every dataset, and of the figures of those that have them elsewhere."""
        files = {self.relation(entry.id): self.file(entry.id) for entry in self.catalogue.entries}
        parts = [entry for entry in self.catalogue.entries if entry.part is not None]
        files |= {_figures(entry.figures_file): self._file(entry.figures_file) for entry in parts}
        computed = {
            self.relation(entry.id): places_column(entry) + path_columns(entry) for entry in self.catalogue.entries
        }
        return {name: Stored(path, dates_of(path), computed.get(name, "")) for name, path in files.items()}

    def _statements(self) -> tuple[str, ...]:
        parts = [
            figures_statement(self.figures_relation(entry.id), _figures(entry.figures_file), entry)
            for entry in self.catalogue.entries
            if entry.part is not None
        ]
        return (*listing.listing_statements(self.catalogue, self.release.published), *parts)

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

    def figures_relation(self, dataset_id: str) -> str:
        """The name of the view of a dataset's figures with their codes and statuses. Raises UnknownDatasetError."""
        relation = self.relation(dataset_id)
        return relation if self.entry(dataset_id).part is None else f"{relation}_chiffres"

    def _whole_relation(self, entry: Entry) -> str:
        """The name of the view of all figures of an entry's collection."""
        return self.relation(entry.id) if entry.part is None else _figures(entry.figures_file)

    def why(self, dataset_id: str, period: int, codes: Mapping[str, str], measure: str) -> tuple[Witnessed, ...]:
        """What the release proves of a hidden figure: `Evidence.of`. Raises UnknownDatasetError too."""
        return self._evidence.of(self.entry(dataset_id), period, codes, measure)

    def file(self, dataset_id: str) -> Path:
        """The verified Parquet file of a dataset. Raises UnknownDatasetError, and ReleaseError if it isn't there."""
        return self._file(self.entry(dataset_id).data_file)

    def _file(self, name: str) -> Path:
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
        equal: Mapping[str, str | int | tuple[str, ...]],
        columns: Sequence[str] | None = None,
        order_by: Sequence[str] = (),
        limit: int = 50,
        offset: int = 0,
    ) -> Page:
        """Rows of a dataset's figures whose columns have the given values, in the table's own order by default.

        equal: column to its value, or to several of which it may have any.

        order_by: columns, from the highest value down where a `-` stands before the name; what has no value comes last.
        Raises UnknownDatasetError, QueryError for a column that isn't there, and what `fetch` raises.
        """
        known = figure_columns(self.entry(dataset_id))
        shown = known if columns is None else list(dict.fromkeys(columns))
        for name in (*shown, *equal, *(name.removeprefix("-") for name in order_by)):
            if name not in known:
                raise QueryError(f"{dataset_id} has no column {name}; it has {', '.join(known)}")
        cells = self._cells.get(dataset_id)
        answered = None if cells is None or order_by else cells.rows(equal, shown, limit, offset)
        if answered is not None:
            return Page(*answered)
        conditions = " AND ".join(
            f"{identifier(name)} {'IN' if isinstance(value, tuple) else '='} ${at}"
            for at, (name, value) in enumerate(equal.items(), start=1)
        )
        source = f"FROM {identifier(self.figures_relation(dataset_id))}" + (f" WHERE {conditions}" if equal else "")
        order = ", ".join((*map(_ordered, order_by), "_row"))
        values = [list(value) if isinstance(value, tuple) else value for value in equal.values()]
        places = f"LIMIT ${len(values) + 1} OFFSET ${len(values) + 2}"
        selected = ", ".join(identifier(name) for name in shown)
        found = self._queries.fetch(f"SELECT {selected} {source} ORDER BY {order} {places}", [*values, limit, offset])
        rows = [dict(zip(shown, row, strict=True)) for row in found]
        if len(rows) < limit and (rows or offset == 0):
            return Page(offset + len(rows), rows)  # the last page says how many there are
        (total,) = self._queries.fetch(f"SELECT count(*) {source}", values)[0]
        return Page(int(str(total)), rows)

    def fetch(self, compiled: Compiled) -> list[Row]:
        """The rows of a query for a page. Raises QueryTooCostlyError, BusyError, QueryError."""
        plainly = self._plainly(compiled)
        return self._from_engine(compiled) if plainly is None else plainly[0]

    def fetch_all(self, several: Sequence[Compiled]) -> list[list[Row]]:
        """The rows of queries of one table, such as its facets: what they filter alike is looked for once.

        Raises as `fetch` does.
        """
        found: Found = {}
        plainly = ((compiled, self._plainly(compiled, found)) for compiled in several)
        return [self._from_engine(compiled) if rows is None else rows[0] for compiled, rows in plainly]

    def count(self, compiled: Compiled) -> int | None:
        """How many rows match, None with groups. Raises as `fetch` does."""
        if compiled.write_count is None:
            return None
        plainly = self._plainly(compiled)
        return self._counted(compiled) if plainly is None else plainly[1]

    def page(self, compiled: Compiled) -> tuple[list[Row], int | None]:
        """The rows of a page, and how many match in all, None with groups. Raises as `fetch` does."""
        plainly = self._plainly(compiled)
        if plainly is not None:
            return plainly[0], None if compiled.write_count is None else plainly[1]
        rows, page = self._from_engine(compiled), compiled.page
        if compiled.write_count is None:
            return rows, None
        if len(rows) < (page.limit or 0) and (rows or not page.offset):
            return rows, page.offset + len(rows)  # the last page says how many there are
        return rows, self._counted(compiled)

    def _plainly(self, compiled: Compiled, found: Found | None = None) -> tuple[list[Row], int] | None:
        """What can be answered from arrays, once these are there."""
        plan, vectors = compiled.plan, self._arrays(compiled.plan)
        if plan is None or vectors is None:
            return None
        self._foresee(plan.relation)
        return self._queries.run(partial(answer, plan, vectors, found=found))

    def _from_engine(self, compiled: Compiled) -> list[Row]:
        self._prepare(compiled)
        self._quicken(compiled)
        return self._queries.fetch(compiled.sql, compiled.parameters)

    def _quicken(self, compiled: Compiled) -> None:
        """Have the table of which the engine is asked read into arrays; copied where these are there already."""
        asked = None if compiled.plan is None else compiled.plan.relation
        for entry in self.catalogue.entries:
            relation = self.relation(entry.id)
            if asked not in (relation, with_bounds(relation)):
                continue
            if 0 < entry.rows <= self._limits.arrays_to_rows and not self._copies.have_read(relation):
                self._copies.read(relation, self._names(entry), entry.rows)
            elif asked is not None and 0 < self._limits.copied_from_rows <= entry.rows:
                self._copies.copy(asked)

    def _arrays(self, plan: Plan | None) -> Vectors | None:
        """The table that is asked of as arrays, with its bounds if they are asked for; None where it isn't there."""
        if plan is None or (found := self._copies.vectors(plan.relation)) is not None:
            return None if plan is None else found
        for entry in self.catalogue.entries:
            relation = self.relation(entry.id)
            if with_bounds(relation) == plan.relation and self._copies.vectors(relation) is not None:
                self._bound(entry)
        return self._copies.vectors(plan.relation)

    def _bound(self, entry: Entry) -> None:
        """Have the bounds of a table that is there as arrays, unless they are: half a second a million rows."""
        relation = self.relation(entry.id)
        vectors, bounded = self._copies.vectors(relation), with_bounds(relation)
        with self._bounding:
            if vectors is not None and self._copies.vectors(bounded) is None:
                make = partial(with_bound_vectors, entry, self._schemas[entry.id], vectors, self.bounds(entry))
                self._copies.add(bounded, make)

    def _foresee(self, relation: str) -> None:
        """Have the bounds of a table made in the background once anything is asked of it: sums will be, as a rule."""
        if relation in self._foreseen:
            return
        self._foreseen.add(relation)
        for entry in self.catalogue.entries:
            if self.relation(entry.id) == relation and bounded_fields(entry):
                self._copies.begin(with_bounds(relation), partial(self._bound, entry))

    def _names(self, entry: Entry) -> list[str]:
        """The columns that arrays may have: places are no numbers, and long to compute."""
        schema = self._schemas[entry.id]
        fields = (field for field in (*schema.fields, *schema.implicit) if not field.multivalued)
        return [field.name for field in fields if field.type not in ("geo_point_2d", "geo_shape")]

    def _counted(self, compiled: Compiled) -> int:
        # Readers turn pages of the same rows, and the release never changes.
        key = repr((compiled.count_sql, compiled.count_parameters))
        kept = self._counts.get(key)
        if kept is None:
            found = self._queries.fetch(compiled.count_sql or "", compiled.count_parameters)
            kept = _Count(int(str(found[0][0])), len(key))
            self._counts.put(key, kept)
        return kept.rows

    def wait_for_copies(self) -> None:
        """Wait until the large tables have been copied, if that has begun: what is measured then is what lasts."""
        self._copies.wait()

    def stream(self, compiled: Compiled, dataset_id: str | None, *, coded: bool = False) -> Rows:
        """The rows of a query for an export, in Arrow batches. dataset_id: None for the catalogue.

        coded: whether texts may come as dictionaries, names be others, and batches of any size.
        Raises as `fetch` does, and QueryTooCostlyError where there are more rows than an export may have.
        """
        most = self._limits.export_rows
        if dataset_id is not None and self.entry(dataset_id).rows > most:
            self._prepare(compiled)
            counted = f"SELECT count(*) FROM ({compiled.sql}) AS counted"
            found = int(str(self._queries.fetch(counted, compiled.parameters)[0][0]))
            if found > most:
                raise QueryTooCostlyError(f"The export has {found} rows; at most {most} are exported at once.")
        plan, vectors = compiled.plan, self._arrays(compiled.plan) if coded else None
        if plan is not None and vectors is not None:
            ready = self._queries.run(partial(batches, plan, vectors, self._limits.batch_rows))
            if ready is not None:
                return Ready(*ready)
        self._prepare(compiled)
        self._quicken(compiled)
        return self._queries.stream(compiled.sql, compiled.parameters)

    def _prepare(self, compiled: Compiled) -> None:
        """Make the bounds that a query reads, the first time that one does: they take a second a million rows."""
        if compiled.bounds is None or compiled.bounds in self._bounded:
            return
        with self._bounding:
            for entry in self.catalogue.entries:
                relation = self.relation(entry.id)
                if with_bounds(relation) == compiled.bounds and compiled.bounds not in self._bounded:
                    self._queries.add_table(f"{compiled.bounds}_cachees", self.bounds(entry))
                    self._queries.execute(bounds_view(entry, self._schemas[entry.id], relation, compiled.bounds))
                    self._bounded.add(compiled.bounds)

    def bounds(self, entry: Entry) -> pa.Table:
        """The bounds of a dataset's hidden figures: as the release tells them, or else worked out from its rows.

        Raises ReleaseError where they aren't those of what its file hides.
        """
        schema, names = self._schemas[entry.id], ", ".join(map(identifier, bounded_fields(entry)))
        found = self._found_bounds(entry, schema)
        own = self._queries.table(f"SELECT {names} FROM {identifier(self.relation(entry.id))} ORDER BY _row")
        check_bounds(entry, schema, found, own)
        return found

    def _found_bounds(self, entry: Entry, schema: Schema) -> pa.Table:
        files = self.release.files
        if not tells_bounds(files, entry.collection):
            return bounds_of(entry, self.figures(entry, [measure.name for measure in entry.measures]), schema)
        dataset = self._evidence.dataset(entry.collection)
        needed = [name for measure in measures_needed(entry, dataset) for name in (measure, status_column(measure))]
        return told_bounds_of(entry, dataset, files, self.figures(entry, needed), schema)

    def figures(self, entry: Entry, columns: Sequence[str]) -> pa.Table:
        """Columns of the figures of a dataset's rows, beside their period and codes, in the order of its own table."""
        names = (entry.period, *(dimension.column for dimension in entry.dimensions), *columns)
        source = f"{identifier(self._whole_relation(entry))} WHERE {rows_of(entry)} ORDER BY _row"
        asked = ", ".join((*map(identifier, names), table_of(entry)))
        figures = self._queries.table(f"SELECT {asked} FROM {source}")
        if figures.num_rows != entry.rows:
            raise ReleaseError(
                f"{entry.figures_file}: has {figures.num_rows} rows of {entry.id}, expected {entry.rows}"
            )
        return in_own_order(entry, figures)

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
        outputs = tuple(Output(field.name, Column(field)) for field in schema.fields)
        page = RowsAsked(None, 0)
        plan = Plan(self.relation(dataset_id), outputs, (), page)
        return Compiled(lambda: Statement(sql), None, columns, grouped=False, page=page, plan=plan)


def _ordered(name: str) -> str:
    return f"{identifier(name.removeprefix('-'))} {'DESC' if name.startswith('-') else 'ASC'} NULLS LAST"


def _figures(file: str) -> str:
    """The name of the view of a table of figures, which several datasets may share."""
    return f"chiffres {file}"
