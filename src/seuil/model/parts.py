"""What each confidential step reads of a definition: what isn't in here can change without its being done again.

Texts, labels, columns of datasets and their order, derived measures and public reasons are in neither part.

A part is what JSON can say, of one period: what is said of other years changes nothing either. Names of dimensions and
measures are no texts, nor are the codes and the order of code lists: leaves, cells and proofs are told by them.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from seuil.model.dataset import Dataset
from seuil.model.hierarchy import UNKNOWN, Node
from seuil.model.limits import PARTS

Part = Mapping[str, object]


def counting_part(dataset: Dataset, period: int) -> Part:
    """What says how the records of a period become leaves. Empty of what was published elsewhere."""
    records = dataset.definition.records
    if records is None:
        return {}
    memberships = records.memberships
    return {
        "period": period,
        "people": records.people.model_dump(mode="json"),
        "memberships": None if memberships is None else memberships.model_dump(mode="json"),
        "dimensions": _dimensions(dataset, period, _counted),
        "sums": {name: measure.second_unit is not None for name, measure in dataset.sums.items()},
        **({"parts": PARTS} if dataset.sums else {}),
        **({"amounts": _amounts(dataset)} if records.amounts else {}),
    }


def protection_part(dataset: Dataset, period: int) -> Part:
    """What says which cells a period has, which of them are small, and what proves the others."""
    definition = dataset.definition
    return {
        "period": [definition.period.name, period],
        "threshold": definition.threshold,
        "rounding": definition.rounding,
        "level": definition.level,
        "zeros": definition.zeros,
        "dimensions": _dimensions(dataset, period, _protected),
        "tables": [[list(dataset.levels(t, name)) for name in dataset.hierarchies] for t in dataset.tables],
        **({"held": [list(t.measures) for t in dataset.tables]} if any(t.measures for t in dataset.tables) else {}),
        "counts": {
            name: measure.model_dump(mode="json", include={"at", "instead"}) for name, measure in dataset.counts.items()
        },
        "sums": {
            name: measure.model_dump(mode="json", exclude={"label", "unit_label"})
            for name, measure in dataset.sums.items()
        },
        "empty": [_codes(empty.where) for empty in definition.empty],
        "wishes": [[_codes(wish.where), wish.ask, wish.cost] for wish in definition.wishes],
        "known": [
            asdict(fact) | {"where": _codes(fact.where)} for fact in dataset.known if fact.period in (None, period)
        ],
    }


def _amounts(dataset: Dataset) -> dict[str, object]:
    """Rows of amounts are counted in the dimensions of their sum; what is declared of its kinds sets some aside."""
    records = dataset.definition.records
    assert records is not None
    found: dict[str, object] = {
        name: [rows.model_dump(mode="json"), dataset.sums[name].kinds, list(dataset.bases[name].additive)]
        for name, rows in records.amounts.items()
    }
    return found | {"empty": [_codes(empty.where) for empty in dataset.definition.empty]}


def _dimensions(dataset: Dataset, period: int, told: Callable[[Node], list[object]]) -> list[object]:
    return [
        [name, hierarchy.kind, [told(node) for node in hierarchy.in_period(period).nodes]]
        for name, hierarchy in dataset.hierarchies.items()
    ]


def _counted(node: Node) -> list[object]:
    return [node.code, node.parent, node.level == UNKNOWN, node.low, node.high]


def _protected(node: Node) -> list[object]:
    return [node.code, node.parent, node.level, node.complete, node.exclusive]


def _codes(where: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {name: list(codes) for name, codes in where.items()}
