"""What a URL asks, and what its answer consists of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property
from zoneinfo import available_timezones

from seuil.odsql.date_format import LANGUAGES
from seuil.odsql.errors import InvalidParameterError
from seuil.odsql.limits import Page
from seuil.odsql.plan import Plan
from seuil.odsql.schema import FieldType
from seuil.odsql.scope import Setting


@dataclass(frozen=True)
class Request:
    """The parameters of a URL, as they came; a blank clause says nothing. Several `where` all have to hold.

    facets, disjunctive: what is said of facets, as `facet.read_facet` reads it, and of which fields refinements add up.
    now: what `now()` means; by default when the query is compiled. row: the one row of the file that is asked for.
    positions: whether the answer tells each row's position in the file. blanks: whether measures without a status field
    get a status all the same. presence: fields, one or several at a time, of
    which a sum of measures tells the different values that it is taken over.
    """

    select: str | None = None
    where: tuple[str, ...] | str | None = None
    group_by: str | None = None
    order_by: str | None = None
    limit: int | None = None
    offset: int = 0
    refine: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    disjunctive: Mapping[str, bool] = field(default_factory=dict)
    timezone: str | None = None
    lang: str | None = None
    now: datetime | None = None
    row: int | None = None
    positions: bool = False
    blanks: bool = False
    presence: tuple[tuple[str, ...], ...] = ()

    @property
    def setting(self) -> Setting:
        """Time, zone and language. Raises InvalidParameterError where there is no such zone or language."""
        zone = (self.timezone or "").strip() or "UTC"
        if zone not in _zones():
            raise InvalidParameterError("timezone", zone, "a time zone such as Europe/Paris or UTC")
        language = (self.lang or "").strip().lower() or LANGUAGES[0]
        if language not in LANGUAGES:
            raise InvalidParameterError("lang", language, f"one of {', '.join(LANGUAGES)}")
        return Setting(self.now or datetime.now(UTC), zone, language)


@cache
def _zones() -> frozenset[str]:
    """The names of all time zones; looking for them takes milliseconds."""
    return frozenset(available_timezones() | {"UTC"})


@dataclass(frozen=True)
class Partial:
    """For an aggregate of measures: positions in the SQL's rows of how many rows are hidden, and of the lowest and
    highest that it can be, None where that can't be said. measure: the one that is summed, if it is a plain sum."""

    hidden: int
    lowest: int | None = None
    highest: int | None = None
    measure: str | None = None


@dataclass(frozen=True)
class OutputColumn:
    """A column of the answer.

    name: its key in the rows; the SQL may call it otherwise, so go by position.
    status: for what depends on measures, the position in the SQL's rows of the column that says NS, or `partiel` for an
    aggregate that leaves hidden rows out. It may lie behind the last output column. blank_hides: whether a missing
    value is a hidden one, of which no status tells.
    """

    name: str
    type: FieldType
    multivalued: bool = False
    status: int | None = None
    partial: Partial | None = None
    blank_hides: bool = False


@dataclass(frozen=True)
class Statement:
    """A SELECT with its parameters; `$1` is the first."""

    sql: str
    parameters: tuple[object, ...] = ()


@dataclass(frozen=True)
class Compiled:
    """One SELECT, and one that counts. Each is written when it is first asked for: `plan` may be answered without.

    The first `len(columns)` columns of the SQL's rows are the answer, in order; further ones are statuses and the like.
    write_count: of what counts the rows that match; None with groups, for which the API gives no total.
    zone: of the datetimes in the answer. row: place of each row's position in the file, if it was asked for.
    filtered_by: measures that a filter reads: hidden rows don't match it. bounds: the relation with bounds that the SQL
    reads, if it reads one. presence: places of the lists of different values, by fields; of several, each is a list.
    plan: what the SELECT asks, None where it says more than a plan can.
    """

    write: Callable[[], Statement] = field(compare=False, repr=False)
    write_count: Callable[[], Statement] | None = field(compare=False, repr=False)
    columns: tuple[OutputColumn, ...]
    grouped: bool
    page: Page
    zone: str = "UTC"
    row: int | None = None
    filtered_by: tuple[str, ...] = ()
    bounds: str | None = None
    presence: Mapping[tuple[str, ...], int] = field(default_factory=dict)
    plan: Plan | None = None

    @property
    def sql(self) -> str:
        """The SELECT."""
        return self._statement.sql

    @property
    def parameters(self) -> tuple[object, ...]:
        """Those of the SELECT."""
        return self._statement.parameters

    @property
    def count_sql(self) -> str | None:
        """What counts the rows that match."""
        return None if self._count is None else self._count.sql

    @property
    def count_parameters(self) -> tuple[object, ...]:
        """Those of what counts."""
        return () if self._count is None else self._count.parameters

    @cached_property
    def _statement(self) -> Statement:
        return self.write()

    @cached_property
    def _count(self) -> Statement | None:
        return None if self.write_count is None else self.write_count()

    @property
    def partial(self) -> bool:
        """Whether an aggregate may leave hidden rows out."""
        return any(column.partial is not None for column in self.columns)
