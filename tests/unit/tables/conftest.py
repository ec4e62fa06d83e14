"""Tiny tables given by hand: confidential counts, and published ones drawn as text."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest

from seuil.explain.attack import TableAudit
from seuil.tables.api import audit

SHORT = """\
unit: patient
threshold: 11
count: n
dimensions:
  territory: {levels: [region, dept]}   # columns of the input, coarse to fine
  sex:       {levels: [sex]}
"""

LEAVES = """\
region,dept,sex,n
R1,D1,f,3
R1,D1,m,20
R1,D2,f,40
R1,D2,m,50
R1,D3,f,12
R1,D3,m,60
R2,D4,f,1
R2,D4,m,99
R2,D5,f,33
R2,D5,m,44
R2,D6,f,55
R2,D6,m,66
"""

DIMENSIONS = {"territory": ["region", "dept"], "sex": "sex"}


def arrow(text: str) -> pa.Table:
    """A table from CSV text; numbers in the column n."""
    head, *rows = (line.split(",") for line in text.strip().splitlines())
    columns = dict(zip(head, map(list, zip(*rows, strict=True)), strict=True))
    numbers = {"n": pa.array([int(v) for v in columns.pop("n")])} if "n" in columns else {}
    return pa.table({**{k: pa.array(v) for k, v in columns.items()}, **numbers})


@pytest.fixture
def leaves() -> pa.Table:
    return arrow(LEAVES)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    """Leaves and their short definition."""
    (tmp_path / "leaves.csv").write_text(LEAVES, encoding="utf-8")
    (tmp_path / "table.yaml").write_text(SHORT, encoding="utf-8")
    return tmp_path / "leaves.csv", tmp_path / "table.yaml"


@pytest.fixture
def attack() -> Callable[..., TableAudit]:
    """Audit a table of two dimensions that is drawn, the first row and column being the total.

    Figures that are left out are not published.
    """

    def run(drawn: str, **options: object) -> TableAudit:
        head, *lines = [line.split() for line in drawn.strip().splitlines()]
        rows = [(r[0], c, v) for r in lines for c, v in zip(head, r[1:], strict=False)]
        table = pa.table(
            {"row": [r for r, _, _ in rows], "column": [c for _, c, _ in rows], "n": [v for *_, v in rows]}
        )
        return audit(table, ["row", "column"], **options)

    return run
