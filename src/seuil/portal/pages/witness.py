"""The two small tables of a hidden figure, in the reader's words."""

from dataclasses import dataclass

from seuil.catalogue.entry import Entry
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import HIDDEN
from seuil.portal.proofs.excerpt import Square, Title
from seuil.portal.proofs.why import Witnessed


@dataclass(frozen=True)
class Place:
    """A place of one of the tables: its number, and what the release says of it, as it is read aloud and plainly.

    told, plain: `NS`, a number, or empty where the release says nothing or the place is of several cells. own: the
    figure in question. balances: the other table has another number here.
    """

    value: int
    text: str
    told: str
    plain: str
    own: bool
    balances: bool


@dataclass(frozen=True)
class Row:
    """A row of one of the tables. sum: its parts written as a sum, if it has any."""

    label: str
    kind: str
    places: tuple[Place, ...]
    sum: str


@dataclass(frozen=True)
class SmallTable:
    """One of the two. value: what the figure would be. sums: those of the columns, each `4 + 19 = 23` with its name."""

    value: str
    rows: tuple[Row, ...]
    sums: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Shown:
    """Both tables. cap: the name of what has the cell in it, its two numbers, and what the release says of it.

    rounding: of the numbers that the release tells. p_percent: of amounts, None of counts; up_to: the largest amount of
    which as much is asked, if there is one.
    """

    columns: tuple[tuple[str, str], ...]
    tables: tuple[SmallTable, SmallTable]
    label: str
    gap: str
    rounding: int | None
    p_percent: int | None
    up_to: str | None
    cap: tuple[str, str, str, str] | None


def shown(entry: Entry, found: Witnessed, locale: Locale) -> Shown:
    """The tables as a page writes them."""
    writer = _Writer(found, locale)
    excerpt = found.excerpt
    columns = tuple((writer.title(title), title.kind) for title in excerpt.columns) or ((writer.label, "total"),)
    tables = writer.table(columns, high=False), writer.table(columns, high=True)
    cap = None
    if excerpt.cap is not None:
        square = excerpt.cap.square
        cap = (
            locale.text(excerpt.cap.label),
            locale.number(square.low),
            locale.number(square.high),
            writer.told(square) or "–",
        )
    return Shown(
        columns,
        tables,
        writer.label,
        locale.number(abs(excerpt.own.high - excerpt.own.low)),
        entry.guarantee.rounding if found.p_percent is None else None,
        found.p_percent,
        None if found.up_to is None else locale.number(found.up_to),
        cap,
    )


class _Writer:
    def __init__(self, found: Witnessed, locale: Locale) -> None:
        self.found, self.locale = found, locale
        self.label = locale.text(found.label)

    def title(self, title: Title) -> str:
        if title.kind == "others":
            return str(self.locale.ngettext("%(count)s other", "%(count)s others", title.others))
        return self.locale.text(title.label) or title.code

    def told(self, square: Square) -> str:
        if isinstance(square.told, int):
            return self.locale.number(square.told)
        return HIDDEN if square.told == HIDDEN else ""

    def table(self, columns: tuple[tuple[str, str], ...], *, high: bool) -> SmallTable:
        excerpt = self.found.excerpt
        value = [[square.high if high else square.low for square in line] for line in excerpt.squares]
        rows = []
        for at, title in enumerate(excerpt.rows):
            places = tuple(
                Place(
                    value[at][k],
                    self.locale.number(value[at][k]),
                    self.told(square),
                    "" if square.told in ("none", "several") else str(square.told),
                    (at, k) == (excerpt.row, excerpt.column),
                    square.differs,
                )
                for k, square in enumerate(excerpt.squares[at])
            )
            rows.append(Row(self.title(title), title.kind, places, self._sum(value[at]) if len(columns) > 1 else ""))
        sums = tuple((label, self._sum([line[k] for line in value])) for k, (label, _) in enumerate(columns))
        own = excerpt.own
        return SmallTable(self.locale.number(own.high if high else own.low), tuple(rows), sums)

    def _sum(self, values: list[int]) -> str:
        *parts, total = map(self.locale.number, values)
        return f"{' + '.join(parts)} = {total}"
