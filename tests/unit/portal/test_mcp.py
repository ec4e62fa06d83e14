"""The Model Context Protocol, as the official SDK's own client speaks it over HTTP."""

import asyncio
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from mcp import Client
from mcp.types import CallToolResult
from tests.helpers.own_columns import release_with_own_columns
from tests.helpers.portal_release import shared_office
from tests.helpers.portal_server import listening

from seuil.portal.app import create_app
from seuil.portal.settings import Settings


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with listening(create_app(Settings(archive=shared_office().archive))) as port:
        yield f"http://127.0.0.1:{port}"


def answer(asked: Coroutine[Any, Any, Any]) -> Any:
    """Run it in a thread of its own: a browser of other tests leaves a loop running in this one."""
    with ThreadPoolExecutor(1) as executor:
        return executor.submit(asyncio.run, asked).result()


def call(address: str, tool: str, **arguments: object) -> dict:
    """The structured answer of a tool; AssertionError with its text where it is an error."""

    async def ask() -> CallToolResult:
        async with Client(f"{address}/mcp") as client:
            return await client.call_tool(tool, arguments)

    found = answer(ask())
    assert not found.is_error, found.content[0].text
    return found.structured_content


def test_tools_say_what_they_are_for_and_that_they_only_read(address: str):
    async def tools() -> dict:
        async with Client(f"{address}/mcp") as client:
            return {tool.name: tool for tool in (await client.list_tools()).tools}

    found = answer(tools())
    assert set(found) == {"find_datasets", "describe_dataset", "find_codes", "query", "figure"}
    for tool in found.values():
        assert tool.description
        assert tool.output_schema
        assert tool.annotations.read_only_hint


def test_datasets_are_found_by_words(address: str):
    assert [one["id"] for one in call(address, "find_datasets")["datasets"]] == ["patients", "reel-tarifs"]
    (found,) = call(address, "find_datasets", text="patients in care")["datasets"]
    assert found["id"] == "patients"
    (found,) = call(address, "find_datasets", text="tarifs")["datasets"]
    assert (found["id"], found["proved"], found["page"]) == ("reel-tarifs", False, f"{address}/en/jeux/reel-tarifs")


def test_a_description_says_what_is_hidden_and_which_rows_are_totals(address: str):
    told = call(address, "describe_dataset", dataset_id="patients")
    assert "fewer than 11" in told["hidden"]
    assert "nearest 10" in told["hidden"]
    assert 'territoire = "FR"' in told["totals"]
    assert "parts of pathologie to each other" in told["totals"]
    assert [one["parts"] for one in told["dimensions"]] == ["additive", "overlapping"]
    assert "nothing is proved" in call(address, "describe_dataset", dataset_id="reel-tarifs")["guarantee"]


def test_codes_come_with_their_filter(address: str):
    (found,) = call(address, "find_codes", dataset_id="patients", dimension="pathologie", text="diab")["codes"]
    assert (found["code"], found["where"]) == ("DIA", 'pathologie = "DIA"')


def test_hidden_missing_and_partial_values_are_never_null(address: str):
    where = "annee = date'2022' and pathologie = 'DIA' and territoire != 'FR'"
    rows = call(address, "query", dataset_id="patients", select="territoire, ntop, ntop/npop as r", where=where)["rows"]
    assert rows[0]["ntop"] == 730
    assert rows[2] == {
        "territoire": "2A",
        "ntop": {"kind": "hidden", "code": "NS", "lowest": None, "highest": None},
        "r": {"kind": "hidden", "code": "NS", "lowest": None, "highest": None},
    }
    told = call(address, "query", dataset_id="patients", select="sum(ntop) as n", where=where, limit=1)
    assert told["rows"][0]["n"]["kind"] == "partial"
    assert (told["rows"][0]["n"]["value"], told["rows"][0]["n"]["hidden_rows"]) == (1260, 1)
    rows = call(address, "query", dataset_id="reel-tarifs", select="tarif, tarif_statut")["rows"]
    assert {row["tarif"]["kind"] for row in rows if isinstance(row["tarif"], dict)} == {"hidden", "missing"}
    assert None not in [row["tarif"] for row in rows]


def test_a_sum_of_totals_and_parts_is_warned_of(address: str):
    told = call(address, "query", dataset_id="patients", select="sum(ntop) as n", limit=1)
    assert {one["code"] for one in told["warnings"]} == {
        "adds_periods", "adds_totals_to_parts",
    }  # fmt: skip


def test_the_address_of_a_query_answers_the_same(address: str):
    told = call(address, "query", dataset_id="patients", select="annee, ntop", where="ntop > 900", order_by="-ntop")
    again = httpx.get(told["address"]).json()
    assert (again["total_count"], again["results"]) == (told["total_count"], told["rows"])
    assert [one["code"] for one in again["hidden"]["warnings"]] == [one["code"] for one in told["warnings"]]


def test_a_figure_says_what_it_stands_for_where_to_cite_it_and_how_to_verify_it(address: str):
    codes = {"territoire": "75", "pathologie": "DIA"}
    shown = call(address, "figure", dataset_id="patients", measure="ntop", period=2022, codes=codes)
    assert (shown["value"], shown["stands_for"]) == (730, "Rounded: between 725 and 734.")
    assert httpx.get(shown["address"]).json()["results"][0]["ntop"] == 730
    assert httpx.get(shown["page"]).status_code == 200
    assert "730" in httpx.get(shown["page"]).text
    assert len(shown["verify"]["sha256"]) == 64
    hidden = call(
        address, "figure", dataset_id="patients", measure="ntop", period=2022, codes=codes | {"territoire": "2A"}
    )
    assert hidden["value"]["kind"] == "hidden"
    # The rows of this release contradict their totals, so that no highest is known; one that doesn't is below.
    assert (hidden["value"]["lowest"], hidden["value"]["highest"]) == (0, None)
    total = call(address, "figure", dataset_id="patients", measure="ntop", period=2022)
    assert total["value"] == 1000


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("describe_dataset", {"dataset_id": "x"}, "The requested dataset x does not exist."),
        ("query", {"dataset_id": "patients", "where": "ntop >"}, "ODSQL syntax exception"),
        ("query", {"dataset_id": "patients", "limit": 100_000}, "less than or equal to 1000"),
        ("figure", {"dataset_id": "patients", "measure": "x", "period": 2022}, "expected one of ntop, npop, taux"),
        ("figure", {"dataset_id": "patients", "measure": "ntop", "period": 1999}, "has no figure there"),
        ("find_codes", {"dataset_id": "patients", "dimension": "x"}, "expected one of territoire, pathologie"),
    ],
)
def test_mistakes_are_told_with_what_is_expected(address: str, tool: str, arguments: dict[str, object], message: str):
    with pytest.raises(AssertionError, match=message):
        call(address, tool, **arguments)


def test_a_dataset_with_columns_of_its_own_is_told_in_these(tmp_path):
    made = release_with_own_columns(tmp_path, 3)
    with listening(create_app(Settings(archive=made.archive))) as port:
        address = f"http://127.0.0.1:{port}"
        told = call(address, "describe_dataset", dataset_id="effectifs")
        assert 'region = "99" and dept = "999"' in told["totals"]
        rows = call(address, "query", dataset_id="effectifs", select="ntop, 2 * ntop as m", limit=100)["rows"]
        for row, expected in zip(rows, made.rows, strict=False):
            value = expected.columns["ntop"]
            assert (row["ntop"], row["m"]) == (value, 2 * value) if value is not None else row["m"]["kind"] == "hidden"
        hidden = next(row for row in made.rows if row.columns["ntop"] is None)
        year, condition, sex, territory = hidden.cell
        codes = {"condition": condition, "sexe": sex, "territoire": territory}
        value = call(address, "figure", dataset_id="effectifs", measure="ntop", period=year, codes=codes)["value"]
        assert value["lowest"] <= hidden.true["ntop"]
        assert value["highest"] is None or hidden.true["ntop"] <= value["highest"]


def test_other_methods_are_refused_and_browsers_may_ask(address: str):
    assert httpx.get(f"{address}/mcp").status_code == 405
    preflight = httpx.options(f"{address}/mcp")
    assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, "*")
    assert httpx.post(f"{address}/mcp", content=b"x" * 100_000).status_code == 413
    assert httpx.post(f"{address}/mcp", content=b"{}").status_code in (400, 406, 415)


def test_requests_of_models_are_counted_as_all_others():
    app = create_app(Settings(archive=shared_office().archive, unlimited="", requests_per_minute=1))
    with listening(app) as port:
        assert [httpx.post(f"http://127.0.0.1:{port}/mcp").status_code for _ in range(2)][1] == 429


def test_nobody_waits_for_the_sdk_who_does_not_ask_for_it():
    code = "import sys, seuil.portal.app, seuil.portal.mcp.endpoint; sys.exit('mcp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
