"""What the demo publishes: whole families that readers ask for, and every year that records can be made of."""

from pathlib import Path

import pyarrow.parquet as pq

from seuil.synthetic.reference import YEARS
from seuil.workflow.demo_datasets import MadeUp, contents_of_checkout
from seuil.workflow.progress import silent


def test_years_go_to_the_last_one_that_records_are_made_of() -> None:
    contents = contents_of_checkout()
    assert contents.years() == tuple(sorted(YEARS, reverse=True))
    assert {one.id: one.periods(0)[0] for one in contents.made_up} == {"effectifs": 2015, "professionnels": 2010}
    assert {one.periods(0)[-1] for one in contents.made_up} == {YEARS[-1]}
    assert contents.made_up[0].periods(2024) == (2024, 2025)


def test_families_of_conditions_are_those_that_readers_ask_for(tmp_path: Path) -> None:
    effectifs = contents_of_checkout().made_up[0].excerpt(tmp_path, 2024)
    nodes = effectifs.hierarchies["condition"].nodes
    asked = {"POP_TOT_IND", "DIA_CAT_CAT", "CAN_SEI_CAT", "CAN_PRO_CAT", "MCV_SCO_CAT", "maladies-psychiatriques"}
    asked |= {"troubles-nevrotiques-et-de-l-humeur", "RES_CAT_EXC", "TPS_ADR_EXC", "maternite"}
    assert asked <= {node.code for node in nodes}
    assert len(nodes) == 27
    assert effectifs.definition.fictitious
    assert effectifs.definition.description.fr.endswith("La démonstration publie 27 des 79 lignes.")
    whole = contents_of_checkout(whole=True).made_up[0].excerpt(tmp_path / "whole", 2025)
    assert len(whole.hierarchies["condition"].nodes) == 79


def test_professions_have_all_datasets_of_the_fund(tmp_path: Path) -> None:
    professionnels = contents_of_checkout().made_up[1].excerpt(tmp_path, 2024)
    codes = {node.code for node in professionnels.hierarchies["profession"].nodes}
    assert {"medecins-generalistes-hors-mep", "dermatologues", "infirmiers"} < codes
    assert len(codes) == 5
    assert len(professionnels.views) == 8
    assert contents_of_checkout(whole=True).made_up[1].id == "professionals"


def test_records_are_of_the_professions_that_are_taken(tmp_path: Path) -> None:
    professionals = contents_of_checkout().made_up[1]
    some = MadeUp(professionals.definition, professionals.write, {"profession": ["sages-femmes", "infirmiers"]})
    dataset = some.excerpt(tmp_path / "definition", 2025)
    some.write(dataset, tmp_path, [2025], 0.1, silent)
    records = dataset.definition.records
    assert records is not None
    assert {file.name for file in tmp_path.glob("*.parquet")} == {one.file for one in records.files.values()}
    made = pq.read_table(tmp_path / records.people.file)
    assert set(made["profession"].to_pylist()) == {"sages-femmes", "infirmiers"}
