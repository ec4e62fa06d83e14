"""What a reader chose to see of a dataset, read from the address of the page.

Each dimension has a parameter of its name: a code (`sexe=2`), several of them (`sexe=1&sexe=2`), or a level
(`territoire=*departement`: every node of it); codes count before a level. The period has one too: a value, or `*` for
all. Parameters of the page itself start with `_`, as no dimension can.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from seuil.catalogue.entry import Dimension, Entry, Measure, Node
from seuil.model.hierarchy import UNKNOWN
from seuil.portal.pages.source import Equal

EVERY = "*"
MEASURE = "_mesure"
PAGE = "_page"
SORT = "_tri"
OVER = "_sur"
WIDTH = "_largeur"
COLUMNS = "_colonnes"
_LAST_PAGE = 100_000


@dataclass(frozen=True)
class Choice:
    """A node of a dimension, several of them, or a level; none of these means that it is not filtered."""

    dimension: Dimension
    code: str = ""
    level: str = ""
    several: tuple[str, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """The chosen nodes."""
        return self.several or ((self.code,) if self.code else ())

    @property
    def values(self) -> tuple[str, ...]:
        """As they stand in an address."""
        return self.codes or (EVERY + self.level,)

    @property
    def equal(self) -> dict[str, Equal]:
        """The filter that it means, column to value."""
        if self.several:
            return {self.dimension.column: self.several}
        if self.code:
            return {self.dimension.column: self.code}
        return {self.dimension.level_column: self.level} if self.level else {}

    @property
    def node(self) -> Node:
        """The node that pictures are made for: the chosen one, or the dimension's total."""
        return node_of(self.dimension, self.code) or total_of(self.dimension)


@dataclass(frozen=True)
class View:
    """A dataset as a reader wants to see it.

    measure: in pictures. columns: the measures in the table. sort: the measure that orders its rows, from the highest
    figure down where a `-` stands before it.
    ignored: the parameters whose values don't exist.
    """

    entry: Entry
    period: int | None
    choices: tuple[Choice, ...]
    measure: Measure
    columns: tuple[Measure, ...]
    page: int = 1
    sort: str = ""
    ignored: tuple[str, ...] = ()

    @property
    def equal(self) -> dict[str, Equal]:
        """The filters of the table, column to value."""
        found: dict[str, Equal] = {} if self.period is None else {self.entry.period: self.period}
        for choice in self.choices:
            found |= choice.equal
        return found

    @property
    def picture_period(self) -> int:
        """The period of pictures: the chosen one, or the last."""
        return self.period if self.period is not None else self.entry.periods[-1]

    def like(self, row: Mapping[str, object]) -> "View":
        """The same view with the chosen nodes, but not the levels, as in a row of the table."""
        nodes = (replace(c, code=str(row[c.dimension.column])) if c.code else c for c in self.choices)
        return replace(self, choices=tuple(nodes))

    def query(self, **changes: str | int) -> str:
        """The address's query, with some parameters changed. The first page and the table's own order are not named."""
        asked: dict[str, str | int | Sequence[str]] = {self.entry.period: EVERY if self.period is None else self.period}
        asked |= {choice.dimension.name: choice.values for choice in self.choices if choice.dimension.facet}
        asked |= {MEASURE: self.measure.name, SORT: self.sort, PAGE: self.page}
        asked[COLUMNS] = () if self.columns == self.entry.measures else tuple(m.name for m in self.columns)
        asked |= changes
        kept = {name: value for name, value in asked.items() if (name, value) not in ((PAGE, 1), (SORT, ""))}
        return urlencode(kept, doseq=True)


def read_view(entry: Entry, asked: Mapping[str, str]) -> View:
    """Read the parameters; where one names nothing that exists, what is shown by default stands in."""
    ignored, asked = [], QueryParams(asked)
    wanted_period = asked.get(entry.period, "")
    periods: dict[str, int | None] = {EVERY: None} | {str(p): p for p in entry.periods}
    if wanted_period and wanted_period not in periods:
        ignored.append(entry.period)
    choices = []
    for dimension in entry.dimensions:
        texts = [text for text in asked.getlist(dimension.name) if text] if dimension.facet else []
        choice = _choice(dimension, texts)
        if texts and choice is None:
            ignored.append(dimension.name)
        choices.append(choice or default_choice(entry, dimension))
    measures = {m.name: m for m in entry.measures}
    wanted = asked.get(MEASURE, "")
    if wanted and wanted not in measures:
        ignored.append(MEASURE)
    columns = tuple(m for m in entry.measures if m.name in asked.getlist(COLUMNS))
    if asked.getlist(COLUMNS) and not columns:
        ignored.append(COLUMNS)
    sort = asked.get(SORT, "")
    if sort and sort.removeprefix("-") not in measures:
        ignored.append(SORT)
        sort = ""
    return View(
        entry=entry,
        period=periods.get(wanted_period, entry.periods[-1]),
        choices=tuple(choices),
        measure=measures.get(wanted) or default_measure(entry),
        columns=columns or entry.measures,
        page=_whole(asked.get(PAGE, ""), 1, _LAST_PAGE, 1),
        sort=sort,
        ignored=tuple(ignored),
    )


def default_choice(entry: Entry, dimension: Dimension) -> Choice:
    """Its total; but one dimension is spread over its finest level: the territory, or the first that can be.

    What the definition names comes before. The total of an overlapping dimension is everybody, whose rate is 100 %
    everywhere: its first part says more.
    """
    if not dimension.facet:
        return Choice(dimension)
    if node_of(dimension, dimension.first):
        return Choice(dimension, code=dimension.first)
    spread = [d for d in entry.dimensions if d.facet and spread_levels(d)]
    territories = [d for d in spread if d.role == "territory"]
    if dimension in (territories or spread)[:1]:
        return Choice(dimension, level=spread_levels(dimension)[-1])
    return Choice(dimension, code=_first_of(dimension).code)


def default_measure(entry: Entry) -> Measure:
    """The first rate or mean, which compares areas of different size; else the first measure."""
    return next((m for m in entry.measures if m.kind in ("ratio", "mean")), entry.measures[0])


def levels_of(dimension: Dimension) -> tuple[str, ...]:
    """Levels that are published, coarse to fine, without the unknown leaf."""
    return tuple(dict.fromkeys(n.level for n in dimension.nodes if n.level != UNKNOWN))


def spread_levels(dimension: Dimension) -> tuple[str, ...]:
    """Levels that have several nodes, coarse to fine: a table may have a row for each."""
    counts = Counter(n.level for n in dimension.nodes)
    return tuple(level for level in levels_of(dimension) if counts[level] > 1)


def node_of(dimension: Dimension, code: str) -> Node | None:
    """The node of a code, if there is one."""
    return next((n for n in dimension.nodes if n.code == code), None)


def has_total(dimension: Dimension) -> bool:
    """Whether the dimension's total is published."""
    return node_of(dimension, dimension.total) is not None


def total_of(dimension: Dimension) -> Node:
    """The dimension's total, or the first node where no total is published."""
    return node_of(dimension, dimension.total) or dimension.nodes[0]


def _first_of(dimension: Dimension) -> Node:
    total = total_of(dimension)
    if dimension.kind != "overlapping":
        return total
    return next((n for n in dimension.nodes if n.parent == total.code and n.level != UNKNOWN), total)


def read_width(asked: Mapping[str, str]) -> int:
    """Width of a picture in pixels: what the page has room for, within bounds."""
    return _whole(asked.get(WIDTH, ""), 260, 1200, 600)


def _choice(dimension: Dimension, texts: Sequence[str]) -> Choice | None:
    """What the texts ask for; None where one of them asks for nothing that there is."""
    known, levels = {node.code for node in dimension.nodes}, {EVERY, *(EVERY + level for level in levels_of(dimension))}
    if not texts or not set(texts) <= known | levels:
        return None
    codes = tuple(dict.fromkeys(text for text in texts if text in known))
    if len(codes) > 1:
        return Choice(dimension, several=codes)
    return Choice(dimension, code=codes[0]) if codes else Choice(dimension, level=texts[0].removeprefix(EVERY))


def _whole(text: str, low: int, high: int, otherwise: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 9):
        return otherwise
    return min(max(int(text), low), high)
