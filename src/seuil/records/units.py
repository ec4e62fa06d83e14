"""The units that count in a period.

A row is judged by what stands in its dimensions alone, and there are few combinations of that: so rows are counted by
combination, in one pass, and positions, reasons, unknown leaves and the leaves of everybody are told from these. Who
stands in several rows is found by grouping once more, and only those rows are looked at one by one. A table with a row
a unit is made where amounts have to be added; else it stays an expression, from which others take the rows they need.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir

from seuil.model.dataset import Dataset
from seuil.model.record_files import People
from seuil.records import reasons
from seuil.records.engines.dialect import fingerprint
from seuil.records.leaves import whole_sums
from seuil.records.matching import Matcher
from seuil.records.period import AmountColumn, Lookup, PeriodRecords, Tally, amounts_of, nowhere, replaced
from seuil.records.values import Wrong, as_amount

_BYTES = 20
"""Memory to find rows with the same fingerprint of a unit, each: measured beside DuckDB (`Embedded.repeated`)."""


@dataclass(frozen=True)
class Judge:
    """Tells of every row where it belongs, and why it is set aside. places: positions by dimension."""

    places: Mapping[str, Lookup]
    rules: Sequence[reasons.EmptyRule]

    def judged(self, rows: ir.Table) -> ir.Table:
        """The rows with positions in place of values, and `_reason`, null for those that count."""
        conditions = []
        for name, places in self.places.items():
            rows = replaced(rows, name, places)
            conditions += nowhere(name, rows[name])
        conditions += [(reasons.DECLARED_EMPTY, rule.holds(rows)) for rule in self.rules]
        return rows.mutate(_reason=reasons.first_of(conditions))

    def good(self, rows: ir.Table) -> ir.Table:
        """Those that count."""
        rows = self.judged(rows)
        return rows.filter(rows["_reason"].isnull()).drop("_reason")


@dataclass(frozen=True)
class Units:
    """One row a unit that counts: `_unit`, a position for every additive dimension, amounts in parts of a unit.

    counted: rows for `leaves.count`, which need not be units: positions, and with amounts these, or else `_units`, how
    many there are. rows: of units with one row, as they were read unless `judge` has nothing left to do. sure: of those
    with several.
    """

    counted: ir.Table
    judge: Judge | None
    rows: ir.Table
    sure: ir.Table | None

    def joined(self, others: ir.Table) -> ir.Table:
        """Rows of units, each with what its unit has here; those of no unit that counts are left out.

        Joined before they are judged: far fewer rows than there are units may be in question.
        """
        found = self.rows.join(others, "_unit")
        found = found if self.judge is None else self.judge.good(found)
        return found if self.sure is None else found.union(self.sure.join(others, "_unit").select(found.columns))


def columns(spec: People, dataset: Dataset) -> dict[str, str]:
    """The file's columns that are read, by ours."""
    raw = {name: value.column for name, value in spec.dimensions.items()}
    return raw | {name: amount.column for name, amount in _amounts(spec, dataset).items()}


def count(here: PeriodRecords, rows: ir.Table, spec: People) -> tuple[Units, Tally]:
    """The units of a period. rows: `_unit` and `columns` of the period's rows.

    Of a unit that is left out of a sum the amount is 0: it adds nothing to the sum, and contributes nothing to it.
    """
    amounts, dimensions = _amounts(spec, here.dataset), here.dataset.additive
    combinations = here.keep("combinations", rows.group_by(list(dimensions)).agg(_units=rows.count()))
    places = {
        name: here.places(combinations, name, Matcher(spec.dimensions[name], here.hierarchies[name]))
        for name in dimensions
    }
    judge = Judge(places, [rule for rule in here.rules if rule.nodes is None])
    judged = here.keep("combinations", judge.judged(combinations))
    aside = judged.filter(judged["_reason"].notnull())
    told = here.engine.fetch(aside.group_by("_reason").agg(n=aside["_units"].sum().cast("int64")))
    set_aside = Counter({row["_reason"]: row["n"] for row in told.to_pylist()})
    counted = judged.filter(judged["_reason"].isnull()).select(*dimensions, "_units")

    shorts = rows.mutate(_short=fingerprint(rows["_unit"]))
    several, sure = _several(here, shorts, here.number(judged["_units"].sum())), None
    if several is not None:
        variants = judge.good(shorts.semi_join(several, "_short").drop("_short"))
        variants = here.keep("variants", _in_parts(variants, amounts))
        sure = _sure(here, variants, amounts, set_aside)
        rows = shorts.anti_join(several, "_short").drop("_short")
        parts = [(variants, -1), (sure, 1)]
        changes = [part.select(*dimensions, _units=ibis.literal(n, "int64")) for part, n in parts]
        counted = reduce(ir.Table.union, changes, counted)
        counted = counted.group_by(list(dimensions)).agg(_units=counted["_units"].sum().cast("int64"))
        counted = here.keep("counted", counted.filter(counted["_units"] > 0))
    tally = _tally(here, counted, set_aside)
    if not here.dataset.sums:
        return Units(counted, judge, rows.select("_unit", *dimensions), sure), tally
    table = _in_parts(judge.good(rows), amounts)
    people = here.keep("people", table if sure is None else table.union(sure.select(table.columns)))
    people, left_out = _leave_out(here, people, amounts)
    tally = Tally(tally.counted, tally.set_aside, tally.unknown, left_out)
    return Units(people if whole_sums(here.dataset) else counted, None, people, None), tally


def _several(here: PeriodRecords, shorts: ir.Table, n: int) -> ir.Table | None:
    """The `_short` that stand in several of `n` rows, None where there are none."""
    parts = enumerate(here.parted(shorts, n, _BYTES))
    found = [here.engine.repeated(f"several_{k}", rows.select("_short")) for k, rows in parts]
    repeated = [table for table in found if table is not None]
    return reduce(ir.Table.union, repeated) if repeated else None


def _in_parts(rows: ir.Table, amounts: Mapping[str, AmountColumn]) -> ir.Table:
    return rows.mutate(**{name: as_amount(rows[name], a.times, a.parts) for name, a in amounts.items()})


def _sure(
    here: PeriodRecords, variants: ir.Table, amounts: Mapping[str, AmountColumn], aside: Counter[str]
) -> ir.Table:
    """A unit with several rows counts once if they agree in its leaf; if not, none is known to be right.

    Amounts in which they differ are `Wrong`.
    """
    once = variants.group_by(["_unit", *here.dataset.additive]).agg(
        _rows=variants.count(), **{name: _agreed(variants[name]) for name in amounts}
    )
    leaves = once.group_by("_unit").agg(_leaves=once.count())
    sure = here.keep("sure", once.semi_join(leaves.filter(leaves["_leaves"] == 1), "_unit"))
    told = here.number(sure["_rows"].sum())
    again, against = told - here.number(sure.count()), here.number(variants.count()) - told
    aside.update({reason: n for reason, n in ((reasons.REPEATED, again), (reasons.CONTRADICTORY, against)) if n})
    return sure.drop("_rows")


def _leave_out(
    here: PeriodRecords, people: ir.Table, amounts: Mapping[str, AmountColumn]
) -> tuple[ir.Table, dict[str, dict[str, int]]]:
    """The same people with amounts in place of what is none, and how many of them are left out of which sum."""
    found: dict[str, dict[str, int]] = {}
    for measure in dict.fromkeys(amount.measure for amount in amounts.values()):
        mine = {name: amount for name, amount in amounts.items() if amount.measure == measure}
        wrong = reduce(or_, (people[name] < 0 for name in mine))
        why = [(a.of + reasons.LEFT_OUT[w], people[name] == w.value) for name, a in mine.items() for w in Wrong]
        told = here.reasons(people.filter(wrong).mutate(_why=reasons.first_of(why)), "_why")
        if told:
            found[measure] = dict(sorted(told.items()))
            people = people.mutate(**{name: ibis.ifelse(wrong, 0, people[name]) for name in mine})
    return people, found


def _tally(here: PeriodRecords, counted: ir.Table, aside: Counter[str]) -> Tally:
    units = counted["_units"]
    unknown = {name: here.hierarchies[name].unknown for name in here.dataset.additive}
    lost = {name: units.sum(where=counted[name] == place) for name, place in unknown.items() if place is not None}
    n, *of_each = here.engine.numbers(counted, units.sum(), *lost.values())
    return Tally(n, dict(aside), {name: rows for name, rows in zip(lost, of_each, strict=True) if rows})


def _agreed(amount: ir.Column) -> ir.Value:
    """The amount of one unit that all of its rows say, or why there is none."""
    least, most = amount.min(), amount.max()
    return ibis.ifelse((least == most) | (least < 0), least, Wrong.DIFFERS.value).cast("int64")


def _amounts(spec: People, dataset: Dataset) -> dict[str, AmountColumn]:
    """By our column."""
    found: dict[str, AmountColumn] = {}
    for measure, amount in spec.amounts.items():
        found |= amounts_of(measure, amount, dataset)
    return found
