"""Outer bounds as a release tells them, with the truth in hand: the records are counted again, plainly.

Two collections from records, with proofs: rounded counts by an overlapping dimension, exact counts with amounts and
their total. Random aggregates are asked of the API: the truth lies within; and no hidden figure is told in a range
narrower than the guarantee's.
"""

import csv
import random
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.helpers.portal_release import DATASETS, client_of
from tests.helpers.small_release import office_now, publish_now
from tests.helpers.tiny_chain import Chain

from seuil.portal.store import Store

Row = dict[str, object]
BELOW = {
    "T": {"a", "b", "c", "d", "?"}, "N": {"a", "b"}, "S": {"c", "d"}, "X": {"?"}, "both": {"1", "2"},
    "all": {"young", "old"},
    "ALL": {"A", "B", "H", ""}, "G": {"A", "B"},
}  # fmt: skip
FUNCTIONS = {
    "sum({})": sum, "min({})": min, "max({})": max, "avg({})": statistics.fmean, "median({})": statistics.median,
    "percentile({}, 90)": lambda values: float(np.percentile(values, 90)), "stddev({})": statistics.pstdev,
    "variance({})": statistics.pvariance, "count({})": len, "count(distinct {})": lambda values: len(set(values)),
    "sum({}) * 2": lambda values: 2 * sum(values), "sum(-{})": lambda values: -sum(values),
    "max({0}) - min({0})": lambda values: max(values) - min(values),
}  # fmt: skip
TESTS = {
    "{} > {}": lambda value, than: value is not None and value > than,
    "{} != {}": lambda value, than: value is not None and value != than,
    "not {} >= {}": lambda value, than: value is None or value < than,
    "{} not in ({})": lambda value, than: value != than,
}
AMOUNTS = """\
  fees: {kind: sum, label: Frais, width: 5}
  extra: {kind: sum, label: Suppléments, width: 5}
  both_fees: {kind: total, label: Ensemble des frais, of: [fees, extra]}
"""


@dataclass(frozen=True)
class Counted:
    """A dataset: the columns that groups are made by, its measures, and the true figures of each row, in order."""

    name: str
    columns: tuple[str, ...]
    measures: tuple[str, ...]
    threshold: int
    rows: list[Row]
    truth: list[Mapping[str, int]]


@dataclass(frozen=True)
class Released:
    """A release that is served, and its datasets with their truth."""

    client: TestClient
    store: Store
    datasets: tuple[Counted, ...]


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Released]:
    office = office_now(tmp_path_factory.mktemp("office") / "here")
    visits = office.definitions[0]
    text = visits.read_text("utf-8").replace("  fees: {kind: sum, label: Frais, width: 5}\n", AMOUNTS)
    visits.write_text(text.replace("fees: {column: fees}", "fees: {column: fees}, extra: {column: age}"), "utf-8")
    publish_now(office)
    store = Store.open(office.archive)
    client = client_of(store)
    yield Released(client, store, (_visits(office, client), _illness(office, client)))


def _rows(client: TestClient, name: str) -> list[Row]:
    found = client.get(f"{DATASETS}/{name}/exports/json").json()
    assert isinstance(found, list)
    return found


def _read(office: Chain, name: str) -> list[dict[str, str]]:
    with (office.records / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _is(code: object, leaf: str) -> bool:
    return leaf == code or leaf in BELOW.get(str(code), ())


def _visits(office: Chain, client: TestClient) -> Counted:
    people, rows, truth = _read(office, "people"), _rows(client, "visits"), []
    for row in rows:
        here = [
            one for one in people
            if one["year"] == row["year"] and _is(row["territory"], one["dept"]) and _is(row["sex"], one["sex"])
            and _is(row["age"], "young" if int(one["age"]) < 40 else "old")
        ]  # fmt: skip
        fees, extra = (sum(int(one[name]) for one in here) for name in ("fees", "age"))
        truth.append({"people": len(here), "fees": fees, "extra": extra, "both_fees": fees + extra})
    columns = ("year", "territory", "age", "sex", "territory_niveau")
    return Counted("visits", columns, ("people", "fees", "extra", "both_fees"), 5, rows, truth)


def _illness(office: Chain, client: TestClient) -> Counted:
    people, rows, truth = _read(office, "patients"), _rows(client, "illness"), []
    having: dict[str, set[str]] = {}
    for one in _read(office, "conditions"):
        having.setdefault(one["id"], set()).add(one["code"])
    for row in rows:
        here = [one for one in people if _is(row["territory"], one["dept"]) and _is(row["sex"], one["sex"])]
        has = [one for one in here if any(_is(row["condition"], code) for code in having.get(one["id"], {""}))]
        counted = here if row["condition"] == "ALL" else has
        truth.append({"ntop": len(counted), "npop": len(here)})
    return Counted("illness", ("condition", "territory", "sex", "territory_niveau"), ("ntop", "npop"), 11, rows, truth)


def test_truth_lies_within_the_bounds_of_every_hidden_figure_and_none_is_too_narrow(released: Released) -> None:
    served = released.store.served()
    for counted in released.datasets:
        found = served.bounds(served.entry(counted.name)).to_pylist()
        told = dict.fromkeys(counted.measures, 0)
        for bound in found:
            for name in counted.measures:
                if counted.rows[bound["_row"]][f"{name}_statut"] != "NS":
                    continue
                low, high = bound[f"_min_{name}"], bound[f"_max_{name}"]
                told[name] += 1
                assert low <= counted.truth[bound["_row"]][name] <= (high if high is not None else low + 1e9)
                if high is not None:
                    assert high - low >= (counted.threshold if name in ("people", "ntop", "npop") else 5)
        assert min(told.values()) > 3, told


def aggregates_hold(released: Released, chance: random.Random, count: int) -> None:
    """Ask that many random aggregates: what isn't that of all rows says so, and the truth is within what is told."""
    told = 0
    for _ in range(count):
        counted = chance.choice(released.datasets)
        function, measure = chance.choice(tuple(FUNCTIONS)), chance.choice(counted.measures)
        rows, conditions = list(range(len(counted.rows))), []
        for name in chance.sample(counted.columns, chance.randint(0, 3)):
            values = sorted({str(row[name]) for row in counted.rows})
            wanted = set(chance.sample(values, chance.randint(1, len(values))))
            rows = [k for k in rows if counted.rows[k][name] in wanted]
            conditions.append(_condition(name, sorted(wanted)))
        filtered = chance.choice((*counted.measures, None, None, None))
        if filtered:
            test, than = chance.choice(tuple(TESTS)), chance.randint(0, 60)
            rows = [k for k in rows if TESTS[test](counted.rows[k][filtered], than)]
            conditions.append(test.format(filtered, than))
        keys = chance.sample(counted.columns, chance.randint(0, 2))
        query = {"select": f"{function.format(measure)} as n", "where": " and ".join(conditions), "limit": 1}
        query |= {"group_by": ", ".join(keys), "limit": 100, "order_by": "n desc"} if keys else {}
        answer = released.client.get(f"{DATASETS}/{counted.name}/records", params=query).json()
        hidden_told = answer.get("hidden", {"results": [{}] * len(answer["results"]), "warnings": []})
        limits, warnings = hidden_told["results"], hidden_told["warnings"]
        assert (filtered in [one["field"] for one in warnings if one["code"] == "filter_reads_hidden"]) == bool(
            filtered
        )
        for result, limit in zip(answer["results"], limits, strict=True):
            group = [k for k in rows if all(counted.rows[k][name] == result[name] for name in keys)]
            there = [k for k in group if counted.rows[k][f"{measure}_statut"] != "ND"]
            hidden = sum(counted.rows[k][f"{measure}_statut"] == "NS" for k in there)
            assert limit.get("n", {"hidden_rows": 0})["hidden_rows"] == hidden, query
            shown = [counted.rows[k][measure] for k in there if counted.rows[k][measure] is not None]
            if shown:
                assert result["n"] == pytest.approx(FUNCTIONS[function](shown)), query
            if hidden:
                told += 1
                true, found = FUNCTIONS[function]([counted.truth[k][measure] for k in there]), limit["n"]
                least, most = (true if found[end] is None else found[end] for end in ("min", "max"))
                assert least - 1e-9 <= true <= most + 1e-9, (query, found, true)
                assert found["status"] == ("partiel" if shown or function.startswith("count") else "NS"), query
    assert told > count / 4


def _condition(name: str, wanted: Sequence[str]) -> str:
    if name == "year":
        return "(" + " or ".join(f"year = date'{year}'" for year in wanted) + ")"
    return f"{name} in ({', '.join(repr(value) for value in wanted)})"


def test_truth_lies_within_the_limits_of_random_aggregates(released: Released) -> None:
    aggregates_hold(released, random.Random(1), 150)


@pytest.mark.soak
def test_truth_lies_within_the_limits_of_10_000_random_aggregates(released: Released) -> None:
    aggregates_hold(released, random.Random(2), 10_000)


SERIES = {"SUM": sum, "AVG": statistics.fmean, "MAX": max, "COUNT": len, "SUMSQUARES": lambda v: sum(x * x for x in v)}


def test_truth_lies_within_the_limits_of_series_of_the_first_api(released: Released) -> None:
    """Growing ones too: what a row leaves out, all that follow leave out."""
    chance, told = random.Random(4), 0
    for _ in range(80):
        counted, function = chance.choice(released.datasets), chance.choice(tuple(SERIES))
        measure, column = chance.choice(counted.measures), chance.choice(counted.columns)
        growing = function not in ("AVG", "MAX") and chance.random() < 0.7
        query = {"dataset": counted.name, "x": column, "y.n.func": function, "y.n.expr": measure, "sort": "-x"}
        query |= {"y.n.cumulative": "true"} if growing else {}
        there: list[int] = []
        for row in released.client.get("/api/records/1.0/analyze/", params=query).json():
            x = row["x"]["year"] if isinstance(row["x"], dict) else row["x"]
            group = [k for k, one in enumerate(counted.rows) if str(one[column]) == str(x)]
            group = [k for k in group if counted.rows[k][f"{measure}_statut"] != "ND"]
            there = there + group if growing else group
            hidden = any(counted.rows[k][f"{measure}_statut"] == "NS" for k in there)
            assert hidden == ("n_statut" in row), (query, row)
            if hidden:
                told += 1
                true = SERIES[function]([counted.truth[k][measure] for k in there])
                least, most = (true if row.get(end) is None else row[end] for end in ("n_min", "n_max"))
                assert least - 1e-9 <= true <= most + 1e-9, (query, row, true)
    assert told > 50


def test_a_file_tells_of_aggregates_what_an_answer_tells(released: Released) -> None:
    for counted in released.datasets:
        for measure in counted.measures:
            query = {"select": f"sum({measure}) as n, avg({measure}) as m", "group_by": counted.columns[1]}
            answer = released.client.get(f"{DATASETS}/{counted.name}/records", params=query).json()
            file = released.client.get(f"{DATASETS}/{counted.name}/exports/json", params=query | {"hidden": "columns"})
            for row, told in zip(file.json(), answer["hidden"]["results"], strict=True):
                for name in ("n", "m"):
                    assert row[f"{name}_statut"] == told.get(name, {}).get("status"), (measure, row)
                    if name in told:
                        assert (row[f"{name}_min"], row[f"{name}_max"]) == (told[name]["min"], told[name]["max"])
