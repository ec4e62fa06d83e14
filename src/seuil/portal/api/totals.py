"""What a sum of published figures is taken over: warnings where it adds what can't be added, and published totals.

A table of figures holds totals beside their parts. A sum over all rows that match counts a unit again for each row that
it is part of, in these cases:

| code | the sum adds | `where` |
|---|---|---|
| `adds_totals_to_parts` | rows to their own totals, such as both sexes and each | the total, or one level |
| `adds_overlapping_parts` | parts that share units: a patient counts in each condition | none would be right |
| `adds_periods` | several periods, in which the same units are counted again | the last period |
| `filter_reads_hidden` | what the filter leaves, which can't compare what is hidden | none |

`where` is the filter that would be right. Where the rows are all the parts of a published total, that is named: it
needs no sum, and may be shown where parts are not.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from operator import itemgetter

from seuil.catalogue.entry import Entry
from seuil.odsql import Compiled
from seuil.portal.api.asked import Json
from seuil.portal.api.hidden import filter_warnings
from seuil.portal.store.nodes import Telling, codes_of, period_field, period_text, quoted, tellings
from seuil.portal.store.queries import Row
from seuil.portal.store.served import ServedRelease

_MOST_NODES = 30
"""Nodes that a filter names."""
_MOST_TOTALS = 50
"""Published totals that are looked up for an answer."""


def warnings_of(entry: Entry, compiled: Compiled, rows: Sequence[Row]) -> list[Json]:
    """What an answer doesn't count, and what its sums add up that can't be added, each once."""
    if not compiled.presence:
        return filter_warnings(compiled)
    looks: list[tuple[tuple[str, ...], Callable[[list[object]], Json | None]]] = []
    if (field := period_field(entry)) is not None:
        looks.append(((field,), partial(_adds_periods, entry)))
    looks.extend((one.fields, partial(_warning, entry, one)) for one in tellings(entry))
    found = []
    for place, (names, look) in enumerate(looks):
        seen: set[int] = set()
        for at, values in enumerate(_several(compiled, rows, names)):
            # Many rows share a list, or are taken over a single value, of which there is nothing to tell.
            if values is None or id(values) in seen:
                continue
            seen.add(id(values))
            warning = look(values)
            if warning is not None:
                found.append((at, place, warning))
                break
    return [*filter_warnings(compiled), *(warning for _, _, warning in sorted(found, key=itemgetter(0, 1)))]


def totals_of(served: ServedRelease, entry: Entry, compiled: Compiled, rows: Sequence[Row]) -> list[dict[str, Json]]:
    """For each row of an answer, by column: the published total of which the rows summed are the parts, if any."""
    parts = [
        (column.name, column.partial.measure, column.partial.hidden)
        for column in compiled.columns
        if column.partial is not None and column.partial.measure is not None
    ]
    told: list[dict[str, Json]] = []
    known: dict[str, dict[str, Json]] = {}
    for row in rows:
        sums = {name: measure for name, measure, hidden in parts if row[hidden]}
        cell = _whole_cell(entry, compiled, row) if sums else None
        if cell is not None and str(cell) not in known and len(known) < _MOST_TOTALS:
            known[str(cell)] = _published(served, entry, cell, sums)
        told.append({} if cell is None else known.get(str(cell), {}))
    return told


def _several(compiled: Compiled, rows: Sequence[Row], names: tuple[str, ...]) -> list[list[object] | None]:
    """The values that each row is taken over, where they are several; none where that can't be."""
    place = compiled.presence.get(names)
    if place is None or (compiled.plan is not None and compiled.plan.is_single(place)):
        return []
    return [found if isinstance(found := row[place], list) and len(found) > 1 else None for row in rows]


def _values(compiled: Compiled, row: Row, names: tuple[str, ...]) -> list[object]:
    place = compiled.presence.get(names)
    found = None if place is None else row[place]
    return found if isinstance(found, list) else []


def _adds_periods(entry: Entry, periods: Sequence[object]) -> Json:
    last = max(int(str(period)) for period in periods)
    field = period_field(entry)
    message = f"The sum adds {len(periods)} periods; the same {entry.guarantee.units.en} may be counted in each."
    where = f"{field} = {period_text(entry, last)}"
    return {"code": "adds_periods", "field": field, "message": message, "where": where}


def _warning(entry: Entry, one: Telling, values: list[object]) -> Json | None:
    codes = codes_of(one, values)
    if len(codes) < 2:
        return None
    dimension, field = one.dimension, ", ".join(one.fields)
    above = {code for code in codes if not codes.isdisjoint(one.ancestors[code])}
    if above:
        where = _of_top(entry, one, codes - above, above)
        message = f"The sum adds rows of {field} to their own totals."
        return {"code": "adds_totals_to_parts", "field": field, "message": message, "where": where}
    if dimension.kind == "overlapping":
        message = f"The sum adds rows of {field} that may count the same units."
        return {"code": "adds_overlapping_parts", "field": field, "message": message, "where": None}
    return None


def _of_top(entry: Entry, one: Telling, top: set[str], others: set[str]) -> str | None:
    """The filter that keeps of the nodes those that are in no other one; None where a sum of these isn't right either.

    Nodes that may share units can't be added, nor is it plain what was meant where they stand at several levels and are
    not parts of the same node.
    """
    if len(top) == 1:
        return one.where(*top)
    dimension = one.dimension
    levels = {node.level for node in dimension.nodes if node.code in top}
    wholes = {node.parent for node in dimension.nodes if node.code in top}
    if dimension.kind == "overlapping" or (len(levels) > 1 and (len(wholes) > 1 or "" in wholes)):
        return None
    if len(levels) == 1 and any(field.name == dimension.level_column for field in entry.fields):
        return f'{dimension.level_column} = "{levels.pop()}"'
    told = {code: value for value, code in one.codes.items()}
    for place, name in enumerate(one.fields):
        values = {told[code][place] for code in top}
        if len(values) == 1 and not any(told[code][place] in values for code in others):
            (value,) = values
            return f"{name} is null" if value is None else f"{name} = {quoted(value)}"
    return " or ".join(f"({one.where(code)})" for code in sorted(top)) if len(top) <= _MOST_NODES else None


def _whole_cell(entry: Entry, compiled: Compiled, row: Row) -> dict[str, object] | None:
    """The cell whose parts the rows summed are, all of them and nothing else, by column; None where there is none."""
    field = period_field(entry)
    periods = [] if field is None else _values(compiled, row, (field,))
    told = tellings(entry)
    if len(periods) != 1 or len(told) != len(entry.dimensions):
        return None
    cell: dict[str, object] = {entry.period: periods[0]}
    split = 0
    for one in told:
        codes = codes_of(one, _values(compiled, row, one.fields))
        code = next(iter(codes)) if len(codes) == 1 else _split_by(one, frozenset(codes))
        if code is None:
            return None
        cell[one.dimension.column] = code
        split += len(codes) > 1
    return cell if split == 1 else None


@lru_cache(maxsize=1024)
def _split_by(one: Telling, codes: frozenset[str]) -> str | None:
    """The node of which the codes are the published parts, at whatever levels."""
    if one.dimension.kind != "additive" or not codes:
        return None
    lines = [one.ancestors[code] for code in sorted(codes)]
    common = next((code for code in lines[0] if all(code in line for line in lines)), None)
    if common is None or any(not codes.isdisjoint(line) for line in lines):
        return None
    parents = {node.parent for node in one.dimension.nodes}
    leaves = (node.code for node in one.dimension.nodes if node.code not in parents)
    below = (leaf for leaf in leaves if common in one.ancestors[leaf])
    covered = all(leaf in codes or not codes.isdisjoint(one.ancestors[leaf]) for leaf in below)
    return common if covered else None


def _published(served: ServedRelease, entry: Entry, cell: dict[str, object], sums: dict[str, str]) -> dict[str, Json]:
    equal = {name: value for name, value in cell.items() if isinstance(value, str | int)}
    statuses = {measure.name: measure.status_column for measure in entry.measures}
    shown = {field.name: field.of or field.name for field in entry.fields}
    sums = {name: shown[field] for name, field in sums.items() if shown[field] in statuses}
    columns = [name for measure in sums.values() for name in (measure, statuses[measure])]
    page = served.rows(entry.id, equal=equal, columns=columns, limit=1)
    if page.total != 1:
        return {}
    (found,) = page.rows
    period = f"{period_field(entry)} = {period_text(entry, cell[entry.period])}"
    nodes = (one.where(str(cell[one.dimension.column])) for one in tellings(entry))
    where = " and ".join((period, *nodes))
    return {
        name: {"value": found[measure], "where": where}
        for name, measure in sums.items()
        if found[statuses[measure]] is None
    }
