"""Whether what a total adds up are sums, none of them in another."""

from collections.abc import Callable, Mapping
from itertools import combinations

from seuil.model.definition import Definition, FigureAt, Sum, Total
from seuil.model.hierarchy import Hierarchy

Fail = Callable[[str, str, str], None]
"""Takes field, found and expected, and notes the error."""


def check_total(name: str, definition: Definition, hierarchies: Mapping[str, Hierarchy], fail: Fail) -> None:
    """Parts are sums, or of several also totals of one figure; what two of them have in common would count twice."""
    total = definition.measures[name]
    assert isinstance(total, Total)
    found = [_figure(part, definition, single=total.single) for part in total.of]
    for k, (part, figure) in enumerate(zip(total.of, found, strict=True)):
        if figure is None:
            expected = "the name of a sum" if total.single else "the name of a sum, or of a total of one figure"
            fail(f"measures.{name}.of.{k}", repr(part.measure), expected)
    figures = [figure for figure in found if figure is not None]
    if any(_overlap(one, other, hierarchies) for one, other in combinations(figures, 2)):
        fail(f"measures.{name}.of", "a sum twice", "each part once, and none at a node above another one's")


def _figure(part: FigureAt, definition: Definition, *, single: bool) -> FigureAt | None:
    """The figure of a sum that a part is; None if it is none."""
    measure = definition.measures.get(part.measure)
    if isinstance(measure, Sum):
        return part
    inner = measure.of[0] if isinstance(measure, Total) and measure.single and not single else None
    return inner if inner is not None and isinstance(definition.measures.get(inner.measure), Sum) else None


def _overlap(one: FigureAt, other: FigureAt, hierarchies: Mapping[str, Hierarchy]) -> bool:
    """Whether two figures are of the same sum, and in no dimension at nodes that have nothing in common."""
    return one.measure == other.measure and not any(
        name in hierarchies and _apart(hierarchies[name], one.at[name], other.at[name])
        for name in one.at.keys() & other.at.keys()
    )


def _apart(hierarchy: Hierarchy, one: str, other: str) -> bool:
    """Whether two nodes of an additive hierarchy have nothing in common."""
    if hierarchy.kind != "additive" or {one, other} - hierarchy.index.keys():
        return False
    return not set(hierarchy.below([one])) & set(hierarchy.below([other]))
