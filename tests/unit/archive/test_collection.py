"""A collection is read out of the files of a release once, however often it is asked for."""

from pathlib import Path

import pytest
from tests.helpers.tiny_chain import AGES, SEXES, TERRITORIES, VISITS

from seuil.archive.collection import Files, dataset_of
from seuil.model.errors import DefinitionError


@pytest.fixture
def files(tmp_path: Path) -> Files:
    written = {"definition.yaml": VISITS, "codes/territories.csv": TERRITORIES, "codes/ages.csv": AGES}
    found = {}
    for name, text in (written | {"codes/sexes.csv": SEXES}).items():
        path = tmp_path / name.replace("/", "-")  # as content lies in an archive, where names tell nothing
        path.write_text(text, "utf-8")
        found[f"jeux/visits/{name}"] = path
    return found


def test_each_has_a_folder_of_its_own(files: Files) -> None:
    with dataset_of(files, "visits") as one, dataset_of(files, "visits") as other:
        assert one.path != other.path
        assert one.path.read_text("utf-8") == other.path.read_text("utf-8") == VISITS
        assert one.hierarchies is other.hierarchies  # not read again
    assert not one.path.exists()


@pytest.mark.parametrize(
    ("file", "old", "new"), [("definition.yaml", "Visites", "Venues"), ("codes/sexes.csv", "Femmes", "Dames")]
)
def test_other_content_is_another_dataset(files: Files, file: str, old: str, new: str) -> None:
    def said() -> str:
        with dataset_of(files, "visits") as dataset:
            sexes = [node.label.fr for node in dataset.hierarchies["sex"].nodes]
            return f"{dataset.definition.title.fr} {sexes}"

    before = said()
    path = files[f"jeux/visits/{file}"]
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert said() == before.replace(old, new) != before


def test_what_was_wrong_is_wrong_again(files: Files) -> None:
    files["jeux/visits/definition.yaml"].write_text("id: visits\n", "utf-8")
    for _ in range(2):
        with pytest.raises(DefinitionError, match="definition"), dataset_of(files, "visits"):
            pass
