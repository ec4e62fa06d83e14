"""With the truth in hand: it lies within the bounds of every hidden figure, and of every aggregate of the API.

A table of counts is drawn at random, rounded and hidden as a release is, beyond what it needs; then the bounds are
computed from what is published alone.
"""

import random
from datetime import date
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.helpers.portal_release import (
    CODES,
    CONDITIONS,
    DATASETS,
    PATIENTS,
    TERRITORIES,
    PortalOffice,
    Row,
    client_of,
    table_of,
)

from seuil.catalogue.build import catalogue_of, entry_of, write_catalogue
from seuil.catalogue.entry import Entry
from seuil.model.dataset import read_dataset
from seuil.model.formulas import interval, round_half_up
from seuil.portal.store import Store
from seuil.portal.store.bounds import bounds_of, shown_bounds
from seuil.portal.store.columns import schema_of

THRESHOLD, ROUNDING = 11, 10
Truth = dict[tuple[int, str, str], int]


def draw(seed: int) -> Truth:
    """True counts: territories add up, conditions overlap within their total."""
    chance = random.Random(seed)
    truth: Truth = {}
    for year in (2022, 2023):
        for code, _, _ in TERRITORIES[1:]:
            top = chance.choice([8, 40, 400])
            parts = {name: chance.randrange(top) for name, _, _ in CONDITIONS[1:]}
            total = chance.randint(max(parts.values()), sum(parts.values()))
            truth |= {(year, code, name): count for name, count in {**parts, "ALL": total}.items()}
        for name, _, _ in CONDITIONS:
            truth[year, "FR", name] = sum(truth[year, code, name] for code, _, _ in TERRITORIES[1:])
    return truth


def publish(truth: Truth, seed: int) -> list[Row]:
    chance = random.Random(seed)
    rows: list[Row] = []
    for year, (code, level, label), (name, its_level, its_label) in product((2022, 2023), TERRITORIES, CONDITIONS):
        count = truth[year, code, name]
        hidden = count < THRESHOLD or chance.random() < 0.2
        rows.append(
            {
                "annee": year,
                "territoire": code, "territoire_niveau": level, "territoire_libelle": label,
                "pathologie": name, "pathologie_niveau": its_level, "pathologie_libelle": its_label,
                "ntop": None if hidden else round_half_up(count, ROUNDING), "ntop_statut": "NS" if hidden else None,
                "npop": 10_000, "npop_statut": None, "taux": None, "taux_statut": "ND",
            }
        )  # fmt: skip
    return rows


def entry_for(folder: Path) -> Entry:
    for name, text in CODES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "patients.yaml").write_text(PATIENTS, encoding="utf-8")
    return entry_of(read_dataset(folder / "patients.yaml"), rows=24, modified=date(2026, 11, 25), hidden=0, cells=24)


@pytest.mark.parametrize("seed", range(40))
def test_the_truth_lies_within_the_bounds_of_every_hidden_figure(tmp_path, seed):
    entry, truth = entry_for(tmp_path), draw(seed)
    rows = publish(truth, seed)
    path = tmp_path / "data.parquet"
    pq.write_table(table_of(entry, rows), path)
    found = bounds_of(entry, pq.read_table(path), schema_of(entry)).to_pylist()
    assert [row["_row"] for row in found] == [place for place, row in enumerate(rows) if row["ntop_statut"] == "NS"]
    for bound in found:
        row = rows[bound["_row"]]
        true = truth[row["annee"], row["territoire"], row["pathologie"]]
        assert bound["_min_ntop"] <= true <= (true if bound["_max_ntop"] is None else bound["_max_ntop"])


def test_what_a_shown_figure_was_is_what_rounding_allows(tmp_path):
    entry = entry_for(tmp_path)
    published = np.array([0, 10, 20, 130], dtype=float)
    low, high = shown_bounds(entry, entry.measures[0], published)
    for value, lowest, highest in zip(published, low, high, strict=True):
        expected = (0, 0) if value == 0 else interval(int(value), ROUNDING)
        assert (lowest, highest) == (max(expected[0], THRESHOLD if value else 0), expected[1])


FILTERS = (
    "", 'territoire_niveau = "departement"', 'pathologie != "ALL"', "annee = date'2022'", 'territoire in ("75", "2A")',
    'territoire = "2A"', "territoire_niveau = \"departement\" and pathologie = 'DIA'",
)  # fmt: skip
GROUPS = ("", "annee", "territoire", "pathologie", "annee, pathologie", "territoire_niveau, pathologie")
FUNCTIONS = {"sum": sum, "min": min, "max": max, "avg": lambda values: sum(values) / len(values)}


def kept(row: Row, where: str) -> bool:
    return {
        FILTERS[0]: True,
        FILTERS[1]: row["territoire_niveau"] == "departement",
        FILTERS[2]: row["pathologie"] != "ALL",
        FILTERS[3]: row["annee"] == 2022,
        FILTERS[4]: row["territoire"] in ("75", "2A"),
        FILTERS[5]: row["territoire"] == "2A",
        FILTERS[6]: row["territoire_niveau"] == "departement" and row["pathologie"] == "DIA",
    }[where]


@pytest.mark.parametrize("seed", range(3))
def test_the_truth_lies_within_the_limits_of_every_aggregate(tmp_path, seed):
    office, truth = PortalOffice(tmp_path).start(), draw(seed)
    entry, rows = entry_for(tmp_path), publish(truth, seed)
    path = tmp_path / "data.parquet"
    pq.write_table(table_of(entry, rows), path)
    office.publish_now({entry.data_file: path.read_bytes(), "catalogue.json": write_catalogue(catalogue_of([entry]))})
    client = client_of(Store.open(office.archive))
    told = 0
    for where, group, (name, function) in product(FILTERS, GROUPS, FUNCTIONS.items()):
        query = {"select": f"{name}(ntop) as n", "where": where, "group_by": group, "limit": 100 if group else 1}
        answer = client.get(f"{DATASETS}/patients/records", params=query).json()
        groups: dict[tuple[str, ...], list[Row]] = {}
        for row in rows:
            if kept(row, where):
                key = tuple(str(row[field.strip()]) for field in group.split(",") if field)
                groups.setdefault(key, []).append(row)
        limits = answer.get("hidden", {"results": [{}] * len(answer["results"])})["results"]
        assert len(limits) == len(answer["results"])
        for result, limit in zip(answer["results"], limits, strict=True):
            members = groups[tuple(str(result[field.strip()]) for field in group.split(",") if field)]
            hidden = sum(row["ntop_statut"] == "NS" for row in members)
            assert limit.get("n", {"hidden_rows": 0})["hidden_rows"] == hidden
            if hidden:
                told += 1
                true = function([truth[row["annee"], row["territoire"], row["pathologie"]] for row in members])
                found = limit["n"]
                assert found["status"] == ("NS" if hidden == len(members) else "partiel")
                assert found["min"] - 1e-9 <= true <= (true if found["max"] is None else found["max"] + 1e-9)
    assert told > 200
