"""Searches look among the different values of a column, and find what a look at every row finds."""

import random

import duckdb
import numpy as np
import pytest
from tests.helpers.portal_release import shared_store

from seuil.odsql import Request, compile_records
from seuil.odsql.words import Word
from seuil.portal.store.columns import schema_of
from seuil.portal.store.texts import ColumnTexts, Reading, differences

ASKED = (
    "search('diabete')", "search('diabte')", "search('daibete')", "search('paris france')", "search(territoire, '75')",
    "suggest('co')", "suggest('ensem canc')", "'PARIS'", "'par*'", "territoire_libelle like 'cotes armor'",
    "search('')",
    "territoire_libelle like 'b'", "not search('corse')", "search('zzz')", "'x' or 'NS'", "ntop_statut like 'ns'",
)  # fmt: skip


@pytest.mark.parametrize("where", ASKED)
def test_the_same_rows_are_found_as_by_looking_at_each(where):
    served = shared_store().served()
    entry, relation = served.entry("patients"), served.relation("patients")
    request = Request(where=where, limit=100)
    by_values = compile_records(request, served.schema("patients"), relation)
    by_rows = compile_records(request, schema_of(entry), relation)
    assert served.fetch(by_values) == served.fetch(by_rows)
    assert "REGEXP_REPLACE" not in by_values.sql


def test_differences_are_those_of_damerau_and_levenshtein():
    chance, connection = random.Random(3), duckdb.connect()
    words = ["".join(chance.choice("abcd") for _ in range(chance.randint(4, 9))) for _ in range(300)]
    sql = "SELECT damerau_levenshtein($1, $2)"
    for sought in words[:20]:
        for word in words:
            (found,) = differences(np.array([[ord(letter) for letter in word]], dtype=np.uint32), sought)
            (told,) = connection.execute(sql, [word, sought]).fetchone() or (None,)
            # Theirs may take a swapped pair apart again, which ours counts as one more: never below three.
            assert found == told or found > told > 1, (word, sought, found, told)
            assert (found <= 1) == (told <= 1)


def test_a_column_of_many_values_is_searched_row_by_row():
    reading = Reading()
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t AS SELECT 'n' || range AS many, 'n' || range % 7 AS few FROM range(2001)")
    reading.fetch = lambda sql: connection.execute(sql).fetchall()
    assert ColumnTexts(reading, "t", "many").having(Word("n3")) is None
    assert ColumnTexts(reading, "t", "few").having(Word("n3")) == ("n3",)


def test_hundreds_of_searches_are_one_look_each():
    served = shared_store().served()
    where = " or ".join(f"search(territoire, 'mot{k} paris')" for k in range(190))
    compiled = compile_records(Request(where=where), served.schema("patients"), served.relation("patients"))
    assert served.fetch(compiled) == []
