"""Years that were published again, as `vintages.yaml` beside a definition says it: written by `build` and `propose`.

Each entry has a file of what the publication before told of the cells, but for figures that have changed since:

    territory,sex,low,high,hidden
    N,1,,,count fees          hidden then: it stays hidden
    N,2,40,40,                shown then, and as it was: if it is hidden now, readers still know it
"""

import csv
import datetime
from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml

from seuil.model.definition import LARGEST_KNOWN, Definition
from seuil.model.errors import DefinitionError
from seuil.model.hierarchy import Hierarchy
from seuil.model.known import Fact
from seuil.model.reading import lines_of, read_yaml
from seuil.model.rows import read_rows
from seuil.model.strict import Strict
from seuil.model.text import Text

VINTAGES = "vintages.yaml"
FOLDER = "vintages"
LOW, HIGH, HIDDEN = "low", "high", "hidden"


class Vintage(Strict):
    """A year that was published again. replaces: the last release with its figures before. told: file of what it told.

    release, date, reason: with which it went out, when it was proposed, and why; None until it is proposed.
    """

    period: int
    replaces: int
    told: str
    release: int | None = None
    date: datetime.date | None = None
    reason: Text | None = None


class Vintages(Strict):
    """The file, in the order of years and releases."""

    vintages: tuple[Vintage, ...]


def read_vintages(folder: Path) -> tuple[Vintage, ...]:
    """The entries of the file in a folder; none where there is no such file. Raises DefinitionError."""
    path = folder / VINTAGES
    if not path.is_file():
        return ()
    vintages = read_yaml(path, Vintages).vintages
    for k, vintage in enumerate(vintages):
        if vintage.told != told_name(vintage.period, vintage.replaces):
            expected = told_name(vintage.period, vintage.replaces)
            line = lines_of(path).get(("vintages", str(k), "told"))
            raise DefinitionError(path, line, f"vintages.{k}.told", repr(vintage.told), expected)
    return vintages


def told_name(period: int, release: int) -> str:
    """The file of what a release told of a year, seen from the definition."""
    return f"{FOLDER}/{period}-{release}.csv"


def vintages_bytes(vintages: tuple[Vintage, ...]) -> bytes:
    """`vintages.yaml`; the same entries give the same bytes."""
    ordered = sorted(vintages, key=lambda one: (one.period, one.replaces))
    content = Vintages(vintages=tuple(ordered)).model_dump(mode="json")
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode()


def write_told(path: Path, names: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> None:
    """Write a file of what a release told. names: of the dimensions. rows: codes, bounds, bases that were hidden."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([(*names, LOW, HIGH, HIDDEN), *rows])


def vintage_facts(
    vintages: tuple[Vintage, ...], definition: Definition, hierarchies: Mapping[str, Hierarchy], folder: Path
) -> Iterator[Fact]:
    """What earlier vintages told of the periods of a definition. Raises DefinitionError with file and line."""
    for vintage in vintages:
        if vintage.period in definition.period.values:
            yield from _told(folder / vintage.told, vintage.period, hierarchies)


def _told(path: Path, period: int, hierarchies: Mapping[str, Hierarchy]) -> Iterator[Fact]:
    wanted = (*hierarchies, LOW, HIGH, HIDDEN)
    rows = read_rows(path, FOLDER, wanted)
    if rows.columns != wanted:
        raise DefinitionError(path, 1, "columns", ", ".join(rows.columns), ", ".join(wanted))
    for row in rows:
        values = dict(zip(rows.columns, row.fields, strict=True))
        for name, hierarchy in hierarchies.items():
            if values[name] not in hierarchy.index:
                raise DefinitionError(path, row.number, name, repr(values[name]), "a code of that dimension")
        low, high = (_bound(path, row.number, name, values[name]) for name in (LOW, HIGH))
        where = {name: (values[name],) for name in hierarchies}
        hidden = values[HIDDEN].split()
        sums = tuple(name for name in hidden if name != "count")
        yield Fact(where, period, low or 0, high, "count" in hidden, False, sums)


def _bound(path: Path, line: int, name: str, text: str) -> int | None:
    if not text:
        return None
    if not text.isdecimal() or int(text) > LARGEST_KNOWN:
        raise DefinitionError(path, line, name, "what is no count", "a whole number, or nothing")
    return int(text)
