"""Who is in which node of the overlapping dimension: a bit a node for every unit.

So a unit is once in a node however often it is told, and once in all that is above it, without a list of pairs: the
nodes of a unit are a few whole numbers, `words`, and where there are no amounts to add, units of the same leaf and the
same nodes are one row.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from seuil.model.hierarchy import Hierarchy
from seuil.model.record_files import Memberships
from seuil.records import reasons
from seuil.records.engines.dialect import bit_or
from seuil.records.leaves import whole_sums
from seuil.records.matching import NO_CODE, NO_VALUE, Matcher
from seuil.records.period import PeriodRecords, Tally
from seuil.records.units import Units

WORD = 63
"""Bits of a word: a whole number of 64 bits that is never negative."""

_BYTES = 110
"""Memory to group a row by its unit, without its words: measured with identifiers of 10 to 26 characters on DuckDB."""


def columns(spec: Memberships) -> dict[str, str]:
    """The file's columns that are read, by ours."""
    return {"_node": spec.value.column}


def count(here: PeriodRecords, rows: ir.Table, spec: Memberships, units: Units) -> tuple[ir.Table, Tally]:
    """Who is in every node but the root, as its own or above its own: `_node`, and the columns of `units.counted`.

    rows: `_unit` and `columns` of the period's rows.
    """
    name, hierarchy = spec.dimension, here.hierarchies[spec.dimension]
    words = _words(hierarchy)
    told, of_place = _with_bits(here, rows, Matcher(spec.value, hierarchy), words)
    aside = {reasons.no_value(name): of_place.pop(NO_VALUE, 0), reasons.no_code(name): of_place.pop(NO_CODE, 0)}
    itself = {k: [k] for k in range(len(hierarchy.nodes))}
    within = {k: [j for j in itself if k in hierarchy.line(j)] for k in itself if k > 0}
    rules = [rule for rule in here.rules if rule.nodes is not None]
    amounts = bool(whole_sums(here.dataset))
    among, empty, counted, reached = 0, 0, Counter[int](), list[ir.Table]()
    for k, part in enumerate(here.parted(told, of_place.total(), _BYTES + 16 * len(words))):
        by_unit = part.group_by("_unit").agg(_rows=part.count(), **{word: bit_or(part[word]) for word in words})
        found = _without_empty(units.joined(here.keep("by_unit", by_unit)), rules, words)
        if amounts:
            found = found.mutate(_units=ibis.literal(1, "int64"))
        else:
            alike = found.group_by([*here.dataset.additive, *words])
            found = alike.agg(_units=found.count(), **{c: found[c].sum().cast("int64") for c in ("_rows", "_emptied")})
        found = here.keep(f"members_{k}" if amounts else "members", found)
        rows_among, emptied = here.engine.numbers(found, found["_rows"].sum(), found["_emptied"].sum())
        among += rows_among
        if emptied:
            empty += _empty_rows(here, part, rules, units)
        own = _at_nodes(here, found, words, itself)
        for node in here.engine.fetch(own.group_by("_node").agg(n=own["_units"].sum().cast("int64"))).to_pylist():
            counted[node["_node"]] += node["n"]
        found = _at_nodes(here, found, words, within)
        if not amounts:
            # What is kept of a part grows with the nodes and leaves, not with the records.
            keys, all_so_far = ["_node", *here.dataset.additive], reduce(ir.Table.union, reached, found)
            found = all_so_far.group_by(keys).agg(_units=all_so_far["_units"].sum().cast("int64"))
            reached = [here.keep(f"reached_{k % 2}", found)]
        else:
            reached.append(found)

    aside[reasons.NOT_AMONG_PEOPLE] = of_place.total() - among
    aside[reasons.DECLARED_EMPTY] = empty
    aside[reasons.REPEATED] = among - empty - counted.total()
    unknown = 0 if hierarchy.unknown is None else counted[hierarchy.unknown]
    tally = Tally(counted.total(), {r: n for r, n in aside.items() if n}, {name: unknown} if unknown else {})
    return reduce(ir.Table.union, reached), tally


def _with_bits(
    here: PeriodRecords, rows: ir.Table, matcher: Matcher, words: Sequence[str]
) -> tuple[ir.Table, Counter[int]]:
    """Rows that are in a node: its position as `_at`, its bit in `words`. And how many rows there are, by position."""
    seen = here.engine.fetch(rows.group_by(_value=rows["_node"]).agg(_rows=rows.count()))
    values, places = seen["_value"], matcher.positions(seen["_value"].to_pylist())
    of_place: Counter[int] = Counter()
    for place, n in zip(places, seen["_rows"].to_pylist(), strict=True):
        of_place[place] += n
    numbers = {"_at": places, **_bits(words, [[place] for place in places])}
    nowhere = matcher.position(None)
    nothing = {"_at": nowhere, **{word: bits for word, (bits,) in _bits(words, [[nowhere]]).items()}}
    told = here.lookup(values, numbers, nothing).put(rows, "_node")
    return told.filter(told["_at"] >= 0), of_place


def _empty_rows(here: PeriodRecords, rows: ir.Table, rules: Sequence[reasons.EmptyRule], units: Units) -> int:
    """How many rows stand in what is declared empty. Counted one by one: bits don't tell how often a unit is there."""
    nodes = {node for rule in rules for node in rule.nodes or ()}
    at = units.joined(rows.filter(rows["_at"].isin(nodes)).select("_unit", "_at"))
    return here.number(at.filter(reduce(or_, (rule.holds(at, at["_at"]) for rule in rules))).count())


def _without_empty(rows: ir.Table, rules: Sequence[reasons.EmptyRule], words: Sequence[str]) -> ir.Table:
    """The rows without the bits of nodes that are declared empty where they stand; `_emptied`: 1 where there were."""
    empty: dict[str, ir.Value] = dict.fromkeys(words, ibis.literal(0, "int64"))
    for rule in rules:
        for word, (bits,) in _bits(words, [rule.nodes or ()]).items():
            empty[word] = empty[word] | ibis.ifelse(rule.holds(rows), bits, 0).cast("int64")
    taken = {word: rows[word] & empty[word] for word in words}
    emptied = reduce(or_, (taken[word] != 0 for word in words))
    emptied = ibis.ifelse(emptied, 1, 0).cast("int64")
    return rows.mutate(_emptied=emptied, **{word: rows[word] - taken[word] for word in words})


def _at_nodes(
    here: PeriodRecords, members: ir.Table, words: Sequence[str], nodes: Mapping[int, Sequence[int]]
) -> ir.Table:
    """A row for every node and row of `members` that has one of its bits. nodes: the bits by node."""
    bits = {f"_of{word}": pa.array(column, pa.int64()) for word, column in _bits(words, nodes.values()).items()}
    table = here.engine.lookup(pa.table({"_node": pa.array(nodes, pa.int16()), **bits}))
    some = reduce(or_, ((members[word] & table[f"_of{word}"]) != 0 for word in words))
    return members.join(table, some).drop(*bits, *words, "_rows", "_emptied")


def _words(hierarchy: Hierarchy) -> list[str]:
    return [f"_word{k}" for k in range(-(-len(hierarchy.nodes) // WORD))]


def _bits(words: Sequence[str], sets: Iterable[Iterable[int]]) -> dict[str, list[int]]:
    """The bits of sets of nodes, by word. Negative positions are no nodes."""
    masks = [sum(1 << node for node in set(nodes) if node >= 0) for nodes in sets]
    return {word: [mask >> (WORD * k) & (1 << WORD) - 1 for mask in masks] for k, word in enumerate(words)}
