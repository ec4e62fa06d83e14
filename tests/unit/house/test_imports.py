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
