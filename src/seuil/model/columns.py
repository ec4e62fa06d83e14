"""Names of the columns that a released table has by default, and the words that stand where no figure is shown.

One place for all who write, read or describe the table (docs/reference/released-table.md).
"""

from typing import Final

from seuil.model.definition import Definition
from seuil.model.layout import LayoutColumn, MeasureColumn, NodeColumn, PeriodColumn
from seuil.model.text import Text

HIDDEN: Final = "NS"
"""Status of a figure that is hidden: "non significatif"."""

MISSING: Final = "ND"
"""Status where there is no figure at all: "non disponible"."""


def level_column(dimension: str) -> str:
    """The column that names the level of a dimension's node."""
    return f"{dimension}_niveau"


def label_column(dimension: str) -> str:
    """The column of a node's French label."""
    return f"{dimension}_libelle"


def status_column(measure: str) -> str:
    """The column that says why a measure has no value; null where it has one."""
    return f"{measure}_statut"


def default_columns(definition: Definition) -> tuple[LayoutColumn, ...]:
    """The columns of a dataset that names none: the period, three of every dimension, two of every measure."""
    period = definition.period
    columns: list[LayoutColumn] = [PeriodColumn(name=period.name, label=period.label, period="year")]
    for name, dimension in definition.dimensions.items():
        level, label = _with(dimension.label, "niveau", "level"), _with(dimension.label, "libellé", "label")
        columns += [
            NodeColumn(name=name, label=dimension.label, dimension=name),
            NodeColumn(name=level_column(name), label=level, dimension=name, show="level"),
            NodeColumn(name=label_column(name), label=label, dimension=name, show="label"),
        ]
    for name, measure in definition.measures.items():
        status = _with(measure.label, "statut", "status")
        columns += [
            MeasureColumn(name=name, label=measure.label, measure=name),
            MeasureColumn(name=status_column(name), label=status, measure=name, form="status"),
        ]
    return tuple(columns)


def column_names(definition: Definition) -> tuple[str, ...]:
    """The names of `default_columns`, which may not be columns: two can be alike."""
    names = [definition.period.name]
    for dimension in definition.dimensions:
        names += [dimension, level_column(dimension), label_column(dimension)]
    for measure in definition.measures:
        names += [measure, status_column(measure)]
    return tuple(names)


def _with(label: Text, fr: str, en: str) -> Text:
    return Text(fr=f"{label.fr} ({fr})", en=f"{label.en} ({en})")
