"""Make the catalogue from definitions and code lists, and its JSON. Nothing of any figure but how many are hidden."""

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from pydantic import ValidationError

from seuil.catalogue.entry import (
    Break,
    Catalogue,
    Dimension,
    Entry,
    FieldEntry,
    FieldType,
    Guarantee,
    Measure,
    Node,
    Part,
)
from seuil.model.columns import label_column, level_column, status_column
from seuil.model.dataset import Dataset
from seuil.model.definition import WHOLE, Count, Mean, Ratio, Total
from seuil.model.errors import ReleaseError
from seuil.model.layout import (
    FixedColumn,
    LayoutColumn,
    MeasureColumn,
    NodeColumn,
    NodeType,
    PeriodColumn,
    node_values,
)
from seuil.model.text import Text
from seuil.model.views import View, left_out

_YEARS = range(1000, 10000)
_NODE_TYPES: dict[NodeType, FieldType] = {"text": "text", "texts": "text", "integer": "int", "number": "double"}


def entry_of(
    dataset: Dataset, view: View | None = None, *, rows: int, modified: date, hidden: int, cells: int
) -> Entry:
    """The entry of a dataset. view: which one of its collection; the first by default.

    rows, hidden, cells: of its released table, as its writer counted them.
    """
    definition, view = dataset.definition, view or dataset.views[0]
    one_table = dataset.is_one_table
    return Entry(
        id=view.id,
        collection=definition.id,
        title=view.title,
        description=view.description,
        purpose=view.purpose,
        origin=definition.origin,
        source=definition.source,
        fictitious=definition.fictitious,
        publisher=definition.publisher,
        licence=definition.licence,
        licence_url=definition.licence_url,
        keywords=view.keywords,
        themes=view.themes,
        period=definition.period.name,
        period_label=definition.period.label,
        periods=tuple(sorted(definition.period.values)),
        dimensions=tuple(_dimension(dataset, view, name) for name in _dimensions(dataset, view)),
        measures=tuple(_measure(dataset, name) for name in view.measures),
        fields=tuple(_field(dataset, view, column) for column in view.columns),
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
        part=None if one_table else _part(dataset, view),
        breaks=tuple(_breaks(dataset, view)),
    )


def catalogue_of(entries: Iterable[Entry]) -> Catalogue:
    """The catalogue of a release, in the order given. Raises ReleaseError if a dataset stands twice."""
    catalogue = Catalogue(entries=tuple(entries))
    seen: set[str] = set()
    for entry in catalogue.entries:
        if entry.id in seen:
            raise ReleaseError(f"catalogue: dataset {entry.id} twice; a release has each dataset once")
        seen.add(entry.id)
    collections = {entry.collection for entry in catalogue.entries}
    for entry in catalogue.entries:
        if entry.id in collections - {entry.collection}:
            raise ReleaseError(f"catalogue: {entry.id} is a dataset of {entry.collection}, and another collection")
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
        raise ReleaseError(f"catalogue.json: {place}: {error['msg']}; fetch the release again") from None
    return catalogue_of(catalogue.entries)


def _dimensions(dataset: Dataset, view: View) -> tuple[str, ...]:
    """The dimensions of a collection that a dataset tells of."""
    shown = {column.dimension for column in view.columns if isinstance(column, NodeColumn)}
    return tuple(n for n in dataset.definition.dimensions if n in shown or len(_published(dataset, view, n)) > 1)


def _dimension(dataset: Dataset, view: View, name: str) -> Dimension:
    dimension, hierarchy = dataset.definition.dimensions[name], dataset.hierarchies[name]
    columns = () if dataset.is_one_table else _text_columns(view, name)
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
        nodes=_nodes(dataset, view, name, columns),
        fields=tuple(column.name for column in columns),
        first=dimension.first,
    )


def _text_columns(view: View, dimension: str) -> tuple[NodeColumn, ...]:
    """The columns by which a query can ask for a node."""
    columns = [c for c in view.columns if isinstance(c, NodeColumn) and c.dimension == dimension]
    return tuple(column for column in columns if column.type == "text")


def _published(dataset: Dataset, view: View, dimension: str) -> frozenset[str]:
    """Codes of the nodes that some table publishes in some period."""
    return frozenset(
        code
        for table in view.tables
        for period in dataset.definition.period.values
        for code in dataset.published_nodes(table, dimension, period)
    )


def _nodes(dataset: Dataset, view: View, dimension: str, columns: Sequence[NodeColumn]) -> tuple[Node, ...]:
    """The published nodes, each below its closest published ancestor."""
    hierarchy, published = dataset.hierarchies[dimension], _published(dataset, view, dimension)
    shown = [node_values(column, hierarchy) for column in columns]
    above: dict[str, str] = {"": ""}  # code to its closest published ancestor or itself
    nodes = []
    for k, node in enumerate(hierarchy.nodes):
        above[node.code] = node.code if node.code in published else above[node.parent]
        if node.code in published:
            values = tuple(column[k] for column in shown)
            nodes.append(
                Node(
                    code=node.code,
                    parent=above[node.parent],
                    level=node.level,
                    label=node.label,
                    values=values,
                    note=node.note or Text(),
                )
            )
    return tuple(nodes)


def _measure(dataset: Dataset, name: str) -> Measure:
    measure = dataset.definition.measures[name]
    parts = measure.parts.values() if isinstance(measure, (Mean, Ratio)) else ()
    # Where a part stands in another row, no figure of the row's own is what is divided.
    above, below = ("" if part.at else part.measure for part in parts) if parts else ("", "")
    return Measure(
        name=name,
        label=measure.label,
        kind=measure.kind,
        unit_label=measure.unit_label,
        decimals=0 if isinstance(measure, WHOLE) else measure.decimals,
        status_column=status_column(name),
        of=above,
        by=below,
        times=measure.times if isinstance(measure, Ratio) else 1,
        elsewhere=tuple({n: tuple(codes) for n, codes in other.where.items()} for other in measure.instead)
        if isinstance(measure, Count)
        else (),
        fixed=tuple(dict.fromkeys(_fixed(dataset, measure))) if isinstance(measure, Total) else (),
    )


def _fixed(dataset: Dataset, total: Total) -> Iterator[str]:
    """Dimensions of which a total shows the same node in every row."""
    for part in total.of:
        yield from part.at
        measure = dataset.definition.measures[part.measure]
        if isinstance(measure, Total):
            yield from _fixed(dataset, measure)


def _part(dataset: Dataset, view: View) -> Part:
    names = tuple(dataset.definition.dimensions)
    removed = left_out(view, dataset.definition, dataset.hierarchies)
    return Part(
        file=figures_file(dataset),
        tables=tuple({name: dataset.levels(table, name) for name in names} for table in view.tables),
        left_out=tuple({name: tuple(sorted(codes)) for name, codes in where.items()} for where in removed),
    )


def _breaks(dataset: Dataset, view: View) -> Iterator[Break]:
    """Those that concern some cell of the view, which stands at the total of a dimension that it doesn't tell of."""
    told = _dimensions(dataset, view)
    for one in sorted(dataset.definition.breaks, key=lambda found: found.period):
        where: dict[str, tuple[str, ...]] = {}
        for name, codes in one.where.items():
            hierarchy = dataset.hierarchies[name]
            published = _published(dataset, view, name) if name in told else {hierarchy.root.code}
            below = (hierarchy.nodes[k].code for k in hierarchy.below(codes))
            where[name] = tuple(code for code in below if code in published)
        if all(where.values()):
            yield Break(period=one.period, where={n: c for n, c in where.items() if n in told}, note=one.note)


def figures_file(dataset: Dataset) -> str:
    """Logical name of the table with all figures of a collection."""
    return f"jeux/{dataset.id}/{'data' if dataset.is_one_table else 'figures'}.parquet"


def _field(dataset: Dataset, view: View, column: LayoutColumn) -> FieldEntry:
    """A column of a dataset's table. A period that reads as a year is a `date`."""
    definition, label = dataset.definition, Text(fr=column.label.fr or column.name, en=column.label.en or column.name)
    match column:
        case PeriodColumn():
            years = all(p in _YEARS for p in definition.period.values)
            kind: FieldType = "text" if column.period == "text" else "date" if years else "int"
            return FieldEntry(name=column.name, label=label, type=kind, facet=True, of=definition.period.name)
        case NodeColumn():
            return FieldEntry(
                name=column.name,
                label=label,
                type=_NODE_TYPES[column.type],
                facet=definition.dimensions[column.dimension].facet and column.type in ("text", "texts"),
                multivalued=column.type == "texts",
                of=column.dimension,
            )
        case MeasureColumn():
            return FieldEntry(
                name=column.name,
                label=label,
                type=_measure_type(dataset, column),
                hidden_by=_status_of(view, column),
                of=column.measure,
            )
        case FixedColumn():
            return FieldEntry(name=column.name, label=label, type="text")


def _measure_type(dataset: Dataset, column: MeasureColumn) -> FieldType:
    if column.form in ("text", "status"):
        return "text"
    whole = isinstance(dataset.definition.measures[column.measure], WHOLE)
    return "int" if whole or column.form == "integer" else "double"


def _status_of(view: View, column: MeasureColumn) -> str | None:
    """The column that says why a number is null."""
    if column.form in ("text", "status"):
        return None
    statuses = (c for c in view.columns if isinstance(c, MeasureColumn) and c.form == "status")
    return next((c.name for c in statuses if c.measure == column.measure), None)
