"""A definition that can't stand is refused with file, line and field; one that can says what it says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from seuil.model.dataset import Dataset, read_dataset
from seuil.model.definition import Table
from seuil.model.errors import DefinitionError

Read = Callable[..., Dataset]


def test_reads_what_is_written(read: Read, tmp_path: Path) -> None:
    dataset = read()
    assert (dataset.id, dataset.path) == ("visits", tmp_path / "visits.yaml")
    assert list(dataset.hierarchies) == ["site", "condition"]
    assert (dataset.additive, dataset.overlapping) == (("site",), "condition")
    assert (list(dataset.counts), list(dataset.sums), list(dataset.derived)) == (
        ["ntop", "npop"],
        ["fees"],
        ["rate", "mean"],
    )
    assert (dataset.definition.unit.plural.fr, dataset.definition.level) == ("patients", "justified")
    assert (dataset.definition.title.in_("en"), str(dataset.definition.title)) == ("Visits", "Consultations")


def test_a_table_has_the_total_of_what_it_does_not_name(read: Read) -> None:
    dataset = read()
    (table,) = dataset.tables
    assert dataset.published_nodes(table, "site", 2022) == ("N",)
    assert dataset.published_nodes(table, "site", 2023) == ("N", "S")
    assert dataset.published_nodes(table, "condition", 2023) == ("ALL",)


def test_without_tables_every_level_but_unknown_is_published(read: Read) -> None:
    dataset = read(("tables:\n  - levels: {site: [site]}\n", ""))
    (table,) = dataset.tables
    assert dataset.published_nodes(table, "site", 2023) == ("T", "N", "S")
    assert dataset.published_nodes(table, "condition", 2023) == ("ALL", "G", "A", "B")


def test_unknown_is_published_where_it_is_named(read: Read) -> None:
    dataset = read()
    assert dataset.published_nodes(Table(levels={"site": ("unknown",)}), "site", 2022) == ("X",)


def test_a_break_names_what_it_concerns(read: Read) -> None:
    said = "breaks: [{period: 2023, where: {site: [N]}, note: {fr: Autre, en: Other}}, {period: 2023, note: r}]\n"
    one, whole = read(("records:\n", f"{said}records:\n")).definition.breaks
    assert (one.period, one.where, one.note.en) == (2023, {"site": ("N",)}, "Other")
    assert whole.where == {}


CHANGES = [
    ("records:\n", "breaks: [{period: 2021, note: r}]\nrecords:\n", "breaks:", "breaks.0.period", "2022, 2023"),
    ("records:\n", "breaks: [{period: 2023, note: ''}]\nrecords:\n", "breaks:", "breaks.0.note", "what changed"),
    (
        "records:\n",
        "breaks: [{period: 2023, where: {site: [Z]}, note: r}]\nrecords:\n",
        "breaks:",
        "breaks.0.where.site",
        "a code of that dimension",
    ),
    # what is written, the start of the line that is named, the field, what is said of it
    ("unit: patient", "unit: people", "unit: people", "unit", "one of patient, professional, or name, label, plural"),
    ("threshold: 11", "threshold: 1", "threshold:", "threshold", "expected 2 or more"),
    ("threshold: 11", "threshold: eleven", "threshold:", "threshold", "found 'eleven'"),
    ("threshold: 11\n", "", "id: visits", "threshold", "found nothing"),
    (
        "rounding: 10",
        "rounding: 10\nround: 5",
        "round: 5",
        "round",
        "no such field; expected one that there is (did you mean rounding?)",
    ),
    ("id: visits", "id: Visits", "id: Visits", "id", "found 'Visits'"),
    ("values: [2022, 2023]", "values: []", "values: []", "period.values", "expected at least 1"),
    (
        "values: [2022, 2023]",
        "values: [2022, 2022]",
        "values: [2022, 2022]",
        "period.values.1",
        "found 2022 twice; expected each period once",
    ),
    ("kind: overlapping", "kind: nested", "kind: nested", "dimensions.condition.kind", "found 'nested'"),
    ("kind: ratio", "kind: share", "rate:", "measures.rate", "found {'kind': 'share'"),
    (
        "kind: sum, label: Fees",
        "kind: sum, label: Fees, dominance: 101",
        "fees:",
        "measures.fees.dominance",
        "found 101",
    ),
    (
        "kind: sum, label: Fees",
        "kind: sum, label: Fees, p_percent: -1",
        "fees:",
        "measures.fees.p_percent",
        "expected 0 or more",
    ),
    (
        "kind: sum, label: Fees",
        "kind: sum, label: Fees, p_percent_up_to: 0",
        "fees:",
        "measures.fees.p_percent_up_to",
        "expected 1 or more",
    ),
    (
        "kind: sum, label: Fees",
        "kind: sum, label: Fees, second_unit: {unit: visitor, threshold: 11}",
        "fees: {column",
        "records.people.amounts.fees.second_unit",
        "only one of measure and records has one; expected one of both or of neither",
    ),
    ("times: 100", "times: 0", "fees: {column", "records.people.amounts.fees.times", "found 0"),
    ("  site:\n    label", "  Site:\n    label", "Site:", "dimensions.Site", "found 'Site'"),
    ("  ntop: {", "  site: {", "measures:", "measures", "two columns 'site' in the released table"),
    ("  fees: {kind: sum", "  site_niveau: {kind: sum", "measures:", "measures", "two columns 'site_niveau'"),
    ("name: annee", "name: ntop", "measures:", "measures", "two columns 'ntop'"),
    (
        "codes/sites.csv\n",
        "codes/sites.csv\n    kind: overlapping\n",
        "dimensions:",
        "dimensions",
        "two overlapping dimensions",
    ),
    (
        "unit: patient",
        "source: published\nunit: patient",
        "source: published",
        "source",
        "published without a section `published`",
    ),
    (
        "      site: {column: site}",
        "      place: {column: site}",
        "dimensions:",
        "records.people.dimensions",
        "nothing for site",
    ),
    (
        "      site: {column: site}",
        "      site: {column: site}\n      place: {column: place}",
        "place: {column",
        "records.people.dimensions.place",
        "found 'place'; expected one of site",
    ),
    ("      fees: {column", "      paid: {column", "amounts:", "records.people.amounts", "nothing for fees"),
    ("dimension: condition", "dimension: site", "memberships:", "records.memberships", "no match with the dimensions"),
    (
        "at: {condition: ALL}",
        "at: {site: T}",
        "at: {site",
        "measures.npop.at.site",
        "found site; expected an overlapping dimension",
    ),
    (
        "codes: codes/sites.csv",
        "codes: codes/sites.csv\n    first: Z",
        "first: Z",
        "dimensions.site.first",
        "found 'Z'; expected a code of that",
    ),
    (
        "at: {condition: ALL}",
        "at: {condition: Z}",
        "at: {condition",
        "measures.npop.at.condition",
        "found 'Z'; expected a code of that",
    ),
    (
        "ntop: {kind: count,",
        "ntop: {kind: count, at: {condition: G},",
        "measures:",
        "measures",
        "no count of a row's own units",
    ),
    (
        "of: ntop, to",
        "of: rate, to",
        "rate:",
        "measures.rate.of",
        "found 'rate'; expected the name of a count, sum, total or external figure that suits",
    ),
    ("to: npop", "to: nobody", "rate:", "measures.rate.to", "found 'nobody'"),
    (
        "mean: {kind: mean, label: Mean, of: fees, by: ntop}",
        "all: {kind: total, label: All, of: [fees, ntop]}",
        "all: {",
        "measures.all.of.1",
        "found 'ntop'; expected the name of a sum, or of a total of one figure",
    ),
    (
        "mean: {kind: mean, label: Mean, of: fees, by: ntop}",
        "all: {kind: total, label: All, of: [fees, fees]}",
        "all: {",
        "measures.all.of",
        "found a sum twice; expected each part once, and none at a node above another one's",
    ),
    (
        "mean: {kind: mean, label: Mean, of: fees, by: ntop}",
        "all: {kind: total, label: All, of: [fees]}",
        "all: {",
        "measures.all.of",
        "at least 2 items",
    ),
    ("of: fees, by: ntop", "of: ntop, by: ntop", "mean:", "measures.mean.of", "found 'ntop'"),
    ("by: ntop", "by: fees", "mean:", "measures.mean.by", "found 'fees'"),
    (
        "ntop: {kind: count, label: Patients}",
        "ntop: {kind: given, label: Patients, column: n}",
        "ntop:",
        "measures.ntop.kind",
        "found given; expected `given` for published tables, and only for them",
    ),
    ("levels: {site: [site]}", "levels: {place: all}", "- levels:", "tables.0.levels.place", "one of site, condition"),
    (
        "levels: {site: [site]}",
        "levels: {site: [dept]}",
        "- levels:",
        "tables.0.levels.site",
        "one of total, site, unknown",
    ),
    (
        "where: {condition: [G], site: [N]}",
        "where: {place: [N]}",
        "- where:",
        "empty.0.where.place",
        "one of site, condition",
    ),
    ("where: {condition: [G], site: [N]}", "where: {site: [Z]}", "- where:", "empty.0.where.site", "found 'Z'"),
    ("reason: Nobody can be there", "reason: ''", "reason: ''", "empty.0.reason", "expected the public reason"),
]


@pytest.mark.parametrize(("old", "new", "start", "field", "says"), CHANGES)
def test_what_can_not_stand_is_named(
    read: Read, tmp_path: Path, old: str, new: str, start: str, field: str, says: str
) -> None:
    with pytest.raises(DefinitionError) as problem:
        read((old, new))
    error, path = problem.value, tmp_path / "visits.yaml"
    assert (error.file, error.field) == (str(path), field)
    assert error.line is not None
    assert path.read_text(encoding="utf-8").splitlines()[error.line - 1].strip().startswith(start)
    assert str(error).startswith(f"{path}:{error.line}: {field}: found ")
    assert says in str(error)


def test_no_sum_bears_the_name_of_the_counts(read: Read) -> None:
    with pytest.raises(DefinitionError, match=r"measures\.count: found a sum called count; expected another name"):
        read(("  fees: {kind: sum", "  count: {kind: sum"), ("      fees: {column", "      count: {column"))


def test_a_fixed_node_exists_in_every_period(read: Read) -> None:
    conditions = "code,parent,level,label_fr,valid_from\nALL,,total,Ensemble,\nG,ALL,group,Groupe,2023\n"
    with pytest.raises(DefinitionError, match=r"measures\.npop\.at\.condition: found 'G'; .* in 2022"):
        read(("at: {condition: ALL}", "at: {condition: G}"), conditions=conditions)


def test_a_dimension_is_additive(read: Read) -> None:
    """Without one there is nothing that adds up; the overlapping one comes beside it."""
    only = "dimensions:\n  condition:\n    label: Condition\n    codes: codes/conditions.csv\n    kind: overlapping\n"
    site = "dimensions:\n  site:\n    label: Site\n    codes: codes/sites.csv\n" + only.removeprefix("dimensions:\n")
    with pytest.raises(DefinitionError, match="dimensions: found no additive dimension; expected at least one"):
        read((site, only))


def test_a_section_that_does_not_belong(read: Read) -> None:
    text = "published: {file: a.csv, period: y, columns: {}}\nrecords:\n"
    with pytest.raises(
        DefinitionError, match="published: found a section `published`; expected none, since source is records"
    ):
        read(("records:\n", text))


@pytest.mark.parametrize(
    ("text", "line", "field", "says"),
    [
        ("", 1, "file", "no fields"),
        ("- a\n- b\n", 1, "file", "no fields"),
        ("id: a\nid: b\n", 2, "id", "the field twice"),
        ("id: visits\ntitle: [a\n", 3, "YAML", "expected"),
        ("id: visits\n? [a, {b: c}]\n: d\n", 2, "YAML", "a key that is no text"),
        ("id: visits\n\ttitle: a\n", 2, "YAML", "cannot start any token"),
    ],
)
def test_what_is_no_yaml(tmp_path: Path, text: str, line: int, field: str, says: str) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError) as problem:
        read_dataset(path)
    assert (problem.value.line, problem.value.field) == (line, field)
    assert says in str(problem.value)


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(DefinitionError, match="no such file"):
        read_dataset(tmp_path / "nothing.yaml")
    with pytest.raises(DefinitionError, match="a folder"):
        read_dataset(tmp_path)
    (tmp_path / "d.yaml").write_bytes("titre: Données".encode("latin-1"))
    with pytest.raises(DefinitionError, match="not UTF-8"):
        read_dataset(tmp_path / "d.yaml")


def test_no_and_2a_stay_what_they_look_like(read: Read) -> None:
    sites = "code,parent,level,label_fr\nT,,total,Total\nno,T,site,Norvège\non,T,site,Ontario\n"
    dataset = read(("site: [N]", "site: [no, on]"), sites=sites)
    assert dataset.definition.empty[0].where["site"] == ("no", "on")


def test_two_units_are_known_and_others_can_be_named(read: Read) -> None:
    named = "unit: {name: household, label: {fr: ménage, en: household}, plural: {fr: ménages, en: households}}"
    assert read(("unit: patient", named)).definition.unit.plural.en == "households"
    assert read(("unit: patient", "unit: professional")).definition.unit.label.fr == "professionnel"
