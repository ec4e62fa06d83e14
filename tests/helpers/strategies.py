"""Tiny made-up cubes: definitions built in memory, true leaves, patterns and figures.

Everything is drawn from a `random.Random`, so that a seed names a case.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from pathlib import Path
from random import Random

import numpy as np
from hypothesis import strategies as st
from tests.helpers.brute_force import Oracle, TooLargeError, cells_of

from seuil.disclosure.cube.cube import Amounts, Leaves
from seuil.disclosure.cube.figures import Column, Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.model.dataset import Dataset
from seuil.model.definition import Definition
from seuil.model.formulas import interval, round_half_up
from seuil.model.hierarchy import Hierarchy, Kind, Node
from seuil.model.known import Fact, facts_of
from seuil.model.text import Text

PERIOD = 2024


def tree(spec: str, kind: Kind = "additive") -> Hierarchy:
    """A hierarchy from `"code parent level, ..."`; `!` after an overlapping code: not complete, `-`: exclusive."""
    nodes = []
    for text in spec.split(","):
        code, *rest = text.split()
        parent, level = rest if len(rest) == 2 else ("", rest[0])
        name = code.rstrip("!-")
        said = {"complete": "!" not in code, "exclusive": "-" in code}
        nodes.append(Node(name, parent, level, Text(fr=name, en=name), **said))
    return Hierarchy(tuple(nodes), kind)


def dataset(hierarchies: dict[str, Hierarchy], of_amounts: Sequence[str] = (), **fields: object) -> Dataset:
    """A dataset of patients with those dimensions; `fields` are those of the definition."""
    dimensions = {
        name: {
            "label": name,
            "codes": f"{name}.csv",
            "kind": h.kind,
            "of": "amounts" if name in of_amounts else "units",
            "own_total": name not in of_amounts or h.root.complete,
        }
        for name, h in hierarchies.items()
    }
    chosen: dict[str, object] = {
        "id": "tiny",
        "title": "Tiny",
        "unit": "patient",
        "threshold": 11,
        "period": {"values": [PERIOD]},
        "dimensions": dimensions,
        "measures": {"n": {"kind": "count", "label": "n"}},
        **fields,
    }
    definition, path = Definition.model_validate(chosen), Path("tiny.yaml")
    facts = tuple(fact for known in definition.known for fact in facts_of(known, definition, hierarchies, path))
    return Dataset(definition, hierarchies, path, facts)


def figures_of(grid: Grid, count: np.ndarray, hidden: np.ndarray) -> Figures:
    """What is told of true cells under a pattern."""
    rounded = np.vectorize(lambda n: round_half_up(int(n), grid.rounding), otypes=[np.int64])(count)
    return Figures(grid, Column(np.where(grid.published & ~hidden, rounded, 0), hidden), {})


# Random grids

AXES = (
    ("T all,a T leaf,b T leaf", 3),
    ("T all,a T leaf,b T leaf,c T leaf", 3),
    ("T all,a T leaf,b T leaf,u T unknown", 3),
    ("T all,R T region,a R leaf,b R leaf,S T region,c S leaf", 3),
    ("T all,R T region,a R leaf,b R leaf,S T region,c S leaf,d S leaf,u T unknown", 2),
    ("T all,R T region,a R leaf,b R leaf,c T region", 1),
)
SECOND = ("T all,f T sex,m T sex", "T all,f T sex,m T sex", "T all,f T sex,m T sex,u T unknown")
OVERLAPPING = (
    "ALL! all,A ALL node",
    "ALL all,A ALL node",
    "ALL all,A ALL node,B ALL node",
    "ALL! all,A ALL node,B ALL node",
    "ALL! all,A! ALL node,B A sub",
    "ALL! all,A ALL node,B A sub",
    "ALL all,A ALL node,B- ALL node",
    "ALL! all,A- ALL node,B- ALL node",
)


def random_dataset(draw: Random, **amount: object) -> Dataset:
    """A dataset of few cells, of every kind that the guarantee speaks of. amount: more rules of its sum."""
    axes = [spec for spec, weight in AXES for _ in range(weight)]
    overlapping = draw.random() < 0.4
    hierarchies = {"o": tree(draw.choice(OVERLAPPING), "overlapping")} if overlapping else {}
    hierarchies["x"] = tree(draw.choice(axes[:9] if overlapping else axes))
    if draw.random() < (0.25 if overlapping else 0.4):
        hierarchies["y"] = tree(draw.choice(SECOND))
    return dataset(
        hierarchies,
        unit=draw.choice(["patient", "professional"]),
        threshold=draw.choice([2, 3, 3, 4]),
        rounding=draw.choice([None, None, 3, 4]),
        level=draw.choice(["justified", "justified", "plausible"]),
        zeros=draw.choice(["hidden", "hidden", "shown"]),
        empty=_random_empty(draw, hierarchies),
        tables=_random_tables(draw, hierarchies),
        wishes=_random_wishes(draw, hierarchies),
        measures={
            "n": {"kind": "count", "label": "n"},
            "m": {"kind": "sum", "label": "m", "width": draw.choice([1, 1, 2, 3]), **amount},
        },
    )


def _random_empty(draw: Random, hierarchies: dict[str, Hierarchy]) -> list[dict[str, object]]:
    if draw.random() < 0.7 or len(hierarchies) == 1:
        return []
    where = {name: [draw.choice(h.nodes[1:]).code] for name, h in hierarchies.items()}
    return [{"where": where, "reason": "nobody can be there"}]


def _random_wishes(draw: Random, hierarchies: dict[str, Hierarchy]) -> list[dict[str, object]]:
    """Mostly none; some cells to be hidden, or dearer; rarely some to be shown."""
    if draw.random() < 0.75:
        return []
    where = {name: [draw.choice(h.nodes).code] for name, h in hierarchies.items()}
    asked = draw.choice([{"ask": "hidden"}, {"ask": "hidden"}, {"cost": 5.0}, {"ask": "shown"}])
    return [{"where": where, "reason": "it is so agreed", **asked}]


def _random_tables(draw: Random, hierarchies: dict[str, Hierarchy]) -> list[dict[str, object]]:
    """Mostly every level; sometimes a level less, or two linked tables."""
    kind = draw.random()
    levels = {name: [x for x in h.levels if x != "unknown"] for name, h in hierarchies.items()}
    if kind < 0.6:
        return []
    if kind < 0.8 or len(hierarchies) == 1:
        name = draw.choice(list(levels))
        kept = levels[name][:1] + [x for x in levels[name][1:] if x != draw.choice(levels[name])]
        return [{"levels": {**levels, name: kept}}]
    return [{"levels": {name: levels[name]}} for name in levels]


# Random counts


def random_leaves(draw: Random, grid: Grid) -> np.ndarray:
    """(variables,) true counts of the leaves, made of units that are in one leaf and in several slices."""
    axes = list(product(*(axis.leaves for axis in grid.axes)))
    out = np.zeros((grid.shape[0], len(axes)), dtype=np.int64)
    t = grid.threshold
    for column, leaf in enumerate(axes):
        kinds = [k for k in _memberships(grid) if not any(grid.empty[(s, *leaf)] for s in k)]
        for _ in range(draw.choice([0, 0, 1, 1, 2, t - 1, t, t, t + 1, t + 3, 2 * t + 1]) if kinds else 0):
            out[list(draw.choice(kinds)), column] += 1
    return out.reshape(-1)


def random_amounts(draw: Random, grid: Grid, leaves: np.ndarray) -> Leaves:
    """Counts and amounts of the same leaves: no more contributors than units, and within the overlaps."""
    shape = (grid.shape[0], *(len(axis.leaves) for axis in grid.axes))
    counts = leaves.reshape(grid.shape[0], -1)
    total, contributors, largest, second = (np.zeros_like(counts) for _ in range(4))
    for column in range(counts.shape[1]):
        for _ in range(draw.choice([0, 1, 2, 3, 6])):
            kinds = [k for k in _memberships(grid) if (contributors < counts)[list(k), column].all()]
            if not kinds:
                break
            at, amount = list(draw.choice(kinds)), draw.choice([1, 1, 2, 4, 9])
            total[at, column] += amount
            contributors[at, column] += 1
            second[at, column] = np.maximum(second[at, column], np.minimum(largest[at, column], amount))
            largest[at, column] = np.maximum(largest[at, column], amount)
    amounts = Amounts(*(x.reshape(shape) for x in (total, contributors, largest, second)))
    return Leaves(leaves.reshape(shape), {"m": amounts})


def to_own_grids(grid: Grid, leaves: Leaves) -> Leaves:
    """Amounts over the leaves of the dimensions that each sum has, from those of all dimensions of the counts."""
    sums = {}
    for name, amounts in leaves.sums.items():
        own = grid.dataset.bases[name].dimensions
        dropped = tuple(
            k for k, d in enumerate(grid.base.dimensions, len(grid.shape) - len(grid.base.dimensions)) if d not in own
        )
        shape = (*(n for k, n in enumerate(amounts.total.shape) if k not in dropped),)
        if grid.overlapping and 0 in dropped:  # everybody is in the first slice
            amounts = Amounts(*(x[:1] for x in (amounts.total, amounts.contributors, amounts.largest, amounts.second)))
            dropped, shape = dropped[1:], (1, *shape)
        total, contributors = (x.sum(axis=dropped).reshape(shape) for x in (amounts.total, amounts.contributors))
        both = np.stack([amounts.largest, amounts.second])
        ends = np.moveaxis(both, [0, *(k + 1 for k in dropped)], range(len(dropped) + 1)).reshape(-1, *shape)
        ends.sort(axis=0)
        sums[name] = Amounts(total, contributors, ends[-1], ends[-2])
    return replace(leaves, sums=sums)


def _memberships(grid: Grid) -> list[tuple[int, ...]]:
    """The sets of slices that a unit can be in."""
    slices = range(grid.shape[0])
    subsets = [s for n in slices for s in combinations(slices, n + 1)]
    return [s for s in subsets if all(sum(c for k, c in x.terms if k in s) >= 0 for x in grid.relations)]


# Random knowledge


def with_known(draw: Random, grid: Grid, leaves: np.ndarray) -> Grid:
    """Mostly the same; sometimes one of which readers know something true: of some cells, or a whole release."""
    if draw.random() < 0.65:
        return grid
    count = cells_of(grid, leaves)
    named = [*(["o"] if grid.overlapping else []), *grid.dataset.additive]
    axes = [*([grid.overlapping] if grid.overlapping else []), *grid.axes]
    cells = list(product(*(range(n) for n in grid.shape)))
    legacy, release = draw.random() < 0.6, draw.random() < 0.4
    rounding, threshold = draw.choice([None, 2, 3, 5]), draw.choice([grid.threshold, 2])
    facts = []
    for cell in cells if release else draw.sample(cells, draw.choice([1, 1, 2])):
        n, codes = int(count[cell]), [axis.nodes[k].code for axis, k in zip(axes, cell[-len(axes) :], strict=True)]
        least, most = max(n - draw.randrange(5), 0), n + draw.randrange(4)
        low, high = draw.choice([(n, n), (n, n), (least, most), (least, None), (0, most)])
        hidden = False
        if release:
            if not grid.published[cell] or draw.random() < 0.3:
                continue
            hidden = n < threshold or draw.random() < 0.1
            low, high = interval(round_half_up(n, rounding), rounding)
            low, high = (0, None) if hidden else (max(low, threshold), high)
        where = dict(zip(named, ((code,) for code in codes), strict=True))
        facts.append(Fact(where, draw.choice([None, PERIOD]), low, high, hidden, legacy))
    return replace(grid, dataset=replace(grid.dataset, known=tuple(facts)))


# Random patterns


@dataclass(frozen=True)
class Case:
    """A cube with a pattern: the true leaves (variables,), the figures and, in `oracle`, what they truly tell."""

    leaves: np.ndarray
    figures: Figures
    oracle: Oracle


def random_case(draw: Random, *, safe: bool | None = None, tries: int = 60) -> Case:
    """A tiny cube whose truth is admissible. safe: whether every hidden cell must be (None: as it comes)."""
    for _ in range(tries):
        try:
            case = _hide(draw, safe)
            if case is not None and len(case.oracle.tables) and (safe is None or bool(case.oracle.exposed) != safe):
                return case
        except TooLargeError:
            continue
    raise TooLargeError


def _hide(draw: Random, safe: bool | None) -> Case | None:
    grid = grid_of(random_dataset(draw), PERIOD)
    leaves = random_leaves(draw, grid)
    grid = with_known(Random(f"{leaves.tolist()} {draw.random()}"), grid, leaves)
    count = cells_of(grid, leaves)
    small = (count < grid.threshold) & ~((count == 0) & grid.zeros_shown)
    may = grid.published & ~grid.empty & ~((count == 0) & grid.zeros_shown)
    hidden = (small | grid.asked("hidden") | grid.elsewhere.hidden) & may
    if not hidden.any() and draw.random() < 0.9:
        return None
    for k in np.flatnonzero(may & ~hidden):
        if draw.random() < 0.1:
            hidden.flat[k] = True
    for _ in range(6):
        oracle = Oracle(figures_of(grid, count, hidden))
        true = bool(oracle.admissible(leaves[None, :])[0])
        if true and (not safe or not oracle.exposed):
            return Case(leaves, oracle.figures, oracle)
        mates = _line_mates(grid, oracle, may & ~hidden)
        if not mates:
            return None
        hidden = hidden.copy()
        hidden[draw.choice(mates)] = True
    return None


def _line_mates(grid: Grid, oracle: Oracle, shown: np.ndarray) -> list[tuple[int, ...]]:
    """Shown cells in a line, or at the place, of a hidden one."""
    found = {c for line in oracle.lines if any(m in oracle.hidden for m in line) for c in line}
    found |= {(s, *c[1:]) for c in oracle.hidden for s in range(grid.shape[0])}
    return sorted(c for c in found if shown[c]) or sorted(c for c in oracle.cells if shown[c])


def with_sum(draw: Random, case: Case) -> Figures:
    """The figures of a case with a sum `m`, hidden where the count is and in some cells more."""
    grid, count = case.figures.grid, case.figures.count
    amounts = cells_of(grid, random_amounts(draw, grid, case.leaves).sums["m"].total.reshape(-1))
    nobody = grid.published & (cells_of(grid, case.leaves) == 0) & grid.zeros_shown
    extra = np.array([draw.random() < 0.3 for _ in range(count.hidden.size)]).reshape(grid.shape)
    hidden = (count.hidden | extra) & grid.published & ~grid.empty & ~nobody
    return replace(case.figures, sums={"m": Column(np.where(grid.published & ~hidden, amounts, 0), hidden)})


def cases(*, safe: bool | None = None) -> st.SearchStrategy[Case]:
    """Cases for Hypothesis, by their seed: a name for a case says more here than a smaller one."""
    return st.integers(min_value=0).map(lambda seed: random_case(Random(seed), safe=safe))
