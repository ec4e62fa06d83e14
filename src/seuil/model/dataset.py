"""A dataset: its definition joined with its code lists, and checked as a whole. A broken one can't exist."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path

from seuil.model.bases import BASE_OF_COUNTS, Base, bases_of, uncounted
from seuil.model.codelist import read_code_list
from seuil.model.columns import column_names
from seuil.model.definition import Count, Definition, External, Given, Mean, Measure, Ratio, Sum, Table, Total
from seuil.model.errors import DefinitionError, all_of, noted
from seuil.model.external import ExternalFigures, read_external
from seuil.model.hierarchy import UNKNOWN, Hierarchy
from seuil.model.kinds_check import check_kinds
from seuil.model.known import Fact, facts_of
from seuil.model.layout import attributes_of
from seuil.model.layout_check import check_columns, check_rows
from seuil.model.paths import check_paths
from seuil.model.policy import limited_fields
from seuil.model.reading import lines_of, read_yaml
from seuil.model.record_files import Records
from seuil.model.totals_check import check_total
from seuil.model.views import View, tables_of, views_of, whole_of
from seuil.model.vintages import Vintage, read_vintages, vintage_facts


@dataclass(frozen=True)
class Dataset:
    """A definition and the hierarchies of its dimensions (all periods together), in the definition's order.

    path: the definition file; code lists and published files lie beside it. known: what readers know from elsewhere.
    vintages: years that were published again, of which what they told before is known as well. external: the figures
    of the measures that come from elsewhere, by name.
    """

    definition: Definition
    hierarchies: Mapping[str, Hierarchy]
    path: Path
    known: tuple[Fact, ...] = ()
    vintages: tuple[Vintage, ...] = ()
    external: Mapping[str, ExternalFigures] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Name of the dataset in addresses and folders."""
        return self.definition.id

    @cached_property
    def additive(self) -> tuple[str, ...]:
        """Names of the additive dimensions of units, in order."""
        return tuple(n for n, h in self.hierarchies.items() if h.kind == "additive" and n not in self.of_amounts)

    @cached_property
    def of_amounts(self) -> tuple[str, ...]:
        """Names of the dimensions of amounts, in order."""
        return tuple(n for n, dimension in self.definition.dimensions.items() if dimension.of == "amounts")

    @cached_property
    def overlapping(self) -> str | None:
        """Name of the overlapping dimension, if there is one."""
        return next((n for n, h in self.hierarchies.items() if h.kind == "overlapping"), None)

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The published tables, of all datasets; by default one with every level but `unknown` of every dimension."""
        return tables_of(self.definition)

    @cached_property
    def bases(self) -> dict[str, Base]:
        """What is protected by itself, by name: the counts, and every sum."""
        return bases_of(self.definition, self.tables, self.hierarchies, self.levels)

    @cached_property
    def views(self) -> tuple[View, ...]:
        """The datasets as readers know them."""
        return views_of(self.definition)

    @cached_property
    def whole(self) -> View:
        """The view that has every figure, from which all others are rendered."""
        return whole_of(self.definition)

    @property
    def is_one_table(self) -> bool:
        """Whether its only dataset is the whole, so that nothing has to be rendered from another table."""
        return self.views == (self.whole,)

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

    @cached_property
    def externals(self) -> dict[str, External]:
        """The measures that are public figures from elsewhere."""
        return {n: m for n, m in self.definition.measures.items() if isinstance(m, External)}

    def leaf_columns(self, name: str) -> tuple[str, ...]:
        """Columns of leaves for a sum: total, contributors, largest and second contribution; those of a second unit.

        Where a unit has amounts of several kinds also a number of whose the largest contribution is.
        """
        parts = ("", "_contributors", "_largest", "_second", *(["_largest_by"] if self.sums[name].kinds else []))
        more = ("_second_unit", "_second_unit_largest") if self.sums[name].second_unit else ()
        return tuple(f"{name}{part}" for part in (*parts, *more))

    @cached_property
    def derived(self) -> dict[str, Total | Mean | Ratio]:
        """The measures that are made of published ones: totals before those that may be made of them."""
        measures = self.definition.measures.items()
        totals = sorted(((n, m) for n, m in measures if isinstance(m, Total)), key=lambda one: len(one[1].of) > 1)
        return {**dict(totals), **{n: m for n, m in measures if isinstance(m, (Mean, Ratio))}}


def read_dataset(path: Path) -> Dataset:
    """Read a definition and the code lists that it names. Raises DefinitionError with file, line and field."""
    definition = read_yaml(path, Definition)
    for name, dimension in definition.dimensions.items():
        if dimension.levels:
            expected = "`codes`; `levels` are of tables by hand, for `protect` and `audit`"
            key = ("dimensions", name, "levels")
            raise DefinitionError(path, lines_of(path).get(key), ".".join(key), "columns of a table", expected)
    dataset = make_dataset(definition, {}, path)
    vintages = read_vintages(path.parent)
    if not vintages:
        return dataset
    facts = vintage_facts(vintages, definition, dataset.hierarchies, path.parent)
    return replace(dataset, known=(*dataset.known, *facts), vintages=vintages)


def make_dataset(definition: Definition, made: Mapping[str, Hierarchy], path: Path) -> Dataset:
    """Join a definition with the code lists that it names, and with hierarchies `made` from a table's rows.

    path: the definition's file, or a name for one that was not read from a file. Raises DefinitionError.
    """
    check_paths(definition, path)
    hierarchies, wrong = dict[str, Hierarchy](), list[DefinitionError]()
    for name in definition.dimensions:
        with noted(wrong):
            hierarchies[name] = made[name] if name in made else _code_list(definition, name, path)
    if wrong:
        raise all_of(wrong)
    dataset = Dataset(definition, hierarchies, path)
    _Check(dataset).all()
    external, facts = dict[str, ExternalFigures](), list[Fact]()
    for name, measure in dataset.externals.items():
        with noted(wrong):
            external[name] = read_external(name, measure, definition, hierarchies, path)
    for known in definition.known:
        with noted(wrong):
            facts += facts_of(known, definition, hierarchies, path)
    if wrong:
        raise all_of(wrong)
    return replace(dataset, known=tuple(facts), external=external)


def _code_list(definition: Definition, name: str, path: Path) -> Hierarchy:
    dimension = definition.dimensions[name]
    if definition.count is not None:  # a table by hand: it may share the list with a dataset that shows more of it
        return read_code_list(path.parent / dimension.codes, dimension.kind, None)
    columns = [*definition.columns, *(column for said in definition.datasets for column in said.columns)]
    hierarchy = read_code_list(path.parent / dimension.codes, dimension.kind, attributes_of(columns, name))
    return hierarchy if dimension.own_total else hierarchy.without_total()


class _Check:
    """What the fields must say together."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self.definition = dataset.definition
        self.lines = lines_of(dataset.path) if dataset.path.exists() else {}
        self.wrong: list[DefinitionError] = []

    def fail(self, field: str, found: str, expected: str) -> None:
        """Note what is wrong, once: what is found in a field may be so in every period."""
        if any((error.field, error.found) == (field, found) for error in self.wrong):
            return
        key = tuple(field.split("."))
        while key and key not in self.lines:
            key = key[:-1]
        self.wrong.append(DefinitionError(self.dataset.path, self.lines.get(key), field, found, expected))

    def all(self) -> None:
        """Raise one error of all that is wrong."""
        for step in (self.columns, self.periods, self.dimensions, self.kinds, self.source):
            self.go(step)
        for name, measure in self.definition.measures.items():
            self.go(partial(self.measure, name, measure))
        own_tables = partial(self.tables, "tables", self.definition.tables)
        for step in (self.own_units, self.rounding, own_tables, self.datasets, self.bases, self.sums, self.empty):
            self.go(step)
        for step in (self.wishes, self.known, self.exceptions, self.apart, self.breaks):
            self.go(step)
        if self.wrong:
            raise all_of(self.wrong)

    def go(self, step: Callable[[], None]) -> None:
        """Note what is wrong in a step."""
        try:
            step()
        except (LookupError, TypeError, ValueError, AttributeError):
            if not self.wrong:  # a step may lean on what an earlier one has found to be wrong, and then fall over it
                raise

    def kinds(self) -> None:
        dataset = self.dataset
        check_kinds(self.definition, dataset.tables, dataset.hierarchies, dataset.levels, self.fail)

    def own_units(self) -> None:
        if self.definition.source == "records" and all(m.at for m in self.dataset.counts.values()):
            self.fail("measures", "no count of a row's own units", "one of `kind: count`, without `at`")

    def apart(self) -> None:
        for k, apart in enumerate(self.definition.apart_from):
            if not apart.reason.fr:
                self.fail(f"apart_from.{k}.reason", "no reason", "the public reason why they are other people")
            if apart.collection == self.definition.id:
                self.fail(f"apart_from.{k}.collection", "the collection itself", "another one of the same unit")

    def breaks(self) -> None:
        periods = self.definition.period.values
        for k, one in enumerate(self.definition.breaks):
            if not one.note.fr:
                self.fail(f"breaks.{k}.note", "no note", "what changed")
            if one.period not in periods:
                self.fail(f"breaks.{k}.period", str(one.period), f"one of {', '.join(map(str, periods))}")
            self._where(f"breaks.{k}.where", one.where)

    def rounding(self) -> None:
        base, threshold = self.definition.rounding, self.definition.threshold
        if base is not None and self.definition.zeros == "shown" and threshold < base - base // 2:
            found = f"{base} with threshold {threshold} and zeros shown"
            self.fail("rounding", found, f"at most {2 * threshold}: {threshold} would be published as 0")

    def bases(self) -> None:
        """Every count and sum is in some table, and an amount is published only where a count is."""
        bases, counts = self.dataset.bases, self.dataset.counts
        for name in (*counts, *self.dataset.sums):
            if not any(not table.measures or name in table.measures for table in self.dataset.tables):
                self.fail(f"measures.{name}", "in no table", "a table that names it, or that names no measures")
        for name, base in bases.items():
            if name == BASE_OF_COUNTS or base.everywhere:
                continue
            of_counts = bases[BASE_OF_COUNTS]
            for table in uncounted(base, of_counts, counts, self.dataset.hierarchies, self.dataset.levels):
                levels = ", ".join(f"{d} {'/'.join(self.dataset.levels(table, d))}" for d in table.levels)
                expected = "a table with a count that has all of these cells"
                self.fail("tables", f"{name} in cells without a published count ({levels})", expected)

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
                self.fail(
                    "measures",
                    f"two columns {name!r} in the released table",
                    "another name for a dimension or a measure",
                )
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
        for name, dimension in self.definition.dimensions.items():
            if dimension.first and dimension.first not in self.dataset.hierarchies[name].index:
                self.fail(f"dimensions.{name}.first", repr(dimension.first), "a code of that dimension")

    def source(self) -> None:
        definition = self.definition
        if definition.count is not None and definition.records is None and definition.source == "records":
            return  # a table given by hand
        wanted, other = ("records", "published") if definition.source == "records" else ("published", "records")
        if getattr(definition, wanted) is None:
            self.fail("source", f"{definition.source} without a section `{wanted}`", f"a section `{wanted}`")
        if getattr(definition, other) is not None:
            self.fail(other, f"a section `{other}`", f"none, since source is {definition.source}")
        if definition.records is not None:
            people, memberships = definition.records.people, definition.records.memberships
            self.same_names("records.people.dimensions", people.dimensions, self.dataset.additive)
            self.amounts(definition.records)
            overlapping = self.dataset.overlapping
            if (overlapping is None) != (memberships is None) or (memberships and memberships.dimension != overlapping):
                self.fail(
                    "records.memberships",
                    "no match with the dimensions",
                    "one for the overlapping dimension, if there is one",
                )
        if definition.published is not None and wanted == "published":
            self.same_names("published.columns", definition.published.columns, tuple(self.dataset.hierarchies))

    def amounts(self, records: Records) -> None:
        """Every sum has its amounts in the rows of people, or in rows of its own where it is split by kinds."""
        split = [name for name, measure in self.dataset.sums.items() if measure.kinds]
        whole = tuple(name for name in self.dataset.sums if name not in split)
        self.same_names("records.people.amounts", records.people.amounts, whole)
        self.same_names("records.amounts", records.amounts, tuple(split))
        found = records.people.amounts | {name: rows.amount for name, rows in records.amounts.items()}
        for name, measure in self.dataset.sums.items():
            if name in found and (measure.second_unit is None) != (found[name].second_unit is None):
                place = f"amounts.{name}.amount" if measure.kinds else f"people.amounts.{name}"
                expected = "one of both or of neither"
                self.fail(f"records.{place}.second_unit", "only one of measure and records has one", expected)

    def same_names(self, field: str, found: Mapping[str, object], expected: tuple[str, ...]) -> None:
        for name in expected:
            if name not in found:
                self.fail(field, f"nothing for {name}", f"where each is found: {', '.join(expected)}")
        for name in found:
            if name not in expected:
                self.fail(f"{field}.{name}", repr(name), f"one of {', '.join(expected) or 'none here'}")

    def measure(self, name: str, measure: Measure) -> None:
        definition, field = self.definition, f"measures.{name}"
        by_hand = definition.count is not None and definition.records is None
        if (measure.kind == "given") != (definition.source == "published") and not (
            measure.kind == "given" and by_hand
        ):
            self.fail(f"{field}.kind", measure.kind, "`given` for published tables, and only for them")
        if isinstance(measure, Sum) and name == BASE_OF_COUNTS:
            self.fail(field, f"a sum called {name}", "another name: proofs of the counts have this one")
        if isinstance(measure, Count):
            for dimension, code in measure.at.items():
                if dimension != self.dataset.overlapping:
                    self.fail(f"{field}.at.{dimension}", dimension, "an overlapping dimension")
                    continue
                for period in definition.period.values:
                    if code not in self.dataset.hierarchies[dimension].in_period(period).index:
                        self.fail(f"{field}.at.{dimension}", repr(code), f"a code of that dimension in {period}")
            self.instead(f"{field}.instead", measure)
        parts: dict[str, tuple[str, type | tuple[type, ...]]] = {}
        if isinstance(measure, Total):
            check_total(name, definition, self.dataset.hierarchies, self.fail)
            for k, figure_at in enumerate(measure.of):
                self.at(f"{field}.of.{k}.at", figure_at.at)
        if isinstance(measure, (Mean, Ratio)):
            given = (Given,) if by_hand else ()
            figure = (Count, Sum, Total, External, *given)
            kinds = {"of": (Sum, Total, *given), "by": (Count,), "to": figure}
            kinds |= {"of": figure} if isinstance(measure, Ratio) else {}
            parts = {key: (figure_at.measure, kinds[key]) for key, figure_at in measure.parts.items()}
            for key, figure_at in measure.parts.items():
                self.at(f"{field}.{key}.at", figure_at.at)
        for key, (part, kind) in parts.items():
            if not isinstance(definition.measures.get(part), kind):
                suits = "count, sum, total or external figure" if measure.kind == "ratio" else "count, sum or total"
                self.fail(f"{field}.{key}", repr(part), f"the name of a {suits} that suits")

    def at(self, field: str, at: Mapping[str, str]) -> None:
        """Nodes of a figure at other nodes than the row's."""
        for dimension, code in at.items():
            if dimension not in self.dataset.hierarchies:
                self.fail(f"{field}.{dimension}", repr(dimension), f"one of {', '.join(self.dataset.hierarchies)}")
                continue
            for period in self.definition.period.values:
                if not any(
                    code in self.dataset.published_nodes(table, dimension, period) for table in self.dataset.tables
                ):
                    self.fail(f"{field}.{dimension}", repr(code), f"a code that some table publishes in {period}")

    def instead(self, field: str, count: Count) -> None:
        """A row's figure can only be that of another cell which is published wherever the row is."""
        for k, other in enumerate(count.instead):
            self._where(f"{field}.{k}.where", other.where)
            for dimension, code in other.at.items():
                place = f"{field}.{k}.at.{dimension}"
                if dimension not in self.dataset.additive:
                    self.fail(place, dimension, f"one of {', '.join(self.dataset.additive)}")
                    continue
                for period in self.definition.period.values:
                    asked = other.where.get(dimension)
                    for table in self.dataset.tables:
                        nodes = self.dataset.published_nodes(table, dimension, period)
                        if code not in nodes and (asked is None or set(asked) & set(nodes)):
                            self.fail(
                                place, repr(code), f"a code that is published in {period} wherever these rows are"
                            )

    def datasets(self) -> None:
        definition, seen = self.definition, set[str]()
        for name in ("columns", "empty_rows", "datasets") if definition.count is not None else ():
            if name in definition.model_fields_set:
                self.fail(name, "said of a table given by hand", "none: it comes back in its own columns")
        for name in ("columns", "empty_rows") if definition.datasets else ():
            if name in definition.model_fields_set:
                self.fail(name, "said of a collection of several datasets", "it in each of `datasets`")
        for k, said in enumerate(definition.datasets):
            if said.id in seen:
                self.fail(f"datasets.{k}.id", f"{said.id!r} twice", "a name of its own for each dataset")
            seen.add(said.id)
            self.tables(f"datasets.{k}.tables", said.tables)
            for j, name in enumerate(said.measures):
                if name not in definition.measures:
                    self.fail(f"datasets.{k}.measures.{j}", repr(name), f"one of {', '.join(definition.measures)}")
        for k, view in enumerate(self.dataset.views):
            field = f"datasets.{k}.columns" if definition.datasets else "columns"
            check_columns(view, self.dataset.hierarchies, definition.period.values, field, self.fail)
            for period in definition.period.values:
                for name, hierarchy in self.dataset.hierarchies.items():
                    nodes = {c for table in view.tables for c in self.dataset.published_nodes(table, name, period)}
                    check_rows(view, name, hierarchy.in_period(period), nodes, field, self.fail)

    def tables(self, place: str, tables: tuple[Table, ...]) -> None:
        for k, table in enumerate(tables):
            for dimension, levels in table.levels.items():
                field = f"{place}.{k}.levels.{dimension}"
                if dimension not in self.dataset.hierarchies:
                    self.fail(field, repr(dimension), f"one of {', '.join(self.dataset.hierarchies)}")
                    continue
                for level in () if levels == "all" else levels:
                    known = self.dataset.hierarchies[dimension].levels
                    if level not in known:
                        self.fail(field, repr(level), f"one of {', '.join(known)}")
            for j, name in enumerate(table.measures):
                measures = [*self.dataset.counts, *self.dataset.sums]
                if name not in measures:
                    found = repr(name) + (", a derived measure" if name in self.dataset.derived else "")
                    expected = f"one of {', '.join(measures)}; derived measures are where all their parts are"
                    self.fail(f"{place}.{k}.measures.{j}", found, expected)

    def empty(self) -> None:
        for k, empty in enumerate(self.definition.empty):
            if not empty.reason.fr:
                self.fail(f"empty.{k}.reason", "no reason", "the public reason why nobody can be there")
            self._where(f"empty.{k}.where", empty.where)

    def wishes(self) -> None:
        for k, wish in enumerate(self.definition.wishes):
            if not wish.reason.fr:
                self.fail(f"wishes.{k}.reason", "no reason", "the public reason of the wish")
            if wish.ask is None and wish.cost == 1:
                self.fail(f"wishes.{k}", "nothing is asked", "`ask: shown`, `ask: hidden` or a `cost`")
            self._where(f"wishes.{k}.where", wish.where)

    def known(self) -> None:
        for k, known in enumerate(self.definition.known):
            if not known.reason.fr:
                self.fail(f"known.{k}.reason", "no reason", "where it is known from")
            periods = self.definition.period.values
            if known.period is not None and known.period not in periods:
                self.fail(f"known.{k}.period", str(known.period), f"one of {', '.join(map(str, periods))}")
            if self.definition.source == "published":
                self.fail(f"known.{k}", "figures known of a table that is not proved", "none of them")
            self._where(f"known.{k}.where", known.where or {})

    def exceptions(self) -> None:
        named = limited_fields(self.definition)
        for k, exception in enumerate(self.definition.exceptions):
            if not exception.reason.fr:
                self.fail(f"exceptions.{k}.reason", "no reason", "the public reason of the exception")
            if exception.field not in named:
                self.fail(f"exceptions.{k}.field", repr(exception.field), f"one of {', '.join(named)}")

    def _where(self, field: str, where: Mapping[str, tuple[str, ...]]) -> None:
        for dimension, codes in where.items():
            if dimension not in self.dataset.hierarchies:
                self.fail(f"{field}.{dimension}", repr(dimension), f"one of {', '.join(self.dataset.hierarchies)}")
                continue
            for code in codes:
                if code not in self.dataset.hierarchies[dimension].index:
                    self.fail(f"{field}.{dimension}", repr(code), "a code of that dimension")
