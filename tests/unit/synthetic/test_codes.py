"""What is drawn has the codes of the fund's 79 condition lines, each leaf below its group and family."""

import csv
from pathlib import Path

import pytest
from benchmarks.generate.make_rates import code_of, family_codes, lines_of

from seuil.model.dataset import read_dataset
from seuil.synthetic import illness, risk

HOME = Path(__file__).parents[3]
DATA, EFFECTIFS = HOME / "benchmarks" / "data", HOME / "definitions" / "effectifs" / "effectifs.yaml"
EVERYBODY = "POP_TOT_IND"


@pytest.fixture(scope="module")
def parents() -> dict[str, str]:
    """Code of the line above each line of the fund's list."""
    with (DATA / "nomenclatures" / "tops_data_ameli.csv").open(encoding="utf-8") as file:
        rows = [
            (tuple(dict.fromkeys(row[f"patho_niv{k}"] for k in (1, 2, 3) if row[f"patho_niv{k}"])), row["top"])
            for row in csv.DictReader(file)
        ]
    codes = {path: code_of(path[-1], top) for path, top in rows}
    return {code: codes.get(path[:-1], EVERYBODY) for path, code in codes.items()}


def test_a_code_is_the_top_or_made_of_the_label():
    assert code_of("Diabète", "DIA_CAT_CAT") == "DIA_CAT_CAT"
    assert code_of("Maladies du foie ou du pancréas (hors mucoviscidose)", "") == "maladies-du-foie-ou-du-pancreas"
    assert code_of("Troubles névrotiques et de l'humeur", "") == "troubles-nevrotiques-et-de-l-humeur"


def test_what_is_drawn_are_the_leaves_each_below_its_group_and_family(parents: dict[str, str]):
    assert len(parents) == 79
    groups = set(parents.values())
    assert set(illness.lines()) == {code for code in parents if code not in groups}
    for condition in risk.conditions():
        above = [condition.code]
        while above[-1] != EVERYBODY:
            above.append(parents[above[-1]])
        expected = [code for code in (condition.code, condition.group, condition.family) if code]
        assert above[:-1] == list(dict.fromkeys(expected)), condition.code


def test_the_funds_dataset_has_the_same_lines(parents: dict[str, str]):
    tree = read_dataset(EFFECTIFS).hierarchies["condition"]
    above = {node.code: tree.nodes[tree.parents[k]].code for k, node in enumerate(tree.nodes) if k > 0}
    assert above == {code: parent for code, parent in parents.items() if code != EVERYBODY}


def test_families_are_the_groups_of_the_list_and_fit_four_bits(parents: dict[str, str]):
    assert set(risk.families()) <= {code for code, parent in parents.items() if parent == EVERYBODY}
    assert set(family_codes(DATA).values()) == {*risk.families(), illness.NOTHING_ELSE, EVERYBODY}
    assert len(risk.families()) <= risk.BINS


def test_lines_of_all_families_are_all_lines_of_the_list():
    # The line of everybody and that of those with nothing else are drawn from no rate.
    assert sum(len(lines_of(family)) for family in risk.families()) == 79 - 2
    assert ["DIA_CAT_CAT"] in lines_of("DIA_CAT_CAT")
    assert sorted(map(len, lines_of("CAN_CAT_CAT"))) == [1] * 10 + [2] * 5 + [10]
