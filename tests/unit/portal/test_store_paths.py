"""The fields of paths: from the total down, by what a row has in the columns that tell its node."""

import duckdb
import pytest
from tests.helpers.portal_release import shared_store

from seuil.catalogue.entry import Dimension, Entry, Node
from seuil.model.text import Text
from seuil.portal.store.columns import schema_of
from seuil.portal.store.paths import path_columns, path_fields


def entry(nodes: tuple[tuple[str, str], ...], name: str = "territoire") -> Entry:
    """The dataset of patients with other territories: codes and their parents."""
    before = shared_store().entry("patients")
    found = tuple(Node(code=code, parent=parent, level="l", label=Text(fr=code, en=code)) for code, parent in nodes)
    dimensions: list[Dimension] = []
    for dimension in before.dimensions:
        if dimension.name == "territoire":
            dimension = dimension.model_copy(update={"nodes": found, "name": name})
        dimensions.append(dimension)
    return before.model_copy(update={"dimensions": tuple(dimensions)})


THREE_LEVELS = (("FR", ""), ("R'11", "FR"), ("75", "R'11"), ("R28", "FR"))


def test_a_path_goes_from_the_total_to_the_row():
    rows = "(VALUES ('75'), ('R''11'), ('FR'), (NULL), ('?')) t(territoire)"
    assert duckdb.sql(f"SELECT territoire{path_columns(entry(THREE_LEVELS))} FROM {rows}").fetchall() == [
        ("75", "FR/R'11/75"),
        ("R'11", "FR/R'11"),
        ("FR", "FR"),
        (None, None),
        ("?", None),
    ]


def test_it_is_a_hierarchical_field_that_star_leaves_out():
    (field,) = path_fields(entry(THREE_LEVELS))
    assert (field.name, field.type, field.separator) == ("territoire_chemin", "text", "/")
    schema = schema_of(entry(THREE_LEVELS))
    assert "territoire_chemin" in schema
    assert "territoire_chemin" not in [field.name for field in schema.fields]


@pytest.mark.parametrize(
    "nodes", [(("FR", ""), ("75", "FR")), (("FR", ""), ("R11", "FR"), ("7/5", "R11"))], ids=["two levels", "a slash"]
)
def test_no_path_where_none_would_help_or_be_plain(nodes):
    assert path_fields(entry(nodes)) == ()
    assert path_columns(entry(nodes)) == ""


def test_no_path_where_a_column_has_its_name():
    before = entry(THREE_LEVELS)
    fields = (before.fields[0].model_copy(update={"name": "Territoire_Chemin"}), *before.fields[1:])
    assert path_fields(before.model_copy(update={"fields": fields})) == ()
