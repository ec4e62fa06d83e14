"""Make the catalogue from definitions and code lists, and its JSON. Nothing of any figure but how many are hidden."""

import json
from collections.abc import Iterable
from datetime import date

from pydantic import ValidationError

from seuil.catalogue.entry import Catalogue, Dimension, Entry, FieldEntry, FieldType, Guarantee, Measure, Node
from seuil.model.columns import label_column, level_column, status_column
from seuil.model.dataset import Dataset
from seuil.model.definition import Count, Sum, Total
from seuil.model.errors import ReleaseError
from seuil.model.text import Text

_YEARS = range(1000, 10000)


def entry_of(dataset: Dataset, *, rows: int, modified: date, hidden: int, cells: int) -> Entry:
    """The entry of a dataset. rows, hidden, cells: of its released table, as its writer counted them."""
    definition = dataset.definition
    return Entry(
        id=definition.id,
        title=definition.title,
        description=definition.description,
        purpose=definition.purpose,
        origin=definition.origin,
        source=definition.source,
        fictitious=definition.fictitious,
        publisher=definition.publisher,
        licence=definition.licence,
        licence_url=definition.licence_url,
        keywords=definition.keywords,
        themes=definition.themes,
        period=definition.period.name,
        period_label=definition.period.label,
        periods=tuple(sorted(definition.period.values)),
        dimensions=tuple(_dimension(dataset, name) for name in definition.dimensions),
        measures=tuple(_measure(dataset, name) for name in definition.measures),
        fields=_fields(dataset),
        rows=rows,
        modified=modified,
        guarantee=Guarantee(
            proved=definition.source == "records",
            unit=definition.unit.label,
            units=definition.unit.plural,
            threshold=definition.threshold,
            rounding=definition.rounding,
            level=definition.level,
            zeros=definition.zeros,
            cells=cells,
            hidden=hidden,
        ),
    )


def catalogue_of(entries: Iterable[Entry]) -> Catalogue:
    """The catalogue of a release, in the order given. Raises ReleaseError if a dataset stands twice."""
    catalogue = Catalogue(entries=tuple(entries))
    seen: set[str] = set()
    for entry in catalogue.entries:
        if entry.id in seen:
            raise ReleaseError(f"catalogue: dataset {entry.id} twice; a release has each dataset once")
        seen.add(entry.id)
    return catalogue


def write_catalogue(catalogue: Catalogue) -> bytes:
    """`catalogue.json`: UTF-8, fields in the model's order; the same catalogue gives the same bytes."""
    return (json.dumps(catalogue.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n").encode()


def read_catalogue(content: bytes) -> Catalogue:
    """The catalogue of a release from the bytes of its `catalogue.json`. Raises ReleaseError if they are none."""
    try:
        catalogue = Catalogue.model_validate_json(content)
    except ValidationError as problem:
        error = problem.errors(include_url=False)[0]
        place = ".".join(str(x) for x in error["loc"]) or "file"
        raise ReleaseError(f"catalogue.json: {place}: {error['msg']}; take the release anew") from None
    return catalogue_of(catalogue.entries)


def _dimension(dataset: Dataset, name: str) -> Dimension:
    dimension, hierarchy = dataset.definition.dimensions[name], dataset.hierarchies[name]
    return Dimension(
        name=name,
        label=dimension.label,
        column=name,
        level_column=level_column(name),
        label_column=label_column(name),
        kind=dimension.kind,
        role=dimension.role,
        facet=dimension.facet,
        total=hierarchy.root.code,
        nodes=_nodes(dataset, name),
    )


def _nodes(dataset: Dataset, dimension: str) -> tuple[Node, ...]:
    """The nodes that some table publishes in some period, each below its closest published ancestor."""
    hierarchy = dataset.hierarchies[dimension]
    published = {
        code
        for table in dataset.tables
        for period in dataset.definition.period.values
        for code in dataset.published_nodes(table, dimension, period)
    }
    above: dict[str, str] = {"": ""}  # code to its closest published ancestor or itself
    nodes = []
    for node in hierarchy.nodes:
        above[node.code] = node.code if node.code in published else above[node.parent]
        if node.code in published:
            nodes.append(Node(code=node.code, parent=above[node.parent], level=node.level, label=node.label))
    return tuple(nodes)


def _measure(dataset: Dataset, name: str) -> Measure:
    measure = dataset.definition.measures[name]
    return Measure(
        name=name,
        label=measure.label,
        kind=measure.kind,
        unit_label=measure.unit_label,
        decimals=0 if isinstance(measure, (Count, Sum, Total)) else measure.decimals,
        status_column=status_column(name),
    )


def _fields(dataset: Dataset) -> tuple[FieldEntry, ...]:
    """The columns of the released table, in order. A period that reads as a year is a `date`."""
    definition = dataset.definition
    period: FieldType = "date" if all(p in _YEARS for p in definition.period.values) else "int"
    fields = [FieldEntry(name=definition.period.name, label=definition.period.label, type=period, facet=True)]
    for name, dimension in definition.dimensions.items():
        label, facet = dimension.label, dimension.facet
        fields += [
            FieldEntry(name=name, label=label, type="text", facet=facet),
            FieldEntry(name=level_column(name), label=_with(label, "niveau", "level"), type="text", facet=facet),
            FieldEntry(name=label_column(name), label=_with(label, "libellé", "label"), type="text", facet=facet),
        ]
    for name, measure in definition.measures.items():
        status = status_column(name)
        number: FieldType = "int" if isinstance(measure, (Count, Sum, Total)) else "double"
        fields += [
            FieldEntry(name=name, label=measure.label, type=number, hidden_by=status),
            FieldEntry(name=status, label=_with(measure.label, "statut", "status"), type="text"),
        ]
    return tuple(fields)


def _with(label: Text, fr: str, en: str) -> Text:
    return Text(fr=f"{label.fr} ({fr})", en=f"{label.en} ({en})")
