"""From what stands in a column to a leaf of the hierarchy: by its code, by the definition's mapping, or by a band."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from seuil.model.definition import Value
from seuil.model.hierarchy import Hierarchy
from seuil.records.values import as_number, as_text


@dataclass(frozen=True)
class Matcher:
    """How one dimension's values are told. `hierarchy`: as it stands in the period."""

    name: str
    value: Value
    hierarchy: Hierarchy

    @cached_property
    def texts(self) -> dict[str, int]:
        """Text to position: every leaf's code (every node's of an overlapping hierarchy), then the mapping."""
        leaves = {self.hierarchy.nodes[k].code: k for k in self.hierarchy.leaves}
        mapped = {text.strip(): leaves[code] for text, code in self.value.values.items() if code in leaves}
        return {code: k for code, k in leaves.items() if code not in self.value.values} | mapped

    @cached_property
    def bands(self) -> tuple[tuple[int | None, int | None, int], ...]:
        """(low, high, position) of every leaf that is a band."""
        nodes = self.hierarchy.nodes
        return tuple(
            (nodes[k].low, nodes[k].high, k)
            for k in self.hierarchy.leaves
            if nodes[k].low is not None or nodes[k].high is not None
        )

    def match(self, table: ir.Table, column: str) -> ir.Table:
        """The table with `column` turned into the position of a leaf: the unknown one or null where nothing fits."""
        raw = table[column]
        by_band = self._band(raw)
        if by_band is not None and raw.type().is_numeric() and not self.value.values:
            return table.mutate(**{column: self._or_unknown(by_band)})
        lookup = ibis.memtable(
            pa.table({"seuil_text": list(self.texts), "seuil_position": pa.array(self.texts.values(), pa.int16())})
        )
        joined = table.mutate(seuil_key=as_text(raw)).left_join(lookup, [("seuil_key", "seuil_text")])
        position = (
            joined.seuil_position if by_band is None else joined.seuil_position.coalesce(self._band(joined[column]))
        )
        return joined.mutate(**{column: self._or_unknown(position)}).drop("seuil_key", "seuil_text", "seuil_position")

    def _or_unknown(self, position: ir.Column) -> ir.Column:
        unknown = self.hierarchy.unknown
        return position if unknown is None else position.fill_null(ibis.literal(unknown, "int16"))

    def _band(self, raw: ir.Column) -> ir.Column | None:
        """The band of the whole part of a number."""
        if not self.bands:
            return None
        whole = as_number(raw).floor()
        branches: list[tuple[ir.Value, ir.Value]] = []
        for low, high, position in self.bands:
            inside = ibis.literal(True) if low is None else whole >= low
            inside = inside if high is None else inside & (whole <= high)
            branches.append((whole.notnull() & inside, ibis.literal(position, "int16")))
        return ibis.cases(*branches, else_=ibis.null("int16"))


def below(hierarchy: Hierarchy, codes: Sequence[str]) -> list[int]:
    """Positions of those codes that exist, and of all that is below them."""
    chosen = {hierarchy.index[code] for code in codes if code in hierarchy.index}
    for k, parent in enumerate(hierarchy.parents):
        if parent in chosen:
            chosen.add(k)
    return sorted(chosen)
