"""The figures of a dataset with the codes, levels and statuses that pages need, whatever columns the dataset has.

Where a dataset has columns of its own these stand in the table of all figures of its collection, of which it is a part.
"""

from collections.abc import Iterable

from seuil.catalogue.entry import Entry, Part
from seuil.model.columns import level_column
from seuil.portal.store.connection import identifier, literal


def figure_columns(entry: Entry) -> tuple[str, ...]:
    """The columns that pages may ask for."""
    if entry.part is None:
        return tuple(field.name for field in entry.fields)
    nodes = (name for d in entry.dimensions for name in (d.column, d.level_column, d.label_column))
    measures = (name for measure in entry.measures for name in (measure.name, measure.status_column))
    return (entry.period, *nodes, *measures)


def figures_statement(name: str, table: str, entry: Entry) -> str:
    """The SQL of the view `name` of those rows of the view `table` that are the dataset's."""
    columns = ", ".join(map(identifier, figure_columns(entry)))
    return f"CREATE VIEW {identifier(name)} AS SELECT {columns}, _row FROM {identifier(table)} WHERE {rows_of(entry)}"


def rows_of(entry: Entry) -> str:
    """The condition for the rows that are the dataset's, in the table of all figures of its collection."""
    return "true" if entry.part is None else _rows(entry.part)


def _rows(part: Part) -> str:
    tables = [
        _all(f"{identifier(level_column(name))} IN ({_list(levels)})" for name, levels in table.items())
        for table in part.tables
    ]
    removed = [
        _all(f"{identifier(name)} IN ({_list(codes)})" for name, codes in where.items()) for where in part.left_out
    ]
    inside = " OR ".join(f"({table})" for table in tables)
    return " AND ".join([f"({inside})", *(f"NOT ({where})" for where in removed)])


def _all(conditions: Iterable[str]) -> str:
    return " AND ".join(conditions)


def _list(texts: Iterable[str]) -> str:
    return ", ".join(literal(text) for text in texts)
