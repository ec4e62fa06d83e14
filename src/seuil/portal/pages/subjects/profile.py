"""The page of a condition or a profession: the whole country, its regions, both sexes, and the finer lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seuil.catalogue.entry import Dimension, Measure, Node
from seuil.model.hierarchy import UNKNOWN
from seuil.portal.pages.locale import Locale
from seuil.portal.pages.numbers import Row
from seuil.portal.pages.source import DataSource
from seuil.portal.pages.subjects.choice import Choice
from seuil.portal.pages.subjects.claims import by_how_much, compare
from seuil.portal.pages.subjects.ranges import Reading, read
from seuil.portal.pages.subjects.reading import Reader


@dataclass(frozen=True)
class PartRow:
    """A node with its count and rate. said: how the rate lies to that of the table's whole. address: of the view."""

    node: Node
    count: Reading | None
    rate: Reading | None
    said: str
    address: str


@dataclass(frozen=True)
class Parts:
    """A table of the nodes of one dimension. whole: what they are compared with; None where nothing is compared."""

    dimension: Dimension
    whole: Node | None
    rows: tuple[PartRow, ...]


@dataclass(frozen=True)
class Profile:
    """The tables of the page, over a count and a rate, as far as the dataset has them."""

    count: Measure | None
    rate: Measure | None
    tables: tuple[Parts, ...]


def read_profile(source: DataSource, choice: Choice, page: str, locale: Locale) -> Profile:
    """Regions, sexes and finer lines of a view of the whole country. page: where their views are."""
    reader, subject = Reader(source), choice.subject
    tables = [_regions(reader, choice, page, locale)]
    sex = subject.find("sex")
    if sex is not None and sex.facet:
        tables.append(_parts(reader, choice, sex, [n for n in sex.nodes if n.code != sex.total], page, locale))
    finer = [n for n in subject.main.nodes if n.parent == choice.main.code and n.level != UNKNOWN]
    tables.append(_parts(reader, choice, subject.main, finer, page, locale))
    return Profile(subject.count, subject.rate, tuple(table for table in tables if table is not None))


def _regions(reader: Reader, choice: Choice, page: str, locale: Locale) -> Parts | None:
    """The places right below the whole country, beside it."""
    territory = choice.subject.territory
    nodes = [n for n in territory.nodes if n.parent == territory.total and n.level != UNKNOWN]
    if len(nodes) > len(choice.subject.departments) / 2:
        return None  # the departments have a ranking of their own
    return _parts(reader, choice, territory, nodes, page, locale, whole=choice.subject.whole)


def _parts(
    reader: Reader,
    choice: Choice,
    dimension: Dimension,
    nodes: Sequence[Node],
    page: str,
    locale: Locale,
    *,
    whole: Node | None = None,
) -> Parts | None:
    if not nodes:
        return None
    rows = reader.nodes(choice, dimension)
    beside = None if whole is None else rows.get(whole.code)
    found = tuple(_row(choice, dimension, node, rows, beside, page, locale) for node in nodes)
    return Parts(dimension, whole if beside is not None else None, found)


def _row(
    choice: Choice, dimension: Dimension, node: Node, rows: Mapping[str, Row], beside: Row | None, page: str,
    locale: Locale,
) -> PartRow:  # fmt: skip
    subject, row = choice.subject, rows.get(node.code)
    count = None if subject.count is None else read(subject.entry, row, subject.count, locale)
    rate = None if subject.rate is None else read(subject.entry, row, subject.rate, locale)
    said = ""
    if beside is not None and rate is not None and subject.rate is not None and rate.range is not None:
        other = read(subject.entry, beside, subject.rate, locale)
        said = "" if other.range is None else by_how_much(compare(rate.range, other.range), locale)
    return PartRow(node, count, rate, said, f"{page}?{choice.at(dimension, node).query()}#reponse")
