"""docs/explanation/algorithm.md against the program: every number of its tables is what the program's pieces say."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.helpers.strategies import PERIOD, dataset, tree

from seuil.disclosure.audit import audit
from seuil.disclosure.constraints.problem import AuditProblem, count_problem
from seuil.disclosure.constraints.propagation import tighten
from seuil.disclosure.cube.cube import Cube, Leaves, cube_of
from seuil.disclosure.cube.figures import Figures
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.cube.primary import PrimaryRules
from seuil.disclosure.cube.publish import Pattern, publish
from seuil.disclosure.lp.farkas import refuters
from seuil.disclosure.proof import Proof
from seuil.disclosure.protect import protect
from seuil.disclosure.suppress.cuts import ProtectionLevels, exposures
from seuil.disclosure.verify import verify

PAGE = (Path(__file__).parents[3] / "docs/explanation/algorithm.md").read_text(encoding="utf-8")
AGES, REGIONS = ("TOTAL", "young", "middle", "old"), ("TOTAL", "north", "south", "east")
T, FAR = 11, 1 << 60
GRID = grid_of(
    dataset(
        {
            "age": tree("TOTAL all,young TOTAL leaf,middle TOTAL leaf,old TOTAL leaf"),
            "region": tree("TOTAL all,north TOTAL leaf,south TOTAL leaf,east TOTAL leaf"),
        }
    ),
    PERIOD,
)

Drawn = dict[tuple[str, str], str]


def section(heading: str) -> str:
    """What stands under a heading, up to the next one."""
    found = re.search(rf"^#+ {re.escape(heading)}.*?\n(.*?)(?=^#+ |\Z)", PAGE, flags=re.DOTALL | re.MULTILINE)
    assert found, heading
    return found[1]


def drawings(text: str) -> dict[str, Drawn]:
    """Drawn tables by the word in their corner: what stands at every age and region."""
    out = {}
    for block in re.findall(r"```\n(.*?)```", text, flags=re.DOTALL):
        header, *rows = [[cell.strip() for cell in line.split("|")] for line in block.splitlines()]
        if len(rows) < 3 or len(header) < 4:
            continue
        out[header[0]] = {
            (row[0], region): cell for row in rows for region, cell in zip(header[1:], row[1:], strict=True)
        }
    return out


def table_rows(text: str, columns: int) -> list[list[str]]:
    """Rows of the Markdown tables of so many columns, without their heads."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    heads = {k - 1 for k, row in enumerate(rows) if row[0].startswith("---")}
    return [row for k, row in enumerate(rows) if len(row) == columns and not {k, k + 1} & {h + 1 for h in heads}]


def cell(name: str) -> int:
    """Number of a cell written `age, region`."""
    age, region = name.split(", ")
    return AGES.index(age) * len(REGIONS) + REGIONS.index(region)


def cells(names: str) -> set[int]:
    return {cell(name) for name in names.split("; ")} if names else set()


def leaves_of(drawn: Drawn) -> np.ndarray:
    return np.array([[int(drawn[age, region]) for region in REGIONS[1:]] for age in AGES[1:]])


def hidden_in(drawn: Drawn) -> np.ndarray:
    return np.array([[[drawn[age, region] == "NS" for region in REGIONS] for age in AGES]])


def cube_with(leaves: np.ndarray) -> Cube:
    return cube_of(GRID, Leaves(leaves[None], {}))


def assert_drawn(drawn: Drawn, figures: Figures) -> None:
    for (age, region), text in drawn.items():
        at = (0, AGES.index(age), REGIONS.index(region))
        assert text == ("NS" if figures.count.hidden[at] else str(figures.count.values[at])), (age, region)


TRUTH = cube_with(leaves_of(drawings(section("The algorithm on one 4 x 4 table"))[""]))


def looked_at(problem: AuditProblem) -> tuple[np.ndarray, np.ndarray, dict[int, set[int]]]:
    """Ranges by lines, and the cut of every cell that they hold."""
    low, high = tighten(problem.rows, problem.low, problem.high)
    size = len(low)
    levels = ProtectionLevels(np.where(problem.hidden, T, 0), np.full(size, -FAR), np.full(size, FAR))
    shown = GRID.published.ravel() & ~problem.hidden
    cuts = exposures(problem.rows, problem.low, problem.high, shown, levels, np.zeros(len(problem.rows), np.int64))
    parts = np.split(cuts.cell, cuts.start[1:-1]) if len(cuts.held) else []
    return low, high, {int(k): set(part.tolist()) for k, part in zip(cuts.held, parts, strict=True)}


def test_the_true_table_adds_up():
    drawn = drawings(section("The algorithm on one 4 x 4 table"))[""]
    assert_drawn(drawn, publish(TRUTH, Pattern(np.zeros(GRID.shape, np.bool_), {})))
    assert GRID.threshold == T and "threshold T is 11" in PAGE


def test_the_small_cells_are_those_below_the_threshold():
    text = section("1. Small cells")
    named = dict(re.findall(r"`([^`]+)` counts (\d+)", text))
    assert cells("; ".join(named)) == set(np.flatnonzero(PrimaryRules(TRUTH).count))
    assert all(TRUTH.count.flat[cell(name)] == int(count) for name, count in named.items())


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_ranges_and_cuts_of_a_round(number: int):
    text = section(f"Round {number}")
    drawn = drawings(text)[""]
    figures = publish(TRUTH, Pattern(hidden_in(drawn), {}))
    assert_drawn(drawn, figures)
    low, high, cuts = looked_at(count_problem(figures))
    rows = table_rows(text, 4)
    assert {cell(row[0]) for row in rows} == set(np.flatnonzero(figures.count.hidden))
    for name, lowest, highest, members in rows:
        assert (low[cell(name)], high[cell(name)]) == (int(lowest), int(highest)), name
        assert cuts.get(cell(name), set()) == cells(members), name
        assert (int(highest) - int(lowest) < T) == bool(members), name


def test_every_round_hides_one_cell_of_every_cut_before():
    patterns = [hidden_in(drawings(section(f"Round {number}"))[""]) for number in (1, 2, 3, 4)]
    assert (patterns[0] == PrimaryRules(TRUTH).count).all()
    for number, (before, after) in enumerate(pairwise(patterns), start=1):
        assert (before <= after).all()
        more = set(np.flatnonzero(after & ~before))
        for *_, members in table_rows(section(f"Round {number}"), 4)[: 3 if number == 3 else 2]:
            assert cells(members) & more
    assert table_rows(section("Round 3"), 4)[-1][-1].split("; ").count("middle, east") == 1


def test_the_program_chooses_this_pattern_and_none_is_smaller():
    protected = protect(TRUTH, b"")
    assert protected.safe
    assert_drawn(drawings(section("Round 4"))[""], protected.figures)
    price = protected.prices["count"]
    assert f"small and {price.number} *secondary*" in PAGE
    assert f"No pattern does with fewer than {price.least_number}" in PAGE
    assert price.number == price.least_number == 4
    other = protect(TRUTH, b"a").figures.count.hidden
    assert other[0, 3, 1:].all() and not other[0, 2].any()  # `old` in place of `middle`


def test_the_move_from_the_truth_leaves_what_is_shown_and_a_small_cell():
    text = section("3. The pattern")
    moved = cube_with(TRUTH.count[0, 1:, 1:] + leaves_of(drawings(text)["move"])).count
    hidden = hidden_in(drawings(section("Round 4"))[""])
    assert (moved == TRUTH.count)[~hidden].all()
    said = dict(re.findall(r"`(\w+, \w+)`(?: is)? (\d+)", text))
    assert len(said) == 5
    assert {name: int(value) for name, value in said.items()} == {name: moved.flat[cell(name)] for name in said}
    assert moved.flat[cell("young, north")] - TRUTH.count.flat[cell("young, north")] == T
    assert (moved[hidden] < T).any()


@pytest.fixture(scope="module")
def published() -> Figures:
    return publish(TRUTH, Pattern(hidden_in(drawings(section("Round 4"))[""]), {}))


@pytest.fixture(scope="module")
def proof(published: Figures) -> Proof:
    return audit(published).proofs["count"]


def test_the_witnesses_are_those_of_the_audit(proof: Proof):
    drawn = drawings(section("4. Witnesses"))
    tables = len(proof.move_start)
    assert set(drawn) == {f"table {k}" for k in range(tables)} | {f"move {k}" for k in range(tables - 1)}
    assert not proof.move_from.any()
    for k in range(tables):
        np.testing.assert_array_equal(leaves_of(drawn[f"table {k}"]), proof.table(k).reshape(3, 3))
    for k in range(tables - 1):
        change = leaves_of(drawn[f"move {k}"])
        np.testing.assert_array_equal(change, (proof.table(k + 1) - proof.table(0)).reshape(3, 3))
        assert not change.sum(axis=0).any() and not change.sum(axis=1).any()


def values_of(proof: Proof) -> Iterator[np.ndarray]:
    """(cells,) of every table."""
    for number in range(len(proof.move_start)):
        yield cube_with(proof.table(number).reshape(3, 3)).count.ravel()


def test_the_proof_names_two_tables_for_every_cell(proof: Proof):
    values = list(values_of(proof))
    rows = table_rows(section("5. The proof"), 6)
    assert [cell(row[0]) for row in rows] == proof.cells.tolist()
    for (name, *numbers), low, high in zip(rows, proof.low.tolist(), proof.high.tolist(), strict=True):
        least, most = int(values[low][cell(name)]), int(values[high][cell(name)])
        assert [int(number) for number in numbers] == [low, least, high, most, most - least]
    true = TRUTH.count.flat[cell("young, north")]
    assert f"The truth, `young, north` {true}, is in none" in PAGE
    assert true not in {int(v[cell("young, north")]) for v in values}


def test_verify_accepts_it(published: Figures, proof: Proof):
    text = section("6. Verification")
    assert verify(published, {"count": proof}) == ()
    assert [row[0] for row in table_rows(text, 2)] == [*"12345678", *"0123"]
    assert f"lists the {len(proof.cells)} hidden cells" in text
    least = min(int(proof.table(k).min()) for k in range(len(proof.move_start)))
    assert f"the least is {least} |" in text
    hidden = published.count.hidden.ravel()
    for (_, said), values in zip(table_rows(text, 2)[8:], values_of(proof), strict=True):
        small = {k: int(values[k]) for k in np.flatnonzero(hidden & (values < T)).tolist()}
        named = [part.rpartition(" ") for part in said.split("; ")]
        assert {cell(name): int(value) for name, _, value in named} == small


def test_verify_says_what_is_wrong_with_another_number(published: Figures, proof: Proof):
    base = proof.base.copy()
    base[0] = int(re.findall(r"Had `young, north` been (\d+) in table 0", PAGE)[0])
    said = re.findall(r"^rule .*$", section("6. Verification"), flags=re.MULTILINE)
    faults = [str(fault) for fault in verify(published, {"count": replace(proof, base=base)})]
    assert faults == said


def test_sums_in_the_text_come_out():
    """Every `a + b - c = d` of the page."""
    found = re.findall(r"((?:\(?\d+\)? [-+] )+\(?\d+\)?) (?:=|is|tells) (-?\d+)", PAGE.replace("\n", " "))
    assert len(found) > 12
    for text, result in found:
        assert eval_sum(text) == int(result), text


def eval_sum(text: str) -> int:
    """Sums and differences with parentheses, nested once."""
    flat = re.sub(r"\(([^()]*)\)", lambda inner: str(eval_sum(inner[1])), text).strip("()")
    first, *rest = re.findall(r"([-+]?) ?(\d+)", flat)
    return int(first[1]) + sum(int(sign + number) for sign, number in rest)


def test_lines_do_not_see_what_the_linear_programme_does():
    text = section("What lines don't see")
    drawn = drawings(text)[""]
    shown = {place: int(x) for place, x in drawn.items() if x != "NS"}
    north = 20
    leaves = np.array([[north, 50 - north, 15], [45 - north, 15 + north, 13], [40, 28, 22]])
    cube = cube_with(leaves)
    hidden = hidden_in(drawn)
    figures = publish(cube, Pattern(hidden, {}))
    assert_drawn(drawn, figures)
    assert len(shown) == 7
    problem = count_problem(figures)
    low, high, cuts = looked_at(problem)
    [(name, value, members)] = table_rows(text, 3)
    assert f"from {low[cell(name)]} to {high[cell(name)]}" in text
    assert not cuts
    assert cube.count.flat[cell(name)] == int(value)
    with refuters(problem.rows, cube.count.ravel(), lambda _: (problem.low, problem.high)) as refute:
        [found] = refute([(cell(name), T, -FAR, FAR)])
    assert set(found.tolist()) == cells(members)
    result = audit(figures)
    assert result.exposed["count"].tolist() == [cell(name)]
