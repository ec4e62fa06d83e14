"""Rooted trees: positions, levels, leaves, and how they stand in a period."""

import pytest

from seuil.model.hierarchy import Hierarchy, Kind, Node
from seuil.model.text import Text


def node(code: str, parent: str, level: str, start: int | None = None, end: int | None = None) -> Node:
    return Node(code, parent, level, Text(fr=code), valid_from=start, valid_to=end)


def territory(kind: Kind = "additive") -> Hierarchy:
    return Hierarchy(
        (
            node("FR", "", "country"),
            node("R1", "FR", "region"),
            node("01", "R1", "dept"),
            node("02", "R1", "dept", 2020),
            node("R2", "FR", "region", None, 2021),
            node("03", "R2", "dept"),
            node("XX", "FR", "unknown"),
        ),
        kind,
    )


def test_positions() -> None:
    tree = territory()
    assert tree.parents == (-1, 0, 1, 1, 0, 4, 0)
    assert tree.children == ((1, 4, 6), (2, 3), (), (), (5,), (), ())
    assert tree.leaves == (2, 3, 5, 6)
    assert tree.leaves_under == ((2, 3, 5, 6), (2, 3), (2,), (3,), (5,), (5,), (6,))
    assert (tree.root.code, tree.unknown) == ("FR", 6)
    assert [list(tree.line(k)) for k in (0, 1, 3)] == [[0], [1, 0], [3, 1, 0]]


def test_a_line_is_a_node_with_its_children_but_for_a_total_that_is_no_figure() -> None:
    lines = [(0, 1, 4, 6), (1, 2, 3), (4, 5)]
    assert list(territory().lines) == lines
    assert list(territory().without_total().lines) == lines[1:]
    assert list(territory().without_total().in_period(2022).lines) == [(1, 2, 3)]


def test_every_node_of_an_overlapping_one_is_counted_by_itself() -> None:
    assert territory("overlapping").leaves == (0, 1, 2, 3, 4, 5, 6)


def test_levels_are_in_order_of_appearance() -> None:
    tree = territory()
    assert tree.levels == ("country", "region", "dept", "unknown")
    assert tree.at_levels(["dept", "country"]) == (0, 2, 3, 5)
    assert tree.at_levels([]) == ()


def test_a_tree_without_an_unknown_leaf() -> None:
    assert Hierarchy((node("T", "", "total"),)).unknown is None


@pytest.mark.parametrize(
    ("period", "codes"),
    [
        (2019, ["FR", "R1", "01", "R2", "03", "XX"]),
        (2020, ["FR", "R1", "01", "02", "R2", "03", "XX"]),
        (2021, ["FR", "R1", "01", "02", "R2", "03", "XX"]),
        (2022, ["FR", "R1", "01", "02", "XX"]),  # with R2 goes what is below it
    ],
)
def test_a_period_has_the_nodes_that_exist_then(period: int, codes: list[str]) -> None:
    tree = territory("overlapping").in_period(period)
    assert [n.code for n in tree.nodes] == codes
    assert tree.kind == "overlapping"


def test_a_tree_without_its_total_can_not_stand() -> None:
    with pytest.raises(ValueError, match="there is no code"):
        Hierarchy((node("T", "", "total", 2020),)).in_period(2019)
