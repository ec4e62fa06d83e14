"""The policy and the certificate of a release: refused, altered, signed all the same, made anew and compared."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.helpers.tiny_chain import NOON, Chain

from seuil.archive.problem import Problem
from seuil.catalogue.certificate import Certificate, read_certificate
from seuil.cli import run
from seuil.cli.certificate import as_json, certificate_lines
from seuil.model.errors import DefinitionError, ProofError, UsageError
from seuil.model.policy import BUILT_IN, PolicyError
from seuil.publish.current import served_release
from seuil.publish.propose import propose as propose_files
from seuil.publish.sign import status as sign_status
from seuil.workflow import release
from seuil.workflow.verify import FolderVerdict, verify_folder
from seuil.workflow.workspace import open_workspace

STRICT = """\
units:
  patient: {threshold: 11}
  professional:
    threshold: 6
"""
GRANTED = (
    STRICT
    + """\
exceptions:
  - {dataset: visits, field: threshold, value: 5, reason: {fr: Loi ancienne, en: An old law}}
"""
)
SHAPE = {
    "release": 1,
    "previous": None,
    "proposed": "2026-03-01T12:00:00Z",
    "note": "",
    "datasets": [
        {
            "id": "illness",
            "datasets": ["illness"],
            "title": {"fr": "Affections", "en": "Affections"},
            "proved": True,
            "unit": "patient",
            "threshold": 11,
            "rounding": 10,
            "level": "justified",
            "zeros": "hidden",
            "amounts": [],
            "empty": [],
            "wishes": [],
            "known": [],
            "vintages": [],
            "exceptions": [],
            "apart_from": [],
        },
        {
            "id": "visits",
            "datasets": ["visits"],
            "title": {"fr": "Visites", "en": "Visites"},
            "proved": True,
            "unit": "professional",
            "threshold": 5,
            "rounding": None,
            "level": "justified",
            "zeros": "hidden",
            "amounts": [
                {
                    "measure": "fees",
                    "dominance": 85,
                    "p_percent": 10,
                    "p_percent_up_to": None,
                    "width": 5,
                    "second_unit": None,
                    "second_unit_threshold": None,
                    "second_unit_dominance": None,
                }
            ],
            "empty": [],
            "wishes": [],
            "known": [],
            "vintages": [],
            "exceptions": [],
            "apart_from": [],
        },
    ],
    "left_out": [],
    "published": "2026-03-01T12:00:00Z",
    "expires": "2026-03-31T12:00:00Z",
    "signatures_needed": 2,
}


def written(chain: Chain, text: str, name: str = "rules.yaml") -> Path:
    path = chain.folder / name
    path.write_text(text, encoding="utf-8")
    return path


def verified(chain: Chain, policy: Path | None = None) -> FolderVerdict:
    return verify_folder(chain.archive, policy=policy, now=NOON, workers=1)


def proposed_with(chain: Chain, policy: Path) -> Path:
    return release.propose(chain.archive, chain.workspace, policy=policy, now=NOON, workers=1).folder


def signed_all_the_same(chain: Chain, change: Callable[[dict[str, Path]], object]) -> tuple[Problem, ...]:
    """What verification finds in a release of the served files, changed and signed by both."""
    files = dict(served_release(chain.archive).files)
    change(files)
    proposal = propose_files(chain.archive, files, chain.folder / "elsewhere", now=NOON)
    chain.publish(proposal.folder)
    verdict = verified(chain)
    assert not verdict.ok
    assert verdict.certificate is None
    return verdict.problems


def published_certificate(chain: Chain) -> Certificate:
    return read_certificate(served_release(chain.archive).read_bytes("certificate.json"))


def test_release_carries_the_built_in_policy_where_no_other_is_named(released: Chain) -> None:
    serving = served_release(released.archive)
    assert serving.read_bytes("policy.yaml") == BUILT_IN.read_bytes()


def test_certificate_that_is_published_is_the_one_made_anew_and_its_shape_stays(released: Chain) -> None:
    verdict = verified(released)
    assert verdict.ok
    assert verdict.certificate == published_certificate(released)
    content = as_json(verdict.certificate, verdict.served)
    assert content is not None
    plain = json.loads(json.dumps(content))
    assert [signer["role"] for signer in plain.pop("signers")] == ["checker", "statistician"]
    policy = plain.pop("policy")
    assert list(policy) == [
        "title", "sha256", "since", "lowered", "limits", "privacy_text_days", "privacy_text_reviewed",
    ]  # fmt: skip
    assert [(one["unit"], one["threshold"]) for one in policy["limits"]] == [
        ("patient", 11), ("professional", 5), ("", 11),
    ]  # fmt: skip
    periods = {one["id"]: one.pop("periods") for one in plain["datasets"]}
    assert plain == SHAPE
    for name, years in (("visits", [2022, 2023]), ("illness", [2023])):
        assert [one["period"] for one in periods[name]] == years
        for one in periods[name]:
            assert set(one) == {"period", "figures", "hidden", "proved", "legacy"}
            assert 0 < one["hidden"] == one["proved"] < one["figures"]
            assert one["legacy"] == 0


def test_certificate_fits_on_a_screen_and_names_all(released: Chain) -> None:
    verdict = verified(released)
    assert verdict.certificate is not None
    for rich in (False, True):
        lines = certificate_lines(verdict.certificate, verdict.served, rich=rich)
        text = "\n".join(lines)
        assert len(lines) < 24
        for said in ("certificate of release 1", "signed by 2, 2 needed: checker (key ", "patient 11, professional 5"):
            assert said in text
        assert "visits: amount fees: dominance 85 %, p% 10, width 5" in text


def test_proposal_below_the_policy_is_refused_with_line_and_both_values(released: Chain) -> None:
    policy = written(released, STRICT)
    with pytest.raises(ProofError) as raised:
        proposed_with(released, policy)
    assert (
        "jeux/visits/definition.yaml:4: asks for threshold 5; "
        "expected 6 or more (policy.yaml:4: units.professional.threshold)"
    ) in str(raised.value)
    assert not (open_workspace(released.workspace).releases / "release-2").exists()


def test_build_below_the_policy_is_refused_before_anything_is_counted(office: Chain) -> None:
    beside = office.folder / "policy.yaml"
    beside.write_text(STRICT, encoding="utf-8")
    with pytest.raises(PolicyError, match=r"visits\.yaml:4: threshold: found 5; expected 6 or more \(.*policy\.yaml:4"):
        office.build()
    assert {path.name for path in office.workspace.iterdir()} == {"secret.key"}


def test_definitions_beside_two_policies_need_one_to_be_named(office: Chain) -> None:
    for definition, text in zip(office.definitions, (STRICT, GRANTED), strict=True):
        (definition.parent / "policy.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="two publication policies"):
        office.build()


def test_exception_of_the_policy_is_listed_and_the_change_of_policy_is_told(released: Chain) -> None:
    released.publish(proposed_with(released, written(released, GRANTED)))
    verdict = verified(released)
    assert verdict.problems == ()
    assert verdict.certificate is not None
    assert verdict.certificate == published_certificate(released)
    visits = next(one for one in verdict.certificate.datasets if one.id == "visits")
    (exception,) = visits.exceptions
    assert (exception.field, exception.found, exception.allowed, exception.written_in) == ("threshold", 5, 6, "policy")
    text = "\n".join(certificate_lines(verdict.certificate, verdict.served))
    assert "EXCEPTION, threshold 5, policy 6 (written in the policy): An old law" in text
    assert (verdict.certificate.previous, verdict.certificate.policy.since) == (1, "changed")
    assert verdict.certificate.policy.lowered == ()
    released.publish(proposed_with(released, BUILT_IN))
    lowered = published_certificate(released).policy.lowered
    assert lowered == (
        "others: none -> threshold 11",
        "professional.threshold: 6 -> 5",
        "professional.zeros: hidden -> shown",
    )


def test_policy_of_the_served_release_holds_where_no_other_is_named(released: Chain) -> None:
    released.publish(proposed_with(released, written(released, GRANTED)))
    released.publish(released.propose())
    assert served_release(released.archive).read_bytes("policy.yaml").decode() == GRANTED
    assert published_certificate(released).policy.since == "same"


def test_stricter_policy_of_a_reader_fails_and_names_both_values(released: Chain) -> None:
    policy = written(released, STRICT)
    verdict = verified(released, policy)
    assert not verdict.ok
    (problem,) = verdict.problems
    assert problem.file == "jeux/visits/definition.yaml:4"
    assert problem.found == "asks for threshold 5"
    assert problem.expected == f"6 or more ({policy}:4: units.professional.threshold)"
    assert verified(released, written(released, GRANTED)).ok, "what the reader grants is granted"
    with pytest.raises(DefinitionError):
        verified(released, written(released, "units: 3\n"))


def test_altered_policy_is_found_by_its_bytes(released: Chain) -> None:
    path = served_release(released.archive).files["policy.yaml"]
    path.write_bytes(path.read_bytes().replace(b"threshold: 11", b"threshold: 10", 1))
    verdict = verified(released)
    assert [problem.file for problem in verdict.problems] == [path.relative_to(released.archive).as_posix()]
    assert verdict.certificate is None


@pytest.mark.parametrize(
    ("name", "change", "found"),
    [
        ("policy.yaml", ("threshold: 11", "threshold: 9"), "certificate.json: differs from the release: policy.sha256"),
        ("policy.yaml", ("threshold: 5", "threshold: 6"), "asks for threshold 5; expected 6 or more (policy.yaml:"),
        ("policy.yaml", ("threshold: 11", "threshold: 0"), "policy.yaml:7: units.patient.threshold"),
        ("certificate.json", ('"hidden": ', '"hidden": 1'), "datasets.0.periods.0.hidden is 1"),
        ("certificate.json", ('"release": 2', '"release": 3'), "release is 3, not 2"),
        ("certificate.json", ('"proved": true', '"proved": false'), "datasets.0.proved is False, not True"),
        ("certificate.json", ('\n "left_out"', '\n  "left_out"'), "differs from the release: in its bytes"),
        ("certificate.json", ('"note"', '"notes"'), "certificate.json: note: Field required"),
    ],
)
def test_what_two_people_have_signed_is_found_to_be_false(
    released: Chain, name: str, change: tuple[str, str], found: str
) -> None:
    """The certificate of release 2 is made rightly and altered, or its policy is."""
    right = release.propose(released.archive, released.workspace, now=NOON, workers=1)
    path = written(released, (right.content / "certificate.json").read_text(encoding="utf-8"), "certificate.json")
    other = path if name == "certificate.json" else written(released, BUILT_IN.read_text(encoding="utf-8"), name)
    text = other.read_text(encoding="utf-8")
    assert change[0] in text
    other.write_text(text.replace(*change, 1), encoding="utf-8")
    problems = signed_all_the_same(released, lambda files: files.update({"certificate.json": path, name: other}))
    assert any(found in str(problem) for problem in problems), problems


@pytest.mark.parametrize("name", ["policy.yaml", "certificate.json"])
def test_release_without_policy_or_certificate_is_not_right(released: Chain, name: str) -> None:
    problems = signed_all_the_same(released, lambda files: files.pop(name))
    assert any(problem.file == name and "is missing" in problem.found for problem in problems), problems


def test_policy_text_that_was_reviewed_too_long_ago_stops_a_proposal(released: Chain) -> None:
    text = BUILT_IN.read_text(encoding="utf-8") + "privacy_text: {{days: 366, reviewed: {}}}\n"
    with pytest.raises(ProofError, match="last reviewed on 2025-02-27; expected a review at most 366 days before 2026"):
        proposed_with(released, written(released, text.format("2025-02-27")))
    assert proposed_with(released, written(released, text.format("2025-02-28"))).exists()


def test_dataset_that_was_withdrawn_is_told_as_left_out(released: Chain) -> None:
    proposal = release.withdraw(released.archive, released.workspace, "visits", now=NOON, workers=1)
    released.publish(proposal.folder)
    verdict = verified(released)
    assert verdict.problems == ()
    assert verdict.certificate is not None
    (gone,) = verdict.certificate.left_out
    assert (gone.dataset, gone.periods, gone.dataset_gone) == ("visits", (2022, 2023), True)
    assert "left out since release 1: visits: the whole dataset (2022, 2023)" in certificate_lines(verdict.certificate)


def test_status_of_a_proposal_tells_its_certificate(released: Chain, capsys: pytest.CaptureFixture[str]) -> None:
    proposal = released.propose()
    assert run(["release", "status", str(proposal), "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["certificate"]["release"] == 2
    assert run(["release", "status", str(proposal)]) == 0
    assert "certificate of release 2" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "change", "found"),
    [
        ("certificate.json", ('"hidden": ', '"hidden": 1'), "datasets.0.periods.0.hidden is 1"),
        ("certificate.json", ('"previous": 1', '"previous": null'), "previous is None, not 1"),
        ("policy.yaml", ("threshold: 5", "threshold: 6"), "asks for threshold 5; expected 6 or more (policy.yaml:"),
    ],
)
def test_proposal_that_is_not_as_it_must_be_is_not_signed(
    released: Chain, capsys: pytest.CaptureFixture[str], name: str, change: tuple[str, str], found: str
) -> None:
    honest = released.propose()
    files = {path.relative_to(honest / "content").as_posix(): path for path in (honest / "content").rglob("*")}
    files = {logical: path for logical, path in files.items() if path.is_file()}
    text = files[name].read_text(encoding="utf-8")
    assert change[0] in text
    altered = released.folder / name
    altered.write_text(text.replace(*change, 1), encoding="utf-8")
    content = {logical: altered if logical == name else path for logical, path in files.items()}
    copy = released.folder / "copy"
    for logical, path in content.items():
        (copy / logical).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy / logical)
    open_workspace(released.folder / "desk")
    proposal = propose_files(
        released.archive, {logical: copy / logical for logical in content}, released.folder / "desk" / "x", now=NOON
    ).folder
    command = ["release", "sign", str(proposal), "--keys", str(released.keys), "--role", "checker"]
    assert run([*command, "--archive", str(released.archive)]) == 1
    assert found in capsys.readouterr().err
    assert sign_status(proposal).signed == ()


def test_proposal_is_signed_with_or_without_the_archive_at_hand(
    released: Chain, capsys: pytest.CaptureFixture[str]
) -> None:
    proposal = shutil.copytree(released.propose(), released.folder / "usb" / "release-2")
    command = ["release", "sign", str(proposal), "--keys", str(released.keys), "--role"]
    assert run([*command, "statistician"]) == 0
    assert run([*command, "checker", "--archive", str(released.archive)]) == 0
    capsys.readouterr()
    assert sign_status(proposal).complete
