"""Every definition of the repository loads, and what lies beside it fits it."""

import csv
from pathlib import Path

import pytest

from seuil.model.codelist import REQUIRED
from seuil.model.dataset import Dataset, read_dataset
from seuil.model.definition import Given

ROOT = Path(__file__).parents[3]
PLACES = ("benchmarks/definitions", "definitions", "examples")
FILES = [path for place in PLACES for path in sorted(ROOT.glob(f"{place}/*/*.yaml")) if path.stem != "audit"]
PUBLISHED = [path for path in FILES if path.parent.name.startswith("reel-")]


def name(path: Path) -> str:
    return path.stem


def test_all_are_there():
    assert [p.stem for p in FILES] == [
        "patients",
        "effectifs",
        "professionals",
        "professionnels",
        "reel-effectifs-2020",
        "reel-honoraires",
        "reel-patientele",
        "rand",
    ]


@pytest.mark.parametrize("path", FILES, ids=name)
def test_loads_and_is_named_as_its_folder(path: Path):
    dataset = read_dataset(path)
    assert dataset.id == path.stem == path.parent.name
    assert (path.parent / "SOURCES.md").is_file()


def test_the_list_names_every_dataset_of_the_fund_that_is_defined():
    listed = (ROOT / "definitions" / "README.md").read_text(encoding="utf-8")
    for path in (path for path in FILES if path.parent.parent == ROOT / "definitions"):
        assert f"]({path.parent.name}/{path.name})" in listed
        if not path.stem.startswith(("reel-", "professionals")):
            assert all(f"| `{view.id}` |" in listed for view in read_dataset(path).views)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_every_text_is_in_two_languages(path: Path):
    dataset = read_dataset(path)
    definition = dataset.definition
    assert definition.title.fr != definition.title.en
    assert definition.description.fr != definition.description.en
    for hierarchy in dataset.hierarchies.values():
        assert all(node.label.fr and node.label.en for node in hierarchy.nodes)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_made_up_records_say_so(path: Path):
    definition = read_dataset(path).definition
    assert definition.fictitious == (not definition.id.startswith("reel-") and definition.id != "rand")
    assert definition.fictitious == ("données fictives" in definition.title.fr)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_levels_of_a_branch_run_from_coarse_to_fine(path: Path):
    for hierarchy in read_dataset(path).hierarchies.values():
        for node, parent in zip(hierarchy.nodes, hierarchy.parents, strict=True):
            if parent >= 0:
                levels = hierarchy.levels
                assert levels.index(hierarchy.nodes[parent].level) < levels.index(node.level)


@pytest.mark.parametrize("path", PUBLISHED, ids=name)
def test_published_rows_fit_the_code_lists(path: Path):
    dataset = read_dataset(path)
    published = dataset.definition.published
    assert published is not None
    with (path.parent / published.file).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=published.delimiter or ","))
    keys = {_key(dataset, row) for row in rows}
    assert len(rows) == len(keys) == {"reel-effectifs-2020": 16_880, "reel-honoraires": 44_440}.get(dataset.id, 22_624)
    for measure in dataset.definition.measures.values():
        assert isinstance(measure, Given)
        for row in rows:
            text = row[measure.column]
            if text not in (*published.hidden, *published.missing):
                assert float(text) >= 0


def _key(dataset: Dataset, row: dict[str, str]) -> tuple[object, ...]:
    published = dataset.definition.published
    assert published is not None
    period = int(row[published.period])
    assert period in dataset.definition.period.values
    codes = []
    for dimension, hierarchy in dataset.hierarchies.items():
        value = published.columns[dimension]
        code = value.values.get(row[value.column], row[value.column])
        node = hierarchy.nodes[hierarchy.index[code]]
        assert node.exists_in(period)
        assert node.level in dataset.levels(dataset.tables[0], dimension)
        codes.append(code)
    return (period, *codes)


def test_territories_are_the_same_in_every_definition():
    lists = set()
    for path in [one for place in PLACES for one in ROOT.glob(f"{place}/*/codes/territoires.csv")]:
        with path.open(encoding="utf-8", newline="") as file:
            rows = [tuple(row[name] for name in REQUIRED) for row in csv.DictReader(file)]
        lists.add(tuple(row for row in rows if row[0] != "inconnu"))
    assert len(lists) == 1
    hierarchy = read_dataset(FILES[0]).hierarchies["territoire"]
    levels = [n.level for n in hierarchy.nodes]
    assert (levels.count("region"), levels.count("departement")) == (18, 101)
    alone = [n.code for n, c in zip(hierarchy.nodes, hierarchy.children, strict=True) if len(c) == 1]
    assert alone == ["R01", "R02", "R03", "R04", "R06"]
