"""A dataset definition as it is written: one YAML file a dataset, checked field by field.

Everything that a release says about itself, and all that an attacker knows of its rules, is in here and in the code
lists that it names; `dataset.resolve` joins the two.
"""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from seuil.model.delimited import Encoding
from seuil.model.formulas import MOST_DECIMALS
from seuil.model.layout import LayoutColumn
from seuil.model.record_files import Delimiter, Records, Value
from seuil.model.strict import DatasetId, Identifier, Strict
from seuil.model.text import Text

Level = Literal["justified", "plausible"]
EmptyRows = Literal["shown", "left_out"]


def _as_codes(value: object) -> object:
    """One code or several; a whole number is the code that it is written as."""
    several = value if isinstance(value, (list, tuple)) else [value]
    return tuple(str(code) if isinstance(code, int) and not isinstance(code, bool) else code for code in several)


Codes = Annotated[tuple[Annotated[str, Field(min_length=1)], ...], BeforeValidator(_as_codes)]

TOTAL, TOTAL_LEVEL = "TOTAL", "total"  # how a dimension's total is written in tables, and its level
RESERVED_LEVELS = (TOTAL_LEVEL, "unknown")
LARGEST_KNOWN = 1_000_000_000  # far above every count of people, far below what arithmetic can hold


class Period(Strict):
    """The period of every row, a whole number such as a year; each value is a cube of its own."""

    name: Identifier = "annee"
    label: Text = Text(fr="Année", en="Year")
    values: tuple[int, ...] = Field(min_length=1)


Role = Literal["territory", "age", "sex", "condition", "profession", "other"]
"""What a dimension is about; the portal has pages and pictures for some."""


class Dimension(Strict):
    """A dimension: its code list and whether a unit may be in several children of a node.

    codes: CSV file beside the definition. levels: or columns of a table, coarse to fine, whose rows say which codes
    there are; the total above them is of level `total`. total: codes that stand for the total in the rows of a table
    given by hand, beside `TOTAL` and the code list's own; with `TOTAL` among them no others are looked for. of: whom a
    node has, units, or amounts of theirs; a unit may have amounts at several leaves. own_total: of amounts; without,
    what stands right below the total is protected each for itself, as separate sums are, and the total is no figure.
    facet: offered as a filter on the portal. first: the code that the portal opens on, where its own choice would say
    little.
    """

    label: Text
    codes: str = ""
    levels: tuple[Annotated[str, Field(min_length=1)], ...] = ()
    total: Codes = ()
    kind: Literal["additive", "overlapping"] = "additive"
    of: Literal["units", "amounts"] = "units"
    own_total: bool = True
    role: Role = "other"
    facet: bool = True
    first: str = ""

    @model_validator(mode="after")
    def _codes_or_levels(self) -> "Dimension":
        if bool(self.codes) == bool(self.levels):
            raise ValueError("either `codes`, a file, or `levels`, columns of a table")
        if self.levels and self.kind == "overlapping":
            raise ValueError("`codes` for an overlapping dimension: rows don't say which nodes overlap")
        if self.of == "amounts" and (self.levels or self.kind == "overlapping"):
            raise ValueError("`codes` and `kind: additive` for a dimension of amounts")
        if not self.own_total and self.of != "amounts":
            raise ValueError("`own_total: true` but for a dimension of amounts")
        for name in self.levels:
            if name in RESERVED_LEVELS or self.levels.count(name) > 1:
                raise ValueError(f"another name than {name!r} for a level: its own, not {' or '.join(RESERVED_LEVELS)}")
        return self


class Instead(Strict):
    """Rows at one of the codes of every dimension named show a count at other nodes than their own."""

    where: dict[Identifier, tuple[str, ...]]
    at: dict[Identifier, str]


class Count(Strict):
    """How many units. `at` fixes nodes of overlapping dimensions: the population is the count at their total.

    instead: of additive ones, for some rows: beside the women of a condition that men can't have, those of all women.
    """

    kind: Literal["count"]
    label: Text
    at: dict[Identifier, str] = Field(default_factory=dict)
    instead: tuple[Instead, ...] = ()
    unit_label: Text = Text()


class SecondUnit(Strict):
    """Another unit that a sum rests on: fees are earned by professionals and concern patients.

    threshold: with fewer of them a cell is hidden. dominance: as of a `Sum`, for one of them.
    """

    unit: str
    threshold: int = Field(ge=1)
    dominance: int = Field(default=85, ge=1, le=100)


class Sum(Strict):
    """The total of an amount over the units, in whole `unit`s; counted apart are those with a non-zero amount.

    dominance: per cent of a cell's total above which one contributor hides it. p_percent: a cell is hidden in which the
    second largest contributor could tell the largest contribution to within so many per cent of it, and every hidden
    total could be so much lower and higher than it is. p_percent_up_to: of a larger total, in `unit`s, no more is asked
    than of this. width: how far apart, in `unit`s, two admissible values of every hidden total must at least be.
    second_unit: whom else it rests on. kinds: the dimension of amounts that it is split by, none by default.
    """

    kind: Literal["sum"]
    label: Text
    unit_label: Text = Text()
    dominance: int = Field(default=85, ge=1, le=100)
    p_percent: int = Field(default=10, ge=0, le=100)
    p_percent_up_to: int | None = Field(default=None, ge=1)
    width: int = Field(default=1, ge=1)
    second_unit: SecondUnit | None = None
    kinds: Identifier | None = None


def _as_figure(value: object) -> object:
    return {"measure": value} if isinstance(value, str) else value


class FigureAt(Strict):
    """A published figure of a measure: the row's own, or that at other nodes of some dimensions, `at`."""

    measure: Identifier
    at: dict[Identifier, str] = Field(default_factory=dict)


Figure = Annotated[FigureAt, BeforeValidator(_as_figure)]
"""As it is written: the name of a measure, or `measure` and `at`."""


class Total(Strict):
    """What published sums add up to. They are parts without anything in common, such as fees and what exceeds them.

    If the total were a sum of its own, it would tell a part that is hidden by the other ones. One part alone, `at`
    other nodes, shows the figure of a sum there beside other rows; several such totals may be parts of another one.
    """

    kind: Literal["total"]
    label: Text
    of: tuple[Figure, ...] = Field(min_length=1)
    unit_label: Text = Text()

    @field_validator("of")
    @classmethod
    def _of_several(cls, value: tuple[FigureAt, ...]) -> tuple[FigureAt, ...]:
        several = len(value) > 1
        if several and any(part.at for part in value):
            raise ValueError("several sums, or one figure at other nodes")
        if not several and not value[0].at:
            raise ValueError("at least 2 items, or one figure at other nodes")
        return value

    @property
    def single(self) -> bool:
        """Whether it is one figure at other nodes."""
        return len(self.of) == 1


class Mean(Strict):
    """A published total divided by a published count."""

    kind: Literal["mean"]
    label: Text
    of: Figure
    by: Figure
    decimals: int = Field(default=1, ge=0, le=9)
    unit_label: Text = Text()

    @property
    def parts(self) -> dict[str, FigureAt]:
        """Numerator and denominator, by field."""
        return {"of": self.of, "by": self.by}


class Ratio(Strict):
    """`times` x published `of` / published `to`.

    significant: how many significant digits there are at least, up to 9 decimals; `decimals` alone by default.
    """

    kind: Literal["ratio"]
    label: Text
    of: Figure
    to: Figure
    times: int = Field(default=100, ge=1)
    decimals: int = Field(default=1, ge=0, le=MOST_DECIMALS)
    significant: int = Field(default=0, ge=0, le=MOST_DECIMALS)
    unit_label: Text = Text(fr="%", en="%")

    @property
    def parts(self) -> dict[str, FigureAt]:
        """Numerator and denominator, by field."""
        return {"of": self.of, "to": self.to}


class External(Strict):
    """A public figure from elsewhere, such as the population of places: a whole number, which is never hidden.

    file: CSV beside the definition, a row a cell. column: of its figures, the measure's name by default.
    """

    kind: Literal["external"]
    label: Text
    file: Annotated[str, Field(min_length=1)]
    column: str = ""
    unit_label: Text = Text()


class Given(Strict):
    """A figure of a table that was published elsewhere, as it stands there.

    rounding: base that it is rounded to, halves up, where it stands beside the counts of a table given by hand.
    """

    kind: Literal["given"]
    label: Text
    column: str
    rounding: int | None = Field(default=None, ge=2, le=LARGEST_KNOWN)
    decimals: int = Field(default=0, ge=0, le=9)
    unit_label: Text = Text()


Measure = Annotated[Count | Sum | Total | Mean | Ratio | External | Given, Field(discriminator="kind")]
WHOLE = (Count, Sum, Total, External)
"""Measures that are whole numbers; all others have `decimals`."""


class Empty(Strict):
    """Cells declared empty for a public reason; `where` names codes of dimensions, and all below them is meant."""

    where: dict[Identifier, tuple[str, ...]]
    reason: Text


class Wish(Strict):
    """What is publicly asked for the cells that stand at one of the codes of every dimension named.

    ask: whether their counts are to be shown or hidden in any case. cost: how many times dearer than others they are to
    hide.
    """

    where: dict[Identifier, tuple[str, ...]]
    ask: Literal["shown", "hidden"] | None = None
    cost: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    reason: Text


class Known(Strict):
    """What readers know from elsewhere: of the counts of some cells, `where`, or of an earlier release, `file`.

    value, or low and high: of the cells at `where`. period: the one that it is said of, all of them otherwise. count:
    column of the file's figures. rounding, threshold: of the file's figures. hidden: texts that stand for hidden ones.
    legacy: whether hidden cells that this discloses are accepted, without a proof.
    """

    where: dict[Identifier, tuple[str, ...]] | None = None
    period: int | None = None
    value: int | None = Field(default=None, ge=0, le=LARGEST_KNOWN)
    low: int | None = Field(default=None, ge=0, le=LARGEST_KNOWN)
    high: int | None = Field(default=None, ge=0, le=LARGEST_KNOWN)
    file: str = ""
    count: Annotated[str, Field(min_length=1)] = "n"
    rounding: int | None = Field(default=None, ge=2)
    threshold: int | None = Field(default=None, ge=2)
    hidden: tuple[str, ...] = ("NS", "")
    legacy: bool = False
    reason: Text

    @model_validator(mode="after")
    def _cells_or_file(self) -> "Known":
        if (self.where is None) != bool(self.file):
            raise ValueError("either `where`, cells, or `file`, an earlier release")
        bounds, of_files = {"value", "low", "high"}, {"count", "rounding", "threshold", "hidden"}
        if foreign := self.model_fields_set & (bounds if self.file else of_files):
            raise ValueError(
                f"no `{min(foreign)}`, which says nothing of {'a file' if self.file else 'cells at `where`'}"
            )
        if self.where is not None and (self.value is None) == (self.low is None and self.high is None):
            raise ValueError("either `value`, or `low` and `high` or one of them")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("`low` at most as high as `high`")
        return self


class ClaimedException(Strict):
    """Why a field, such as `measures.fees.dominance`, asks for less than the publication policy: a public reason."""

    field: str
    reason: Text


class Apart(Strict):
    """Another collection of the same unit, and the public reason why it counts other people than this one."""

    collection: DatasetId
    reason: Text


class Break(Strict):
    """A period from which on figures don't continue those before it, because what is counted changed, or how.

    where: codes of dimensions, and all below them is meant, and every node of a dimension that isn't named. note: what
    changed.
    """

    period: int
    where: dict[Identifier, tuple[str, ...]] = Field(default_factory=dict)
    note: Text


class Table(Strict):
    """Cells that are published: levels of dimensions, `all` for every level; an absent dimension is at its total.

    The level `unknown` is published where it is named. measures: the counts and sums that it holds, all by default;
    derived measures are where all their parts are.
    """

    levels: dict[Identifier, tuple[str, ...] | Literal["all"]]
    measures: tuple[Identifier, ...] = ()


class DatasetView(Strict):
    """A dataset of a collection of several: which of its tables and measures, in which columns, under which texts.

    Texts that are left out are those of the collection. tables: those of the collection by default. measures: all of
    them by default. columns, empty_rows: as of a definition.
    """

    id: DatasetId
    title: Text
    description: Text | None = None
    purpose: Text | None = None
    keywords: tuple[Text, ...] | None = None
    themes: tuple[Text, ...] | None = None
    tables: tuple[Table, ...] = ()
    measures: tuple[Identifier, ...] = ()
    columns: tuple[LayoutColumn, ...] = ()
    empty_rows: EmptyRows = "shown"


class Published(Strict):
    """A table that was published elsewhere: brought in as it is, outside the guarantee.

    hidden: what stands in a cell of a hidden figure. missing: what stands where there is none. columns: the column of
    each dimension's code; codes that the code list doesn't know are an error.
    """

    file: str
    encoding: Encoding = "utf-8"
    delimiter: Delimiter | None = None
    period: str
    columns: dict[Identifier, Value]
    hidden: tuple[str, ...] = ("NS",)
    missing: tuple[str, ...] = ()


class Unit(Strict):
    """Whom a cell counts."""

    name: Identifier
    label: Text
    plural: Text


UNITS = {
    "patient": Unit(name="patient", label=Text(fr="patient", en="patient"), plural=Text(fr="patients", en="patients")),
    "professional": Unit(
        name="professional",
        label=Text(fr="professionnel", en="professional"),
        plural=Text(fr="professionnels", en="professionals"),
    ),
}


TABLE_DEFAULTS: dict[str, object] = {
    "id": "table",
    "title": {"fr": "Tableau", "en": "Table"},
    "period": {"values": [0]},
    "measures": {"n": {"kind": "count", "label": {"fr": "Effectif", "en": "Count"}}},
}
"""What a table given by hand (`count`) needn't say."""


class Definition(Strict):
    """A collection and its datasets. Fields are named as in docs/reference/definition.md.

    datasets: left out where the collection is one dataset, which then has its id and texts. columns: of the released
    table, `default_columns` where none are said. empty_rows: whether cells declared empty have rows, where 0 stands.
    count: column of a table's counts. Where it is given, the dataset is a table given by hand, and what only a dataset
    with a name and periods needs has a default.
    """

    id: DatasetId
    title: Text
    description: Text = Text()
    purpose: Text = Text()
    source: Literal["records", "published"] = "records"
    origin: Text = Text()
    fictitious: bool = False
    unit: Unit
    threshold: int = Field(ge=2, le=LARGEST_KNOWN)
    rounding: int | None = Field(default=None, ge=2, le=LARGEST_KNOWN)
    level: Level = "justified"
    zeros: Literal["hidden", "shown"] = "hidden"
    empty: tuple[Empty, ...] = ()
    wishes: tuple[Wish, ...] = ()
    known: tuple[Known, ...] = ()
    exceptions: tuple[ClaimedException, ...] = ()
    apart_from: tuple[Apart, ...] = ()
    period: Period
    dimensions: dict[Identifier, Dimension] = Field(min_length=1)
    measures: dict[Identifier, Measure] = Field(min_length=1)
    count: Annotated[str, Field(min_length=1)] | None = None
    tables: tuple[Table, ...] = ()
    columns: tuple[LayoutColumn, ...] = ()
    empty_rows: EmptyRows = "shown"
    datasets: tuple[DatasetView, ...] = ()
    records: Records | None = None
    published: Published | None = None
    publisher: Text = Text()
    licence: str = ""
    licence_url: Annotated[str, Field(pattern=r"^(https?://[^\s\"<>]+)?$")] = ""
    keywords: tuple[Text, ...] = ()
    themes: tuple[Text, ...] = ()
    breaks: tuple[Break, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _of_a_table(cls, value: object) -> object:
        if not isinstance(value, dict) or value.get("count") is None:
            return value
        dimensions = value.get("dimensions")
        if isinstance(dimensions, dict):
            named = {n: {"label": n, **d} if isinstance(d, dict) else d for n, d in dimensions.items()}
            value = {**value, "dimensions": named}
        return {**TABLE_DEFAULTS, **value}

    @field_validator("unit", mode="before")
    @classmethod
    def _known_unit(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if value not in UNITS:
            raise ValueError(f"one of {', '.join(UNITS)}, or name, label, plural")
        return UNITS[value]
