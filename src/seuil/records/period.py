"""What the files of one period share: positions in place of values, reasons, numbers that the engine works out.

Columns of ours begin with an underscore, which the name of a dimension or measure can't.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from seuil.model.dataset import Dataset
from seuil.model.hierarchy import Hierarchy
from seuil.model.limits import PARTS
from seuil.model.record_files import Amount
from seuil.records import reasons
from seuil.records.door import pseudonym
from seuil.records.engines.dialect import fingerprint
from seuil.records.engines.engine import Engine
from seuil.records.matching import NO_CODE, NO_VALUE, Matcher


@dataclass(frozen=True)
class Tally:
    """Rows of one file in one period: see `FileReport`."""

    counted: int
    set_aside: Mapping[str, int]
    unknown: Mapping[str, int]
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Lookup:
    """What the values of a column stand for. table: `_value`, and whole numbers for it. nothing: those of no value."""

    table: ir.Table
    nothing: Mapping[str, int]

    def put(self, rows: ir.Table, column: str) -> ir.Table:
        """The rows with the numbers of what stands in a column."""
        joined = rows.left_join(self.table, rows[column] == self.table["_value"]).drop("_value")
        kinds = joined.schema()  # null is joined to nothing
        return joined.mutate(
            **{name: joined[name].fill_null(ibis.literal(n, kinds[name])) for name, n in self.nothing.items()}
        )


@dataclass(frozen=True)
class PeriodRecords:
    """Reads the records of one period. Tables live in the engine until it forgets them."""

    engine: Engine
    dataset: Dataset
    period: int
    door: str

    @cached_property
    def hierarchies(self) -> dict[str, Hierarchy]:
        """Every dimension as it stands in the period."""
        return {name: h.in_period(self.period) for name, h in self.dataset.hierarchies.items()}

    @cached_property
    def rules(self) -> tuple[reasons.EmptyRule, ...]:
        """What is declared empty of units."""
        return self.rules_of(None)

    def rules_of(self, kinds: str | None) -> tuple[reasons.EmptyRule, ...]:
        """What is declared empty of the amounts of a dimension; of units where none is named."""
        return reasons.empty_rules(self.dataset, self.hierarchies, kinds)

    def pseudonym(self, unit: ir.Column) -> ir.Column:
        """What may be written in place of a unit. unit: a column `_unit`."""
        return pseudonym(unit, self.door) if self.engine.in_memory else unit

    def places(self, rows: ir.Table, column: str, matcher: Matcher) -> Lookup:
        """The positions of all values of a column, as `_place`: NO_VALUE or NO_CODE where nothing fits."""
        values = self.engine.fetch(rows.select(_value=rows[column]).distinct())["_value"]
        return self.lookup(
            values, {"_place": matcher.positions(values.to_pylist())}, {"_place": matcher.position(None)}
        )

    def lookup(self, values: pa.Array, numbers: Mapping[str, Sequence[int]], nothing: Mapping[str, int]) -> Lookup:
        """A table of what every value stands for."""
        columns = {name: pa.array(column, pa.int64()) for name, column in numbers.items()}
        return Lookup(self.engine.lookup(pa.table({"_value": values, **columns})), nothing)

    def parted(self, rows: ir.Table, n: int, width: int) -> Iterator[ir.Table]:
        """Rows in parts that the engine can group by unit, each with all rows of its units.

        n: how many rows there are. width: bytes that one takes while they are grouped.
        """
        most = self.engine.part_bytes
        parts = 1 if most is None else -(-n * width // most)
        if parts < 2:
            yield rows
            return
        part = fingerprint(rows["_unit"]) % parts
        for k in range(parts):
            yield rows.filter(part == k)

    def keep(self, name: str, table: ir.Table) -> ir.Table:
        """The table, worked out now and kept until the engine forgets it."""
        return self.engine.keep(name, table)

    def number(self, value: ir.Value) -> int:
        """A whole number that the engine works out, 0 for nothing."""
        found = self.engine.fetch(value.as_table())[0][0].as_py()
        return 0 if found is None else int(found)

    def reasons(self, rows: ir.Table, column: str = "_reason") -> Counter[str]:
        """How many rows there are of each reason that stands in a column."""
        aside = rows.filter(rows[column].notnull())
        counts = self.engine.fetch(aside.group_by(column).agg(n=aside.count()))
        return Counter({row[column]: row["n"] for row in counts.to_pylist()})


def replaced(rows: ir.Table, column: str, places: Lookup) -> ir.Table:
    """The rows with a column's values replaced by their positions."""
    found = places.put(rows, column)
    return found.mutate(**{column: found["_place"]}).drop("_place")


def nowhere(dimension: str, place: ir.Column) -> list[tuple[str, ir.BooleanColumn]]:
    """Reasons why a row has no place in a dimension."""
    return [(reasons.no_value(dimension), place == NO_VALUE), (reasons.no_code(dimension), place == NO_CODE)]


def second_unit(measure: str) -> tuple[str, str]:
    """Columns of ours for a measure's second unit: how many in a row, and the largest amount of one of them."""
    return f"_{measure}_units", f"_{measure}_most"


class AmountColumn(NamedTuple):
    """column: the file's. times: the factor to whole units. measure: whose it is. of: of whom, said before a reason.

    parts: in how many parts of a unit it is counted.
    """

    column: str
    times: float
    measure: str
    of: str = ""
    parts: int = PARTS


def amounts_of(measure: str, amount: Amount, dataset: Dataset) -> dict[str, AmountColumn]:
    """The columns of a sum, by ours: its amount, of a second unit how many and the largest amount of one of them."""
    found = {measure: AmountColumn(amount.column, amount.times, measure)}
    other = dataset.sums[measure].second_unit
    if amount.second_unit is not None and other is not None:
        units, most = second_unit(measure)
        found[units] = AmountColumn(amount.second_unit.count, 1.0, measure, f"number by {other.unit}: ", 1)
        found[most] = AmountColumn(amount.second_unit.largest, amount.times, measure, f"largest by {other.unit}: ")
    return found
