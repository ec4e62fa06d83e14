"""A catalogue entry says what the definition says, about the columns that the table has."""

import json
from datetime import date

import pytest

from seuil.catalogue.build import catalogue_of, entry_of, read_catalogue, write_catalogue
from seuil.catalogue.entry import Entry, FieldEntry, Guarantee, Measure
from seuil.model.columns import column_names
from seuil.model.dataset import Dataset
from seuil.model.errors import ReleaseError
from seuil.model.text import Text


def entry(dataset: Dataset) -> Entry:
    return entry_of(dataset, rows=12, modified=date(2024, 5, 17), hidden=3, cells=40)


def test_what_the_definition_says(visits: Dataset) -> None:
    found, definition = entry(visits), visits.definition
    for name in ("id", "title", "description", "purpose", "origin", "source", "fictitious", "publisher", "licence"):
        assert getattr(found, name) == getattr(definition, name), name
    for name in ("licence_url", "keywords", "themes"):
        assert getattr(found, name) == getattr(definition, name), name
    assert (found.title.en, found.fictitious, found.publisher.fr) == ("Visits", True, "Example")
    assert (found.period, found.period_label.en, found.periods) == ("annee", "Year", (2022, 2023))
    assert (found.rows, found.modified, found.data_file) == (12, date(2024, 5, 17), "jeux/visits/data.parquet")


def test_the_guarantee_is_the_definitions(visits: Dataset) -> None:
    assert entry(visits).guarantee == Guarantee(
        proved=True,
        unit=Text(fr="professionnel", en="professional"),
        units=Text(fr="professionnels", en="professionals"),
        threshold=5,
        rounding=10,
        level="plausible",
        zeros="shown",
        cells=40,
        hidden=3,
    )


def test_what_was_published_elsewhere_is_not_proved(reel: Dataset) -> None:
    found = entry(reel)
    assert (found.source, found.guarantee.proved) == ("published", False)


def test_fields_are_the_tables_columns_in_order(visits: Dataset, reel: Dataset) -> None:
    for dataset in (visits, reel):
        assert tuple(f.name for f in entry(dataset).fields) == column_names(dataset.definition)


def test_fields_say_type_facet_and_what_hides_them(visits: Dataset) -> None:
    fields = {f.name: f for f in entry(visits).fields}
    assert {n: f.type for n, f in fields.items() if f.type != "text"} == {
        "annee": "date",
        "n": "int",
        "pop": "int",
        "fees": "int",
        "mean": "double",
        "rate": "double",
    }
    assert [n for n, f in fields.items() if f.facet] == ["annee", "dept", "dept_niveau", "dept_libelle"]
    assert {n: f.hidden_by for n, f in fields.items() if f.hidden_by} == {
        n: f"{n}_statut" for n in ("n", "pop", "fees", "mean", "rate")
    }


def test_generated_columns_have_labels_in_both_languages(visits: Dataset) -> None:
    fields = {f.name: f for f in entry(visits).fields}
    assert fields["dept"].label == Text(fr="Territoire", en="Territory")
    assert fields["dept_niveau"].label == Text(fr="Territoire (niveau)", en="Territory (level)")
    assert fields["dept_libelle"].label == Text(fr="Territoire (libellé)", en="Territory (label)")
    assert fields["rate_statut"].label == Text(fr="Taux (statut)", en="Rate (status)")


def test_a_period_that_is_no_year_is_a_number(reel: Dataset) -> None:
    first = entry(reel).fields[0]
    assert first == FieldEntry(name="quarter", label=Text(fr="Année", en="Year"), type="int", facet=True, of="quarter")
    assert entry(reel).fields[-2].type == "double"


def test_dimensions_have_the_nodes_that_are_published(visits: Dataset) -> None:
    """03 exists in no period, R's level is in no table, the unknown leaf is published by no one."""
    dept, cond = entry(visits).dimensions
    assert [(n.code, n.parent, n.level) for n in dept.nodes] == [
        ("FR", "", "country"),
        ("01", "FR", "dept"),
        ("02", "FR", "dept"),
    ]
    assert [(n.code, n.parent) for n in cond.nodes] == [("ALL", ""), ("A", "ALL")]
    assert (dept.name, dept.column, dept.level_column, dept.label_column) == (
        *("dept", "dept"),
        *("dept_niveau", "dept_libelle"),
    )
    assert (dept.kind, dept.role, dept.facet, dept.total) == ("additive", "territory", True, "FR")
    assert (cond.kind, cond.role, cond.facet, cond.total) == ("overlapping", "condition", False, "ALL")
    assert dept.nodes[1].label == Text(fr="Ain", en="Ain")
    assert [node.note for node in cond.nodes] == [Text(), Text(fr="Qui a A", en="Qui a A")]


def test_measures(visits: Dataset, reel: Dataset) -> None:
    found = entry(visits).measures
    assert [(m.name, m.kind, m.decimals) for m in found] == [
        *[("n", "count", 0), ("pop", "count", 0), ("fees", "sum", 0), ("mean", "mean", 2), ("rate", "ratio", 3)]
    ]
    assert found[2] == Measure(
        name="fees",
        label=Text(fr="Fees", en="Fees"),
        kind="sum",
        unit_label=Text(fr="euros", en="euros"),
        decimals=0,
        status_column="fees_statut",
    )
    assert [(m.of, m.by, m.times) for m in found[2:]] == [("", "", 1), ("fees", "n", 1), ("n", "pop", 100)]
    assert [(m.kind, m.decimals) for m in entry(reel).measures] == [("given", 1)]


def test_the_catalogue_keeps_the_order_given(visits: Dataset, reel: Dataset) -> None:
    assert [e.id for e in catalogue_of([entry(visits), entry(reel)]).entries] == ["visits", "reel"]
    assert [e.id for e in catalogue_of([entry(reel), entry(visits)]).entries] == ["reel", "visits"]


def test_a_dataset_stands_once(visits: Dataset) -> None:
    with pytest.raises(ReleaseError, match="dataset visits twice"):
        catalogue_of([entry(visits), entry(visits)])


def test_json_reads_back_and_is_the_same_twice(visits: Dataset, reel: Dataset) -> None:
    catalogue = catalogue_of([entry(visits), entry(reel)])
    content = write_catalogue(catalogue)
    assert read_catalogue(content) == catalogue
    assert write_catalogue(read_catalogue(content)) == content
    assert content.endswith(b"}\n")


def test_json_is_for_people_too(visits: Dataset) -> None:
    content = write_catalogue(catalogue_of([entry(visits)])).decode()
    assert "Année" in content
    assert '"modified": "2024-05-17"' in content
    assert list(json.loads(content)["entries"][0]) == list(Entry.model_fields)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"rows": 12', '"rows": "many"', "catalogue.json: entries.0.rows: "),
        ('"rows": 12', '"rows": 12, "small": 3', "catalogue.json: entries.0.small: "),
        ('"threshold": 5,', "", "catalogue.json: entries.0.guarantee.threshold: "),
        ('"entries"', '"entrees"', "catalogue.json: entries: "),
        ("}", "", "catalogue.json: file: Invalid JSON"),
    ],
)
def test_what_is_no_catalogue_is_refused(visits: Dataset, old: str, new: str, says: str) -> None:
    content = write_catalogue(catalogue_of([entry(visits)])).decode()
    assert old in content
    with pytest.raises(ReleaseError) as problem:
        read_catalogue(content.replace(old, new, 1).encode())
    assert str(problem.value).startswith(says)


def test_a_dataset_twice_in_the_file_is_refused(visits: Dataset) -> None:
    content = json.loads(write_catalogue(catalogue_of([entry(visits)])))
    content["entries"] *= 2
    with pytest.raises(ReleaseError, match="twice"):
        read_catalogue(json.dumps(content).encode())
