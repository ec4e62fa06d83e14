"""The fund's `effectifs`, from made-up records to its table: what stands there is what a plain count says.

Two departments, three families of conditions and everybody; all ages and both sexes.
"""

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from seuil.model.dataset import read_dataset
from seuil.synthetic.patients import write_patients
from seuil.workflow.build import Source, build
from seuil.workflow.excerpt import write_excerpt
from seuil.workflow.work import CONTENT

DEFINITION = Path(__file__).parents[2] / "definitions" / "effectifs" / "effectifs.yaml"
FAMILIES = ("CAN_SEI_CAT", "DIA_CAT_CAT", "maternite")
DEPARTMENTS = ("24", "33")
LINES = 7
"""Everybody, cancers, three of breast cancer, diabetes, maternity."""


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The released table, and the records: people with their age band, and what they have."""
    folder = tmp_path_factory.mktemp("effectifs")
    path = write_excerpt(DEFINITION, folder / "definition", periods=[2025], families={"condition": FAMILIES})
    places = path.parent / "codes" / "territoires.csv"
    lines = places.read_text("utf-8").splitlines(keepends=True)
    kept = ("code,", "FR,", "R75,", "inconnu,", *(f"{code}," for code in DEPARTMENTS))
    places.write_text("".join(line for line in lines if line.startswith(kept)), "utf-8")
    nodes = [node.code for node in read_dataset(path).hierarchies["condition"].nodes]
    records = folder / "records"
    records.mkdir()
    write_patients(records, scale=0.1, nodes=nodes, years=[2025], departments=DEPARTMENTS)
    (built,) = build([Source(path, records)], folder / "workspace", workers=1)
    table = pq.read_table(built.folder / CONTENT / "effectifs" / "data.parquet").to_pandas()
    people = pq.read_table(records / "personnes.parquet").to_pandas()
    people = people[people["sexe"].isin(["1", "2"])]
    band = (people["age"] // 5).clip(upper=19)
    people["band"] = band.map(lambda k: "95et+" if k == 19 else f"{5 * k:02}-{5 * k + 4:02}")
    return table, people, pq.read_table(records / "affections.parquet").to_pandas()


def ten(count: int) -> int:
    return (count + 5) // 10 * 10


def test_shown_counts_are_those_of_the_records(released) -> None:
    table, people, having = released
    parts = {"DIA_CAT_CAT": ["DIA_CAT_CAT"], "CAN_SEI_CAT": ["CAN_SEI_CAT", "CAN_SEI_ACT", "CAN_SEI_SUR"]}
    parts["CAN_CAT_CAT"] = ["CAN_CAT_CAT", *parts["CAN_SEI_CAT"]]
    for top, codes in parts.items():
        here = people[people["id"].isin(having[having["top"].isin(codes)]["id"])]
        rows = table[(table["top"] == top) & table["ntop"].notna()]
        assert len(rows) > 20
        for row in rows.itertuples():
            counted = here[
                (here["dept"].eq(row.dept) | (row.dept == "999"))
                & (here["sexe"].eq(row.sexe) | (row.sexe == "9"))
                & (here["band"].eq(row.cla_age_5) | (row.cla_age_5 == "tsage"))
            ]
            counted = counted[counted["dept"].isin(DEPARTMENTS)] if row.region == "75" else counted
            assert row.ntop == ten(len(counted)), row


def test_no_small_count_is_shown_and_some_are_hidden(released) -> None:
    table, people, having = released
    here = people[people["id"].isin(having[having["top"] == "DIA_CAT_CAT"]["id"])]
    counted = here[here["dept"].isin(DEPARTMENTS)].groupby(["dept", "sexe", "band"], observed=True).size()
    shown = table[table["top"].eq("DIA_CAT_CAT") & table["ntop"].notna()].set_index(["dept", "sexe", "cla_age_5"]).index
    small = counted[counted < 11].index
    assert len(small) > 5
    assert not set(small) & set(shown)


def test_population_of_a_line_of_one_sex_is_that_sex(released) -> None:
    table, people, _ = released
    rows = table.set_index(["patho_niv3", "cla_age_5", "sexe", "dept"])["npop"]
    women = int((people["sexe"].eq("2") & people["dept"].eq("33")).sum())
    everybody = int(people["dept"].eq("33").sum())
    assert rows["Maternité (avec ou sans pathologies)", "tsage", "9", "33"] == ten(women)
    assert rows["Diabète", "tsage", "9", "33"] == ten(everybody)


def test_rates_follow_from_the_shown_figures(released) -> None:
    table = released[0]
    shown = table[table["prev"].notna()]
    assert len(shown) > 100
    for row in shown.itertuples():
        exact = 100 * Decimal(int(row.ntop)) / Decimal(int(row.npop))
        digits = max(3, 1 - exact.adjusted())
        assert Decimal(str(row.prev)) == exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP).normalize(), row


def test_rows_declared_empty_are_left_out_and_all_others_are_there(released) -> None:
    table = released[0]
    assert len(table) == LINES * 3 * 21 * 4 - 4 * 21 * 4  # four lines of women have no row of men
    breast = table[table["top"].isin(["CAN_SEI_CAT", "CAN_SEI_ACT", "CAN_SEI_SUR"])]
    assert set(breast["sexe"]) == {"2", "9"}
    assert table.groupby(["patho_niv1", "patho_niv2", "patho_niv3"], dropna=False, observed=True).ngroups == LINES
    assert not table.duplicated(["patho_niv1", "patho_niv2", "patho_niv3", "cla_age_5", "sexe", "region", "dept"]).any()
