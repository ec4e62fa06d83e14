"""The filter that a warning names where a sum adds nodes to what they are part of: of several levels, or of one."""

import pytest
from tests.helpers.portal_fakes import FakeStore

from seuil.catalogue.entry import Node
from seuil.model.text import Text
from seuil.portal.api.totals import _of_top
from seuil.portal.store.nodes import Telling

ENTRY = FakeStore().entry("patients")
FIELD = ENTRY.fields[0].name
NODES = (("1", "all", "plain"), ("2", "all", "split"), ("2a", "2", "part"), ("2b", "2", "part"))


def told(total: str = "all", column: str = "other") -> Telling:
    """A dimension below a total, by codes in a column. total: what its nodes stand below. column: of their levels."""
    nodes = tuple(
        Node(code=code, parent=total if parent == "all" else parent, level=level, label=Text(fr=code))
        for code, parent, level in NODES
    )
    (sex,) = (dimension for dimension in ENTRY.dimensions if dimension.name == "sexe")
    dimension = sex.model_copy(update={"nodes": nodes, "total": "all", "level_column": column})
    return Telling(dimension, ("sector",), tuple((node.code,) for node in nodes))


@pytest.mark.parametrize("column", ["other", FIELD])
def test_parts_of_one_node_are_named_at_whatever_levels(column: str) -> None:
    assert _of_top(ENTRY, told(column=column), {"1", "2"}, {"2a", "2b"}) == '(sector = "1") or (sector = "2")'


@pytest.mark.parametrize(("total", "top"), [("", {"1", "2"}), ("all", {"1", "2a"})])
def test_nodes_of_several_levels_that_have_nothing_above_in_common_are_not(total: str, top: set[str]) -> None:
    assert _of_top(ENTRY, told(total), top, {"2b"}) is None


def test_one_level_is_named_by_its_column_where_there_is_one() -> None:
    assert _of_top(ENTRY, told(column=FIELD), {"2a", "2b"}, set()) == f'{FIELD} = "part"'
