"""Pseudonyms: keyed, the same for the same identifier, none for nobody."""

import hashlib
import hmac

import ibis
import pyarrow as pa
import pytest

from seuil.records.door import door_key, is_known, pseudonym
from seuil.records.values import as_text


def pseudonyms(values: pa.Array, key: bytes) -> list[str]:
    table = ibis.memtable(pa.table({"id": values}))
    connection = ibis.duckdb.connect()
    return [
        str(x)
        for x in connection.to_pyarrow(table.select(p=pseudonym(as_text(table.id), door_key(key))))["p"].to_pylist()
    ]


def test_is_the_half_of_a_keyed_digest():
    key = b"k" * 32
    (found,) = pseudonyms(pa.array(["1850575123456"]), key)
    door = door_key(key)
    assert len(door) == 32
    assert found.replace("-", "") == hashlib.sha256(f"{door}1850575123456".encode()).hexdigest()[:32]
    assert door not in hmac.new(key, b"", "sha256").hexdigest()


def test_depends_on_the_key_and_on_the_identifier():
    values = pa.array(["a", "b", "a"])
    one, other = pseudonyms(values, b"k" * 16), pseudonyms(values, b"l" * 16)
    assert one[0] == one[2] != one[1]
    assert set(one).isdisjoint(other)


def test_is_the_same_from_numbers_and_texts():
    key = b"k" * 16
    texts = pseudonyms(pa.array(["125024", "7"]), key)
    assert pseudonyms(pa.array([125024, 7]), key) == texts
    assert pseudonyms(pa.array([125024.0, 7.0]), key) == texts


def test_nobody_has_none():
    table = ibis.memtable(pa.table({"id": ["", None, "0"]}))
    assert ibis.duckdb.connect().to_pyarrow(is_known(table.id)).to_pylist() == [False, False, True]


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="at least 16 bytes"):
        door_key(b"short")
