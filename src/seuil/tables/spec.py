"""What a table given by hand is asked to be: its definition, where that stands, and the period."""

from dataclasses import dataclass
from pathlib import Path

from seuil.model.definition import Definition
from seuil.model.errors import UsageError

COUNT_COLUMN = "n"


@dataclass(frozen=True)
class TableSpec:
    """A definition and where it stands (code lists lie beside it), for one period."""

    definition: Definition
    path: Path
    period: int

    @property
    def count(self) -> str:
        """The column of the counts."""
        return self.definition.count or COUNT_COLUMN

    @property
    def columns(self) -> list[str]:
        """Columns that leaves have: of every dimension those of its levels, or the one of its name; the counts."""
        dimensions = self.definition.dimensions.items()
        return [*(column for name, d in dimensions for column in d.levels or (name,)), self.count]


def spec_of(definition: Definition, path: Path, period: int | None = None) -> TableSpec:
    """Check that a definition can be that of a table by hand. Raises UsageError."""
    if definition.source != "records":
        raise UsageError(f"{path}: a table that was published elsewhere has no rules here: nothing to protect or audit")
    others = [name for name, m in definition.measures.items() if m.kind != "count" or m.at]
    if others:
        raise UsageError(
            f"{path}: the measures {', '.join(others)} can't be in a table given by hand; "
            "expected one count, or a released table (Parquet) of `seuil build` or `protect --period`"
        )
    periods = definition.period.values
    if period is None and len(periods) > 1:
        raise UsageError(f"{path}: several periods, {', '.join(map(str, periods))}; expected one: --period")
    if period is not None and period not in periods:
        raise UsageError(f"{path}: no period {period}; expected one of {', '.join(map(str, periods))}")
    return TableSpec(definition, path, periods[0] if period is None else period)
