"""The catalogue tells breaks of a series by the published nodes that they concern."""

from datetime import date
from pathlib import Path

from tests.helpers.visits import visits

from seuil.catalogue.build import catalogue_of, entry_of, read_catalogue, write_catalogue
from seuil.catalogue.entry import Break

RECORDS = "records:\n"


def breaks(folder: Path, *said: str, tables: str = "  - levels: {site: all, condition: all}\n") -> tuple[Break, ...]:
    """Those of the dataset of visits, of which tables are published."""
    text = "breaks:\n" + "".join(f"  - {one}\n" for one in said)
    folder.mkdir(exist_ok=True)
    changed = ("tables:\n  - levels: {site: [site]}\n", f"tables:\n{tables}")
    made = entry_of(
        visits(folder, (RECORDS, text + RECORDS), changed), rows=1, modified=date(2024, 5, 17), hidden=0, cells=1
    )
    assert read_catalogue(write_catalogue(catalogue_of([made]))).entries == (made,)
    return made.breaks


def test_all_that_is_below_is_meant_and_the_earliest_comes_first(tmp_path: Path) -> None:
    later, first = "{period: 2023, where: {condition: [G]}, note: Règle}", "{period: 2022, note: Tout}"
    found = breaks(tmp_path, later, first)
    assert [(one.period, one.where, one.note.fr) for one in found] == [
        (2022, {}, "Tout"),
        (2023, {"condition": ("G", "A", "B")}, "Règle"),
    ]


def test_of_a_node_that_is_not_published_only_what_is_published_below_it(tmp_path: Path) -> None:
    singles = "  - levels: {site: all, condition: [total, single]}\n"
    (found,) = breaks(tmp_path, "{period: 2023, where: {condition: [G]}, note: r}", tables=singles)
    assert found.where == {"condition": ("A", "B")}


def test_what_concerns_no_published_cell_is_not_told(tmp_path: Path) -> None:
    """Without a table of conditions the cells stand at their total: only a break of that concerns them."""
    of_group, of_all = ("{period: 2023, where: {condition: [" + code + "]}, note: r}" for code in ("G", "ALL"))
    sites = "  - levels: {site: all}\n"
    assert breaks(tmp_path / "a", of_group, tables=sites) == ()
    (found,) = breaks(tmp_path / "b", of_all, tables=sites)
    assert found.where == {"condition": ("ALL",)}
    columns = "columns: [{name: y, period: year}, {name: s, dimension: site}, {name: n, measure: ntop}]\n"
    (found,) = breaks(tmp_path / "c", of_all, tables=sites + columns)
    assert found.where == {}
    assert breaks(tmp_path / "d", of_group, tables=sites + columns) == ()
