"""The publication policy: what it takes to break each limit, what an exception excuses, and what a message names."""

import re
from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel

from seuil.model.dataset import read_dataset
from seuil.model.errors import DefinitionError
from seuil.model.policy import (
    Limits,
    Policy,
    PolicyError,
    PolicyException,
    PolicyFile,
    PrivacyText,
    hold,
    judge,
    limited_fields,
    lowered,
    policy_beside,
    read_policy,
)

ROOT = Path(__file__).parents[3]
SITES = "code,parent,level,label_fr\nT,,total,Total\na,T,site,A\nb,T,site,B\n"
FEES = """\
id: fees
title: Fees
unit: professional
threshold: 5
level: justified
zeros: shown
period: {name: year, values: [2023]}
dimensions:
  site: {label: Site, codes: sites.csv}
measures:
  people: {kind: count, label: People}
  fees:
    kind: sum
    label: Fees
    dominance: 85
    p_percent: 10
    second_unit: {unit: patient, threshold: 11, dominance: 85}
records:
  people:
    file: people.csv
    identifier: id
    period: year
    dimensions: {site: {column: site}}
    amounts: {fees: {column: fees, second_unit: {count: patients, largest: largest}}}
"""
POLICY = """\
units:
  patient: {threshold: 11}
  professional:
    threshold: 5
    zeros: shown
    wishes: [shown]
"""


# What definitions of the fund ask for though its policy doesn't allow it, with a public reason.
EXCUSED = {
    "professionnels": {
        f"measures.{name}.p_percent_up_to"
        for name in ("honoraires_par_nature", "prescriptions", "patients", "patients_medecin_traitant")
    },
}


@pytest.fixture
def definition(tmp_path: Path) -> Path:
    (tmp_path / "sites.csv").write_text(SITES, encoding="utf-8")
    return tmp_path / "fees.yaml"


@pytest.fixture
def policy(tmp_path: Path) -> PolicyFile:
    return policy_of(tmp_path, POLICY)


def policy_of(folder: Path, text: str) -> PolicyFile:
    (folder / "rules.yaml").write_text(text, encoding="utf-8")
    return read_policy(folder / "rules.yaml")


def held(definition: Path, policy: PolicyFile, *changes: tuple[str, str], more: str = "") -> None:
    """Hold the definition, some of its text changed, against a policy."""
    text = FEES
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    definition.write_text(text + more, encoding="utf-8")
    dataset = read_dataset(definition)
    hold(dataset.definition, definition, policy)


def test_definition_that_asks_for_all_limits_exactly_keeps_the_policy(definition: Path, policy: PolicyFile) -> None:
    held(definition, policy)
    held(definition, policy, ("threshold: 5", "threshold: 6"), ("dominance: 85", "dominance: 60"))


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        (("threshold: 5", "threshold: 4"), 4, "threshold: found 4; expected 5 or more (RULES:4: units.professional"),
        (("justified", "plausible"), 5, "level: found plausible; expected justified (RULES:3: units.professional"),
        (("dominance: 85", "dominance: 86"), 15, "measures.fees.dominance: found 86; expected 85 or less (RULES:3: "),
        (("p_percent: 10", "p_percent: 9"), 16, "measures.fees.p_percent: found 9; expected 10 or more (RULES:3: "),
        (
            ("p_percent: 10", "p_percent: 10\n    p_percent_up_to: 5000"),
            17,
            "measures.fees.p_percent_up_to: found 5000; expected p_percent of all totals: no `p_percent_up_to` (RULES",
        ),
        (
            ("threshold: 11", "threshold: 10"),
            17,
            "measures.fees.second_unit.threshold: found 10; expected 11 or more (RULES:2: units.patient.threshold)",
        ),
        (
            ("11, dominance: 85", "11, dominance: 100"),
            17,
            "measures.fees.second_unit.dominance: found 100; expected 85 or less (RULES:2: units.patient.dominance)",
        ),
    ],
)
def test_each_limit_is_held_with_file_line_and_both_values(
    definition: Path, policy: PolicyFile, change: tuple[str, str], line: int, said: str
) -> None:
    with pytest.raises(PolicyError) as raised:
        held(definition, policy, change)
    assert str(raised.value).startswith(f"{definition}:{line}: {said.replace('RULES', str(policy.path))}")


def test_p_percent_may_be_asked_of_less_than_all_totals_where_the_policy_says_so(
    definition: Path, tmp_path: Path
) -> None:
    of_5000 = policy_of(tmp_path, POLICY.replace("zeros: shown", "zeros: shown\n    p_percent_up_to: 5000"))
    held(definition, of_5000)
    held(definition, of_5000, ("p_percent: 10", "p_percent: 10\n    p_percent_up_to: 5000"))
    with pytest.raises(PolicyError, match=r"fees\.yaml:17: .*p_percent_up_to: found 4999; expected 5000 or more"):
        held(definition, of_5000, ("p_percent: 10", "p_percent: 10\n    p_percent_up_to: 4999"))


def test_zeros_are_shown_only_where_the_policy_lets_them_be(definition: Path, tmp_path: Path) -> None:
    strict = policy_of(tmp_path, POLICY.replace("    zeros: shown\n", ""))
    with pytest.raises(PolicyError, match=r"fees\.yaml:6: zeros: found shown; expected hidden"):
        held(definition, strict)


@pytest.mark.parametrize(
    ("wish", "found"), [("ask: hidden", "wishes.0.ask: found hidden"), ("cost: 2", "wishes.0.cost: found cost")]
)
def test_wishes_ask_only_for_what_the_policy_allows(
    definition: Path, policy: PolicyFile, wish: str, found: str
) -> None:
    held(definition, policy, more="wishes: [{where: {site: [a]}, ask: shown, reason: Public}]\n")
    with pytest.raises(PolicyError, match=f"{re.escape(found)}; expected shown "):
        held(definition, policy, more=f"wishes: [{{where: {{site: [a]}}, {wish}, reason: Public}}]\n")


def test_all_that_is_below_is_told_at_once(definition: Path, policy: PolicyFile) -> None:
    with pytest.raises(PolicyError) as raised:
        held(
            definition,
            policy,
            ("threshold: 5", "threshold: 2"),
            ("justified", "plausible"),
            ("dominance: 85", "dominance: 100"),
        )
    assert [line.split(": ")[1] for line in str(raised.value).splitlines()] == [
        "threshold",
        "level",
        "measures.fees.dominance",
    ]


def test_default_that_is_below_is_told_at_the_closest_field(definition: Path, tmp_path: Path) -> None:
    strict = policy_of(tmp_path, POLICY.replace("zeros: shown", "zeros: shown\n    p_percent: 20"))
    with pytest.raises(PolicyError, match=r"fees\.yaml:12: measures\.fees\.p_percent: found 10; expected 20"):
        held(definition, strict, ("    p_percent: 10\n", ""))


def test_unknown_unit_says_what_to_write(definition: Path, policy: PolicyFile, tmp_path: Path) -> None:
    household = ("unit: professional", "unit: {name: household, label: household, plural: households}")
    with pytest.raises(PolicyError, match=r"unit: found household; expected .*`household: {threshold: ...}`"):
        held(definition, policy, household)
    others = policy_of(tmp_path, POLICY + "others: {threshold: 8, zeros: shown}\n")
    with pytest.raises(PolicyError, match=r"threshold: found 5; expected 8 or more \(.*rules.yaml:7: others.threshold"):
        held(definition, others, household)
    held(definition, others, household, ("threshold: 5", "threshold: 8"))
    with pytest.raises(PolicyError, match=r"second_unit\.unit: found visit; expected"):
        held(definition, policy, ("unit: patient", "unit: visit"))


def test_exception_of_the_definition_excuses_its_own_field_alone(definition: Path, policy: PolicyFile) -> None:
    claim = "exceptions: [{field: threshold, reason: An old law}]\n"
    held(definition, policy, ("threshold: 5", "threshold: 3"), more=claim)
    dataset = read_dataset(definition)
    (excused,) = judge(dataset.definition, policy.policy).excused
    assert (excused.violation.found, excused.violation.allowed, excused.written_in) == (3, 5, "definition")
    assert judge(dataset.definition, policy.policy, own_exceptions=False).violations != ()
    with pytest.raises(PolicyError, match="level: found plausible"):
        held(definition, policy, ("threshold: 5", "threshold: 3"), ("justified", "plausible"), more=claim)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("{field: threshold, reason: ''}", "exceptions.0.reason: found no reason"),
        (
            "{field: treshold, reason: Why}",
            "exceptions.0.field: found 'treshold'; expected one of threshold, level, zeros",
        ),
        ("{field: unit, reason: Why}", "exceptions.0.field: found 'unit'"),
        ("{field: threshold}", "exceptions.0.reason: found nothing"),
    ],
)
def test_exception_needs_a_reason_and_a_field_that_is_limited(
    definition: Path, policy: PolicyFile, claim: str, said: str
) -> None:
    with pytest.raises(DefinitionError, match=re.escape(said)):
        held(definition, policy, more=f"exceptions: [{claim}]\n")


def test_exception_of_the_policy_excuses_that_value_of_that_dataset_alone(definition: Path, tmp_path: Path) -> None:
    granted = "exceptions: [{dataset: fees, field: threshold, value: 4, reason: An old law}]\n"
    policy = policy_of(tmp_path, POLICY + granted)
    held(definition, policy, ("threshold: 5", "threshold: 4"))
    (excused,) = judge(read_dataset(definition).definition, policy.policy, own_exceptions=False).excused
    assert (excused.written_in, excused.reason.fr) == ("policy", "An old law")
    with pytest.raises(PolicyError, match="threshold: found 3"):
        held(definition, policy, ("threshold: 5", "threshold: 3"))
    with pytest.raises(PolicyError, match="threshold: found 4"):
        held(definition, policy, ("id: fees", "id: others"), ("threshold: 5", "threshold: 4"))


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        ("units: {patient: {threshold: 1}}\n", 1, "units.patient.threshold"),
        ("units:\n  patient:\n    dominance: 85\n", 2, "units.patient.threshold"),
        ("units:\n  patient: {threshold: 11}\nlevel: justified\n", 3, "level"),
        ("units:\n  patient: {threshold: 11, wishes: [hide]}\n", 2, "units.patient.wishes.0"),
        (POLICY + "exceptions: [{dataset: a, field: level, value: plausible, reason: ''}]\n", 7, "exceptions.0.reason"),
        (POLICY + "privacy_text: {days: 0}\n", 7, "privacy_text.days"),
        ("title: Nothing else\n", 1, "units"),
    ],
)
def test_policy_that_says_what_it_can_not_names_line_and_field(
    tmp_path: Path, text: str, line: int, field: str
) -> None:
    with pytest.raises(DefinitionError) as raised:
        policy_of(tmp_path, text)
    assert (raised.value.line, raised.value.field) == (line, field)


def test_built_in_policy_has_the_limits_of_the_fund() -> None:
    built_in, fund = read_policy(None), read_policy(ROOT / "definitions" / "policy.yaml")
    for unit in ("patient", "professional"):
        mine, theirs = built_in.policy.units[unit], fund.policy.units[unit]
        assert mine.model_copy(update={"reason": theirs.reason}) == theirs
    assert (built_in.policy.units["patient"].threshold, built_in.policy.units["professional"].threshold) == (11, 5)
    assert built_in.place(("units",)) == "the built-in policy"


@pytest.mark.parametrize(
    "path",
    sorted(p for p in [*ROOT.glob("definitions/*/*.yaml"), *ROOT.glob("examples/*/*.yaml")] if p.stem != "audit"),
    ids=lambda path: path.stem,
)
def test_definitions_of_the_fund_and_the_example_keep_the_policy(path: Path) -> None:
    dataset = read_dataset(path)
    assert "threshold" in limited_fields(dataset.definition)
    for policy in (read_policy(ROOT / "definitions" / "policy.yaml"), read_policy(None)):
        excused = {".".join(one.violation.field) for one in hold(dataset.definition, path, policy).excused}
        assert excused == EXCUSED.get(path.stem, set())


def test_policy_is_found_beside_a_definition_or_above(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sets" / "fees").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "sets" / "fees")
    assert policy_beside(Path("fees.yaml")) is None
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    assert policy_beside(Path("fees.yaml")) is None
    (tmp_path / "sets" / "policy.yaml").write_text(POLICY, encoding="utf-8")
    assert policy_beside(Path("fees.yaml")) == Path("../policy.yaml")
    (tmp_path / "sets" / "fees" / "policy.yaml").write_text(POLICY, encoding="utf-8")
    assert policy_beside(Path("fees.yaml")) == Path("policy.yaml")


def test_lowered_names_what_was_stricter_before_and_nothing_else() -> None:
    def made(**limits: object) -> Policy:
        return Policy.model_validate({"units": {"patient": {"threshold": 11} | limits}})

    assert list(lowered(made(threshold=12), made())) == []
    assert list(lowered(made(threshold=9, dominance=90, level="plausible"), made())) == [
        "patient.threshold: 11 -> 9",
        "patient.dominance: 85 -> 90",
        "patient.level: justified -> plausible",
    ]
    assert list(lowered(made(), made(p_percent_up_to=5000))) == []
    assert list(lowered(made(p_percent_up_to=5000), made())) == ["patient.p_percent_up_to: all totals -> 5000"]
    assert list(lowered(made(p_percent_up_to=4000), made(p_percent_up_to=5000))) == [
        "patient.p_percent_up_to: 5000 -> 4000"
    ]
    assert list(lowered(made(), made(wishes=["shown"]))) == ["patient.wishes: shown -> shown, hidden, cost"]
    more = Policy.model_validate({"units": {"patient": {"threshold": 11}, "visit": {"threshold": 3}}})
    assert list(lowered(more, made())) == ["visit: none -> threshold 3"]
    later = Policy.model_validate({"units": {"patient": {"threshold": 11}}, "privacy_text": {"days": 400}})
    assert list(lowered(later, made())) == ["privacy_text.days: 366 -> 400"]


@pytest.mark.parametrize(
    ("reviewed", "old"), [("2025-02-28", False), ("2025-02-27", True), ("2026-12-01", False), (None, False)]
)
def test_privacy_text_is_too_old_after_its_days(reviewed: str | None, old: bool) -> None:
    said = {"units": {"patient": {"threshold": 11}}, "privacy_text": {"days": 366, "reviewed": reviewed}}
    assert Policy.model_validate(said).privacy_text.too_old(date(2026, 3, 1)) is old


@pytest.mark.parametrize("model", [Policy, Limits, PrivacyText, PolicyException], ids=lambda model: model.__name__)
def test_reference_has_every_field_and_no_other(model: type[BaseModel]) -> None:
    page = (ROOT / "docs" / "reference" / "policy.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"(?ms)^### {model.__name__}\n(.*?)(?=^##|\Z)", page)
    assert re.findall(r"(?m)^\| `(\w+)` \|", section) == list(model.model_fields)
    required = [name for name, field in model.model_fields.items() if field.is_required()]
    assert re.findall(r"(?m)^\| `(\w+)` \|.*\| required \|$", section) == required


def test_example_of_the_reference_stands(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "reference" / "policy.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert set(policy_of(tmp_path, example).policy.units) == {"patient", "professional"}
