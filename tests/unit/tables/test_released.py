"""`seuil audit` of a released table of a dataset: sums, bounds and a page of its counts."""

import json
from pathlib import Path

import numpy as np
import pytest

from seuil.cli import run
from seuil.disclosure.cube.cube import Leaves, cube_of
from seuil.disclosure.cube.grid import grid_of
from seuil.disclosure.cube.primary import PrimaryRules
from seuil.disclosure.cube.publish import Pattern, publish
from seuil.figures.periods import write_period
from seuil.model.dataset import read_dataset

DEFINITION = """\
id: sites
title: Sites
unit: patient
threshold: 11
period: {values: [2022, 2023]}
dimensions:
  site: {label: Site, codes: sites.csv}
measures:
  patients: {kind: count, label: Patients}
records:
  people: {file: people.csv, identifier: id, period: year, dimensions: {site: {column: site}}}
"""
SITES = "code,parent,level,label_fr\nT,,total,Total\nN,T,site,\nS,T,site,\nE,T,site,\n"


@pytest.fixture
def released(tmp_path: Path) -> list[str]:
    """A table in which only the small figure, 5, is hidden."""
    (tmp_path / "sites.yaml").write_text(DEFINITION, encoding="utf-8")
    (tmp_path / "sites.csv").write_text(SITES, encoding="utf-8")
    frame = grid_of(read_dataset(tmp_path / "sites.yaml"), 2023)
    cube = cube_of(frame, Leaves(np.array([[5, 40, 60]]), {}))
    write_period(publish(cube, Pattern(PrimaryRules(cube).count, {})), tmp_path / "table.parquet")
    return ["audit", str(tmp_path / "table.parquet"), "--definition", str(tmp_path / "sites.yaml")]


def test_sums_and_bounds_are_told(released: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "audit.html"
    assert run([*released, "--period", "2023", "--intervals", "--html", str(page), "--json"]) == 1
    (cell,) = json.loads(capsys.readouterr().out)["cells"]
    assert cell["cell"] == {"site": "N"}
    assert (cell["verdict"], cell["at_least"], cell["at_most"]) == ("exposed", 5, 5)
    assert [f["value"] * f["times"] for f in cell["sums"][0]["figures"]] == [105, -40, -60]
    assert cell["bounds"] == {"at_least": 5, "at_most": 5, "by": "whole numbers"}
    assert "site N" in page.read_text(encoding="utf-8")


def test_a_period_must_be_named(released: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*released, "--intervals"]) == 2
    assert "--period: missing" in capsys.readouterr().err
    assert run([*released, "--flag", "x"]) == 2
    assert run(released) == 1, "without a report all periods of the file are audited as before"
