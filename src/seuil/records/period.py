"""One period's records as tables of pseudonyms and positions, in the engine.

The first statement that touches a file does nothing but select rows and replace the identifier: no join, no grouping,
nothing that the engine could spill before the identifier is gone.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import ibis.expr.types as ir
from ibis.backends.duckdb import Backend

from seuil.model.dataset import Dataset
from seuil.model.definition import Memberships, People
from seuil.model.hierarchy import Hierarchy
from seuil.records import reasons
from seuil.records.door import pseudonym
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
        """Units that count: `unit`, a position for every additive dimension, whole units of every sum."""
        raw = {name: value.column for name, value in spec.dimensions.items()}
        raw |= {name: amount.column for name, amount in spec.amounts.items()}
        rows = self._enter(source, spec.identifier, spec.period, raw)
        conditions = []
        for name in self.dataset.additive:
            rows = Matcher(name, spec.dimensions[name], self.hierarchies[name]).match(rows, name)
            conditions.append((reasons.no_code(name), rows[name].isnull()))
        for name in self.dataset.sums:
            rows = rows.mutate(**{name: as_amount(rows[name], spec.amounts[name].times)})
            conditions.append((reasons.no_amount(name), rows[name].isnull()))
        conditions += [(reasons.DECLARED_EMPTY, rule.holds(rows)) for rule in self.rules if rule.nodes is None]
        rows = self._keep("rows", rows.mutate(reason=reasons.first_of(conditions)))
        aside = self._reasons(rows)
        people = self._one_row_each(rows.filter(rows.reason.isnull()).drop("reason"), aside)
        return people, self._tally(people, self.dataset.additive, aside)

    def memberships(self, source: ir.Table, spec: Memberships, people: ir.Table) -> tuple[ir.Table, Tally]:
        """Who is in which node: the columns of `people`, and the position `node`. Each unit once a node."""
        name = spec.dimension
        rows = self._enter(source, spec.identifier, spec.period, {"node": spec.value.column})
        rows = Matcher(name, spec.value, self.hierarchies[name]).match(rows, "node")
        there = people.mutate(found=True)
        rows = rows.left_join(there, "unit").drop("unit_right")
        conditions = [
            (reasons.no_code(name), rows.node.isnull()),
            (reasons.NOT_AMONG_PEOPLE, rows.found.isnull()),
            *((reasons.DECLARED_EMPTY, rule.holds(rows, rows.node)) for rule in self.rules if rule.nodes is not None),
        ]
        rows = self._keep("memberships", rows.mutate(reason=reasons.first_of(conditions)).drop("found"))
        aside = self._reasons(rows)
        kept = rows.filter(rows.reason.isnull()).drop("reason")
        once = self._keep("members", kept.distinct())
        again = self._number(kept.count()) - self._number(once.count())
        if again:
            aside[reasons.REPEATED] += again
        unknown = self.hierarchies[name].unknown
        in_unknown = {} if unknown is None else {name: self._number((once.node == unknown).sum())}
        return once, Tally(self._number(once.count()), dict(aside), {k: n for k, n in in_unknown.items() if n})

    def close(self) -> None:
        """Free the engine's memory."""
        for name in self.connection.list_tables():
            if name.startswith("seuil_"):
                self.connection.drop_table(name)

    def _enter(self, source: ir.Table, identifier: str, period: str, raw: Mapping[str, str]) -> ir.Table:
        here = source.filter(is_period(source[period], self.period))
        entered = here.select(unit=pseudonym(here[identifier], self.door), **{k: here[c] for k, c in raw.items()})
        return self._keep(f"entered_{len(raw)}", entered.filter(entered.unit.notnull()))

    def _keep(self, name: str, table: ir.Table) -> ir.Table:
        return self.connection.create_table(f"seuil_{name}", table, overwrite=True)

    def _number(self, value: ir.Value) -> int:
        found = self.connection.to_pyarrow(value).as_py()
        return 0 if found is None else int(found)

    def _reasons(self, rows: ir.Table) -> Counter[str]:
        aside = rows.filter(rows.reason.notnull())
        counts = self.connection.to_pyarrow(aside.group_by("reason").agg(n=aside.count()))
        return Counter({row["reason"]: row["n"] for row in counts.to_pylist()})

    def _one_row_each(self, rows: ir.Table, aside: Counter[str]) -> ir.Table:
        """A unit with several equal rows counts once; of rows that differ none is known to be right, so none counts."""
        counts = rows.group_by("unit").agg(n=rows.count())
        several = self._keep("several", counts.filter(counts.n > 1))
        if not self._number(several.count()):
            return self._keep("people", rows)
        variants = rows.semi_join(several, "unit").distinct()
        kinds = variants.group_by("unit").agg(kinds=variants.count())
        sure = self._keep("sure", variants.semi_join(kinds.filter(kinds.kinds == 1), "unit"))
        kept = several.semi_join(sure, "unit")
        again = self._number(kept.n.sum()) - self._number(kept.count())
        against = self._number(several.n.sum()) - self._number(kept.n.sum())
        aside.update({reason: n for reason, n in ((reasons.REPEATED, again), (reasons.CONTRADICTORY, against)) if n})
        return self._keep("people", rows.anti_join(several, "unit").union(sure.select(rows.columns)))

    def _tally(self, people: ir.Table, dimensions: tuple[str, ...], aside: Counter[str]) -> Tally:
        unknown = {}
        for name in dimensions:
            position = self.hierarchies[name].unknown
            n = 0 if position is None else self._number((people[name] == position).sum())
            if n:
                unknown[name] = n
        return Tally(self._number(people.count()), dict(aside), unknown)
