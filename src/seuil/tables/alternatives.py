"""Choices side by side (confidential): rounding, the level of the guarantee, coarser dimensions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from seuil.model.definition import TOTAL, Definition
from seuil.model.errors import DisclosureError
from seuil.tables.frame_input import InputTable, given
from seuil.tables.hierarchies import natural
from seuil.tables.leaves import leaf_rows, read_leaves_of
from seuil.tables.loss import Loss
from seuil.tables.protect import protect_given
from seuil.tables.spec import TableSpec

ROUNDING = 10
PAIRS_FROM = 6  # codes of a dimension of one level that are worth being taken in pairs


@dataclass(frozen=True)
class Choice:
    """One way to publish a table."""

    name: str
    spec: TableSpec
    leaves: InputTable


@dataclass(frozen=True)
class Alternative:
    """What a choice costs; no loss where it can't be published under the guarantee."""

    name: str
    loss: Loss | None


def compare(
    leaves: InputTable,
    spec: TableSpec,
    secret: bytes | None,
    tell: Callable[[str, int, int], None] | None = None,
    *,
    add_up: bool = False,
) -> list[Alternative]:
    """Protect a table in every way, the one that was asked for first. add_up: rows of the same leaf are parts of it.

    Raises DataError for rows that can't be read.
    """
    read = read_leaves_of(leaves, spec, add_up_rows=add_up)
    found, every = [], list(choices(leaf_rows(leaves, read.is_leaf), _settled(spec)))
    for k, choice in enumerate(every):
        if tell is not None:
            tell(choice.name, k, len(every))
        try:
            loss = protect_given(choice.leaves, choice.spec, secret, add_up=True).loss
            found.append(Alternative(choice.name, loss))
        except DisclosureError:
            found.append(Alternative(choice.name, None))
    return found


def _settled(spec: TableSpec) -> TableSpec:
    """The same of rows that were read before: what is a total among them is known, and left out."""
    dimensions = {n: d.model_copy(update={"total": d.total or (TOTAL,)}) for n, d in spec.definition.dimensions.items()}
    return replace(spec, definition=spec.definition.model_copy(update={"dimensions": dimensions}))


def choices(leaves: InputTable, spec: TableSpec) -> Iterator[Choice]:
    """As it is; rounding on or off; the other level; both; every dimension coarser."""
    definition = spec.definition
    other_level = "plausible" if definition.level == "justified" else "justified"
    other_rounding = ROUNDING if definition.rounding is None else None
    rounding = f"rounded to {ROUNDING}" if other_rounding else "exact counts"
    yield Choice("as defined", spec, leaves)
    for name, changes in (
        (rounding, {"rounding": other_rounding}),
        (other_level, {"level": other_level}),
        (f"{rounding}, {other_level}", {"rounding": other_rounding, "level": other_level}),
    ):
        yield Choice(name, replace(spec, definition=definition.model_copy(update=changes)), leaves)
    yield from _coarser(leaves, spec)


def _coarser(leaves: InputTable, spec: TableSpec) -> Iterator[Choice]:
    if spec.definition.known:
        return  # what is known speaks of codes that a coarser table doesn't have
    for name, dimension in spec.definition.dimensions.items():
        if len(dimension.levels) > 1:
            *kept, finest = dimension.levels
            coarser = dimension.model_copy(update={"levels": tuple(kept)})
            definition = _with(spec.definition, name, coarser)
            yield Choice(f"{name} without {finest}", replace(spec, definition=definition), leaves)
        elif len(dimension.levels) == 1:
            texts = leaves.texts(dimension.levels[0])
            codes = sorted(pc.unique(texts).to_pylist(), key=natural)
            if len(codes) >= PAIRS_FROM:
                yield Choice(f"{name} in pairs", spec, _in_pairs(leaves, spec, dimension.levels[0], texts, codes))


def _with(definition: Definition, name: str, dimension: object) -> Definition:
    return definition.model_copy(update={"dimensions": {**definition.dimensions, name: dimension}})


def _in_pairs(leaves: InputTable, spec: TableSpec, column: str, texts: pa.StringArray, codes: list[str]) -> InputTable:
    """Every code with its neighbour."""
    pair = {code: " + ".join(codes[k - k % 2 : k - k % 2 + 2]) for k, code in enumerate(codes)}
    place = pc.index_in(texts, value_set=pa.array(codes, pa.string()))
    columns = {
        name: pa.array([pair[c] for c in codes], pa.string()).take(place) if name == column else leaves.texts(name)
        for dimension in spec.definition.dimensions.items()
        for name in dimension[1].levels or (dimension[0],)
    }
    columns[spec.count] = pa.array(leaves.counts(spec.count))
    return given(pa.table(columns), leaves.name)
