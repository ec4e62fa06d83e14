"""An excerpt of a definition: whole families of a code list, some years, and nothing that names what is gone."""

from pathlib import Path

import pytest
import yaml
from tests.helpers.tiny_chain import Chain

from seuil.model.dataset import read_dataset
from seuil.model.errors import UsageError
from seuil.model.parts import counting_part, protection_part
from seuil.model.text import Text
from seuil.workflow.excerpt import write_excerpt

EFFECTIFS = Path(__file__).parents[3] / "definitions" / "effectifs" / "effectifs.yaml"
PROFESSIONNELS = Path(__file__).parents[3] / "definitions" / "professionnels" / "professionnels.yaml"
TAKEN = {"condition": ["CAN_SEI_CAT", "DIA_CAT_CAT", "TPS_CAT_EXC"]}


def test_families_are_whole_and_stand_below_what_they_are_part_of(tmp_path: Path) -> None:
    path = write_excerpt(EFFECTIFS, tmp_path, periods=[2024, 2025], families=TAKEN)
    dataset, source = read_dataset(path), read_dataset(EFFECTIFS)
    nodes = {node.code: node for node in dataset.hierarchies["condition"].nodes}
    assert list(nodes) == [
        *("POP_TOT_IND", "CAN_CAT_CAT", "CAN_SEI_CAT", "CAN_SEI_ACT", "CAN_SEI_SUR", "DIA_CAT_CAT", "TPS_CAT_EXC"),
        *("TPS_ADR_EXC", "TPS_NLE_EXC", "TPS_ANX_EXC", "traitements-hypnotiques"),
    ]
    assert [code for code, node in nodes.items() if not node.complete] == ["POP_TOT_IND", "CAN_CAT_CAT"]
    whole = source.hierarchies["condition"]
    assert all(node.attributes == whole.nodes[whole.index[code]].attributes for code, node in nodes.items())
    assert dataset.definition.period.values == (2024, 2025)
    assert dataset.definition.columns == source.definition.columns


def test_rules_that_name_what_is_gone_are_left_out(tmp_path: Path) -> None:
    definition = read_dataset(write_excerpt(EFFECTIFS, tmp_path, periods=[2025], families=TAKEN)).definition
    assert [empty.where["condition"] for empty in definition.empty] == [("CAN_SEI_CAT",)]
    (instead,) = read_dataset(tmp_path / "effectifs.yaml").counts["npop"].instead
    assert instead.where["condition"] == ("CAN_SEI_CAT", "CAN_SEI_ACT", "CAN_SEI_SUR")


def test_total_of_an_additive_dimension_is_of_the_families_alone(tmp_path: Path) -> None:
    """Nurses and midwives are no doctors; a group of which a part is gone would be less than its name says."""
    families = {"profession": ["ensemble-des-medecins-generalistes", "infirmiers", "sages-femmes"]}
    dataset = read_dataset(write_excerpt(PROFESSIONNELS, tmp_path, periods=[2024, 2025], families=families))
    assert {node.code: node.parent for node in dataset.hierarchies["profession"].nodes} == {
        "ensemble": "",
        "ensemble-des-medecins-generalistes": "ensemble",
        "medecins-generalistes-hors-mep": "ensemble-des-medecins-generalistes",
        "medecins-generalistes-mep": "ensemble-des-medecins-generalistes",
        "infirmiers": "ensemble",
        "sages-femmes": "ensemble",
    }
    source = read_dataset(PROFESSIONNELS)
    assert all(level != "ensemble" for view in dataset.views for t in view.tables for level in t.levels["profession"])
    assert dataset.definition.dimensions["profession"].first == "ensemble-des-medecins-generalistes"
    assert [view.id for view in dataset.views] == [view.id for view in source.views]
    assert dataset.hierarchies["territoire"] == source.hierarchies["territoire"]
    other = {"profession": ["infirmiers"]}
    alone = read_dataset(write_excerpt(PROFESSIONNELS, tmp_path / "other", periods=[2025], families=other))
    assert alone.definition.dimensions["profession"].first == ""


def test_leaf_of_unknown_values_stays(office: Chain, tmp_path: Path) -> None:
    excerpt = write_excerpt(office.definitions[0], tmp_path / "e", periods=[2023], families={"territory": ["N"]})
    nodes = read_dataset(excerpt).hierarchies["territory"].nodes
    assert [(node.code, node.parent) for node in nodes] == [("T", ""), ("N", "T"), ("a", "N"), ("b", "N"), ("X", "T")]


def test_years_alone_change_nothing_that_is_counted_or_protected(tmp_path: Path) -> None:
    source, excerpt = read_dataset(EFFECTIFS), read_dataset(write_excerpt(EFFECTIFS, tmp_path, periods=[2025]))
    assert counting_part(excerpt, 2025) == counting_part(source, 2025)
    assert protection_part(excerpt, 2025) == protection_part(source, 2025)
    assert excerpt.definition.description == source.definition.description


def test_texts_and_codes_survive_as_they_are(office: Chain, tmp_path: Path) -> None:
    """Numbers with leading zeros, words that older YAML takes for truth values, and colons stay texts."""
    definition = office.definitions[1]
    text = definition.read_text("utf-8").replace("title: Affections", 'title: {fr: "on: 1_000", en: "011"}')
    definition.write_text(text, "utf-8")
    excerpt = read_dataset(write_excerpt(definition, tmp_path / "excerpt", periods=[2023]))
    assert excerpt.definition == read_dataset(definition).definition


def test_description_says_that_it_is_a_part(tmp_path: Path) -> None:
    def note(lines: int, whole: int) -> Text:
        return Text(fr=f"{lines} sur {whole}", en=f"{lines} of {whole}")

    path = write_excerpt(EFFECTIFS, tmp_path, periods=[2025], families=TAKEN, note=note)
    said = read_dataset(path).definition.description
    assert (said.fr[-9:], said.en[-9:]) == (" 11 sur 79"[-9:], " 11 of 79"[-9:])


def test_file_that_is_right_is_not_written_again(tmp_path: Path) -> None:
    path = write_excerpt(EFFECTIFS, tmp_path, periods=[2025], families=TAKEN)
    before = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.*")}
    assert write_excerpt(EFFECTIFS, tmp_path, periods=[2025], families=TAKEN) == path
    assert {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.*")} == before
    assert yaml.safe_load(path.read_text("utf-8"))["id"] == "effectifs"


@pytest.mark.parametrize(
    ("families", "told"),
    [
        ({"condition": ["DIA"]}, "'DIA' is no code of condition"),
        ({"maladie": ["DIA"]}, "no dimension 'maladie'; expected one of condition, age, sexe, territoire"),
    ],
)
def test_what_can_not_be_taken_is_named(families: dict[str, list[str]], told: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=told):
        write_excerpt(EFFECTIFS, tmp_path, periods=[2025], families=families)
