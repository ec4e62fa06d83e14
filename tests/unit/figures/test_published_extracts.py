"""The extracts of the fund's published tables come in whole: every row, every hidden figure."""

import csv
from pathlib import Path

import pytest

from seuil.figures.elsewhere import bring_in
from seuil.model.dataset import read_dataset

DEFINITIONS = sorted((Path(__file__).parents[3] / "definitions").glob("reel-*/*.yaml"))


def test_there_are_extracts() -> None:
    assert len(DEFINITIONS) >= 3


@pytest.mark.parametrize("path", DEFINITIONS, ids=lambda p: p.stem)
def test_an_extract_comes_in_whole(path: Path, tmp_path: Path) -> None:
    dataset = read_dataset(path)
    published = dataset.definition.published
    assert published is not None
    with (path.parent / published.file).open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=published.delimiter or ","))
    columns = [m.column for m in dataset.definition.measures.values() if m.kind == "given"]
    written = bring_in(dataset, tmp_path / "data.parquet")
    assert written.rows == len(lines) > 1000
    assert written.hidden == sum(line[c] in published.hidden for line in lines for c in columns)
