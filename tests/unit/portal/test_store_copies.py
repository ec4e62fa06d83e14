"""Tables are read into arrays, and copied into DuckDB's own format: every answer stays the same."""

import logging
from pathlib import Path

import pytest
from tests.helpers.portal_release import client_of, shared_office

from seuil.odsql import Request, compile_records
from seuil.portal.store import Limits, Store
from seuil.portal.store.cache import Bounded
from seuil.portal.store.copies import Copies
from seuil.portal.store.queries import Queries

BASE = "/api/explore/v2.1/catalog/datasets/patients"
ASKED = (
    f"{BASE}/records?limit=100",
    f"{BASE}/records?limit=5&offset=7&order_by=ntop desc&include_app_metas=true",
    f"{BASE}/records?select=territoire,geo_point_2d,geo_shape,ntop&where=ntop is null&limit=3",
    f"{BASE}/records?select=sum(ntop) as n, avg(taux) as m, count(*)&group_by=annee,territoire",
    f"{BASE}/records?select=sum(ntop)&where=territoire='2A' and pathologie='DIA'&limit=1",
    f"{BASE}/facets",
    f"{BASE}/exports/csv",
    f"{BASE}/exports/json?select=*,geo_point_2d&order_by=-taux&hidden=columns",
)


@pytest.fixture
def store() -> Store:
    return Store.open(shared_office().archive, limits=Limits(copied_from_rows=1, arrays_to_rows=0))


def views(store: Store) -> dict[str, bool]:
    """Whether each view reads a copy."""
    found = store.served()._queries.fetch("SELECT view_name, sql FROM duckdb_views() WHERE NOT internal")
    return {str(name): "copies." in str(sql) for name, sql in found}


def answers(store: Store) -> list[bytes]:
    client = client_of(store)
    served = store.served()
    served.answers, served.files = Bounded(0), Bounded(0)
    found = [client.get(path) for path in ASKED]
    assert [answer.status_code for answer in found] == [200] * len(ASKED)
    return [answer.content for answer in found]


def test_no_answer_changes_once_the_tables_are_copied(store: Store) -> None:
    assert not any(views(store).values())
    before = answers(store)
    store.served().wait_for_copies()
    read = views(store)
    assert read["jeu_0"] and read["jeu_0_bornes"]
    assert answers(store) == before


def test_bounds_are_made_once_anything_is_asked() -> None:
    served = Store.open(shared_office().archive).served()
    assert served._copies.vectors("jeu_0") is not None
    served.wait_for_copies()
    assert served._copies.vectors("jeu_0_bornes") is None
    served.page(compile_records(Request(limit=1), served.schema("patients"), served.relation("patients")))
    served.wait_for_copies()
    assert served._copies.vectors("jeu_0_bornes") is not None


def test_a_portal_that_is_asked_nothing_copies_nothing(store: Store) -> None:
    store.served().wait_for_copies()
    assert not any(views(store).values())


@pytest.mark.parametrize("rows", [25, 0])
def test_small_tables_are_not_copied_nor_any_where_none_are_to_be(rows: int) -> None:
    store = Store.open(shared_office().archive, limits=Limits(copied_from_rows=rows, arrays_to_rows=0))
    answers(store)
    store.served().wait_for_copies()
    assert not any(views(store).values())


def test_arrays_answer_as_the_engine_does(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    fetch = Queries.fetch
    monkeypatch.setattr(Queries, "fetch", lambda queries, sql, *rest: asked.append(sql) or fetch(queries, sql, *rest))
    by_engine, questions = answers(store), len(asked)
    asked.clear()
    assert answers(Store.open(shared_office().archive)) == by_engine
    assert len(asked) < questions / 2


def test_what_cannot_be_copied_is_read_as_before(
    store: Store, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copies = Copies(store.served()._queries, tmp_path)
    with caplog.at_level(logging.WARNING):
        copies.copy("nothing")
        copies.read("none", ["a"], 1)
        copies.wait()
    assert "copy nothing is not made: CatalogException" in caplog.text
    assert "none is not made: CatalogException" in caplog.text


def test_pages_of_the_same_rows_are_counted_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    served = store.served()
    asked: list[str] = []
    fetch = Queries.fetch
    monkeypatch.setattr(Queries, "fetch", lambda queries, sql, *rest: asked.append(sql) or fetch(queries, sql, *rest))

    def page(offset: int, limit: int = 5) -> int | None:
        request = Request(where="annee = date'2022'", limit=limit, offset=offset)
        return served.page(compile_records(request, served.schema("patients"), served.relation("patients")))[1]

    def counted() -> int:
        return sum("COUNT(*)" in sql for sql in asked)

    assert (page(10), counted()) == (12, 0)  # the last page says it itself
    assert (page(0), page(5), counted()) == (12, 12, 1)
    assert (page(50), page(0, limit=0), counted()) == (12, 12, 1)
    assert served.page(
        compile_records(Request(group_by="annee"), served.schema("patients"), served.relation("patients"))
    )[1] is None  # fmt: skip
