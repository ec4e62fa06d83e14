"""Datasets as readers know them: each a view of a collection, in which it is protected and proved.

Where a collection is one dataset with the default columns, its released table tells all of it (`whole_of`); any other
view is rendered from the table that does, which is released beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from seuil.model.columns import default_columns
from seuil.model.definition import DatasetView, Definition, EmptyRows, Table
from seuil.model.hierarchy import Hierarchy
from seuil.model.layout import LayoutColumn, MeasureColumn
from seuil.model.text import Text


@dataclass(frozen=True)
class View:
    """A dataset of a collection. tables: which cells it has rows of. measures: in the definition's order.

    title to themes: the collection's where the dataset has none of its own.
    """

    id: str
    title: Text
    description: Text
    purpose: Text
    keywords: tuple[Text, ...]
    themes: tuple[Text, ...]
    tables: tuple[Table, ...]
    measures: tuple[str, ...]
    columns: tuple[LayoutColumn, ...]
    empty_rows: EmptyRows


def whole_of(definition: Definition) -> View:
    """The view that has every figure of a collection, in the default columns."""
    return View(
        definition.id,
        definition.title,
        definition.description,
        definition.purpose,
        definition.keywords,
        definition.themes,
        tables_of(definition),
        tuple(definition.measures),
        default_columns(definition),
        "shown",
    )


def views_of(definition: Definition) -> tuple[View, ...]:
    """The datasets of a collection, in the definition's order."""
    whole = whole_of(definition)
    if definition.datasets:
        return tuple(_view(definition, whole, said) for said in definition.datasets)
    columns, measures = definition.columns or whole.columns, _measures(definition, (), definition.columns)
    return (replace(whole, measures=measures, columns=columns, empty_rows=definition.empty_rows),)


def tables_of(definition: Definition) -> tuple[Table, ...]:
    """Every table of a collection: those that it names, and those of its datasets in their order, each once.

    One of no dataset is published all the same, in the table of all figures: what ratios are made of.
    """
    found = list(definition.tables)
    for said in definition.datasets:
        found += [table for table in said.tables or _own_tables(definition) if table not in found]
    return tuple(found) if definition.datasets else _own_tables(definition)


def left_out(
    view: View, definition: Definition, hierarchies: Mapping[str, Hierarchy]
) -> tuple[Mapping[str, frozenset[str]], ...]:
    """Which cells a dataset has no rows of: those at one of the codes of every dimension named, for each of these.

    That there are no amounts of some kinds is no reason to leave out the rows of a dataset that isn't split by them.
    """
    if view.empty_rows == "shown":
        return ()
    of_amounts = {name for name, dimension in definition.dimensions.items() if dimension.of == "amounts"}
    told = {
        n for table in view.tables for n, levels in table.levels.items() if {*levels} != {hierarchies[n].root.level}
    }
    return tuple(
        {
            name: frozenset(hierarchies[name].nodes[k].code for k in hierarchies[name].below(codes))
            for name, codes in empty.where.items()
        }
        for empty in definition.empty
        if {*empty.where} & of_amounts <= told
    )


def _own_tables(definition: Definition) -> tuple[Table, ...]:
    """The tables of datasets that name none; by default one of every level but `unknown` of every dimension."""
    return definition.tables or (Table(levels=dict.fromkeys(definition.dimensions, "all")),)


def _measures(definition: Definition, said: Sequence[str], columns: Sequence[LayoutColumn]) -> tuple[str, ...]:
    """The measures of a dataset: those that are said, else those that its columns show, else all."""
    shown = said or [column.measure for column in columns if isinstance(column, MeasureColumn)]
    return tuple(name for name in definition.measures if not shown or name in shown)


def _view(definition: Definition, whole: View, said: DatasetView) -> View:
    measures = _measures(definition, said.measures, said.columns)
    default = tuple(c for c in whole.columns if not isinstance(c, MeasureColumn) or c.measure in measures)
    return View(
        said.id,
        said.title,
        definition.description if said.description is None else said.description,
        definition.purpose if said.purpose is None else said.purpose,
        definition.keywords if said.keywords is None else said.keywords,
        definition.themes if said.themes is None else said.themes,
        said.tables or _own_tables(definition),
        measures,
        said.columns or default,
        said.empty_rows,
    )
