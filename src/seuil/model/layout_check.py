"""Whether the columns of a dataset can be made, and its rows be told apart."""

from collections.abc import Callable, Iterable, Mapping

from seuil.model.hierarchy import Hierarchy
from seuil.model.layout import LayoutColumn, MeasureColumn, NodeColumn, PeriodColumn, node_values
from seuil.model.views import View

Fail = Callable[[str, str, str], None]
"""Takes field, found and expected, and notes the error."""


def check_columns(
    view: View, hierarchies: Mapping[str, Hierarchy], periods: Iterable[int], field: str, fail: Fail
) -> None:
    """What each column says. field: of the columns."""
    seen: set[str] = set()
    for k, column in enumerate(view.columns):
        if column.name.casefold() in seen:
            fail(f"{field}.{k}.name", f"two columns {column.name!r} in the released table", "another name")
        seen.add(column.name.casefold())
        if isinstance(column, MeasureColumn) and column.measure not in view.measures:
            fail(f"{field}.{k}.measure", repr(column.measure), f"one of {', '.join(view.measures)}")
        if isinstance(column, NodeColumn):
            _check_node_column(column, hierarchies, f"{field}.{k}", fail)
        if isinstance(column, PeriodColumn) and column.period == "date" and not all(map(_is_year, periods)):
            fail(f"{field}.{k}.period", "date, of periods that are no years", "text or year")
    if not any(isinstance(column, PeriodColumn) for column in view.columns):
        fail(field, "no column of the period", "one, such as {name: annee, period: year}")


def check_rows(view: View, dimension: str, hierarchy: Hierarchy, published: set[str], field: str, fail: Fail) -> None:
    """Whether the rows of two nodes read otherwise. hierarchy: of a period. published: codes that have rows in it."""
    columns = [c for c in view.columns if isinstance(c, NodeColumn) and c.dimension == dimension]
    values = [node_values(column, hierarchy) for column in columns]
    seen: dict[tuple[str | None, ...], str] = {}
    for k, node in enumerate(hierarchy.nodes):
        if node.code not in published:
            continue
        other = seen.setdefault(tuple(column[k] for column in values), node.code)
        if other != node.code:
            found = f"no column that tells {other!r} from {node.code!r} of {dimension}"
            fail(field, found, "one more of that dimension, so that rows can be told apart")
            break


def _is_year(period: int) -> bool:
    return 1 <= period <= 9999


def _check_node_column(column: NodeColumn, hierarchies: Mapping[str, Hierarchy], field: str, fail: Fail) -> None:
    if column.dimension not in hierarchies:
        fail(f"{field}.dimension", repr(column.dimension), f"one of {', '.join(hierarchies)}")
        return
    hierarchy = hierarchies[column.dimension]
    below = [level for level in hierarchy.levels if level != hierarchy.root.level]
    if column.level and column.level not in below:
        fail(f"{field}.level", repr(column.level), f"a level below the total: {', '.join(below)}")
    if not column.level and (column.total is not None or column.above is not None):
        fail(field, "`total` or `above` without a `level`", "the level that they stand in for")
    for value in node_values(column, hierarchy):
        if value is not None and not _fits(value, column):
            fail(f"{field}.type", f"{column.type}, where {value!r} stands", "text, or a number for every node")
            break  # one value is enough to see what is wrong


def _fits(value: str, column: LayoutColumn) -> bool:
    try:
        match column:
            case NodeColumn(type="integer"):
                int(value)
            case NodeColumn(type="number"):
                float(value)
    except ValueError:
        return False
    return True
