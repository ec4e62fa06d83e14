"""What importing costs, and that the import contracts cover all that there is."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

HEAVY = ("altair", "duckdb", "fastapi", "ibis", "numba", "numpy", "pandas", "pyarrow", "scipy", "tuf", "uvicorn")
PROGRAM = """
import sys
import {module}
print(*sorted(set({heavy}) & set(sys.modules)))
"""


@pytest.mark.parametrize(
    "module", ["seuil", "seuil.model.dataset", "seuil.model.errors", "seuil.catalogue.build", "seuil.cli"]
)
def test_importing_loads_nothing_heavy(module: str):
    program = PROGRAM.format(module=module, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_something_heavy_is_seen():
    program = PROGRAM.format(module="seuil.disclosure.cube.grid", heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "numpy" in done.stdout.split()


def test_protecting_a_small_table_imports_no_pandas_charts_or_audit_of_files(tmp_path: Path):
    (tmp_path / "leaves.csv").write_text("area,n\nA,3\nB,25\nC,31\n", encoding="utf-8")
    definition = "unit: patient\nthreshold: 11\ncount: n\ndimensions: {area: {levels: [area]}}\n"
    (tmp_path / "table.yaml").write_text(definition, encoding="utf-8")
    arguments = ["seuil", "protect", "leaves.csv", "--definition", "table.yaml", "--out", "protected.csv"]
    program = f"""
import atexit, sys
unwanted = {{"pandas", "altair", "seuil.tables.alternatives", "seuil.workflow.isolated_audit"}}
atexit.register(lambda: print("loaded:", *sorted(unwanted & set(sys.modules))))
sys.argv = {arguments}
from seuil.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert (tmp_path / "protected.csv").exists()
    assert done.stdout.splitlines()[-1].split() == ["loaded:"]


@pytest.fixture(scope="module")
def contracts(root: Path) -> dict[str, dict[str, list[str]]]:
    written = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in written["tool"]["importlinter"]["contracts"]}


def test_every_confidential_package_is_out_of_the_portals_reach(root: Path, contracts: dict[str, dict[str, list[str]]]):
    packages = {path.parent.name for path in (root / "src/seuil").glob("*/__init__.py")}
    public = {module.rpartition(".")[2] for module in contracts["zones"]["source_modules"]}
    confidential = {module.rpartition(".")[2] for module in contracts["zones"]["forbidden_modules"]}
    assert public | confidential | {"model"} == packages | {"html"}
    assert not public & confidential
