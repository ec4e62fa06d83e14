"""Linked tables: cells of no table are left out of the search, and proofs are made whole again.

The people of a group are lined up by every table; that the tables come out again is checked on random groups, that
nothing is lost or wrongly called safe by listing all tables of all dimensions.
"""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from tests.helpers.brute_force import Oracle, TooLargeError, cells_of
from tests.helpers.strategies import PERIOD, dataset, figures_of, random_amounts, tree

from seuil.disclosure.audit import audit
from seuil.disclosure.constraints.implied import implied_of
from seuil.disclosure.constraints.linked import Linking, lines_that_matter, linking_of
from seuil.disclosure.cube.cube import cube_of
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import Grid, grid_of
from seuil.disclosure.proof import Proof
from seuil.disclosure.protect import protect
from seuil.disclosure.verify import verify

TWO = "T all,{0} T leaf,{1} T leaf"
STAR = ({"x": "all", "y": "all"}, {"x": "all", "z": "all"})
APART = ({"x": "all"}, {"y": "all"}, {"z": "all"})
NOBODY_OF_A = {"empty": [{"where": {"x": ["a"]}, "reason": "so it is"}]}
"""Whole groups of STAR are declared empty."""


def frame_of_tables(draw: Random, tables: tuple[dict[str, str], ...], **fields: object) -> Grid:
    shared = draw.choice((TWO, "T all,R T region,{0} R leaf,{1} R leaf"))
    specs = {"x": shared.format("a", "b"), "y": TWO.format("f", "m"), "z": TWO.format("p", "q")}
    named = [{"levels": table} for table in tables]
    chosen = {"threshold": draw.choice((2, 3)), "level": draw.choice(("justified", "plausible")), "tables": named}
    zeros = draw.choice(("hidden", "shown"))
    chosen["measures"] = {"n": {"kind": "count", "label": "n"}, "m": {"kind": "sum", "label": "m"}}
    return grid_of(dataset({k: tree(v) for k, v in specs.items()}, **{**chosen, "zeros": zeros, **fields}), PERIOD)


def figures_with_small_hidden(draw: Random, grid: Grid, leaves: np.ndarray) -> Figures:
    """What is told when the small cells are hidden, and some others."""
    count = cells_of(grid, leaves)
    some = np.array([draw.random() < 0.3 for _ in range(count.size)]).reshape(count.shape)
    small = (count < grid.threshold) & ~((count == 0) & grid.zeros_shown)
    hidden = (small | (some & ~((count == 0) & grid.zeros_shown))) & grid.published & ~grid.empty
    return figures_of(grid, count, hidden)


def margins(table: np.ndarray, parts: list[int], groups: int) -> np.ndarray:
    whole = table.reshape(groups, *parts)
    axes = range(1, 1 + len(parts))
    return np.concatenate([whole.sum(axis=tuple(a for a in axes if a != k)).ravel() for k in axes])


@pytest.mark.parametrize("seed", range(30))
def test_people_lined_up_are_in_every_table_where_it_says(seed: int) -> None:
    random = np.random.default_rng(seed)
    parts, groups = random.integers(1, 6, random.integers(2, 4)).tolist(), int(random.integers(1, 4))
    places = int(np.prod(parts))
    tables = np.arange(groups * sum(parts))
    linking = Linking((), tables, np.array(parts), np.arange(groups) * places, np.arange(places), groups * places)

    def atoms() -> np.ndarray:
        people = random.integers(0, 8, groups)
        counts = [[random.multinomial(n, np.ones(k) / k) for n in people] for k in parts]
        return np.concatenate([np.array(c).ravel() for c in counts]).astype(np.int64)

    base, others = atoms(), [atoms() for _ in range(5)]
    origins = np.array([0, 0, 2, 1, 1])  # numbers of the tables that the others are moves away from
    before = [[base, *others][k] for k in origins]
    changes = [np.flatnonzero(other != old) for other, old in zip(others, before, strict=True)]
    start = np.cumsum([0] + [len(c) for c in changes])
    change = np.concatenate([(other - old)[c] for other, old, c in zip(others, before, changes, strict=True)])
    none = np.zeros(0, np.int64)
    made = linking.expand(Proof(base, start, np.concatenate(changes), change, none, none, none, origins))
    assert (made.base >= 0).all()
    assert (margins(made.base, parts, groups) == base).all()
    tables = [made.base]
    for k, other in enumerate(others):
        table, entries = tables[origins[k]].copy(), slice(made.move_start[k], made.move_start[k + 1])
        np.add.at(table, made.move_variable[entries], made.move_change[entries])
        tables.append(table)
        assert (table >= 0).all()
        assert (margins(table, parts, groups) == other).all()


@pytest.mark.parametrize("seed", range(6))
def test_lines_that_are_left_out_of_a_search_follow_from_the_others(seed: int) -> None:
    """Nothing is published of all of x, or of y and of all of it: these are sums, whatever they are."""
    draw = Random(seed)
    nobody = [{"levels": {**t, "x": ["leaf"]} | ({"y": ["leaf"]} if "y" in t and seed % 2 else {})} for t in STAR]
    grid = frame_of_tables(draw, STAR)
    grid = replace(grid, published=grid_of(grid.dataset, PERIOD).published & _seen(grid, nobody))
    implied = implied_of(grid)
    assert implied.linking is not None
    matter = lines_that_matter(grid, implied.lines, implied.linking.boxes)
    rows, cells = len(implied.lines), grid.published.size
    line = np.repeat(np.arange(rows), np.diff(implied.lines.start))
    matrix = np.zeros((rows, cells))
    matrix[line, implied.lines.cell] = implied.lines.coefficient
    assert 0 < matter.sum() < rows
    assert np.linalg.matrix_rank(matrix[matter]) == np.linalg.matrix_rank(matrix)


def _seen(grid: Grid, tables: list[dict[str, dict[str, object]]]) -> np.ndarray:
    """Cells that are at no total of an axis of which some table names leaves alone."""
    seen = np.ones(grid.shape, np.bool_)
    for k, name in enumerate(grid.base.additive, start=1):
        if any(t["levels"].get(name) == ["leaf"] for t in tables):
            inner = [n for n, children in enumerate(grid.axes[k - 1].children) if children]
            np.moveaxis(seen, k, 0)[inner] = False
    return seen


@pytest.mark.parametrize(
    ("tables", "fields"),
    [pytest.param(STAR, {}, id="star"), pytest.param(APART, {}, id="apart"), (STAR, NOBODY_OF_A)],
)
def test_cells_of_no_table_are_left_out(tables: tuple[dict[str, str], ...], fields: dict[str, object]) -> None:
    grid = frame_of_tables(Random(1), tables, **fields)
    implied = implied_of(grid)
    assert implied.linking is not None
    assert (implied.spanned == grid.published.ravel()).all()
    assert np.isin(implied.lines.cell, np.flatnonzero(implied.spanned)).all()


@pytest.mark.parametrize(
    ("tables", "fields"),
    [
        pytest.param(({"x": "all", "y": "all", "z": "all"}, {"x": "all"}), {}, id="one table has all dimensions"),
        pytest.param(({"x": "all", "y": "all"}, {"y": "all", "z": "all"}, {"x": "all", "z": "all"}), {}, id="ring"),
        pytest.param(STAR, {"rounding": 3}, id="rounded"),
        pytest.param(
            STAR, {"empty": [{"where": {"y": ["f"], "z": ["p"]}, "reason": "so it is"}]}, id="nobody in a pair"
        ),
        pytest.param(STAR, {"empty": [{"where": {"y": ["f"]}, "reason": "so it is"}]}, id="nobody in a part"),
    ],
)
def test_other_tables_are_taken_whole(tables: tuple[dict[str, str], ...], fields: dict[str, object]) -> None:
    assert linking_of(frame_of_tables(Random(1), tables, **fields)) is None


def random_frame(draw: Random, *, groups_empty: bool, **fields: object) -> tuple[Grid, np.ndarray]:
    """Linked tables and how many there are at each leaf: nobody at `a` where it is declared empty."""
    tables = STAR if groups_empty else draw.choice((STAR, STAR, APART))
    grid = frame_of_tables(draw, tables, **fields, **(NOBODY_OF_A if groups_empty else {}))
    assert not groups_empty or implied_of(grid).linking is not None
    counts = np.array([draw.choice((0, 0, 1, 1, 2, 3)) for _ in range(8)], np.int64)
    if groups_empty:
        counts.reshape(2, 4)[0] = 0
    return grid, counts


def judged_release(seed: int, *, groups_empty: bool = False) -> bool:
    """Whether a random cube was released with hidden cells, and judged; what is released has to be safe."""
    draw = Random(seed)
    grid, counts = random_frame(draw, groups_empty=groups_empty)
    leaves = random_amounts(draw, grid, counts)
    if seed % 3:
        leaves = replace(leaves, sums={})
    result = protect(cube_of(grid, leaves), b"not so secret")
    if not result.audit.safe:
        return False
    assert verify(result.figures, result.audit.proofs) == (), seed
    try:
        oracles = [Oracle(result.figures, name) for name in ("count", *leaves.sums)]
        assert all(oracle.exposed == [] for oracle in oracles), seed
    except TooLargeError:
        return False
    return any(oracle.to_prove for oracle in oracles)


def judged_audit(seed: int, *, groups_empty: bool = False) -> bool:
    """Whether the truth of random figures is admissible, and all tables could be listed; the audit has to agree."""
    draw = Random(seed)
    grid, leaves = random_frame(draw, groups_empty=groups_empty, level="plausible")
    figures = figures_with_small_hidden(draw, grid, leaves)
    try:
        oracle = Oracle(figures, "count")
        exposed = set(oracle.exposed)
    except TooLargeError:
        return False
    if not len(oracle.tables):
        return False
    found = audit(figures)
    proved = set(found.proofs["count"].cells.tolist())
    assert not proved & exposed, seed
    assert set(found.exposed["count"].tolist()) <= exposed, seed
    assert proved | exposed | set(found.undecided["count"].tolist()) == set(oracle.to_prove), seed
    return bool(oracle.to_prove)


def test_what_is_released_is_safe_when_all_tables_are_listed() -> None:
    assert sum(judged_release(seed) for seed in range(40)) >= 20


def test_audit_agrees_with_all_tables_listed() -> None:
    assert sum(judged_audit(seed) for seed in range(40)) >= 25


def test_so_it_is_where_whole_groups_are_declared_empty() -> None:
    assert sum(judged_release(seed, groups_empty=True) for seed in range(40)) >= 10
    assert sum(judged_audit(seed, groups_empty=True) for seed in range(40)) >= 10
