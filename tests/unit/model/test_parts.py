"""What counting and protecting read of a definition: each field is sorted here as one of theirs, or not."""

import pytest
from pydantic import BaseModel
from tests.helpers.visits import CONDITIONS, SITES
from tests.unit.model.conftest import Read

from seuil.model import definition, record_files
from seuil.model.parts import counting_part, protection_part
from seuil.model.strict import Strict

TEXTS = {  # of no concern to either step: what readers read, and what is rendered from the figures
    "Apart": {"collection", "reason"},
    "Break": {"period", "where", "note"},
    "ClaimedException": {"field", "reason"},
    "Count": {"label", "unit_label"},
    "DatasetView": {
        "id", "title", "description", "purpose", "keywords", "themes", "measures", "columns", "empty_rows",
    },
    "Definition": {
        "id", "title", "description", "purpose", "origin", "fictitious", "unit", "exceptions", "apart_from", "columns",
        "empty_rows", "publisher", "licence", "licence_url", "keywords", "themes", "breaks",
    },
    "Dimension": {"label", "role", "facet", "first"},
    "Empty": {"reason"},
    "External": {"kind", "label", "file", "column", "unit_label"},
    "FigureAt": {"measure", "at"},
    "Given": {"kind", "label", "column", "decimals", "rounding", "unit_label"},
    "Known": {"reason"},
    "Mean": {"kind", "label", "of", "by", "decimals", "unit_label"},
    "Period": {"label"},
    "Published": {"file", "encoding", "delimiter", "period", "columns", "hidden", "missing"},
    "Ratio": {"kind", "label", "of", "to", "times", "decimals", "significant", "unit_label"},
    "Records": {"least_units", "most_set_aside"},
    "Sum": {"label", "unit_label"},
    "Total": {"kind", "label", "of", "unit_label"},
    "Unit": {"name", "label", "plural"},
    "Wish": {"reason"},
}  # fmt: skip
READ = {  # by counting or protecting, as it stands or as what is made of it
    "Amount": {"column", "times", "second_unit"},
    "AmountRows": {"file", "encoding", "delimiter", "identifier", "period", "value", "amount"},
    "Count": {"kind", "at", "instead"},
    "DatasetView": {"tables"},
    "Definition": {
        "source", "threshold", "rounding", "level", "zeros", "empty", "wishes", "known", "period", "dimensions",
        "measures", "count", "tables", "datasets", "records", "published",
    },
    "Dimension": {"codes", "levels", "kind", "of", "own_total", "total"},
    "Empty": {"where"},
    "Instead": {"where", "at"},
    "Known": {
        "where", "period", "value", "low", "high", "file", "count", "rounding", "threshold", "hidden", "legacy",
    },
    "Memberships": {"file", "encoding", "delimiter", "identifier", "period", "dimension", "value"},
    "People": {"file", "encoding", "delimiter", "identifier", "period", "dimensions", "amounts"},
    "Period": {"name", "values"},
    "Records": {"people", "memberships", "amounts"},
    "SecondUnit": {"unit", "threshold", "dominance"},
    "SecondUnitColumns": {"count", "largest"},
    "Sum": {"kind", "dominance", "p_percent", "p_percent_up_to", "width", "second_unit", "kinds"},
    "Table": {"levels", "measures"},
    "Value": {"column", "values"},
    "Wish": {"where", "ask", "cost"},
}  # fmt: skip
FOUND = [*vars(definition).values(), *vars(record_files).values()]
# A model that others are made of stands in no file itself.
MODELS = [*dict.fromkeys(m for m in FOUND if isinstance(m, type) and issubclass(m, Strict) and not m.__subclasses__())]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_field_is_sorted(model: type[BaseModel]) -> None:
    """A new field has to be put into one of the two lists, and into the part of the step that reads it."""
    texts, read = TEXTS.get(model.__name__, set()), READ.get(model.__name__, set())
    assert texts | read == set(model.model_fields)
    assert not texts & read


TEXT_CHANGES = [
    ("records:\n", "known: [{where: {site: [N]}, period: 2023, high: 3, reason: r}]\nrecords:\n"),
    ("title: {fr: Consultations", "title: {fr: Visites"),
    ("label: Patients", "label: Malades"),
    ("records:\n", "breaks: [{period: 2023, note: r}]\nrecords:\n"),
    ("label: Site", "label: Lieu"),
    ("reason: Nobody can be there", "reason: Nobody"),
    ("  rate: {kind: ratio, label: Rate, of: ntop, to: npop}\n", ""),
    ("of: ntop, to: npop", "of: ntop, to: npop, decimals: 3"),
    ("records:\n", "columns: [{name: y, period: year}, {name: s, dimension: site}]\nrecords:\n"),
    ("unit: patient", "# a comment\nunit: patient"),
    ("values: [2022, 2023]", "values: [2022, 2023, 2024]"),
    ("tables:\n  - levels: {site: [site]}\n", "tables:\n  - levels: {site: [site], condition: [total]}\n"),
]
READ_CHANGES = [  # (old, new, whether counting reads it, whether protecting does)
    ("threshold: 11", "threshold: 12", False, True),
    ("rounding: 10", "rounding: 5", False, True),
    ("rounding: 10", "rounding: 10\nlevel: plausible", False, True),
    ("site: [N]}", "site: [S]}", False, True),
    (
        "tables:\n  - levels: {site: [site]}\n",
        "tables:\n  - levels: {site: [site]}\n    measures: [ntop, npop, fees]\n",
        False,
        True,
    ),
    ("levels: {site: [site]}", "levels: {site: all}", False, True),
    ("{kind: sum, label: Fees}", "{kind: sum, label: Fees, width: 5}", False, True),
    ("rounding: 10", "zeros: shown", False, True),
    ("records:\n", "wishes: [{where: {site: [N]}, cost: 2, reason: r}]\nrecords:\n", False, True),
    ("records:\n", "known: [{where: {site: [N]}, period: 2022, high: 3, reason: r}]\nrecords:\n", False, True),
    ("at: {condition: ALL}", "at: {condition: ALL}\n    instead: [{where: {site: [T]}, at: {site: N}}]", False, True),
    ("times: 100", "times: 1", True, False),
    ("file: people.csv", "file: persons.csv", True, False),
    ("site: {column: site}", "site: {column: place}", True, False),
    ("name: annee", "name: an", False, True),
]


@pytest.mark.parametrize(("old", "new"), TEXT_CHANGES)
def test_a_text_changes_neither_part(read: Read, old: str, new: str) -> None:
    before, after = read(), read((old, new))
    for part in (counting_part, protection_part):
        assert part(before, 2022) == part(after, 2022)


@pytest.mark.parametrize(("old", "new", "counting", "protecting"), READ_CHANGES)
def test_what_a_step_reads_changes_its_part(read: Read, old: str, new: str, counting: bool, protecting: bool) -> None:
    before, after = read(), read((old, new))
    assert (counting_part(before, 2022) != counting_part(after, 2022)) == counting
    assert (protection_part(before, 2022) != protection_part(after, 2022)) == protecting


@pytest.mark.parametrize(
    ("old", "new", "counting", "protecting"),
    [
        ("Nord,North", "Septentrion,North", False, False),
        ("N,T,site,", "N,T,place,", False, True),
        ("T,,total", "T,,all", False, True),
        ("X,T,unknown", "X,T,site", True, True),
        ("N,T,site", "M,T,site", True, True),
    ],
)
def test_of_a_code_list_labels_are_texts_and_codes_are_not(
    read: Read, old: str, new: str, counting: bool, protecting: bool
) -> None:
    changes = (("site: [N]}", "site: [S]}"), ("levels: {site: [site]}", "levels: {site: all}"))
    before, after = read(*changes), read(*changes, sites=SITES.replace(old, new, 1))
    assert (counting_part(before, 2023) != counting_part(after, 2023)) == counting
    assert (protection_part(before, 2023) != protection_part(after, 2023)) == protecting


def test_a_node_of_another_year_changes_nothing(read: Read) -> None:
    before, after = read(), read(sites=SITES.replace("S,T,site,Sud,,2023", "S,T,site,Sud,,2023\nO,T,site,Ouest,,2023"))
    for year, same in ((2022, True), (2023, False)):
        assert (counting_part(before, year) == counting_part(after, year)) == same
        assert (protection_part(before, year) == protection_part(after, year)) == same


def test_whether_children_are_complete_is_read_by_protecting(read: Read) -> None:
    before, after = read(), read(conditions=CONDITIONS.replace("Ensemble,no", "Ensemble,yes"))
    assert counting_part(before, 2022) == counting_part(after, 2022)
    assert protection_part(before, 2022) != protection_part(after, 2022)
