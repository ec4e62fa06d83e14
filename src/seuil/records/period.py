"""One period's records as tables of pseudonyms and positions, in the engine.

Columns of ours begin with an underscore, which the name of a dimension or measure can't.

The first statement that touches a file does nothing but select rows and replace the identifier: no join, no grouping,
nothing that the engine could spill before the identifier is gone.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, reduce
from operator import or_
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from seuil.model.dataset import Dataset
from seuil.model.hierarchy import Hierarchy
from seuil.model.limits import PARTS
from seuil.model.record_files import Amount, Memberships, People
from seuil.records import reasons
from seuil.records.door import is_known, pseudonym
from seuil.records.engines.engine import Engine
from seuil.records.matching import NO_CODE, NO_VALUE, Matcher
from seuil.records.values import Wrong, as_amount, is_period


@dataclass(frozen=True)
class Tally:
    """Rows of one file in one period: see `FileReport`."""

    counted: int
    set_aside: Mapping[str, int]
    unknown: Mapping[str, int]
    left_out: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


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

    def people(self, source: ir.Table, spec: People) -> tuple[ir.Table, Tally]:
        """Units that count: `_unit`, a position for every additive dimension, amounts of every sum in parts of a unit.

        Of a unit that is left out of a sum the amount is 0: it adds nothing to the sum, and contributes nothing to it.
        """
        raw = {name: value.column for name, value in spec.dimensions.items()}
        amounts = _amounts(spec, self.dataset)
        raw |= {name: amount.column for name, amount in amounts.items()}
        rows = self.enter(source, spec.identifier, spec.period, raw)
        conditions = []
        for name in self.dataset.additive:
            rows = self.match(rows, name, Matcher(spec.dimensions[name], self.hierarchies[name]))
            conditions += nowhere(name, rows[name])
        rows = rows.mutate(**{name: as_amount(rows[name], a.times, a.parts) for name, a in amounts.items()})
        conditions += [(reasons.DECLARED_EMPTY, rule.holds(rows)) for rule in self.rules if rule.nodes is None]
        rows = self.keep("rows", rows.mutate(_reason=reasons.first_of(conditions)))
        aside = self.reasons(rows)
        people = self._one_row_each(rows.filter(rows["_reason"].isnull()).drop("_reason"), list(amounts), aside)
        people, left_out = self._leave_out(people, amounts)
        return people, self._tally(people, self.dataset.additive, aside, left_out)

    def memberships(self, source: ir.Table, spec: Memberships, people: ir.Table) -> tuple[ir.Table, Tally]:
        """Who is in which node: the columns of `people`, and the position `_node`. Each unit once a node."""
        name = spec.dimension
        rows = self.enter(source, spec.identifier, spec.period, {"_node": spec.value.column})
        rows = self.match(rows, "_node", Matcher(spec.value, self.hierarchies[name]))
        there = people.mutate(_found=True)
        rows = rows.left_join(there, "_unit").drop("_unit_right")
        conditions = [
            *nowhere(name, rows["_node"]),
            (reasons.NOT_AMONG_PEOPLE, rows["_found"].isnull()),
            *(
                (reasons.DECLARED_EMPTY, rule.holds(rows, rows["_node"]))
                for rule in self.rules
                if rule.nodes is not None
            ),
        ]
        rows = self.keep("memberships", rows.mutate(_reason=reasons.first_of(conditions)).drop("_found"))
        aside = self.reasons(rows)
        kept = rows.filter(rows["_reason"].isnull()).drop("_reason")
        once = self.keep("members", kept.distinct())
        again = self.number(kept.count()) - self.number(once.count())
        if again:
            aside[reasons.REPEATED] += again
        unknown = self.hierarchies[name].unknown
        in_unknown = {} if unknown is None else {name: self.number((once["_node"] == unknown).sum())}
        return once, Tally(self.number(once.count()), dict(aside), {k: n for k, n in in_unknown.items() if n})

    def enter(self, source: ir.Table, identifier: str, period: str, raw: Mapping[str, str]) -> ir.Table:
        """The rows of the period with an identifier, which is replaced here. raw: the file's columns by ours."""
        here = source.filter(is_period(source[period], self.period) & is_known(source[identifier]))
        columns = {name: here[column] for name, column in raw.items()}
        return self.keep("entered", here.select(_unit=pseudonym(here[identifier], self.door), **columns))

    def match(self, rows: ir.Table, column: str, matcher: Matcher) -> ir.Table:
        """The rows with a column's values replaced by positions, NO_VALUE or NO_CODE where nothing fits."""
        values = self.engine.fetch(rows.select(_value=rows[column]).distinct())["_value"]
        places = pa.array(matcher.positions(values.to_pylist()), pa.int16())
        lookup = self.engine.lookup(pa.table({"_value": values, "_place": places}))
        joined = rows.left_join(lookup, rows[column] == lookup["_value"])
        place = joined["_place"].fill_null(ibis.literal(matcher.position(None), "int16"))  # null is joined to nothing
        return joined.mutate(**{column: place}).drop("_value", "_place")

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

    def _one_row_each(self, rows: ir.Table, amounts: Sequence[str], aside: Counter[str]) -> ir.Table:
        """A unit with several rows counts once if they agree in its leaf; if not, none is known to be right.

        Amounts in which they differ are `Wrong`.
        """
        counts = rows.group_by("_unit").agg(n=rows.count())
        several = self.keep("several", counts.filter(counts.n > 1))
        if not self.number(several.count()):
            return rows
        variants = rows.semi_join(several, "_unit")
        once = variants.group_by(["_unit", *self.dataset.additive]).agg(**{a: _agreed(variants[a]) for a in amounts})
        kinds = once.group_by("_unit").agg(kinds=once.count())
        sure = self.keep("sure", once.semi_join(kinds.filter(kinds.kinds == 1), "_unit"))
        kept = several.semi_join(sure, "_unit")
        again = self.number(kept.n.sum()) - self.number(kept.count())
        against = self.number(several.n.sum()) - self.number(kept.n.sum())
        aside.update({reason: n for reason, n in ((reasons.REPEATED, again), (reasons.CONTRADICTORY, against)) if n})
        return self.keep("people", rows.anti_join(several, "_unit").union(sure.select(rows.columns)))

    def _leave_out(
        self, people: ir.Table, amounts: "Mapping[str, _Amount]"
    ) -> tuple[ir.Table, dict[str, dict[str, int]]]:
        """The same people with amounts in place of what is none, and how many of them are left out of which sum."""
        found: dict[str, dict[str, int]] = {}
        for measure in dict.fromkeys(amount.measure for amount in amounts.values()):
            mine = {name: amount for name, amount in amounts.items() if amount.measure == measure}
            wrong = reduce(or_, (people[name] < 0 for name in mine))
            why = [(a.of + reasons.LEFT_OUT[w], people[name] == w.value) for name, a in mine.items() for w in Wrong]
            rows = people.filter(wrong).mutate(_why=reasons.first_of(why))
            counts = self.engine.fetch(rows.group_by("_why").agg(n=rows.count())).to_pylist()
            if counts:
                found[measure] = {row["_why"]: row["n"] for row in sorted(counts, key=lambda row: row["_why"])}
                people = people.mutate(**{name: ibis.ifelse(wrong, 0, people[name]) for name in mine})
        return people, found

    def _tally(
        self,
        people: ir.Table,
        dimensions: tuple[str, ...],
        aside: Counter[str],
        left_out: Mapping[str, Mapping[str, int]],
    ) -> Tally:
        unknown = {}
        for name in dimensions:
            position = self.hierarchies[name].unknown
            n = 0 if position is None else self.number((people[name] == position).sum())
            if n:
                unknown[name] = n
        return Tally(self.number(people.count()), dict(aside), unknown, left_out)


def nowhere(dimension: str, place: ir.Column) -> list[tuple[str, ir.BooleanColumn]]:
    """Reasons why a row has no place in a dimension."""
    return [(reasons.no_value(dimension), place == NO_VALUE), (reasons.no_code(dimension), place == NO_CODE)]


def _agreed(amount: ir.Column) -> ir.Value:
    """The amount of one unit that all of its rows say, or why there is none."""
    least, most = amount.min(), amount.max()
    return ibis.ifelse((least == most) | (least < 0), least, Wrong.DIFFERS.value).cast("int64")


def second_unit(measure: str) -> tuple[str, str]:
    """Columns of ours for a measure's second unit: how many in a row, and the largest amount of one of them."""
    return f"_{measure}_units", f"_{measure}_most"


class _Amount(NamedTuple):
    """column: the file's. times: the factor to whole units. measure: whose it is. of: of whom, said before a reason.

    parts: in how many parts of a unit it is counted.
    """

    column: str
    times: float
    measure: str
    of: str = ""
    parts: int = PARTS


def _amounts(spec: People, dataset: Dataset) -> dict[str, _Amount]:
    """By our column."""
    found: dict[str, _Amount] = {}
    for measure, amount in spec.amounts.items():
        found |= amounts_of(measure, amount, dataset)
    return found


def amounts_of(measure: str, amount: Amount, dataset: Dataset) -> dict[str, _Amount]:
    """The columns of a sum, by ours: its amount, of a second unit how many and the largest amount of one of them."""
    found = {measure: _Amount(amount.column, amount.times, measure)}
    other = dataset.sums[measure].second_unit
    if amount.second_unit is not None and other is not None:
        units, most = second_unit(measure)
        found[units] = _Amount(amount.second_unit.count, 1.0, measure, f"number by {other.unit}: ", 1)
        found[most] = _Amount(amount.second_unit.largest, amount.times, measure, f"largest by {other.unit}: ")
    return found
