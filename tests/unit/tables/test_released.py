"""`seuil audit` of a released table of a dataset: sums, bounds and a page of its counts."""

import json
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
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


def as_csv(parquet: Path, *, statuses: bool = True) -> list[str]:
    """The file as the portal exports it: `;`, a byte order mark, NS in place of a figure."""
    table = pq.read_table(parquet)
    names = [n for n in table.column_names if statuses or not n.endswith("_statut")]
    lines = [";".join(names)]
    for row in table.to_pylist():
        texts = {n: str(v if v is not None else row.get(f"{n}_statut") or "") for n, v in row.items()}
        lines.append(";".join(texts[n] for n in names))
    return lines


def test_the_csv_of_the_portal_is_audited_like_the_file_of_the_release(
    released: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*released, "--json"]) == 1
    first = capsys.readouterr().out
    head, *rows = as_csv(tmp_path / "table.parquet")
    assert any(";NS;NS" in row for row in rows)
    definition = ["--definition", str(tmp_path / "sites.yaml")]
    path = tmp_path / "export.csv"
    plain_head, *plain = as_csv(tmp_path / "table.parquet", statuses=False)
    for lines in ([head, *rows], [head, *reversed(rows)], [plain_head, *plain]):
        path.write_bytes(b"\xef\xbb\xbf" + "\r\n".join(lines).encode() + b"\r\n")
        assert run(["audit", str(path), *definition, "--json"]) == 1
        assert capsys.readouterr().out == first
    assert run(["audit", str(path), *definition, "--period", "2023", "--intervals"]) == 1
    assert "exposed: site N: exactly 5" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((";40;", ";nan;"), "column patients: found 'nan'; expected a number, NS or ND"),
        ((";40;", ";40.5;"), "column patients: found '40.5'"),
        ((";40;", ";40;NS"), "column patients: found '40' beside the status 'NS'"),
        (("2023;S;site;S;40;\n", ""), "no row for site S in 2023"),
        (("2023;S;", "2023;X;"), "column site: found 'X'; expected a code of the code list in 2023"),
        (("2023;S;", "2023;E;"), "a cell that stands in a line above"),
        (("2023;S;", "2021;S;"), "column annee: found '2021'; expected a period"),
    ],
)
@pytest.mark.usefixtures("released")
def test_a_csv_that_can_not_be_a_released_table_is_told(
    tmp_path: Path, change: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "\n".join(as_csv(tmp_path / "table.parquet"))
    assert change[0] in text
    (tmp_path / "export.csv").write_text(text.replace(*change), encoding="utf-8")
    assert run(["audit", str(tmp_path / "export.csv"), "--definition", str(tmp_path / "sites.yaml")]) == 1
    errors = capsys.readouterr().err
    assert said in errors
    assert "Traceback" not in errors
