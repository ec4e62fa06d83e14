"""From records to what Chromium shows: a known figure, a known NS, and the hatch of its department on the map."""

import csv
import shutil
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, expect

from seuil.portal.app import create_app
from seuil.portal.settings import Settings
from seuil.publish.keys import RELEASE_SIGNERS, create_keys, load_signer
from seuil.publish.repository import create_archive
from seuil.workflow import release
from seuil.workflow.build import Source, build

TERRITORIES = Path("benchmarks/definitions/patients/codes/territoires.csv")
DEFINITION = """\
id: soignants
title: Soignants
unit: professional
threshold: 5
period: {name: annee, values: [2023]}
dimensions:
  territoire: {label: Territoire, codes: codes/territoires.csv, role: territory}
measures:
  effectif: {kind: count, label: Effectif}
tables: [{levels: {territoire: [france, region, departement, unknown]}}]
records:
  people: {file: people.csv, identifier: id, period: annee, dimensions: {territoire: {column: dept}}}
"""
FEW, MANY = 3, 24  # units in the Creuse, and in every other department


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records, built, signed and published."""
    folder = tmp_path_factory.mktemp("real")
    codes = folder / "soignants" / "codes"
    codes.mkdir(parents=True)
    shutil.copy(TERRITORIES, codes)
    (folder / "soignants" / "soignants.yaml").write_text(DEFINITION, encoding="utf-8")
    (folder / "records").mkdir()
    with TERRITORIES.open(encoding="utf-8") as lines, (folder / "records" / "people.csv").open("w") as people:
        people.write("id,annee,dept\n")
        for row in csv.DictReader(lines):
            units = {"departement": FEW if row["code"] == "23" else MANY, "unknown": MANY}.get(row["level"], 0)
            people.writelines(f"{row['code']}-{k},2023,{row['code']}\n" for k in range(units))
    now = datetime.now(UTC)
    keys, served, workspace = folder / "keys", folder / "archive", folder / "workspace"
    create_archive(served, create_keys(keys), load_signer(keys, "root"), now=now)
    build([Source(folder / "soignants" / "soignants.yaml", folder / "records")], workspace, workers=1)
    proposal = release.propose(served, workspace, now=now, workers=1).folder
    for role in RELEASE_SIGNERS:
        release.sign_as(proposal, keys, role)
    release.publish(served, proposal, keys, now=now)
    return served


@pytest.fixture(scope="module")
def address(archive: Path) -> Iterator[str]:
    server = uvicorn.Server(
        uvicorn.Config(create_app(Settings(archive=archive)), host="127.0.0.1", port=0, log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 60
    while not server.started:
        assert time.monotonic() < end
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=5)


def test_a_figure_an_ns_and_its_hatch(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/jeux/soignants?territoire=*departement")
    rows = page.locator("table tbody tr")
    expect(rows.filter(has_text="Ain").filter(has_text=str(MANY)).first).to_be_visible()
    expect(rows.filter(has_text="Creuse").filter(has_text="NS").first).to_be_visible()
    page.locator(".picture-map").scroll_into_view_if_needed()
    hatched = page.locator(".picture-map svg path.hatched").filter(has_text="Creuse")
    expect(hatched.locator("title")).to_have_text("Creuse : Non significatif")
    shown = page.request.get(
        f"{address}/api/explore/v2.1/catalog/datasets/soignants/records", params={"where": 'territoire="23"'}
    ).json()["results"]
    assert [(row["effectif"], row["effectif_statut"]) for row in shown] == [(None, "NS")]
    page.close()
