"""Amounts of several kinds a unit, from rows of their own; counted at every node of the dimension that kinds are in.

A unit contributes once to a node, with all that it has there: so contributors, and the largest contributions, are told
node by node, and nothing of an inner node follows from what its children have. Of a second unit (the patients whom fees
concern) a row tells how many there are of its kind. How many there are of several kinds isn't told: they are at least
the most of one kind, and one of them brings at most what the largest of every kind bring.
"""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from seuil.model.dataset import Dataset
from seuil.model.hierarchy import Hierarchy
from seuil.model.record_files import AmountRows
from seuil.records import leaves, reasons
from seuil.records.matching import Matcher
from seuil.records.period import PeriodRecords, Tally, amounts_of, nowhere, replaced
from seuil.records.values import Wrong, as_amount

AMOUNTS = ("_amount", "_units", "_most")
"""Our columns of the amounts: what is added, of a second unit how many, and the largest of one of them."""


@dataclass(frozen=True)
class Counted:
    """Leaves of a sum that is split by kinds in a period, as they are written, and what became of every row."""

    table: pa.Table
    tally: Tally


def columns(measure: str, spec: AmountRows, dataset: Dataset) -> dict[str, str]:
    """The file's columns that are read, by ours."""
    amounts = amounts_of(measure, spec.amount, dataset)
    return {"_kind": spec.value.column} | {
        ours: its.column for ours, its in zip(AMOUNTS, amounts.values(), strict=False)
    }


def count(here: PeriodRecords, measure: str, rows: ir.Table, spec: AmountRows, people: ir.Table) -> Counted:
    """Count the rows of a sum that is split by kinds.

    rows: `_unit` and `columns` of the period's rows. people: the units that count, with their positions.
    """
    base = here.dataset.bases[measure]
    assert base.kinds is not None
    kinds = here.hierarchies[base.kinds]
    units = [name for name in base.additive if name != base.kinds]
    rows, tally = _rows(here, measure, rows, spec, people, units)
    by_unit = here.keep("amounts_of_units", _at_nodes(here, rows, kinds, units))
    numbered = here.keep("numbered", _numbered(here, by_unit, units))
    table = here.engine.fetch(_grouped(here, measure, numbered, [*units, "_node"]))
    return Counted(leaves.coded(table, here.dataset, here.hierarchies, measure), tally)


def _rows(
    here: PeriodRecords, measure: str, rows: ir.Table, spec: AmountRows, people: ir.Table, units: list[str]
) -> tuple[ir.Table, Tally]:
    """Rows that count: `_unit`, `_node`, `_amount`, of a second unit `_units` and `_most`; positions of the unit."""
    base = here.dataset.bases[measure]
    assert base.kinds is not None
    amounts = amounts_of(measure, spec.amount, here.dataset)
    ours = dict(zip(amounts, AMOUNTS, strict=False))
    rows = rows.rename({base.kinds: "_kind"})
    rows = replaced(rows, base.kinds, here.places(rows, base.kinds, Matcher(spec.value, here.hierarchies[base.kinds])))
    rows = rows.mutate(**{ours[name]: as_amount(rows[ours[name]], a.times, a.parts) for name, a in amounts.items()})
    there = people.select("_unit", *here.dataset.additive).mutate(_found=True)
    rows = rows.left_join(there, "_unit").drop("_unit_right")
    wrong = [
        (f"{a.of}{reasons.LEFT_OUT[w]}", rows[ours[name]] == w.value)
        for name, a in amounts.items()
        for w in Wrong
        if w is not Wrong.DIFFERS
    ]
    conditions = [
        *nowhere(base.kinds, rows[base.kinds]),
        (reasons.NOT_AMONG_PEOPLE, rows["_found"].isnull()),
        *((reasons.DECLARED_EMPTY, rule.holds(rows)) for rule in here.rules_of(base.kinds)),
    ]
    rows = rows.mutate(_reason=reasons.first_of(conditions), _why=reasons.first_of(wrong)).drop("_found")
    rows = here.keep("amount_rows", rows)
    # A unit one of whose rows has no amount is left out of the sum with all of them: a part of it would mislead.
    without = rows.filter(rows["_reason"].isnull() & rows["_why"].notnull()).select("_unit").distinct()
    aside, left_out = here.reasons(rows), here.reasons(rows.filter(rows["_reason"].isnull()), "_why")
    counted = rows.filter(rows["_reason"].isnull())
    kept = here.keep("amount_rows_kept", counted.anti_join(without, "_unit"))
    others = here.number(counted.count()) - here.number(kept.count()) - sum(left_out.values())
    if others:
        left_out[reasons.OTHER_ROW_LEFT_OUT] = others
    unknown = here.hierarchies[base.kinds].unknown
    lost = 0 if unknown is None else here.number((kept[base.kinds] == unknown).sum())
    tally = Tally(
        here.number(counted.count()),
        dict(aside),
        {base.kinds: lost} if lost else {},
        {measure: dict(sorted(left_out.items()))} if left_out else {},
    )
    columns = [*units, *ours.values()]
    return kept.select("_unit", *columns, _node=kept[base.kinds]), tally


def _at_nodes(here: PeriodRecords, rows: ir.Table, kinds: Hierarchy, units: list[str]) -> ir.Table:
    """One row a unit and node, of the root too: all that the unit has there."""
    above = [(leaf, node) for leaf in kinds.leaves for node in kinds.line(leaf)]
    lines = here.engine.lookup(
        pa.table(
            {
                "_node": pa.array([leaf for leaf, _ in above], pa.int16()),
                "_above": pa.array([node for _, node in above], pa.int16()),
            }
        )
    )
    reached = rows.join(lines, "_node").drop("_node").rename(_node="_above")
    told: dict[str, ir.Value] = {"_amount": reached["_amount"].sum().cast("int64")}
    if "_units" in rows.columns:
        told |= {"_units": reached["_units"].max(), "_most": reached["_most"].sum().cast("int64")}
    return reached.group_by(["_unit", *units, "_node"]).agg(**told)


def _numbered(here: PeriodRecords, by_unit: ir.Table, units: list[str]) -> ir.Table:
    """The same with `_number`: 1, 2, ... of the units of the same positions, in the order of their pseudonyms."""
    root = by_unit.filter(by_unit["_node"] == 0)
    root = root.mutate(_pseudonym=here.pseudonym(root["_unit"]))  # numbers are written, and so tell of an order
    order = ibis.row_number().over(ibis.window(group_by=units, order_by="_pseudonym"))
    numbers = root.select("_unit", _number=(order + 1).cast("int64"))
    return by_unit.join(numbers, "_unit")


def _grouped(here: PeriodRecords, measure: str, rows: ir.Table, keys: list[str]) -> ir.Table:
    rows = rows.mutate(_top=rows["_amount"].max().over(ibis.window(group_by=keys)))
    amount = rows["_amount"]
    leads = (amount == rows["_top"]) & (amount > 0)
    measures: dict[str, ir.Value] = {
        **leaves.amount_columns(measure, amount),
        f"{measure}_largest_by": rows["_number"].min(where=leads).fill_null(0).cast("int64"),
    }
    if here.dataset.sums[measure].second_unit:
        measures[f"{measure}_second_unit"] = rows["_units"].sum().cast("int64")
        measures[f"{measure}_second_unit_largest"] = rows["_most"].max().cast("int64")
    return rows.group_by(keys).agg(**measures)
