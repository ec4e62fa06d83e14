"""A dataset: its definition joined with its code lists, and checked as a whole. A broken one can't exist."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from seuil.model.codelist import read_code_list
from seuil.model.columns import column_names
from seuil.model.definition import Count, Definition, Mean, Measure, Ratio, Sum, Table, Total
from seuil.model.errors import DefinitionError
from seuil.model.hierarchy import UNKNOWN, Hierarchy
from seuil.model.known import Fact, facts_of
from seuil.model.paths import check_paths
from seuil.model.policy import limited_fields
from seuil.model.reading import lines_of, read_yaml


@dataclass(frozen=True)
class Dataset:
    """A definition and the hierarchies of its dimensions (all periods together), in the definition's order.

    path: the definition file; code lists and published files lie beside it. known: what readers know from elsewhere.
    """

    definition: Definition
    hierarchies: Mapping[str, Hierarchy]
    path: Path
    known: tuple[Fact, ...] = ()

    @property
    def id(self) -> str:
        """Name of the dataset in addresses and folders."""
        return self.definition.id

    @cached_property
    def additive(self) -> tuple[str, ...]:
        """Names of the additive dimensions, in order."""
        return tuple(n for n, h in self.hierarchies.items() if h.kind == "additive")

    @cached_property
    def overlapping(self) -> str | None:
        """Name of the overlapping dimension, if there is one."""
        return next((n for n, h in self.hierarchies.items() if h.kind == "overlapping"), None)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The published tables; by default one with every level but `unknown` of every dimension."""
        return self.definition.tables or (Table(levels=dict.fromkeys(self.hierarchies, "all")),)

    def levels(self, table: Table, dimension: str) -> tuple[str, ...]:
        """Levels of a dimension that a table publishes: `all` is every level but `unknown`."""
        hierarchy = self.hierarchies[dimension]
        asked = table.levels.get(dimension, (hierarchy.root.level,))
        return tuple(x for x in hierarchy.levels if x != UNKNOWN) if asked == "all" else tuple(asked)

    def published_nodes(self, table: Table, dimension: str, period: int) -> tuple[str, ...]:
        """Codes of the nodes of a dimension that a table publishes in a period, in display order."""
        hierarchy = self.hierarchies[dimension].in_period(period)
        return tuple(hierarchy.nodes[k].code for k in hierarchy.at_levels(self.levels(table, dimension)))

    @cached_property
    def counts(self) -> dict[str, Count]:
        """The measures that count units."""
        return {n: m for n, m in self.definition.measures.items() if isinstance(m, Count)}

    @cached_property
    def sums(self) -> dict[str, Sum]:
        """The measures that add amounts."""
        return {n: m for n, m in self.definition.measures.items() if isinstance(m, Sum)}

    def leaf_columns(self, name: str) -> tuple[str, ...]:
        """Columns of leaves for a sum: total, contributors, largest and second contribution; those of a second unit."""
        parts = ("", "_contributors", "_largest", "_second")
        more = ("_second_unit", "_second_unit_largest") if self.sums[name].second_unit else ()
        return tuple(f"{name}{part}" for part in (*parts, *more))

    @cached_property
    def derived(self) -> dict[str, Total | Mean | Ratio]:
        """The measures that are made of published ones: totals before those that may be made of them."""
        measures = self.definition.measures.items()
        totals: dict[str, Total | Mean | Ratio] = {n: m for n, m in measures if isinstance(m, Total)}
        return totals | {n: m for n, m in measures if isinstance(m, (Mean, Ratio))}


def read_dataset(path: Path) -> Dataset:
    """Read a definition and the code lists that it names. Raises DefinitionError with file, line and field."""
    definition = read_yaml(path, Definition)
    for name, dimension in definition.dimensions.items():
        if dimension.levels:
            expected = "right here would be `codes`; with `levels`, name a table by hand to `protect` or `audit`"
            key = ("dimensions", name, "levels")
            raise DefinitionError(path, lines_of(path).get(key), ".".join(key), "columns of a table", expected)
    return make_dataset(definition, {}, path)


def make_dataset(definition: Definition, made: Mapping[str, Hierarchy], path: Path) -> Dataset:
    """Join a definition with the code lists that it names, and with hierarchies `made` from a table's rows.

    path: the definition's file, or a name for one that was not read from a file. Raises DefinitionError.
    """
    check_paths(definition, path)
    hierarchies = {
        name: made[name] if name in made else read_code_list(path.parent / dimension.codes, dimension.kind)
        for name, dimension in definition.dimensions.items()
    }
    dataset = Dataset(definition, hierarchies, path)
    _Check(dataset).all()
    return replace(dataset, known=facts_of(definition, hierarchies, path)) if definition.known else dataset


BASE_OF_COUNTS = "count"  # what proofs call the base that is no sum


class _Check:
    """What the fields must say together."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.definition = dataset.definition
        self.lines = lines_of(dataset.path) if dataset.path.exists() else {}

    def fail(self, field: str, found: str, expected: str) -> None:
        key = tuple(field.split("."))
        while key and key not in self.lines:
            key = key[:-1]
        raise DefinitionError(self.dataset.path, self.lines.get(key), field, found, expected)

    def all(self) -> None:
        self.columns()
        self.periods()
        self.dimensions()
        self.source()
        for name, measure in self.definition.measures.items():
            self.measure(name, measure)
        if self.definition.source == "records" and all(m.at for m in self.dataset.counts.values()):
            self.fail("measures", "no count of a row's own units", "add one: `kind: count`, without `at`")
        self.rounding()
        self.tables()
        self.sums()
        self.empty()
        self.wishes()
        self.known()
        self.exceptions()

    def rounding(self) -> None:
        base, threshold = self.definition.rounding, self.definition.threshold
        if base is not None and self.definition.zeros == "shown" and threshold < base - base // 2:
            found = f"{base} with threshold {threshold} and zeros shown"
            self.fail("rounding", found, f"at most {2 * threshold}, else {threshold} would be published as 0")

    def sums(self) -> None:
        """A sum is published in the rows only: a count fixed at a node that no table has would leave it without any."""
        overlapping = self.dataset.overlapping
        if not self.dataset.sums or overlapping is None:
            return
        hierarchy = self.dataset.hierarchies[overlapping]
        levels = {level for table in self.dataset.tables for level in self.dataset.levels(table, overlapping)}
        for name, count in self.dataset.counts.items():
            code = count.at.get(overlapping)
            if code is not None and hierarchy.nodes[hierarchy.index[code]].level not in levels:
                expected = "with sums, a node whose level a table publishes"
                self.fail(f"measures.{name}.at.{overlapping}", repr(code), expected)

    def columns(self) -> None:
        seen: set[str] = set()
        for name in column_names(self.definition):
            if name in seen:
                self.fail("measures", f"two columns {name!r} in the released table", "rename a dimension or a measure")
            seen.add(name)

    def periods(self) -> None:
        values = self.definition.period.values
        for k, value in enumerate(values):
            if value in values[:k]:
                self.fail(f"period.values.{k}", f"{value} twice", "each period once")

    def dimensions(self) -> None:
        overlapping = [n for n, h in self.dataset.hierarchies.items() if h.kind == "overlapping"]
        if len(overlapping) > 1:
            self.fail("dimensions", f"two overlapping dimensions, {' and '.join(overlapping)}", "at most one")
        if not self.dataset.additive:
            self.fail("dimensions", "no additive dimension", "at least one")

    def source(self) -> None:
        definition = self.definition
        if definition.count is not None and definition.records is None and definition.source == "records":
            return  # a table given by hand
        wanted, other = ("records", "published") if definition.source == "records" else ("published", "records")
        if getattr(definition, wanted) is None:
            self.fail("source", f"{definition.source} without a section `{wanted}`", f"add `{wanted}:`")
        if getattr(definition, other) is not None:
            self.fail(other, f"a section `{other}`", f"source is {definition.source}: leave it out")
        if definition.records is not None:
            people, memberships = definition.records.people, definition.records.memberships
            self.same_names("records.people.dimensions", people.dimensions, self.dataset.additive)
            self.same_names("records.people.amounts", people.amounts, tuple(self.dataset.sums))
            for name, measure in self.dataset.sums.items():
                if (measure.second_unit is None) != (people.amounts[name].second_unit is None):
                    field = f"records.people.amounts.{name}.second_unit"
                    self.fail(field, "only one of measure and records has one", "both or neither")
            overlapping = self.dataset.overlapping
            if (overlapping is None) != (memberships is None) or (memberships and memberships.dimension != overlapping):
                self.fail("records.memberships", "no match with the dimensions", "one for the overlapping dimension")
        if definition.published is not None:
            self.same_names("published.columns", definition.published.columns, tuple(self.dataset.hierarchies))

    def same_names(self, field: str, found: Mapping[str, object], expected: tuple[str, ...]) -> None:
        for name in expected:
            if name not in found:
                self.fail(field, f"nothing for {name}", f"say where it is found: {', '.join(expected)}")
        for name in found:
            if name not in expected:
                self.fail(f"{field}.{name}", repr(name), f"one of {', '.join(expected) or 'none here'}")

    def measure(self, name: str, measure: Measure) -> None:
        definition, field = self.definition, f"measures.{name}"
        if (measure.kind == "given") != (definition.source == "published"):
            self.fail(f"{field}.kind", measure.kind, "`given` for published tables, and only for them")
        if isinstance(measure, Sum) and name == BASE_OF_COUNTS:
            self.fail(field, f"a sum called {name}", "another name: proofs of the counts have this one")
        if isinstance(measure, Count):
            for dimension, code in measure.at.items():
                if dimension != self.dataset.overlapping:
                    self.fail(f"{field}.at.{dimension}", dimension, "an overlapping dimension")
                for period in definition.period.values:
                    if code not in self.dataset.hierarchies[dimension].in_period(period).index:
                        self.fail(f"{field}.at.{dimension}", repr(code), f"a code of that dimension in {period}")
        parts: dict[str, tuple[str, type | tuple[type, ...]]] = {}
        if isinstance(measure, Total):
            parts = {f"of.{k}": (part, Sum) for k, part in enumerate(measure.of)}
            if len(set(measure.of)) < len(measure.of):
                self.fail(f"{field}.of", "a sum twice", "each part once")
        if isinstance(measure, Mean):
            parts = {"of": (measure.of, (Sum, Total)), "by": (measure.by, Count)}
        if isinstance(measure, Ratio):
            figure = (Count, Sum, Total)
            parts = {"of": (measure.of, figure), "to": (measure.to, figure)}
        for key, (part, kind) in parts.items():
            if not isinstance(definition.measures.get(part), kind):
                self.fail(f"{field}.{key}", repr(part), "the name of a count, sum or total that suits")

    def tables(self) -> None:
        for k, table in enumerate(self.definition.tables):
            for dimension, levels in table.levels.items():
                field = f"tables.{k}.levels.{dimension}"
                if dimension not in self.dataset.hierarchies:
                    self.fail(field, repr(dimension), f"one of {', '.join(self.dataset.hierarchies)}")
                for level in () if levels == "all" else levels:
                    known = self.dataset.hierarchies[dimension].levels
                    if level not in known:
                        self.fail(field, repr(level), f"one of {', '.join(known)}")

    def empty(self) -> None:
        for k, empty in enumerate(self.definition.empty):
            if not empty.reason.fr:
                self.fail(f"empty.{k}.reason", "no reason", "say the public reason why nobody can be there")
            self._where(f"empty.{k}.where", empty.where)

    def wishes(self) -> None:
        for k, wish in enumerate(self.definition.wishes):
            if not wish.reason.fr:
                self.fail(f"wishes.{k}.reason", "no reason", "say the public reason of the wish")
            if wish.ask is None and wish.cost == 1:
                self.fail(f"wishes.{k}", "nothing is asked", "ask: shown, ask: hidden, or a cost")
            self._where(f"wishes.{k}.where", wish.where)

    def known(self) -> None:
        for k, known in enumerate(self.definition.known):
            if not known.reason.fr:
                self.fail(f"known.{k}.reason", "no reason", "say where it is known from")
            periods = self.definition.period.values
            if known.period is not None and known.period not in periods:
                self.fail(f"known.{k}.period", str(known.period), f"one of {', '.join(map(str, periods))}")
            if self.definition.source == "published":
                self.fail(f"known.{k}", "figures known of a table that is not proved", "leave them out")
            self._where(f"known.{k}.where", known.where or {})

    def exceptions(self) -> None:
        named = limited_fields(self.definition)
        for k, exception in enumerate(self.definition.exceptions):
            if not exception.reason.fr:
                self.fail(f"exceptions.{k}.reason", "no reason", "say the public reason of the exception")
            if exception.field not in named:
                self.fail(f"exceptions.{k}.field", repr(exception.field), f"one of {', '.join(named)}")

    def _where(self, field: str, where: Mapping[str, tuple[str, ...]]) -> None:
        for dimension, codes in where.items():
            if dimension not in self.dataset.hierarchies:
                self.fail(f"{field}.{dimension}", repr(dimension), f"one of {', '.join(self.dataset.hierarchies)}")
            for code in codes:
                if code not in self.dataset.hierarchies[dimension].index:
                    self.fail(f"{field}.{dimension}", repr(code), "a code of that dimension")
