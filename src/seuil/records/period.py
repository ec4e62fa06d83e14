"""One period's records as tables of pseudonyms and positions, in the engine.

Columns of ours begin with an underscore, which the name of a dimension or measure can't.

The first statement that touches a file does nothing but select rows and replace the identifier: no join, no grouping,
nothing that the engine could spill before the identifier is gone.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import ibis
import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from seuil.model.dataset import Dataset
from seuil.model.definition import Memberships, People
from seuil.model.hierarchy import Hierarchy
from seuil.records import reasons
from seuil.records.door import is_known, pseudonym
from seuil.records.matching import Matcher
from seuil.records.values import as_amount, is_period


@dataclass(frozen=True)
class Tally:
    """Rows of one file in one period."""

    counted: int
    set_aside: Mapping[str, int]
    unknown: Mapping[str, int]


@dataclass(frozen=True)
class PeriodRecords:
    """Reads the records of one period. Tables live in the engine until `close`."""

    connection: Backend
    dataset: Dataset
    period: int
    door: str

    @cached_property
    def hierarchies(self) -> dict[str, Hierarchy]:
        """Every dimension as it stands in the period."""
        return {name: h.in_period(self.period) for name, h in self.dataset.hierarchies.items()}

    @cached_property
    def rules(self) -> tuple[reasons.EmptyRule, ...]:
        """What is declared empty."""
        return reasons.empty_rules(self.dataset, self.hierarchies)

    def people(self, source: ir.Table, spec: People) -> tuple[ir.Table, Tally]:
        """Units that count: `_unit`, a position for every additive dimension, whole units of every sum."""
        raw = {name: value.column for name, value in spec.dimensions.items()}
        amounts = _amounts(spec, self.dataset)
        raw |= {name: amount.column for name, amount in amounts.items()}
        rows = self._enter(source, spec.identifier, spec.period, raw)
        conditions = []
        for name in self.dataset.additive:
            rows = self._match(rows, name, Matcher(spec.dimensions[name], self.hierarchies[name]))
            conditions.append((reasons.no_code(name), rows[name].isnull()))
        for name, amount in amounts.items():
            rows = rows.mutate(**{name: as_amount(rows[name], amount.times)})
            conditions.append((amount.wrong, rows[name].isnull()))
        conditions += [(reasons.DECLARED_EMPTY, rule.holds(rows)) for rule in self.rules if rule.nodes is None]
        rows = self._keep("rows", rows.mutate(_reason=reasons.first_of(conditions)))
        aside = self._reasons(rows)
        people = self._one_row_each(rows.filter(rows["_reason"].isnull()).drop("_reason"), aside)
        return people, self._tally(people, self.dataset.additive, aside)

    def memberships(self, source: ir.Table, spec: Memberships, people: ir.Table) -> tuple[ir.Table, Tally]:
        """Who is in which node: the columns of `people`, and the position `_node`. Each unit once a node."""
        name = spec.dimension
        rows = self._enter(source, spec.identifier, spec.period, {"_node": spec.value.column})
        rows = self._match(rows, "_node", Matcher(spec.value, self.hierarchies[name]))
        there = people.mutate(_found=True)
        rows = rows.left_join(there, "_unit").drop("_unit_right")
        conditions = [
            (reasons.no_code(name), rows["_node"].isnull()),
            (reasons.NOT_AMONG_PEOPLE, rows["_found"].isnull()),
            *(
                (reasons.DECLARED_EMPTY, rule.holds(rows, rows["_node"]))
                for rule in self.rules
                if rule.nodes is not None
            ),
        ]
        rows = self._keep("memberships", rows.mutate(_reason=reasons.first_of(conditions)).drop("_found"))
        aside = self._reasons(rows)
        kept = rows.filter(rows["_reason"].isnull()).drop("_reason")
        once = self._keep("members", kept.distinct())
        again = self._number(kept.count()) - self._number(once.count())
        if again:
            aside[reasons.REPEATED] += again
        unknown = self.hierarchies[name].unknown
        in_unknown = {} if unknown is None else {name: self._number((once["_node"] == unknown).sum())}
        return once, Tally(self._number(once.count()), dict(aside), {k: n for k, n in in_unknown.items() if n})

    def close(self) -> None:
        """Free the engine's memory."""
        for name in self.connection.list_tables():
            if name.startswith("seuil_"):
                self.connection.drop_table(name)

    def _enter(self, source: ir.Table, identifier: str, period: str, raw: Mapping[str, str]) -> ir.Table:
        here = source.filter(is_period(source[period], self.period) & is_known(source[identifier]))
        columns = {name: here[column] for name, column in raw.items()}
        return self._keep("entered", here.select(_unit=pseudonym(here[identifier], self.door), **columns))

    def _match(self, rows: ir.Table, column: str, matcher: Matcher) -> ir.Table:
        """The rows with a column's values replaced by positions, null where nothing fits."""
        values = self.connection.to_pyarrow(rows.select(_value=rows[column]).distinct())["_value"]
        places = pa.array(matcher.positions(values.to_pylist()), pa.int16())
        lookup = ibis.memtable(pa.table({"_value": values, "_place": places}))
        joined = rows.left_join(lookup, rows[column] == lookup["_value"])
        nowhere = matcher.position(None)
        place = joined["_place"] if nowhere is None else joined["_place"].fill_null(ibis.literal(nowhere, "int16"))
        return joined.mutate(**{column: place}).drop("_value", "_place")

    def _keep(self, name: str, table: ir.Table) -> ir.Table:
        return self.connection.create_table(f"seuil_{name}", table, overwrite=True)

    def _number(self, value: ir.Value) -> int:
        found = self.connection.to_pyarrow(value).as_py()
        return 0 if found is None else int(found)

    def _reasons(self, rows: ir.Table) -> Counter[str]:
        aside = rows.filter(rows["_reason"].notnull())
        counts = self.connection.to_pyarrow(aside.group_by("_reason").agg(n=aside.count()))
        return Counter({row["_reason"]: row["n"] for row in counts.to_pylist()})

    def _one_row_each(self, rows: ir.Table, aside: Counter[str]) -> ir.Table:
        """A unit with several equal rows counts once; of rows that differ none is known to be right, so none counts."""
        counts = rows.group_by("_unit").agg(n=rows.count())
        several = self._keep("several", counts.filter(counts.n > 1))
        if not self._number(several.count()):
            return rows
        variants = rows.semi_join(several, "_unit").distinct()
        kinds = variants.group_by("_unit").agg(kinds=variants.count())
        sure = self._keep("sure", variants.semi_join(kinds.filter(kinds.kinds == 1), "_unit"))
        kept = several.semi_join(sure, "_unit")
        again = self._number(kept.n.sum()) - self._number(kept.count())
        against = self._number(several.n.sum()) - self._number(kept.n.sum())
        aside.update({reason: n for reason, n in ((reasons.REPEATED, again), (reasons.CONTRADICTORY, against)) if n})
        return self._keep("people", rows.anti_join(several, "_unit").union(sure.select(rows.columns)))

    def _tally(self, people: ir.Table, dimensions: tuple[str, ...], aside: Counter[str]) -> Tally:
        unknown = {}
        for name in dimensions:
            position = self.hierarchies[name].unknown
            n = 0 if position is None else self._number((people[name] == position).sum())
            if n:
                unknown[name] = n
        return Tally(self._number(people.count()), dict(aside), unknown)


def second_unit(measure: str) -> tuple[str, str]:
    """Columns of ours for a measure's second unit: how many in a row, and the largest amount of one of them."""
    return f"_{measure}_units", f"_{measure}_most"


class _Amount(NamedTuple):
    """column: the file's. times: the factor to whole units. wrong: what is said of a row where it is no amount."""

    column: str
    times: float
    wrong: str


def _amounts(spec: People, dataset: Dataset) -> dict[str, _Amount]:
    """By our column."""
    found = {}
    for measure, amount in spec.amounts.items():
        found[measure] = _Amount(amount.column, amount.times, reasons.no_amount(measure))
        other = dataset.sums[measure].second_unit
        if amount.second_unit is not None and other is not None:
            units, most = second_unit(measure)
            wrong = reasons.no_amount(f"{measure} by {other.unit}")
            found[units] = _Amount(amount.second_unit.count, 1.0, wrong)
            found[most] = _Amount(amount.second_unit.largest, amount.times, wrong)
    return found
