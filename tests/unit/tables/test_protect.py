"""`seuil.protect`: what comes out, in which library, and what is refused."""

from pathlib import Path

import altair
import pandas as pd
import pyarrow as pa
import pytest
from tests.unit.tables.conftest import DIMENSIONS, LEAVES, arrow

import seuil
from seuil.model.errors import DataError, DefinitionError, SeuilError, UsageError
from seuil.tables.api import audit, protect, verify
from seuil.tables.protect import OPEN

COLUMNS = ["territory", "territory_level", "sex", "sex_level", "n"]


def test_a_table_comes_back_protected_proved_and_in_order(leaves: pa.Table) -> None:
    table = protect(leaves, DIMENSIONS, "n")
    rows = table.frame().to_pylist()
    assert list(rows[0]) == COLUMNS
    assert rows[0] == {"territory": "TOTAL", "territory_level": "total", "sex": "TOTAL", "sex_level": "total", "n": 483}
    territory = ["TOTAL", "R1", "D1", "D2", "D3", "R2", "D4", "D5", "D6"]
    assert [(r["territory"], r["sex"]) for r in rows] == [(t, s) for t in territory for s in ("TOTAL", "f", "m")]
    levels = {r["territory"]: r["territory_level"] for r in rows}
    assert levels == {t: {"T": "total", "R": "region", "D": "dept"}[t[0]] for t in territory}
    true = {(d, s): int(n) for _, d, s, n in (line.split(",") for line in LEAVES.splitlines()[1:])}
    for row in rows:
        key = row["territory"], row["sex"]
        assert row["n"] is None or row["n"] >= 11
        if key in true:
            assert row["n"] in (None, true[key])
            assert (row["n"] is None) >= (true[key] < 11)
    assert verify(table.frame(), table.proof, DIMENSIONS) == ()
    assert audit(table.frame(), DIMENSIONS).is_safe


def test_revealed_it_tells_small_from_secondary(leaves: pa.Table) -> None:
    table = protect(leaves, DIMENSIONS, "n")
    found = {(r["territory"], r["sex"]): (r["n"], r["status"]) for r in table.frame(reveal=True).to_pylist()}
    assert {k for k, (_, s) in found.items() if s == "primary"} == {("D1", "f"), ("D4", "f")}
    assert all((n is None) == (s != "published") for n, s in found.values())
    assert sum(s == "secondary" for _, s in found.values()) == table.loss.secondary > 0
    assert table.loss.hidden == table.loss.primary + table.loss.secondary
    assert sum(t.cells for t in table.loss.levels["territory"].values()) == table.loss.cells == 27


def test_the_frame_is_of_the_library_that_was_given(leaves: pa.Table) -> None:
    for frame, kind in ((leaves, pa.Table), (leaves.to_pandas(), pd.DataFrame)):
        table = protect(frame, DIMENSIONS, "n")
        assert isinstance(table.frame(), kind)
        assert list(
            table.frame(reveal=True).columns if kind is pd.DataFrame else table.frame(reveal=True).column_names
        ) == [
            *COLUMNS,
            "status",
        ]
        assert audit(table.frame(), DIMENSIONS).is_safe
        assert table.csv() == protect(leaves, DIMENSIONS, "n").csv()
    counts = protect(leaves.to_pandas(), DIMENSIONS, "n").frame()["n"]
    assert str(counts.dtype) == "Int64"
    assert counts.isna().any()


def test_codes_of_any_type_are_written_as_they_are(leaves: pa.Table) -> None:
    frame = leaves.to_pandas()
    frame["dept"] = frame["dept"].str[1:].astype(int)
    frame["sex"] = frame["sex"].astype("category")
    written = protect(frame, DIMENSIONS, "n").frame()
    assert set(written["territory"]) == {"TOTAL", "R1", "R2", "1", "2", "3", "4", "5", "6"}
    floats = frame.assign(dept=frame["dept"].astype(float), n=frame["n"].astype(float))
    assert protect(floats, DIMENSIONS, "n").frame().equals(written)


def test_rows_are_added_up_where_that_is_said_in_any_order_and_other_columns_are_ignored(leaves: pa.Table) -> None:
    whole = protect(leaves, DIMENSIONS, "n", secret=b"x" * 32).csv()
    frame = leaves.to_pandas()
    one = frame.assign(n=1, extra="a")
    rest = frame.assign(n=frame["n"] - 1, extra="b")
    finer = pd.concat([rest, one]).sample(frac=1, random_state=1)
    table = protect(finer, DIMENSIONS, "n", secret=b"x" * 32, add_up=True)
    assert table.csv() == whole
    assert (table.reading.rows, table.reading.leaves, table.reading.added_up) == (24, 12, 24)
    with pytest.raises(DataError, match="every combination stands in several rows, the first in row"):
        protect(finer, DIMENSIONS, "n", secret=b"x" * 32)


def test_same_rows_and_secret_same_bytes(leaves: pa.Table) -> None:
    assert protect(leaves, DIMENSIONS, "n").csv() == protect(leaves, DIMENSIONS, "n").csv()
    results = {protect(leaves, DIMENSIONS, "n", secret=bytes([k]) * 32).csv() for k in range(8)}
    assert len(results) > 1, "the secret breaks ties"


def test_the_users_own_secret_is_the_default_and_none_at_all_has_to_be_asked_for(
    leaves: pa.Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    results = set()
    for k in range(8):
        folder = tmp_path / str(k) / "seuil"
        folder.mkdir(parents=True, mode=0o700)
        (folder / "secret.key").write_bytes(bytes([k]) * 32)
        (folder / "secret.key").chmod(0o600)
        monkeypatch.setenv("XDG_DATA_HOME", str(folder.parent))
        by_default = protect(leaves, DIMENSIONS, "n").csv()
        assert by_default == protect(leaves, DIMENSIONS, "n", secret=bytes([k]) * 32).csv()
        results.add(by_default)
    assert len(results) > 1, "the secret of the user breaks ties"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "nowhere"))
    assert protect(leaves, DIMENSIONS, "n", secret=b"").csv() == protect(leaves, DIMENSIONS, "n", secret=OPEN).csv()
    assert not (tmp_path / "nowhere").exists()


def test_rounded_figures_are_rounded_and_proved(leaves: pa.Table) -> None:
    table = protect(leaves, DIMENSIONS, "n", rounding=10)
    assert all(n is None or n % 10 == 0 for n in table.frame()["n"].to_pylist())
    assert verify(table.frame(), table.proof, DIMENSIONS, rounding=10) == ()
    assert verify(table.frame(), table.proof, DIMENSIONS) != (), "as exact figures they'd add up to something else"


def test_a_proof_of_other_figures_does_not_hold(leaves: pa.Table) -> None:
    table = protect(leaves, DIMENSIONS, "n")
    rows = table.frame().to_pylist()
    hidden = next(r for r in rows if r["n"] is None)
    hidden["n"] = 12
    assert verify(pa.Table.from_pylist(rows), table.proof, DIMENSIONS) != ()


def test_the_definition_may_be_a_file(leaves: pa.Table, files: tuple[Path, Path]) -> None:
    assert protect(leaves, definition=files[1]).csv() == protect(leaves, DIMENSIONS, "n").csv()


def test_short_and_full_definition_give_the_same(leaves: pa.Table, tmp_path: Path) -> None:
    (tmp_path / "territory.csv").write_text(
        "code,parent,level,label_fr\nFR,,total,France\n"
        + "".join(f"R{r},FR,region,\n" + "".join(f"D{3 * r - 2 + k},R{r},dept,\n" for k in range(3)) for r in (1, 2)),
        encoding="utf-8",
    )
    (tmp_path / "sex.csv").write_text("code,parent,level,label_fr\nT,,total,\nf,T,sex,\nm,T,sex,\n", encoding="utf-8")
    (tmp_path / "full.yaml").write_text(
        "id: table\ntitle: Full\nunit: patient\nthreshold: 11\nperiod: {values: [0]}\ncount: n\n"
        "dimensions:\n  territory: {label: Territory, codes: territory.csv}\n  sex: {label: Sex, codes: sex.csv}\n"
        "measures:\n  patients: {kind: count, label: Patients}\n",
        encoding="utf-8",
    )
    codes = leaves.drop_columns(["region"]).rename_columns({"dept": "territory"})
    full = protect(codes, definition=tmp_path / "full.yaml")
    short = protect(leaves, DIMENSIONS, "n")
    assert full.csv() == short.csv()
    assert verify(full.frame(), full.proof, definition=tmp_path / "full.yaml") == ()


def test_the_same_code_at_two_levels_is_told_apart() -> None:
    leaves = arrow("region,dept,n\n1,1,40\n1,2,3\n2,3,50\n2,4,20\n")
    table = protect(leaves, {"territory": ["region", "dept"]}, "n")
    rows = [(r["territory"], r["territory_level"]) for r in table.frame().to_pylist()]
    expected = [("TOTAL", "total"), ("1", "region"), ("1", "dept"), ("2", "dept")]
    assert rows == [*expected, ("2", "region"), ("3", "dept"), ("4", "dept")]
    assert audit(table.frame(), {"territory": ["region", "dept"]}).is_safe


def test_a_region_of_one_department_is_hidden_or_shown_with_it() -> None:
    leaves = arrow("region,dept,n\nR1,D1,5\nR2,D2,30\nR2,D3,40\nR3,D4,25\n")
    table = protect(leaves, {"territory": ["region", "dept"]}, "n")
    shown = {r["territory"]: r["n"] for r in table.frame().to_pylist()}
    assert shown["R1"] is None
    assert shown["D1"] is None
    assert audit(table.frame(), {"territory": ["region", "dept"]}).is_safe


def test_codes_are_sorted_by_the_numbers_in_them() -> None:
    leaves = arrow("age,n\n10-14,50\n5-9,60\n0-4,70\n100+,80\n")
    assert protect(leaves, ["age"], "n").frame()["age"].to_pylist() == ["TOTAL", "0-4", "5-9", "10-14", "100+"]


@pytest.mark.parametrize(
    ("text", "dimensions", "said"),
    [
        ("region,dept,n\nR1,D1,40\nR2,D1,30\n", {"t": ["region", "dept"]}, "'D1' stands under 'R1' and 'R2'"),
        ("age,n\na,40\nTOTAL,30\n", ["age"], "column n: in row 2 a total \\(the grand total\\) that is not the sum"),
        ("age,n\na,40\nb,-3\n", ["age"], "column n: in row 2 a negative number"),
        ("age,n\na,40\n", ["sex"], "no column 'sex'"),
        ("age,n\na,900000000000\nb,900000000000\n", ["age"], r"column n: counts whose total is 2\^40 or more"),
        ("age,n\na,1099511627776\n", ["age"], r"column n: in row 1 a number of 2\^40 or more; expected figures below"),
    ],
)
def test_rows_that_cannot_stand_are_refused(text: str, dimensions: object, said: str) -> None:
    with pytest.raises(DataError, match=said):
        protect(arrow(text), dimensions, "n")


@pytest.mark.parametrize("count", [[40.0, 3.5], [40.0, None], ["40", "3.5"], ["40", "few"], [True, False]])
def test_counts_are_whole_numbers(count: list[object]) -> None:
    with pytest.raises(DataError, match="column n") as error:
        protect(pa.table({"age": ["a", "b"], "n": count}), ["age"], "n")
    assert "3.5" not in str(error.value), "a value of theirs is never told"


def test_a_row_without_a_code_and_no_rows_are_refused() -> None:
    with pytest.raises(DataError, match="column age: in row 2 a row without a code"):
        protect(pa.table({"age": ["a", None], "n": [40, 50]}), ["age"], "n")
    with pytest.raises(DataError, match="no rows"):
        protect(pa.table({"age": pa.array([], pa.string()), "n": pa.array([], pa.int64())}), ["age"], "n")


@pytest.mark.parametrize(
    ("options", "error", "said"),
    [
        ({"threshold": 1}, DefinitionError, "threshold"),
        ({"level": "sure"}, DefinitionError, "level"),
        ({"dimensions": {"Sex": "sex"}}, DefinitionError, "Sex"),
        ({"dimensions": {"t": ["region", "region"]}}, DefinitionError, "another name than"),
        ({"dimensions": {"t": ["total"]}}, DefinitionError, "another name than"),
        ({"count": None}, DefinitionError, "count"),
        ({"period": 7}, UsageError, "no period 7"),
    ],
)
def test_wrong_arguments_are_told(leaves: pa.Table, options: dict, error: type[SeuilError], said: str) -> None:
    with pytest.raises(error, match=said):
        protect(leaves, **{"dimensions": DIMENSIONS, "count": "n", **options})


def test_no_frame_is_told() -> None:
    with pytest.raises(UsageError, match="found list"):
        protect([1, 2], ["age"], "n")


def test_seuil_has_all_three_and_nothing_else_new() -> None:
    assert {"protect", "audit", "verify"} <= set(dir(seuil))
    assert seuil.protect is protect
    with pytest.raises(AttributeError, match="nothing"):
        getattr(seuil, "noth" + "ing")


def test_it_can_be_read_in_a_notebook(leaves: pa.Table) -> None:
    table = protect(leaves, DIMENSIONS, "n")
    loss = table.loss
    assert f"27 figures, {loss.hidden} hidden ({loss.share:.1f} %): 2 small, {loss.secondary} to protect" in repr(table)
    assert "confidential" in repr(table)
    assert f'<td class="number">{loss.secondary}</td>' in table._repr_html_()


def test_plot_shows_reasons_only_if_revealed(leaves: pa.Table) -> None:
    table = protect(leaves, DIMENSIONS, "n")

    def told(chart: altair.Chart) -> list[str]:
        (values,) = chart.to_dict()["datasets"].values()
        return [v["status"] for v in values]

    assert set(told(table.plot())) == {"published", "hidden"}
    assert set(told(table.plot(reveal=True))) == {"published", "primary", "secondary"}
    assert told(table.plot()).count("hidden") == table.loss.hidden
    assert "primary" not in table.plot().to_json()
    with pytest.raises(UsageError, match="no dimension 'age'"):
        table.plot("age")


@pytest.mark.parametrize("secret", [b"x", b"x" * 31])
def test_a_secret_that_can_be_guessed_is_refused(leaves: pa.Table, secret: bytes) -> None:
    with pytest.raises(UsageError, match=rf"secret: {len(secret)} bytes; expected 32 random ones"):
        protect(leaves, DIMENSIONS, "n", secret=secret)
