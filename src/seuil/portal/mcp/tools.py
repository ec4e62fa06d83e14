"""What a model can ask, of one release. Plain functions, run in threads: the store blocks while it reads."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from seuil.catalogue.entry import Dimension, Entry, Measure
from seuil.model.errors import QueryError
from seuil.model.formulas import interval
from seuil.odsql import Request, compile_records
from seuil.portal.api.totals import warnings_of
from seuil.portal.archive_paths import LIST, PATH
from seuil.portal.mcp.answers import (
    Code,
    Codes,
    Datasets,
    Description,
    DimensionTold,
    Figure,
    Found,
    MeasureTold,
    Rows,
    Verify,
    Warning,
)
from seuil.portal.mcp.values import Hidden, Missing, Value, typed_rows
from seuil.portal.pages.figure_address import FIGURE, RELEASE, figure_query
from seuil.portal.store import listing
from seuil.portal.store.nodes import period_field, period_text, presence_of, quoted, telling, tellings
from seuil.portal.store.served import ServedRelease

ORIGIN: ContextVar[str] = ContextVar("seuil_mcp_origin")
"""Scheme and host under which the reader of the request at hand reaches the portal."""
MOST_ROWS = 100
MOST_GROUPS = 1000
_MOST_CODES = 100
_API = "/api/explore/v2.1/catalog/datasets"


@dataclass(frozen=True)
class Tools:
    """Questions about a release. origin: scheme and host under which readers reach the portal."""

    served: ServedRelease
    origin: str

    def find_datasets(self, text: str) -> Datasets:
        """Datasets whose texts have the words in French or in English, all where none are given."""
        where = f"search({quoted(text)})" if text.strip() else None
        request = Request(select="dataset_id", where=where, limit=MOST_ROWS)
        asked = (compile_records(request, listing.SCHEMA, relation) for relation in listing.RELATIONS.values())
        found = dict.fromkeys(str(row[0]) for compiled in asked for row in self.served.fetch(compiled))
        datasets = [self._found(self.served.entry(dataset_id)) for dataset_id in found]
        return Datasets(release=self.served.number, datasets=datasets)

    def describe(self, dataset_id: str) -> Description:
        """A dataset. Raises UnknownDatasetError."""
        entry = self.served.entry(dataset_id)
        return Description(
            id=entry.id,
            title=entry.title.en,
            description=entry.description.en,
            purpose=entry.purpose.en,
            licence=entry.licence,
            period_field=period_field(entry),
            periods=list(entry.periods),
            dimensions=[_dimension(entry, dimension) for dimension in entry.dimensions],
            measures=[_measure(entry, measure) for measure in entry.measures],
            fields=[field.name for field in entry.fields],
            hidden=_hidden(entry),
            totals=_totals(entry),
            guarantee=_guarantee(entry),
            example=_example(entry),
        )

    def find_codes(self, dataset_id: str, dimension: str, text: str) -> Codes:
        """Nodes of a dimension whose code or label has the text. Raises UnknownDatasetError, QueryError."""
        entry = self.served.entry(dataset_id)
        found = _dimension_of(entry, dimension)
        told = telling(entry, found)
        wanted = text.strip().casefold()
        nodes = [
            node
            for node in found.nodes
            if wanted in node.code.casefold()
            or any(wanted in label.casefold() for label in (node.label.fr, node.label.en))
        ]
        codes = [
            Code(
                code=node.code,
                label=node.label.en,
                level=node.level,
                where="" if told is None else told.where(node.code),
            )
            for node in nodes[:_MOST_CODES]
        ]
        return Codes(codes=codes, left_out=max(0, len(nodes) - _MOST_CODES))

    def query(
        self, dataset_id: str, select: str, where: str, group_by: str, order_by: str, limit: int, offset: int
    ) -> Rows:
        """Rows or groups. Raises what the store raises, RefusedQueryError."""
        served, entry = self.served, self.served.entry(dataset_id)
        asked = {"select": select, "where": where, "group_by": group_by, "order_by": order_by}
        limit = min(limit, MOST_GROUPS if group_by.strip() else MOST_ROWS)
        request = Request(
            select=select,
            where=where,
            group_by=group_by,
            order_by=order_by,
            limit=limit,
            offset=offset,
            presence=presence_of(entry),
        )
        compiled = compile_records(request, served.schema(dataset_id), served.relation(dataset_id))
        rows = served.fetch(compiled)
        warnings = [
            Warning(
                code=str(one["code"]),
                message=str(one["message"]),
                where=None if one["where"] is None else str(one["where"]),
            )
            for one in warnings_of(entry, compiled, rows)
        ]
        told = {name: value for name, value in asked.items() if value.strip()} | {
            "limit": str(limit),
            "offset": str(offset),
        }
        return Rows(
            total_count=served.count(compiled),
            rows=typed_rows(compiled, rows),
            warnings=warnings,
            release=served.number,
            address=f"{self.origin}{_API}/{quote(entry.id)}/records?{urlencode(told)}",
        )

    def figure(self, dataset_id: str, measure: str, period: int, codes: Mapping[str, str]) -> Figure:
        """One figure. codes: by dimension; the total where one isn't named. Raises UnknownDatasetError, QueryError."""
        served, entry = self.served, self.served.entry(dataset_id)
        told = next((one for one in entry.measures if one.name == measure), None)
        if told is None:
            known = ", ".join(one.name for one in entry.measures)
            raise QueryError(f"{dataset_id} has no measure {measure}; expected one of {known}")
        for name in codes:
            _dimension_of(entry, name)
        cell = {one.name: codes.get(one.name, one.total) for one in entry.dimensions}
        equal: dict[str, str | int] = {entry.period: period}
        equal |= {one.column: cell[one.name] for one in entry.dimensions}
        page = served.rows(dataset_id, equal=equal, columns=[told.name, told.status_column], limit=1)
        if not page.rows:
            raise QueryError(
                f"{dataset_id} has no figure there; see `find_codes` and the periods of `describe_dataset`"
            )
        value, status = page.rows[0][told.name], page.rows[0][told.status_column]
        found = _value(value, status, self._bounds(entry, told, period, cell) if status == "NS" else Hidden())
        where = self._where(entry, period, cell)
        row: dict[str, object] = dict(equal)
        path = FIGURE.format(dataset_id=quote(entry.id))
        signed = served.release.targets[entry.figures_file]
        return Figure(
            value=found,
            label=told.label.en,
            unit=told.unit_label.en,
            stands_for=_stands_for(entry, told, found),
            page=f"{self.origin}/en{path}?{figure_query(entry, row, told, **{RELEASE: served.number})}",
            address=f"{self.origin}{_API}/{quote(entry.id)}/records?{urlencode({'where': where})}",
            verify=Verify(
                release=served.number,
                file=entry.figures_file,
                sha256=signed.sha256,
                download=f"{self.origin}{_API}/{quote(entry.id)}/exports/parquet",
                proof=f"{self.origin}/en/preuve",
                command=f"wget -x -nH -i {self.origin}{PATH}/{LIST} && seuil verify archive",
            ),
        )

    def _found(self, entry: Entry) -> Found:
        return Found(
            id=entry.id,
            title=entry.title.en,
            description=entry.description.en,
            unit=entry.guarantee.units.en,
            first_period=min(entry.periods),
            last_period=max(entry.periods),
            rows=entry.rows,
            proved=entry.guarantee.proved,
            fictitious=entry.fictitious,
            page=f"{self.origin}/en/jeux/{quote(entry.id)}",
        )

    def _where(self, entry: Entry, period: int, cell: Mapping[str, str]) -> str:
        field = period_field(entry)
        parts = [] if field is None else [f"{field} = {period_text(entry, period)}"]
        return " and ".join([*parts, *(one.where(cell[one.dimension.name]) for one in tellings(entry))])

    def _bounds(self, entry: Entry, measure: Measure, period: int, cell: Mapping[str, str]) -> Hidden:
        schema = self.served.schema(entry.id)
        bounded = (field for field in schema.fields if field.bounded)
        shown = {field.name: field.of or field.name for field in entry.fields}
        field = next((one for one in bounded if shown[one.name] == measure.name), None)
        if field is None:
            return Hidden()
        request = Request(select=f"max({field.name}) as v", where=self._where(entry, period, cell), limit=1)
        compiled = compile_records(request, schema, self.served.relation(entry.id))
        rows = typed_rows(compiled, self.served.fetch(compiled))
        found = rows[0]["v"] if rows else Hidden()
        return found if isinstance(found, Hidden) else Hidden()


def _value(value: object, status: object, bounds: Hidden) -> Value:
    if status == "NS":
        return bounds
    if status is not None or not isinstance(value, int | float):
        return Missing()
    return value


def _dimension_of(entry: Entry, name: str) -> Dimension:
    found = next((one for one in entry.dimensions if one.name == name), None)
    if found is None:
        known = ", ".join(one.name for one in entry.dimensions)
        raise QueryError(f"{entry.id} has no dimension {name}; expected one of {known}")
    return found


def _dimension(entry: Entry, dimension: Dimension) -> DimensionTold:
    told = telling(entry, dimension)
    return DimensionTold(
        name=dimension.name,
        label=dimension.label.en,
        fields=[] if told is None else list(told.fields),
        parts=dimension.kind,
        total="" if told is None else told.where(dimension.total),
        levels=list(dict.fromkeys(node.level for node in dimension.nodes)),
        nodes=len(dimension.nodes),
    )


def _measure(entry: Entry, measure: Measure) -> MeasureTold:
    shown = [field.name for field in entry.fields if (field.of or field.name) == measure.name]
    return MeasureTold(
        name=measure.name, label=measure.label.en, kind=measure.kind, unit=measure.unit_label.en, fields=shown
    )


def _hidden(entry: Entry) -> str:
    guarantee = entry.guarantee
    rule = f"Figures of fewer than {guarantee.threshold} {guarantee.units.en} are hidden. "
    if guarantee.proved:
        rule += "So are others, that no hidden figure can be worked out: nothing tells whether one is small. "
    rule += "A hidden figure reads NS: it is neither zero nor missing. Never take it for 0, nor leave it out unsaid."
    if guarantee.rounding:
        rule += f" Counts are rounded to the nearest {guarantee.rounding}."
    return rule


def _totals(entry: Entry) -> str:
    parts = [
        f"{dimension.name}: the rows `{told.where(dimension.total)}` are its total"
        for dimension in entry.dimensions
        if (told := telling(entry, dimension)) is not None
    ]
    overlapping = [dimension.name for dimension in entry.dimensions if dimension.kind == "overlapping"]
    text = "Rows hold totals beside their parts: " + "; ".join(parts) + ". Don't add a total to its parts"
    if overlapping:
        units = entry.guarantee.units.en
        text += f", nor parts of {', '.join(overlapping)} to each other, which may count the same {units}"
    return text + ", nor several periods. Ask for the total's own row instead of adding."


def _guarantee(entry: Entry) -> str:
    guarantee = entry.guarantee
    if not guarantee.proved:
        return "Published elsewhere: what it hides was not decided here, and nothing is proved about it."
    return (
        f"For each of the {guarantee.hidden} hidden figures the release holds two complete tables that fit everything "
        f"published and differ there by at least {guarantee.threshold}; anybody can check them with `seuil verify`."
    )


def _example(entry: Entry) -> str:
    totals = [told.where(dimension.total) for dimension in entry.dimensions if (told := telling(entry, dimension))]
    field = period_field(entry)
    where = [*([f"{field} = {period_text(entry, max(entry.periods))}"] if field else []), *totals]
    return f"query(dataset_id={entry.id!r}, where={' and '.join(where)!r})"


def _stands_for(entry: Entry, measure: Measure, value: Value) -> str:
    guarantee = entry.guarantee
    if isinstance(value, Hidden):
        return "Hidden: it can be any whole number between its bounds." if measure.kind == "count" else "Hidden."
    if isinstance(value, Missing):
        return "There is no such figure."
    if measure.kind != "count" or not guarantee.rounding or not isinstance(value, int) or not value:
        return "The published figure."
    below, above = interval(0, guarantee.rounding)
    lowest = max(value + below, guarantee.threshold if guarantee.proved else 0)
    return f"Rounded: between {lowest} and {value + above}."
