"""Clients of other languages and engines, unchanged but for the address; each is skipped where it isn't there.

`make clients` installs the vendor's client (where there is npm) and a DuckDB that reads over HTTP.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import polars
import pytest
from tests.helpers.portal_release import DATASETS, patients_rows, shared_office
from tests.helpers.portal_server import listening

from seuil.portal.app import create_app
from seuil.portal.settings import Settings

CLIENTS = Path(sys.prefix) / "clients"
SCRIPT = Path(__file__).parents[1] / "helpers" / "api_client.mjs"
OVER_HTTP = """
import json, sys
from pathlib import Path
import duckdb, duckdb_extension_httpfs
(extension,) = Path(duckdb_extension_httpfs.__path__[0]).rglob("*.duckdb_extension")
connection = duckdb.connect()
connection.execute(f"LOAD '{extension}'")
print(json.dumps([connection.execute(sql).fetchall() for sql in sys.argv[1:]]))
"""
PARIS = [row for row in patients_rows() if row["territoire"] == "75"]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with listening(create_app(Settings(archive=shared_office().archive))) as port:
        yield f"http://127.0.0.1:{port}"


def export(address: str, fmt: str) -> str:
    asked = {"where": "territoire = '75'", "hidden": "empty", "delimiter": ",", "with_bom": "false"}
    return f"{address}{DATASETS}/patients/exports/{fmt}?{urlencode(asked)}"


def test_the_vendor_s_own_client(address: str) -> None:
    folder = CLIENTS / "node_modules" / "@opendatasoft" / "api-client"
    if shutil.which("node") is None or not folder.is_dir():
        pytest.skip("no Node.js, or `make clients` hasn't been run where npm is")
    done = subprocess.run(["node", SCRIPT, folder, address], capture_output=True, text=True, timeout=60, check=True)
    told = json.loads(done.stdout)
    assert told["datasets"]["total_count"] == 2
    assert told["dataset"]["dataset_id"] == "patients"
    assert [row["ntop"] for row in told["records"]["results"]] == [800, 810]
    assert [row["annee"] for row in told["groups"]["results"]] == ["2022", "2023"]
    assert {facet["name"] for facet in told["facets"]["facets"]} >= {"annee", "territoire"}
    assert len(told["exports"]) == 3
    assert told["lookup"]["results"][0]["territoire"] == "75"
    assert told["wrong"]["refused"] == "UserError"
    assert told["missing"]["refused"] == "NotFoundError"


def test_polars(address: str) -> None:
    frame = polars.read_csv(export(address, "csv"))
    assert frame["ntop"].to_list() == [row["ntop"] for row in PARIS]
    lazy = polars.scan_parquet(export(address, "parquet")).select("ntop").collect()
    assert lazy["ntop"].to_list() == [row["ntop"] for row in PARIS]


def test_duckdb_over_http(address: str) -> None:
    python = CLIENTS / "duckdb" / "bin" / "python"
    if not python.exists():
        pytest.skip("`make clients` hasn't been run")
    whole = f"{address}{DATASETS}/patients/exports/parquet"
    sources = [
        f"read_csv('{export(address, 'csv')}')",
        f"read_parquet('{export(address, 'parquet')}')",
        f"read_parquet('{whole}') WHERE territoire = '75'",  # of the signed file it asks for the parts that it needs
    ]
    asked = [f"SELECT ntop FROM {source}" for source in sources]
    done = subprocess.run([python, "-c", OVER_HTTP, *asked], capture_output=True, text=True, timeout=120, check=True)
    for rows in json.loads(done.stdout):
        assert rows == [[row["ntop"]] for row in PARIS]


def test_r(address: str) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R isn't installed")
    read = f'd <- read.csv("{export(address, "csv")}"); cat(class(d$ntop), sum(d$ntop), nrow(d))'
    done = subprocess.run(["Rscript", "-e", read], capture_output=True, text=True, timeout=120, check=True)
    kind, total, rows = done.stdout.split()
    assert kind in ("integer", "numeric")
    assert float(total) == sum(int(str(row["ntop"])) for row in PARIS)
    assert int(rows) == len(PARIS)


def test_widgets(address: str) -> None:
    """What `ods-dataset-context` and the widgets in it ask for: the dataset, facets, then rows with their metadata."""
    base = f"{address}/api/explore/v2.1/catalog/datasets/patients"
    with httpx.Client() as client:
        dataset = client.get(base, params={"include_app_metas": "true", "apikey": "", "lang": "fr"}).json()
        assert {"_id", "_timestamp", "_size", "dataset_id", "metas", "fields", "features"} <= dataset.keys()
        faceted = [field["name"] for field in dataset["fields"] if "facet" in field["annotations"]]
        asked = [("facet", f'facet(name="{name}", sort="-count", disjunctive=true)') for name in faceted]
        facets = client.get(f"{base}/facets", params=[*asked, ("refine", "territoire:75")]).json()["facets"]
        assert [facet["name"] for facet in facets] == faceted
        rows = client.get(
            f"{base}/records",
            params={"include_app_metas": "true", "include_links": "true", "refine": "territoire:75", "limit": 5,
                    "timezone": "Europe/Paris", "order_by": "-ntop"},
        ).json()  # fmt: skip
        assert rows["total_count"] == len(PARIS)
        row = rows["results"][0]
        assert {"_id", "_timestamp", "_size", "_links"} <= row.keys()
        assert client.get(f"{base}/records/{row['_id']}").json()["ntop"] == row["ntop"]
        series = {"select": "sum(ntop) as serie", "group_by": "year(annee) as x", "order_by": "x", "limit": 1000}
        found = client.get(f"{base}/records", params=series).json()["results"]
        assert [point["x"] for point in found] == [2022, 2023]
        # The first generation of widgets asks the first API.
        search = {
            "dataset": "patients",
            "rows": 2,
            "facet": "annee",
            "refine.territoire": "75",
            "disjunctive.annee": "true",
        }
        older = client.get(f"{address}/api/records/1.0/search/", params=search).json()
        assert (older["nhits"], len(older["records"])) == (len(PARIS), 2)
        assert client.get(f"{address}/api/datasets/1.0/patients/", params={"extrametas": "true"}).status_code == 200
