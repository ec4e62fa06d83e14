"""Names of the released table's columns, and the words that stand where no figure is shown.

One place for all who write, read or describe the table (docs/reference/released-table.md).
"""

from typing import Final

from seuil.model.definition import Definition

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


def column_names(definition: Definition) -> tuple[str, ...]:
    """Every column of the released table, in order."""
    names = [definition.period.name]
    for dimension in definition.dimensions:
        names += [dimension, level_column(dimension), label_column(dimension)]
    for measure in definition.measures:
        names += [measure, status_column(measure)]
    return tuple(names)
