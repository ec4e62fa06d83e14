"""Whether amounts that units have of several kinds are said so that they can be counted and protected.

A dimension of amounts splits the amounts of sums, and no units: a unit may have amounts at several of its leaves, so
that counts stand at its total alone.
"""

from collections.abc import Callable, Mapping, Sequence

from seuil.model.definition import Definition, Sum, Table
from seuil.model.hierarchy import Hierarchy

Fail = Callable[[str, str, str], None]
"""Takes field, found and expected, and notes the error."""


def check_kinds(
    definition: Definition,
    tables: Sequence[Table],
    hierarchies: Mapping[str, Hierarchy],
    levels: Callable[[Table, str], tuple[str, ...]],
    fail: Fail,
) -> None:
    """What dimensions of amounts, sums and tables must say together. levels: of a table and a dimension."""
    of_amounts = [name for name, dimension in definition.dimensions.items() if dimension.of == "amounts"]
    split = {name: m.kinds for name, m in definition.measures.items() if isinstance(m, Sum) and m.kinds is not None}
    for name, kinds in split.items():
        if kinds not in of_amounts:
            fail(
                f"measures.{name}.kinds", repr(kinds), f"one of {', '.join(of_amounts) or 'none here'} (`of: amounts`)"
            )
    for name in of_amounts:
        if definition.records is None:
            fail(f"dimensions.{name}.of", "amounts", "`units`, but for what is counted from records")
        if name not in split.values():
            fail(f"dimensions.{name}", "no sum that is split by it", f"a sum with `kinds: {name}`")
        mine = [n for n, kinds in split.items() if kinds == name]
        for table in tables:
            root = hierarchies[name].root.level
            if set(levels(table, name)) != {root}:
                _check_table(table, name, mine, fail)
            held = [n for n in mine if not table.measures or n in table.measures]
            if not definition.dimensions[name].own_total and held and root in levels(table, name):
                expected = (
                    "levels below it, since its total is no figure (`own_total`): a `total` measure adds these up"
                )
                fail("tables", f"{held[0]} at level {root} of {name}", expected)
    for name in (n for n, hierarchy in hierarchies.items() if hierarchy.kind == "overlapping"):
        for table in tables:
            held = [n for n in split if not table.measures or n in table.measures]
            if held and set(levels(table, name)) != {hierarchies[name].root.level}:
                fail(
                    "tables", f"{held[0]} at nodes of {name}", f"the total of {name}: its amounts are not told by node"
                )


def _check_table(table: Table, kinds: str, split: Sequence[str], fail: Fail) -> None:
    strangers = [name for name in table.measures if name not in split] if table.measures else ["all measures"]
    if strangers:
        expected = f"`measures` with none but {', '.join(split)}; others are not split by it"
        fail("tables", f"{strangers[0]} at nodes of {kinds}", expected)
