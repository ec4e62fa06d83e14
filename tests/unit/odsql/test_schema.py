"""A schema that breaks its rules can't exist."""

import pytest

from seuil.model.errors import QueryError
from seuil.odsql import Field, Schema


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ((Field("_row", "int"),), "can't be called"),
        ((Field("", "int"),), "can't be called"),
        ((Field("a", "int"), Field("A", "text")), "two fields"),
        ((Field("a", "int", multivalued=True),), "must be a text"),
        ((Field("a", "int", hidden_by="a_statut"),), "no field"),
    ],
)
def test_broken_schemas(fields: tuple[Field, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Schema(fields)


def test_an_unknown_field_is_told_with_what_would_be_right(schema: Schema) -> None:
    with pytest.raises(QueryError, match="Unknown field: dep") as refusal:
        schema.field("dep", clause="where", position=4)
    assert refusal.value.position == 4
    assert "dept" in refusal.value.expected
