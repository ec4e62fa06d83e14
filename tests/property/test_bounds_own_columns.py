"""The same for a dataset with columns of its own, such as the fund's `region`, `dept`, `sexe` and `patho`.

With the truth in hand: it lies within the bounds of every hidden figure, and of random aggregates of the API; where a
published total is named, it is that of exactly those rows; and a sum that adds rows to their own totals is told.
"""

import random
from itertools import product
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.helpers.own_columns import BELOW, OwnRelease, OwnRow, release_with_own_columns
from tests.helpers.portal_release import DATASETS, client_of

from seuil.portal.store import Store

FUNCTIONS = {"sum": sum, "min": min, "max": max, "avg": lambda values: sum(values) / len(values)}
COLUMNS = ("an", "patho", "top", "sexe", "region", "dept")


@pytest.mark.parametrize(("seed", "empty_rows"), list(product(range(12), ("left_out", "shown"))))
def test_the_truth_lies_within_the_bounds_of_every_hidden_figure(tmp_path: Path, seed: int, empty_rows: str):
    made = release_with_own_columns(tmp_path, seed, empty_rows=empty_rows)
    served = Store.open(made.archive).served()
    found = served.bounds(made.entry).to_pylist()
    hidden = [k for k, row in enumerate(made.rows) if None in (row.columns["ntop"], row.columns["npop"])]
    assert [row["_row"] for row in found] == hidden
    narrowed = dict.fromkeys(("ntop", "npop"), 0)
    for bound in found:
        row = made.rows[bound["_row"]]
        for name in ("ntop", "npop"):
            if row.columns[name] is None:
                low, high = bound[f"_min_{name}"], bound[f"_max_{name}"]
                assert low <= row.true[name] <= (row.true[name] if high is None else high), (row, name)
                narrowed[name] += high is not None
    assert min(narrowed.values()) > len(found) / 8


def aggregates_hold(made: OwnRelease, client: TestClient, chance: random.Random, count: int) -> None:
    """Ask that many random aggregates; most have hidden rows."""
    told = totals = 0
    for _ in range(count):
        chosen = chance.sample(COLUMNS, chance.randint(0, 3))
        rows, conditions = made.rows, []
        for name in chosen:
            values = sorted({row.columns[name] for row in made.rows} - {None}, key=str)
            wanted = set(chance.sample(values, chance.randint(1, len(values))))
            rows = [row for row in rows if row.columns[name] in wanted]
            conditions.append(f"{name} in ({', '.join(repr(v) for v in wanted)})" if name != "an" else _years(wanted))
        keys = chance.sample(COLUMNS, chance.randint(0, 2))
        function, measure = chance.choice(tuple(FUNCTIONS)), chance.choice(("ntop", "npop"))
        query = {
            "select": f"{function}({measure}) as n",
            "where": " and ".join(conditions),
            "group_by": ", ".join(keys),
        }
        answer = client.get(f"{DATASETS}/effectifs/records", params=query | {"limit": 100 if keys else 1}).json()
        limits = answer.get("hidden", {"results": [{}] * len(answer["results"])})["results"]
        for result, limit in zip(answer["results"], limits, strict=True):
            group = [row for row in rows if all(_same(row, name, result) for name in keys)]
            hidden = sum(row.columns[measure] is None for row in group)
            assert limit.get("n", {"hidden_rows": 0})["hidden_rows"] == hidden, query
            if not hidden:
                continue
            told += 1
            true = FUNCTIONS[function]([row.true[measure] for row in group])
            found = limit["n"]
            assert found["min"] - 1e-9 <= true <= (true if found["max"] is None else found["max"] + 1e-9), query
            if total := found.get("published_total"):
                totals += 1
                assert abs(total["value"] - true) <= 5, query
                again = client.get(f"{DATASETS}/effectifs/records", params={"where": total["where"]}).json()["results"]
                assert [row[measure] for row in again] == [total["value"]]
        if function == "sum" and not keys and rows:
            warnings = answer.get("hidden", {"warnings": []})["warnings"]
            _warned(rows, warnings, query)
            _advised(client, warnings, query)
    assert told > count / 3


def _advised(client: TestClient, warnings: list[dict[str, object]], query: dict[str, object]) -> None:
    """The filter that a warning names leaves rows that it doesn't warn of."""
    for warning in warnings:
        if warning["where"] is not None:
            asked = query | {"where": [where for where in (query["where"], warning["where"]) if where]}
            again = client.get(f"{DATASETS}/effectifs/records", params=asked).json()
            left = again.get("hidden", {"warnings": []})["warnings"]
            assert (warning["code"], warning["field"]) not in {(one["code"], one["field"]) for one in left}, query
            assert again["results"] != [{"n": None}] or "hidden" in again, (query, warning)
        elif warning["field"] in ("sexe", "an"):
            raise AssertionError((query, warning))


def _years(wanted: set[object]) -> str:
    return "(" + " or ".join(f"an = date'{year}'" for year in sorted(wanted, key=str)) + ")"


def _same(row: OwnRow, name: str, result: dict[str, object]) -> bool:
    value = row.columns[name]
    return (str(value) if name == "an" else value) == result[name]


def _warned(rows: list[OwnRow], warnings: list[dict[str, object]], query: object) -> None:
    codes = {(one["code"], one["field"]) for one in warnings}
    years, conditions, sexes, territories = ({row.cell[k] for row in rows} for k in range(4))
    below = {"R1", "R2", "75", "22", "2A", "2B"} if "FR" in territories else set()
    below |= {part for node in ("R1", "R2") if node in territories for part in BELOW[node]}
    expected = {("adds_periods", "an")} if len(years) > 1 else set()
    if len(conditions) > 1:
        expected.add(("adds_totals_to_parts" if "ALL" in conditions else "adds_overlapping_parts", "patho"))
    if "9" in sexes and len(sexes) > 1:
        expected.add(("adds_totals_to_parts", "sexe"))
    if territories & below:
        expected.add(("adds_totals_to_parts", "region, dept"))
    assert codes == expected, query


@pytest.mark.parametrize("seed", range(3))
def test_the_truth_lies_within_the_limits_of_random_aggregates(tmp_path: Path, seed: int):
    made = release_with_own_columns(tmp_path, seed, empty_rows=("left_out", "shown")[seed % 2])
    aggregates_hold(made, client_of(Store.open(made.archive)), random.Random(seed), 100)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(10))
def test_the_truth_lies_within_the_limits_of_10_000_random_aggregates(tmp_path: Path, seed: int):
    made = release_with_own_columns(tmp_path, 100 + seed, empty_rows=("left_out", "shown")[seed % 2])
    aggregates_hold(made, client_of(Store.open(made.archive)), random.Random(seed), 1000)


def test_hidden_departments_of_a_region_are_told_with_the_region_s_own_row(tmp_path: Path):
    for seed in range(30):
        made = release_with_own_columns(tmp_path / str(seed), seed)
        at = {row.cell: row.columns["ntop"] for row in made.rows}
        parts = [at[2022, "ALL", "9", part] for part in BELOW["R1"]]
        if None in parts and at[2022, "ALL", "9", "R1"] is not None:
            break
    where = "an = date'2022' and patho is null and sexe = '9' and region = '1' and dept != '999'"
    query = {"select": "sum(ntop) as n", "where": where, "limit": 1}
    answer = client_of(Store.open(made.archive)).get(f"{DATASETS}/effectifs/records", params=query).json()
    (told,) = answer["hidden"]["results"]
    assert told["n"]["published_total"]["value"] == at[2022, "ALL", "9", "R1"]
    assert 'region = "1" and dept = "999"' in told["n"]["published_total"]["where"]


def test_regions_beside_their_departments_are_told_with_the_filter_for_regions(tmp_path: Path):
    made = release_with_own_columns(tmp_path, 3)
    client = client_of(Store.open(made.archive))
    where = "an = date'2022' and patho is null and sexe = '9' and (dept != '999' or region != '99')"
    query = {"select": "sum(ntop) as n", "where": where, "limit": 1}
    (warning,) = client.get(f"{DATASETS}/effectifs/records", params=query).json()["hidden"]["warnings"]
    assert (warning["field"], warning["where"]) == ("region, dept", 'dept = "999"')


def test_what_is_computed_of_a_blank_figure_is_ns(tmp_path: Path):
    made = release_with_own_columns(tmp_path, 3)
    client = client_of(Store.open(made.archive))
    asked = {"select": "ntop / npop as r, ntop", "where": "ntop is null", "limit": 1}
    assert client.get(f"{DATASETS}/effectifs/exports/csv", params=asked).text == "\ufeffr;ntop\r\nNS;\r\n"
    assert client.get(f"{DATASETS}/effectifs/records", params=asked).headers["seuil-hidden"] == "hidden=2, partial=0"
