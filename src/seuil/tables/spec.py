"""What a table given by hand is asked to be: its definition, where that stands, and the period."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from seuil.model.definition import Count, Definition, External, Given, Mean, Measure, Ratio, Sum
from seuil.model.errors import UsageError
from seuil.model.paths import check_paths

COUNT_COLUMN = "n"


@dataclass(frozen=True)
class TableSpec:
    """A definition and where it stands (code lists lie beside it), for one period.

    The definition has one measure, the count. derived: rates and means that are published beside it; beside: what they
    are made of, the count included.
    """

    definition: Definition
    path: Path
    period: int
    derived: Mapping[str, Mean | Ratio] = field(default_factory=dict)
    beside: Mapping[str, Count | Sum | External | Given] = field(default_factory=dict)

    @property
    def count(self) -> str:
        """The column of the counts."""
        return self.definition.count or COUNT_COLUMN

    @property
    def columns(self) -> list[str]:
        """Columns that leaves have: of every dimension those of its levels, or the one of its name; the counts."""
        dimensions = self.definition.dimensions.items()
        return [*(column for name, d in dimensions for column in d.levels or (name,)), self.count]


def spec_of(definition: Definition, path: Path, period: int | None = None, *, with_derived: bool = False) -> TableSpec:
    """Check that a definition can be that of a table by hand. with_derived: it may have rates and means, for an audit.

    Raises UsageError, DefinitionError.
    """
    check_paths(definition, path)
    if definition.source != "records":
        raise UsageError(f"{path}: a table that was published elsewhere has no rules here: nothing to protect or audit")
    others = {name: m for name, m in definition.measures.items() if m.kind != "count" or m.at}
    if others and not with_derived:
        raise UsageError(
            f"{path}: the measures {', '.join(others)} can't be in a table given by hand; "
            "expected one count, or a released table (Parquet) of `seuil build` or `protect --period`"
        )
    periods = definition.period.values
    if period is None and len(periods) > 1:
        raise UsageError(f"{path}: several periods, {', '.join(map(str, periods))}; expected one: --period")
    if period is not None and period not in periods:
        raise UsageError(f"{path}: no period {period}; expected one of {', '.join(map(str, periods))}")
    counts = {name: m for name, m in definition.measures.items() if name not in others}
    derived, beside = _derived(definition.measures, path)
    only = definition.model_copy(update={"measures": counts})
    return TableSpec(only, path, periods[0] if period is None else period, derived, beside)


def _derived(
    measures: Mapping[str, Measure], path: Path
) -> tuple[dict[str, Mean | Ratio], dict[str, Count | Sum | External | Given]]:
    """Rates and means, and the measures that they are made of."""
    derived = {name: m for name, m in measures.items() if isinstance(m, (Mean, Ratio))}
    beside = {name: m for name, m in measures.items() if isinstance(m, (Count, Sum, External, Given))}
    for name, measure in derived.items():
        for key, part in measure.parts.items():
            if part.measure not in beside:
                raise UsageError(
                    f"{path}: measures.{name}.{key}: found {part.measure!r}; "
                    "expected a count, sum, external or given figure"
                )
    return derived, beside
