"""Why a figure is hidden, as far as the release says: what it is made of, and the two tables of its proof."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from seuil.archive.collection import PROOF
from seuil.archive.layout import DATASETS
from seuil.model.bases import BASE_OF_COUNTS
from seuil.model.dataset import Dataset
from seuil.model.definition import Count, Mean, Ratio, Sum, Total
from seuil.model.text import Text
from seuil.portal.proofs.cells import Cells
from seuil.portal.proofs.excerpt import Excerpt, Published, cut
from seuil.portal.proofs.files import PARTS, part_name, witnesses


@dataclass(frozen=True)
class Basis:
    """What a figure rests on: a count or a sum at a cell. measure: whose published figures stand around it.

    place: the code of every dimension of the collection. base: what its proof is called. shown_as: the measure that
    readers know it by, which may be a total of this one figure.
    """

    measure: str
    place: Mapping[str, str]
    base: str
    shown_as: str


@dataclass(frozen=True)
class Witnessed:
    """The two small tables of a figure.

    label: of the measure that readers know it by. gap: by how much its two values differ at least, as the release
    promises. p_percent, up_to: of an amount, what else its rules ask for; None of a count. That can't be shown by
    public figures alone.
    """

    basis: Basis
    label: Text
    excerpt: Excerpt
    gap: int
    p_percent: int | None
    up_to: int | None


def parts_of(dataset: Dataset, measure: str, place: Mapping[str, str]) -> tuple[Basis, ...]:
    """The counts and sums that a measure is made of in a row; itself where it is one of them.

    Figures that were published elsewhere are none. place: the code of every dimension of the collection.
    """
    match dataset.definition.measures[measure]:
        case Total(of=parts) as total:
            found = [basis for f in parts for basis in parts_of(dataset, f.measure, {**place, **f.at})]
            found = [replace(basis, shown_as=measure) for basis in found] if total.single else found
        case Mean() | Ratio() as derived:
            figures = derived.parts.values()
            found = [basis for f in figures for basis in parts_of(dataset, f.measure, {**place, **f.at})]
        case _:
            basis = _basis(dataset, measure, place)
            found = [] if basis is None else [basis]
    cells = [(basis.measure, basis.place) for basis in found]
    return tuple(basis for k, basis in enumerate(found) if cells[k] not in cells[:k])


def _basis(dataset: Dataset, measure: str, place: Mapping[str, str]) -> Basis | None:
    """The cell that a count or a sum tells of in a row. None for a figure that was published elsewhere."""
    match dataset.definition.measures[measure]:
        case Sum():
            return Basis(measure, place, measure, measure)
        case Count() as count:
            at = {**place, **count.at}
            for other in count.instead:
                if all(place[name] in codes for name, codes in other.where.items()):
                    at |= other.at
            plain = next((name for name, c in dataset.counts.items() if not c.at and not c.instead), measure)
            return Basis(plain, at, BASE_OF_COUNTS, plain)
        case _:
            return None


def witnessed(
    dataset: Dataset, period: int, basis: Basis, files: Mapping[str, Path], published: Published
) -> Witnessed | None:
    """The small tables of a hidden figure. files: of the release. None where its proof doesn't list the figure."""
    cells = Cells.of(dataset, period, basis.base)
    folder = f"{DATASETS}/{dataset.id}/{PROOF}/{period}"
    names = {part: f"{folder}/{part_name(basis.base, part)}" for part in PARTS}
    if not cells.exists(basis.place) or not all(name in files for name in names.values()):
        return None
    place = {name: basis.place[name] for name in dataset.definition.dimensions}
    if any(place[name] != h.root.code for name, h in dataset.hierarchies.items() if name not in cells.names):
        return None  # of a dimension that the base doesn't have, its cells are the total
    tables = witnesses({part: files[name] for part, name in names.items()}, cells.number(place))
    excerpt = None if tables is None else cut(cells, place, tables, published)
    if excerpt is None:
        return None
    amount, label = dataset.sums.get(basis.base), dataset.definition.measures[basis.shown_as].label
    if amount is None:
        return Witnessed(basis, label, excerpt, dataset.definition.threshold, None, None)
    return Witnessed(basis, label, excerpt, amount.width, amount.p_percent, amount.p_percent_up_to)
